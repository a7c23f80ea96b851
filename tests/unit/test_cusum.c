/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The arithmetic of the CUSUM against numbers worked out by hand (doc/SCIENCE.md E.1).
 */
#include "stats_case.h"

#include <float.h>

#include "stats/cusum.h"

static void weights(void **unused)
{
    static const struct {
        const char *what;
        double rate0, rate1, want;
    } rows[] = {
        {"60/h against 1/24 h: ln 1440", 1.0 / 24, 60, 7.2724},
        {"6/h: ln 144", 1.0 / 24, 6, 4.9698},
        {"1/h: ln 24", 1.0 / 24, 1, 3.1781},
        {"keyword-scan, ln 240", 0.25, 60, 5.4806},
        {"equal rates say nothing", 4, 4, 0},
        {"a baseline above the rate looked for says nothing", 4, 1, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        CHECK_ROW(row->what, fabs(dm_cusum_weight(row->rate0, row->rate1) - row->want) < 1e-4);
    }
}

static void decays(void **unused)
{
    static const struct {
        const char *what;
        double score, rate0, rate1, hours, want;
    } rows[] = {
        {"59.9583 an hour", 60, 1.0 / 24, 60, 1, 0.0417},
        {"5.9583 an hour", 10, 1.0 / 24, 6, 1, 4.0417},
        {"0.9583 an hour", 10, 1.0 / 24, 1, 2, 8.0833},
        {"never below 0", 1, 1.0 / 24, 60, 1, 0},
        {"no time, no change", 5, 1.0 / 24, 60, 0, 5},
        {"nothing is left where the baseline has become larger", 5, 10, 1, 1, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        double got = dm_cusum_decay(row->score, row->rate0, row->rate1, row->hours);
        CHECK_ROW(row->what, fabs(got - row->want) < 1e-4);
    }
}

static void thresholds(void **unused)
{
    (void)unused;
    NEAR(dm_cusum_threshold(3, 10, 0.1), 14.9141, 1e-4);        /* ln 3,000,000 */
    NEAR(dm_cusum_threshold(1, 12, 0.1), 13.9978, 1e-4);        /* ln 1,200,000 */
    NEAR(dm_cusum_threshold(3, 10, 1), 14.9141 - 2.3026, 1e-4); /* ten times the budget */
}

/* One by one or in a bin: the same, while the score stays above 0. */
static void poisson_bins(void **unused)
{
    static const struct {
        const char *what;
        double score, count, hours, rate0, rate1, want;
    } rows[] = {
        {"ten events in a minute", 0, 10, 1.0 / 60, 1, 60, 39.9601}, /* 10 ln 60 - 59/60 */
        {"none", 5, 0, 0.5, 2, 6, 3},
        {"never below 0", 1, 0, 0.5, 2, 6, 0},
        {"rate not larger", 5, 10, 1, 6, 6, 0},
        {"no baseline", 5, 10, 1, 0, 6, 0},
        {"no number", 5, 10, 1, NAN, 6, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        double got = dm_cusum_poisson(row->score, row->count, row->hours, row->rate0, row->rate1);
        CHECK_ROW(row->what, is_near(got, row->want, 1e-4));
    }
    double one = 20;
    for (int i = 0; i < 6; i++) {
        one = dm_cusum_decay(one, 2, 6, 0.25) + dm_cusum_weight(2, 6);
    }
    NEAR(dm_cusum_poisson(20, 6, 1.5, 2, 6), one, 1e-12);
}

static void shares(void **unused)
{
    (void)unused;
    NEAR(dm_bernoulli_nats(1, 1, 0.7, 0.35), -0.693147, 1e-6);
    NEAR(dm_bernoulli_nats(1, 0, 0.7, 0.35), 0.773190, 1e-6); /* ln(0.65 / 0.3) */
    NEAR(dm_bernoulli_nats(10, 4, 0.7, 0.35), 4 * -0.693147 + 6 * 0.773190, 1e-5);
    NEAR(dm_bernoulli_nats(1, 1, 0.2, 0.8), 1.386294, 1e-6); /* A.12: ±1.39 */
    NEAR(dm_bernoulli_nats(1, 0, 0.2, 0.8), -1.386294, 1e-6);
    NEAR(dm_bernoulli_nats(3, 4, 0.2, 0.8), 0, 0);
    NEAR(dm_bernoulli_nats(3, 1, NAN, 0.8), 0, 0);
    assert_true(isfinite(dm_bernoulli_nats(1, 1, 0, 1)));
    NEAR(dm_cusum_binomial(1, 10, 7, 0.7, 0.35), 0, 0); /* 1 + -4.85 + 2.32 */
    NEAR(dm_cusum_binomial(5, 1, 0, 0.7, 0.35), 5.773190, 1e-6);
}

/* doc/SCIENCE.md A.8, h = 13.8: minutes, not a day. */
static void efficiency_delays(void **unused)
{
    static const struct {
        const char *what;
        double p0, p1, p, want, tolerance;
    } rows[] = {
        {"0.70 to 0.35", 0.70, 0.35, 0.35, 53, 0.5},
        {"0.35 to 0.21", 0.35, 0.21, 0.21, 295, 0.5},
        {"0.35 to 0.11", 0.35, 0.11, 0.11, 91, 0.5},
        /* alpha1 is half of alpha0, whatever the day brings: drift 0.21 ln 0.5 + 0.79 ln 1.269 */
        {"0.21 against 0.175", 0.35, 0.175, 0.21, 322, 1},
        {"no change", 0.70, 0.35, 0.70, INFINITY, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        double got = dm_cusum_binomial_delay(13.8, row->p0, row->p1, row->p);
        CHECK_ROW(row->what,
                  isinf(row->want) ? isinf(got) > 0 : is_near(got, row->want, row->tolerance));
    }
}

/* The mean of real runs: the overshoot makes them longer, the floor at 0 shorter. */
static void efficiency_runs(void **unused)
{
    struct test_rng rng;
    double trials = 0;
    enum { RUNS = 1600 };

    (void)unused;
    test_rng_init(&rng, "cusum runs", 20030413);
    for (int i = 0; i < RUNS; i++) {
        for (double score = 0; score < 13.8; trials++) {
            score = dm_cusum_binomial(score, 1, uniform(&rng) < 0.35, 0.7, 0.35);
        }
    }
    NEAR(trials / RUNS, 53, 3);
}

static void gaussian_two_sided(void **unused)
{
    struct dm_cusum_gauss c = {0}, got;

    (void)unused;
    for (int i = 1; i <= 7; i++) { /* 1.4 - 0.5 a bin: 6.3 after seven */
        assert_int_equal(dm_cusum_gauss_add(&c, 1.4, DM_CUSUM_GAUSS_K, 6), i == 7);
    }
    NEAR(c.up, 6.3, 1e-9);
    NEAR(c.down, 0, 0);
    assert_int_equal(dm_cusum_gauss_add(&c, NAN, 0.5, 6), 1);
    assert_int_equal(dm_cusum_gauss_add(&c, INFINITY, 0.5, 6), 1);
    NEAR(c.up, 6.3, 1e-9);
    THROUGH_FILE(dm_cusum_gauss_pack, dm_cusum_gauss_unpack, &c, &got);
    assert_memory_equal(&got, &c, sizeof c);
    assert_int_equal(dm_cusum_gauss_add(&c, -6.6, 0.5, 6), -1); /* up 0, down 6.1 */
    c = (struct dm_cusum_gauss){0};
    assert_int_equal(dm_cusum_gauss_add(&c, DBL_MAX, 0.5, 6), 1);
    assert_int_equal(dm_cusum_gauss_add(&c, DBL_MAX, 0.5, 6), 1);
    assert_true(isfinite(c.up));
    for (int i = 0; i < 1000; i++) { /* half a deviation is within what is allowed */
        c = i ? c : (struct dm_cusum_gauss){0};
        assert_int_equal(dm_cusum_gauss_add(&c, i % 2 ? 1 : 0, 0.5, 6), 0);
    }
    REFUSED(dm_cusum_gauss_pack, dm_cusum_gauss_unpack, &((struct dm_cusum_gauss){.up = -1}), &got);
    REFUSED(dm_cusum_gauss_pack, dm_cusum_gauss_unpack, &((struct dm_cusum_gauss){.down = NAN}),
            &got);
}

static void wald(void **unused)
{
    struct dm_sprt b = dm_sprt_bounds(1e-6, 1e-2);
    double score = 0;

    (void)unused;
    NEAR(b.upper, 13.8, 0.01);
    NEAR(b.lower, -4.6, 0.01);
    for (int i = 1; i <= 10; i++) { /* 1.386 each: 12.48 after nine, 13.86 after ten */
        assert_int_equal(dm_sprt_step(&b, &score, dm_bernoulli_nats(1, 1, 0.2, 0.8)), i == 10);
    }
    score = 0;
    for (int i = 1; i <= 4; i++) { /* -4.16 after three, -5.55 after four: start again */
        int want = i == 4 ? -1 : 0;
        assert_int_equal(dm_sprt_step(&b, &score, dm_bernoulli_nats(1, 0, 0.2, 0.8)), want);
    }
    NEAR(score, 0, 0);
    assert_int_equal(dm_sprt_step(&b, &score, NAN), 0);
    NEAR(score, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(decays),
        cmocka_unit_test(thresholds),
        cmocka_unit_test(poisson_bins),
        cmocka_unit_test(shares),
        cmocka_unit_test(efficiency_delays),
        cmocka_unit_test(efficiency_runs),
        cmocka_unit_test(gaussian_two_sided),
        cmocka_unit_test(wald),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
