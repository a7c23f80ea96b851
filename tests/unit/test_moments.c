/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Weighted moments against sums worked out by hand, and against two passes over the pairs. */
#include "stats_case.h"

#include "stats/moments.h"

static struct dm_moments of(const double (*pairs)[2], int n, double forget)
{
    struct dm_moments m = {0};

    for (int i = 0; i < n; i++) {
        assert_true(dm_moments_add(&m, pairs[i][0], pairs[i][1], forget));
    }
    return m;
}

static void by_hand(void **unused)
{
    static const struct {
        const char *what;
        double pairs[4][2];
        int n;
        double forget, slope, intercept, r2;
    } rows[] = {
        {"nothing", {{0}}, 0, 1, NAN, NAN, NAN},
        {"one pair", {{3, 4}}, 1, 1, NAN, NAN, NAN},
        {"a line", {{1, 5}, {2, 7}, {4, 11}}, 3, 1, 2, 3, 1},
        {"x did not vary", {{2, 1}, {2, 5}, {2, 9}}, 3, 1, NAN, NAN, NAN},
        {"y did not vary", {{1, 4}, {2, 4}}, 2, 1, 0, 4, NAN},
        /* x-1.5: -1.5 -.5 .5 1.5; y-2: -1 -1 1 1: sxx 5, sxy 4, syy 4 */
        {"four pairs", {{0, 1}, {1, 1}, {2, 3}, {3, 3}}, 4, 1, 0.8, 0.8, 0.8},
        /* weights 1/4, 1/2, 1: means 10/7, 11/7; sxx 9/2 - 25/7 = 13/14, sxy 11/2 - 55/14 = 22/14,
         * syy 121/16 * 3/7 */
        {"forgetting", {{0, 0}, {1, 0}, {2, 2.75}}, 3, 0.5, 22.0 / 13, -11.0 / 13, 32.0 / 39},
        {"only the last is left", {{0, 0}, {1, 0}, {2, 2}}, 3, 0, NAN, NAN, NAN},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_moments m = of(row->pairs, row->n, row->forget);
        CHECK_ROW(row->what, is_near(dm_moments_slope(&m), row->slope, 1e-12));
        CHECK_ROW(row->what, is_near(dm_moments_intercept(&m), row->intercept, 1e-12));
        CHECK_ROW(row->what, is_near(dm_moments_r2(&m), row->r2, 1e-12));
    }
}

static void deviations(void **unused)
{
    static const double pairs[][2] = {{2, 10}, {4, 10}, {4, 10}, {6, 10}};
    struct dm_moments m = of(pairs, 4, 1), none = {0};

    (void)unused;
    NEAR(dm_moments_sd_x(&m), sqrt(2), 1e-12);
    NEAR(dm_moments_sd_y(&m), 0, 0);
    NEAR(dm_moments_sd_x(&none), NAN, 0);
}

static void half_lives(void **unused)
{
    struct dm_moments m = {0};

    (void)unused;
    NEAR(dm_stats_forget(1008, 1), 0.99931, 5e-6);
    NEAR(dm_stats_forget(7, 7), 0.5, 0);
    NEAR(dm_stats_forget(7, 14), 0.25, 0);
    NEAR(dm_stats_forget(7, -3), 1, 0);
    NEAR(dm_stats_forget(0, 3), 1, 0);
    NEAR(dm_stats_forget(NAN, 3), 1, 0);
    for (int i = 0; i < 100; i++) {
        dm_moments_add(&m, i, i, 1);
    }
    double r2 = dm_moments_r2(&m), slope = dm_moments_slope(&m);
    for (int i = 0; i < 50; i++) {
        dm_moments_fade(&m, dm_stats_forget(50, 1));
    }
    NEAR(m.w, 50, 1e-9);
    NEAR(dm_moments_r2(&m), r2, 1e-12);
    NEAR(dm_moments_slope(&m), slope, 1e-12);
    NEAR(m.mean_x, 49.5, 1e-12);
}

