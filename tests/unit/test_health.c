/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Rules feed-gap and format-drift: both sides of each threshold, and innocent look-alikes. */
#include <unistd.h>

#include "health_run.h"

struct part {
    double from, until, step; /* s after RUN_DAY; step 0: end of the list */
    const char *host, *text;
};

struct health_case {
    const char *name;
    struct part part[8]; /* in the order of time: each begins where the one before has begun */
    const char *want;
};

/* Parts overlap in time: play them second by second. */
static void play(struct run *r, const struct part *part)
{
    double until = 0, from = 1e9, at[8];

    for (int i = 0; i < 8 && part[i].step > 0; i++) {
        until = MAX(until, part[i].until);
        from = MIN(from, part[i].from);
        at[i] = part[i].from;
    }
    for (double t = from; t < until; t++) {
        for (int i = 0; i < 8 && part[i].step > 0; i++) {
            for (; at[i] < t + 1 && at[i] < part[i].until; at[i] += part[i].step) {
                say(r, at[i], part[i].host, part[i].text);
            }
        }
    }
}

static void check_cases(const struct health_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct run r;
        run_begin(&r, "");
        play(&r, cases[i].part);
        run_end(&r);
        char *got = health_text(&r);
        if (strcmp(got, cases[i].want) != 0) {
            fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, got, cases[i].want);
        }
        g_free(got);
        run_free(&r);
    }
}

#define DAYS (24 * H)

