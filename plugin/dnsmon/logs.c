/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The order of rotated logs: mail.log.2.gz before mail.log.1 before mail.log, whatever their names.
 *
 * Method. The first block of each file is read for its first time. Files whose stamps all have no
 * year may span New Year: January then seems to be before December. They are sorted as on a circle
 * of a year, and the circle is cut at a gap of more than half a year, as dm_stamp_parse() does with
 * lines. What is no regular file (standard input, a pipe) stays open, its first block kept.
 * Then the next block is always that of the log which stands at the earliest time, so that logs
 * that overlap (two name servers, DNS and mail) go on side by side; a log is opened when the others
 * have come to its first time, and closed at its end: rotated logs are open one at a time.
 *
 * LIMITS: a file without any time in its first block comes behind the one before it. More logs that
 * overlap than files may be open (ulimit -n): the rest is an error. Of two logs, one with years and
 * one without, the latter needs --year.
 * Source: doc/dnsmon.1.
 */
#define _GNU_SOURCE
#include "logs.h"

#include <stdlib.h>
#include <time.h>

#include "output.h"
#include "scout.h"

#define US 1000000LL
/* A step back of more than this is a new year (as in lib/parse/timestamp.c), µs. */
#define HALF_YEAR_US (183 * 86400 * US)

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
        log->found = scout_first(feed, b, &log->front_us);
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

    if (a->front_us != b->front_us) {
        return a->front_us < b->front_us ? -1 : 1;
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

/* The same date and time of day. */
static int64_t next_year(int64_t time_us)
{
    time_t s = (time_t)(time_us / US);
    struct tm tm;

    if (!gmtime_r(&s, &tm)) {
        return time_us;
    }
    tm.tm_year++;
    return (int64_t)timegm(&tm) * US + time_us % US;
}

/* Begin behind the gap of more than half a year, if there is one. */
static int cut_circle(struct log *logs, int n)
{
    for (int i = 1; i < n; i++) {
        if (logs[i].front_us - logs[i - 1].front_us > HALF_YEAR_US) {
            struct log *turned = malloc((size_t)n * sizeof *turned);
            if (!turned) {
                return -1;
            }
            for (int k = 0; k < n; k++) {
                turned[k] = logs[(i + k) % n];
                if (i + k >= n) {
                    int64_t us = next_year(turned[k].front_us), before = turned[k - 1].front_us;
                    turned[k].front_us = us < before ? before : us;
                }
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
            log->front_us = logs[count - 1].front_us;
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

/* Without a time of its own: it comes behind the log before it. */
static bool waits(const struct log *logs, int i)
{
    return i > 0 && !logs[i].found && !logs[i].begun && !logs[i - 1].ended;
}

static int find_next(const struct log *logs, int n)
{
    int next = -1;

    for (int i = 0; i < n; i++) {
        if (!logs[i].ended && !waits(logs, i) &&
            (next < 0 || logs[i].front_us < logs[next].front_us)) {
            next = i;
        }
    }
    return next;
}

struct log *logs_next(struct log *logs, int n)
{
    int i = find_next(logs, n);

    if (i > 0 && !logs[i].found && !logs[i].begun) {
        logs[i].front_us = logs[i - 1].front_us;
    }
    return i < 0 ? NULL : &logs[i];
}

int64_t logs_front(const struct log *logs, int n)
{
    int i = n > 1 ? find_next(logs, n) : -1;

    return i < 0 ? INT64_MAX : logs[i].front_us;
}

/* A scout whose log has ended; a new one. */
static int take_scout(struct log *log, dnsmon_monitor_t *mon, struct log *logs, int n)
{
    for (int i = 0; i < n; i++) {
        if (logs[i].ended && logs[i].scout) {
            log->scout = logs[i].scout;
            logs[i].scout = NULL;
            return 0;
        }
    }
    return dnsmon_feed_new(mon, &log->scout);
}

int log_open(struct log *log, dnsmon_monitor_t *mon, struct log *logs, int n,
             const dnsmon_feed_t *clock)
{
    if (log->begun) {
        return 0;
    }
    log->begun = true;
    if (!log->is_open && reader_open(&log->reader, log->path) < 0) {
        return -1;
    }
    log->is_open = true;
    if (take_scout(log, mon, logs, n) < 0) {
        output_error("%s: out of memory", log->path);
        return -1;
    }
    dnsmon_feed_follow(log->scout, clock);
    return 0;
}

int log_close(struct log *log)
{
    int result = log->is_open ? reader_close(&log->reader) : 0;

    log->is_open = false;
    log->ended = true;
    return result;
}

void logs_close(struct log *logs, int n)
{
    for (int i = 0; i < n; i++) {
        if (!logs[i].ended) {
            log_close(&logs[i]);
        }
        dnsmon_feed_free(logs[i].scout);
        logs[i].scout = NULL;
    }
}
