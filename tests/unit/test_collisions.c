/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Crafted collisions: who knows the key can make any table one long chain, which is shown first;
 * the same addresses and names under keys that he does not know cost what random ones cost. Counted
 * are steps along chains and probes of sets, not time.
 */
#include "testlib.h"

#include <glib.h>

#include "client/client_table_parts.h"
#include "stats/heavy.h"
#include "stats/hll.h"
#include "util/set.h"

static const struct dm_hashkey known = {0x0123456789abcdef, 0xfedcba9876543210};

#define KEYS 20
#define CRAFTED 2000

static struct dm_hashkey draw_key(struct test_rng *rng)
{
    uint64_t k0 = test_rng_next(rng);

    return (struct dm_hashkey){k0, test_rng_next(rng)};
}

static struct dm_addr addr_of(uint64_t hi, uint64_t lo)
{
    struct dm_addr a;

    for (int i = 0; i < 8; i++) {
        a.b[i] = (uint8_t)(hi >> (56 - 8 * i));
        a.b[8 + i] = (uint8_t)(lo >> (56 - 8 * i));
    }
    return a;
}

/* ---- the client table ---- */

static void on_nothing(void *user, struct dm_suspect *sus)
{
    (void)user;
    (void)sus;
}

static void on_evicted(void *user, struct dm_client *cli)
{
    (void)user;
    (void)cli;
}

struct steps {
    double mean; /* to find a client, each once */
    uint32_t longest;
};

/* A table of these addresses. */
static struct steps count_steps(const struct dm_hashkey *key, const struct dm_addr *a, uint32_t n)
{
    const struct dm_client_hooks hooks = {8, on_nothing, on_evicted, NULL};
    struct dm_client_table *t = dm_client_table_new((size_t)64 << 20, key, &hooks);
    struct steps ret = {0, 0};

    for (uint32_t i = 0; i < n; i++) {
        assert_non_null(dm_client_get(t, &a[i], 1000));
    }
    for (uint32_t i = 0; i <= t->mask; i++) {
        if (t->slots[i]) {
            const struct dm_client *cli = dm_client_in(t, t->slots[i]);
            uint32_t steps = 1 + ((i - dm_hash_addr(key, cli->addr.b)) & t->mask);
            ret.mean += steps;
            ret.longest = MAX(ret.longest, steps);
        }
    }
    ret.mean /= (double)dm_client_table_len(t);
    dm_client_table_free(t);
    return ret;
}

/* Addresses of one /64 that fall into bucket 0 of up to 8,192, under `known`. */
static void craft_addresses(struct dm_addr *ret, uint32_t n)
{
    uint64_t lo = 0;

    for (uint32_t i = 0; i < n; lo++) {
        ret[i] = addr_of(0x20010db800000000, lo);
        i += (dm_hash_addr(&known, ret[i].b) & 8191) == 0;
    }
}

static void clients_of_one_bucket(void **state)
{
    static struct dm_addr a[CRAFTED];
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "keys", 1);
    craft_addresses(a, CRAFTED);
    struct steps s = count_steps(&known, a, CRAFTED);
    assert_int_equal(s.longest, CRAFTED); /* what it would cost */
    assert_true(s.mean > CRAFTED / 2.0);
    struct steps worst = {0, 0};
    for (int i = 0; i < KEYS; i++) {
        struct dm_hashkey key = draw_key(&rng);
        struct steps one = count_steps(&key, a, CRAFTED);
        worst.mean = MAX(worst.mean, one.mean);
        worst.longest = MAX(worst.longest, one.longest);
    }
    print_message(
        "figure: %u clients crafted with the key: %.0f steps each, longest chain %u; under "
        "the worst of %u other keys %.2f steps, longest chain %u\n",
        CRAFTED, s.mean, s.longest, KEYS, worst.mean, worst.longest);
    assert_true(worst.mean < 2 && worst.longest <= 60);
}

/* Addresses that differ in few bits, and in bits that multiplications treat alike. */
static struct dm_addr alike(unsigned family, uint64_t i)
{
    const uint64_t site = 0x20010db800000000, v4 = 0x0000ffff00000000;

