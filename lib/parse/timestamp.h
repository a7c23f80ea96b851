/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Time stamps and the headers that carry them.
 */
#ifndef DM_PARSE_TIMESTAMP_H
#define DM_PARSE_TIMESTAMP_H

#include <stdint.h>

#include "util/localtime.h"
#include "util/slice.h"

/** What reading time stamps needs to remember: zone, year. Belongs to one feed. */
struct dm_clock {
    struct dm_zone *zone;    /**< borrowed; local time of stamps without a zone */
    struct dm_zone_cache cache;
    int year;                /**< of the last line; 0: none known yet */
    int month;               /**< 1..12 of the last line; 0: none. December -> January: next year */
    int64_t last_us;         /**< time of the last line; 0: none. For lines without any header */
};

/** A line taken apart at its header. */
struct dm_header {
    int64_t time_us;         /**< 0: no time in the header */
    struct dm_slice host;
    struct dm_slice program; /**< without "[pid]:" */
    struct dm_slice msg;     /**< the rest */
};

/**
 * dm_header_parse() - RFC 3164 with and without year, RFC 5424 (structured data skipped), ISO 8601
 * header (rsyslog's default file format), or no header at all; each also behind "<PRI>".
 * Never fails: a line of no known form is all message, time 0.
 * LIMITS: BIND's own print-time prefix without a syslog header is the BIND parser's business
 * (dm_stamp_parse()); it is left in the message.
 */
void dm_header_parse(struct dm_clock *clock, struct dm_slice line, struct dm_header *ret);

/**
 * dm_stamp_parse() - one time stamp at the front of @s, of any form a server prints:
 * "Nov 21 06:25:48[.645]", "Nov 21 2026 06:25:48", "21-Nov-2026 06:25:48[.645]",
 * "2026-11-21T06:39:00[.974][Z|+09:00]", "2026-11-21 06:39:00".
 * @ret_us:  µs since 1970 UTC.
 * Returns:  bytes read (without the blank behind), 0 if there is no stamp.
 */
size_t dm_stamp_parse(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us);

#endif
