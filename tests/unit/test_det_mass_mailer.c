/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mass-mailer through a monitor in memory: scores worked out by hand, roles, promotion, classes,
 * each option row, and laws about the order of lines.
 *
 * Per new domain and an hour of silence (E.1): 60/h gives 7.2724 and takes 59.9583, 6/h 4.9698 and
 * 5.9583, 1/h 3.1781 and 0.9583; the threshold is 14.9141, the cap three times that.
 */
#include "monitor_run.h"

#include "detect/detector.h"

#define RULE "mass-mailer"

/* @n new domains, one every @step seconds, by the PC. */
static void new_domains(struct run *r, double step, unsigned n)
{
    run_series(r, 36000, step, n, RUN_PC, "MX", "d", 0);
    run_end(r);
}

static void scores(void **unused)
{
    static const struct {
        const char *what, *config;
        double step;
        unsigned n;
        double want; /* of the first event; 0: none */
    } rows[] = {
        {"fast: 8 * 7.2724 - 7 * 100 s", "threshold = 40\n", 100, 8, 46.52},
        {"medium: 8 * 4.9698 - 7 * 0.9931", "", 600, 8, 32.81},
        {"slow: 8 * 3.1781 - 7 * 0.9583", "", 3600, 8, 18.72},
        {"one in 3.33 h: forgotten faster than learnt", "", 12000, 40, 0},
        {"burst: (3 + 5 / 2) * 7.2724", "threshold = 39\n", 0, 8, 40.00},
        {"burst: would be 58 without", "threshold = 41\n", 0, 8, 0},
        {"cap: 3 * 14.9141", "", 25, 8, 44.74},
        {"seven are too few", "", 60, 7, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        char *config = g_strconcat("[detector mass-mailer]\n", row->config, NULL);
        run_begin(&r, config);
        new_domains(&r, row->step, row->n);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->what, row->want == 0 ? !ev : ev && fabs(ev->score - row->want) < 0.01);
        run_free(&r);
        g_free(config);
    }
}

static void notice_at_8_alarm_at_16(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    new_domains(&r, 60, 20);
    const struct dnsmon_event *open = run_event(&r, RULE, 0), *up = run_event(&r, RULE, 1);
    assert_non_null(up);
    assert_int_equal(open->level, DNSMON_NOTICE);
    assert_int_equal(open->distinct_registered, 8);
    assert_int_equal(open->state, DM_STATE_OPEN);
    assert_int_equal(up->level, DNSMON_ALARM);
    assert_int_equal(up->distinct_registered, 16);
    assert_int_equal(up->time_us, (RUN_DAY + 36000 + 15 * 60) * 1000000LL);
    assert_string_equal(up->id, open->id);
    assert_int_equal(open->n_evidence, 6); /* from the third on */
    assert_string_equal(open->evidence[0].name, "d2.example");
    run_near(open->threshold, 14.9141, 1e-4);
    run_free(&r);
}

/* 30 hours later every score is 0: the largest that seven domains reach is the slow one, 22.25,
 * and 23.2 h forget it. */
/* A cleaned machine goes on sending mail to a domain it knows. The slow score, 44.74 at most, is
 * gone after 47 hours; the hold of 24 hours follows. */
static void an_incident_ends(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 36000, 60, 40, RUN_PC, "MX", "d", 0);
    for (int hour = 1; hour < 240; hour++) {
        run_query(&r, 40000 + hour * 3600, RUN_PC, "MX", "d1.example");
    }
    run_end(&r);
    int closed = run_closed_h(&r, RULE, 36000);
    assert_in_range(closed, 47 + 23, 47 + 26);
    run_free(&r);
}

static void a_run_is_forgotten(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 0, 60, 7, RUN_PC, "MX", "d", 0);
    run_series(&r, 30 * 3600, 60, 8, RUN_PC, "MX", "d", 100);
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    assert_int_equal(ev->distinct_registered, 8);
    assert_int_equal(ev->start_us, (RUN_DAY + 30 * 3600) * 1000000LL);
    run_free(&r);
}

