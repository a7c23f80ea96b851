/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Values as text that nothing downstream can be broken by: foreign bytes made visible, numbers
 * with a point whatever the locale, times in ISO 8601.
 */
#ifndef DM_UTIL_TEXT_H
#define DM_UTIL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/slice.h"

/** Characters that a form may treat in a way of its own: bits. */
enum dm_char {
    DM_CHAR_BLANK = 1,     /**< ' ' */
    DM_CHAR_QUOTE = 2,     /**< '"' */
    DM_CHAR_SLASH = 4,     /**< '/' */
    DM_CHAR_BRACKET = 8,   /**< ']' */
    DM_CHAR_BACKSLASH = 16 /**< '\\' */
};

/** How dm_text_escape() writes: two sets of enum dm_char, 0 for none. */
struct dm_escape {
    uint8_t hex;   /**< these too become \xHH, on top of what always does */
    uint8_t quote; /**< each of these gets a backslash in front when it is written */
};

/**
 * dm_text_escape() - add somebody else's bytes, made visible.
 * @s:      any bytes. A backslash becomes \\; a control character, DEL, a byte that is not part of
 *          valid UTF-8, and every byte of a character that hides or reorders text (C1 controls,
 *          line and paragraph separators, bidi controls, invisible and blank characters) becomes
 *          \xHH with lower-case digits. All else is kept. Reversible: undo \\ and \xHH.
 * @how:    the form's own needs; its quoting comes on top and is undone first.
 * Shape:   adds valid UTF-8, no byte below 0x20 and no 0x7f.
 * Cost:    O(bytes).
 * Source:  Unicode UAX 9 (bidi), UTR 36; RFC 3629.
 */
void dm_text_escape(struct dm_buf *buf, struct dm_slice s, const struct dm_escape *how);

/**
 * dm_text_shown_length() - the character at the front of @s, which does not begin with ASCII.
 * Returns: its bytes; 0 if it is no valid UTF-8 or hides or reorders text, see dm_text_escape().
 */
size_t dm_text_shown_length(struct dm_slice s);

/** Room for the longest number and its NUL, bytes. */
#define DM_NUMBER_STRLEN 48

/**
 * dm_text_number() - a number rounded to two decimals: "14.9", "93.0", "-79.71", never "-0.0".
 * @value:  finite; from 1e15 on all its digits, with an exponent.
 * Returns: @out. A decimal point in every locale.
 */
const char *dm_text_number(double value, char out[DM_NUMBER_STRLEN]);

/** dm_text_figure() - the same with up to four decimals: "0.9993", "8.8", "1.0". */
const char *dm_text_figure(double value, char out[DM_NUMBER_STRLEN]);

/** Room for a time and its NUL, bytes. */
#define DM_TIME_STRLEN 32

/**
 * dm_text_time() - ISO 8601 in UTC with milliseconds: "2004-01-28T01:11:12.000Z".
 * @time_us: µs since 1970-01-01 UTC; kept within the years 0000..9999; rounded down to 1 ms.
 * Returns: @out.
 */
const char *dm_text_time(int64_t time_us, char out[DM_TIME_STRLEN]);

#endif
