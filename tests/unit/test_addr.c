/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Addresses by hand, and a law: every text, right or nearly, is read as inet_pton() reads it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "testlib.h"
#include "util/addr.h"

/* What inet_pton() says, IPv4 as mapped.   Returns: whether it is an address. */
static bool by_library(const char *text, struct dm_addr *ret)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(ret->b, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, ret->b + 12) == 1 || inet_pton(AF_INET6, text, ret->b) == 1;
}

static void compare(const char *text)
{
    struct dm_addr want, got;
    size_t n = strlen(text);
    char *exact = malloc(n ? n : 1); /* a sanitizer sees a byte read too far */

    memcpy(exact, text, n);
    bool is = by_library(text, &want);
    bool ours = dm_addr_parse(dm_slice_make(exact, n), &got) == 0;
    if (is != ours || (is && !dm_addr_eq(&want, &got))) {
        print_error("\"%s\": inet_pton() %d, ours %d\n", text, is, ours);
        fail();
    }
    free(exact);
}

static void texts_by_hand(void **state)
{
    static const char *const texts[] = {
        "",
        ":",
        "::",
        ":::",
        "::1",
        "1::",
        "1::2",
        "1:2",
        "1::2::3",
        ":1::2",
        "1::2:",
        "::1:",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "fffff::1",
        "ABCD:ef01::",
        "g::",
        "::ffff:192.0.2.7",
        "::192.0.2.7",
        "1:2:3:4:5:6:192.0.2.7",
        "1:2:3:4:5:6:7:192.0.2.7",
        "::192.0.2",
        "::192.0.2.07",
        "::192.0.2.256",
        "::192.0.2.7:1",
        "192.0.2.7::",
        "::1.2.3.4 ",
        "192.0.2.7",
        "192.0.2.07",
        "192.0.2.256",
        "192.0.2",
        "192.0.2.7.",
        "1.2.3.4.5",
        "0.0.0.0",
        "255.255.255.255",
        "00.0.0.0",
        "1.2.3.1000",
        "1..2.3",
        ".1.2.3",
        "1.2.3.4a",
        "0x1.2.3.4",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        compare(texts[i]);
    }
}

static void as_inet_pton_reads_them(void **state)
{
    static const char bytes[] = "0123456789abcdefABCDEF::::....g %#";
    struct test_rng rng;
    char text[64];

    (void)state;
    test_rng_init(&rng, "addresses", 6);
    for (int i = 0; i < 300000; i++) {
        struct dm_addr a;
        for (size_t k = 0; k < sizeof a.b; k++) { /* many zeros: "::" */
            a.b[k] = test_rng_below(&rng, 3) ? 0 : (uint8_t)test_rng_next(&rng);
        }
        bool v6 = test_rng_below(&rng, 4) > 0;
        inet_ntop(v6 ? AF_INET6 : AF_INET, a.b, text, sizeof text);
        for (uint64_t changes = test_rng_below(&rng, 3); changes > 0; changes--) {
            size_t n = strlen(text), at = test_rng_below(&rng, n + 1);
            char c = bytes[test_rng_below(&rng, sizeof bytes - 1)];
            if (c == '%') { /* a scope is ours alone */
                continue;
            }
            if (test_rng_below(&rng, 2) && at < n) {
                text[at] = c;
            } else if (n + 2 < sizeof text) {
                memmove(text + at + 1, text + at, n - at + 1);
                text[at] = c;
            }
        }
        compare(text);
    }
}

static void a_scope_is_dropped(void **state)
{
    struct dm_addr a, b;

    (void)state;
    assert_int_equal(dm_addr_parse(DM_SLICE("fe80::1%eth0"), &a), 0);
    assert_int_equal(dm_addr_parse(DM_SLICE("fe80::1"), &b), 0);
    assert_true(dm_addr_eq(&a, &b));
    assert_true(dm_addr_parse(DM_SLICE("%eth0"), &a) < 0);
    assert_true(dm_addr_parse(DM_SLICE("192.0.2.7%eth0"), &a) < 0);
    assert_true(dm_addr_parse((struct dm_slice){"fe80::1\0", 8}, &a) < 0);
}

static void an_address_in_front_of_something(void **state)
{
    static const char text[] = "192.0.2.255#1031 (a.example): query";
    struct dm_addr a, b;

    (void)state;
    assert_int_equal(dm_addr_parse(DM_SLICE("192.0.2.255"), &b), 0);
    for (size_t n = 11; n < sizeof text; n++) { /* with and without room behind it */
        assert_ptr_equal(dm_addr_read_v4(text, text + n, &a), text + 11);
        assert_true(dm_addr_eq(&a, &b));
    }
    assert_null(dm_addr_read_v4(text, text + 8, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_by_hand),
        cmocka_unit_test(as_inet_pton_reads_them),
        cmocka_unit_test(a_scope_is_dropped),
        cmocka_unit_test(an_address_in_front_of_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
