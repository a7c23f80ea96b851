/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Time stamps and headers: a table of each form, the year of stamps that have none, and random
 * bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "parse/timestamp.h"

#define US 1000000LL

static int64_t at(int year, int month, int day, int hour, int minute, int second)
{
    return (dm_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * US;
}

static void start(struct dm_clock *clock, const char *zone, int year)
{
    memset(clock, 0, sizeof *clock);
    clock->zone = dm_zone_new(zone);
    clock->year = year;
    assert_non_null(clock->zone);
}

static struct dm_slice of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static void stamps(void **state)
{
    const int64_t t = at(2026, 11, 21, 6, 25, 48);
    const struct {
        const char *text;
        size_t n;
        int64_t us;
    } rows[] = {
        {"Nov 21 06:25:48 ns1", 15, t},
        {"Nov 21 06:25:48.645 client", 19, t + 645000},
        {"Nov 21 06:25:48: x", 15, t},
        {"Nov  1 06:25:48", 15, at(2026, 11, 1, 6, 25, 48)},
        {"Nov 21 2026 06:25:48 ns1", 20, t},
        {"21-Nov-2026 06:25:48.645 x", 24, t + 645000},
        {"21-Nov-2026 06:25:48", 20, t},
        {"2026-11-21T06:25:48Z", 20, t},
        {"2026-11-21T06:25:48", 19, t},
        {"2026-11-21 06:25:48 x", 19, t},
        {"2026-11-21T06:25:48.974123+09:00 h", 32, t + 974123 - 9 * 3600 * US},
        {"2026-11-21T06:25:48-0530", 24, t + (5 * 3600 + 1800) * US},
        {"2026-11-21T06:25:48.123456789Z", 30, t + 123456},
        {"2024-02-29T00:00:00Z", 20, at(2024, 2, 29, 0, 0, 0)},
        {"2026-11-21T06:25:60Z", 20, at(2026, 11, 21, 6, 26, 0)},
        {"2026 Nov 21 06:25:48 ns1", 20, t},
        {"2026 Nov  1 06:25:48.5", 22, at(2026, 11, 1, 6, 25, 48) + 500000},
        {"20261121T062548Z", 16, t},
        {"20261121T062548.25+0900 h", 23, t + 250000 - 9 * 3600 * US},
        {"20261121T062548", 15, t},
        {"2026 Nov 21 06:25:4", 0, 0},
        {"2026 Nox 21 06:25:48", 0, 0},
        {"20261321T062548Z", 0, 0},
        {"20261121T062548x", 0, 0},
        {"20261121T0625", 0, 0},
        {"Nov 21 24:25:48", 0, 0},
        {"Nov 21 06:60:48", 0, 0},
        {"Nov 00 06:25:48", 0, 0},
        {"Nox 21 06:25:48", 0, 0},
        {"Nov 21 06:25:48x", 0, 0},
        {"1969-12-31T23:59:59Z", 0, 0},
        {"2026-13-01T00:00:00Z", 0, 0},
        {"21-Nov-2026", 0, 0},
        {"", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct dm_clock clock;
        int64_t us = 0;
        start(&clock, "UTC", 2026);
        for (int again = 0; again < 2; again++) { /* the second time from the last stamp's text */
            size_t n = dm_stamp_parse(&clock, of(rows[i].text), &us);
            if (n != rows[i].n || (n > 0 && us != rows[i].us)) {
                fail_msg("%s: %zu bytes, %lld", rows[i].text, n, (long long)us);
            }
        }
        dm_zone_free(clock.zone);
    }
}

static int64_t read_one(struct dm_clock *clock, const char *text)
{
    int64_t us = -1;

    assert_true(dm_stamp_parse(clock, of(text), &us) > 0);
    return us;
}

static void local_time(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "Asia/Tokyo", 2004);
    assert_true(read_one(&clock, "Jan 28 09:00:00 ns1") == at(2004, 1, 28, 0, 0, 0));
    assert_true(read_one(&clock, "28-Jan-2004 09:00:01.000") == at(2004, 1, 28, 0, 0, 1));
    assert_true(read_one(&clock, "2004-01-28T00:00:02Z") == at(2004, 1, 28, 0, 0, 2));
    dm_zone_free(clock.zone);
}

static void over_new_year(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "UTC", 2003);
    assert_true(read_one(&clock, "Dec 31 23:59:58") == at(2003, 12, 31, 23, 59, 58));
    assert_true(read_one(&clock, "Jan  1 00:00:01") == at(2004, 1, 1, 0, 0, 1));
    assert_true(read_one(&clock, "Dec 31 23:59:59") == at(2003, 12, 31, 23, 59, 59)); /* late */
    assert_true(read_one(&clock, "Jan  1 00:00:02") == at(2004, 1, 1, 0, 0, 2));
    assert_true(read_one(&clock, "Feb 29 12:00:00") == at(2004, 2, 29, 12, 0, 0));
    assert_true(read_one(&clock, "Feb 29 12:00:01") == at(2004, 2, 29, 12, 0, 1));
    dm_zone_free(clock.zone);
}