    switch (family) {
    case 0:
        return addr_of(0, v4 + 0x0a000000 + i); /* a network, in order */
    case 1:
        return addr_of(0, v4 + (i << 18));
    case 2:
        return addr_of(0, v4 + ((i & 255) << 24) + (i >> 8));
    case 3:
        return addr_of(site, i);
    case 4:
        return addr_of(site, i << 50);
    case 5:
        return addr_of(site + (i << 16), 1); /* one machine of each /48 */
    case 6:
        return addr_of(site + (i >> 7), i & 127);
    case 7:
        return addr_of(site ^ i, i); /* the same bits in both halves */
    case 8:
        return addr_of(~i, i);
    case 9:
        return addr_of((i >> 8) * 0x0101010101010101, (i & 255) * 0x0101010101010101);
    case 10:
        return addr_of(site, i & 1 ? ~(i >> 1) : i >> 1);
    case 11: /* times the inverse of the constant that hashes end with */
        return addr_of(site, GUINT64_SWAP_LE_BE(i * 0xf1de83e19937733d));
    default: /* two bits of 128, each pair once: 8,128 */
        for (uint64_t b = 1; b < 128; b++) {
            if (i < b) {
                return addr_of(site ^ (b < 64 ? 1ULL << b : 0) ^ (i < 64 ? 1ULL << i : 0),
                               (b < 64 ? 0 : 1ULL << (b - 64)) ^ (i < 64 ? 0 : 1ULL << (i - 64)));
            }
            i -= b;
        }
        return addr_of(site, 0);
    }
}

static void clients_that_are_alike(void **state)
{
    static struct dm_addr a[8128];
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "keys", 2);
    for (unsigned family = 0; family <= 12; family++) {
        for (uint32_t i = 0; i < G_N_ELEMENTS(a); i++) {
            a[i] = alike(family, i);
        }
        for (int i = 0; i < KEYS; i++) {
            struct dm_hashkey key = draw_key(&rng);
            struct steps s = count_steps(&key, a, G_N_ELEMENTS(a));
            if (s.mean > 1.8 || s.longest > 80) { /* of random ones: 1.5, and 30 */
                fail_msg("family %u: %.2f steps, longest %u", family, s.mean, s.longest);
            }
        }
    }
}

/* ---- sets ---- */

typedef uint64_t (*hash_fn)(const struct dm_hashkey *key, uint32_t item);

/* Name @item: by its last digit of 240, 60 or 12 octets, long labels and short ones. */
static size_t name_of(char ret[256], uint32_t item)
{
    static const size_t fill[] = {230, 50, 2};
    size_t n = fill[item % 3];

    for (size_t i = 0; i < n; i++) {
        ret[i] = i % 64 == 63 ? '.' : 'a';
    }
    return n + (size_t)g_snprintf(ret + n, 26, ".%08x.test", item);
}

static uint64_t hash_name(const struct dm_hashkey *key, uint32_t item)
{
    char name[256];
    size_t n = name_of(name, item);

    return dm_hash(key, name, n);
}

static uint64_t hash_any_case(const struct dm_hashkey *key, uint32_t item)
{
    char name[256];
    size_t n = name_of(name, item);

    return dm_hash_nocase(key, name, n);
}

static uint64_t hash_client(const struct dm_hashkey *key, uint32_t item)
{
    struct dm_addr a = addr_of(0x20010db800000000, item);

    return dm_hash_beside(dm_hash_addr(key, a.b), a.b);
}

/* Probes to find an entry: as dm_set_slot() goes, row by row. */
static double walk(const struct dm_set *set, uint64_t h)
{
    const uint32_t first = dm_set_first(set->slots, h),
                   last = dm_set_slot(set->u.table, set->slots, h);
    const uint32_t rows =
        ((last - first + first % DM_SET_ROW - last % DM_SET_ROW) & (set->slots - 1)) / DM_SET_ROW;

    return 1 + rows * DM_SET_ROW + ((last - first) & (DM_SET_ROW - 1));
}

/* The same of all, on the average. */
static double count_probes(const struct dm_hashkey *key, hash_fn hash, const uint32_t *item)
{
    struct dm_set set;
    double sum = 0;

    dm_set_init(&set, 1 << 16);
    for (uint32_t i = 0; i < CRAFTED; i++) {
        assert_int_equal(dm_set_add(&set, hash(key, item[i])), 1);
    }
    for (uint32_t i = 0; i < CRAFTED; i++) {
        uint64_t h = hash(key, item[i]);
        sum += walk(&set, h);
    }
    dm_set_clear(&set);
    return sum / CRAFTED;
}

