/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** lib/util's small things: slices, the keyed hash, addresses and prefixes. */
#include "testlib.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "dnsmon/dnsmon.h"
#include "util/addr.h"
#include "util/hash.h"

/* The published vectors of SipHash-1-3: key bytes 00..0f, message the n bytes 0, 1, ... n-1, the
 * hash as little-endian bytes. All 64 were compared once; here are those about the block limits. */
static void test_siphash(void **state)
{
    static const struct {
        size_t n;
        const char *hash;
    } rows[] = {
        {0, "dcc40f055801acab"},  {1, "93ca577df39bf4c9"},  {2, "4dd4c74d029bcb82"},
        {3, "fbf7dde7b80af88b"},  {4, "2883d388605775cf"},  {5, "673b53492fd5f9de"},
        {6, "a7229fc5502b0dc5"},  {7, "4011b19b987d92d3"},  {8, "8e9a298d11959036"},
        {9, "e43d066cb38ea425"},  {10, "7f09ff92ee85de79"}, {11, "52c34df9c118c170"},
        {12, "a2d9b457b184a378"}, {13, "a7ff29120c766f30"}, {14, "345df9c011a15a60"},
        {15, "5699512a6dd820d3"}, {16, "668b907d1add4fcc"}, {23, "23c1e6da7f0e5a52"},
        {24, "8c9c3467b2ae64f4"}, {25, "79095b702859cd45"}, {31, "bcd1218c1fdd7023"},
        {32, "0db6a7166c7b1581"}, {63, "a8b3bbb76290199d"},
    };
    const struct dm_hashkey key = {0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
    char message[64];

    (void)state;
    for (int i = 0; i < 64; i++) {
        message[i] = (char)i;
    }
    FOR_ROWS(c, rows)
    {
        char hex[17];
        struct dm_slice copy = test_exact(dm_slice_make(message, c->n));
        uint64_t h = dm_hash(&key, copy.p, copy.n);
        for (int i = 0; i < 8; i++) {
            snprintf(hex + 2 * i, 3, "%02x", (unsigned)(h >> (8 * i)) & 0xff);
        }
        free((char *)copy.p);
        assert_string_equal(hex, c->hash);
    }
}

/* Where the bytes lie does not matter; the key and every byte do. */
static void test_hash_laws(void **state)
{
    const struct dm_hashkey key = {1, 2}, other = {1, 3};
    char buf[40];

    (void)state;
    memset(buf, 'x', sizeof buf);
    uint64_t h = dm_hash(&key, buf, 20);
    for (int i = 1; i < 8; i++) {
        assert_true(dm_hash(&key, buf + i, 20) == h);
    }
    assert_true(dm_hash(&other, buf, 20) != h);
    assert_true(dm_hash(&key, buf, 19) != h);
    for (int i = 0; i < 20; i++) {
        buf[i] ^= 1;
        assert_true(dm_hash(&key, buf, 20) != h);
        buf[i] ^= 1;
    }
    assert_true(dm_hash(&key, NULL, 0) == dm_hash(&key, "", 0));
}

static void test_slices(void **state)
{
    struct dm_slice none = {NULL, 0}, s = DM_SLICE("abc");

    (void)state;
    assert_true(dm_slice_eq(none, DM_SLICE("")));
    assert_true(dm_slice_starts(none, none) && dm_slice_ends(none, none));
    assert_true(dm_slice_starts(s, DM_SLICE("ab")) && !dm_slice_starts(s, DM_SLICE("abcd")));
    assert_true(dm_slice_ends(s, DM_SLICE("bc")) && !dm_slice_ends(s, DM_SLICE("xabc")));
    assert_int_equal(dm_slice_skip(s, 3).n, 0);
    assert_int_equal(dm_slice_skip(s, SIZE_MAX).n, 0);
    assert_null(dm_slice_skip(none, 1).p);
    assert_int_equal(dm_slice_head(s, SIZE_MAX).n, 3);
    assert_int_equal(dm_slice_find(s, 'c'), 2);
    assert_int_equal(dm_slice_find(s, 'x'), 3);
    assert_int_equal(dm_slice_find(none, 'x'), 0);
    assert_false(dm_slice_drop(&s, DM_SLICE("b")));
    assert_true(dm_slice_drop(&s, DM_SLICE("ab")));
    assert_true(dm_slice_eq(s, DM_SLICE("c")));
}

static void test_addr(void **state)
{
    static const struct {
        const char *text, *canon; /* NULL: EINVAL */
    } rows[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"::ffff:c000:207", "192.0.2.7"},
        {"2001:db8::7", "2001:db8::7"},
        {"2001:DB8:0:0:0:0:0:7", "2001:db8::7"},
        {"2001:0db8::0007", "2001:db8::7"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* RFC 5952 4.2.2 */
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},          /* RFC 5952 4.2.3 */
        {"::", "::"},
        {"::1", "::1"},
        {"fe80::1%eth0", "fe80::1"},
        {"fe80::1%", "fe80::1"},
        {"fe80::1%a:b", "fe80::1"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"", NULL},
        {".", NULL},
        {":", NULL},
        {":::", NULL},
        {"%", NULL},
        {"%::1", NULL},
        {"192.0.2", NULL},
        {"192.0.2.", NULL},
        {"192.0.2.7.", NULL},
        {".192.0.2.7", NULL},
        {"192..2.7", NULL},
        {"192.0.2.7.8", NULL},
        {"192.0.2.256", NULL},
        {"192.0.2.1000", NULL},
        {"192.0.2.07", NULL},
        {"192.0.2.00", NULL},
        {"192.0.2.0x7", NULL},
        {"192.0.2.-7", NULL},
        {"192.0.2.+7", NULL},
        {" 192.0.2.7", NULL},
        {"192.0.2.7 ", NULL},
        {"192.0.2.7#53", NULL},
        {"192.0.2.7%eth0", NULL},
        {"192.0.2.7%a:b", NULL},
        {"3221226007", NULL},
        {"2001:db8::7::", NULL},
        {"2001:db8:1:2:3:4:5:6:7", NULL},
        {"2001:db8:1:2:3:4:5", NULL},
        {"2001:db8::12345", NULL},
        {"2001:db8::g", NULL},
        {"[2001:db8::7]", NULL},
        {"::ffff:192.0.2.07", NULL},
        {"::ffff:192.0.2", NULL},
        {"2001:db8::7 ", NULL},
        {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_slice copy = test_exact(test_slice(c->text));
        struct dm_addr a;
        char buf[DM_ADDR_STRLEN];
        int rc = dm_addr_parse(copy, &a);
        free((char *)copy.p);
        CHECK_ROW(c->text, rc == (c->canon ? 0 : DNSMON_EINVAL));
        if (c->canon) {
            CHECK_ROW(c->text, strcmp(dm_addr_text(&a, buf), c->canon) == 0);
            CHECK_ROW(c->text, dm_addr_is_v4(&a) == !strchr(c->canon, ':'));
        }
    }
}

static void test_addr_bytes(void **state)
{
    struct dm_addr a = {{0x5a}};
    const struct dm_addr was = a;

    (void)state;
    assert_int_equal(dm_addr_parse(dm_slice_make(NULL, 0), &a), DNSMON_EINVAL);
    assert_int_equal(dm_addr_parse(DM_SLICE("192.0.2\0.7"), &a), DNSMON_EINVAL);
    assert_int_equal(dm_addr_parse(DM_SLICE("2001:db8::7\0"), &a), DNSMON_EINVAL);
    assert_int_equal(dm_addr_parse(DM_SLICE("192.0.2.256"), &a), DNSMON_EINVAL);
    assert_int_equal(dm_addr_parse(DM_SLICE("2001:db8::g"), &a), DNSMON_EINVAL);
    assert_true(dm_addr_eq(&a, &was)); /* written only on success */
}

static void test_prefix(void **state)
{
    static const struct {
        const char *text;
        int len; /* -1: EINVAL */
    } rows[] = {
        {"192.0.2.0/24", 120},
        {"10.0.0.0/8", 104},
        {"0.0.0.0/0", 96},
        {"192.0.2.7", 128},
        {"192.0.2.7/32", 128},
        {"192.0.2.6/31", 127},
        {"2001:db8::/32", 32},
        {"2001:db8::7", 128},
        {"::/0", 0},
        {"fe80::/10", 10},
        {"2001:db8::7/128", 128},
        {"::ffff:192.0.2.0/120", 120},
        {"192.0.2.7/24", -1},
        {"192.0.2.0/33", -1},
        {"192.0.2.0/", -1},
        {"192.0.2.0/-1", -1},
        {"192.0.2.0/ 24", -1},
        {"192.0.2.0/24 ", -1},
        {"192.0.2.0/24/24", -1},
        {"192.0.2.0/0024", -1},
        {"192.0.2.0/024", -1},
        {"192.0.2.0/00", -1},
        {"192.0.2.0/255.255.255.0", -1},
        {"192.0.2/24", -1},
        {"/24", -1},
        {"/", -1},
        {"", -1},
        {"2001:db8::/129", -1},
        {"2001:db8::1/64", -1},
        {"2001:db8::/999", -1},
        {"128.0.0.0/0", -1},
        {"192.0.2.0/:", -1},
        {"192.0.2.0/2:4", -1},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_slice copy = test_exact(test_slice(c->text));
        struct dm_prefix p;
        int rc = dm_prefix_parse(copy, &p);
        free((char *)copy.p);
        CHECK_ROW(c->text, rc == (c->len < 0 ? DNSMON_EINVAL : 0));
        CHECK_ROW(c->text, c->len < 0 || p.len == c->len);
    }
}

static void test_prefix_has(void **state)
{
    static const struct {
        const char *prefix, *addr;
        bool has;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.0", true},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.0/24", "192.0.1.255", false},
        {"192.0.2.0/23", "192.0.3.7", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"0.0.0.0/0", "203.0.113.1", true},
        {"0.0.0.0/0", "2001:db8::7", false},
        {"0.0.0.0/0", "::1", false},
        {"2001:db8::/32", "2001:db8:ffff::", true},
        {"2001:db8::/32", "2001:db9::", false},
        {"2001:db8:8000::/33", "2001:db8:7fff::", false},
        {"::/0", "2001:db8::7", true},
        {"::/0", "192.0.2.7", false},
        {"::/64", "192.0.2.7", false},
        {"::/64", "::7", true},
        {"::ffff:0:0/96", "192.0.2.7", true},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_prefix p;
        struct dm_addr a;
        assert_int_equal(dm_prefix_parse(test_slice(c->prefix), &p), 0);
        assert_int_equal(dm_addr_parse(test_slice(c->addr), &a), 0);
        if (dm_prefix_has(&p, &a) != c->has) {
            fail_msg("%s has %s: not %d", c->prefix, c->addr, c->has);
        }
    }
}

