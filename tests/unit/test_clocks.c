/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Wrong clocks, lines in another order, lines that come twice: through the monitor, counted. */
#include "health_run.h"

static void expect_order(const struct run *r, const char *what, uint64_t late, uint64_t ahead,
                         uint64_t duplicate)
{
    uint64_t l = counter_of(r, "order.late"), a = counter_of(r, "order.ahead"),
             d = counter_of(r, "order.duplicate");

    if (l != late || a != ahead || d != duplicate) {
        fail_msg("%s: late %u, ahead %u, duplicate %u; want %u, %u, %u", what, (unsigned)l,
                 (unsigned)a, (unsigned)d, (unsigned)late, (unsigned)ahead, (unsigned)duplicate);
    }
}

/* Everything handed over, nothing ended. */
static void hand_over(struct run *r)
{
    dnsmon_feed_flush(r->feed, 0);
}

static void mx_from(struct run *r, double at, unsigned port, const char *host, const char *name)
{
    char text[256];

    g_snprintf(text, sizeof text,
               "named[1]: client @0x1 " RUN_PC "#%u (%s): query: %s IN MX + (192.0.2.53)", port,
               name, name);
    say(r, at, host, text);
}

static unsigned census(const struct run *r)
{
    const struct dnsmon_event *ev, *last = NULL;

    for (unsigned i = 0; (ev = run_event(r, "mx-census", i)) != NULL; i++) {
        last = ev;
    }
    return last ? last->count.mx : 0;
}

/* Two relays deliver each line; 100 queries stay 100. */
static void test_doubles(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "");
    for (unsigned i = 0; i < 100; i++) {
        for (int copy = 0; copy < 2; copy++) {
            mx_from(&r, 10 + i * 1.001 + 0.5, 1000 + i, "ns1", "a.example");
        }
    }
    hand_over(&r);
    dnsmon_monitor_finish(r.mon, 0);
    expect_order(&r, "doubles", 0, 0, 100);
    run_end(&r);
    assert_int_equal(census(&r), 100);
    run_free(&r);
}

struct repeat_case {
    const char *name;
    double at, again;
    unsigned port, port_again;
    const char *host_again;
    unsigned doubles;
};

/* What only looks like a double counts. */
static void test_repeats(void **state)
{
    static const struct repeat_case cases[] = {
        {"the same line", 0.125, 0.125, 99, 99, "ns1", 60},
        {"from another port", 0.125, 0.125, 99, 98, "ns1", 0},
        {"a millisecond later", 0.125, 0.126, 99, 99, "ns1", 0},
        {"another log host", 0.125, 0.125, 99, 99, "ns2", 0},
        {"a stamp without fraction", 0, 0, 99, 99, "ns1", 0},
    };

    (void)state;
    FOR_ROWS(c, cases)
    {
        struct run r;
        run_begin(&r, "");
        for (unsigned i = 0; i < 60; i++) {
            mx_from(&r, i + c->at, c->port, "ns1", "a.example");
            mx_from(&r, i + c->again, c->port_again, c->host_again, "a.example");
        }
        hand_over(&r);
        dnsmon_monitor_finish(r.mon, 0);
        expect_order(&r, c->name, 0, 0, c->doubles);
        run_end(&r);
        CHECK_ROW(c->name, census(&r) == 120 - c->doubles);
        run_free(&r);
    }
}

struct step_case {
    const char *name;
    double step; /* of ns1's clock at 11:00, s */
    uint64_t late, ahead;
    const char *want;
};

#define YEARS10 (3652.0 * 86400)

/* One log host whose clock is set; it has a line every second from 9:00 to 12:00. */
static void test_steps(void **state)
{
    static const struct step_case cases[] = {
        {"10 min ahead", 600, 0, 0, "feed-gap open ns1 301; feed-gap close ns1 601"},
        /* not further than an hour: believed at once */
        {"an hour ahead", 3600 - 1, 0, 0, "feed-gap open ns1 301; feed-gap close ns1 3600"},
        /* eight lines in a row confirm it */
        {"an hour and more ahead", 3700, 0, 8, "feed-gap open ns1 301; feed-gap close ns1 3701"},
        {"ten years ahead", YEARS10, 0, 8, "feed-gap open ns1 301; feed-gap close ns1 315532801"},
        /* all but the last five seconds, which had not been released */
        {"an hour back", -3600, 3595, 0, NULL},
        {"ten years back", -YEARS10, 3600, 0, NULL},
    };

    (void)state;
    FOR_ROWS(c, cases)
    {
        struct run r;
        run_begin(&r, "");
        flow(&r, 9 * H, 11 * H, 1, "ns1", QUERY);
        hand_over(&r);
        flow(&r, 11 * H + c->step, 12 * H + c->step, 1, "ns1", QUERY);
        hand_over(&r);
        expect_order(&r, c->name, c->late, c->ahead, 0);
        run_end(&r);
        char *got = health_text(&r);
        if (c->want && strcmp(got, c->want) != 0) {
            fail_msg("%s: got \"%s\"", c->name, got);
        }
        g_free(got);
        run_free(&r);
    }
}

