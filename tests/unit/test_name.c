/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Normal form and class bits of names (doc/SCIENCE.md 0.3, C2, C3, C6, C10, C12). Expectations are
 * worked out by hand from the header's words.
 */
#include "testlib.h"

#include <stdio.h>

#include "dns/name.h"
#include "dnsmon/dnsmon.h"
#include "util/addr.h"

#define N8 "0.0.0.0.0.0.0.0."
#define V6_DOC                                                                                     \
    "7.0.0.0."                                                                                     \
    "0.0.0.0." N8 N8 "8.b.d.0.1.0.0.2."    /* 2001:db8::7 */
#define V6_ONE "1.0.0.0.0.0.0.0." N8 N8 N8 /* ::1 */
#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* The bits by the letters of this test's tables. */
enum {
    R4 = DM_NAME_REV4,
    R4P = DM_NAME_REV4_PART,
    R6 = DM_NAME_REV6,
    R6P = DM_NAME_REV6_PART,
    SD = DM_NAME_DNSSD,
    US = DM_NAME_UNDERSCORE,
    MP = DM_NAME_MAILPOLICY,
    T25 = DM_NAME_TLSA25,
    ONE = DM_NAME_SINGLE,
    ROOT = DM_NAME_ROOT,
    LIT = DM_NAME_IPLIT,
    BUG = DM_NAME_BUGTEST,
    RNS = DM_NAME_ROOTNS,
    BL = DM_NAME_DNSBL,
    WP = DM_NAME_WPAD,
    LO = DM_NAME_LOOPBACK,
    BAD = DM_NAME_INVALID
};

static void normalise(struct dm_slice raw, struct dm_name *ret)
{
    struct dm_slice copy = test_exact(raw);

    memset(ret, 0xa5, sizeof *ret);
    dm_name_normalise(copy, ret);
    free((char *)copy.p);
}

static void test_text(void **state)
{
    static const struct {
        const char *raw, *text;
        unsigned labels, first_len;
        uint32_t bits;
    } rows[] = {
        {"www.example.com", "www.example.com", 3, 3, 0},
        {"www.example.com.", "www.example.com", 3, 3, 0},
        {"wWw.ExAmPlE.cOm", "www.example.com", 3, 3, 0},
        {"WWW.EXAMPLE.COM.", "www.example.com", 3, 3, 0},
        {"localhost", "localhost", 1, 9, ONE},
        {"localhost.", "localhost", 1, 9, ONE},
        {".", "", 0, 0, ROOT},
        {"", "", 0, 0, BAD},
        {"..", "..", 0, 0, BAD},
        {".a", ".a", 1, 1, BAD},
        {"a..b", "a..b", 2, 1, BAD},
        {"a.b..", "a.b..", 2, 1, BAD},
        {"a\\032b.example", "a?b.example", 2, 3, BAD},
        {"a\\.b.example", "a?b.example", 2, 3, 0},
        {"a\\046b.example", "a?b.example", 2, 3, 0},
        {"a\\\\b.example", "a\\b.example", 2, 3, 0},
        {"a\\092.example", "a\\.example", 2, 2, 0},
        {"\\000.example", "?.example", 2, 1, BAD},
        {"\\065\\066c.example", "abc.example", 2, 3, 0},
        {"a\\@b\\$\\;\\(\\)\\\".example", "a@b$;()\".example", 2, 8, 0},
        {"\\255.example", "?.example", 2, 1, BAD},
        {"\\256.example", "?.example", 2, 1, BAD},
        {"\\999.example", "?.example", 2, 1, BAD},
        {"a\\12.example", "a?12.example", 2, 4, BAD},
        {"a\\12", "a?12", 1, 4, BAD | ONE},
        {"a\\", "a?", 1, 2, BAD | ONE},
        {"a.b\\.", "a.b?", 2, 1, 0},
        {"a\\\\.", "a\\", 1, 2, ONE},
        {"b\xc3\xbc"
         "cher.example",
         "b??cher.example", 2, 7, BAD},
        {"a b.example", "a?b.example", 2, 3, BAD},
        {"a\x7f.example", "a?.example", 2, 2, BAD},
        {"tab\there.example", "tab?here.example", 2, 8, BAD},
        {"~!.example", "~!.example", 2, 2, 0},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_name name;
        normalise(test_slice(c->raw), &name);
        CHECK_ROW(c->raw, strcmp(name.text, c->text) == 0);
        CHECK_ROW(c->raw, name.len == strlen(c->text));
        CHECK_ROW(c->raw, name.bits == c->bits);
        if (!(c->bits & BAD) || c->labels > 0) {
            CHECK_ROW(c->raw, name.labels == c->labels);
            CHECK_ROW(c->raw, name.first_len == c->first_len);
        }
    }
}

