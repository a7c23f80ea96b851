/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sorting: the order of whole numbers, of elements small and large, around each bound, with a copy
 * of half of them and in place.
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "testlib.h"
#include "util/sort.h"

#define MOST 1000

typedef void (*sort_fn)(void *v, size_t n, size_t size, dm_compare_fn compare, void *user);

/* As large as an observation of the sequencer; @more is made of @key. */
struct large {
    uint32_t key;
    char more[52];
};

static int by_key(const void *a, const void *b, void *user)
{
    const struct large *x = a, *y = b;

    ++*(unsigned *)user;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static int by_small(const void *a, const void *b, void *user)
{
    (void)user;
    return by_number(a, b);
}

static void fill(struct test_rng *rng, struct large *v, uint32_t *keys, size_t n, uint64_t distinct)
{
    for (size_t i = 0; i < n; i++) {
        keys[i] = v[i].key = (uint32_t)test_rng_below(rng, distinct);
        memset(v[i].more, (char)v[i].key, sizeof v[i].more);
    }
}

static void check_sort(struct test_rng *rng, sort_fn sort, size_t n, uint64_t distinct)
{
    static struct large v[MOST];
    uint32_t keys[MOST], small[MOST];
    unsigned calls = 0;

    fill(rng, v, keys, n, distinct);
    memcpy(small, keys, n * sizeof small[0]);
    qsort(keys, n, sizeof keys[0], by_number);
    sort(v, n, sizeof v[0], by_key, &calls);
    sort(small, n, sizeof small[0], by_small, NULL);
    for (size_t i = 0; i < n; i++) {
        char more[sizeof v[i].more];
        memset(more, (char)keys[i], sizeof more);
        assert_int_equal(v[i].key, keys[i]);
        assert_memory_equal(v[i].more, more, sizeof more);
        assert_int_equal(small[i], keys[i]);
    }
}

static void it_is_in_order(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 17, 18, 36, 37, 38, 100, MOST};
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "sort", 56);
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        for (int round = 0; round < 50; round++) {
            uint64_t distinct = round % 2 ? 5 : UINT32_MAX;
            check_sort(&rng, dm_sort, sizes[s], distinct);
            check_sort(&rng, dm_sort_in_place, sizes[s], distinct);
        }
    }
}

/* What is in order costs one look at each pair. */
static void what_is_in_order_is_left_alone(void **state)
{
    struct large v[100];
    unsigned calls = 0;

    (void)state;
    memset(v, 0, sizeof v);
    for (uint32_t i = 0; i < 100; i++) {
        v[i].key = i / 2;
    }
    dm_sort(v, 100, sizeof v[0], by_key, &calls);
    assert_int_equal(calls, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_in_order),
        cmocka_unit_test(what_is_in_order_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
