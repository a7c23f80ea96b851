/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The recorder: curves that become coarser, whose curve is kept, the points of a mail server's
 * regressions, and the whole through a monitor, with numbers worked out by hand.
 */
#include "monitor_run.h"

#include "dns/rrtype.h"
#include "figures/recorder.h"

/* ---- curves ---- */

static void widths_are_multiples(void **unused)
{
    static const uint32_t want[] = {120,   600,   1800,  3600,   7200,
                                    21600, 43200, 86400, 172800, 345600};
    uint32_t width = 60;

    (void)unused;
    FOR_ROWS(w, want)
    {
        uint32_t next = dm_curve_wider(width);
        assert_int_equal(next, *w);
        assert_int_equal(next % width, 0);
        width = next;
    }
}

/* 720 minutes from 00:01 on fit; the next one makes bins of two minutes, the first of which begins
 * at 00:00 and holds one minute only. */
static void bins_are_put_together(void **unused)
{
    struct dm_curve c;

    (void)unused;
    dm_curve_init(&c, 60, DM_CURVE_SUM);
    for (int64_t minute = 1; minute <= 720; minute++) {
        dm_curve_put(&c, minute * 60, 0, 1);
    }
    assert_int_equal(c.n, 720);
    assert_int_equal(c.width_s, 60);
    assert_int_equal(c.from_s, 60);
    dm_curve_put(&c, 721 * 60, 1, 7);
    assert_int_equal(c.width_s, 120);
    assert_int_equal(c.from_s, 0);
    assert_int_equal(c.n, 361);
    assert_int_equal(c.bin[0][0], 1);
    assert_int_equal(c.bin[1][0], 2);
    assert_int_equal(c.bin[359][0], 2);
    assert_int_equal(c.bin[360][0], 1); /* minute 720 */
    assert_int_equal(c.bin[360][1], 7); /* and 721 */
    dm_curve_clear(&c);
}

/* Two hours of 3 and 5 machines are at most 5 in both; a jump of 60 days widens more than once. */
static void numbers_of_machines_do_not_add_up(void **unused)
{
    struct dm_curve c;

    (void)unused;
    dm_curve_init(&c, 3600, DM_CURVE_MAX);
    dm_curve_put(&c, 7200, 0, 3);
    dm_curve_put(&c, 10800, 0, 5);
    dm_curve_put(&c, 10800, 0, 4);
    assert_int_equal(c.bin[1][0], 5);
    dm_curve_put(&c, 7200 + 60 * 86400, 0, 1);
    assert_int_equal(c.width_s, 21600); /* 721 bins of two hours are one too many */
    assert_int_equal(c.n, 241);
    assert_int_equal(c.bin[0][0], 5);
    assert_int_equal(c.bin[240][0], 1);
    dm_curve_clear(&c);
}

/* A line from 1970 and one of today. */
static void any_span_fits(void **unused)
{
    struct dm_curve c;

    (void)unused;
    dm_curve_init(&c, 60, DM_CURVE_SUM);
    dm_curve_put(&c, 0, 0, 1);
    dm_curve_put(&c, INT64_C(4000000000), 0, 2);
    assert_true(c.n <= DM_CURVE_BINS);
    assert_int_equal(c.bin[0][0], 1);
    assert_int_equal(c.bin[c.n - 1][0], 2);
    dm_curve_put(&c, -60, 0, 1); /* before the first */
    assert_int_equal(c.bin[0][0], 2);
    dm_curve_clear(&c);
}

/* ---- clients ---- */

static struct dm_obs question(unsigned client, uint16_t type, uint16_t marks)
{
    struct dm_obs obs = {.type = type, .marks = marks, .hash = client * 2654435761u};

    obs.client = (struct dm_addr){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 0}};
    obs.client.b[14] = (uint8_t)(client >> 8);
    obs.client.b[15] = (uint8_t)client;
    return obs;
}

static void ask(struct dm_watch *w, unsigned client, uint16_t type, uint16_t marks, int64_t now_s)
{
    struct dm_obs obs = question(client, type, marks);

    dm_watch_question(w, &obs, now_s);
}

