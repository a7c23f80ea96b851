/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Longest-prefix match: cases by hand, and against trying every prefix.
 */
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/prefixmap.h"
#include "testlib.h"

/* GLib's generator from the seed that testlib takes and prints. */
static GRand *seeded(const char *law)
{
    struct test_rng rng;

    test_rng_init(&rng, law, 20261121);
    return g_rand_new_with_seed((guint32)test_rng_next(&rng));
}

#define NONE 999

static struct dm_prefix prefix(const char *text)
{
    struct dm_prefix p;

    assert_int_equal(dm_prefix_parse(dm_slice_make(text, strlen(text)), &p), 0);
    return p;
}

static void add(struct dm_prefixmap *map, const char *text, uint32_t value)
{
    struct dm_prefix p = prefix(text);

    dm_prefixmap_add(map, &p, value);
}

static uint32_t find(const struct dm_prefixmap *map, const char *text)
{
    struct dm_prefix p = prefix(text);
    uint32_t value = NONE;

    dm_prefixmap_find(map, &p.addr, &value);
    return value;
}

static void an_empty_map_has_nothing(void **state)
{
    struct dm_prefixmap map = {0};

    (void)state;
    assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
    assert_int_equal(find(&map, "192.0.2.1"), NONE);
    dm_prefixmap_clear(&map);
}

static void the_longest_wins(void **state)
{
    struct dm_prefixmap map = {0};

    (void)state;
    add(&map, "192.0.2.0/24", 1);
    add(&map, "192.0.2.0/25", 2);
    add(&map, "192.0.2.0", 3);
    add(&map, "192.0.2.64/26", 4);
    add(&map, "2001:db8::/32", 5);
    add(&map, "2001:db8:1::/48", 6);
    add(&map, "192.0.2.0/24", 1); /* again, the same: harmless */
    assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
    assert_int_equal(find(&map, "192.0.2.0"), 3);
    assert_int_equal(find(&map, "192.0.2.1"), 2);
    assert_int_equal(find(&map, "192.0.2.63"), 2);
    assert_int_equal(find(&map, "192.0.2.64"), 4);
    assert_int_equal(find(&map, "192.0.2.127"), 4);
    assert_int_equal(find(&map, "192.0.2.128"), 1);
    assert_int_equal(find(&map, "192.0.3.0"), NONE);
    assert_int_equal(find(&map, "192.0.1.255"), NONE);
    assert_int_equal(find(&map, "2001:db8::1"), 5);
    assert_int_equal(find(&map, "2001:db8:1:2::"), 6);
    assert_int_equal(find(&map, "2001:db9::"), NONE);
    assert_int_equal(find(&map, "::ffff:192.0.2.200"), 1);
    dm_prefixmap_clear(&map);
}

