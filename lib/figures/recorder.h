/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The recorder: what figures over a whole log need beside its events. The engine feeds it where one
 * was asked for; it decides nothing and no event depends on it.
 *
 * Memory: at most 46 MB: clients 24 + 4 (watch.h), 255 mail servers of 70 kB, sets of addresses 1,
 * curves. One thread at a time (the monitor's lock).
 */
#ifndef DM_FIGURES_RECORDER_H
#define DM_FIGURES_RECORDER_H

#include "figures/curve.h"
#include "figures/mailfig.h"
#include "figures/watch.h"
#include "server/server_table.h"
#include "util/set.h"

/** Local days of which machines are counted (own choice: a year and a month); later ones are not.
 */
#define DM_RECORDER_DAYS 400
/** Changes of the zone's offset that are remembered (own choice: eight years of them). */
#define DM_RECORDER_OFFSETS 16

/** Machines that S1 compares: those that mail strangers, those that knock at Windows services. */
enum dm_recorder_machine { DM_MACHINE_MAILING, DM_MACHINE_PROBING, DM_MACHINE_COUNT };

/** Different machines of a local day. */
struct dm_recorder_day {
    int32_t day;
    uint32_t machines[DM_MACHINE_COUNT];
};

/** A mail server. */
struct dm_recorder_server {
    char name[DM_SERVER_NAME];
    bool has_addr;
    struct dm_addr addr;
    struct dm_mailfig fig;
};

struct dm_recorder {
    struct dm_watch *watch;
    struct dm_curve site;       /**< questions of all clients: A, AAAA, MX, PTR, others */
    struct dm_type_counts last; /**< the day's counts up to the last minute */
    struct dm_curve hours;      /**< different machines an hour, by enum dm_recorder_machine */
    int64_t hour;
    struct dm_set in_hour[DM_MACHINE_COUNT], in_day[DM_MACHINE_COUNT];
    uint32_t n_days, n_offsets;
    struct dm_recorder_day day[DM_RECORDER_DAYS];
    struct {
        int64_t from_s;
        int32_t offset_s; /**< local minus UTC */
    } offset[DM_RECORDER_OFFSETS];
    int32_t today;
    int64_t today_from_s;
    int64_t begin_s, end_s; /**< event time; begin_s INT64_MIN: none yet */
    struct dm_recorder_server *server[DM_SERVER_MAX + 1]; /**< by number; owned */
    bool lossy; /**< memory ran out, or a list was full: something is missing */
};

/** dm_recorder_new() - Returns: NULL without memory. */
struct dm_recorder *dm_recorder_new(void);
void dm_recorder_free(struct dm_recorder *r);

/** dm_recorder_machine() - a client did what S1 counts.   @hash: of its address, 64 bits. */
void dm_recorder_machine(struct dm_recorder *r, enum dm_recorder_machine what, uint64_t hash,
                         int64_t now_s);

/** dm_recorder_minute() - a minute, or the last part of one, is over.
 * @from_s: its begin.   @today: the site's counts of the local day until now. */
void dm_recorder_minute(struct dm_recorder *r, int64_t from_s, const struct dm_type_counts *today);

/** dm_recorder_server() - the same for a mail server: see dm_mailfig_minute(). */
void dm_recorder_server(struct dm_recorder *r, uint16_t number, const struct dm_server *srv,
                        const struct dm_mail_counts *minute, int64_t end_s);

/** A local day. */
struct dm_recorder_date {
    int32_t day;
    int64_t from_s;   /**< when it begins */
    int32_t offset_s; /**< local minus UTC */
};

/** dm_recorder_day() - event time comes into a local day, perhaps the one it was in.
 * @now_s: event time. */
void dm_recorder_day(struct dm_recorder *r, const struct dm_recorder_date *date, int64_t now_s);

/**
 * dm_recorder_json() - everything as one JSON object; doc/REPORT.md says what is in it.
 * Returns: a text to be released with free(); NULL without memory.   Cost: a few MB at the most.
 */
char *dm_recorder_json(struct dm_recorder *r);

#endif
