/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Sets of hashes: steps by hand, then against GLib's hash table. */
#include "testlib.h"

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/set.h"

static void test_size(void **state)
{
    (void)state;
    assert_true(sizeof(struct dm_set) <= 96);
}

static void test_steps(void **state)
{
    struct dm_set set;

    (void)state;
    dm_set_init(&set, 100);
    assert_false(dm_set_has(&set, 0));
    assert_false(dm_set_has(&set, 1));
    for (uint64_t h = 0; h <= 8; h++) { /* the zero takes no slot */
        assert_int_equal(dm_set_add(&set, h), 1);
        assert_int_equal(dm_set_add(&set, h), 0);
    }
    assert_int_equal(dm_set_count(&set), 9);
    assert_int_equal(dm_set_bytes(&set), 0);
    assert_int_equal(dm_set_add(&set, 9), 1);
    assert_int_equal(dm_set_bytes(&set), 16 * 8);
    for (uint64_t h = 10; h <= 12; h++) {
        assert_int_equal(dm_set_add(&set, h), 1);
    }
    assert_int_equal(dm_set_bytes(&set), 16 * 8); /* 12 of 16 */
    assert_int_equal(dm_set_add(&set, UINT64_MAX), 1);
    assert_int_equal(dm_set_bytes(&set), 32 * 8);
    assert_int_equal(dm_set_count(&set), 14);
    for (uint64_t h = 0; h <= 12; h++) {
        assert_true(dm_set_has(&set, h));
    }
    assert_false(dm_set_has(&set, 13));
    dm_set_clear(&set);
    assert_int_equal(dm_set_count(&set), 0);
    assert_int_equal(dm_set_bytes(&set), 0);
    assert_false(dm_set_has(&set, 0));
    assert_int_equal(dm_set_add(&set, 5), 1); /* the limit stays */
    dm_set_clear(&set);
    dm_set_clear(&set);
}

static void test_limit(void **state)
{
    static const uint32_t limits[] = {0, 1, 7, 8, 9, 12, 13, 100};

    (void)state;
    FOR_ROWS(max, limits)
    {
        struct dm_set set;
        dm_set_init(&set, *max);
        for (uint64_t h = 0; h < *max; h++) {
            assert_int_equal(dm_set_add(&set, h), 1);
        }
        size_t bytes = dm_set_bytes(&set);
        assert_int_equal(dm_set_add(&set, 1000), DNSMON_ERANGE);
        assert_false(dm_set_has(&set, 1000));
        assert_int_equal(dm_set_count(&set), *max);
        assert_int_equal(dm_set_bytes(&set), bytes);
        if (*max > 0) {
            assert_int_equal(dm_set_add(&set, *max - 1), 0); /* still known */
        }
        dm_set_clear(&set);
    }
}

static void test_zeroed(void **state)
{
    struct dm_set set;

    (void)state;
    memset(&set, 0, sizeof set);
    assert_false(dm_set_has(&set, 0));
    assert_int_equal(dm_set_add(&set, 0), DNSMON_ERANGE);
    dm_set_clear(&set);
    dm_set_init(&set, UINT32_MAX);
    assert_int_equal(set.max, DM_SET_MAX);
    dm_set_clear(&set);
}

/* Values whose low, or high, bits are all equal: slower at worst, never wrong. */
static void test_equal_bits(void **state)
{
    struct dm_set set;

    (void)state;
    for (int shift = 0; shift <= 48; shift += 16) {
        dm_set_init(&set, 5000);
        for (uint64_t i = 1; i <= 3000; i++) {
            assert_int_equal(dm_set_add(&set, i << shift), 1);
        }
        for (uint64_t i = 1; i <= 3000; i++) {
            assert_true(dm_set_has(&set, i << shift));
        }
        assert_false(dm_set_has(&set, (uint64_t)3001 << shift));
        dm_set_clear(&set);
    }
}

static guint hash_u64(gconstpointer p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return (guint)(v ^ (v >> 32));
}

/* The walk meets every entry of the table once. */
static void check_walk(const struct dm_set *set, GHashTable *model)
{
    uint64_t h;
    guint seen = 0;

    for (uint32_t at = 0; dm_set_next(set, &at, &h); seen++) {
        assert_true(g_hash_table_contains(model, &h));
    }
    assert_int_equal(seen, g_hash_table_size(model));
    assert_int_equal(dm_set_count(set), seen);
    assert_true(set->slots == 0 || (uint64_t)seen <= (uint64_t)set->slots * 3 / 4 + 1);
}

static void test_model(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "sets", 20050225);
    for (int round = 0; round < 200; round++) {
        struct dm_set set;
        GHashTable *model = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
        uint32_t max = (uint32_t)test_rng_below(&rng, 300);
        uint64_t range = 1 + test_rng_below(&rng, 400);
        int shift = (int)test_rng_below(&rng, 55);
        dm_set_init(&set, max);
        for (int i = 0; i < 600; i++) {
            uint64_t h = test_rng_below(&rng, range) << shift;
            bool was = g_hash_table_contains(model, &h);
            int want = was ? 0 : g_hash_table_size(model) >= max ? DNSMON_ERANGE : 1;
            assert_int_equal(dm_set_has(&set, h), was);
            assert_int_equal(dm_set_add(&set, h), want);
            if (want == 1) {
                g_hash_table_add(model, g_memdup2(&h, sizeof h));
            }
        }
        check_walk(&set, model);
        dm_set_clear(&set);
        g_hash_table_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size),       cmocka_unit_test(test_steps),
        cmocka_unit_test(test_limit),      cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_equal_bits), cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
