/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The slab against an array of what each block should hold; blocks never move. */
#include "testlib.h"

#include "util/slab.h"

#define BLOCKS 5000

static void a_block_is_zeroed_and_used_again(void **state)
{
    struct dm_slab s;

    (void)state;
    dm_slab_init(&s, 13);
    assert_int_equal(s.block, 16);
    uint32_t a = dm_slab_take(&s), b = dm_slab_take(&s);
    assert_int_equal(a, 1);
    assert_int_equal(b, 2);
    memset(dm_slab_at(&s, a), 0xff, 16);
    dm_slab_give(&s, a);
    assert_int_equal(s.live, 1);
    assert_int_equal(dm_slab_needs(&s), 0);
    assert_int_equal(dm_slab_take(&s), a);
    static const char zero[16];
    assert_memory_equal(dm_slab_at(&s, a), zero, 16);
    dm_slab_clear(&s);
    assert_int_equal(dm_slab_bytes(&s), 0);
    assert_true(dm_slab_needs(&s) > 0);
}

/* A block larger than a chunk's size has a chunk of its own. */
static void large_blocks(void **state)
{
    struct dm_slab s;

    (void)state;
    dm_slab_init(&s, DM_SLAB_CHUNK_BYTES + 8);
    /* the list of chunks begins with 16 places and doubles at chunks 17 and 33 */
    assert_int_equal(dm_slab_needs(&s), DM_SLAB_CHUNK_BYTES + 8 + 16 * sizeof(void *));
    for (uint32_t i = 1; i <= 40; i++) {
        size_t list = i == 1 || i == 17 ? 16 : i == 33 ? 32 : 0, before = dm_slab_bytes(&s);
        assert_int_equal(dm_slab_needs(&s), DM_SLAB_CHUNK_BYTES + 8 + list * sizeof(void *));
        assert_int_equal(dm_slab_take(&s), i);
        assert_int_equal(dm_slab_bytes(&s) - before,
                         DM_SLAB_CHUNK_BYTES + 8 + list * sizeof(void *));
        memset(dm_slab_at(&s, i), (int)i, s.block);
    }
    assert_int_equal(dm_slab_bytes(&s), dm_slab_bytes_for(&s, 40));
    for (uint32_t i = 1; i <= 40; i++) {
        assert_int_equal(((uint8_t *)dm_slab_at(&s, i))[s.block - 1], i);
    }
    dm_slab_clear(&s);
}

struct model {
    uint32_t index;
    uint64_t value;
    void *at;
};

static void against_an_array(void **state)
{
    static struct model live[BLOCKS];
    struct test_rng rng;
    struct dm_slab s;
    size_t n = 0;

    (void)state;
    test_rng_init(&rng, "slab", 4711);
    dm_slab_init(&s, 24);
    for (int step = 0; step < 100000; step++) {
        if (n < BLOCKS && (n == 0 || test_rng_below(&rng, 100) < 55)) {
            size_t needs = dm_slab_needs(&s), before = dm_slab_bytes(&s);
            uint32_t at = dm_slab_take(&s);
            assert_true(at > 0);
            assert_true(dm_slab_bytes(&s) >= before + needs);
            assert_true(needs > 0 || dm_slab_bytes(&s) == before);
            live[n++] = (struct model){at, test_rng_next(&rng), dm_slab_at(&s, at)};
            memcpy(dm_slab_at(&s, at), &live[n - 1].value, sizeof live[0].value);
        } else {
            size_t i = test_rng_below(&rng, n);
            assert_ptr_equal(dm_slab_at(&s, live[i].index), live[i].at);
            assert_memory_equal(live[i].at, &live[i].value, sizeof live[i].value);
            dm_slab_give(&s, live[i].index);
            live[i] = live[--n];
        }
        assert_int_equal(s.live, n);
    }
    for (size_t i = 0; i < n; i++) {
        assert_memory_equal(dm_slab_at(&s, live[i].index), &live[i].value, sizeof live[i].value);
    }
    dm_slab_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_block_is_zeroed_and_used_again),
                                       cmocka_unit_test(large_blocks),
                                       cmocka_unit_test(against_an_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
