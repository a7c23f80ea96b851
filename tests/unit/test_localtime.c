/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Local time: expected values are from tzdata's own rules, worked out by hand; a random law
 * compares the cached answers with GLib's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "util/localtime.h"

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return dm_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

static void days(void **state)
{
    int y, m, d;

    (void)state;
    assert_true(dm_days_from_civil(1970, 1, 1) == 0);
    assert_true(dm_days_from_civil(2000, 3, 1) == 11017);
    assert_true(dm_days_from_civil(1969, 12, 31) == -1);
    for (int64_t n = -800000; n < 800000; n += 37) {
        dm_civil_from_days(n, &y, &m, &d);
        assert_true(dm_days_from_civil(y, m, d) == n);
    }
    dm_civil_from_days(dm_days_from_civil(2024, 2, 29), &y, &m, &d);
    assert_true(y == 2024 && m == 2 && d == 29);
}

static void names(void **state)
{
    (void)state;
    assert_null(dm_zone_new("Nowhere/Land"));
    dm_zone_free(NULL);
    struct dm_zone *zone = dm_zone_new("");
    assert_non_null(zone);
    dm_zone_free(zone);
}

static void fixed_zone(void **state)
{
    struct dm_zone *zone = dm_zone_new("Asia/Tokyo");
    struct dm_zone_cache cache = {0};

    (void)state;
    assert_non_null(zone);
    assert_int_equal(dm_zone_offset(zone, &cache, at(2026, 11, 21, 12, 0)), 9 * 3600);
    assert_true(dm_zone_to_utc(zone, &cache, at(2026, 11, 21, 9, 0)) == at(2026, 11, 21, 0, 0));
    /* 15:00 UTC is the next local day. */
    assert_true(dm_zone_day(zone, &cache, at(2026, 11, 21, 14, 59)) ==
                dm_days_from_civil(2026, 11, 21));
    assert_true(dm_zone_day(zone, &cache, at(2026, 11, 21, 15, 0)) ==
                dm_days_from_civil(2026, 11, 22));
    assert_true(dm_zone_day_start(zone, &cache, (int32_t)dm_days_from_civil(2026, 11, 22)) ==
                at(2026, 11, 21, 15, 0));
    dm_zone_free(zone);
}

/* Berlin 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC. */
static void summer_time(void **state)
{
    struct dm_zone *zone = dm_zone_new("Europe/Berlin");

    (void)state;
    assert_non_null(zone);
    /* Each reading with an empty cache and with one that was filled on either side. */
    for (int fill = 0; fill < 3; fill++) {
        struct {
            int64_t local, utc;
        } rows[] = {
            {at(2026, 3, 29, 1, 59), at(2026, 3, 29, 0, 59)},
            {at(2026, 3, 29, 3, 0), at(2026, 3, 29, 1, 0)},
            {at(2026, 3, 29, 2, 30), at(2026, 3, 29, 1, 30)}, /* skipped: the old offset */
            {at(2026, 10, 25, 1, 59), at(2026, 10, 24, 23, 59)},
            {at(2026, 10, 25, 2, 30), at(2026, 10, 25, 0, 30)}, /* twice: the first */
            {at(2026, 10, 25, 3, 0), at(2026, 10, 25, 2, 0)},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            struct dm_zone_cache cache = {0};
            if (fill > 0) {
                dm_zone_offset(zone, &cache, rows[i].utc + (fill == 1 ? -7200 : 7200));
            }
            assert_true(dm_zone_to_utc(zone, &cache, rows[i].local) == rows[i].utc);
        }
    }
    struct dm_zone_cache cache = {0};
    assert_int_equal(dm_zone_offset(zone, &cache, at(2026, 3, 29, 0, 59)), 3600);
    assert_int_equal(dm_zone_offset(zone, &cache, at(2026, 3, 29, 1, 0)), 7200);
    assert_int_equal(dm_zone_offset(zone, &cache, at(2026, 10, 25, 0, 59)), 7200);
    assert_int_equal(dm_zone_offset(zone, &cache, at(2026, 10, 25, 1, 0)), 3600);
    /* A day of 25 hours. */
    int32_t day = (int32_t)dm_days_from_civil(2026, 10, 25);
    assert_true(dm_zone_day_start(zone, &cache, day + 1) - dm_zone_day_start(zone, &cache, day) ==
                25 * 3600);
    dm_zone_free(zone);
}

/* Sao Paulo 2018: summer time began on 4 November at midnight, so that day begins at 01:00. */
static void a_day_without_midnight(void **state)
{
    struct dm_zone *zone = dm_zone_new("America/Sao_Paulo");
    struct dm_zone_cache cache = {0};
    int32_t day = (int32_t)dm_days_from_civil(2018, 11, 4);

    (void)state;
    assert_non_null(zone);
    assert_true(dm_zone_day_start(zone, &cache, day) == at(2018, 11, 4, 3, 0));
    assert_int_equal(dm_zone_day(zone, &cache, at(2018, 11, 4, 3, 0)), day);
    assert_int_equal(dm_zone_day(zone, &cache, at(2018, 11, 4, 2, 59)), day - 1);
    dm_zone_free(zone);
}

static void the_cache_never_lies(void **state)
{
    static const char *const zones[] = {"Europe/Berlin",  "Australia/Lord_Howe", "America/Havana",
                                        "Asia/Kathmandu", "Pacific/Apia",        "UTC"};
    guint32 seed = g_random_int();
    GRand *r = g_rand_new_with_seed(seed);

    (void)state;
    print_message("seed %u\n", seed);
    for (size_t z = 0; z < G_N_ELEMENTS(zones); z++) {
        struct dm_zone *zone = dm_zone_new(zones[z]);
        G_GNUC_BEGIN_IGNORE_DEPRECATIONS
        GTimeZone *tz = g_time_zone_new(zones[z]); /* the other one is not in GLib 2.66 */
        G_GNUC_END_IGNORE_DEPRECATIONS
        struct dm_zone_cache cache = {0};
        int64_t t = at(2011, 12, 20, 0, 0);
        assert_non_null(zone);
        for (int i = 0; i < 20000; i++) {
            t += g_rand_int_range(r, -40000, 60000);
            gint interval = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, t);
            assert_int_equal(dm_zone_offset(zone, &cache, t), g_time_zone_get_offset(tz, interval));
            /* Back from local time: the same moment, or the first with that reading. */
            int64_t local = t + cache.offset_s;
            struct dm_zone_cache other = {0};
            int64_t back = dm_zone_to_utc(zone, &cache, local);
            assert_true(back <= t && back + dm_zone_offset(zone, &other, back) == local);
        }
        g_time_zone_unref(tz);
        dm_zone_free(zone);
    }
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(names),
        cmocka_unit_test(fixed_zone),
        cmocka_unit_test(summer_time),
        cmocka_unit_test(a_day_without_midnight),
        cmocka_unit_test(the_cache_never_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
