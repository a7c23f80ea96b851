/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Headers that were read before, by comparison.
 *
 * Method. The text between stamp and message ends with the first "]: "; it is looked up by its
 * first and last eight bytes. With a PID in it, how it is read depends on nothing in front of it or
 * behind it (header.c), so that the same text means the same.
 *
 * LIMITS: headers without a PID, with a ']' in front of it, behind "<PRI>", of less than 8 or more
 * than DM_HEAD_TEXT bytes, and those of RFC 5424 are read each time.
 * Source: doc/FORMATS.md; measured by tests/bench/bench_formats.sh.
 */
#include "parse/known_head.h"

#include "util/bytes.h"

/* The shortest header that is remembered, bytes. */
#define HEAD_LEAST 8

static inline size_t place_of(const char *p, size_t n)
{
    uint64_t h = (dm_load64(p) ^ dm_load64(p + n - 8)) * 0x9e3779b97f4a7c15ULL;

    return (size_t)(h >> (64 - DM_HEADS_LOG2));
}

/* The header that begins at @p, where DM_HEAD_TEXT bytes can be read.
 * Returns: its length, 0 if it has no end. */
static inline size_t length_of(const char *p)
{
    uint32_t low = dm_bytes_find32(p, ']'), high;
    size_t n;

    if (low) {
        n = dm_first(low) + 3;
    } else {
        high = dm_bytes_find32(p + DM_BYTES_32, ']');
        n = high ? DM_BYTES_32 + dm_first(high) + 3 : 0;
    }
    return n >= HEAD_LEAST && n <= DM_HEAD_TEXT ? n : 0;
}

/* The stamp at the front of @s, if it is the last one's: the usual one without a year at once.
 * Returns: its length, 0 if it is another. */
static inline size_t stamp_of(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us)
{
    const char *p = s.p, *q = clock->text;

    if (clock->text_len == DM_STAMP_YEARLESS && clock->text_utc_us != 0 &&
        p[DM_STAMP_YEARLESS] == ' ') {
        *ret_us = clock->text_utc_us;
        return ((dm_load64(p) ^ dm_load64(q)) | (dm_load64(p + 7) ^ dm_load64(q + 7))) == 0
                   ? DM_STAMP_YEARLESS
                   : 0;
    }
    return dm_stamp_known(clock, s, ret_us);
}

const struct dm_known_head *dm_known_head(const struct dm_known_heads *heads,
                                          struct dm_clock *clock, struct dm_slice line,
                                          struct dm_header *ret)
{
    size_t stamp =
        line.n < DM_STAMP_YEARLESS + DM_HEAD_TEXT ? 0 : stamp_of(clock, line, &ret->time_us);

    if (stamp == 0 || line.n - stamp < DM_HEAD_TEXT) {
        return NULL;
    }
    const char *p = line.p + stamp;
    size_t n = length_of(p);
    const struct dm_known_head *known = n ? &heads->head[place_of(p, n)] : NULL;
    if (!known || !dm_bytes_equal(known->text, p, n)) {
        return NULL;
    }
    ret->host = dm_slice_make(p + known->host_at, known->host_n);
    ret->program = dm_slice_make(p + known->program_at, known->program_n);
    ret->msg = dm_slice_make(p + n, line.n - stamp - n);
    return known;
}

void dm_known_head_learn(struct dm_known_heads *heads, struct dm_clock *clock, struct dm_slice line,
                         const struct dm_header *head, uint8_t owner)
{
    int64_t time_us;
    size_t stamp = dm_stamp_known(clock, line, &time_us);

    if (stamp == 0 || line.n - stamp < DM_HEAD_TEXT || time_us != head->time_us) {
        return;
    }
    const char *p = line.p + stamp;
    size_t n = length_of(p);
    if (n == 0 || head->msg.p != p + n || memchr(p, '\n', n)) {
        return;
    }
    struct dm_known_head *known = &heads->head[place_of(p, n)];
    known->host_n = (uint8_t)head->host.n;
    known->host_at = head->host.n ? (uint8_t)(head->host.p - p) : 0;
    known->program_n = (uint8_t)head->program.n;
    known->program_at = (uint8_t)(head->program.p - p);
    known->owner = owner;
    memcpy(known->text, p, n);
}