static void unusable_pairs_change_nothing(void **unused)
{
    static const double bad[][3] = {{NAN, 1, 1},       {1, NAN, 1},      {INFINITY, 1, 1},
                                    {1, -INFINITY, 1}, {1.001e15, 1, 1}, {1, 1, 1.1},
                                    {1, 1, -0.1},      {1, 1, NAN}};
    struct dm_moments m = {0};

    (void)unused;
    assert_true(dm_moments_add(&m, DM_STATS_MAX, -DM_STATS_MAX, 1));
    struct dm_moments before = m;
    FOR_ROWS(b, bad)
    {
        assert_false(dm_moments_add(&m, (*b)[0], (*b)[1], (*b)[2]));
    }
    dm_moments_fade(&m, NAN);
    dm_moments_merge(&m, &(struct dm_moments){0});
    assert_memory_equal(&m, &before, sizeof m);
}

/* A wobble of 1 on 10^9 is lost by raw sums: 10^18 has no room for it. */
static void small_wobble_on_a_large_mean(void **unused)
{
    struct dm_moments m = {0};

    (void)unused;
    for (int i = 0; i < 1000; i++) {
        dm_moments_add(&m, 1e9 + i % 2, 5e9 + 3 * (i % 2), 1);
    }
    NEAR(dm_moments_slope(&m), 3, 1e-6);
    NEAR(dm_moments_r2(&m), 1, 1e-6);
    NEAR(dm_moments_sd_x(&m), 0.5, 1e-6);
}

/* The law: two parts merged are the whole; forgetting is a weight that halves. */
static void merge_and_weights(void **unused)
{
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "moments", 20260301);
    for (int round = 0; round < 200; round++) {
        int n = 2 + (int)test_rng_below(&rng, 60), cut = (int)test_rng_below(&rng, (uint64_t)n + 1);
        double f = 0.8 + 0.2 * uniform(&rng), w = 0, mx = 0, my = 0, sxy = 0;
        struct dm_moments whole = {0}, left = {0}, right = {0};
        double x[64], y[64];

        for (int i = 0; i < n; i++) {
            x[i] = 100 + 10 * gaussian(&rng);
            y[i] = 2 * x[i] + 5 * gaussian(&rng);
            dm_moments_add(&whole, x[i], y[i], f);
            dm_moments_add(i < cut ? &left : &right, x[i], y[i], f);
        }
        dm_moments_fade(&left, pow(f, n - cut));
        dm_moments_merge(&left, &right);
        for (int i = 0; i < n; i++) {
            double wi = pow(f, n - 1 - i);
            w += wi;
            mx += wi * x[i];
            my += wi * y[i];
        }
        for (int i = 0; i < n; i++) {
            sxy += pow(f, n - 1 - i) * (x[i] - mx / w) * (y[i] - my / w);
        }
        NEAR(whole.w, w, 1e-9);
        NEAR(whole.mean_x, mx / w, 1e-9);
        NEAR(whole.sxy, sxy, 1e-7 * fabs(sxy) + 1e-7);
        NEAR(left.w, whole.w, 1e-9);
        NEAR(left.mean_y, whole.mean_y, 1e-9);
        NEAR(left.sxx, whole.sxx, 1e-7);
        NEAR(left.syy, whole.syy, 1e-6);
        assert_true(dm_moments_r2(&whole) >= 0 && dm_moments_r2(&whole) <= 1);
    }
}

static void state(void **unused)
{
    static const double pairs[][2] = {{1, 5}, {2, 7}, {4, 12}};
    struct dm_moments m = of(pairs, 3, 0.9), got;

    (void)unused;
    THROUGH_FILE(dm_moments_pack, dm_moments_unpack, &m, &got);
    assert_memory_equal(&got, &m, sizeof m);
    static const struct dm_moments bad[] = {
        {.w = -1},
        {.w = NAN},
        {.w = 1, .mean_x = INFINITY},
        {.w = 1, .mean_x = 3e15},
        {.w = 1, .sxx = -1},
        {.w = 0, .sxx = 1},
        {.w = 2, .sxx = 1, .syy = 1, .sxy = 1.1},
        {.w = 2, .sxx = 1, .syy = 0, .sxy = -1},
    };
    FOR_ROWS(b, bad)
    {
        REFUSED(dm_moments_pack, dm_moments_unpack, b, &got);
        NEAR(got.w, 0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(deviations),
        cmocka_unit_test(half_lives),
        cmocka_unit_test(unusable_pairs_change_nothing),
        cmocka_unit_test(small_wobble_on_a_large_mean),
        cmocka_unit_test(merge_and_weights),
        cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
