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

static void put_quoted(struct dm_buf *buf, char c, const struct dm_escape *how)
{
    if (strchr(how->quote, c)) {
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
    if (c < 0x20 || c == 0x7f || strchr(how->hex, c)) {
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

/* Letters, digits and marks that no form escapes: most of a text. */
static const bool plain_bytes[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true,
    ['.'] = true,         ['-'] = true,         ['_'] = true,
};

static size_t plain_length(struct dm_slice s)
{
    size_t n = 0;

    while (n < s.n && plain_bytes[(unsigned char)s.p[n]]) {
        n++;
    }
    return n;
}

void dm_text_escape(struct dm_buf *buf, struct dm_slice s, const struct dm_escape *how)
{
    while (s.n) {
        unsigned char first = (unsigned char)s.p[0];
        size_t n = plain_length(s);

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

/* Trailing zeros go, but for the first decimal. */
static const char *put_rounded(double value, bool four, char out[DM_NUMBER_STRLEN])
{
    size_t n;

    if (!(fabs(value) < 1e15)) {
        return g_ascii_dtostr(out, DM_NUMBER_STRLEN, value);
    }
    if (fabs(value) < (four ? 0.00005 : 0.005)) {
        value = 0; /* no minus sign in front of nothing */
    }
    g_ascii_formatd(out, DM_NUMBER_STRLEN, four ? "%.4f" : "%.2f", value);
    n = strlen(out);
    while (n > 3 && out[n - 1] == '0' && out[n - 2] != '.') {
        out[--n] = '\0';
    }
    return out;
}

const char *dm_text_number(double value, char out[DM_NUMBER_STRLEN])
{
    return put_rounded(value, false, out);
}

const char *dm_text_figure(double value, char out[DM_NUMBER_STRLEN])
{
    return put_rounded(value, true, out);
}

static void put_digits(char *at, int64_t value, int width, char behind)
{
    at[width] = behind;
    while (width--) {
        at[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

const char *dm_text_time(int64_t time_us, char out[DM_TIME_STRLEN])
{
    int64_t ms = time_us / US_PER_MS - (time_us % US_PER_MS < 0);
    int64_t days, of_day;
    int year, month, day;

    ms = CLAMP(ms, MS_YEAR_0, MS_YEAR_9999);
    days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
    of_day = ms - days * MS_PER_DAY;
    dm_civil_from_days(days, &year, &month, &day);
    put_digits(out, year, 4, '-');
    put_digits(out + 5, month, 2, '-');
    put_digits(out + 8, day, 2, 'T');
    put_digits(out + 11, of_day / 3600000, 2, ':');
    put_digits(out + 14, of_day / 60000 % 60, 2, ':');
    put_digits(out + 17, of_day / 1000 % 60, 2, '.');
    put_digits(out + 20, of_day % 1000, 3, 'Z');
    out[24] = '\0';
    return out;
}
