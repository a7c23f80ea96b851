/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The order of rotated logs: mail.log.2.gz before mail.log.1 before mail.log, whatever their names.
 *
 * Method. The first block of each file is read for its first time. Files whose stamps all have no
 * year may span New Year: January then seems to be before December. They are sorted as on a circle
 * of a year, and the circle is cut at a gap of more than half a year, as dm_stamp_parse() does with
 * lines. What is no regular file (standard input, a pipe) stays open, its first block kept.
 *
 * LIMITS: files that overlap in time are read one behind the other; replay says so at the end. A
 * file without any time in its first block keeps its place behind the one named before it.
 * Source: doc/dnsmon.1.
 */
#include "logs.h"

#include <stdlib.h>

#include "output.h"
#include "scout.h"

/* A step back of more than this is a new year (as in lib/parse/timestamp.c), µs. */
#define HALF_YEAR_US (183LL * 86400 * 1000000)

/* The first time of one file.  Returns: 0; -1 if it cannot be read. */
static int look(dnsmon_monitor_t *mon, struct log *log, struct block *b)
{
    dnsmon_feed_t *feed;

    if (reader_open(&log->reader, log->path) < 0) {
        return -1;
    }
    if (dnsmon_feed_new(mon, &feed) < 0) {
        reader_close(&log->reader);
        return -1;
    }
    if (reader_next(&log->reader, b)) {
        log->found = scout_first(feed, b, &log->time_us);
    }
    dnsmon_feed_free(feed);
    log->is_open = !input_can_reopen(log->reader.in);
    if (log->is_open) {
        return b->n ? reader_unread(&log->reader, b) : 0;
    }
    reader_close(&log->reader); /* an error will show again when it is read */
    return 0;
}

static int compare(const void *pa, const void *pb)
{
    const struct log *a = pa, *b = pb;

    if (a->time_us != b->time_us) {
        return a->time_us < b->time_us ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static bool all_yearless(const struct log *logs, int n)
{
    for (int i = 0; i < n; i++) {
        if (logs[i].found == 1) {
            return false;
        }
    }
    return true;
}

/* Begin behind the gap of more than half a year, if there is one. */
static int cut_circle(struct log *logs, int n)
{
    for (int i = 1; i < n; i++) {
        if (logs[i].time_us - logs[i - 1].time_us > HALF_YEAR_US) {
            struct log *turned = malloc((size_t)n * sizeof *turned);
            if (!turned) {
                return -1;
            }
            for (int k = 0; k < n; k++) {
                turned[k] = logs[(i + k) % n];
            }
            for (int k = 0; k < n; k++) {
                logs[k] = turned[k];
            }
            free(turned);
            return 0;
        }
    }
    return 0;
}

int logs_sort(dnsmon_monitor_t *mon, char **files, int n, struct log **ret_logs, bool *ret_failed)
{
    struct log *logs = calloc((size_t)n, sizeof *logs);
    struct block b = {0};
    int count = 0;

    if (!logs) {
        return -1;
    }
    for (int i = 0; i < n; i++) {
        struct log *log = &logs[count];
        *log = (struct log){.path = files[i], .place = i};
        if (n > 1 && look(mon, log, &b) < 0) {
            *ret_failed = true;
            continue;
        }
        if (!log->found && count > 0) {
            log->time_us = logs[count - 1].time_us;
        }
        count++;
    }
    block_clear(&b);
    qsort(logs, (size_t)count, sizeof *logs, compare);
    if (all_yearless(logs, count) && cut_circle(logs, count) < 0) {
        free(logs);
        return -1;
    }
    *ret_logs = logs;
    return count;
}
