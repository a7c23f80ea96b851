/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Space-Saving: small cases by hand, and its guarantee against exact counts. */
#include "stats_case.h"

#include "stats/heavy.h"

static struct dm_addr addr(unsigned i)
{
    struct dm_addr a = {{0}};

    a.b[10] = a.b[11] = 0xff;
    a.b[12] = 10;
    a.b[13] = (uint8_t)(i >> 16);
    a.b[14] = (uint8_t)(i >> 8);
    a.b[15] = (uint8_t)i;
    return a;
}

static struct dm_heavy_slot *add(struct dm_heavy *h, unsigned i, uint32_t n, int64_t t_s)
{
    struct dm_addr a = addr(i);

    return dm_heavy_add(h, &a, n, t_s);
}

static const struct dm_heavy_slot *find(const struct dm_heavy *h, unsigned i)
{
    struct dm_addr a = addr(i);

    return dm_heavy_find(h, &a);
}

static void counts_and_times(void **unused)
{
    struct dm_heavy h = {0};

    (void)unused;
    assert_null(dm_heavy_top(&h));
    assert_null(find(&h, 1));
    assert_null(add(&h, 1, 0, 5));
    assert_int_equal(h.used, 0);
    add(&h, 1, 2, 100);
    dm_heavy_count(add(&h, 2, 1, 101), 3);
    dm_heavy_count(add(&h, 2, 4, 99), 3);
    assert_int_equal(find(&h, 1)->count, 2);
    assert_int_equal(find(&h, 2)->count, 5);
    assert_int_equal(find(&h, 2)->aux[3], 2);
    assert_int_equal(find(&h, 2)->aux[0], 0);
    assert_int_equal(find(&h, 2)->first_s, 99);
    assert_int_equal(find(&h, 2)->last_s, 101);
    assert_int_equal(h.total, 7);
    assert_ptr_equal(dm_heavy_top(&h), find(&h, 2));
    add(&h, 2, UINT32_MAX, 102);
    assert_int_equal(find(&h, 2)->count, UINT32_MAX);
    dm_heavy_reset(&h);
    assert_null(dm_heavy_top(&h));
    assert_null(find(&h, 2));
}

/* 64 addresses with 3 each but number 7, 20 and 40 with 2: 40 goes, being the largest of those. */
static void the_smallest_makes_room(void **unused)
{
    struct dm_heavy h = {0};

    (void)unused;
    for (unsigned i = 64; i-- > 0;) {
        dm_heavy_count(add(&h, i, i == 7 || i == 20 || i == 40 ? 2 : 3, 10), 1);
    }
    add(&h, 900, 1, 50);
    assert_null(find(&h, 40));
    assert_non_null(find(&h, 20));
    assert_int_equal(find(&h, 900)->count, 3);
    assert_int_equal(find(&h, 900)->error, 2);
    assert_int_equal(find(&h, 900)->aux[1], 0);
    assert_int_equal(find(&h, 900)->first_s, 50);
    add(&h, 800, 1, 51);
    assert_null(find(&h, 20));
    add(&h, 700, 2, 52);
    assert_null(find(&h, 7));
    assert_int_equal(find(&h, 700)->count, 4);
    add(&h, 1000, 1, 53); /* all others have 3: the largest address is 900 */
    assert_null(find(&h, 900));
    assert_int_equal(h.used, DM_HEAVY_SLOTS);
    assert_int_equal(dm_heavy_top(&h)->count, 4);
    struct dm_addr a = addr(700); /* before 1000, which has 4 too */
    assert_memory_equal(&dm_heavy_top(&h)->addr, &a, sizeof a);
}

static void ties_do_not_depend_on_order(void **unused)
{
    struct dm_heavy h = {0}, g = {0};

    (void)unused;
    for (unsigned i = 0; i < 64; i++) {
        add(&h, i, 1 + i % 5, 10);
        add(&g, 63 - i, 1 + (63 - i) % 5, 10);
    }
    add(&h, 100, 1, 11);
    add(&g, 100, 1, 11);
    dm_heavy_sort(&h);
    dm_heavy_sort(&g);
    assert_memory_equal(&h, &g, sizeof h);
    assert_int_equal(h.slot[0].count, 5);
    assert_int_equal(h.slot[0].addr.b[15], 4);
    assert_int_equal(h.slot[1].addr.b[15], 9);
    assert_int_equal(find(&h, 9)->count, 5); /* the folds moved along */
}

