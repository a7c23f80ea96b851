/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Batches: what was put in comes out, also after growth, a reset and a name without bytes. */
#include "testlib.h"

#include <glib.h>

#include "stream/batch.h"

static void names_stay_with_their_observations(void **state)
{
    struct dm_batch b = {0};
    char name[32];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            struct dm_obs obs = {.time_us = i, .type = (uint16_t)i, .text = 77, .text_len = 9};
            int n = i % 3 ? g_snprintf(name, sizeof name, "n%d.test", i) : 0;
            struct dm_slice exact = test_exact(dm_slice_make(name, (size_t)n));
            assert_int_equal(dm_batch_add(&b, &obs, exact), 0);
            free((char *)exact.p);
        }
        assert_int_equal(b.n, 1000);
        for (int i = 0; i < 1000; i++) {
            int n = i % 3 ? g_snprintf(name, sizeof name, "n%d.test", i) : 0;
            assert_int_equal(b.obs[i].time_us, i);
            assert_true(dm_slice_eq(dm_batch_name(&b, &b.obs[i]), dm_slice_make(name, (size_t)n)));
        }
        dm_batch_reset(&b);
        assert_int_equal(b.n, 0);
        assert_int_equal(b.text_n, 0);
    }
    dm_batch_clear(&b);
    assert_null(b.obs);
    assert_int_equal(b.cap, 0);
}

static void the_longest_name_fits(void **state)
{
    struct dm_batch b = {0};
    struct dm_obs obs = {0};
    char *name = g_malloc0(UINT8_MAX);

    (void)state;
    memset(name, 'x', UINT8_MAX);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(dm_batch_add(&b, &obs, dm_slice_make(name, UINT8_MAX)), 0);
    }
    assert_true(dm_slice_eq(dm_batch_name(&b, &b.obs[4]), dm_slice_make(name, UINT8_MAX)));
    g_free(name);
    dm_batch_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_stay_with_their_observations),
                                       cmocka_unit_test(the_longest_name_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
