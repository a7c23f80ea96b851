/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The monitor as a host sees it: every line is counted once, a new configuration takes effect at
 * once, windows close with the wall clock in a live host and never in a replay, misuse is an error.
 */
#include "monitor/monitor.h"
#include "stream.h"

static void query(struct campus *c, int64_t time_s, const char *client, const char *name,
                  const char *type)
{
    char *line = stream_query(time_s * 1000000, client, name, type);

    assert_int_equal(dnsmon_feed_line(c->feed, line, strlen(line)), 1);
    g_free(line);
}

/* @n MX queries, one a second. */
static void census(struct campus *c, int64_t from_s, const char *client, int n)
{
    for (int i = 0; i < n; i++) {
        query(c, from_s + i, client, "one.test", "MX");
    }
}

static unsigned events_with(struct campus *c, const char *a, const char *b)
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->events->len; i++) {
        const char *text = g_ptr_array_index(c->events, i);
        n += strstr(text, a) && strstr(text, b);
    }
    return n;
}

static void every_line_is_counted_once(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "");
    static const char *const other[] = {
        "",
        "nonsense",
        "26-Feb-2004 12:00:00.000 queries: info: client 192.0.2.1#53: query: x",
        "26-Feb-2004 12:00:00.000 general: info: zone loaded",
        "\xff\xfe\x80",
        "query: IN MX"};
    struct test_rng rng = {3};
    struct stream s = stream_new(&rng, 500, 1000, 0);
    uint64_t sum = 0, v;
    const char *name;

    (void)state;
    campus_feed(&c, &s, 0, s.n);
    FOR_ROWS(line, other)
    {
        dnsmon_feed_line(c.feed, *line, strlen(*line));
    }
    query(&c, STREAM_T0 + 2000, "203.0.113.9", "outside.test", "MX");
    campus_finish(&c, 1);
    for (unsigned i = 0; dnsmon_monitor_counter(c.mon, i, &name, &v) == 0; i++) {
        sum += g_str_has_prefix(name, "lines.") ? v : 0;
    }
    assert_int_equal(sum, 500 + G_N_ELEMENTS(other) + 1);
    assert_int_equal(campus_counter(&c, "lines.bind.record"), 502); /* named's own line too */
    assert_int_equal(campus_counter(&c, "records.observed"), 500);
    assert_int_equal(campus_counter(&c, "records.unread"), 2);
    assert_int_equal(campus_counter(&c, "order.pending"), 0);
    stream_clear(&s);
    campus_clear(&c);
}

/* mx-census: not at 50 MX queries a day, but at the 51st. */
static void fifty_one_make_an_event(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "");

    (void)state;
    census(&c, STREAM_T0, "192.0.2.1", 50);
    census(&c, STREAM_T0, "192.0.2.2", 51);
    campus_finish(&c, 0);
    assert_int_equal(c.events->len, 1);
    assert_int_equal(events_with(&c, "mx-census", "192.0.2.2"), 1);
    assert_int_equal(campus_counter(&c, "events.mx_census"), 1);
    assert_int_equal(campus_counter(&c, "incidents.open"), 1);
    dnsmon_monitor_finish(c.mon, 1);
    campus_collect(&c);
    assert_int_equal(c.events->len, 2);
    assert_int_equal(campus_counter(&c, "incidents.open"), 0);
    campus_clear(&c);
}

static void configure_swaps_roles_at_once(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "");
    dnsmon_config_t *cfg = stream_config("list-hosts = 192.0.2.1\n");

    (void)state;
    census(&c, STREAM_T0, "192.0.2.1", 40);
    dnsmon_feed_flush(c.feed, 0);
    assert_int_equal(dnsmon_monitor_configure(c.mon, cfg), 0);
    census(&c, STREAM_T0 + 100, "192.0.2.1", 60);
    census(&c, STREAM_T0 + 200, "192.0.2.2", 60);
    campus_finish(&c, 1);
    assert_int_equal(events_with(&c, "mx-census", "192.0.2.1"), 0);
    assert_int_equal(events_with(&c, "mx-census", "192.0.2.2"), 2);
    dnsmon_config_free(cfg);
    campus_clear(&c);
}

/* And back: nothing that was counted before is lost. */
static void configure_keeps_what_was_counted(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "");
    dnsmon_config_t *cfg = stream_config("");

    (void)state;
    census(&c, STREAM_T0, "192.0.2.1", 40);
    dnsmon_feed_flush(c.feed, 0);
    assert_int_equal(dnsmon_monitor_configure(c.mon, cfg), 0);
    census(&c, STREAM_T0 + 100, "192.0.2.1", 11);
    campus_finish(&c, 0);
    assert_int_equal(c.events->len, 1);
    dnsmon_config_free(cfg);
    campus_clear(&c);
}

