/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The baseline of time slots: what an answer rests on, and its numbers by hand. */
#include "stats_case.h"

#include "stats/slots.h"

static void indexes(void **unused)
{
    (void)unused;
    assert_int_equal(dm_slots_index(false, 0), 0);
    assert_int_equal(dm_slots_index(false, 23), 23);
    assert_int_equal(dm_slots_index(true, 0), 24);
    assert_int_equal(dm_slots_index(true, 23), 47);
    assert_int_equal(dm_slots_index(true, 24), 47);
    assert_int_equal(dm_slots_index(false, -1), 0);
}

/* Values 10 and 20 at working day 9 h, 40 at 10 h, 70 at 15 h, 100 on a holiday at 9 h. */
static void values_fall_back(void **unused)
{
    static const struct {
        const char *what;
        unsigned slot;
        double least;
        enum dm_slots_basis basis;
        double mean, w;
    } rows[] = {
        {"own", 9, 2, DM_SLOTS_OWN, 15, 2},
        {"own is short of one: with 8 h and 10 h", 9, 3, DM_SLOTS_NEAR, 70.0 / 3, 3},
        {"nothing at 8 h", 8, 2, DM_SLOTS_NEAR, 15, 2},
        {"11 h has 10 h", 11, 1, DM_SLOTS_NEAR, 40, 1},
        {"the day", 11, 2, DM_SLOTS_DAY, 35, 4},
        {"everything", 11, 5, DM_SLOTS_ALL, 48, 5},
        {"a holiday's own", 33, 1, DM_SLOTS_OWN, 100, 1},
        {"a holiday's evening", 40, 1, DM_SLOTS_DAY, 100, 1},
        {"a holiday needs working days", 33, 2, DM_SLOTS_ALL, 48, 5},
        {"not enough anywhere", 9, 6, DM_SLOTS_NOTHING, 48, 5},
        {"no such slot: the last", 99, 1, DM_SLOTS_DAY, 100, 1},
    };
    struct dm_slots s = {0};

    (void)unused;
    dm_slots_add_value(&s, 9, 10, 1);
    dm_slots_add_value(&s, 9, 20, 1);
    dm_slots_add_value(&s, 10, 40, 1);
    dm_slots_add_value(&s, 15, 70, 1);
    dm_slots_add_value(&s, 33, 100, 1);
    FOR_ROWS(row, rows)
    {
        struct dm_slots_answer a = dm_slots_value(&s, row->slot, row->least);
        CHECK_ROW(row->what, a.basis == row->basis);
        CHECK_ROW(row->what, is_near(a.mean, row->mean, 1e-9));
        CHECK_ROW(row->what, is_near(a.w, row->w, 1e-9));
        CHECK_ROW(row->what, a.n == (uint32_t)row->w);
    }
    NEAR(dm_slots_value(&s, 9, 2).sd, 5, 1e-9);
    NEAR(dm_slots_value(&s, 11, 2).sd, sqrt(525), 1e-9); /* 25² 15² 5² 35²: 2100 / 4 */
}

static void midnight_has_neighbours(void **unused)
{
    struct dm_slots s = {0};

    (void)unused;
    dm_slots_add_value(&s, 24, 6, 1); /* a holiday, 0 h */
    assert_int_equal(dm_slots_value(&s, 47, 1).basis, DM_SLOTS_NEAR);
    assert_int_equal(dm_slots_value(&s, 25, 1).basis, DM_SLOTS_NEAR);
    assert_int_equal(dm_slots_value(&s, 46, 1).basis, DM_SLOTS_DAY);
    assert_int_equal(dm_slots_value(&s, 23, 1).basis, DM_SLOTS_ALL);
}

static void nothing_known(void **unused)
{
    struct dm_slots s = {0};
    struct dm_slots_answer a = dm_slots_value(&s, 0, 1);

    (void)unused;
    assert_int_equal(a.basis, DM_SLOTS_NOTHING);
    NEAR(a.mean, NAN, 0);
    NEAR(a.sd, NAN, 0);
    NEAR(a.share, NAN, 0);
    NEAR(a.w, 0, 0);
}

