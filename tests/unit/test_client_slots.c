/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The slots of the client table, where clients go in the middle of rows of them. */
#include "testlib.h"

#include "client/client_table_parts.h"

static const struct dm_hashkey key = {1, 2};

static struct dm_addr addr_of(uint64_t n)
{
    struct dm_addr a = {{0x20, 0x01, 0x0d, 0xb8}};

    memcpy(a.b + 8, &n, sizeof n);
    return a;
}

static bool knows(struct dm_client_table *t, uint64_t n)
{
    struct dm_addr a = addr_of(n);

    return dm_client_find(t, &a) != NULL;
}

#define COMERS 40000

/* For law_of_coming_and_going(): who is in the table. */
static bool is_in[COMERS];

static void on_gone(void *user, struct dm_client *cli)
{
    uint64_t n;

    (void)user;
    memcpy(&n, cli->addr.b + 8, sizeof n);
    assert_true(is_in[n]);
    is_in[n] = false;
}

static void clear_nothing(void *user, struct dm_suspect *sus)
{
    (void)user;
    (void)sus;
}

/* Law: who has come and has not been evicted is found, and nobody else, as slots are freed in the
 * middle of rows; whoever was fetched earlier is known again, or is somebody else by now. */
static void law_of_coming_and_going(void **state)
{
    const struct dm_client_hooks hooks = {8, clear_nothing, on_gone, NULL};
    struct dm_client_table *t = dm_client_table_new((size_t)1 << 20, &key, &hooks);
    struct dm_client *earlier = NULL;
    uint64_t who = 0;
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "coming and going", 71);
    for (uint32_t i = 1; i <= 200000; i++) {
        uint64_t n = test_rng_below(&rng, test_rng_below(&rng, 4) ? 2000 : COMERS);
        struct dm_addr who_now = addr_of(n);
        assert_non_null(dm_client_get(t, &who_now, i));
        is_in[n] = true;
        struct dm_addr a = addr_of(who);
        if (earlier && dm_client_again(earlier, &a, i)) {
            assert_true(is_in[who]);
            assert_ptr_equal(dm_client_find(t, &a), earlier);
        }
        who = n;
        a = addr_of(n);
        earlier = dm_client_fetch(t, dm_hash_addr(&key, a.b));
        assert_non_null(earlier);
        for (uint64_t k = 0; i % 20000 == 0 && k < COMERS; k++) {
            assert_int_equal(knows(t, k), is_in[k]);
        }
    }
    assert_true(dm_client_table_counts(t)->evicted > 10000);
    dm_client_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(law_of_coming_and_going),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
