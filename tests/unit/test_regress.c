/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The regression on x1, x2 and 1 against solutions by hand and the papers' figures (A.7). */
#include "stats_case.h"

#include "stats/mail_model.h"
#include "stats/moments.h"
#include "stats/regress.h"

struct bin {
    double x1, x2, y;
};

static struct dm_regress of(const struct bin *bins, int n, double forget)
{
    struct dm_regress r = {0};

    for (int i = 0; i < n; i++) {
        assert_true(dm_regress_add(&r, bins[i].x1, bins[i].x2, bins[i].y, forget));
    }
    return r;
}

/* Five bins, some of them unused. */
static void by_hand(void **unused)
{
    static const struct {
        const char *what;
        struct bin bins[5];
        int n;
        struct dm_regress_how how;
        double m1, m2, intercept, r2, sigma;
    } rows[] = {
        {"exact: 3 x1 + 2 x2 + 1",
         {{0, 0, 1}, {1, 0, 4}, {0, 1, 3}, {1, 1, 6}},
         4,
         {0},
         3,
         2,
         1,
         1,
         0},
        /* x1 ±1, x2 ±1 orthogonal, y - 5 = 2 x1 + x2 + e with e = 1 -1 -1 1: rss 4, 1 freedom;
         * yy = 8 + 2 * 2 = 4*4 + 4*1 + 4 = 24 */
        {"residual 4",
         {{-1, -1, 3}, {-1, 1, 3}, {1, -1, 5}, {1, 1, 9}},
         4,
         {0},
         2,
         1,
         5,
         5.0 / 6,
         2},
        {"no x2 at all", {{1, 0, 5}, {2, 0, 7}, {3, 0, 9}}, 3, {0}, 2, 0, 3, 1, 0},
        {"constant x2 is background", {{1, 4, 5}, {2, 4, 7}, {3, 4, 9}}, 3, {0}, 2, 0, 3, 1, 0},
        {"m2 given",
         {{1, 5, 8}, {2, 1, 6}, {3, 9, 16}},
         3,
         {.fix_m2 = true, .m2 = 1},
         2,
         1,
         1,
         1,
         0},
        {"m2 given, x2 like x1",
         {{1, 1, 4}, {2, 2, 7}, {3, 3, 10}},
         3,
         {.fix_m2 = true, .m2 = 1},
         2,
         1,
         1,
         1,
         0},
        /* free: y = 2 x1 - x2 + 5; x1 and x2 are orthogonal, so m1 stays; rss = 4 */
        {"m2 clipped",
         {{-1, -1, 4}, {-1, 1, 2}, {1, -1, 8}, {1, 1, 6}},
         4,
         {0},
         2,
         0,
         5,
         0.8,
         M_SQRT2},
        {"m1 clipped",
         {{-1, -1, 6}, {-1, 1, 8}, {1, -1, 2}, {1, 1, 4}},
         4,
         {0},
         0,
         1,
         5,
         0.2,
         2.8284271},
        /* y = 2 x - 1 gives, through 0: (1 + 6 + 15) / 14; rss = 35 - 22^2/14 = 3/7 */
        {"intercept clipped",
         {{1, 0, 1}, {2, 0, 3}, {3, 0, 5}},
         3,
         {0},
         11.0 / 7,
         0,
         0,
         1 - 3.0 / 56,
         0.46291005},
        {"intercept free",
         {{1, 0, 1}, {2, 0, 3}, {3, 0, 5}},
         3,
         {.free_intercept = true},
         2,
         0,
         -1,
         1,
         0},
        {"y constant", {{1, 0, 4}, {2, 0, 4}, {3, 0, 4}}, 3, {0}, 0, 0, 4, NAN, 0},
        {"as many bins as coefficients", {{1, 0, 4}, {2, 0, 6}}, 2, {0}, 2, 0, 2, 1, NAN},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_regress r = of(row->bins, row->n, 1);
        struct dm_regress_fit f;
        CHECK_ROW(row->what, dm_regress_solve(&r, &row->how, &f));
        CHECK_ROW(row->what, is_near(f.m1, row->m1, 1e-9));
        CHECK_ROW(row->what, is_near(f.m2, row->m2, 1e-9));
        CHECK_ROW(row->what, is_near(f.intercept, row->intercept, 1e-9));
        CHECK_ROW(row->what, is_near(f.r2, row->r2, 1e-9));
        CHECK_ROW(row->what, is_near(f.sigma, row->sigma, 1e-7));
        CHECK_ROW(row->what, is_near(f.bins, row->n, 1e-9));
    }
}