static void halving(void **unused)
{
    struct dm_heavy h = {0};

    (void)unused;
    for (unsigned i = 0; i < 5; i++) {
        add(&h, i, i + 1, 10)->aux[2] = 5;
    }
    h.slot[4].error = 2; /* 5, of which 3 are sure */
    dm_heavy_halve(&h);
    assert_int_equal(h.total, 7);
    assert_int_equal(h.used, 4);
    assert_null(find(&h, 0));
    assert_int_equal(find(&h, 1)->count, 1);
    assert_int_equal(find(&h, 4)->count, 2);
    assert_int_equal(find(&h, 4)->error, 1);
    assert_int_equal(find(&h, 4)->aux[2], 2);
}

/* count - error <= true <= count, error <= total / 64, and whoever has more than that is there;
 * halving keeps it, rounding apart. */
static void guarantee(void **unused)
{
    enum { ADDRS = 400 };
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "heavy", 64);
    for (int round = 0; round < 30; round++) {
        struct dm_heavy h = {0};
        double truth[ADDRS] = {0};
        for (int i = 0; i < 4000; i++) {
            double u = uniform(&rng);
            unsigned a = (unsigned)(ADDRS * u * u * u); /* few are frequent */
            uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 3);
            add(&h, a, n, i);
            truth[a] += n;
            if (round % 2 && test_rng_below(&rng, 1000) == 0) {
                dm_heavy_halve(&h);
                for (int k = 0; k < ADDRS; k++) {
                    truth[k] /= 2;
                }
            }
        }
        double slack = round % 2 ? 1 : 0, share = (double)h.total / DM_HEAVY_SLOTS;
        for (unsigned a = 0; a < ADDRS; a++) {
            const struct dm_heavy_slot *s = find(&h, a);
            if (s) {
                assert_true(s->count - s->error <= truth[a]);
                assert_true(truth[a] <= s->count + slack);
                assert_true(s->error <= share + slack);
            } else {
                assert_true(truth[a] <= share + slack);
            }
        }
    }
}

static void state(void **unused)
{
    static struct dm_heavy h, got, bad;

    (void)unused;
    for (unsigned i = 0; i < 70; i++) {
        dm_heavy_count(add(&h, i, 1 + i % 3, 1000 + i), i % 4);
    }
    THROUGH_FILE(dm_heavy_pack, dm_heavy_unpack, &h, &got);
    assert_memory_equal(&got, &h, sizeof h);
    for (int what = 0; what < 6; what++) {
        bad = h;
        switch (what) {
        case 0:
            bad.slot[3].error = bad.slot[3].count + 1;
            break;
        case 1:
            bad.slot[3].count = bad.slot[3].error = 0;
            break;
        case 2:
            bad.slot[3].addr = bad.slot[9].addr;
            break;
        case 3:
            bad.total = 63;
            break;
        case 4:
            bad.slot[3].first_s = bad.slot[3].last_s + 1;
            break;
        default:
            bad.slot[3].last_s = INT64_MAX;
        }
        REFUSED(dm_heavy_pack, dm_heavy_unpack, &bad, &got);
        assert_int_equal(got.used, 0);
    }
}

/* A hostile number of slots. */
static void too_many(void **unused)
{
    static const char zeroes[80 * 56];
    static struct dm_heavy got;
    struct dm_buf file = {0};

    (void)unused;
    DM_PACK(&file, (uint64_t){1000});
    dm_pack_count(&file, 65);
    dm_buf_add(&file, dm_slice_make(zeroes, sizeof zeroes));
    struct dm_unpacker in = {.p = file.p, .n = file.n};
    dm_heavy_unpack(&in, &got);
    assert_non_null(in.bad);
    assert_int_equal(got.used, 0);
    free(dm_buf_take(&file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_times),
        cmocka_unit_test(the_smallest_makes_room),
        cmocka_unit_test(ties_do_not_depend_on_order),
        cmocka_unit_test(halving),
        cmocka_unit_test(guarantee),
        cmocka_unit_test(state),
        cmocka_unit_test(too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
