/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The arithmetic of the CUSUM against numbers worked out by hand (doc/SCIENCE.md E.1).
 */
#include "monitor_run.h"

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
    run_near(dm_cusum_threshold(3, 10, 0.1), 14.9141, 1e-4);        /* ln 3,000,000 */
    run_near(dm_cusum_threshold(1, 12, 0.1), 13.9978, 1e-4);        /* ln 1,200,000 */
    run_near(dm_cusum_threshold(3, 10, 1), 14.9141 - 2.3026, 1e-4); /* ten times the budget */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(decays),
        cmocka_unit_test(thresholds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
