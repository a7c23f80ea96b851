/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The two counters of different things: cases by hand, their stated error, merge = union. */
#include "stats_case.h"

#include "stats/hll.h"
#include "stats/lc.h"

static void hll_by_hand(void **unused)
{
    struct dm_hll h = {{0}};

    (void)unused;
    NEAR(dm_hll_estimate(&h), 0, 0);
    dm_hll_add(&h, 0x40 | 5); /* register 5, the next bit is set: rank 1 */
    assert_int_equal(h.reg[5], 1);
    NEAR(dm_hll_estimate(&h), 1.0079, 1e-4); /* 64 ln(64 / 63) */
    dm_hll_add(&h, 0x40 | 5);
    NEAR(dm_hll_estimate(&h), 1.0079, 1e-4);
    dm_hll_add(&h, 8 * 0x40 | 5);
    assert_int_equal(h.reg[5], 4);
    dm_hll_add(&h, 7);
    assert_int_equal(h.reg[7], 59);
    dm_hll_add(&h, 1ULL << 63 | 9);
    assert_int_equal(h.reg[9], 58);
    dm_hll_reset(&h);
    for (int i = 0; i < DM_HLL_REGISTERS; i++) {
        h.reg[i] = 5; /* 0.709 * 64 * 32 */
    }
    NEAR(dm_hll_estimate(&h), 1452.03, 0.01);
}

static void lc_by_hand(void **unused)
{
    struct dm_lc lc = {{0}};

    (void)unused;
    NEAR(dm_lc_estimate(&lc), 0, 0);
    assert_true(dm_lc_add(&lc, 255));
    assert_false(dm_lc_add(&lc, 255 + 256));
    NEAR(dm_lc_estimate(&lc), 1.00196, 1e-5); /* 256 ln(256 / 255) */
    for (uint64_t i = 0; i < 128; i++) {
        dm_lc_add(&lc, i);
    }
    NEAR(dm_lc_estimate(&lc), 179.4535 /* 256 ln(256 / 127) */, 1e-3);
    for (uint64_t i = 0; i < 255; i++) {
        dm_lc_add(&lc, i);
    }
    NEAR(dm_lc_estimate(&lc), 1419.565, 1e-3); /* 256 ln 256 */
    dm_lc_reset(&lc);
    NEAR(dm_lc_estimate(&lc), 0, 0);
}

/* Mean and deviation of many runs are what the headers say. */
static void errors(void **unused)
{
    static const struct {
        const char *what;
        int n;
        double hll_bias, hll_sd, lc_sd;
    } rows[] = {
        {"20", 20, 0.03, 0.11, 0.06},      {"100", 100, 0.05, 0.16, 0.06},
        {"200", 200, 0.10, 0.19, 0.065},   {"600", 600, 0.05, 0.17, 0.09},
        {"10,000", 10000, 0.05, 0.17, 99},
    };
    struct test_rng rng;
    enum { RUNS = 200 };

    (void)unused;
    test_rng_init(&rng, "distinct", 1990);
    FOR_ROWS(row, rows)
    {
        double e = 0, ee = 0, ll = 0, far = 0;
        for (int run = 0; run < RUNS; run++) {
            struct dm_hll h = {{0}};
            struct dm_lc lc = {{0}};
            for (int i = 0; i < row->n; i++) {
                uint64_t hash = test_rng_next(&rng);
                dm_hll_add(&h, hash);
                dm_hll_add(&h, hash);
                dm_lc_add(&lc, hash >> 8);
            }
            double d = dm_hll_estimate(&h) / row->n - 1, l = dm_lc_estimate(&lc) / row->n - 1;
            e += d / RUNS;
            ee += d * d / RUNS;
            ll += l * l / RUNS;
            far += fabs(d) > 3 * 0.13;
        }
        CHECK_ROW(row->what,
                  far <= 0.04 * RUNS); /* the law is skew: more than a Gaussian's 0.3 % */
        CHECK_ROW(row->what, fabs(e) <= row->hll_bias);
        CHECK_ROW(row->what, sqrt(ee) <= row->hll_sd);
        CHECK_ROW(row->what, sqrt(ll) <= row->lc_sd);
    }
}

static void merge_is_union(void **unused)
{
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "distinct merge", 5);
    for (int round = 0; round < 50; round++) {
        struct dm_hll h[3] = {{{0}}};
        struct dm_lc lc[3] = {{{0}}};
        for (int i = 0; i < 300; i++) {
            uint64_t hash = test_rng_next(&rng), side = 1 + test_rng_below(&rng, 2);
            dm_hll_add(&h[0], hash);
            dm_hll_add(&h[side], hash);
            dm_lc_add(&lc[0], hash);
            dm_lc_add(&lc[side], hash);
        }
        dm_hll_merge(&h[1], &h[2]);
        dm_lc_merge(&lc[1], &lc[2]);
        assert_memory_equal(&h[1], &h[0], sizeof h[0]);
        assert_memory_equal(&lc[1], &lc[0], sizeof lc[0]);
    }
}

static void state(void **unused)
{
    struct dm_hll h = {{1, 2, 59}}, got;
    struct dm_lc lc = {{1, 2, 3, UINT64_MAX}}, lc_got;

    (void)unused;
    THROUGH_FILE(dm_hll_pack, dm_hll_unpack, &h, &got);
    assert_memory_equal(&got, &h, sizeof h);
    THROUGH_FILE(dm_lc_pack, dm_lc_unpack, &lc, &lc_got);
    assert_memory_equal(&lc_got, &lc, sizeof lc);
    h.reg[63] = 60;
    REFUSED(dm_hll_pack, dm_hll_unpack, &h, &got);
    NEAR(dm_hll_estimate(&got), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hll_by_hand),    cmocka_unit_test(lc_by_hand), cmocka_unit_test(errors),
        cmocka_unit_test(merge_is_union), cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
