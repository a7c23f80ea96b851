/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What speaks for a mail server being flooded, minute by minute: in its DNS queries and in its log.
 * Rule backscatter judges.
 */
#ifndef DM_DETECT_FLOOD_H
#define DM_DETECT_FLOOD_H

#include "detect/detector.h"
#include "detect/peers.h"
#include "detect/surge.h"
#include "stats/moments.h"

/** What was seen; together they say what it is. */
enum dm_witness {
    DM_W_UNRESOLVED = 1 << 0, /**< strangers' names with the site's domain behind (A.6) */
    DM_W_NOVEL = 1 << 1,      /**< MX of domains that no mail server asked for lately */
    DM_W_NXDOMAIN = 1 << 2,   /**< many answers "no such name" */
    DM_W_QUERIES = 1 << 3,    /**< more queries of all kinds */
    DM_W_USERS = 1 << 4,      /**< rejects for unknown users */
    DM_W_PEERS = 1 << 5,      /**< many different peers, none dominates */
    DM_W_DRIVEN = 1 << 6,     /**< one dominates */
    DM_W_DROP = 1 << 7,       /**< fewer messages for each connection (A.8) */
    DM_W_GUESSES = 1 << 8,    /**< the unknown users are many different ones */
    DM_W_MAIL = 1 << 9,       /**< there is a mail log */
    DM_W_DNS = 1 << 10,       /**< its queries are in the log */
    DM_W_KNOWN = 1 << 11,     /**< what is usual at this hour for rejects */
    DM_W_ALL = (1 << 12) - 1
};

/** Thresholds; the rule's keys of the same names. */
struct dm_flood_how {
    double threshold, surge, share, least, nx_share, drop, peers, peer_growth, guesses, distinct;
};

/** Sums that forget with a time constant of ten minutes, for which they stand. */
struct dm_flood_sums {
    double queries, unresolved, nxdomain, answers, connections, messages;
};

/** Zeroed: nothing seen yet. About 25 kB. */
struct dm_flood {
    struct dm_peers peers;
    struct dm_surge unresolved, novel, users;
    struct dm_normal queries, nxdomain, efficiency, distinct_peers;
    struct dm_hll recipients;    /**< of the surge of unknown users */
    struct dm_moments hour, day; /**< all (x) and unresolved (y) queries of each minute */
    struct dm_flood_sums sums;
    int64_t mail_us, dns_us; /**< last minute in which there was any */
    double share;            /**< of unresolved queries in ten minutes; NAN: no query */
    double peers_now;        /**< different ones in five minutes */
};

/** dm_flood_see() - a line of the server's log. */
void dm_flood_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, struct dm_flood *f,
                  const struct dm_obs *obs);

/** dm_flood_minute() - a minute is over; what it teaches is learned with dm_flood_learn() once it
 * is judged.
 * Returns: enum dm_witness. */
unsigned dm_flood_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                         struct dm_flood *f, const struct dm_flood_how *how,
                         const struct dm_mail_counts *minute);
void dm_flood_learn(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                    const struct dm_mail_counts *minute, unsigned seen, bool found);

/** dm_flood_pack() - to a state file.  dm_flood_unpack() - from one. */
void dm_flood_pack(struct dm_buf *out, const struct dm_flood *f);
void dm_flood_unpack(struct dm_unpacker *in, struct dm_flood *f);

#endif
