/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Several log files in time order.
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
    int64_t time_us; /**< of its first line that has one */
    int found;       /**< as scout_first() */
    int place;       /**< on the command line */
};

/**
 * logs_sort() - look into the files and sort them by their first time.
 * @mon:      whose configuration (time zone) and year the stamps are read by.
 * @ret_logs: @n of them but for those that cannot be read, which has been said; free().
 * Returns:   how many there are; *ret_failed is set if it is not all; -1 without memory.
 */
int logs_sort(dnsmon_monitor_t *mon, char **files, int n, struct log **ret_logs, bool *ret_failed);

#endif