static void unsolvable(void **unused)
{
    static const struct {
        const char *what;
        struct bin bins[3];
        int n;
        struct dm_regress_how how;
    } rows[] = {
        {"nothing", {{0}}, 0, {0}},
        {"one bin", {{1, 2, 3}}, 1, {0}},
        {"x1 constant", {{2, 1, 5}, {2, 2, 7}, {2, 3, 9}}, 3, {0}},
        {"x2 = 3 x1", {{1, 3, 5}, {2, 6, 7}, {3, 9, 9}}, 3, {0}},
        {"x2 = 1 - x1", {{1, 0, 5}, {2, -1, 7}, {3, -2, 9}}, 3, {0}},
        {"two bins, three coefficients", {{1, 0, 5}, {2, 1, 7}}, 2, {0}},
        {"m2 no number", {{1, 1, 5}, {2, 3, 7}, {3, 1, 9}}, 3, {.fix_m2 = true, .m2 = NAN}},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_regress r = of(row->bins, row->n, 1);
        struct dm_regress_fit f = {.m1 = 77};
        CHECK_ROW(row->what, !dm_regress_solve(&r, &row->how, &f));
        CHECK_ROW(row->what, f.m1 == 77);
    }
}

static void prediction(void **unused)
{
    static const struct bin bins[] = {{-1, -1, 3}, {-1, 1, 3}, {1, -1, 5}, {1, 1, 9}};
    struct dm_regress r = of(bins, 4, 1);
    struct dm_regress_fit f;

    (void)unused;
    assert_true(dm_regress_solve(&r, &(struct dm_regress_how){0}, &f));
    NEAR(dm_regress_predict(&f, 10, 3), 28, 1e-9);
    NEAR(dm_regress_z(&f, 10, 3, 34), 3, 1e-9); /* sigma 2 */
    NEAR(f.m1_se, 1, 1e-9);                     /* 2 / sqrt(4) */
    f.sigma = 0;
    NEAR(dm_regress_z(&f, 10, 3, 34), NAN, 0);
}

static void unusable_bins_change_nothing(void **unused)
{
    struct dm_regress r = {0}, before = {0};

    (void)unused;
    assert_false(dm_regress_add(&r, NAN, 1, 1, 1));
    assert_false(dm_regress_add(&r, 1, INFINITY, 1, 1));
    assert_false(dm_regress_add(&r, 1, 1, -2e15, 1));
    assert_false(dm_regress_add(&r, 1, 1, 1, 2));
    assert_false(dm_regress_add(&r, 1, 1, 1, NAN));
    assert_memory_equal(&r, &before, sizeof r);
}

/*
 * One weekday of ten-minute bins (S4): connections per second follow the hour, POP3 does so on its
 * own. The size of the noise is set by the residual that it leaves, so that R² of Dq - Np against
 * Nc, as Figure 2 of S4 plots it, is as wanted on every day but for chance in its direction.
 */
#define BINS 144
static void day(struct test_rng *rng, struct bin *bins, double r2)
{
    struct dm_regress_fit f;
    struct dm_regress r;
    double rss = 0, explained = 0, mean = 0;

    for (int i = 0; i < BINS; i++) {
        double hours = i / 6.0;
        bins[i].x1 = 1 + 0.8 * sin((hours - 9) / 24 * 2 * M_PI) + 0.1 * fabs(gaussian(rng));
        bins[i].x2 = 2 + 1.2 * cos((hours - 13) / 24 * 2 * M_PI) + 0.5 * fabs(gaussian(rng));
        bins[i].y = gaussian(rng);
        mean += 8.8 * bins[i].x1 / BINS;
    }
    r = of(bins, BINS, 1);
    dm_regress_solve(&r, &(struct dm_regress_how){.free_intercept = true}, &f);
    for (int i = 0; i < BINS; i++) {
        double e = bins[i].y - dm_regress_predict(&f, bins[i].x1, bins[i].x2);
        double d = 8.8 * bins[i].x1 - mean;
        rss += e * e;
        explained += d * d;
    }
    for (int i = 0; i < BINS; i++) {
        bins[i].y =
            8.8 * bins[i].x1 + bins[i].x2 + sqrt(explained * (1 / r2 - 1) / rss) * bins[i].y;
    }
}

/* A day with R² 0.918 leaves m itself uncertain: se(m) / m = sqrt((1 / R² - 1) / (n - 2)) =
 * sqrt(0.0893 / 142) = 2.5 %. So one day gives 8.8 within 2 se mostly, and nine weeks within
 * 2 % at any seed (0.3 % is one deviation). */
