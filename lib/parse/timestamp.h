/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Time stamps and the headers that carry them.
 */
#ifndef DM_PARSE_TIMESTAMP_H
#define DM_PARSE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"
#include "util/localtime.h"
#include "util/slice.h"

/** Longest date and time of day without fraction and zone: "21-Nov-2026 06:25:48", bytes. */
#define DM_STAMP_MAX 20
/** Length of BIND's, with its fraction, bytes. */
#define DM_STAMP_AGAIN (DM_STAMP_MAX + 4)
/** Length of the one form that has no year: "Nov 21 06:25:48", bytes. */
#define DM_STAMP_YEARLESS 15

/**
 * What reading time stamps needs to remember. Belongs to one feed. All zero but for the zone is a
 * good start; only zone and year are set from outside.
 *
 * The year of a stamp without one is the year that brings it next to the reference, see
 * dm_stamp_parse(). The reference follows the lines; a single line that is more than 30 days away
 * from it, such as one that somebody forged, does not move it, a second one near the first does.
 */
struct dm_clock {
    struct dm_zone *zone;       /**< borrowed; local time of stamps without a zone; not NULL */
    struct dm_zone_cache cache; /**< of zone */
    int year;                   /**< of the first stamp without a year; 0: not known, 1970 */
    int64_t last_us;            /**< time of the last stamp; 0: none. For lines without any */
    int64_t ref_us;             /**< the reference; 0: none yet */
    int64_t far_us;             /**< a lone stamp far from the reference; 0: none */
    bool assumed;               /**< the reference's year is only assumed to be 1970 */
    uint8_t text_len;           /**< the last stamp's text, because the next is mostly the same */
    char text[DM_STAMP_MAX];
    int64_t text_local_s; /**< and its value: local wall clock as if it were UTC */
    int64_t text_utc_us;  /**< and as UTC, if it was in the zone; 0: not known */
};

/** A line taken apart at its header. */
struct dm_header {
    int64_t time_us; /**< 0: no time in the header */
    struct dm_slice host;
    struct dm_slice program; /**< without "[pid]:" */
    struct dm_slice msg;     /**< the rest */
};

/**
 * dm_header_parse() - RFC 3164 with and without year, RFC 5424 (structured data skipped), ISO 8601
 * header (rsyslog's default file format), "program[pid]: " alone, or no header at all; each also
 * behind "<PRI>".
 * Never fails: a line of no known form is all message, time 0.
 * LIMITS: BIND's own print-time prefix without a syslog header is the BIND parser's business
 * (dm_stamp_parse()); it is left in the message.
 */
void dm_header_parse(struct dm_clock *clock, struct dm_slice line, struct dm_header *ret);

/**
 * dm_stamp_parse() - one time stamp at the front of @s, of any form a server prints:
 * "Nov 21 06:25:48[.645]", "Nov 21 2026 06:25:48", "21-Nov-2026 06:25:48[.645]",
 * "2026-11-21T06:39:00[.974][Z|+09:00]", "2026-11-21 06:39:00", "20261121T063900[.974][Z|+0900]",
 * "2026 Nov 21 06:39:00".
 * Without a year: the reference's year; the next one if that is more than half a year back (New
 * Year has passed); the one before if that is at most 7 days back (a late line of December).
 * A 29 February whose year has none is a stamp, but not a time: the last line's time is returned;
 * only where the year is merely assumed, the next leap year is taken.
 * @ret_us:  µs since 1970 UTC.
 * Returns:  bytes read (without the blank behind), 0 if there is no stamp.
 */
size_t dm_stamp_parse(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us);

/** dm_stamp_known() - the same where the text is the last stamp's but for its fraction and zone.
 * The clock does not go on to it: that is dm_stamp_follow()'s.   Returns: as dm_stamp_parse(). */
size_t dm_stamp_known(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us);

/** Times that are the same but for so many bits are near each other: less than 13 days. */
#define DM_STAMP_NEAR_BITS 40

/** dm_stamp_follow_far() - for dm_stamp_follow(). */
void dm_stamp_follow_far(struct dm_clock *clock, int64_t time_us);

/** dm_stamp_follow() - a time that dm_stamp_known() or dm_stamp_again() read is this line's: clock
 * and reference go on to it, as dm_stamp_parse() lets them. */
static inline void dm_stamp_follow(struct dm_clock *clock, int64_t time_us)
{
    if (((time_us ^ clock->ref_us) >> DM_STAMP_NEAR_BITS) == 0) {
        clock->last_us = clock->ref_us = time_us;
        clock->far_us = 0;
    } else {
        dm_stamp_follow_far(clock, time_us);
    }
}

/**
 * dm_stamp_again() - BIND's own stamp, "21-Nov-2026 06:25:48.645", in the second of the last stamp.
 * The clock does not change.
 * @p:       at least DM_STAMP_AGAIN + 1 bytes, of which the third is '-'.
 * @ret_us:  what dm_stamp_parse() gives.
 * Returns:  whether it is that and a blank follows.
 * Cost:     three loads and compares, and three digits at once.
 */
static inline bool dm_stamp_again(const struct dm_clock *clock, const char *p, int64_t *ret_us)
{
    const char *q = clock->text;
    uint64_t other = (dm_load64(p) ^ dm_load64(q)) | (dm_load64(p + 8) ^ dm_load64(q + 8)) |
                     (dm_load32(p + 16) ^ dm_load32(q + 16));
    uint32_t f = dm_load32(p + DM_STAMP_MAX) ^ 0x3030302e; /* ".000": three digits' values */

    if (other || (((f + 0x76767600) | f) & 0x808080ff) || clock->text_utc_us == 0 ||
        p[DM_STAMP_AGAIN] != ' ') {
        return false;
    }
    uint32_t ms = (f >> 8 & 15) * 100 + (f >> 16 & 15) * 10 + (f >> 24);
    *ret_us = clock->text_utc_us + (int64_t)ms * 1000;
    return true;
}

/** dm_clock_forget() - the last stamp's text, because the zone is another, or it is to be read. */
static inline void dm_clock_forget(struct dm_clock *clock)
{
    clock->text_len = 0;
    clock->text_utc_us = 0; /* dm_stamp_again() looks at nothing else */
}

/** dm_clock_see() - a time that the host knows: stamps without a year are near it. 0: ignored. */
void dm_clock_see(struct dm_clock *clock, int64_t time_us);

#endif
