/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Curves of clients: the last day of many, and all that is known of those with an incident.
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_FIGURES_WATCH_H
#define DM_FIGURES_WATCH_H

#include "figures/curve.h"
#include "stream/obs.h"
#include "util/addr.h"

/** Columns of a client's curve: all questions; of them A and AAAA, MX, PTR; A and AAAA of names
 * that begin with a mail server's word. */
enum dm_watch_column {
    DM_WATCH_TOTAL,
    DM_WATCH_A,
    DM_WATCH_MX,
    DM_WATCH_PTR,
    DM_WATCH_KEYWORD,
};

/** Clients whose last day is known, 2,930 bytes each (own choice: 24 MB, most campuses); clients
 * whose curve is kept because of an incident, up to 14,480 bytes each (own choice: 3.7 MB, more
 * than anybody looks at). */
#define DM_WATCH_MAX 8192
#define DM_WATCH_KEPT_MAX 256

/** The last day: so many bins of this width, s (S1 and S4 plot ten minutes). */
#define DM_WATCH_RING 144
#define DM_WATCH_WIDTH_S 600

/** One client. */
struct dm_watched {
    struct dm_addr addr;
    uint32_t hash;
    uint32_t hash_next, newer, older; /**< places, plus 1; 0: none */
    int32_t level;                    /**< highest of its incidents, enum dnsmon_level; kept only */
    double score;                     /**< of threshold; of that incident */
    int64_t last_bin;                 /**< newest of the ring */
    uint32_t (*ring)[DM_CURVE_COLUMNS]; /**< owned; NULL: see `kept` */
    struct dm_curve *kept;              /**< owned; NULL: no incident, or others are worse */
};

struct dm_watch;

/** dm_watch_new() - nobody yet.   Returns: NULL without memory. */
struct dm_watch *dm_watch_new(void);
void dm_watch_free(struct dm_watch *w);

/**
 * dm_watch_question() - a client asked.
 * Cost: O(1); allocates for a new client. A client that is not watched begins to be if there is
 *       room, or, with a mark, in the place of the one that has been quiet longest.
 */
void dm_watch_question(struct dm_watch *w, const struct dm_obs *obs, int64_t now_s);

/** An incident of a client. */
struct dm_watch_incident {
    const struct dm_addr *client;
    uint32_t hash; /**< keyed hash of the client, as in its observations */
    int level;     /**< enum dnsmon_level */
    double score;  /**< times its threshold */
};

/** dm_watch_incident() - from now on its curve is kept, unless 256 others' are worse. One of a
 * client that asked nothing, or long ago, has none. */
void dm_watch_incident(struct dm_watch *w, const struct dm_watch_incident *in);

/** dm_watch_count() - kept clients.  dm_watch_kept() - the @i'th, worst first: by level, by score,
 * by address. */
uint32_t dm_watch_count(struct dm_watch *w);
const struct dm_watched *dm_watch_kept(struct dm_watch *w, uint32_t i);

#endif