/* A month's step back is a file in the wrong order, not a year. */
static void a_step_back_is_no_year(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "UTC", 2004);
    assert_true(read_one(&clock, "Apr 30 00:00:00") == at(2004, 4, 30, 0, 0, 0));
    assert_true(read_one(&clock, "Mar 31 00:00:00") == at(2004, 3, 31, 0, 0, 0));
    dm_zone_free(clock.zone);
}

/* One forged line from December does not turn the year for the others. */
static void one_forged_line_turns_no_year(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "UTC", 2026);
    read_one(&clock, "Jan 15 00:00:00");
    assert_true(read_one(&clock, "Dec 31 00:00:00") == at(2026, 12, 31, 0, 0, 0));
    assert_true(read_one(&clock, "Jan 15 00:00:01") == at(2026, 1, 15, 0, 0, 1));
    /* A gap, however, is followed from its second line on. */
    read_one(&clock, "Oct 10 00:00:00");
    assert_true(read_one(&clock, "Oct 10 00:00:01") == at(2026, 10, 10, 0, 0, 1));
    assert_true(read_one(&clock, "Feb  1 00:00:00") == at(2027, 2, 1, 0, 0, 0));
    assert_true(read_one(&clock, "Feb  1 00:00:01") == at(2027, 2, 1, 0, 0, 1));
    dm_zone_free(clock.zone);
}

static void leap_day(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "UTC", 2026); /* has none: no time of its own */
    assert_true(read_one(&clock, "Feb 28 23:59:59") == at(2026, 2, 28, 23, 59, 59));
    assert_true(read_one(&clock, "Feb 29 00:00:00") == at(2026, 2, 28, 23, 59, 59));
    assert_true(read_one(&clock, "Mar  1 00:00:00") == at(2026, 3, 1, 0, 0, 0));
    dm_zone_free(clock.zone);
    start(&clock, "UTC", 0); /* nobody said which year: the next that has one */
    assert_true(read_one(&clock, "Feb 28 00:00:00") == at(1970, 2, 28, 0, 0, 0));
    assert_true(read_one(&clock, "Feb 29 00:00:00") == at(1972, 2, 29, 0, 0, 0));
    assert_true(read_one(&clock, "Feb 29 00:00:01") == at(1972, 2, 29, 0, 0, 1));
    assert_true(read_one(&clock, "Mar  1 00:00:00") == at(1972, 3, 1, 0, 0, 0));
    dm_zone_free(clock.zone);
}

/* A full date and the host's clock say which year it is. */
static void other_sources_of_the_year(void **state)
{
    struct dm_clock clock;

    (void)state;
    start(&clock, "UTC", 0);
    read_one(&clock, "21-Nov-2026 06:25:48.645");
    assert_true(read_one(&clock, "Nov 21 06:25:49") == at(2026, 11, 21, 6, 25, 49));
    dm_clock_see(&clock, at(2027, 1, 1, 0, 0, 1));
    dm_clock_see(&clock, at(2027, 1, 1, 0, 0, 2));
    assert_true(read_one(&clock, "Dec 31 23:59:59") == at(2026, 12, 31, 23, 59, 59));
    assert_true(read_one(&clock, "Jan  1 00:00:03") == at(2027, 1, 1, 0, 0, 3));
    dm_zone_free(clock.zone);
}

