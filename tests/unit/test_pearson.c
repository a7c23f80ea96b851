/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Rolling correlation by hand, and the papers' two dates of synchrony (doc/SCIENCE.md A.12). */
#include "stats_case.h"

#include "stats/pearson.h"

static void by_hand(void **unused)
{
    static const struct {
        const char *what;
        double pairs[5][2];
        int n;
        double r;
    } rows[] = {
        {"nothing", {{0}}, 0, NAN},
        {"two pairs prove nothing", {{1, 1}, {2, 2}}, 2, NAN},
        {"a line", {{1, 1}, {2, 3}, {3, 5}}, 3, 1},
        {"a falling line", {{1, 5}, {2, 3}, {3, 1}}, 3, -1},
        {"x did not vary", {{1, 1}, {1, 3}, {1, 5}}, 3, NAN},
        {"y did not vary", {{1, 1}, {2, 1}, {3, 1}}, 3, NAN},
        {"no relation", {{1, 0}, {2, 1}, {3, 0}}, 3, 0},
        /* window 4: the first is gone; x ±1.5 ±.5, y - 2: -1 -1 1 1: 4 / sqrt(5 * 4) */
        {"the oldest goes", {{900, -900}, {0, 1}, {1, 1}, {2, 3}, {3, 3}}, 5, 0.894427191},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_pearson p;
        dm_pearson_init(&p, 4);
        for (int i = 0; i < row->n; i++) {
            assert_true(dm_pearson_add(&p, row->pairs[i][0], row->pairs[i][1]));
        }
        CHECK_ROW(row->what, is_near(dm_pearson_r(&p), row->r, 1e-9));
        CHECK_ROW(row->what, dm_pearson_full(&p) == (row->n >= 4));
    }
}

static void student(void **unused)
{
    (void)unused;
    NEAR(dm_pearson_t(0.8, 14), 4.62, 0.005);
    NEAR(dm_pearson_t(-0.8, 14), -4.62, 0.005);
    NEAR(dm_pearson_t(0, 14), 0, 0);
    assert_true(isinf(dm_pearson_t(1, 14)));
    NEAR(dm_pearson_t(0.8, 2), NAN, 0);
    NEAR(dm_pearson_t(1.1, 14), NAN, 0);
    NEAR(dm_pearson_t(NAN, 14), NAN, 0);
}

static void windows(void **unused)
{
    struct dm_pearson p = {0};

    (void)unused;
    for (int i = 0; i < DM_PEARSON_MAX; i++) {
        assert_false(dm_pearson_full(&p));
        dm_pearson_add(&p, i, i);
    }
    assert_true(dm_pearson_full(&p));
    assert_false(dm_pearson_add(&p, NAN, 1));
    assert_false(dm_pearson_add(&p, 1, 2e15));
    NEAR(dm_pearson_r(&p), 1, 1e-12);
    dm_pearson_init(&p, 1);
    assert_int_equal(p.window, 3);
    dm_pearson_init(&p, 1000);
    assert_int_equal(p.window, DM_PEARSON_MAX);
}

/* 455 days from 2005-01-01, in step on days 234 to 422 (2005-08-23 to 2006-02-27): r >= 0.8 within
 * 14 days of the onset, r < 0.5 within 14 days of the end. */
static void synchrony(void **unused)
{
    struct dm_pearson p;
    struct test_rng rng;
    int start = 0, end = 0;

    (void)unused;
    test_rng_init(&rng, "pearson", 20050823);
    dm_pearson_init(&p, 14);
    for (int day = 0; day < 455; day++) {
        double x = gaussian(&rng), own = gaussian(&rng);
        bool in_step = day >= 234 && day <= 422;
        dm_pearson_add(&p, 3 + x, 4 + (in_step ? 0.99 * x + 0.1 * own : own));
        double r = dm_pearson_r(&p);
        if (!start && day >= 234 && r >= 0.8) {
            start = day;
        }
        if (start && !end && day > 422 && r < 0.5) {
            end = day;
        }
        assert_true(day < 234 + 13 || day > 422 || r > 0.9);
    }
    assert_in_range(start, 234, 234 + 14);
    assert_in_range(end, 423, 422 + 14);
}

static void state(void **unused)
{
    static struct dm_pearson p, got, bad;

    (void)unused;
    dm_pearson_init(&p, 14);
    for (int i = 0; i < 20; i++) {
        dm_pearson_add(&p, i, i * i);
        THROUGH_FILE(dm_pearson_pack, dm_pearson_unpack, &p, &got);
        assert_memory_equal(&got, &p, sizeof p);
    }
    for (int what = 0; what < 6; what++) {
        bad = p;
        switch (what) {
        case 0:
            bad.window = 65;
            break;
        case 1:
            bad.window = 2;
            break;
        case 2:
            bad.at = 14;
            break;
        case 3:
            bad.used = 13; /* not full, and yet the next place is elsewhere */
            break;
        case 4:
            bad.x[2] = INFINITY;
            break;
        default:
            bad.y[3] = 1e16;
        }
        REFUSED(dm_pearson_pack, dm_pearson_unpack, &bad, &got);
        assert_int_equal(got.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),   cmocka_unit_test(student), cmocka_unit_test(windows),
        cmocka_unit_test(synchrony), cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
