/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The names of a day: different names by how they begin, whose names are followed, the limits, and
 * that calls of one second may be exchanged.
 */
#include "testlib.h"

#include <glib.h>
#include <stdio.h>

#include "client/names.h"

static struct dm_addr addr(unsigned i)
{
    struct dm_addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 0}};

    a.b[14] = (uint8_t)(i >> 8);
    a.b[15] = (uint8_t)i;
    return a;
}

/* A name as an observation has it; the hash stands for the whole name. */
static uint8_t add(struct dm_names *names, uint8_t slot, unsigned client, const char *begin,
                   uint64_t hash)
{
    uint8_t bytes[DM_PREFIXES_LEN] = {0};
    struct dm_addr a = addr(client);

    memcpy(bytes, begin, MIN(strlen(begin), sizeof bytes));
    return dm_names_add(names, slot, &a, false, (struct dm_names_item){hash, bytes});
}

static uint8_t keyword(struct dm_names *names, uint8_t slot, unsigned client)
{
    struct dm_addr a = addr(client);

    return dm_names_keyword(names, slot, &a, true);
}

/* "mail 2 www. 1 " */
static char *column(struct dm_names_list *list, unsigned len)
{
    struct dm_prefixes p;
    struct dm_prefix_row row[8];
    GString *s = g_string_new(NULL);

    dm_prefixes_init(&p, 4096);
    assert_int_equal(dm_names_count(list, &p), 0);
    uint32_t n = dm_prefixes_top(&p, len, 8, row);
    for (uint32_t i = 0; i < n; i++) {
        g_string_append_printf(s, "%s %u ", row[i].text, row[i].count);
    }
    dm_prefixes_clear(&p);
    return g_string_free(s, FALSE);
}

static void check_column(struct dm_names_list *list, unsigned len, const char *want)
{
    char *got = column(list, len);

    assert_string_equal(got, want);
    g_free(got);
}

static void a_name_counts_once(void **state)
{
    struct dm_names names;
    uint8_t slot = 0;

    (void)state;
    dm_names_init(&names);
    for (int twice = 0; twice < 2; twice++) {
        slot = add(&names, slot, 1, "mail.", 11);
        slot = add(&names, slot, 1, "mail1", 12);
        slot = add(&names, slot, 1, "ns", 13);
        add(&names, 0, 2, "mail.", 11);
        add(&names, 0, 2, "", 0); /* no name */
    }
    assert_int_equal(slot, 1);
    check_column(&names.site, 4, "mail 2 ");
    check_column(&names.site, 2, "ma 2 ns 1 ");
    check_column(&names.client[0].list, 5, "mail. 1 mail1 1 ");
    check_column(&names.client[1].list, 1, "m 1 ");
    assert_int_equal(names.held, 4);
    dm_names_clear(&names);
    assert_int_equal(names.held + names.n, 0);
    check_column(&names.site, 1, "");
    dm_names_clear(&names);
}

/* A slot of yesterday, or of a client that was forgotten, leads to nobody else's names. */
static void a_slot_is_good_for_its_client_only(void **state)
{
    struct dm_names names;

    (void)state;
    dm_names_init(&names);
    assert_int_equal(add(&names, 0, 1, "a", 1), 1);
    assert_int_equal(add(&names, 1, 2, "b", 2), 2);
    assert_int_equal(add(&names, 77, 1, "c", 3), 1); /* found again */
    assert_int_equal(dm_set_count(&names.client[0].list.seen), 2);
    dm_names_clear(&names);
}

static void the_busiest_is_the_one_with_most_keywords(void **state)
{
    struct dm_names names;

    (void)state;
    dm_names_init(&names);
    assert_null(dm_names_busiest(&names));
    add(&names, 0, 9, "www.", 1);
    assert_null(dm_names_busiest(&names));
    keyword(&names, 0, 7);
    keyword(&names, 0, 5);
    struct dm_addr five = addr(5), nine = addr(9);
    assert_true(dm_addr_eq(&dm_names_busiest(&names)->addr, &five)); /* of equals the smallest */
    keyword(&names, 1, 9);
    keyword(&names, 1, 9);
    assert_true(dm_addr_eq(&dm_names_busiest(&names)->addr, &nine));
    dm_names_clear(&names);
}

/* 255 are followed; a keyword displaces who has the fewest names, then the smallest address. */
static void a_keyword_makes_room(void **state)
{
    struct dm_names names;
    uint64_t hash = 1;

    (void)state;
    dm_names_init(&names);
    for (unsigned c = 1; c <= DM_NAMES_CLIENTS; c++) {
        uint8_t slot = 0;
        for (unsigned i = 0; i < (c == 40 || c == 30 ? 1 : 2); i++) {
            slot = add(&names, slot, c, "www", hash++);
        }
    }
    assert_int_equal(add(&names, 0, 300, "www", hash++), 0); /* no place, but the site's */
    check_column(&names.site, 1, "w 509 ");
    uint8_t slot = keyword(&names, 0, 300);
    assert_int_equal(slot, 30);
    assert_true(names.client[29].list.lossy); /* what it asked before is missing */
    assert_int_equal(add(&names, slot, 300, "mail", hash++), slot);
    assert_int_equal(keyword(&names, slot, 300), slot);
    assert_int_equal(keyword(&names, 0, 301), 40);
    assert_int_equal(add(&names, 30, 30, "www", hash++), 0); /* it has lost its place */
    assert_int_equal(names.held, 508 - 1 + 1 - 1);
    for (unsigned c = 400; c < 400 + DM_NAMES_CLIENTS - 2; c++) {
        assert_true(keyword(&names, 0, c) != 0);
    }
    assert_int_equal(keyword(&names, 0, 999), 0); /* everybody has */
    assert_int_equal(keyword(&names, 0, 300), 30);
    dm_names_clear(&names);
}

