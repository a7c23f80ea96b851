/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The scout goes ahead of the threads that parse blocks, so that each of them knows the year and
 * the time of the line in front of its own.
 *
 * Method. The year of a stamp without one follows from the stamps before it, and only a change of
 * the day can change the year. So of a block those lines are read whose first bytes, month and day
 * in every form, differ from the line before, the line behind them (dm_clock wants a second witness
 * of a long jump), and the last. All others cost a compare.
 *
 * LIMITS: a line without a stamp at the front of a block gets the time of the last line of the
 * block before, if that has one. A file whose lines alternate between days costs a full parse more.
 * Source: -
 */
#include "scout.h"

#include <string.h>

/* "Nov 21", "21-Nov", "2026-1": enough of a stamp to see that the day has changed, bytes. */
#define DAY_BYTES 6
/* ISO stamps have the day here: "2026-11-21". */
#define ISO_BYTES 10

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

void scout_block(dnsmon_feed_t *feed, const struct block *b)
{
    struct line line = {0}, stamp, before = {0};
    size_t at = 0;
    int wanted = 0;
    int64_t ignored;

    while (block_line(b, &at, &line)) {
        stamp = stamp_of(line);
        wanted = same_day(stamp, before) ? wanted - (wanted > 0) : 2;
        before = stamp;
        if (wanted || at >= b->n) {
            dnsmon_feed_peek(feed, line.p, line.n, &ignored);
        }
    }
}

int scout_first(dnsmon_feed_t *feed, const struct block *b, int64_t *ret_time_us)
{
    struct line line;
    size_t at = 0;

    while (block_line(b, &at, &line)) {
        int found = dnsmon_feed_peek(feed, line.p, line.n, ret_time_us);
        if (found) {
            return found;
        }
    }
    return 0;
}
