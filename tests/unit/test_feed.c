/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Feeds for blocks of one file: peeking, following another feed in time, holding back. */
#include "testlib.h"

#include <stdio.h>

#include "dnsmon/dnsmon.h"

#define S 1000000LL
#define NEW_YEAR_2005 (1104537600 * S) /* 2005-01-01T00:00:00Z */

static dnsmon_monitor_t *new_monitor(int year)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;

    assert_int_equal(dnsmon_config_load(NULL, &cfg, why, sizeof why), 0);
    assert_int_equal(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon), 0);
    assert_int_equal(dnsmon_monitor_set_year(mon, year), 0);
    dnsmon_config_free(cfg);
    return mon;
}

static uint64_t counter(dnsmon_monitor_t *mon, const char *name)
{
    const char *at;
    uint64_t value;

    for (unsigned i = 0; dnsmon_monitor_counter(mon, i, &at, &value) == 0; i++) {
        if (strcmp(at, name) == 0) {
            return value;
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

static int peek(dnsmon_feed_t *feed, const char *line, int64_t *ret_us)
{
    return dnsmon_feed_peek(feed, line, strlen(line), ret_us);
}

struct peek_case {
    const char *line;
    int found;
    int64_t time_us; /* if found */
};

static void test_peek(void **state)
{
    static const struct peek_case cases[] = {
        {"no time at all", 0, 0},
        {"", 0, 0},
        {"2005-01-01T00:00:01Z ns1 named[7]: x", 1, NEW_YEAR_2005 + S},
        {"<30>1 2005-01-01T00:00:02.5Z ns1 named 7 - - x", 1, NEW_YEAR_2005 + S * 5 / 2},
        {"Jan  1 00:00:03 ns1 named[7]: 01-Jan-2005 00:00:02.000 client 192.0.2.7#1: query: a IN A",
         1, NEW_YEAR_2005 + 2 * S},
        {"{\"kind\":null,\"time\":\"2005-01-01T00:00:04Z\"}", 1, NEW_YEAR_2005 + 4 * S},
        {"{\"kind\":null}", 0, 0},
        {"Jan  1 00:00:05 ns1 postfix/qmgr[7]: x", 2, NEW_YEAR_2005 + 5 * S},
        {"Feb 29 00:00:05 ns1 named[7]: x", 0, 0}, /* there is no such day in 2005 */
        {"Jan  1 00:00:05 ns1 postfix/qmgr[7]: x", 2, NEW_YEAR_2005 + 5 * S},
    };
    dnsmon_monitor_t *mon = new_monitor(2005);
    dnsmon_feed_t *feed;

    (void)state;
    assert_int_equal(dnsmon_feed_new(mon, &feed), 0);
    FOR_ROWS(c, cases)
    {
        int64_t time_us = -1;
        CHECK_ROW(c->line, peek(feed, c->line, &time_us) == c->found);
        CHECK_ROW(c->line, time_us == (c->found ? c->time_us : -1));
    }
    dnsmon_feed_free(feed);
    assert_int_equal(counter(mon, "lines.bind.record"), 0);
    assert_int_equal(counter(mon, "lines.unclaimed"), 0);
    assert_int_equal(counter(mon, "lines.json.record"), 0);
    dnsmon_monitor_free(mon);
}

static void test_follow(void **state)
{
    dnsmon_monitor_t *mon = new_monitor(2004);
    dnsmon_feed_t *ahead, *behind;
    int64_t time_us;

    (void)state;
    assert_int_equal(dnsmon_feed_new(mon, &ahead), 0);
    assert_int_equal(dnsmon_feed_new(mon, &behind), 0);
    assert_int_equal(peek(ahead, "Dec 31 23:59:59 ns1 named[7]: x", &time_us), 2);
    assert_int_equal(time_us, NEW_YEAR_2005 - S);
    dnsmon_feed_follow(behind, ahead);
    assert_int_equal(peek(behind, "Jan  1 00:00:00 ns1 named[7]: x", &time_us), 2);
    assert_int_equal(time_us, NEW_YEAR_2005);
    /* the one ahead has not moved; a line without a time has that of the line before */
    dnsmon_feed_follow(behind, ahead);
    char *json = dnsmon_parse_line(behind, "x", 1);
    assert_non_null(strstr(json, "2004-12-31T23:59:59"));
    free(json);
    dnsmon_feed_free(ahead);
    dnsmon_feed_free(behind);
    dnsmon_monitor_free(mon);
}

/* More lines than a batch that is not held back takes. */
static void test_hold(void **state)
{
    dnsmon_monitor_t *mon = new_monitor(0);
    dnsmon_feed_t *feed;
    char line[128];

    (void)state;
    assert_int_equal(dnsmon_feed_new(mon, &feed), 0);
    assert_int_equal(dnsmon_feed_hold(feed), 0);
    assert_int_equal(dnsmon_feed_hold(feed), 0);
    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < 2000; i++) { /* more hosts than DM_INTERN_MAX, too */
            snprintf(
                line, sizeof line,
                "2005-01-01T00:00:%02dZ h%d named[7]: client 10.0.0.7#1: query: a.example IN A",
                round, i);
            assert_int_equal(dnsmon_feed_line(feed, line, strlen(line)), 1);
        }
        assert_int_equal(counter(mon, "records.observed"), (round - 1) * 2000);
        dnsmon_feed_flush(feed, 0);
        assert_int_equal(counter(mon, "records.observed"), round * 2000);
    }
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
}

/* A host of raw lines: the wall clock of a flush tells the year, on both sides of New Year. */
static void test_wall_year(void **state)
{
    static const struct {
        const char *line;
        int64_t time_us;
    } cases[] = {
        {"Jan  1 00:00:05 ns1 named[7]: x", NEW_YEAR_2005 + 5 * S},
        {"Dec 31 23:59:58 ns1 named[7]: x", NEW_YEAR_2005 - 2 * S},
        {"Jan  1 00:00:06 ns1 named[7]: x", NEW_YEAR_2005 + 6 * S},
    };
    dnsmon_monitor_t *mon = new_monitor(0);
    dnsmon_feed_t *feed;
    int64_t time_us = 0;

    (void)state;
    assert_int_equal(dnsmon_feed_new(mon, &feed), 0);
    dnsmon_feed_flush(feed, 0); /* a replay's: tells nothing */
    assert_int_equal(peek(feed, "Jan  1 00:00:05 ns1 named[7]: x", &time_us), 2);
    assert_int_equal(time_us, 5 * S);
    dnsmon_feed_free(feed);
    assert_int_equal(dnsmon_feed_new(mon, &feed), 0);
    dnsmon_feed_flush(feed, NEW_YEAR_2005 + 7 * S);
    FOR_ROWS(c, cases)
    {
        CHECK_ROW(c->line, peek(feed, c->line, &time_us) > 0);
        CHECK_ROW(c->line, time_us == c->time_us);
    }
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peek),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_wall_year),
    };
    setenv("TZ", "UTC", 1); /* stamps without a zone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