static void test_gap(void **state)
{
    static const struct health_case cases[] = {
        {"never silent", {{9 * H, 12 * H, 1, "ns1", QUERY}}, ""},
        /* the last line is at 10:59:59; minutes are judged at their ends */
        {"4 min 59 s",
         {{9 * H, 11 * H, 1, "ns1", QUERY}, {11 * H + 298, 12 * H, 1, "ns1", QUERY}},
         ""},
        {"five minutes",
         {{9 * H, 11 * H, 1, "ns1", QUERY}, {11 * H + 301, 12 * H, 1, "ns1", QUERY}},
         "feed-gap open ns1 301; feed-gap close ns1 302"},
        {"known for less than an hour",
         {{9 * H, 9.9 * H, 1, "ns1", QUERY}, {10.5 * H, 12 * H, 1, "ns1", QUERY}},
         ""},
        {"not busy: every second second", /* 0.5 of the seconds, λ = 41.6 a minute */
         {{9 * H, 11 * H, 2, "ns1", QUERY}, {12 * H, 13 * H, 2, "ns1", QUERY}},
         ""},
        {"one of two", /* the other goes on */
         {{9 * H, 12 * H, 1, "ns1", QUERY},
          {9 * H, 11 * H, 1, "ns2", OLD_QUERY},
          {11.5 * H, 12 * H, 1, "ns2", OLD_QUERY}},
         "feed-gap open ns2 301; feed-gap close ns2 1801"},
        {"both at once is one event", /* a pause between rotated files */
         {{9 * H, 11 * H, 1, "ns1", QUERY},
          {9 * H, 11 * H, 1, "ns2", QUERY},
          {14 * H, 15 * H, 1, "ns1", QUERY},
          {14 * H, 15 * H, 1, "ns2", QUERY}},
         "feed-gap open - 301; feed-gap close - 10801"},
        {"one of them does not come back", /* told of again, by its own name */
         {{9 * H, 11 * H, 1, "ns1", QUERY},
          {9 * H, 11 * H, 1, "ns2", QUERY},
          {14 * H, 15 * H, 1, "ns1", QUERY}},
         "feed-gap open - 301; feed-gap close - 10801; feed-gap open ns2 11101; "
         "feed-gap close ns2 14400"},
        {"the query log is switched off", /* the name server lives, and says little */
         {{9 * H, 11 * H, 1, "ns1", QUERY},
          {9 * H, 12 * H, 30, "ns1", LAME},
          {11.5 * H, 12 * H, 1, "ns1", QUERY}},
         "feed-gap open ns1 301; feed-gap close ns1 1801"},
        {"files of working hours", /* the second evening is no news */
         {{9 * H, 17 * H, 1, "ns1", QUERY},
          {33 * H, 41 * H, 1, "ns1", QUERY},
          {57 * H, 65 * H, 1, "ns1", QUERY}},
         "feed-gap open ns1 301; feed-gap close ns1 57601"},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* RUN_DAY is a Tuesday. A small network: a line every 20 s by day, nothing at night. */
static void test_quiet(void **state)
{
    static const struct health_case cases[] = {
        {"a night", {{8 * H, 18 * H, 20, "ns1", QUERY}, {32 * H, 42 * H, 20, "ns1", QUERY}}, ""},
        {"a weekend", /* Friday 18:00 to Monday 8:00: 62 h */
         {{8 * H, 18 * H, 20, "ns1", QUERY},
          {3 * DAYS + 8 * H, 3 * DAYS + 18 * H, 20, "ns1", QUERY},
          {6 * DAYS + 8 * H, 6 * DAYS + 18 * H, 20, "ns1", QUERY}},
         ""},
        {"a single machine", {{0, 2 * DAYS, 1800, "ns1", QUERY}}, ""},
        {"busy by day, thin at night", /* from every second to one in a minute, with a pause */
         {{8 * H, 20 * H, 1, "ns1", QUERY},
          {20 * H, 26 * H, 60, "ns1", QUERY},
          {26.5 * H, 32 * H, 60, "ns1", QUERY}},
         ""},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

static void test_drift(void **state)
{
    static const struct health_case cases[] = {
        {"old and new BIND behind one log host",
         {{9 * H, 12 * H, 1, "ns1", QUERY}, {9 * H, 12 * H, 1, "ns1", OLD_QUERY}},
         ""},
        {"all lines of an hour", /* 0.1 is halved 20 minutes and a half after the last */
         {{9 * H, 11 * H, 1, "ns1", QUERY},
          {11 * H, 12 * H, 1, "ns1", MALFORMED},
          {12 * H, 14 * H, 1, "ns1", QUERY}},
         "format-drift open ns1 60; format-drift close ns1 4920"},
        {"19 lines",
         {{9 * H, 9 * H + 19, 1, "ns1", MALFORMED}, {9.1 * H, 9.5 * H, 1, "ns1", QUERY}},
         ""},
        {"21 lines within a minute", /* 100 %; at 9:09 6.9 of 165 lines */
         {{9 * H, 9 * H + 21, 1, "ns1", MALFORMED}, {9.1 * H, 11 * H, 1, "ns1", QUERY}},
         "format-drift open ns1 60; format-drift close ns1 540"},
        {"one in twenty always", /* 5 %, whatever the number */
         {{9 * H, 13 * H, 1, "ns1", QUERY}, {9 * H, 13 * H, 20, "ns1", MALFORMED}},
         ""},
        {"one in twelve, from one in twelve on", /* 8 % is below 10 % */
         {{9 * H, 13 * H, 1, "ns1", QUERY}, {9 * H, 13 * H, 12, "ns1", MALFORMED}},
         ""},
        {"one in five", /* in the sixth minute: 52.3 of 515 lines, before 46.3 of 509 */
         {{9 * H, 13 * H, 1, "ns1", QUERY}, {10 * H, 13 * H, 5, "ns1", MALFORMED}},
         "format-drift open ns1 60; format-drift close ns1 10499"},
        {"another log host's lines", /* 100 % of them; 20 of 23.2 (1 - 0.87^k) when k is 15 */
         {{9 * H, 12 * H, 1, "ns1", QUERY}, {9 * H, 12 * H, 20, "ns2", MALFORMED}},
         "format-drift open ns2 60; format-drift close ns2 9959"},
        {"another wording, which is nobody's",
         {{9 * H, 11 * H, 1, "ns1", QUERY},
          {11 * H, 12 * H, 1, "ns1", WORDING},
          {12 * H, 13 * H, 1, "ns1", QUERY}},
         "format-drift open ns1 301; format-drift close ns1 3601"},
        {"a flood of lame servers",
         {{9 * H, 13 * H, 1, "ns1", QUERY}, {11 * H, 12 * H, 0.1, "ns1", LAME}},
         ""},
        {"a flood of lame servers on a quiet night",
         {{9 * H, 20 * H, 20, "ns1", QUERY},
          {20 * H, 21 * H, 0.2, "ns1", LAME},
          {32 * H, 40 * H, 20, "ns1", QUERY}},
         ""},
        {"a mail server's lines of no use", /* they are its life, not its drift */
         {{9 * H, 13 * H, 1, "mx1", MAIL}, {9 * H, 10 * H, 1, "mx1", QUERY}},
         "feed-gap open mx1 301; feed-gap close mx1 10800"},
        {"a mail server alone", {{9 * H, 13 * H, 1, "mx1", MAIL}}, ""},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* The event shows up to three lines, whatever is in them. */
static void test_samples(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "");
    flow(&r, 9 * H, 9 * H + 40, 1, "ns1", MALFORMED "\x1b[31m\xff");
    flow(&r, 9 * H + 60, 10 * H, 1, "ns1", QUERY);
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, "format-drift", 0);
    assert_non_null(ev);
    assert_int_equal(ev->n_evidence, 3);
    run_near(ev->score, 100, 0.01);
    assert_string_equal(ev->observer, "ns1");
    const char *json = dnsmon_event_json((struct dnsmon_event *)ev);
    assert_non_null(strstr(json, "query: www.example of type A\\\\x1b[31m\\\\xff"));
    assert_null(strchr(json, '\x1b'));
    run_free(&r);
}

/* Findings in a window with a hole say so, others do not. */
static void test_lossy(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "");
    flow(&r, 6 * H, 8 * H, 1, "ns1", QUERY);
    run_series(&r, 8 * H, 1, 60, RUN_PC, "MX", "a", 0);
    flow(&r, 8 * H + 60, 9 * H, 1, "ns1", QUERY);
    flow(&r, 9.4 * H, 9.5 * H, 1, "ns1", QUERY);
    run_series(&r, 9.5 * H, 1, 60, "192.0.2.8", "MX", "b", 0);
    run_series(&r, 9.6 * H, 1, 60, RUN_PC, "MX", "c", 0);
    run_end(&r);
    for (guint i = 0; i < r.events->len; i++) {
        const struct dnsmon_event *ev = g_ptr_array_index(r.events, i);
        bool early = ev->time_us < (RUN_DAY + (int64_t)(9 * H)) * 1000000;
        bool beside = ev->has_client && ev->client.b[15] == 8; /* began behind the hole */
        if (strcmp(ev->rule_id, "feed-gap") != 0) {
            assert_int_equal(ev->lossy, !early && !beside);
        }
    }
    assert_non_null(run_event(&r, "feed-gap", 1));
    run_free(&r);
}

/* The class of the mass mailer's incident at its end. @hole: the log is silent from 11:00 to 11:20;
 * behind it come @after look-ups of addresses and a new domain. */
static void check_class(bool hole, unsigned after, const char *want)
{
    const struct dnsmon_event *ev, *last = NULL;
    struct run r;

    run_begin(&r, "");
    flow(&r, 9 * H, 10.5 * H, 1, "ns1", QUERY);
    run_series(&r, 10.5 * H, 1, 16, RUN_PC, "MX", "d", 0);
    run_series(&r, 10.5 * H + 16, 1, 200, RUN_PC, "A", "www", 0);
    flow(&r, 10.5 * H + 216, hole ? 11 * H : 11.34 * H, 1, "ns1", QUERY);
    flow(&r, 11.34 * H, 11.35 * H, 1, "ns1", QUERY);
    run_query(&r, 11.35 * H, RUN_PC, "MX", "new1.example");
    run_series(&r, 11.35 * H + 1, 1, after, RUN_PC, "A", "www", 0);
    run_query(&r, 11.35 * H + 2 + after, RUN_PC, "MX", "new2.example");
    run_end(&r);
    for (unsigned i = 0; (ev = run_event(&r, "mass-mailer", i)) != NULL; i++) {
        last = ev;
    }
    assert_non_null(last);
    assert_string_equal(last->class_name, want);
    run_free(&r);
}

/* No PTR was seen: 326 look-ups say "worm", but only if none can have been missed. */
static void test_absence(void **state)
{
    (void)state;
    check_class(false, 50, "unregistered-mail-host"); /* 16 + 200 + 1 + 50 + 1 = 268 */
    check_class(false, 150, "mass-mailing-worm");     /* 368 */
    check_class(true, 150, "unregistered-mail-host"); /* 152 since the hole */
    check_class(true, 330, "mass-mailing-worm");      /* 332 since */
}

/* A live host: nothing comes any more, and the wall clock says so. */
static void test_tick(void **state)
{
    const int64_t wall = (RUN_DAY + (int64_t)(11 * H)) * 1000000;
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg = NULL;
    struct run r = {0};

    (void)state;
    assert_int_equal(dm_config_from_text("t", RUN_SITE, strlen(RUN_SITE), &cfg, why, sizeof why),
                     0);
    assert_int_equal(dnsmon_monitor_new(cfg, 0, &r.mon), 0);
    assert_int_equal(dnsmon_feed_new(r.mon, &r.feed), 0);
    dnsmon_config_free(cfg);
    flow(&r, 9 * H, 11 * H, 1, "ns1", QUERY);
    dnsmon_feed_flush(r.feed, wall);
    assert_int_equal(dnsmon_monitor_tick(r.mon, wall + 6 * 1000000), 0);
    assert_int_equal(dnsmon_monitor_tick(r.mon, wall + 300 * 1000000LL), 0); /* 10:59:59 + 300 s */
    assert_int_equal(dnsmon_monitor_tick(r.mon, wall + 301 * 1000000LL), 1);
    dnsmon_event_t *ev = dnsmon_monitor_next_event(r.mon);
    assert_string_equal(ev->rule_id, "feed-gap");
    assert_int_equal(ev->window_s, 301);
    dnsmon_event_free(ev);
    run_end(&r);
    run_free(&r);
}

/* Saved in the silence: told of once, closed with its length. */
static void test_state(void **state)
{
    char *path = g_strdup_printf("%s/health-state-%d", g_get_tmp_dir(), (int)getpid());
    char why[DNSMON_ERRLEN] = "";
    struct run a, b;

    (void)state;
    run_begin(&a, "");
    flow(&a, 9 * H, 11 * H, 1, "ns1", QUERY);
    flow(&a, 9.5 * H, 11.2 * H, 1, "ns2", QUERY); /* the first 90 minutes are late */
    dnsmon_feed_flush(a.feed, 0);
    assert_true(dnsmon_monitor_save(a.mon, path, why, sizeof why) >= 0);
    run_begin(&b, "");
    assert_int_equal(dnsmon_monitor_load(b.mon, path, why, sizeof why), 1);
    for (dnsmon_event_t *ev; (ev = dnsmon_monitor_next_event(b.mon)) != NULL;) {
        dnsmon_event_free(ev); /* what a has told too */
    }
    flow(&a, 11.2 * H, 11.3 * H, 1, "ns2", QUERY);
    flow(&b, 11.2 * H, 11.3 * H, 1, "ns2", QUERY);
    flow(&a, 11.3 * H, 11.4 * H, 1, "ns1", QUERY);
    flow(&b, 11.3 * H, 11.4 * H, 1, "ns1", QUERY);
    run_end(&a);
    run_end(&b);
    char *ta = health_text(&a), *tb = health_text(&b);
    assert_non_null(strstr(ta, "feed-gap open ns1 301; "));
    assert_non_null(strstr(ta, tb)); /* what was open is closed by the one that goes on */
    assert_non_null(strstr(tb, "feed-gap close ns1 1081"));
    g_free(ta);
    g_free(tb);
    run_free(&a);
    run_free(&b);
    unlink(path);
    g_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gap),   cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_drift), cmocka_unit_test(test_samples),
        cmocka_unit_test(test_lossy), cmocka_unit_test(test_absence),
        cmocka_unit_test(test_tick),  cmocka_unit_test(test_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