static void limits_are_kept_and_told(void **state)
{
    struct dm_names names;
    uint8_t slot = 0;

    (void)state;
    dm_names_init(&names);
    for (uint64_t i = 1; i <= DM_NAMES_SITE_MAX; i++) {
        slot = add(&names, slot, 1, "www", i);
    }
    assert_int_equal(dm_set_count(&names.client[0].list.seen), DM_NAMES_CLIENT_MAX);
    assert_true(names.client[0].list.lossy);
    assert_false(names.site.lossy);
    add(&names, slot, 1, "www", 5); /* known */
    assert_false(names.site.lossy);
    add(&names, slot, 1, "mail", DM_NAMES_SITE_MAX + 1);
    assert_true(names.site.lossy);
    check_column(&names.site, 1, "w 262144 ");
    assert_int_equal(names.held, DM_NAMES_CLIENT_MAX);
    dm_names_clear(&names);
}

/* All clients together: what is known costs nothing more. */
static void all_lists_share_a_limit(void **state)
{
    struct dm_names names;

    (void)state;
    dm_names_init(&names);
    for (unsigned c = 1; c <= 9; c++) {
        uint8_t slot = 0;
        for (uint64_t i = 1; i <= DM_NAMES_CLIENT_MAX; i++) {
            slot = add(&names, slot, c, "x", i);
        }
    }
    assert_int_equal(names.held, DM_NAMES_CLIENTS_MAX); /* 8 * 65,536 */
    assert_false(names.client[7].list.lossy);
    assert_true(names.client[8].list.lossy);
    add(&names, 8, 8, "x", 17);
    assert_false(names.client[7].list.lossy);
    dm_names_clear(&names);
}

/* In any order the counts are the same. */
static void order_does_not_matter(void **state)
{
    enum { N = 3000 };
    static unsigned client[N], name[N];
    struct test_rng rng;
    char *want[3] = {0};

    (void)state;
    test_rng_init(&rng, "names in any order", 5);
    for (unsigned i = 0; i < N; i++) {
        client[i] = (unsigned)test_rng_below(&rng, 20);
        name[i] = (unsigned)test_rng_below(&rng, 900);
    }
    for (int round = 0; round < 3; round++) {
        struct dm_names names;
        dm_names_init(&names);
        for (unsigned i = 0; i < N; i++) {
            char begin[8];
            g_snprintf(begin, sizeof begin, "%u", name[i]);
            add(&names, 0, client[i], begin, name[i] + 1);
        }
        struct dm_addr seven = addr(7);
        struct dm_names_list *lists[] = {&names.site, NULL};
        for (unsigned i = 0; i < names.n; i++) {
            lists[1] = dm_addr_eq(&names.client[i].addr, &seven) ? &names.client[i].list : lists[1];
        }
        for (unsigned k = 0; k < 2; k++) {
            char *got = column(lists[k], 2);
            want[k] = want[k] ? want[k] : g_strdup(got);
            assert_string_equal(got, want[k]);
            g_free(got);
        }
        dm_names_clear(&names);
        for (unsigned i = N; i > 1; i--) {
            unsigned k = (unsigned)test_rng_below(&rng, i), c = client[k], n = name[k];
            client[k] = client[i - 1];
            name[k] = name[i - 1];
            client[i - 1] = c;
            name[i - 1] = n;
        }
    }
    g_free(want[0]);
    g_free(want[1]);
}

/* Law: short and long lists alike are counted in the order of bytes, nothing lost. */
static void lists_are_put_in_order(void **state)
{
    static const unsigned sizes[] = {1, 2, 255, 256, 257, 3000};
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "names in any order", 5);
    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
        struct dm_names names;
        struct dm_prefixes p;
        unsigned sum = 0, after = 0;
        dm_names_init(&names);
        for (unsigned i = 0; i < sizes[k]; i++) {
            uint8_t begin[DM_PREFIXES_LEN];
            for (size_t b = 0; b < sizeof begin; b++) {
                begin[b] = (uint8_t)(1 + test_rng_below(&rng, 255));
                sum += begin[b];
            }
            struct dm_addr a = addr(1);
            dm_names_add(&names, 0, &a, false, (struct dm_names_item){i + 1, begin});
        }
        dm_prefixes_init(&p, DM_NAMES_PREFIXES);
        assert_int_equal(dm_names_count(&names.site, &p), 0);
        for (unsigned i = 0; i < sizes[k]; i++) {
            const uint8_t *b = names.site.begin[i];
            assert_true(i == 0 || memcmp(names.site.begin[i - 1], b, DM_PREFIXES_LEN) <= 0);
            for (size_t at = 0; at < DM_PREFIXES_LEN; at++) {
                after += b[at];
            }
        }
        assert_int_equal(after, sum);
        dm_prefixes_clear(&p);
        dm_names_clear(&names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_counts_once),
        cmocka_unit_test(a_slot_is_good_for_its_client_only),
        cmocka_unit_test(the_busiest_is_the_one_with_most_keywords),
        cmocka_unit_test(a_keyword_makes_room),
        cmocka_unit_test(limits_are_kept_and_told),
        cmocka_unit_test(all_lists_share_a_limit),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(lists_are_put_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