static void seventeenth_of_march_2003(void **unused)
{
    struct test_rng rng;
    static const struct dm_regress_how legacy = {.fix_m2 = true, .m2 = 1, .free_intercept = true};
    double inside = 0;
    struct dm_regress_fit f;
    struct dm_regress all = {0};
    enum { DAYS = 63 };

    (void)unused;
    test_rng_init(&rng, "regress 8.8", 20030317);
    for (int d = 0; d < DAYS; d++) {
        struct bin bins[BINS];
        day(&rng, bins, 0.918);
        struct dm_regress r = of(bins, BINS, 1);
        assert_true(dm_regress_solve(&r, &legacy, &f));
        NEAR(f.r2, 0.918, 0.02);
        NEAR(f.m1_se / f.m1, 0.025, 0.004);
        inside += fabs(f.m1 - 8.8) <= 2 * f.m1_se;
        dm_regress_merge(&all, &r);
        assert_true(fabs(f.m1 - 8.8) < 5 * f.m1_se);
    }
    assert_true(dm_regress_solve(&all, &legacy, &f));
    NEAR(f.m1, 8.8, 0.02 * 8.8);
    assert_true(dm_regress_solve(&all, &(struct dm_regress_how){0}, &f));
    NEAR(f.m1, 8.8, 0.02 * 8.8);
    NEAR(f.m2, 1, 0.1);
    assert_true(inside >= 0.85 * DAYS);
}

static void forgets_by_half_lives(void **unused)
{
    struct test_rng rng;
    struct dm_regress r = {0};
    struct dm_regress_fit f;

    (void)unused;
    test_rng_init(&rng, "regress forgets", 7);
    double forget = dm_stats_forget(100, 1);
    for (int i = 0; i < 3000; i++) {
        double x1 = 5 + gaussian(&rng), x2 = 5 + gaussian(&rng);
        dm_regress_add(&r, x1, x2, (i < 2000 ? 8.8 : 2) * x1 + x2, forget);
    }
    assert_true(dm_regress_solve(&r, &(struct dm_regress_how){0}, &f));
    NEAR(f.bins, 1 / (1 - forget), 0.01);
    NEAR(f.m1, 2 + 6.8 / 1024, 0.01); /* ten half-lives */
}

/* The law: random coefficients come back, with the nonnegative ones found at the least residual of
 * a search around them; parts merge to the whole. */
static void recovers_coefficients(void **unused)
{
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "regress", 4711);
    for (int round = 0; round < 200; round++) {
        double scale = pow(10, (double)test_rng_below(&rng, 13) - 6);
        double m1 = 3 * gaussian(&rng), m2 = 3 * gaussian(&rng), c = 3 * gaussian(&rng);
        struct dm_regress r = {0}, a = {0}, b = {0};
        struct dm_regress_fit f;
        for (int i = 0; i < 50; i++) {
            double x1 = 2 + gaussian(&rng), x2 = gaussian(&rng);
            double y = m1 * x1 + m2 * x2 + c;
            dm_regress_add(&r, x1 * scale, x2, y, 1);
            dm_regress_add(i % 3 ? &a : &b, x1 * scale, x2, y, 1);
        }
        assert_true(dm_regress_solve(&r, &(struct dm_regress_how){0}, &f));
        assert_true(f.m1 >= 0 && f.m2 >= 0 && f.intercept >= 0);
        if (m1 >= 0 && m2 >= 0 && c >= 0) {
            NEAR(f.m1 * scale, m1, 1e-8);
            NEAR(f.m2, m2, 1e-8);
            NEAR(f.intercept, c, 1e-8);
        }
        dm_regress_merge(&a, &b);
        struct dm_regress_fit g;
        assert_true(dm_regress_solve(&a, &(struct dm_regress_how){0}, &g));
        NEAR(g.m1 * scale, f.m1 * scale, 1e-8);
        NEAR(g.intercept, f.intercept, 1e-8);
        NEAR(g.sigma, f.sigma, 1e-6);
    }
}

static double rss_of(const struct bin *bins, int n, double m1, double m2, double c)
{
    double rss = 0;

    for (int i = 0; i < n; i++) {
        double e = bins[i].y - m1 * bins[i].x1 - m2 * bins[i].x2 - c;
        rss += e * e;
    }
    return rss;
}