static void what_is_no_new_domain(void **unused)
{
    static const struct {
        const char *what, *type, *pattern;
    } rows[] = {
        {"the same domain again", "MX", "d1.example"},
        {"names of one domain", "MX", "h%u.d1.example"},
        {"case", "MX", "D1.eXample"},
        {"single labels", "MX", "desktop-%u"},
        {"the site's own", "MX", "foo%u.com.campus.test"},
        {"addresses", "MX", "203.0.113.%u"},
        {"arpa", "MX", "%u.113.0.203.in-addr.arpa"},
        {"another type", "TXT", "d%u.example"},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        for (unsigned i = 0; i < 40; i++) {
            const char *at = strstr(row->pattern, "%u");
            char *name =
                at ? g_strdup_printf("%.*s%u%s", (int)(at - row->pattern), row->pattern, i, at + 2)
                   : g_strdup(row->pattern);
            run_query(&r, i * 60, RUN_PC, row->type, name);
            g_free(name);
        }
        run_end(&r);
        CHECK_ROW(row->what, !run_event(&r, RULE, 0));
        run_free(&r);
    }
}

static void roles(void **unused)
{
    static const struct {
        const char *role;
        double step;
        double want; /* score of the first event at 8 domains; 0: silent */
    } rows[] = {
        {"mail-servers", 20, 0},    {"list-hosts", 20, 0},    {"resolvers", 20, 0},
        {"monitors", 20, 0},        {"app-servers", 1200, 0}, /* three an hour, against a baseline
                                                                 of four */
        {"app-servers", 20, 19.49},                           /* 8 * ln 15 - 7 * 56 / 180 */
        {"forwarders", 900, 0},    /* a hundred hosts of one a day are 4.17 an hour */
        {"forwarders", 20, 19.17}, /* 8 * ln 14.4 - 7 * 55.8333 / 180 */
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        char *config = g_strdup_printf("[roles]\n%s = " RUN_PC "\n", row->role);
        run_begin(&r, config);
        new_domains(&r, row->step, 60);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->role, row->want == 0 ? !ev : ev && fabs(ev->score - row->want) < 0.01);
        run_free(&r);
        g_free(config);
    }
}

/* C8: what the site's mail server asked for says nothing, for 15 days at least. */
static void mail_servers_teach(void **unused)
{
    struct run r;

    (void)unused;
    for (int later = 0; later < 2; later++) {
        run_begin(&r, "[roles]\nmail-servers = 192.0.2.25\n");
        run_series(&r, 0, 1, 40, "192.0.2.25", "MX", "d", 0);
        for (int i = 0; i < 31 && later; i++) { /* a gap longer than an hour needs eight lines */
            run_series(&r, i * 86400 + 100, 1, 10, "192.0.2.9", "A", "www", 0);
        }
        run_series(&r, later ? 31 * 86400 : 600, 60, 40, RUN_PC, "MX", "d", 0);
        run_end(&r);
        assert_true(!run_event(&r, RULE, 0) == !later);
        run_free(&r);
    }
}

/* 0.4: more than half of at least 50 queries without RD, or 3 % NS, DS, DNSKEY. */
static void a_resolver_is_a_notice(void **unused)
{
    static const char *const types[] = {"-A", "+NS", "A"};
    (void)unused;
    for (int i = 0; i < 3; i++) {
        struct run r;
        run_begin(&r, "");
        run_series(&r, 0, 1, 60, RUN_PC, types[i] + (*types[i] == '+'), "www", 0);
        new_domains(&r, 60, 40);
        const struct dnsmon_event *last = NULL, *ev;
        for (unsigned k = 0; (ev = run_event(&r, RULE, k)) != NULL; k++) {
            last = ev;
        }
        assert_non_null(last);
        assert_int_equal(last->level, i < 2 ? DNSMON_NOTICE : DNSMON_ALARM);
        assert_string_equal(last->class_name, "unregistered-mail-host");
        run_free(&r);
    }
}

/* A resolver that begins with mail domains is told by its first eight queries. */
static void a_cold_resolver_is_a_notice(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 36000, 5, 40, RUN_PC, "-MX", "d", 0);
    run_end(&r);
    for (guint i = 0; i < r.events->len; i++) {
        assert_int_equal(((struct dnsmon_event *)g_ptr_array_index(r.events, i))->level,
                         DNSMON_NOTICE);
    }
    assert_non_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* Two generations of 2,048 domains: what is asked often stays known, and a client that has asked
 * for more than both hold is not blind to new ones. One domain an hour is under an app server's
 * 4/h. */