static void find(struct dm_watch *w, unsigned client, int level, double score)
{
    struct dm_obs obs = question(client, 0, 0);
    struct dm_watch_incident in = {&obs.client, obs.hash, level, score};

    dm_watch_incident(w, &in);
}

/* The day before the incident is in the curve, older bins are not. */
static void an_incident_keeps_the_last_day(void **unused)
{
    struct dm_watch *w = dm_watch_new();
    const int64_t day = 86400 * 100;

    (void)unused;
    ask(w, 1, DM_TYPE_A, 0, day - 1); /* 144 bins before the last: its place is taken */
    ask(w, 1, DM_TYPE_A, 0, day);
    ask(w, 1, DM_TYPE_MX, DM_MARK_MX, day + 599);
    ask(w, 1, DM_TYPE_AAAA, DM_MARK_KEYWORD, day + 600);
    ask(w, 1, DM_TYPE_PTR, 0, day + 86399);
    assert_int_equal(dm_watch_count(w), 0);
    find(w, 1, 2, 3);
    ask(w, 1, DM_TYPE_MX, DM_MARK_MX, day + 86400);
    assert_int_equal(dm_watch_count(w), 1);
    const struct dm_curve *c = dm_watch_kept(w, 0)->kept;
    assert_int_equal(c->from_s, day);
    assert_int_equal(c->width_s, 600);
    assert_int_equal(c->n, 145);
    assert_memory_equal(c->bin[0], ((uint32_t[]){2, 1, 1, 0, 0}), sizeof c->bin[0]);
    assert_memory_equal(c->bin[1], ((uint32_t[]){1, 1, 0, 0, 1}), sizeof c->bin[0]);
    assert_memory_equal(c->bin[143], ((uint32_t[]){1, 0, 0, 1, 0}), sizeof c->bin[0]);
    assert_memory_equal(c->bin[144], ((uint32_t[]){1, 0, 1, 0, 0}), sizeof c->bin[0]);
    dm_watch_free(w);
}

/* 256 notices; an alarm takes the place of the one with the lowest score, a weaker notice none. */
static void the_worst_are_kept(void **unused)
{
    struct dm_watch *w = dm_watch_new();

    (void)unused;
    for (unsigned i = 0; i < DM_WATCH_KEPT_MAX + 2; i++) {
        ask(w, i, DM_TYPE_A, 0, 0);
    }
    for (unsigned i = 0; i < DM_WATCH_KEPT_MAX; i++) {
        find(w, i, 1, 10 + i);
    }
    find(w, DM_WATCH_KEPT_MAX, 1, 9.5);
    assert_int_equal(dm_watch_count(w), DM_WATCH_KEPT_MAX);
    assert_int_equal(dm_watch_kept(w, DM_WATCH_KEPT_MAX - 1)->addr.b[15], 0);
    find(w, DM_WATCH_KEPT_MAX + 1, 2, 1);
    assert_int_equal(dm_watch_count(w), DM_WATCH_KEPT_MAX);
    assert_int_equal(dm_watch_kept(w, 0)->level, 2);
    assert_int_equal(dm_watch_kept(w, DM_WATCH_KEPT_MAX - 1)->addr.b[15], 1);
    ask(w, 0, DM_TYPE_A, 0, 60); /* the one that lost its place is watched as any other */
    find(w, 0, 2, 2);
    assert_int_equal(dm_watch_kept(w, 0)->kept->n, 1);
    dm_watch_free(w);
}

/* When all places are taken, a mark gets one, of the client that has been quiet longest. */
static void who_is_watched(void **unused)
{
    struct dm_watch *w = dm_watch_new();

    (void)unused;
    for (unsigned i = 0; i < DM_WATCH_MAX; i++) {
        ask(w, i, DM_TYPE_A, 0, 0);
    }
    ask(w, 0, DM_TYPE_A, 0, 1); /* now 1 is the oldest */
    ask(w, DM_WATCH_MAX, DM_TYPE_A, 0, 1);
    find(w, DM_WATCH_MAX, 2, 1);
    assert_int_equal(dm_watch_count(w), 0);
    ask(w, DM_WATCH_MAX, DM_TYPE_MX, DM_MARK_MX, 1);
    find(w, DM_WATCH_MAX, 2, 1);
    find(w, 0, 1, 1);
    find(w, 1, 1, 1);
    assert_int_equal(dm_watch_count(w), 2);
    assert_int_equal(dm_watch_kept(w, 1)->kept->bin[0][DM_WATCH_TOTAL], 2);
    dm_watch_free(w);
}

