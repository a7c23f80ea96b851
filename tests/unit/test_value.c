/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Numbers with units, dates and lists, as a configuration writes them.
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/value.h"
#include "testlib.h"

/* GLib's generator from the seed that testlib takes and prints. */
static GRand *seeded(const char *law)
{
    struct test_rng rng;

    test_rng_init(&rng, law, 20261121);
    return g_rand_new_with_seed((guint32)test_rng_next(&rng));
}

static struct dm_slice slice_of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static const struct {
    enum dm_option_type type;
    const char *text;
    double value; /* NAN: refused */
} reads[] = {
    {DM_OPT_NUMBER, "0.5", 0.5},
    {DM_OPT_NUMBER, ".5", 0.5},
    {DM_OPT_NUMBER, "-2", -2},
    {DM_OPT_NUMBER, "1e3", 1000},
    {DM_OPT_NUMBER, "1.5E-2", 0.015},
    {DM_OPT_NUMBER, "", NAN},
    {DM_OPT_NUMBER, "-", NAN},
    {DM_OPT_NUMBER, ".", NAN},
    {DM_OPT_NUMBER, "5.", NAN},
    {DM_OPT_NUMBER, "1e", NAN},
    {DM_OPT_NUMBER, "+1", NAN},
    {DM_OPT_NUMBER, " 1", NAN},
    {DM_OPT_NUMBER, "1 ", NAN},
    {DM_OPT_NUMBER, "0,5", NAN},
    {DM_OPT_NUMBER, "0x10", NAN},
    {DM_OPT_NUMBER, "inf", NAN},
    {DM_OPT_NUMBER, "nan", NAN},
    {DM_OPT_NUMBER, "1e999", NAN},
    {DM_OPT_NUMBER, "auto", NAN},
    {DM_OPT_COUNT, "50", 50},
    {DM_OPT_COUNT, "50.0", 50},
    {DM_OPT_COUNT, "50.5", NAN},
    {DM_OPT_COUNT, "50h", NAN},
    {DM_OPT_DURATION, "90", 90},
    {DM_OPT_DURATION, "90s", 90},
    {DM_OPT_DURATION, "15m", 900},
    {DM_OPT_DURATION, "24h", 86400},
    {DM_OPT_DURATION, "1.5h", 5400},
    {DM_OPT_DURATION, "14d", 1209600},
    {DM_OPT_DURATION, "24 h", NAN},
    {DM_OPT_DURATION, "24hours", NAN},
    {DM_OPT_DURATION, "h", NAN},
    {DM_OPT_BYTES, "1000", 1000},
    {DM_OPT_BYTES, "64k", 65536},
    {DM_OPT_BYTES, "64K", 65536},
    {DM_OPT_BYTES, "256M", 268435456},
    {DM_OPT_BYTES, "2G", 2147483648.0},
    {DM_OPT_BYTES, "1T", 1099511627776.0},
    {DM_OPT_BYTES, "256MB", NAN},
    {DM_OPT_BYTES, "256m", NAN},
    {DM_OPT_RATE, "60/h", 60},
    {DM_OPT_RATE, "5/s", 18000},
    {DM_OPT_RATE, "10/min", 600},
    {DM_OPT_RATE, "240/d", 10},
    {DM_OPT_RATE, "60", NAN},
    {DM_OPT_RATE, "60/m", NAN},
    {DM_OPT_TEXT, "1", NAN},
};

static void check_reads(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
        double v = NAN;
        int rc = dm_value_read(reads[i].type, slice_of(reads[i].text), &v);
        bool same = isnan(reads[i].value) ? rc == DNSMON_EINVAL && isnan(v)
                                          : rc == 0 && v == reads[i].value;
        if (!same) {
            fail_msg("\"%s\" as type %d", reads[i].text, (int)reads[i].type);
        }
    }
}

static void values_are_read(void **state)
{
    (void)state;
    check_reads();
}