static void test_class(void **state)
{
    static const struct {
        const char *raw;
        uint32_t bits;
    } rows[] = {
        /* reverse, IPv4 */
        {"7.2.0.192.in-addr.arpa", R4},
        {"7.2.0.192.IN-ADDR.ARPA.", R4},
        {"255.255.255.255.in-addr.arpa", R4},
        {"0.0.0.0.in-addr.arpa", R4},
        {"1.0.0.127.in-addr.arpa", R4 | LO},
        {"1.0.0.127.In-Addr.Arpa.", R4 | LO},
        {"2.0.0.127.in-addr.arpa", R4},
        {"11.0.0.127.in-addr.arpa", R4},
        {"256.2.0.192.in-addr.arpa", R4P},
        {"07.2.0.192.in-addr.arpa", R4P},
        {"0007.2.0.192.in-addr.arpa", R4P},
        {"-1.2.0.192.in-addr.arpa", R4P},
        {"a.2.0.192.in-addr.arpa", R4P},
        {"2.0.192.in-addr.arpa", R4P},
        {"192.in-addr.arpa", R4P},
        {"in-addr.arpa", R4P},
        {"0-63.2.0.192.in-addr.arpa", R4P},
        {"7.0-63.2.0.192.in-addr.arpa", R4P},
        {"host.0.1.168.192.in-addr.arpa", R4P},
        {"1.1.0.0.127.in-addr.arpa", R4P},
        {"7.2.0.192.in-addr.arpa.example.com", BL},
        {"7.2.0.192.xin-addr.arpa", 0},
        {"7\\0462.0.192.in-addr.arpa", R4P},
        {"arpa", ONE},
        {"home.arpa", 0},
        /* reverse, IPv6 */
        {V6_DOC "ip6.arpa", R6},
        {V6_DOC "IP6.ARPA.", R6},
        {V6_ONE "ip6.arpa", R6 | LO},
        {"A.0.0.0.0.0.0.0." N8 N8 N8 "ip6.arpa", R6},
        {"g.0.0.0.0.0.0.0." N8 N8 N8 "ip6.arpa", R6P},
        {"10.0.0.0.0.0.0.0." N8 N8 N8 "ip6.arpa", R6P},
        {N8 N8 N8 "0.0.0.0.0.0.0.ip6.arpa", R6P},
        {"0." N8 N8 N8 N8 "ip6.arpa", R6P},
        {"8.b.d.0.1.0.0.2.ip6.arpa", R6P},
        {"ip6.arpa", R6P},
        /* service discovery */
        {"b._dns-sd._udp.0.2.0.192.in-addr.arpa", SD | R4P},
        {"lb._dns-sd._udp.example.com", SD},
        {"DB._DNS-SD._UDP.example.com", SD},
        {"_services._dns-sd._udp.local", SD},
        {"_ipp._tcp.local", SD},
        {"_universal._sub._ipp._tcp.local", SD},
        {"Printer\\0321._ipp._tcp.local", SD | BAD},
        {"_ldap._tcp.dc._msdcs.corp.example", SD},
        {"_tcp.example.com", SD},
        {"b.example.com", 0},
        {"_dns-sdx.example.com", US},
        {"1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa", BUG | R4P},
        {"dnsbugtest.example.com", BUG},
        {"xdnsbugtest.example.com", 0},
        /* other underscores */
        {"_dmarc.example.com", US | MP},
        {"_DMARC.Example.com.", US | MP},
        {"example.org._report._dmarc.example.com", US | MP},
        {"sel._domainkey.example.com", US | MP},
        {"_mta-sts.example.com", US | MP},
        {"mta-sts.example.com", 0},
        {"_smtp._tls.example.com", US | MP},
        {"_tls.example.com", US},
        {"x._tls.example.com", US},
        {"default._bimi.example.com", US | MP},
        {"_25._tcp.mx.example.com", US | T25},
        {"_443._tcp.www.example.com", US},
        {"_853._udp.ns1.example.com", US},
        {"_25._udp.mx.example.com", US},
        {"_acme-challenge.example.com", US},
        {"_.example.com", US},
        {"a_b.example.com", 0},
        /* lists of addresses */
        {"2.0.0.127.bl.example.org", BL},
        {"2.0.0.127.example.org", BL},
        {"2.0.0.127.lan", 0},
        {"2.0.0.256.bl.example.org", 0},
        {"2.0.127.bl.example.org", 0},
        {V6_DOC "bl.example.org", BL},
        {V6_DOC "lan", 0},
        {"2.0.0.127.b.example.org", BL},
        {"1.2.3.4.5.example.com", 0},
        {N8 N8 N8 "0.0.0.0.0.0.0.bl.example.org", 0}, /* 31 */
        {"f.f.f.f." N8 N8 N8 "0.0.0.bl.example.org", 0},
        {"f.f.f.f." N8 N8 N8 "0.0.0.0.bl.example.org", BL},
        /* addresses written as names */
        {"192.0.2.7", LIT},
        {"192.0.2.7.", LIT},
        {"192.000.002.007", LIT},
        {"192.0.2.256", 0},
        {"192.0.2", 0},
        {"192.0.2.7.9", 0},
        {"[192.0.2.7]", LIT},
        {"[192.0.2.7].example.com", LIT},
        {"192.0.2.7:25", LIT},
        {"2001:db8::7", LIT | ONE},
        {"2001:DB8::7%eth0", LIT | ONE},
        {"[2001:db8::7]", LIT | ONE},
        {"www.example.com:80", 0},
        {"%x:y", ONE},
        /* the rest */
        {"a.root-servers.net", RNS},
        {"M.ROOT-SERVERS.NET.", RNS},
        {"n.root-servers.net", 0},
        {"aa.root-servers.net", 0},
        {"a.b.root-servers.net", 0},
        {"root-servers.net", 0},
        {"a.root-servers.net.example", 0},
        {"wpad", WP | ONE},
        {"WPAD.example.com", WP},
        {"isatap.example.com", WP},
        {"wpadx.example.com", 0},
        {"x.wpad.example.com", 0},
        {"com", ONE},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_name name;
        normalise(test_slice(c->raw), &name);
        if (name.bits != c->bits) {
            fail_msg("\"%s\": bits %#x, not %#x", c->raw, name.bits, c->bits);
        }
    }
}