/* ---- mail servers ---- */

static void minutes(struct dm_mailfig *f, int64_t from_s, unsigned n, struct dm_mail_counts m)
{
    struct dm_server srv = {.day = {.messages = 1}}; /* the day has begun */

    for (unsigned i = 0; i < n; i++) {
        dm_mailfig_minute(f, &srv, &m, from_s + (i + 1) * 60);
    }
}

/* A connection costs 8 questions, a log-in one, and there are 2 a minute beside. */
static void look_ups_over_connections(void **unused)
{
    const struct dm_regress_how how = {.fix_m2 = true, .m2 = 1, .free_intercept = true};
    struct dm_mailfig f = {0};
    struct dm_regress_fit fit;

    (void)unused;
    for (uint32_t b = 0; b < DM_MAILFIG_POINTS + 1; b++) {
        uint32_t c = 1 + b % 7, p = b % 3;
        minutes(&f, b * 600, 10,
                (struct dm_mail_counts){.dns = {.a = 8 * c + p + 2}, .connections = c, .pop3 = p});
    }
    assert_true(dm_regress_solve(&f.model, &how, &fit));
    run_near(fit.m1, 8, 1e-9);
    run_near(fit.intercept, 20, 1e-6);
    run_near(fit.r2, 1, 1e-9);
    run_near(f.model.w, DM_MAILFIG_POINTS + 1, 0);
    assert_int_equal(f.stride, 2);
    assert_int_equal(f.n, DM_MAILFIG_POINTS / 2 + 1);
    assert_int_equal(f.point[1].number, 2);
    assert_int_equal(f.point[1].connections, 30); /* bin 2: c = 3, p = 2 */
    assert_int_equal(f.point[1].pop3, 20);
    assert_int_equal(f.point[1].queries, 280);
    dm_mailfig_clear(&f);
}

/* Of three days the one with the most unresolved names stays, with its own line: y = x / 2 - 5. */
static void the_worst_day(void **unused)
{
    struct dm_mailfig f = {0};

    (void)unused;
    dm_mailfig_day(&f, 0, 0);
    minutes(&f, 0, 1, (struct dm_mail_counts){.dns = {.a = 30}, .unresolved = 2});
    dm_mailfig_day(&f, 1, 86400);
    minutes(&f, 86400, 2, (struct dm_mail_counts){.dns = {.a = 10}});
    minutes(&f, 86400 + 120, 1, (struct dm_mail_counts){0});
    minutes(&f, 86400 + 180, 1,
            (struct dm_mail_counts){.dns = {.a = 20, .mx = 10}, .unresolved = 10});
    dm_mailfig_day(&f, 2, 2 * 86400);
    minutes(&f, 2 * 86400, 1, (struct dm_mail_counts){.dns = {.a = 30}, .unresolved = 9});
    dm_mailfig_day(&f, 3, 3 * 86400);
    assert_int_equal(f.worst.day, 1);
    assert_int_equal(f.worst.unresolved, 10);
    assert_int_equal(f.worst.n, 3); /* the minute without a question is no point */
    assert_int_equal(f.worst.minute[2].minute, 3);
    assert_int_equal(f.worst.minute[2].total, 30);
    assert_int_equal(f.worst.minute[2].unresolved, 10);
    run_near(f.worst.pairs.w, 4, 0); /* but a pair of the line, as for rule backscatter */
    /* x: 10 10 0 30, y: 0 0 0 10: sxx = 475, sxy = 175, syy = 75 */
    run_near(dm_moments_slope(&f.worst.pairs), 175.0 / 475, 1e-12);
    run_near(dm_moments_r2(&f.worst.pairs), 175.0 * 175 / (475.0 * 75), 1e-12);
    dm_mailfig_clear(&f);
}

/* ---- through a monitor ---- */

#define MAILER "[detectors]\nenable = mx-census;tcp-probe;daily-summary\n"

