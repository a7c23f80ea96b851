/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Registered domains. The expectations are the public suffix list's rules, applied by hand. */
#include "testlib.h"

#include <stdio.h>
#include <time.h>

#include "dns/name.h"

static void test_table(void **state)
{
    static const struct {
        const char *raw, *reg;
    } rows[] = {
        {"www.example.com", "example.com"},
        {"example.com", "example.com"},
        {"WWW.Example.COM.", "example.com"},
        {"com", ""},
        {"co.jp", ""},
        {"example.co.jp", "example.co.jp"},
        {"a.b.example.co.jp", "example.co.jp"},
        {"www.kumamoto-u.ac.jp", "kumamoto-u.ac.jp"},
        {"gpo.cc.kumamoto-u.ac.jp", "kumamoto-u.ac.jp"},
        {"hotmail.com.cc.kumamoto-u.ac.jp", "kumamoto-u.ac.jp"},
        {"www.example.co.uk", "example.co.uk"},
        {"x.example", "x.example"}, /* unknown top-level domain: a suffix by rule "*" */
        {"a.b.x.example", "x.example"},
        {"printer.local", "printer.local"},
        {"github.io", ""},
        {"project.github.io", "project.github.io"},
        {"www.project.github.io", "project.github.io"},
        {"a.b.c.kawasaki.jp", "b.c.kawasaki.jp"}, /* *.kawasaki.jp */
        {"city.kawasaki.jp", "city.kawasaki.jp"}, /* its exception */
        {"www.city.kawasaki.jp", "city.kawasaki.jp"},
        {"_dmarc.example.co.jp", "example.co.jp"},
        {"_25._tcp.mx.example.com", "example.com"},
        {"2.0.0.127.bl.example.org", "example.org"},
        {"a\\.b.example.com", "example.com"},
        {"x.a\\.b.com", "a?b.com"},
        {"a?b.com", "a?b.com"},
        {"1.2.3.4.5.6.7.8.9.10.11.12.13.14.example.co.jp", "example.co.jp"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        /* nothing to count */
        {".", ""},
        {"localhost", ""},
        {"192.0.2.7", ""},
        {"192.0.2.7:25", ""},
        {"[192.0.2.7]", ""},
        {"2001:db8::7", ""},
        {"7.2.0.192.in-addr.arpa", ""},
        {"host.0.1.168.192.in-addr.arpa", ""},
        {"8.b.d.0.1.0.0.2.ip6.arpa", ""},
        {"printer.home.arpa", ""},
        {"a..example.com", ""},
        {"a\\000b.example.com", ""},
        {"b\xc3\xbc"
         "cher.example.com",
         ""},
        {"", ""},
    };
    struct dm_psl *psl = dm_psl_new();

    (void)state;
    assert_non_null(psl);
    FOR_ROWS(c, rows)
    {
        struct dm_name name;
        dm_name_normalise(test_slice(c->raw), &name);
        struct dm_slice reg = dm_name_registered(psl, &name);
        if (!dm_slice_eq(reg, test_slice(c->reg))) {
            fail_msg("\"%s\": \"%.*s\", not \"%s\"", c->raw, (int)reg.n, reg.p, c->reg);
        }
        CHECK_ROW(c->raw, reg.n == 0 || reg.p + reg.n == name.text + name.len);
    }
    dm_psl_free(psl);
    dm_psl_free(NULL);
}

/* Names as long as they come: the answer does not depend on how much stands in front. */
static void test_long(void **state)
{
    struct dm_psl *psl = dm_psl_new();
    char raw[256];

    (void)state;
    assert_non_null(psl);
    for (size_t front = 1; front < 120; front++) {
        struct dm_name name;
        for (size_t i = 0; i < front; i++) {
            memcpy(raw + 2 * i, "x.", 2);
        }
        strcpy(raw + 2 * front, "example.co.jp");
        dm_name_normalise(test_slice(raw), &name);
        assert_true(dm_slice_eq(dm_name_registered(psl, &name), DM_SLICE("example.co.jp")));
    }
    dm_psl_free(psl);
}

/* Not a check: prints what a call costs, for the comment in name.h. */
static void test_cost(void **state)
{
    static const char *const raws[] = {"www.example.com", "gpo.cc.kumamoto-u.ac.jp", "x.example",
                                       "a.b.c.d.e.f.g.h.i.j.example.co.jp"};
    struct dm_psl *psl = dm_psl_new();
    const int calls = 20000;

    (void)state;
    FOR_ROWS(r, raws)
    {
        struct dm_name name;
        struct timespec t0, t1, t2;
        size_t sum = 0;
        clock_gettime(CLOCK_MONOTONIC, &t0);
        for (int i = 0; i < calls; i++) {
            dm_name_normalise(test_slice(*r), &name);
        }
        clock_gettime(CLOCK_MONOTONIC, &t1);
        for (int i = 0; i < calls; i++) {
            sum += dm_name_registered(psl, &name).n;
        }
        clock_gettime(CLOCK_MONOTONIC, &t2);
        assert_true(sum > 0);
        printf("%s: normalise %.0f ns, registered %.0f ns\n", *r,
               ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) / calls,
               ((double)(t2.tv_sec - t1.tv_sec) * 1e9 + (double)(t2.tv_nsec - t1.tv_nsec)) / calls);
    }
    dm_psl_free(psl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_long),
                                       cmocka_unit_test(test_cost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
