/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * keyword-scan through a monitor in memory: scores worked out by hand, what is no hit, roles, the
 * share, each option row (doc/SCIENCE.md A.5). A new base gives ln 240 = 5.4806, an hour of silence
 * takes 59.75; the threshold is 13.9978.
 */
#include "monitor_run.h"

#include "detect/detector.h"
#include "detect/follow.h"

#define RULE "keyword-scan"

static void scores(void **unused)
{
    static const struct {
        const char *what, *config;
        double step;
        unsigned n;
        double want; /* of the first event; 0: none */
    } rows[] = {
        {"8 * 5.4806 - 7 * 100 s", "", 100, 8, 32.23},
        {"cap: 3 * 13.9978", "", 1, 8, 41.99},
        {"seven are too few", "", 1, 7, 0},
        {"eleven an hour are forgotten faster than learnt", "", 331, 40, 0},
        {"threshold", "[detector keyword-scan]\nthreshold = 33\n", 100, 8, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        run_series(&r, 36000, row->step, row->n, RUN_PC, "A", "mail.d", 0);
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->what, row->want == 0 ? !ev : ev && fabs(ev->score - row->want) < 0.01);
        if (ev) {
            assert_int_equal(ev->level, DNSMON_ALARM);
            assert_string_equal(ev->class_name, "bot-worm");
            assert_int_equal(ev->distinct_registered, 8);
        }
        run_free(&r);
    }
}

static void hits(void **unused)
{
    static const struct {
        const char *type, *front;
        int found;
    } rows[] = {
        {"A", "mail.d", 1}, {"AAAA", "smtp.d", 1},  {"A", "mx1.d", 1},   {"A", "relay-a.d", 1},
        {"A", "ns2.d", 1},  {"A", "gate.d", 1},     {"A", "MAIL.d", 1},  {"A", "mailing.d", 0},
        {"A", "nsa.d", 0},  {"A", "www.mail.d", 0}, {"MX", "mail.d", 0}, {"HTTPS", "mail.d", 0},
        {"A", "www.d", 0},  {"A", "dns.d", 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        run_series(&r, 36000, 5, 20, RUN_PC, row->type, row->front, 0);
        run_end(&r);
        CHECK_ROW(row->front, !run_event(&r, RULE, 0) == !row->found);
        run_free(&r);
    }
}

/* A cleaned machine goes on asking for its own mail server: 41.99 nats are gone after 42 minutes.
 */
static void an_incident_ends(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 36000, 5, 40, RUN_PC, "A", "mail.d", 0);
    for (int half = 1; half < 240; half++) {
        run_query(&r, 36000 + half * 1800, RUN_PC, "A", "mail.d1.example");
    }
    run_end(&r);
    int closed = run_closed_h(&r, RULE, 36000);
    assert_in_range(closed, 24, 26);
    run_free(&r);
}

