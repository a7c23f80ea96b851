/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Small steps over a line that several parsers take.
 */
#ifndef DM_PARSE_SCAN_H
#define DM_PARSE_SCAN_H

#include <stdint.h>

#include "util/slice.h"

/** dm_slice_find_text() - the first @word in @s.   Returns: its offset, or s.n if there is none. */
static inline size_t dm_slice_find_text(struct dm_slice s, struct dm_slice word)
{
    for (size_t at = 0; at + word.n <= s.n; at++) {
        at += dm_slice_find(dm_slice_skip(s, at), word.p[0]);
        if (at + word.n <= s.n && memcmp(s.p + at, word.p, word.n) == 0) {
            return at;
        }
    }
    return s.n;
}

/** dm_slice_find_last() - the last @word in @s.   Returns: its offset, or s.n if there is none. */
static inline size_t dm_slice_find_last(struct dm_slice s, struct dm_slice word)
{
    for (size_t at = s.n < word.n ? 0 : s.n - word.n + 1; at > 0; at--) {
        if (s.p[at - 1] == word.p[0] && memcmp(s.p + at - 1, word.p, word.n) == 0) {
            return at - 1;
        }
    }
    return s.n;
}

/** dm_slice_take_word() - up to the first blank or the end off the front of @s, and that blank. */
static inline struct dm_slice dm_slice_take_word(struct dm_slice *s)
{
    struct dm_slice w = dm_slice_head(*s, dm_slice_find(*s, ' '));

    *s = dm_slice_skip(*s, w.n + 1);
    return w;
}

/**
 * dm_port_parse() - a port number of one to five digits, the whole slice.
 * Returns: whether it is one; *ret only then.
 */
static inline bool dm_port_parse(struct dm_slice s, uint16_t *ret)
{
    uint32_t v = 0;

    if (s.n == 0 || s.n > 5) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        v = v * 10 + (uint32_t)(s.p[i] - '0');
    }
    if (v > UINT16_MAX) {
        return false;
    }
    *ret = (uint16_t)v;
    return true;
}

#endif