/* A row of labels of @bytes bytes each, @n bytes in all. */
static struct dm_slice long_name(char *buf, size_t n, size_t bytes)
{
    for (size_t i = 0; i < n; i++) {
        buf[i] = (i + 1) % (bytes + 1) == 0 ? '.' : 'x';
    }
    return dm_slice_make(buf, n);
}

static void test_limits(void **state)
{
    static const struct {
        size_t n, label_bytes;
        bool good;
        unsigned labels;
    } rows[] = {
        {63, 63, true, 1},  {64, 64, false, 0},   {255, 63, true, 4},     {254, 63, true, 4},
        {256, 63, true, 4}, {257, 63, false, 0},  {255, 1, true, 128},    {253, 1, true, 127},
        {257, 1, false, 0}, {4000, 63, false, 0}, {4000, 9999, false, 0}, {65536, 1, false, 0},
    };
    char *buf = malloc(65536);

    (void)state;
    assert_non_null(buf);
    FOR_ROWS(c, rows)
    {
        struct dm_name name;
        char what[64];
        snprintf(what, sizeof what, "%zu bytes, labels of %zu", c->n, c->label_bytes);
        normalise(long_name(buf, c->n, c->label_bytes), &name);
        CHECK_ROW(what, !(name.bits & BAD) == c->good);
        CHECK_ROW(what, !c->good || name.labels == c->labels);
        CHECK_ROW(what, name.text[name.len] == '\0');
    }
    free(buf);
}

/* 256 printed bytes are one too many unless the last is the final dot; escapes count as one. */
static void test_name_of_256(void **state)
{
    char buf[257 + 3];
    struct dm_name name;

    (void)state;
    long_name(buf, 255, 63);
    buf[255] = 'x';
    normalise(dm_slice_make(buf, 256), &name);
    assert_true(name.bits & BAD);
    assert_int_equal(name.len, 255);
    long_name(buf, 255, 63);
    memmove(buf + 4, buf + 1, 254);
    memcpy(buf, "\\120", 4); /* 'x' */
    normalise(dm_slice_make(buf, 258), &name);
    assert_int_equal(name.bits, 0);
    assert_int_equal(name.len, 255);
}