static void headers(void **state)
{
    const int64_t t = at(2026, 11, 21, 6, 25, 48);
    const struct {
        const char *line;
        int64_t us;
        const char *host, *program, *msg;
    } rows[] = {
        {"Nov 21 06:25:48 mx postfix/smtpd[30630]: connect from x", t, "mx", "postfix/smtpd",
         "connect from x"},
        {"<22>Nov 21 06:25:48 mx postfix/smtpd[30630]: a", t, "mx", "postfix/smtpd", "a"},
        {"Nov 21 2026 06:25:48 mx named: a", t, "mx", "named", "a"},
        {"2026 Nov 21 06:25:48 mx named[1]: a", t, "mx", "named", "a"},
        {"<30>20261121T062548Z mx named[1]: a", t, "mx", "named", "a"},
        {"Nov 21 06:25:48 2001:db8::1 named[1]: a", t, "2001:db8::1", "named", "a"},
        {"Nov 21 06:25:48 fw kernel: IN=eth0", t, "fw", "kernel", "IN=eth0"},
        /* three digits of a second may be BIND's stamp, but these never print a pid */
        {"2026-11-21T06:25:48.000Z mx dovecot: pop3-login: a", t, "mx", "dovecot", "pop3-login: a"},
        {"2026-11-21T06:25:48.000Z zone example.com/IN: loaded", t, "", "", NULL},
        {"2026-11-21T06:25:48.974123+00:00 mx prog[1]: msg", t + 974123, "mx", "prog", "msg"},
        {"<30>1 2026-11-21T06:25:48Z mx named 12 - - client x", t, "mx", "named", "client x"},
        {"<30>1 2026-11-21T06:25:48Z mx named - - "
         "[a@1 x=\"q\\]\\\"] y\"][b@2 z=\"]\"] \xef\xbb\xbf"
         "client x",
         t, "mx", "named", "client x"},
        {"<30>1 - - - - - -", 0, "", "", ""},
        {"<30>1 2026-11-21T06:25:48Z mx named - - - ", t, "mx", "named", ""},
        {"Nov 21 06:25:48 dnsmasq[25963]: query[A] x", t, "", "dnsmasq", "query[A] x"},
        {"Nov 21 06:25:48 unbound[27481:0] query: 192.0.2.7 x", t, "", "unbound",
         "query: 192.0.2.7 x"},
        {"<30>named[12]: client x", 0, "", "named", "client x"},
        {"Nov 21 06:25:48 client named[12]: x", t, "client", "named", "x"},
        /* No header: BIND's own stamps, with the time where the line begins with it. */
        {"Nov 21 06:25:48.645 queries: info: client 192.0.2.7#1: query: x", t + 645000, "", "",
         NULL},
        {"Nov 21 06:25:48.645 client 192.0.2.7#57680: query: x", t + 645000, "", "", NULL},
        {"Nov 21 06:25:48.645 zone example/IN: loaded", t + 645000, "", "", NULL},
        {"21-Nov-2026 06:25:48.645 client @0x7f 192.0.2.7#1: query: x", 0, "", "", NULL},
        {"2026-11-21T06:25:48.974Z client @0x7f 192.0.2.7#1: query: x", t + 974000, "", "", NULL},
        {"2026-11-21T06:25:48.974 rate-limit: info: client x", t + 974000, "", "", NULL},
        {"client @0x7f 192.0.2.7#1: query: x", 0, "", "", NULL},
        {"queries: info: client 192.0.2.7#1: query: x", 0, "", "", NULL},
        {"[1795242503] unbound[27362:0] info: x", 0, "", "", NULL},
        {"<1234>x", 0, "", "", NULL},
        {"<>x", 0, "", "", NULL},
        {"", 0, "", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct dm_clock clock;
        struct dm_header head;
        const char *msg = rows[i].msg ? rows[i].msg : rows[i].line;
        start(&clock, "UTC", 2026);
        dm_header_parse(&clock, of(rows[i].line), &head);
        if (head.time_us != rows[i].us || !dm_slice_eq(head.host, of(rows[i].host)) ||
            !dm_slice_eq(head.program, of(rows[i].program)) || !dm_slice_eq(head.msg, of(msg))) {
            fail_msg("%s: time %lld host \"%.*s\" program \"%.*s\" message \"%.*s\"", rows[i].line,
                     (long long)head.time_us, (int)head.host.n, head.host.p, (int)head.program.n,
                     head.program.p, (int)head.msg.n, head.msg.p);
        }
        dm_zone_free(clock.zone);
    }
}

static void any_bytes_are_survived(void **state)
{
    static const char *const seeds[] = {
        "<30>1 2026-11-21T06:25:48Z mx named - - [a@1 x=\"q\\]\"] client x",
        "Nov 21 2026 06:25:48 mx named[1]: a",
        "21-Nov-2026 06:25:48.645 x",
        "2026 Nov 21 06:25:48 mx named[1]: a",
        "20261121T062548.25+0900 mx named[1]: a",
        "2026-11-21T06:25:48.974123+09:00 mx prog[1]: msg",
    };
    guint32 seed = g_random_int();
    GRand *r = g_rand_new_with_seed(seed);
    struct dm_clock clock;

    (void)state;
    print_message("seed %u\n", seed);
    start(&clock, "UTC", 2026);
    for (int i = 0; i < 50000; i++) {
        const char *line = seeds[i % G_N_ELEMENTS(seeds)];
        size_t n = (size_t)g_rand_int_range(r, 0, (gint)strlen(line) + 1);
        char *copy = malloc(n ? n : 1);
        struct dm_header head;
        memcpy(copy, line, n);
        for (int k = g_rand_int_range(r, 0, 4); k > 0 && n > 0; k--) {
            copy[g_rand_int_range(r, 0, (gint)n)] = (char)g_rand_int_range(r, 0, 256);
        }
        dm_header_parse(&clock, dm_slice_make(copy, n), &head);
        assert_true(head.msg.n <= n);
        free(copy);
    }
    dm_zone_free(clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamps),
        cmocka_unit_test(local_time),
        cmocka_unit_test(over_new_year),
        cmocka_unit_test(a_step_back_is_no_year),
        cmocka_unit_test(one_forged_line_turns_no_year),
        cmocka_unit_test(leap_day),
        cmocka_unit_test(other_sources_of_the_year),
        cmocka_unit_test(headers),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
