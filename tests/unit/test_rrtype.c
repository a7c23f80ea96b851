/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Record types, classes and codes: numbers from the IANA registry, written here again by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dns/rrtype.h"

static struct dm_slice of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static void numbers(void **state)
{
    static const struct {
        const char *word;
        int number;
    } rows[] = {
        {"A", 1},          {"a", 1},           {"NS", 2},      {"CNAME", 5},
        {"SOA", 6},        {"PTR", 12},        {"MX", 15},     {"mx", 15},
        {"TXT", 16},       {"AAAA", 28},       {"Aaaa", 28},   {"SRV", 33},
        {"NAPTR", 35},     {"A6", 38},         {"DS", 43},     {"DNSKEY", 48},
        {"TLSA", 52},      {"SVCB", 64},       {"HTTPS", 65},  {"TYPE65", 65},
        {"type15", 15},    {"ANY", 255},       {"IXFR", 251},  {"TYPE65535", 65535},
        {"NSAP-PTR", 23},  {"NSEC3PARAM", 51}, {"ZONEMD", 63}, {"DLV", 32769},
        {"TYPE65536", 0},  {"TYPE", 0},        {"TYPE1x", 0},  {"RESERVED0", 0},
        {"", 0},           {"AAA", 0},         {"MXX", 0},     {"AVERYLONGWORDINDEED", 0},
        {"TYPE000001", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (dm_rrtype_number(of(rows[i].word)) != rows[i].number) {
            fail_msg("%s", rows[i].word);
        }
    }
}

/* Also shows that the table is in the order that the search needs. */
static void every_name_is_found_again(void **state)
{
    unsigned named = 0;

    (void)state;
    for (unsigned type = 1; type <= UINT16_MAX; type++) {
        char buf[16];
        const char *name = dm_rrtype_name((uint16_t)type, buf);
        assert_int_equal(dm_rrtype_number(of(name)), type);
        named += strncmp(name, "TYPE", 4) != 0;
    }
    assert_int_equal(named, 96);
}

static void classes_and_codes(void **state)
{
    (void)state;
    assert_int_equal(dm_rrclass_number(of("IN")), 1);
    assert_int_equal(dm_rrclass_number(of("ch")), 3);
    assert_int_equal(dm_rrclass_number(of("HS")), 4);
    assert_int_equal(dm_rrclass_number(of("NONE")), 254);
    assert_int_equal(dm_rrclass_number(of("ANY")), 255);
    assert_int_equal(dm_rrclass_number(of("CLASS1234")), 1234);
    assert_int_equal(dm_rrclass_number(of("XX")), 0);
    assert_int_equal(dm_rcode_number(of("NOERROR")), 0);
    assert_int_equal(dm_rcode_number(of("FORMERR")), 1);
    assert_int_equal(dm_rcode_number(of("SERVFAIL")), 2);
    assert_int_equal(dm_rcode_number(of("NXDOMAIN")), 3);
    assert_int_equal(dm_rcode_number(of("REFUSED")), 5);
    assert_int_equal(dm_rcode_number(of("BADVERS")), 16);
    assert_int_equal(dm_rcode_number(of("BADCOOKIE")), 23);
    assert_int_equal(dm_rcode_number(of("NOCODE")), -1);
    assert_int_equal(dm_rcode_number(dm_slice_make(NULL, 0)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(every_name_is_found_again),
        cmocka_unit_test(classes_and_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
