/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The scout goes ahead of the threads that parse blocks, so that each of them knows the year and
 * the time of the line in front of its own.
 *
 * Method. The year of a stamp without one follows from the stamps before it, and only a change of
 * the day can change the year. So of a block those lines are read whose first bytes, month and day
 * in every form, differ from the line before, the line behind them (dm_clock wants a second witness
 * of a long jump), and the last few. All others cost a compare, or nothing at all in a block that
 * ends on the day on which it begins.
 *
 * LIMITS: a line without a stamp at the front of a block gets the time of the last line of the
 * block before, if that has one. A file whose lines alternate between days costs a full parse more.
 * Source: -
 */
#define _GNU_SOURCE
#include "scout.h"

#include <stdlib.h>
#include <string.h>

/* "Nov 21", "21-Nov", "2026-1": enough of a stamp to see that the day has changed, bytes. */
#define DAY_BYTES 6
/* ISO stamps have the day here: "2026-11-21". */
#define ISO_BYTES 10
/* Lines at the end of a block that tell where its input stands (own choice: four wrong times are
 * outvoted, and no more than a few of them are seconds of a living log). */
#define LAST_LINES 9
/* Lines with a time of which the earliest tells where an input begins (own choice): one from the
 * future must not make all others late, one from the past does no harm. */
#define FIRST_LINES 9

/* The stamp's place: behind "<PRI>" and the version of RFC 5424. */
static struct line stamp_of(struct line line)
{
    const char *end =
        line.n > 2 && line.p[0] == '<' ? memchr(line.p, '>', line.n < 5 ? line.n : 5) : NULL;
    size_t skip = end ? (size_t)(end - line.p) + 1 : 0;

    if (end && line.n - skip > 2 && line.p[skip] == '1' && line.p[skip + 1] == ' ') {
        skip += 2;
    }
    return (struct line){line.p + skip, line.n - skip};
}

static int same_day(struct line a, struct line b)
{
    size_t n = a.n > ISO_BYTES && a.p[4] == '-' ? ISO_BYTES : DAY_BYTES;

    return a.n >= n && b.n >= n && memcmp(a.p, b.p, n) == 0;
}

/* Where the last lines begin. */
static size_t find_last(const struct block *b)
{
    size_t at = b->n;

    for (int i = 0; i < LAST_LINES && at > 0; i++) {
        const char *end = memrchr(b->text, '\n', at - 1);
        at = end ? (size_t)(end - b->text) + 1 : 0;
    }
    return at;
}

/* Whether the last lines are of the day of @stamp: then no line between needs to be looked at. */
static int ends_on(const struct block *b, size_t last, struct line stamp)
{
    struct line line;

    return block_line(b, &last, &line) && same_day(stamp, stamp_of(line));
}

static int compare(const void *pa, const void *pb)
{
    const int64_t *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

void scout_block(dnsmon_feed_t *feed, const struct block *b, int64_t *front_us)
{
    struct line line = {0}, stamp, before = {0};
    int64_t ignored, times[LAST_LINES];
    size_t at = 0, last = find_last(b), begin = 0, n = 0;
    int wanted = 0;

    for (; block_line(b, &at, &line); begin = at) {
        stamp = stamp_of(line);
        wanted = same_day(stamp, before) ? wanted - (wanted > 0) : 2;
        before = stamp;
        if (begin >= last) {
            n += dnsmon_feed_peek(feed, line.p, line.n, &times[n]) != 0;
        } else if (wanted) {
            dnsmon_feed_peek(feed, line.p, line.n, &ignored);
        } else if (at < last && ends_on(b, last, stamp)) {
            at = last;
        }
    }
    if (n > 0) {
        qsort(times, n, sizeof *times, compare);
        *front_us = times[n / 2];
    }
}

int scout_first(dnsmon_feed_t *feed, const struct block *b, int64_t *ret_time_us)
{
    struct line line;
    size_t at = 0;
    int64_t time_us;
    int result = 0;

    for (int n = 0; n < FIRST_LINES && block_line(b, &at, &line);) {
        int found = dnsmon_feed_peek(feed, line.p, line.n, &time_us);
        if (found && (n == 0 || time_us < *ret_time_us)) {
            *ret_time_us = time_us;
        }
        result = n > 0 ? result : found;
        n += found != 0;
    }
    return result;
}
