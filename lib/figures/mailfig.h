/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The points of the papers' figures about one mail server: its look-ups over its connections (S4
 * Figure 2), its unresolved names over all (S3).
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_FIGURES_MAILFIG_H
#define DM_FIGURES_MAILFIG_H

#include "detect/mail_bin.h"
#include "server/server.h"
#include "stats/moments.h"
#include "stats/regress.h"

/** Points that are kept of the regression, 16 bytes each (own choice: two weeks of ten minutes, and
 * more would be one black spot). When there are more, every second one goes. */
#define DM_MAILFIG_POINTS 2016

/** Minutes of a local day, one of them longer than others when clocks change. */
#define DM_MAILFIG_MINUTES 1500

/** A bin of ten minutes. */
struct dm_mailfig_point {
    uint32_t number; /**< since the first one */
    uint32_t queries, connections, pop3;
};

/** A minute in which it asked. */
struct dm_mailfig_minute {
    uint16_t minute; /**< since the local day began */
    uint32_t total, unresolved;
};

/** One local day's minutes. */
struct dm_mailfig_day {
    int32_t day;             /**< since 1970 */
    int64_t from_s;          /**< when it begins, UTC */
    uint64_t unresolved;     /**< in all */
    struct dm_moments pairs; /**< x: total, y: unresolved; as rule backscatter has them */
    uint32_t n, cap;
    struct dm_mailfig_minute *minute; /**< owned */
};

/** One mail server. Zeroed: nothing yet. */
struct dm_mailfig {
    struct dm_mail_bin bin;
    struct dm_regress model;            /**< of all usable bins, none forgotten */
    int64_t from_s;                     /**< of point number 0 */
    uint32_t stride;                    /**< one of so many bins is kept; 0: none yet */
    uint32_t n, cap;                    /**< points */
    struct dm_mailfig_point *point;     /**< owned */
    struct dm_mailfig_day today, worst; /**< worst: the one with the most unresolved names */
};

/** dm_mailfig_minute() - a minute is over.
 * @srv:    its counts of the day are those up to and with this minute.   @end_s: event time. */
void dm_mailfig_minute(struct dm_mailfig *f, const struct dm_server *srv,
                       const struct dm_mail_counts *minute, int64_t end_s);

/** dm_mailfig_day() - a local day is over; the next one is @day, from @from_s on. */
void dm_mailfig_day(struct dm_mailfig *f, int32_t day, int64_t from_s);

/** dm_mailfig_clear() - give its memory back. */
void dm_mailfig_clear(struct dm_mailfig *f);

#endif
