/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Several log files in time order, also where they overlap.
 */
#ifndef DM_PLUGIN_DNSMON_LOGS_H
#define DM_PLUGIN_DNSMON_LOGS_H

#include "block.h"
#include "dnsmon/dnsmon.h"

/** One file of the command line. */
struct log {
    const char *path;
    struct reader reader; /**< open where the input cannot be opened again */
    bool is_open;
    bool begun; /**< it is or has been read */
    bool ended;
    dnsmon_feed_t *scout; /**< its sense of time, while it is read; then the next log's to take */
    int64_t front_us;     /**< time of its first line that has one, then of the lines read last */
    int found;            /**< as scout_first() */
    int place;            /**< on the command line */
};

/**
 * logs_sort() - look into the files and sort them by their first time.
 * @mon:      whose configuration (time zone) and year the stamps are read by.
 * @ret_logs: @n of them but for those that cannot be read, which has been said; free().
 * Returns:   how many there are; *ret_failed is set if it is not all; -1 without memory.
 */
int logs_sort(dnsmon_monitor_t *mon, char **files, int n, struct log **ret_logs, bool *ret_failed);

/** logs_next() - whose next block comes before all others'.   Returns: NULL: all have ended. */
struct log *logs_next(struct log *logs, int n);

/** logs_front() - no line before this time is still to come; INT64_MAX: @n is one, who cares. */
int64_t logs_front(const struct log *logs, int n);

/**
 * log_open() - begin to read a log, if that has not begun.
 * @logs:   all @n: of one that has ended it takes the scout. To free or make one is a word with the
 *          monitor, which is busy.
 * @clock:  stands in time at the lines before it, of another log perhaps.
 * Returns: 0; -1, which has been said.
 */
int log_open(struct log *log, dnsmon_monitor_t *mon, struct log *logs, int n,
             const dnsmon_feed_t *clock);

/** log_close() - it has ended.
 * Returns: 0; -1 if it could not be read to its end, which has been said. */
int log_close(struct log *log);

/** logs_close() - close all that have not ended, nobody wants the rest; free the scouts. */
void logs_close(struct log *logs, int n);

#endif