static char *run_all(bool record, char **ret_figures)
{
    struct run r;

    run_begin(&r, MAILER);
    if (record) {
        assert_int_equal(dnsmon_monitor_record(r.mon), 0);
        assert_int_equal(dnsmon_monitor_record(r.mon), 0);
    }
    run_series(&r, 30, 1, 5, RUN_PC, "A", "www", 0);
    run_series(&r, 600, 1, 60, RUN_PC, "MX", "d", 0); /* mx-census at the 51st */
    run_query(&r, 1300, "192.0.2.8", "PTR", "8.8.8.8.in-addr.arpa");
    run_tcp(&r, 1400, "192.0.2.9", "198.51.100.1", 445);
    dnsmon_feed_flush(r.feed, 0);
    dnsmon_monitor_finish(r.mon, 1);
    *ret_figures = dnsmon_monitor_figures(r.mon);
    GString *s = g_string_new(NULL);
    for (dnsmon_event_t *ev; (ev = dnsmon_monitor_next_event(r.mon)) != NULL;) {
        g_string_append_printf(s, "%s\n", dnsmon_event_json(ev));
        dnsmon_event_free(ev);
    }
    dnsmon_feed_free(r.feed);
    dnsmon_monitor_free(r.mon);
    return g_string_free(s, FALSE);
}

static void expect(const char *json, const char *part)
{
    if (!strstr(json, part)) {
        fail_msg("no %s in %s", part, json);
    }
}

static void a_monitor_records(void **unused)
{
    char *figures, *none, *with = run_all(true, &figures), *without = run_all(false, &none);

    (void)unused;
    assert_null(none);
    assert_non_null(figures);
    assert_string_equal(with, without);
    expect(figures, "{\"schema\":1,\"begin\":1778544030,");
    expect(figures, "\"lossy\":false,\"offsets\":[[1778544000,0]]");
    /* minute 0: five A; minute 10: sixty MX; minute 21: one PTR */
    expect(figures, "\"site\":{\"from\":1778544000,\"width\":60,\"columns\":[\"a\",\"aaaa\",\"mx\","
                    "\"ptr\",\"other\"],\"rows\":[[5,0,0,0,0],[0,0,0,0,0],");
    expect(figures, "[0,0,0,0,0],[0,0,60,0,0],[0,0,0,0,0],");
    expect(figures, "[0,0,0,1,0],[0,0,0,0,0],[0,0,0,0,0]]}");
    expect(figures, "\"clients\":[{\"ip\":\"192.0.2.7\",\"level\":1,");
    expect(figures, "\"from\":1778544000,\"width\":600,\"columns\":[\"total\",\"a\",\"mx\",\"ptr\","
                    "\"keyword\"],\"rows\":[[5,5,0,0,0],[60,0,60,0,0]]}]");
    /* one client that mails strangers, one that probes, in this hour and this day */
    expect(figures,
           "\"machines\":{\"hours\":{\"from\":1778544000,\"width\":3600,\"columns\":"
           "[\"mailing\",\"probing\"],\"rows\":[[1,1]]},\"days\":[[\"2026-05-12\",[1,1]]]}");
    expect(figures, "\"servers\":[]}");
    free(figures);
    g_free(with);
    g_free(without);
}

static void an_empty_one_has_figures(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    assert_null(dnsmon_monitor_figures(r.mon));
    assert_int_equal(dnsmon_monitor_record(r.mon), 0);
    char *figures = dnsmon_monitor_figures(r.mon);
    expect(figures, "\"site\":{\"from\":0,\"width\":60,");
    expect(figures, "\"rows\":[]},\"days\":[]},\"clients\":[],\"servers\":[]}");
    free(figures);
    run_end(&r);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_multiples),
        cmocka_unit_test(bins_are_put_together),
        cmocka_unit_test(numbers_of_machines_do_not_add_up),
        cmocka_unit_test(any_span_fits),
        cmocka_unit_test(an_incident_keeps_the_last_day),
        cmocka_unit_test(the_worst_are_kept),
        cmocka_unit_test(who_is_watched),
        cmocka_unit_test(look_ups_over_connections),
        cmocka_unit_test(the_worst_day),
        cmocka_unit_test(a_monitor_records),
        cmocka_unit_test(an_empty_one_has_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