/* Two log hosts, one of them two hours ahead for good: the other's lines stay in time. */
static void test_two_clocks(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "");
    for (double t = 9 * H; t < 11 * H; t++) {
        say(&r, t, "ns1", QUERY);
        say(&r, t + 2 * H + 60, "ns2", QUERY);
    }
    hand_over(&r);
    expect_order(&r, "in turn", 0, 7200, 0);
    run_end(&r);
    run_free(&r);

    run_begin(&r, ""); /* twenty in a row of the wrong one: more than DM_SEQ_JUMP_LINES */
    for (double t = 9 * H; t < 11 * H; t += 20) {
        flow(&r, t, t + 20, 1, "ns1", QUERY);
        flow(&r, t + 2 * H + 60, t + 2 * H + 80, 1, "ns2", QUERY);
    }
    hand_over(&r);
    expect_order(&r, "by twenties", 0, 7200, 0);
    run_end(&r);
    run_free(&r);

    run_begin(&r, ""); /* both jump: the second one confirms it */
    flow(&r, 9 * H, 9 * H + 100, 1, "ns1", QUERY);
    flow(&r, 9 * H, 9 * H + 100, 1, "ns2", QUERY);
    flow(&r, 12 * H, 12 * H + 50, 1, "ns2", QUERY);
    flow(&r, 12 * H, 12 * H + 50, 1, "ns1", QUERY);
    hand_over(&r);
    expect_order(&r, "both", 0, 51, 0);
    run_end(&r);
    run_free(&r);
}

/* Any order within five seconds gives the same events; what is older is late. */
static void test_shuffled(void **state)
{
    struct run a, b;
    GRand *rng = g_rand_new_with_seed(20);
    enum { N = 3000 };
    double at[N];

    (void)state;
    run_begin(&a, "");
    run_begin(&b, "");
    for (unsigned i = 0; i < N; i++) {
        mx_from(&a, i * 0.1 + 0.05, 1024 + i, "ns1", "a.example");
        at[i] = i * 0.1 + 0.05;
    }
    for (unsigned from = 0; from < N; from += 40) { /* shuffle four seconds at a time */
        for (unsigned i = 39; i > 0; i--) {
            unsigned k = (unsigned)g_rand_int_range(rng, 0, (gint32)i + 1);
            double t = at[from + i];
            at[from + i] = at[from + k];
            at[from + k] = t;
        }
    }
    for (unsigned i = 0; i < N; i++) {
        mx_from(&b, at[i], 1024 + (unsigned)(at[i] * 10), "ns1", "a.example");
    }
    hand_over(&b);
    expect_order(&b, "shuffled", 0, 0, 0);
    run_end(&a);
    run_end(&b);
    char *ja = run_json(&a), *jb = run_json(&b);
    assert_string_equal(ja, jb);
    g_free(ja);
    g_free(jb);
    g_rand_free(rng);
    run_free(&a);
    run_free(&b);
}

struct dst_case {
    const char *name, *config, *before, *after; /* stamps without year and zone */
    uint64_t late;
    double seconds; /* between the two */
};

static int64_t time_of(struct run *r, const char *stamp)
{
    char line[200];
    int64_t us = 0;

    g_snprintf(line, sizeof line, "%s ns1 " QUERY, stamp);
    assert_int_equal(dnsmon_feed_peek(r->feed, line, strlen(line), &us) > 0, 1);
    return us;
}

static void begin_dst(struct run *r, const char *zone)
{
    char why[DNSMON_ERRLEN], text[256];
    dnsmon_config_t *cfg = NULL;

    g_snprintf(text, sizeof text, "[site]\nnetworks = 192.0.2.0/24\ntimezone = %s\n", zone);
    assert_int_equal(dm_config_from_text("dst.conf", text, strlen(text), &cfg, why, sizeof why), 0);
    assert_int_equal(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &r->mon), 0);
    dnsmon_monitor_set_year(r->mon, 2026);
    assert_int_equal(dnsmon_feed_new(r->mon, &r->feed), 0);
    dnsmon_config_free(cfg);
}

/* Local stamps over both changes of the clock. In spring nothing is late; in autumn the second of
 * the two hours is read as the first, so its lines are. */
static void test_dst(void **state)
{
    static const struct dst_case cases[] = {
        {"Berlin, spring", "Europe/Berlin", "Mar 29 01:59:59", "Mar 29 03:00:00", 0, 1},
        {"Berlin, autumn, behind it", "Europe/Berlin", "Oct 25 01:59:59", "Oct 25 03:00:00", 0,
         7201},
        {"New York, spring", "America/New_York", "Mar  8 01:59:59", "Mar  8 03:00:00", 0, 1},
        {"Tokyo, none", "Asia/Tokyo", "Mar 29 01:59:59", "Mar 29 03:00:00", 0, 3601},
    };

    (void)state;
    FOR_ROWS(c, cases)
    {
        struct run r;
        begin_dst(&r, c->config);
        double seconds = (double)(time_of(&r, c->after) - time_of(&r, c->before)) / 1e6;
        CHECK_ROW(c->name, seconds == c->seconds);
        run_end(&r);
        run_free(&r);
    }
}

/* A line a second from 1:00 to 4:00 local time in the autumn night of 25 hours: the repeated hour's
 * lines are read as those of the first, and are late by an hour; a log with UTC or offsets is not.
 */
static void test_autumn(void **state)
{
    struct run r;
    char line[200];

    (void)state;
    begin_dst(&r, "Europe/Berlin");
    for (int i = 0; i < 4 * 3600; i++) {
        int local = 3600 + (i < 2 * 3600 ? i : i - 3600);
        g_snprintf(line, sizeof line, "Oct 25 %02d:%02d:%02d ns1 " QUERY, local / 3600,
                   local % 3600 / 60, local % 60);
        dnsmon_feed_line(r.feed, line, strlen(line));
        if (i == 2 * 3600 - 1) {
            hand_over(&r);
        }
    }
    hand_over(&r);
    /* 2:00:00 to 2:59:54 had been released when the hour came again; 3:00:00 is 3601 s later */
    expect_order(&r, "autumn", 3595, 8, 0);
    run_end(&r);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles),  cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_steps),    cmocka_unit_test(test_two_clocks),
        cmocka_unit_test(test_shuffled), cmocka_unit_test(test_dst),
        cmocka_unit_test(test_autumn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
