/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The memory of two generations: days worked out by hand, then against a table of times. */
#include "testlib.h"

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/recent.h"

#define DAY ((int64_t)86400)
#define T0 ((int64_t)1080000000) /* 2004-03-23 */

static void test_days(void **state)
{
    struct dm_recent r;

    (void)state;
    dm_recent_init(&r, 100);
    assert_false(dm_recent_has(&r, 1, T0));
    assert_int_equal(dm_recent_add(&r, 1, T0), 1); /* generation 1: days 0..14 */
    assert_int_equal(dm_recent_add(&r, 1, T0 + DAY), 0);
    assert_int_equal(dm_recent_add(&r, 2, T0 + 14 * DAY), 1);
    assert_true(dm_recent_has(&r, 1, T0 + 30 * DAY - 1));
    assert_true(dm_recent_has(&r, 2, T0 + 30 * DAY - 1));
    assert_false(dm_recent_has(&r, 1, T0 + 30 * DAY));
    assert_int_equal(dm_recent_add(&r, 3, T0 + 20 * DAY), 1); /* generation 2: days 15..29 */
    assert_int_equal(dm_recent_add(&r, 1, T0 + 20 * DAY), 0); /* refreshed */
    assert_false(dm_recent_has(&r, 2, T0 + 30 * DAY));
    assert_true(dm_recent_has(&r, 1, T0 + 45 * DAY - 1)); /* ends by age, not by the line */
    assert_true(dm_recent_has(&r, 3, T0 + 45 * DAY - 1));
    assert_false(dm_recent_has(&r, 3, T0 + 45 * DAY));
    assert_int_equal(dm_recent_add(&r, 2, T0 + 90 * DAY), 1); /* everything was forgotten */
    assert_false(dm_recent_has(&r, 1, T0 + 90 * DAY));
    assert_int_equal(r.early, 0);
    dm_recent_clear(&r);
    assert_false(dm_recent_has(&r, 2, T0 + 90 * DAY));
    assert_int_equal(dm_recent_bytes(&r), 0);
    assert_int_equal(dm_recent_add(&r, 2, T0), 1);
    dm_recent_clear(&r);
}

static void test_full(void **state)
{
    struct dm_recent r;

    (void)state;
    dm_recent_init(&r, 2);
    assert_int_equal(dm_recent_add(&r, 1, T0), 1);
    assert_int_equal(dm_recent_add(&r, 2, T0), 1);
    assert_int_equal(dm_recent_add(&r, 2, T0), 0);
    assert_int_equal(r.early, 0);
    assert_int_equal(dm_recent_add(&r, 3, T0 + DAY), 1);
    assert_int_equal(r.early, 1);
    assert_true(dm_recent_has(&r, 1, T0 + DAY));
    assert_int_equal(dm_recent_add(&r, 4, T0 + DAY), 1);
    assert_int_equal(dm_recent_add(&r, 5, T0 + 2 * DAY), 1);
    assert_int_equal(r.early, 2);
    assert_false(dm_recent_has(&r, 1, T0 + 2 * DAY));
    assert_true(dm_recent_has(&r, 3, T0 + 2 * DAY));
    /* the 15 days count from the early end */
    assert_true(dm_recent_has(&r, 5, T0 + 32 * DAY - 1));
    assert_false(dm_recent_has(&r, 5, T0 + 32 * DAY));
    dm_recent_clear(&r);
    dm_recent_init(&r, 0);
    assert_int_equal(dm_recent_add(&r, 1, T0), DNSMON_ERANGE);
    assert_int_equal(r.early, 0);
    dm_recent_clear(&r);
}

/* Hostile clocks: far back, far ahead, the ends of the type. */
static void test_clock(void **state)
{
    static const int64_t times[] = {0, -1, T0, INT64_MIN, INT64_MAX, T0, -T0, INT64_MIN, 0};
    struct dm_recent r;

    (void)state;
    dm_recent_init(&r, 4);
    FOR_ROWS(t, times)
    {
        assert_true(dm_recent_add(&r, 7, *t) >= 0);
        assert_true(dm_recent_has(&r, 7, *t));
    }
    dm_recent_clear(&r);
}

/* Seen at most 15 days ago: remembered. 30 days or more ago, or never: not. */
static void test_model(void **state)
{
    enum { NAMES = 60 };
    struct dm_recent r;
    struct test_rng rng;
    int64_t seen[NAMES], now = T0;

    (void)state;
    test_rng_init(&rng, "recent", 20040831);
    for (int i = 0; i < NAMES; i++) {
        seen[i] = INT64_MIN;
    }
    dm_recent_init(&r, NAMES);
    for (int step = 0; step < 20000; step++) {
        now += (int64_t)test_rng_below(&rng, step % 1000 < 990 ? DAY / 2 : 40 * DAY);
        int i = (int)test_rng_below(&rng, NAMES), k = (int)test_rng_below(&rng, NAMES);
        assert_true(dm_recent_add(&r, (uint64_t)i, now) >= 0);
        seen[i] = now;
        bool has = dm_recent_has(&r, (uint64_t)k, now);
        if (seen[k] == INT64_MIN || now - seen[k] >= 30 * DAY) {
            assert_false(has);
        } else if (now - seen[k] < 15 * DAY) {
            assert_true(has);
        }
    }
    assert_int_equal(r.early, 0);
    dm_recent_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days), cmocka_unit_test(test_full),
                                       cmocka_unit_test(test_clock), cmocka_unit_test(test_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
