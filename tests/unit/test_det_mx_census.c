/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mx-census through a monitor in memory (doc/SCIENCE.md A.1); and two laws for all detectors: the
 * order of lines within a second, and over which feed a line comes, change no event.
 */
#include "monitor_run.h"

#define RULE "mx-census"

static void edge(void **unused)
{
    static const struct {
        const char *what, *config, *client;
        unsigned n;
        int events; /* open and close */
    } rows[] = {
        {"50", "", RUN_PC, 50, 0},
        {"51", "", RUN_PC, 51, 2},
        {"over = 60, 60", "[detector mx-census]\nover = 60\n", RUN_PC, 60, 0},
        {"over = 60, 61", "[detector mx-census]\nover = 60\n", RUN_PC, 61, 2},
        {"outside", "", "198.51.100.1", 1000, 0},
        {"mail server", "[roles]\nmail-servers = " RUN_PC "\n", RUN_PC, 1000, 0},
        {"list host", "[roles]\nlist-hosts = " RUN_PC "\n", RUN_PC, 1000, 0},
        {"monitor", "[roles]\nmonitors = " RUN_PC "\n", RUN_PC, 1000, 2},
        {"resolver", "[roles]\nresolvers = " RUN_PC "\n", RUN_PC, 1000, 2},
        {"web server", "[roles]\napp-servers = " RUN_PC "\n", RUN_PC, 1000, 2},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        for (unsigned i = 0; i < row->n; i++) {
            run_query(&r, i * 60, row->client, "MX", "d.example");
        }
        run_end(&r);
        CHECK_ROW(row->what, (int)r.events->len == row->events);
        CHECK_ROW(row->what, !row->events || run_event(&r, RULE, 1)->count.mx == row->n);
        CHECK_ROW(row->what, !row->events || run_event(&r, RULE, 0)->n_evidence == DM_EVIDENCE_MAX);
        run_free(&r);
    }
}

static void days_are_local(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (unsigned i = 0; i < 200; i++) { /* 100 before midnight, 100 after; then a quiet hour */
        run_query(&r, 86400 - 600 + i * 6, RUN_PC, i % 2 ? "MX" : "A", "d.example");
    }
    run_series(&r, 86400 + 1200, 6, 20, RUN_PC, "PTR", "p", 0);
    run_end(&r);
    assert_int_equal(r.events->len, 0); /* 50 and 50 */
    run_free(&r);

    run_begin(&r, "");
    for (unsigned i = 0; i < 204; i++) {
        run_query(&r, 86400 - 612 + i * 6, RUN_PC, i % 2 ? "MX" : "A", "d.example");
    }
    run_end(&r);
    const struct dnsmon_event *open = run_event(&r, RULE, 0), *close = run_event(&r, RULE, 1);
    assert_non_null(close);
    assert_int_equal(r.events->len, 4); /* 51 before midnight, 51 after: two incidents */
    assert_int_equal(open->count.mx, 51);
    assert_int_equal(close->count.mx, 51);
    assert_int_equal(close->time_us, (RUN_DAY + 86400) * 1000000LL);
    assert_int_equal(close->state, DM_STATE_CLOSE);
    run_free(&r);
}

/* ---- laws ---- */

#define LINES 6000

static char *lines[LINES];
static int line_second[LINES];

/* Three mailers, a scanner, a relay and a dozen ordinary hosts, six lines a second. */
static void make_lines(struct test_rng *rng)
{
    for (int i = 0; i < LINES; i++) {
        static const char *const types[] = {"MX", "MX", "A", "AAAA", "PTR", "A"};
        uint64_t who = test_rng_below(rng, 16), what = test_rng_below(rng, 6);
        char client[16], name[64], line[512];
        line_second[i] = 36000 + i / 6;
        g_snprintf(client, sizeof client, "192.0.2.%u", 10 + (unsigned)who);
        unsigned n = (unsigned)test_rng_below(rng, who < 5 ? 4000 : 20);
        if (what == 4) {
            g_snprintf(name, sizeof name, "%u.113.0.203.in-addr.arpa", n % 250);
        } else {
            g_snprintf(name, sizeof name, "%sd%u.example", what == 5 ? "mail." : "", n);
        }
        run_line(line, sizeof line, line_second[i] + (double)test_rng_below(rng, 4) / 4, client,
                 types[what], name);
        lines[i] = g_strdup(line);
    }
}

/* @feeds: lines are dealt to so many at random, each flushed every second. */
static char *events_of(struct test_rng *rng, const int *order, int feeds)
{
    dnsmon_feed_t *second = NULL;
    struct run r;

    run_begin(&r, "");
    if (feeds == 2) {
        assert_int_equal(dnsmon_feed_new(r.mon, &second), 0);
    }
    for (int i = 0; i < LINES; i++) {
        dnsmon_feed_t *feed = second && test_rng_below(rng, 2) ? second : r.feed;
        dnsmon_feed_line(feed, lines[order[i]], strlen(lines[order[i]]));
        if (second && i % 6 == 5) {
            dnsmon_feed_flush(r.feed, 0);
            dnsmon_feed_flush(second, 0);
        }
    }
    dnsmon_feed_free(second);
    run_end(&r);
    assert_true(r.events->len > 10);
    char *json = run_json(&r);
    run_free(&r);
    return json;
}

static void order_and_feeds_change_nothing(void **unused)
{
    struct test_rng rng;
    int order[LINES];

    (void)unused;
    test_rng_init(&rng, "order_and_feeds_change_nothing", 20260512);
    make_lines(&rng);
    for (int i = 0; i < LINES; i++) {
        order[i] = i;
    }
    char *plain = events_of(&rng, order, 1);
    for (int trial = 0; trial < 5; trial++) {
        char *two = events_of(&rng, order, 2);
        assert_string_equal(two, plain);
        g_free(two);
        for (int i = 0; i < LINES; i++) { /* with another line of its own second */
            int with = i - i % 6 + (int)test_rng_below(&rng, 6), was = order[i];
            order[i] = order[with];
            order[with] = was;
        }
        char *permuted = events_of(&rng, order, 1);
        assert_string_equal(permuted, plain);
        g_free(permuted);
    }
    for (int i = 0; i < LINES; i++) {
        g_free(lines[i]);
    }
    g_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edge),
        cmocka_unit_test(days_are_local),
        cmocka_unit_test(order_and_feeds_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
