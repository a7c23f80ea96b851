/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Escaping, numbers and times for the event encoders.
 *
 * Purpose: a name in a query log is chosen by whoever sends the query. It must not end a field,
 *          start a line, steer a terminal or make a JSON text invalid.
 * Method:  one visible escape (\xHH and \\) is the same in every form and can be undone; the form's
 *          own quoting (JSON's, RFC 5424's) is laid over it.
 * LIMITS:  look-alike letters of other alphabets and combining marks are kept: they are legal text.
 *          The list of invisible characters is fixed here and not taken from GLib's tables, so that
 *          the output does not depend on the GLib version.
 * Source:  RFC 3629 (UTF-8), RFC 5424 6.3.3, RFC 8259 7, Unicode UAX 9.
 */
#include "util/text.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "util/localtime.h"

#define US_PER_MS INT64_C(1000)
#define MS_PER_DAY INT64_C(86400000)
/* 0000-01-01 and the end of 9999-12-31, ms since 1970 (proleptic Gregorian calendar) */
#define MS_YEAR_0 INT64_C(-62167219200000)
#define MS_YEAR_9999 INT64_C(253402300799999)

/** A character range that is made visible. */
struct range {
    gunichar first, last;
};

static const struct range hidden[] = {
    {0x80, 0xa0},       {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x1680, 0x1680},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f},
    {0x205f, 0x206f},   {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff},
    {0xe0000, 0xe0fff},
};

static bool is_hidden(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        if (c >= hidden[i].first && c <= hidden[i].last) {
            return true;
        }
    }
    return (c & 0xfffe) == 0xfffe; /* the two noncharacters of each plane */
}

/* What is looked at twice, whatever the form. */
#define ALWAYS 128

/* What a byte is: enum dm_char, and ALWAYS. The backslash is both. */
static const uint8_t classes[256] = {
    [0 ... 31] = ALWAYS,
    [127 ... 255] = ALWAYS,
    [' '] = DM_CHAR_BLANK,
    ['"'] = DM_CHAR_QUOTE,
    ['/'] = DM_CHAR_SLASH,
    [']'] = DM_CHAR_BRACKET,
    ['\\'] = ALWAYS | DM_CHAR_BACKSLASH,
};

static uint8_t class_of(char c)
{
    return classes[(unsigned char)c];
}

static void put_quoted(struct dm_buf *buf, char c, const struct dm_escape *how)
{
    if (class_of(c) & how->quote) {
        dm_buf_char(buf, '\\');
    }
    dm_buf_char(buf, c);
}

static void put_hex(struct dm_buf *buf, unsigned char byte, const struct dm_escape *how)
{
    static const char digits[] = "0123456789abcdef";

    put_quoted(buf, '\\', how);
    dm_buf_char(buf, 'x');
    dm_buf_char(buf, digits[byte >> 4]);
    dm_buf_char(buf, digits[byte & 15]);
}

static void put_ascii(struct dm_buf *buf, char c, const struct dm_escape *how)
{
    if (c < 0x20 || c == 0x7f || class_of(c) & how->hex) {
        put_hex(buf, (unsigned char)c, how);
        return;
    }
    if (c == '\\') {
        put_quoted(buf, c, how);
    }
    put_quoted(buf, c, how);
}

