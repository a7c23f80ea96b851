/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which subdomains are believed to be real (doc/SCIENCE.md A.6): five clients, or one answer.
 */
#include "testlib.h"

#include "server/known.h"

static void five_clients(void **state)
{
    static struct dm_known k;

    (void)state;
    for (uint32_t c = 1; c <= 4; c++) {
        dm_known_asked(&k, 77, c);
        dm_known_asked(&k, 77, c); /* the same client again says nothing new */
    }
    assert_false(dm_known_has(&k, 77));
    dm_known_asked(&k, 77, 5);
    assert_true(dm_known_has(&k, 77));
    assert_false(dm_known_has(&k, 78));
}

static void one_answer(void **state)
{
    static struct dm_known k;

    (void)state;
    dm_known_answered(&k, 9);
    assert_true(dm_known_has(&k, 9));
}

static void full(void **state)
{
    static struct dm_known k;

    (void)state;
    for (uint64_t z = 1; z <= DM_KNOWN_MAX + 10; z++) {
        dm_known_answered(&k, z);
    }
    assert_true(dm_known_has(&k, DM_KNOWN_MAX));
    assert_false(dm_known_has(&k, DM_KNOWN_MAX + 1));
}

static void file(void **state)
{
    static struct dm_known k, copy;
    struct dm_buf buf = {0};

    (void)state;
    dm_known_answered(&k, 9);
    dm_known_asked(&k, 10, 3);
    dm_known_pack(&buf, &k);
    for (size_t n = 0; n < buf.n; n++) { /* cut anywhere: refused, never read behind */
        struct dm_unpacker in = {buf.p, n, NULL};
        memset(&copy, 0, sizeof copy);
        dm_known_unpack(&in, &copy);
        assert_non_null(in.bad);
    }
    struct dm_unpacker in = {buf.p, buf.n, NULL};
    dm_known_unpack(&in, &copy);
    assert_null(in.bad);
    assert_memory_equal(&k, &copy, sizeof k);
    free(buf.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(five_clients), cmocka_unit_test(one_answer),
                                       cmocka_unit_test(full), cmocka_unit_test(file)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