/* A.8: 0.70 on working days and 0.35 on holidays are kept apart; sums, not means of ratios. */
static void shares(void **unused)
{
    struct dm_slots s = {0};

    (void)unused;
    dm_slots_add_share(&s, 9, 700, 1000, 1);
    dm_slots_add_share(&s, 9, 0, 1, 1);
    dm_slots_add_share(&s, 33, 35, 100, 1);
    NEAR(dm_slots_share(&s, 9, 500).share, 700.0 / 1001, 1e-12);
    assert_int_equal(dm_slots_share(&s, 9, 500).n, 2);
    NEAR(dm_slots_share(&s, 33, 100).share, 0.35, 1e-12);
    assert_int_equal(dm_slots_share(&s, 33, 101).basis, DM_SLOTS_ALL);
    NEAR(dm_slots_share(&s, 33, 101).trials, 1101, 1e-9);
    NEAR(dm_slots_value(&s, 33, 1).mean, NAN, 0);
    dm_slots_add_share(&s, 33, 50, 50, 0.5); /* 17.5 + 50 of 50 + 50 */
    NEAR(dm_slots_share(&s, 33, 1).share, 0.675, 1e-12);
}

static void forgetting(void **unused)
{
    struct dm_slots s = {0};

    (void)unused;
    dm_slots_add_value(&s, 3, 0, 0.5);
    dm_slots_add_value(&s, 3, 3, 0.5); /* weights 1/2, 1: mean 2, variance 2 */
    NEAR(dm_slots_value(&s, 3, 1).mean, 2, 1e-12);
    NEAR(dm_slots_value(&s, 3, 1).sd, sqrt(2), 1e-12);
    NEAR(dm_slots_value(&s, 3, 1).w, 1.5, 1e-12);
    assert_int_equal(dm_slots_value(&s, 3, 1).n, 2);
}

static void what_changes_nothing(void **unused)
{
    struct dm_slots s = {0};

    (void)unused;
    dm_slots_add_value(&s, 3, 1, 1);
    struct dm_slots before = s;
    assert_false(dm_slots_add_value(&s, 3, NAN, 1));
    assert_false(dm_slots_add_value(&s, 3, 2e15, 1));
    assert_false(dm_slots_add_value(&s, 3, 1, 1.5));
    assert_false(dm_slots_add_value(&s, 48, 1, 1));
    assert_false(dm_slots_add_share(&s, 3, 2, 1, 1));
    assert_false(dm_slots_add_share(&s, 3, -1, 1, 1));
    assert_false(dm_slots_add_share(&s, 3, 1, INFINITY, 1));
    assert_false(dm_slots_add_share(&s, 3, NAN, NAN, 1));
    s.frozen = before.frozen = true;
    assert_false(dm_slots_add_value(&s, 3, 1, 1));
    assert_false(dm_slots_add_share(&s, 3, 1, 1, 1));
    assert_memory_equal(&s, &before, sizeof s);
}

/* The law: whatever slots the values are in, everything together is their mean and deviation. */
static void fallback_is_the_union(void **unused)
{
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "slots", 48);
    for (int round = 0; round < 50; round++) {
        struct dm_slots s = {0};
        double v[100], mean = 0, ss = 0;
        for (int i = 0; i < 100; i++) {
            v[i] = 1e6 + gaussian(&rng);
            mean += v[i] / 100;
            dm_slots_add_value(&s, (unsigned)test_rng_below(&rng, 48), v[i], 1);
        }
        for (int i = 0; i < 100; i++) {
            ss += (v[i] - mean) * (v[i] - mean);
        }
        struct dm_slots_answer a = dm_slots_value(&s, 0, 100);
        assert_int_equal(a.basis, DM_SLOTS_ALL);
        NEAR(a.mean, mean, 1e-8);
        NEAR(a.sd, sqrt(ss / 100), 1e-6);
    }
}

static void state(void **unused)
{
    static struct dm_slots s, got, bad;

    (void)unused;
    for (unsigned i = 0; i < 60; i++) {
        dm_slots_add_value(&s, i % 48, i, 0.9);
        dm_slots_add_share(&s, i % 48, i, 2 * i, 0.9);
    }
    s.frozen = true;
    THROUGH_FILE(dm_slots_pack, dm_slots_unpack, &s, &got);
    assert_memory_equal(&got, &s, sizeof s);
    static const struct dm_slot damaged[] = {
        {.w = -1},    {.w = NAN},          {.w = 1, .mean = 1e16},
        {.s = 1},     {.w = 1, .s = -1},   {.hits = 2, .trials = 1},
        {.hits = -1}, {.trials = INFINITY}};
    FOR_ROWS(d, damaged)
    {
        bad = s;
        bad.slot[47] = *d;
        REFUSED(dm_slots_pack, dm_slots_unpack, &bad, &got);
        assert_int_equal(dm_slots_value(&got, 0, 1).basis, DM_SLOTS_NOTHING);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indexes),
        cmocka_unit_test(values_fall_back),
        cmocka_unit_test(midnight_has_neighbours),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(shares),
        cmocka_unit_test(forgetting),
        cmocka_unit_test(what_changes_nothing),
        cmocka_unit_test(fallback_is_the_union),
        cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