size_t dm_text_shown_length(struct dm_slice s)
{
    gunichar c = g_utf8_get_char_validated(s.p, (gssize)s.n);

    if (c == (gunichar)-1 || c == (gunichar)-2 || is_hidden(c)) {
        return 0;
    }
    return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Bytes at the front that are written as they are. */
static size_t plain_length(struct dm_slice s, const struct dm_escape *how)
{
    uint8_t mask = ALWAYS | how->hex | how->quote;
    size_t n = 0;

    while (s.n - n >= 4 && !((class_of(s.p[n]) | class_of(s.p[n + 1]) | class_of(s.p[n + 2]) |
                              class_of(s.p[n + 3])) &
                             mask)) {
        n += 4;
    }
    while (n < s.n && !(class_of(s.p[n]) & mask)) {
        n++;
    }
    return n;
}

void dm_text_escape(struct dm_buf *buf, struct dm_slice s, const struct dm_escape *how)
{
    while (s.n) {
        unsigned char first = (unsigned char)s.p[0];
        size_t n = plain_length(s, how);

        if (n > 0) {
            dm_buf_add(buf, dm_slice_head(s, n));
            s = dm_slice_skip(s, n);
            continue;
        }
        n = 1;
        if (first < 0x80) {
            put_ascii(buf, s.p[0], how);
        } else if ((n = dm_text_shown_length(s)) != 0) {
            dm_buf_add(buf, dm_slice_head(s, n));
        } else {
            put_hex(buf, first, how);
            n = 1;
        }
        s = dm_slice_skip(s, n);
    }
}

/* Numbers from here on are written by the C library, with all their digits. */
#define LARGEST 1e15
#define HUNDREDTHS 100
#define TEN_THOUSANDTHS 10000

/* A number as a whole number of hundredths or ten-thousandths. */
struct decimal {
    bool negative;
    uint64_t whole, parts;
};

/* a * b, as 2^64 * high + low. */
static uint64_t multiply(uint64_t a, uint32_t b, uint64_t *ret_low)
{
    uint64_t low = (a & UINT32_MAX) * b, high = (a >> 32) * b + (low >> 32);

    *ret_low = high << 32 | (low & UINT32_MAX);
    return high >> 32;
}

/* So many bits of a fraction below 2^-SMALL are in front of all that it has (those below 2^-24
 * lose some, but are far from anything that is shown). */
#define SMALL 12

/*
 * To the nearest, from the middle to the even one, as printf() does: by the value's exact bits. The
 * fraction is made a whole number of 2^-64, or 2^-76 if it is small, so that nothing of it is lost.
 */
static uint64_t round_fraction(double fraction, uint32_t scale)
{
    int small = fraction < 1.0 / (1 << SMALL) ? SMALL : 0;
    uint64_t rest, parts = multiply((uint64_t)ldexp(fraction, 64 + small), scale, &rest);
    uint64_t half = UINT64_C(1) << 63;

    if (small) { /* below the point are 76 bits: the 12 of `parts` are the upper ones */
        bool sticky = (rest & ((1 << SMALL) - 1)) != 0;
        rest = (parts << (64 - SMALL)) | (rest >> SMALL);
        parts >>= SMALL;
        rest |= sticky;
    }
    return parts + (rest > half || (rest == half && (parts & 1)));
}

static struct decimal round_to(double value, uint32_t scale)
{
    double whole, fraction = modf(fabs(value), &whole);
    struct decimal d = {value < 0, (uint64_t)whole, round_fraction(fraction, scale)};

    if (d.parts == scale) {
        d.parts = 0;
        d.whole++;
    }
    d.negative = d.negative && (d.whole || d.parts); /* no minus sign in front of nothing */
    return d;
}

static char *put_whole(char *at, uint64_t value)
{
    char digits[20]; /* 2^64 - 1 has 20 */
    size_t first = sizeof digits;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    memcpy(at, digits + first, sizeof digits - first);
    return at + (sizeof digits - first);
}

/* Trailing zeros go, but for the first decimal. */
static const char *put_rounded(double value, uint32_t scale, char out[DM_NUMBER_STRLEN])
{
    struct decimal d;
    char *at = out;

    if (!(fabs(value) < LARGEST)) {
        return g_ascii_dtostr(out, DM_NUMBER_STRLEN, value);
    }
    d = round_to(value, scale);
    if (d.negative) {
        *at++ = '-';
    }
    at = put_whole(at, d.whole);
    *at++ = '.';
    do {
        scale /= 10;
        *at++ = (char)('0' + d.parts / scale);
        d.parts %= scale;
    } while (d.parts);
    *at = '\0';
    return out;
}

const char *dm_text_number(double value, char out[DM_NUMBER_STRLEN])
{
    return put_rounded(value, HUNDREDTHS, out);
}

const char *dm_text_figure(double value, char out[DM_NUMBER_STRLEN])
{
    return put_rounded(value, TEN_THOUSANDTHS, out);
}

/* Two digits at once: half the divisions. */
static char *put_two(char *at, unsigned value)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
    return at + 2;
}

/* The same and a mark behind them. */
static char *put_part(char *at, unsigned value, char behind)
{
    at = put_two(at, value);
    *at = behind;
    return at + 1;
}

const char *dm_text_time(int64_t time_us, char out[DM_TIME_STRLEN])
{
    int64_t ms = time_us / US_PER_MS - (time_us % US_PER_MS < 0);
    int year, month, day;
    char *at;

    ms = CLAMP(ms, MS_YEAR_0, MS_YEAR_9999);
    int64_t days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
    unsigned of_day = (unsigned)(ms - days * MS_PER_DAY), s = of_day / 1000;
    dm_civil_from_days(days, &year, &month, &day);
    at = put_two(out, (unsigned)year / 100);
    at = put_part(at, (unsigned)year % 100, '-');
    at = put_part(at, (unsigned)month, '-');
    at = put_part(at, (unsigned)day, 'T');
    at = put_part(at, s / 3600, ':');
    at = put_part(at, s / 60 % 60, ':');
    at = put_part(at, s % 60, '.');
    *at++ = (char)('0' + of_day % 1000 / 100);
    at = put_part(at, of_day % 100, 'Z');
    *at = '\0';
    return out;
}