/* The site moves 14 hours east: there it is the next day already, and the one before is over. */
static void configure_to_another_day(void **state)
{
    static const char text[] = "[site]\nnetworks = 192.0.2.0/24\ntimezone = Pacific/Kiritimati\n";
    struct campus c = campus_new(DNSMON_REPLAY, "");
    dnsmon_config_t *cfg = NULL;
    char why[DNSMON_ERRLEN];

    (void)state;
    assert_int_equal(dm_config_from_text("t", text, sizeof text - 1, &cfg, why, sizeof why), 0);
    census(&c, STREAM_T0, "192.0.2.1", 60);
    census(&c, STREAM_T0 + 70, "192.0.2.2", 1);
    dnsmon_feed_flush(c.feed, 0);
    assert_int_equal(campus_counter(&c, "incidents.open"), 1);
    assert_int_equal(dnsmon_monitor_configure(c.mon, cfg), 0);
    census(&c, STREAM_T0 + 80, "192.0.2.2", 1);
    census(&c, STREAM_T0 + 100, "192.0.2.2", 1);
    dnsmon_feed_flush(c.feed, 0);
    assert_int_equal(campus_counter(&c, "incidents.open"), 0);
    dnsmon_config_free(cfg);
    campus_clear(&c);
}

#define S 1000000LL

/* Times at the ends of their type: no such line gets in, and nothing overflows. */
static void times_that_cannot_be(void **state)
{
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, INT64_MAX, INT64_MAX - 999999};
    static const char line[] = "client 192.0.2.1#1: query: a.example IN MX +";
    struct campus c = campus_new(DNSMON_LIVE, "");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        dnsmon_feed_message(c.feed, times[i], "h", 1, "named", 5, line, sizeof line - 1);
        dnsmon_feed_flush(c.feed, S);
    }
    dnsmon_monitor_tick(c.mon, 100 * S);
    campus_finish(&c, 1);
    assert_int_equal(campus_counter(&c, "records.observed"), 0);
    assert_int_equal(campus_counter(&c, "records.unread"), G_N_ELEMENTS(times));
    campus_clear(&c);
}

static void tick_closes_windows_on_an_idle_live_feed(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "[events]\nhold = 1h\n");
    int64_t wall = (STREAM_T0 + 60) * S;

    (void)state;
    census(&c, STREAM_T0, "192.0.2.1", 60);
    dnsmon_feed_flush(c.feed, wall);
    assert_int_equal(dnsmon_monitor_tick(c.mon, wall + 2 * S), 1); /* all but the last 5 s */
    assert_int_equal(campus_counter(&c, "order.pending"), 5);
    dnsmon_monitor_tick(c.mon, wall + 5 * S);
    assert_int_equal(campus_counter(&c, "order.pending"), 0);
    dnsmon_monitor_tick(c.mon, wall + 1800 * S);
    assert_int_equal(campus_counter(&c, "incidents.open"), 1);
    dnsmon_monitor_tick(c.mon, wall + 3700 * S);
    assert_int_equal(campus_counter(&c, "incidents.open"), 0);
    campus_collect(&c);
    assert_int_equal(c.events->len, 2);
    campus_clear(&c);
}

static void no_tick_moves_a_replay(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "[events]\nhold = 1h\n");

    (void)state;
    census(&c, STREAM_T0, "192.0.2.1", 60);
    dnsmon_feed_flush(c.feed, 0);
    assert_int_equal(campus_counter(&c, "order.pending"), 5);
    for (int64_t wall_s = STREAM_T0; wall_s < STREAM_T0 + 400000; wall_s += 10000) {
        dnsmon_monitor_tick(c.mon, wall_s * S);
    }
    assert_int_equal(campus_counter(&c, "order.pending"), 5);
    assert_int_equal(campus_counter(&c, "incidents.open"), 1);
    campus_clear(&c);
}

static void events_come_in_the_order_of_their_times(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "event order", 404);
    struct stream s = stream_new(&rng, 6000, 2 * 86400, 3);
    struct campus c = campus_new(DNSMON_REPLAY, "[events]\nrate = 100000/h\n");
    campus_feed(&c, &s, 0, s.n);
    dnsmon_feed_flush(c.feed, 0);
    dnsmon_monitor_finish(c.mon, 1);
    int64_t last_s = 0;
    unsigned n = 0;
    dnsmon_event_t *ev;
    while ((ev = dnsmon_monitor_next_event(c.mon)) != NULL) {
        int64_t t_s = dnsmon_event_time_us(ev) / S; /* what a day's end says is of that second */
        assert_true(t_s >= last_s);
        last_s = t_s;
        n++;
        dnsmon_event_free(ev);
    }
    assert_true(n > 30);
    assert_null(dnsmon_monitor_next_event(c.mon));
    stream_clear(&s);
    campus_clear(&c);
}

