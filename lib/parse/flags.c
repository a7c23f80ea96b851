/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's flag field: a sign and letters, whose order changed with the releases.
 *
 * Method. Letter by letter, each at most once, in any order; behind E perhaps a version.
 * LIMITS: -
 * Source: BIND lib/ns/query.c log_query(); doc/FORMATS.md.
 */
#include "parse/flags.h"

#include "parse/record.h"

/* Longest EDNS version that is read, digits: it is one byte (RFC 6891 6.1.3). */
#define VERSION_DIGITS 3

/* Up to VERSION_DIGITS digits at the front of @s. */
static size_t count_digits(struct dm_slice s)
{
    size_t i = 0;

    while (i < s.n && i < VERSION_DIGITS && s.p[i] >= '0' && s.p[i] <= '9') {
        i++;
    }
    return i;
}

/* The bit of one flag letter, 0 if BIND has no such. */
static const uint16_t flag_bits[256] = {
    ['S'] = DM_QF_SIGNED, ['E'] = DM_QF_EDNS,   ['T'] = DM_QF_TCP,      ['D'] = DM_QF_DO,
    ['C'] = DM_QF_CD,     ['V'] = DM_QF_COOKIE, ['K'] = DM_QF_NOCOOKIE,
};

bool dm_flags_read(struct dm_slice w, uint16_t *ret_bits)
{
    unsigned bits = DM_QF_PRINTED;

    if (w.n == 0 || (w.p[0] != '+' && w.p[0] != '-')) {
        return false;
    }
    bits |= w.p[0] == '+' ? DM_QF_RD : 0;
    for (size_t i = 1; i < w.n; i++) {
        unsigned bit = flag_bits[(unsigned char)w.p[i]];
        if (bit == 0 || (bits & bit)) {
            return false;
        }
        bits |= bit;
        if (bit == DM_QF_EDNS && i + 1 < w.n && w.p[i + 1] == '(') {
            size_t digits = count_digits(dm_slice_skip(w, i + 2));
            i += 2 + digits;
            if (digits == 0 || i >= w.n || w.p[i] != ')') {
                return false;
            }
        }
    }
    *ret_bits = (uint16_t)bits;
    return true;
}