/* The host program may have called setlocale(); a comma must not become the point. */
static void locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ru_RU.UTF-8"};
    size_t i = 0;

    while (i < G_N_ELEMENTS(names) && !setlocale(LC_ALL, names[i])) {
        i++;
    }
    if (i == G_N_ELEMENTS(names)) {
        print_message("no locale with a decimal comma is installed; checked with \"C\" only\n");
    }
    char buf[DM_VALUE_LEN];
    check_reads();
    assert_string_equal(dm_value_format(DM_OPT_NUMBER, 0.5, buf), "0.5");
    setlocale(LC_ALL, "C");
}

static void values_are_written(void **state)
{
    static const struct {
        enum dm_option_type type;
        double value;
        const char *text;
    } rows[] = {
        {DM_OPT_NUMBER, 0.1, "0.1"},    {DM_OPT_NUMBER, 1000, "1000"},
        {DM_OPT_COUNT, 50, "50"},       {DM_OPT_DURATION, 86400, "1d"},
        {DM_OPT_DURATION, 5400, "90m"}, {DM_OPT_DURATION, 0, "0"},
        {DM_OPT_DURATION, 0.5, "0.5"},  {DM_OPT_BYTES, 0x1p20, "1M"},
        {DM_OPT_BYTES, 1000, "1000"},   {DM_OPT_RATE, 60, "60/h"},
        {DM_OPT_RATE, 1.0 / 24, "1/d"}, {DM_OPT_RATE, 0, "0/h"},
    };
    char buf[DM_VALUE_LEN];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_string_equal(dm_value_format(rows[i].type, rows[i].value, buf), rows[i].text);
    }
}

/* Law: what is written is read back as the same number. */
static void written_is_read(void **state)
{
    static const enum dm_option_type types[] = {DM_OPT_NUMBER, DM_OPT_DURATION, DM_OPT_BYTES};
    GRand *rand = seeded(__func__);
    char buf[DM_VALUE_LEN];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        enum dm_option_type type = types[i % 3];
        double back = NAN, v = g_rand_double_range(rand, 0, 1);
        v *= pow(10, g_rand_int_range(rand, -6, 13));
        v = g_rand_boolean(rand) ? rint(v) : v;
        dm_value_format(type, v, buf);
        assert_int_equal(dm_value_read(type, slice_of(buf), &back), 0);
        assert_true(back == v);
    }
    g_rand_free(rand);
}

static void dates_are_read(void **state)
{
    static const struct {
        const char *text;
        int day; /* -1: refused */
    } rows[] = {
        {"1970-01-01", 0},   {"1970-02-01", 31}, {"2000-02-29", 11016}, {"2026-11-23", 20780},
        {"2026-02-29", -1},  {"2100-02-29", -1}, {"2026-13-01", -1},    {"2026-00-01", -1},
        {"2026-04-31", -1},  {"2026-11-00", -1}, {"26-11-23", -1},      {"2026/11/23", -1},
        {"2026-11-23 ", -1}, {"", -1},           {"1969-12-31", -1},    {"2026-1-23x", -1},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int32_t day = -1;
        int rc = dm_value_date(slice_of(rows[i].text), &day);
        assert_int_equal(rc, rows[i].day < 0 ? DNSMON_EINVAL : 0);
        assert_int_equal(day, rows[i].day);
    }
}

static void lists_are_taken_apart(void **state)
{
    static const struct {
        const char *list, *items;
    } rows[] = {
        {"", ""},
        {";", ""},
        {" ; ;", ""},
        {"a", "<a>"},
        {"a;b", "<a><b>"},
        {"a; b ;", "<a><b>"},
        {";;a b;c", "<a b><c>"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct dm_slice rest = slice_of(rows[i].list), item;
        GString *seen = g_string_new(NULL);
        while (dm_list_next(&rest, &item)) {
            g_string_append_printf(seen, "<%.*s>", (int)item.n, item.p);
        }
        assert_string_equal(seen->str, rows[i].items);
        g_string_free(seen, TRUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),    cmocka_unit_test(locale_does_not_matter),
        cmocka_unit_test(values_are_written), cmocka_unit_test(written_is_read),
        cmocka_unit_test(dates_are_read),     cmocka_unit_test(lists_are_taken_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
