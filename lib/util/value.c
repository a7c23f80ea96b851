/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Numbers with units: one table of suffixes and factors for each type, one reader, one writer.
 * The digits are checked by hand before g_ascii_strtod() sees them, because that would also take
 * blanks, "inf", "nan" and hexadecimal.
 *
 * LIMITS: a number of 64 characters or more is refused.
 */
#include "util/value.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/localtime.h"

struct unit {
    const char *suffix;
    double factor; /* one of it in base units */
};

/* Each list: the order in which dm_value_format() tries them; ended by a NULL suffix. */
static const struct unit plain_units[] = {{"", 1}, {NULL, 0}};
static const struct unit duration_units[] = {{"d", 86400}, {"h", 3600}, {"m", 60},
                                             {"s", 1},     {"", 1},     {NULL, 0}};
static const struct unit byte_units[] = {{"T", 0x1p40}, {"G", 0x1p30}, {"M", 0x1p20}, {"k", 0x1p10},
                                         {"K", 0x1p10}, {"", 1},       {NULL, 0}};
static const struct unit rate_units[] = {
    {"/h", 1}, {"/d", 1.0 / 24}, {"/min", 60}, {"/s", 3600}, {NULL, 0}};

static const struct unit *units_of(enum dm_option_type type)
{
    switch (type) {
    case DM_OPT_NUMBER:
    case DM_OPT_COUNT:
        return plain_units;
    case DM_OPT_DURATION:
        return duration_units;
    case DM_OPT_BYTES:
        return byte_units;
    case DM_OPT_RATE:
        return rate_units;
    default:
        return NULL;
    }
}

bool dm_value_is_number(enum dm_option_type type)
{
    return units_of(type) != NULL;
}

static size_t count_digits(struct dm_slice s, size_t from)
{
    size_t i = from;

    while (i < s.n && g_ascii_isdigit(s.p[i])) {
        i++;
    }
    return i - from;
}

/* How many bytes at the front of @s are a decimal number.  Returns: 0 if none are. */
static size_t number_length(struct dm_slice s)
{
    size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0;
    size_t whole = count_digits(s, i), fraction = 0;

    i += whole;
    if (i < s.n && s.p[i] == '.') {
        fraction = count_digits(s, i + 1);
        i += fraction > 0 ? 1 + fraction : 0;
    }
    if (whole + fraction == 0) {
        return 0;
    }
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        size_t sign = i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+') ? 1 : 0;
        size_t digits = count_digits(s, i + 1 + sign);
        i += digits > 0 ? 1 + sign + digits : 0;
    }
    return i;
}

static int read_number(struct dm_slice s, double *ret)
{
    char text[64];

    if (s.n == 0 || s.n >= sizeof text) {
        return DNSMON_EINVAL;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double v = g_ascii_strtod(text, NULL);
    if (!isfinite(v)) {
        return DNSMON_EINVAL;
    }
    *ret = v;
    return 0;
}

int dm_value_read(enum dm_option_type type, struct dm_slice s, double *ret)
{
    const struct unit *u = units_of(type);
    size_t digits = number_length(s);
    struct dm_slice suffix = dm_slice_skip(s, digits);
    double v;

    if (u == NULL || read_number(dm_slice_head(s, digits), &v) < 0) {
        return DNSMON_EINVAL;
    }
    while (u->suffix && !dm_slice_eq(suffix, dm_slice_make(u->suffix, strlen(u->suffix)))) {
        u++;
    }
    if (u->suffix == NULL || !isfinite(v * u->factor) || (type == DM_OPT_COUNT && v != rint(v))) {
        return DNSMON_EINVAL;
    }
    *ret = v * u->factor;
    return 0;
}

/* The shortest digits that read back to exactly @v. */
static void format_number(double v, char *buf, int size)
{
    g_ascii_formatd(buf, size, "%.15g", v);
    if (g_ascii_strtod(buf, NULL) != v) {
        g_ascii_formatd(buf, size, "%.17g", v);
    }
}

const char *dm_value_format(enum dm_option_type type, double v, char buf[DM_VALUE_LEN])
{
    const struct unit *u = units_of(type);
    const struct unit *base = NULL, *whole = NULL;

    for (; u && u->suffix; u++) {
        double x = v / u->factor;
        if (u->factor == 1) {
            base = u;
        }
        if (whole == NULL && v != 0 && x == rint(x) && x * u->factor == v) {
            whole = u;
        }
    }
    u = whole ? whole : base;
    format_number(u ? v / u->factor : v, buf, DM_VALUE_LEN - 5);
    if (u) {
        g_strlcat(buf, u->suffix, DM_VALUE_LEN);
    }
    return buf;
}

/* @n digits at @p as a number.  Returns: -1 if one is no digit. */
static int fixed_digits(const char *p, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit(p[i])) {
            return -1;
        }
        v = v * 10 + (p[i] - '0');
    }
    return v;
}

int dm_value_date(struct dm_slice s, int32_t *ret)
{
    static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') {
        return DNSMON_EINVAL;
    }
    int year = fixed_digits(s.p, 4), month = fixed_digits(s.p + 5, 2);
    int day = fixed_digits(s.p + 8, 2);
    if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 ||
        day > month_days[month - 1]) {
        return DNSMON_EINVAL;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2 && day == 29 && !leap) {
        return DNSMON_EINVAL;
    }
    *ret = (int32_t)dm_days_from_civil(year, month, day);
    return 0;
}

int dm_value_port(struct dm_slice s, uint16_t *ret)
{
    double v;

    if (dm_value_read(DM_OPT_COUNT, s, &v) < 0 || v < 1 || v > UINT16_MAX) {
        return DNSMON_EINVAL;
    }
    *ret = (uint16_t)v;
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool dm_list_next(struct dm_slice *rest, struct dm_slice *ret)
{
    while (rest->n > 0) {
        struct dm_slice item = dm_slice_head(*rest, dm_slice_find(*rest, ';'));
        *rest = dm_slice_skip(*rest, item.n + 1);
        while (item.n > 0 && is_blank(item.p[0])) {
            item = dm_slice_skip(item, 1);
        }
        while (item.n > 0 && is_blank(item.p[item.n - 1])) {
            item.n--;
        }
        if (item.n > 0) {
            *ret = item;
            return true;
        }
    }
    return false;
}