/* Many words on one base, or on the site's own names, are nobody's scan (C7). */
static void one_base_is_no_scan(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (unsigned i = 0; i < 300; i++) {
        char name[64];
        g_snprintf(name, sizeof name, "mail%u.provider.example", i);
        run_query(&r, i, RUN_PC, "A", name);
        g_snprintf(name, sizeof name, "mail%u.d%u.campus.test", i, i);
        run_query(&r, i, RUN_PC, "A", name);
    }
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* 8 hits among 53 A are a share of 0.151, among 54 of 0.148; counted since the first hit. */
static void share(void **unused)
{
    (void)unused;
    for (unsigned others = 45; others <= 46; others++) {
        struct run r;
        run_begin(&r, "");
        run_query(&r, 34000, RUN_PC, "MX", "x.example"); /* counted from here on */
        run_series(&r, 35000, 1, 900, RUN_PC, "A", "www.before", 0);
        run_series(&r, 35000, 1, 700, RUN_PC, "AAAA", "www.before", 0);
        run_query(&r, 36000, RUN_PC, "A", "mail.d0.example");
        run_series(&r, 36001, 0.5, others, RUN_PC, "A", "www.s", 0);
        run_series(&r, 36030, 1, 7, RUN_PC, "A", "mail.d", 1);
        run_end(&r);
        assert_true(!run_event(&r, RULE, 0) == (others == 46));
        run_free(&r);
    }
}

static void roles(void **unused)
{
    static const struct {
        const char *role;
        unsigned n;
        int found;
    } rows[] = {
        {"mail-servers", 60, 0},
        {"list-hosts", 60, 0},
        {"resolvers", 60, 0},
        {"monitors", 60, 0},
        {"app-servers", 60, 1},
        /* 25 an hour: each base gives ln 2.4 = 0.8755 and 5 s take 0.0486; 17 reach 14.1 */
        {"forwarders", 16, 0},
        {"forwarders", 17, 1},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        char *config = g_strdup_printf("[roles]\n%s = " RUN_PC "\n", row->role);
        run_begin(&r, config);
        run_series(&r, 36000, 5, row->n, RUN_PC, "A", "mail.d", 0);
        run_end(&r);
        CHECK_ROW(row->role, !run_event(&r, RULE, 0) == !row->found);
        run_free(&r);
        g_free(config);
    }
}

static void a_resolver_is_a_notice(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 35000, 1, 60, RUN_PC, "-A", "www", 0);
    run_series(&r, 36000, 5, 40, RUN_PC, "-A", "mail.d", 0);
    run_end(&r);
    assert_non_null(run_event(&r, RULE, 0));
    for (guint i = 0; i < r.events->len; i++) {
        assert_int_equal(((struct dnsmon_event *)g_ptr_array_index(r.events, i))->level,
                         DNSMON_NOTICE);
    }
    run_free(&r);
}

/* A mail server follows MX answers to hosts named mail: once it has looked its peers up (six PTR
 * are 6 * 4.95 nats), it is mass-mailer's to judge. */
static void a_server_is_a_notice(void **unused)
{
    (void)unused;
    for (int with_peers = 0; with_peers <= 1; with_peers++) {
        struct run r;
        run_begin(&r, "");
        run_query(&r, 36000, RUN_PC, "A", "mail.d0.example");
        for (int i = 0; with_peers && i < 6; i++) {
            run_query(&r, 36001 + i, RUN_PC, "PTR", "1.113.0.203.in-addr.arpa");
        }
        run_series(&r, 36010, 5, 40, RUN_PC, "A", "mail.d", 1);
        run_end(&r);
        assert_non_null(run_event(&r, RULE, 0));
        assert_int_equal(run_event(&r, RULE, 0)->level, with_peers ? DNSMON_NOTICE : DNSMON_ALARM);
        run_free(&r);
    }
}

/* The A of an exchanger behind the MX of its domain, within five minutes: an answer that is
 * followed. A third name is a guess, and so is one that comes later. */
static void an_answer_is_no_guess(void **unused)
{
    static const struct {
        const char *what;
        double later;
        unsigned words;
        int found;
    } rows[] = {
        {"an exchanger at once", 0.03, 1, 0},
        {"two, dug by hand", 20, 2, 0},
        {"three names", 20, 3, 1},
        {"just in time", 300, 1, 0},
        {"too late", 301, 1, 1},
    };
    static const char *const words[] = {"mx", "mx2", "mail"};
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        for (unsigned i = 0; i < 12; i++) { /* a domain a minute */
            char mx[32];
            g_snprintf(mx, sizeof mx, "d%u.example", i);
            run_query(&r, 36000 + i * 60, RUN_PC, "MX", mx);
        }
        for (unsigned i = 0; i < 12; i++) {
            for (unsigned k = 0; k < row->words; k++) {
                char a[32];
                g_snprintf(a, sizeof a, "%s.d%u.example", words[k], i);
                run_query(&r, 36000 + i * 60 + row->later, RUN_PC, "A", a);
                run_query(&r, 36000 + i * 60 + row->later, RUN_PC, "AAAA", a);
            }
        }
        run_end(&r);
        CHECK_ROW(row->what, !run_event(&r, RULE, 0) == !row->found);
        run_free(&r);
    }
}