static void known_domains_are_forgotten_in_turn(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "[roles]\napp-servers = " RUN_PC "\n");
    for (unsigned i = 0; i < 5000; i++) {
        run_series(&r, i * 1800.0, 1, 1, RUN_PC, "MX", "d", i);
        run_series(&r, i * 1800.0 + 1, 1, 4, RUN_PC, "MX", "often", 0);
    }
    run_series(&r, 5000 * 1800.0, 10, 40, RUN_PC, "MX", "new", 0);
    run_end(&r);
    const struct dnsmon_event *last = NULL, *ev;
    for (unsigned k = 0; (ev = run_event(&r, RULE, k)) != NULL; k++) {
        if (ev->state == DM_STATE_OPEN) {
            last = ev;
        }
    }
    assert_non_null(last);
    assert_true(last->start_us >= (RUN_DAY + 5000 * (int64_t)1800 - 86400) * 1000000);
    run_free(&r);
}

/* Two block list look-ups are 4 nats: eight domains are then enough for an alarm. */
static void evidence_promotes(void **unused)
{
    (void)unused;
    for (int n = 0; n <= 2; n++) {
        struct run r;
        run_begin(&r, "");
        run_series(&r, 36000, 60, 4, RUN_PC, "MX", "d", 0);
        for (int i = 0; i < n; i++) {
            run_query(&r, 36200 + i, RUN_PC, "A", "2.113.0.203.bl.lists.example");
        }
        run_series(&r, 36240, 60, 4, RUN_PC, "MX", "d", 4);
        run_end(&r);
        assert_non_null(run_event(&r, RULE, 0));
        assert_int_equal(run_event(&r, RULE, 0)->level, n < 2 ? DNSMON_NOTICE : DNSMON_ALARM);
        run_free(&r);
    }
}

/* 16 MX and 310 A are 326 look-ups without a PTR: the verdict comes with the next MX. */
static void class_change_is_an_update(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 36000, 60, 16, RUN_PC, "MX", "d", 0);
    run_series(&r, 37000, 1, 310, RUN_PC, "A", "www", 0);
    run_query(&r, 37400, RUN_PC, "MX", "d0.example");
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 2);
    assert_non_null(ev);
    assert_string_equal(run_event(&r, RULE, 1)->class_name, "unregistered-mail-host");
    assert_string_equal(ev->class_name, "mass-mailing-worm");
    assert_int_equal(ev->state, DM_STATE_UPDATE);
    assert_string_equal(ev->id, run_event(&r, RULE, 0)->id);
    run_near(ev->llr, -327 * 0.01416177, 1e-3);
    run_free(&r);
}

/* Registered list hosts teach as mail servers do. */
static void list_hosts_teach(void **unused)
{
    struct run r;

    (void)unused;
    for (int listed = 0; listed < 2; listed++) {
        run_begin(&r, listed ? "[roles]\nlist-hosts = 192.0.2.26\n" : "");
        run_series(&r, 0, 1, 40, "192.0.2.26", "MX", "d", 0);
        run_series(&r, 600, 60, 40, RUN_PC, "MX", "d", 0);
        run_end(&r);
        unsigned of_pc = 0;
        for (guint i = 0; i < r.events->len; i++) {
            const struct dnsmon_event *ev = g_ptr_array_index(r.events, i);
            of_pc += strcmp(ev->rule_id, RULE) == 0 && ev->has_client &&
                     strstr(dnsmon_event_json(ev), RUN_PC "\"") != NULL;
        }
        assert_true((of_pc == 0) == listed);
        run_free(&r);
    }
}

/* The highest level that mass-mailer gave, and with it the last class. */
static int highest(const struct run *r, const char **ret_class)
{
    const struct dnsmon_event *ev;
    int level = 0;

    for (unsigned i = 0; (ev = run_event(r, RULE, i)) != NULL; i++) {
        level = MAX(level, (int)ev->level);
        *ret_class = ev->class_name;
    }
    return level;
}

/* What sends mail with SPF's successors, block lists and PTR from its first query on is a mail host
 * that nobody registered: a notice, until it is 64 new domains. A PC with a past is none. */