static void the_whole_space(void **state)
{
    struct dm_prefixmap map = {0};

    (void)state;
    add(&map, "0.0.0.0/0", 1);
    add(&map, "::/0", 2);
    add(&map, "255.255.255.255", 3);
    add(&map, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 4);
    assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
    assert_int_equal(find(&map, "198.51.100.1"), 1);
    assert_int_equal(find(&map, "2001:db8::"), 2);
    assert_int_equal(find(&map, "255.255.255.255"), 3);
    assert_int_equal(find(&map, "255.255.255.254"), 1);
    assert_int_equal(find(&map, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 4);
    assert_int_equal(find(&map, "::"), 2);
    dm_prefixmap_clear(&map);
}

/* A prefix of IPv6 has no IPv4 address, although the common form would be under it. */
static void the_families_are_apart(void **state)
{
    struct dm_prefixmap map = {0};

    (void)state;
    add(&map, "::/0", 1);
    assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
    assert_int_equal(find(&map, "192.0.2.1"), NONE);
    assert_int_equal(find(&map, "2001:db8::1"), 1);
    dm_prefixmap_clear(&map);
}

static void two_values_clash(void **state)
{
    struct dm_prefixmap map = {0};
    struct dm_prefixmap_clash clash;
    struct dm_prefix p = prefix("192.0.2.128/25");

    (void)state;
    add(&map, "192.0.2.128/25", 7);
    add(&map, "192.0.2.0/24", 1);
    add(&map, "192.0.2.128/25", 2);
    assert_int_equal(dm_prefixmap_seal(&map, &clash), DNSMON_EINVAL);
    assert_int_equal(clash.first, 2);
    assert_int_equal(clash.second, 7);
    assert_int_equal(clash.prefix.len, p.len);
    assert_true(dm_addr_eq(&clash.prefix.addr, &p.addr));
    dm_prefixmap_clear(&map);
}

/* A random address near others: only a few of its bytes vary. */
static struct dm_addr random_addr(GRand *rand)
{
    struct dm_addr a = {{0x20, 0x01, 0x0d, 0xb8}};

    if (g_rand_boolean(rand)) {
        a = prefix("192.0.2.0").addr;
    }
    for (int i = g_rand_int_range(rand, 0, 4); i > 0; i--) {
        a.b[g_rand_int_range(rand, 0, 16)] ^= (uint8_t)(1 << g_rand_int_range(rand, 0, 8));
    }
    a.b[15] = (uint8_t)g_rand_int_range(rand, 0, 256);
    return a;
}

static struct dm_prefix random_prefix(GRand *rand)
{
    struct dm_prefix p = {random_addr(rand), (uint8_t)g_rand_int_range(rand, 0, 129)};

    for (unsigned i = p.len; i < 128; i++) {
        p.addr.b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
    }
    return p;
}

/* What had the last address has no address of the other family, nor one that nothing has. */
static void what_had_the_last_one_is_asked_first(void **state)
{
    static const struct {
        const char *text;
        bool has;
    } rows[] = {{"2001:db8::1", true},  {"2001:db8::2", true},   {"192.0.2.1", false},
                {"198.51.100.1", true}, {"198.51.101.1", false}, {"198.51.100.2", true},
                {"::1", true},          {"192.0.2.1", false}};
    struct dm_prefixmap map = {0};
    struct dm_prefixmap_memo memo = {0};
    struct dm_prefix half = {{{0}}, 1}, net = prefix("198.51.100.0/24"),
                     doc = prefix("2001:db8::/32");

    (void)state;
    dm_prefixmap_add(&map, &half, 0); /* ::/1 */
    dm_prefixmap_add(&map, &net, 0);
    dm_prefixmap_add(&map, &doc, 0);
    assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dm_addr a = prefix(rows[i].text).addr;
        CHECK_ROW(rows[i].text, dm_prefixmap_has(&map, &a, &memo) == rows[i].has);
    }
    dm_prefixmap_clear(&map);
}

/* Law: the same answer as trying every prefix. */
static void same_as_trying_all(void **state)
{
    GRand *rand = seeded(__func__);

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct dm_prefixmap map = {0};
        struct dm_prefix all[100];
        int n = g_rand_int_range(rand, 0, 100);
        for (int i = 0; i < n; i++) {
            all[i] = random_prefix(rand);
            dm_prefixmap_add(&map, &all[i], all[i].len); /* equal prefixes agree */
        }
        assert_int_equal(dm_prefixmap_seal(&map, NULL), 0);
        struct dm_prefixmap_memo memo = {0};
        for (int q = 0; q < 200; q++) {
            struct dm_addr a = random_addr(rand);
            uint32_t best = NONE, got = NONE;
            for (int i = 0; i < n; i++) {
                if (dm_prefix_has(&all[i], &a) && (best == NONE || all[i].len > best)) {
                    best = all[i].len;
                }
            }
            assert_int_equal(dm_prefixmap_find(&map, &a, &got), best != NONE);
            assert_int_equal(got, best);
            assert_int_equal(dm_prefixmap_has(&map, &a, &memo), best != NONE);
        }
        dm_prefixmap_clear(&map);
    }
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_has_nothing),
        cmocka_unit_test(the_longest_wins),
        cmocka_unit_test(the_whole_space),
        cmocka_unit_test(two_values_clash),
        cmocka_unit_test(the_families_are_apart),
        cmocka_unit_test(same_as_trying_all),
        cmocka_unit_test(what_had_the_last_one_is_asked_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