/* Twelve domains are remembered: of thirteen MX queries at once, the first is forgotten. */
static void the_ring_is_short(void **unused)
{
    struct dm_follow f = {0};

    (void)unused;
    for (uint64_t i = 1; i <= DM_FOLLOW_MAX + 1; i++) {
        dm_follow_asked(&f, i << 33, 100);
    }
    assert_false(dm_follow_is(&f, 1ull << 33, DM_SLICE("mx.a"), 100));
    assert_true(dm_follow_is(&f, 2ull << 33, DM_SLICE("mx.b"), 100));
    assert_true(dm_follow_is(&f, (uint64_t)(DM_FOLLOW_MAX + 1) << 33, DM_SLICE("mx.c"), 100));
}

/* 3 % NS make a resolver of anybody: from 64 bases on that helps no more; no RD does. */
static void a_role_put_on_hides_little(void **unused)
{
    static const struct {
        const char *type, *look;
        unsigned bases;
        int level;
    } rows[] = {{"A", "NS", 63, DNSMON_NOTICE},
                {"A", "NS", 64, DNSMON_ALARM},
                {"-A", "-A", 80, DNSMON_NOTICE}};
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        run_series(&r, 35000, 1, 60, RUN_PC, row->look, "www", 0);
        run_series(&r, 36000, 5, row->bases, RUN_PC, row->type, "mail.d", 0);
        run_end(&r);
        int level = 0;
        for (guint i = 0; i < r.events->len; i++) {
            level = MAX(level, (int)((struct dnsmon_event *)g_ptr_array_index(r.events, i))->level);
        }
        CHECK_ROW(row->look, level == row->level);
        run_free(&r);
    }
}

static char *output_with(const char *line)
{
    char *config = g_strconcat("[roles]\nforwarders = 192.0.2.9\n[detector keyword-scan]\n", line,
                               "\n", NULL),
         *json;
    struct run r;

    run_begin(&r, config);
    run_series(&r, 0, 50, 20, RUN_PC, "A", "mail.d", 0);
    run_series(&r, 1, 20, 60, "192.0.2.9", "A", "mail.d", 0);
    run_series(&r, 2, 50, 20, "192.0.2.10", "A", "mail.d", 0);
    run_series(&r, 2, 5, 200, "192.0.2.10", "A", "www.d", 0);
    run_series(&r, 3, 1, 60, "192.0.2.11", "NS", "d", 0); /* a guessed resolver */
    run_series(&r, 100, 5, 20, "192.0.2.11", "A", "mail.d", 0);
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {
        "threshold = 60",    "bases = 12",           "share = 0.05",        "baseline-rate = 5/h",
        "scan-rate = 120/h", "forwarder-hosts = 10", "events-a-day = 1000", "role-bases = 8"};
    const struct dm_detector *det = dm_detectors[DM_DET_keyword_scan];
    char *deflt = output_with("");

    (void)unused;
    assert_int_equal(G_N_ELEMENTS(lines), det->n_options);
    for (size_t i = 0; i < det->n_options; i++) {
        assert_true(g_str_has_prefix(lines[i], det->options[i].key));
        char *other = output_with(lines[i]);
        CHECK_ROW(lines[i], strcmp(deflt, other) != 0);
        g_free(other);
    }
    g_free(deflt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores),
        cmocka_unit_test(an_incident_ends),
        cmocka_unit_test(hits),
        cmocka_unit_test(one_base_is_no_scan),
        cmocka_unit_test(share),
        cmocka_unit_test(roles),
        cmocka_unit_test(a_resolver_is_a_notice),
        cmocka_unit_test(a_server_is_a_notice),
        cmocka_unit_test(an_answer_is_no_guess),
        cmocka_unit_test(the_ring_is_short),
        cmocka_unit_test(a_role_put_on_hides_little),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
