/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Times of messages: RFC 3339 text to microseconds. */
#ifndef OM_STAMP_H
#define OM_STAMP_H

#include <stdint.h>

/** A worker's memory of the last time stamp: most lines share their second with the line before. */
struct om_stamp {
    char second[20]; /**< "2026-11-21T07:46:22" of the last full parse; empty: none */
    int64_t utc_us;  /**< that second, read as UTC, µs since 1970 */
};

/**
 * om_stamp_parse() - "2026-11-21T07:46:22[.123456](Z|+09:00)" to UTC.
 * @memory: the worker's memory; zeroed before the first call.
 * @text:   zero-terminated.
 * Returns: µs since 1970-01-01 UTC; 0 if the text is no such time.
 * Thread:  the memory's owner.   Cost: about 20 ns when the second is the one of the last call.
 */
int64_t om_stamp_parse(struct om_stamp *memory, const char *text);

/** om_stamp_now() - the wall clock, µs since 1970-01-01 UTC.   Thread: any. */
int64_t om_stamp_now(void);

#endif