static void a_mail_host_is_a_notice(void **unused)
{
    static const struct {
        unsigned before, n;
        int level;
        const char *class_name;
    } rows[] = {{0, 62, DNSMON_NOTICE, "unregistered-mail-host"}, /* and own.example: 63 */
                {0, 63, DNSMON_ALARM, "spam-relay"},
                {3000, 15, DNSMON_ALARM, "spam-relay"}};
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        const char *class_name = "";
        run_begin(&r, "");
        run_series(&r, 20000, 1, row->before, RUN_PC, "A", "www", 0);
        /* fifty queries make a role; they come before the first new domain */
        for (unsigned i = 0; i < 20 + row->n; i++) {
            double at = 36000 + i * 60;
            run_query(&r, at, RUN_PC, "PTR", "9.113.0.203.in-addr.arpa");
            run_query(&r, at + 1, RUN_PC, "A", "9.113.0.203.bl.lists.example");
            run_query(&r, at + 2, RUN_PC, "TXT", "_dmarc.a.example");
            if (i >= 20) {
                run_series(&r, at + 3, 0, 1, RUN_PC, "MX", "d", i);
            } else {
                run_query(&r, at + 3, RUN_PC, "MX", "own.example");
            }
        }
        run_end(&r);
        CHECK_ROW(row->class_name, highest(&r, &class_name) == row->level &&
                                       strcmp(class_name, row->class_name) == 0);
        run_free(&r);
    }
}

/* 3 % NS make a resolver of anybody: from 64 new domains on that helps no more. */
static void a_role_put_on_hides_little(void **unused)
{
    (void)unused;
    for (unsigned n = 63; n <= 64; n++) {
        struct run r;
        const char *class_name = "";
        run_begin(&r, "");
        run_series(&r, 30000, 1, 60, RUN_PC, "NS", "d", 0);
        run_series(&r, 36000, 60, n, RUN_PC, "MX", "d", 0);
        run_end(&r);
        assert_int_equal(highest(&r, &class_name), n < 64 ? DNSMON_NOTICE : DNSMON_ALARM);
        assert_string_equal(class_name, "unregistered-mail-host");
        run_free(&r);
    }
}

/* An output that each row must change: 24 domains every 40 s and every 20 min, in three roles. */
static char *output_with(const char *line)
{
    static const char roles[] = "[roles]\napp-servers = 192.0.2.8\nforwarders = 192.0.2.9\n";
    char *config = g_strconcat(roles, "[detector mass-mailer]\n", line, "\n", NULL), *json;
    struct run r;

    run_begin(&r, config);
    for (unsigned i = 0; i < 3; i++) {
        char client[16];
        g_snprintf(client, sizeof client, "192.0.2.%u", 7 + i);
        run_series(&r, i + 0.0, 40, 24, client, "MX", "d", 0);
    }
    run_series(&r, 3600, 1200, 24, "192.0.2.10", "MX", "e", 0);
    run_series(&r, 40000, 5400, 24, "192.0.2.11", "MX", "e", 0);
    run_series(&r, 200000, 1, 60, "192.0.2.12", "NS", "e", 0); /* a guessed resolver */
    run_series(&r, 200100, 60, 24, "192.0.2.12", "MX", "e", 0);
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {
        "threshold = 30",       "notice-domains = 12",   "alarm-domains = 10",
        "baseline-rate = 12/d", "fast-rate = 10/min",    "medium-rate = 12/h",
        "slow-rate = 2/h",      "app-server-rate = 1/h", "forwarder-hosts = 10",
        "events-a-day = 100",   "role-domains = 8",
    };
    const struct dm_detector *det = dm_detectors[DM_DET_mass_mailer];
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

        cmocka_unit_test(notice_at_8_alarm_at_16),
        cmocka_unit_test(an_incident_ends),
        cmocka_unit_test(a_run_is_forgotten),
        cmocka_unit_test(what_is_no_new_domain),
        cmocka_unit_test(roles),
        cmocka_unit_test(mail_servers_teach),
        cmocka_unit_test(a_resolver_is_a_notice),
        cmocka_unit_test(a_cold_resolver_is_a_notice),
        cmocka_unit_test(known_domains_are_forgotten_in_turn),
        cmocka_unit_test(evidence_promotes),
        cmocka_unit_test(class_change_is_an_update),
        cmocka_unit_test(list_hosts_teach),
        cmocka_unit_test(a_mail_host_is_a_notice),
        cmocka_unit_test(a_role_put_on_hides_little),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
