/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Texts by number: the same text, the same number; a flood of texts ends at the limit. */
#include "testlib.h"

#include <stdio.h>

#include "util/intern.h"

static void same_text_same_number(void **state)
{
    struct dm_intern *in = dm_intern_new();

    (void)state;
    assert_int_equal(dm_intern_add(in, DM_SLICE("ns1")), 1);
    assert_int_equal(dm_intern_add(in, DM_SLICE("ns2")), 2);
    assert_int_equal(dm_intern_add(in, DM_SLICE("ns1")), 1);
    assert_int_equal(dm_intern_add(in, DM_SLICE("ns")), 3);
    assert_int_equal(dm_intern_add(in, DM_SLICE("")), 0);
    assert_string_equal(dm_intern_text(in, 2), "ns2");
    assert_string_equal(dm_intern_text(in, 0), "");
    assert_string_equal(dm_intern_text(in, 4), "");
    assert_string_equal(dm_intern_text(in, UINT16_MAX), "");
    assert_int_equal(dm_intern_count(in), 3);
    dm_intern_free(in);
    dm_intern_free(NULL);
}

static void bytes_of_any_kind(void **state)
{
    struct dm_intern *in = dm_intern_new();

    (void)state;
    assert_int_equal(dm_intern_add(in, dm_slice_make("\xff\n", 2)), 1);
    assert_true(dm_slice_eq(dm_intern_slice(in, 1), DM_SLICE("\xff\n")));
    dm_intern_free(in);
}

/* Else a host name with a NUL became a mail server without a name, and the state was refused. */
static void a_nul_ends_it(void **state)
{
    struct dm_intern *in = dm_intern_new();

    (void)state;
    assert_int_equal(dm_intern_add(in, dm_slice_make("a\0b", 3)), 1);
    assert_int_equal(dm_intern_add(in, dm_slice_make("a\0c", 3)), 1);
    assert_int_equal(dm_intern_add(in, dm_slice_make("\0c", 2)), 0);
    assert_true(dm_slice_eq(dm_intern_slice(in, 1), DM_SLICE("a")));
    dm_intern_free(in);
}

static void a_flood_ends_at_the_limit(void **state)
{
    struct dm_intern *in = dm_intern_new();
    char name[32];

    (void)state;
    for (int i = 1; i <= DM_INTERN_MAX + 100; i++) {
        int n = snprintf(name, sizeof name, "host%d", i);
        int number = dm_intern_add(in, dm_slice_make(name, (size_t)n));
        assert_int_equal(number, i <= DM_INTERN_MAX ? i : 0);
    }
    assert_int_equal(dm_intern_add(in, DM_SLICE("host1")), 1);
    dm_intern_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_text_same_number), cmocka_unit_test(bytes_of_any_kind),
        cmocka_unit_test(a_nul_ends_it), cmocka_unit_test(a_flood_ends_at_the_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