/* Text and back is the same address; IPv4 agrees with inet_pton() on any four numbers. */
static void test_addr_random(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "addresses", 20030819);
    for (int round = 0; round < 20000; round++) {
        struct dm_addr a, b;
        char buf[DM_ADDR_STRLEN], v4[32];
        struct in_addr in;
        for (int i = 0; i < 16; i++) {
            a.b[i] = test_rng_below(&rng, 3) ? 0 : (uint8_t)test_rng_next(&rng);
        }
        assert_int_equal(dm_addr_parse(test_slice(dm_addr_text(&a, buf)), &b), 0);
        assert_true(dm_addr_eq(&a, &b));
        snprintf(v4, sizeof v4, "%s%u.%u.%u.%u", test_rng_below(&rng, 8) ? "" : "0",
                 (unsigned)test_rng_below(&rng, 300), (unsigned)test_rng_below(&rng, 300),
                 (unsigned)test_rng_below(&rng, 300), (unsigned)test_rng_below(&rng, 300));
        int good = inet_pton(AF_INET, v4, &in);
        CHECK_ROW(v4, (dm_addr_parse(test_slice(v4), &b) == 0) == (good == 1));
        CHECK_ROW(v4, good != 1 || memcmp(b.b + 12, &in, 4) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_siphash),    cmocka_unit_test(test_hash_laws),
        cmocka_unit_test(test_slices),     cmocka_unit_test(test_addr),
        cmocka_unit_test(test_addr_bytes), cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_prefix_has), cmocka_unit_test(test_addr_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
