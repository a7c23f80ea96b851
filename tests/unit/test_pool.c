/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The pool against an array of what each block should hold; its pieces come and go. */
#include "testlib.h"

#include <glib.h>
#include <string.h>

#include "util/pool.h"

#define BLOCKS 2000

struct block {
    unsigned char *at;
    size_t bytes;
    unsigned char value;
};

static void check(const struct block *b)
{
    for (size_t i = 0; i < b->bytes; i++) {
        assert_int_equal(b->at[i], b->value);
    }
}

/* Any sizes in any order, also larger ones than the pool has: nothing is written over, blocks are
 * aligned as malloc's are. */
static void against_an_array(void **state)
{
    static struct block blocks[BLOCKS];
    struct dm_pool p = {0};
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "pool", 17);
    for (int i = 0; i < 60000; i++) {
        struct block *b = &blocks[test_rng_below(&rng, BLOCKS)];
        size_t wanted = 1 + test_rng_below(&rng, (uint64_t)64 << test_rng_below(&rng, 11));
        if (b->at && test_rng_below(&rng, 2)) {
            check(b);
            dm_pool_give(&p, b->at, b->bytes);
            *b = (struct block){0};
            continue;
        }
        unsigned char *at = dm_pool_resize(&p, b->at, b->bytes, wanted);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % 16, 0);
        for (size_t k = 0; k < MIN(b->bytes, wanted); k++) {
            assert_int_equal(at[k], b->value);
        }
        *b = (struct block){at, wanted, (unsigned char)i};
        memset(at, b->value, wanted);
    }
    for (int i = 0; i < BLOCKS; i++) {
        check(&blocks[i]);
        dm_pool_give(&p, blocks[i].at, blocks[i].bytes);
    }
    assert_true(p.pieces == p.spares && p.spares > 0);
    dm_pool_clear(&p);
}

/* A flood's memory is given back but for a few pieces, which serve any size. */
static void a_flood_is_given_back(void **state)
{
    enum { MANY = 4000 };
    static void *blocks[MANY];
    struct dm_pool p = {0};

    (void)state;
    for (size_t round = 0; round < 3; round++) {
        size_t bytes = (size_t)8192 >> round;
        for (int i = 0; i < MANY; i++) {
            blocks[i] = dm_pool_resize(&p, NULL, 0, bytes);
            assert_non_null(blocks[i]);
        }
        /* at least what was asked for; at most a tenth more, and a piece that is not full */
        assert_true(p.pieces * DM_POOL_PIECE >= MANY * bytes);
        assert_true((p.pieces - 1) * DM_POOL_PIECE <= MANY * bytes * 11 / 10);
        for (int i = 0; i < MANY; i++) {
            dm_pool_give(&p, blocks[i], bytes);
        }
        assert_true(p.pieces <= 8);
    }
    dm_pool_clear(&p);
}

/* Without a pool it is malloc's; what is not there may be given back. */
static void no_pool(void **state)
{
    (void)state;
    char *at = dm_pool_resize(NULL, NULL, 0, 10);
    assert_non_null(at);
    memcpy(at, "012345678", 10);
    at = dm_pool_resize(NULL, at, 10, 100000);
    assert_string_equal(at, "012345678");
    dm_pool_give(NULL, at, 100000);
    dm_pool_give(NULL, NULL, 0);
    struct dm_pool p = {0};
    dm_pool_give(&p, NULL, 0);
    dm_pool_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_an_array),
        cmocka_unit_test(a_flood_is_given_back),
        cmocka_unit_test(no_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