static void test_nul_and_null(void **state)
{
    struct dm_name name;

    (void)state;
    normalise(DM_SLICE("a\0b.example"), &name);
    assert_string_equal(name.text, "a?b.example");
    assert_int_equal(name.bits, BAD);
    dm_name_normalise(dm_slice_make(NULL, 0), &name);
    assert_int_equal(name.bits, BAD);
    assert_int_equal(name.len, 0);
}

static void test_under(void **state)
{
    static const struct {
        const char *name, *zone;
        bool under;
    } rows[] = {
        {"example.com", "example.com", true},
        {"www.example.com", "example.com", true},
        {"wwwexample.com", "example.com", false},
        {"example.com", "www.example.com", false},
        {"example.com", "", true},
        {"", "", true},
        {"", "com", false},
        {".com", "com", true},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        CHECK_ROW(c->name, dm_name_under(test_slice(c->name), test_slice(c->zone)) == c->under);
    }
}

static void test_rev_addr(void **state)
{
    static const struct {
        const char *raw, *addr; /* NULL: EINVAL */
    } rows[] = {
        {"7.2.0.192.in-addr.arpa", "192.0.2.7"},
        {"1.0.0.127.in-addr.arpa", "127.0.0.1"},
        {"255.0.255.0.in-addr.arpa", "0.255.0.255"},
        {V6_DOC "ip6.arpa", "2001:db8::7"},
        {V6_ONE "ip6.arpa", "::1"},
        {"F.E.D.C.B.A.9.8.7.6.5.4.3.2.1.0." N8 "8.b.d.0.1.0.0.2.ip6.arpa",
         "2001:db8::123:4567:89ab:cdef"},
        {"2.0.192.in-addr.arpa", NULL},
        {"1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa", NULL},
        {"2.0.0.127.bl.example.org", NULL},
        {"192.0.2.7", NULL},
        {".", NULL},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_name name;
        struct dm_addr addr, want;
        normalise(test_slice(c->raw), &name);
        int rc = dm_name_rev_addr(&name, &addr);
        CHECK_ROW(c->raw, rc == (c->addr ? 0 : DNSMON_EINVAL));
        if (c->addr) {
            assert_int_equal(dm_addr_parse(test_slice(c->addr), &want), 0);
            CHECK_ROW(c->raw, dm_addr_eq(&addr, &want));
        }
    }
}

/* Whatever the bytes: the text holds printable bytes only, the counts agree with it, and a good
 * name's text is its own normal form. */
static void check_laws(struct dm_slice raw)
{
    struct dm_name name, again;
    unsigned dots = 0;

    normalise(raw, &name);
    assert_int_equal(name.text[name.len], '\0');
    for (unsigned i = 0; i < name.len; i++) {
        assert_true(name.text[i] >= 0x21 && name.text[i] <= 0x7e);
        assert_false(name.text[i] >= 'A' && name.text[i] <= 'Z');
        dots += name.text[i] == '.';
    }
    if (!(name.bits & (BAD | ROOT))) {
        assert_int_equal(name.labels, dots + 1);
        assert_int_equal(dm_slice_find(dm_slice_make(name.text, name.len), '.'), name.first_len);
    }
    if (!(name.bits & BAD) && !memchr(name.text, '\\', name.len) && name.len > 0) {
        normalise(dm_slice_make(name.text, name.len), &again);
        assert_string_equal(again.text, name.text);
        assert_int_equal(again.bits, name.bits);
    }
}

static void test_random(void **state)
{
    static const char *const bits[] = {
        "_tcp.", "_25.",     "in-addr.arpa", "1.", "255.",    "\\",    "\\.", "\\046", ".",    "..",
        "A",     "ip6.arpa", "f.",           N8,   "_dmarc.", "wpad.", "[",   ":",     "\\03", "%"};
    struct test_rng rng;
    char buf[600];

    (void)state;
    test_rng_init(&rng, "names", 20040128);
    for (int round = 0; round < 50000; round++) {
        size_t n = 0, want = test_rng_below(&rng, 300);
        while (n < want) {
            const char *part = bits[test_rng_below(&rng, sizeof bits / sizeof bits[0])];
            if (test_rng_below(&rng, 4) == 0) {
                buf[n++] = (char)test_rng_next(&rng);
            } else {
                memcpy(buf + n, part, strlen(part));
                n += strlen(part);
            }
        }
        check_laws(dm_slice_make(buf, n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),         cmocka_unit_test(test_class),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_name_of_256),
        cmocka_unit_test(test_nul_and_null), cmocka_unit_test(test_under),
        cmocka_unit_test(test_rev_addr),     cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