static void misuse_is_an_error(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "");
    dnsmon_monitor_t *mon;
    const char *name;
    uint64_t value;

    (void)state;
    assert_int_equal(dnsmon_monitor_new(NULL, DNSMON_LIVE, &mon), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_new(c.cfg, 2, &mon), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_configure(c.mon, NULL), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_set_year(c.mon, 1969), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_set_year(c.mon, 2200), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_set_year(c.mon, -1), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_set_year(c.mon, 2199), 0);
    assert_int_equal(dnsmon_monitor_set_year(c.mon, 0), 0);
    assert_int_equal(dnsmon_monitor_counter(c.mon, 100000, &name, &value), DNSMON_ERANGE);
    assert_null(dnsmon_monitor_next_event(c.mon));
    assert_int_equal(dnsmon_monitor_finish(c.mon, 1), 0);
    assert_int_equal(dnsmon_monitor_finish(c.mon, 1), 0);
    assert_int_equal(dnsmon_monitor_tick(c.mon, 0), 0);
    dnsmon_monitor_free(NULL);
    dnsmon_feed_free(NULL);
    dnsmon_event_free(NULL);
    dnsmon_config_free(NULL);
    campus_clear(&c);
}

/* A full table says so, once, unless the rule is switched off. */
static void fill_table(const char *more, int told)
{
    char client[32], name[32],
        *config = g_strconcat("[limits]\nmemory = 1M\n[events]\nrate = 100000/h\n", more, NULL);
    struct campus c = campus_new(DNSMON_REPLAY, config);

    g_free(config);
    for (int i = 0; i < 12000; i++) {
        g_snprintf(client, sizeof client, "10.%d.%d.1", i / 250, i % 250);
        g_snprintf(name, sizeof name, "d%d.test", i);
        query(&c, STREAM_T0 + i / 100, client, name, "MX");
    }
    campus_finish(&c, 1);
    assert_int_equal(events_with(&c, "table-full", "narrow"), told);
    assert_int_equal(campus_counter(&c, "events.table_full"), told);
    assert_true(campus_counter(&c, "clients.bytes") <= 1 << 20);
    assert_true(campus_counter(&c, "clients.refused") > 0);
    campus_clear(&c);
}

static void a_full_table_is_told_once(void **state)
{
    (void)state;
    fill_table("", 1);
    fill_table("[detectors]\ndisable = table-full\n", 0);
}

/* Sets and samples of many worms in a small table: the account is never overdrawn, and dropping
 * every state brings it back to that of a table whose states never held anything. */
static void states_are_paid_for_and_given_back(void **state)
{
    /* campaign-sync pays for the day's clients from the same purse, until the day is over */
    struct campus c =
        campus_new(DNSMON_REPLAY, "[limits]\nmemory = 1M\n[detectors]\ndisable = campaign-sync\n");
    struct dm_client_table *t = dm_engine_clients(c.mon->engine);
    char client[32], name[32];

    (void)state;
    for (int i = 0; i < 120000; i++) {
        g_snprintf(client, sizeof client, "10.0.%d.1", i % 240);
        g_snprintf(name, sizeof name, i % 2 ? "mail.d%d.test" : "d%d.test", i / 3);
        query(&c, STREAM_T0 + i / 50, client, name, i % 2 ? "A" : "MX");
        if (i % 1000 == 0) {
            dnsmon_feed_flush(c.feed, 0);
            assert_true(dm_client_table_bytes(t) <= 1 << 20);
        }
    }
    campus_finish(&c, 1);
    assert_true(dm_client_table_counts(t)->denied > 0);
    size_t before = dm_client_table_bytes(t), last = before;
    for (dm_index at = 0; dm_client_next(t, &at) != NULL;) {
        dm_client_drop_suspect(t, dm_client_at(t, at));
        assert_true(dm_client_table_bytes(t) <= last); /* what was not charged is not given back */
        last = dm_client_table_bytes(t);
    }
    assert_true(before - last > 300000);
    struct campus d = campus_new(DNSMON_REPLAY, "[limits]\nmemory = 1M\n");
    struct dm_client_table *plain = dm_engine_clients(d.mon->engine);
    for (dm_index at = 0; dm_client_next(t, &at) != NULL;) {
        dm_client_make_suspect(plain, dm_client_get(plain, &dm_client_at(t, at)->addr, 1));
    }
    assert_int_equal(last, dm_client_table_bytes(plain));
    campus_clear(&d);
    campus_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_counted_once),
        cmocka_unit_test(fifty_one_make_an_event),
        cmocka_unit_test(configure_swaps_roles_at_once),
        cmocka_unit_test(configure_keeps_what_was_counted),
        cmocka_unit_test(configure_to_another_day),
        cmocka_unit_test(times_that_cannot_be),
        cmocka_unit_test(tick_closes_windows_on_an_idle_live_feed),
        cmocka_unit_test(no_tick_moves_a_replay),
        cmocka_unit_test(events_come_in_the_order_of_their_times),
        cmocka_unit_test(misuse_is_an_error),
        cmocka_unit_test(a_full_table_is_told_once),
        cmocka_unit_test(states_are_paid_for_and_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