static void sets_of_one_slot(void **state)
{
    static const struct {
        const char *what;
        hash_fn hash;
    } rows[] = {{"domains", hash_name},
                {"names, queue ids, recipients", hash_any_case},
                {"clients", hash_client}};
    static uint32_t item[CRAFTED];
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "keys", 3);
    FOR_ROWS(row, rows)
    {
        uint32_t next = 0;
        for (uint32_t i = 0; i < CRAFTED; next++) { /* slot 0 of up to 256 */
            item[i] = next;
            i += dm_set_first(256, row->hash(&known, next)) == 0;
        }
        double all = count_probes(&known, row->hash, item);
        CHECK_ROW(row->what, all > 50); /* what it would cost, with 256 for 4,096 slots */
        for (int i = 0; i < KEYS; i++) {
            struct dm_hashkey key = draw_key(&rng);
            double probes = count_probes(&key, row->hash, item); /* random, half full: 1.5 */
            if (probes > 2) {
                fail_msg("%s: %.2f probes", row->what, probes);
            }
        }
    }
}

/* ---- names that are one under any key ---- */

static bool are_one(const struct dm_hashkey *key, const uint64_t *x, const uint64_t *y)
{
    return dm_hash_nocase(key, x, 16) == dm_hash_nocase(key, y, 16);
}

/* Two words that differ in one bit, and in one or two bits of the next: multiplying by a constant
 * that is known carries the topmost bits through unchanged, and the next word can take them back.
 * (Of the hash before: "xxxxxxx1xxxaxxx1" and "xxxxxxxqxxxixxxq" were one under every second key.)
 */
static void no_pair_is_one_under_any_key(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "keys", 4);
    for (int k = 0; k < 10; k++) {
        struct dm_hashkey key = draw_key(&rng);
        const uint64_t x[2] = {test_rng_next(&rng), test_rng_next(&rng)};
        for (unsigned i = 0; i < 64; i++) {
            for (unsigned j = 0; j < 64 * 64; j++) {
                uint64_t d = 1ULL << (j / 64) | 1ULL << (j % 64);
                uint64_t y[2] = {x[0] ^ 1ULL << i, x[1] ^ d};
                bool same = i % 8 == 5 && (d & 0xdfdfdfdfdfdfdfdf) == 0; /* the case's bit */
                assert_true(are_one(&key, x, y) == same);
            }
        }
    }
}

static void case_is_no_difference(void **state)
{
    char lower[256], upper[256];

    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        size_t n = name_of(lower, i);
        for (size_t at = 0; at < n; at++) {
            upper[at] = (char)((at + i) % 2 ? g_ascii_toupper(lower[at]) : lower[at]);
        }
        assert_true(dm_hash_nocase(&known, lower, n) == dm_hash_nocase(&known, upper, n));
    }
}

/* ---- sketches ---- */

static double estimate(const struct dm_hashkey *key, const uint32_t *item)
{
    struct dm_hll hll = {{0}};

    for (uint32_t i = 0; i < CRAFTED; i++) {
        dm_hll_add(&hll, hash_any_case(key, item[i]));
    }
    return dm_hll_estimate(&hll);
}

/* 2,000 recipients that seem one. */
static void a_number_cannot_be_chosen(void **state)
{
    static uint32_t item[CRAFTED];
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "keys", 5);
    for (uint32_t i = 0, next = 0; i < CRAFTED; next++) {
        item[i] = next;
        i += (hash_any_case(&known, next) & 127) == 64; /* register 0, the smallest rank */
    }
    assert_true(estimate(&known, item) < 2);
    for (int i = 0; i < KEYS; i++) {
        struct dm_hashkey key = draw_key(&rng);
        double n = estimate(&key, item);
        assert_true(n > CRAFTED * 0.5 && n < CRAFTED * 1.6); /* one deviation is 13 % */
    }
}

/* Its fold has no key: 64 compares at the most, and the counts are right nevertheless. */
static void frequent_addresses_of_one_fold(void **state)
{
    static struct dm_heavy h;

    (void)state;
    for (uint64_t i = 0; i < 64 * 10; i++) {
        struct dm_addr a = addr_of(0, (i % 64) << 32 | i % 64);
        assert_non_null(dm_heavy_add(&h, &a, 1, 1000));
    }
    assert_int_equal(h.used, 64);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(h.fold[i], h.fold[0]);
        assert_int_equal(h.slot[i].count, 10);
        assert_int_equal(h.slot[i].error, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_of_one_bucket),
        cmocka_unit_test(clients_that_are_alike),
        cmocka_unit_test(sets_of_one_slot),
        cmocka_unit_test(no_pair_is_one_under_any_key),
        cmocka_unit_test(case_is_no_difference),
        cmocka_unit_test(a_number_cannot_be_chosen),
        cmocka_unit_test(frequent_addresses_of_one_fold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