/* No allowed neighbour is better: the conditions of the optimum, whatever was clipped. */
static void clipping_is_optimal(void **unused)
{
    struct test_rng rng;
    int clipped = 0;

    (void)unused;
    test_rng_init(&rng, "regress clipping", 99);
    for (int round = 0; round < 300; round++) {
        struct bin bins[12];
        struct dm_regress_fit f;
        for (int i = 0; i < 12; i++) {
            double x1 = 1 + gaussian(&rng);
            bins[i] = (struct bin){x1, 0.7 * x1 + gaussian(&rng), 2 * gaussian(&rng)};
        }
        struct dm_regress r = of(bins, 12, 1);
        assert_true(dm_regress_solve(&r, &(struct dm_regress_how){0}, &f));
        double best = rss_of(bins, 12, f.m1, f.m2, f.intercept);
        for (int k = 0; k < 27; k++) {
            double a = f.m1 + 1e-3 * (k % 3 - 1), b = f.m2 + 1e-3 * (k / 3 % 3 - 1);
            double c = f.intercept + 1e-3 * (k / 9 - 1);
            if (a >= 0 && b >= 0 && c >= 0) {
                assert_true(rss_of(bins, 12, a, b, c) >= best - 1e-9);
            }
        }
        clipped += f.m1 <= 0 || f.m2 <= 0 || f.intercept <= 0;
    }
    assert_in_range(clipped, 100, 300);
}

static void mail_model(void **unused)
{
    static const struct {
        const char *what;
        double m, k, q, n;
    } rows[] = {
        {"S4, k = 2", 8.8, 2, 0.5, 6.8},       {"S2, k = 4", 8.8, 4, 0.5, 3.4},
        {"q = 0.3", 8.8, 2, 0.3, 4.857142857}, {"q = 0.4", 8.8, 2, 0.4, 5.666666667},
        {"q = 0.6", 8.8, 2, 0.6, 8.5},         {"q = 0.7", 8.8, 2, 0.7, 11.333333333},
        {"all sent", 15.6, 2, 0, 6.8},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        CHECK_ROW(row->what, is_near(dm_mail_model_n(row->m, row->k, row->q), row->n, 1e-8));
        CHECK_ROW(row->what, is_near(dm_mail_model_m(row->n, row->k, row->q), row->m, 1e-7));
    }
    NEAR(dm_mail_model_m(6.8, 2, 1), 2, 0);
    NEAR(dm_mail_model_n(2, 2, 1), NAN, 0);
    NEAR(dm_mail_model_n(1.9, 2, 0.5), NAN, 0);
    NEAR(dm_mail_model_n(8.8, 0, 0.5), NAN, 0);
    NEAR(dm_mail_model_q(100, 70), 0.3, 1e-12);
    NEAR(dm_mail_model_q(50, 70), 0, 0); /* connections with several messages each */
    NEAR(dm_mail_model_q(0, 0), NAN, 0);
}

static void cache(void **unused)
{
    static const struct {
        const char *what;
        double observed, calculated, want;
    } rows[] = {
        {"doc/SCIENCE.md A.11", 100, 1000, 0.9},
        {"nothing saved", 1000, 1000, 0},
        {"all saved", 0, 1000, 1},
        {"more than calculated", 1500, 1000, -0.5},
        {"clamped", 9000, 1000, -1},
        {"no model", 9000, 0, NAN},
        {"model no number", 9000, NAN, NAN},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        double got = dm_mail_model_cache(row->observed, row->calculated);
        CHECK_ROW(row->what, is_near(got, row->want, 1e-12));
    }
}

static void state(void **unused)
{
    static const struct bin bins[] = {{1, 2, 3}, {2, 5, 7}, {3, 1, 5}};
    struct dm_regress r = of(bins, 3, 0.9), got;

    (void)unused;
    THROUGH_FILE(dm_regress_pack, dm_regress_unpack, &r, &got);
    assert_memory_equal(&got, &r, sizeof r);
    static const struct dm_regress bad[] = {
        {.w = -1},
        {.w = INFINITY},
        {.w = 1, .mean = {0, NAN, 0}},
        {.w = 1, .mean = {0, 0, 3e15}},
        {.w = 1, .s = {{-1}}},
        {.w = 1, .s = {{1, 2}, {0, 1}}},
        {.w = 0, .s = {{1}}},
    };
    FOR_ROWS(b, bad)
    {
        REFUSED(dm_regress_pack, dm_regress_unpack, b, &got);
        NEAR(got.w, 0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(unsolvable),
        cmocka_unit_test(prediction),
        cmocka_unit_test(unusable_bins_change_nothing),
        cmocka_unit_test(seventeenth_of_march_2003),
        cmocka_unit_test(forgets_by_half_lives),
        cmocka_unit_test(recovers_coefficients),
        cmocka_unit_test(clipping_is_optimal),
        cmocka_unit_test(mail_model),
        cmocka_unit_test(cache),
        cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
