/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * smtp-dos through a monitor in memory: who is named, when, at which level; who is innocent
 * (doc/SCIENCE.md A.10, D.5-5). The server's ordinary minute: ten connections, seven messages.
 */
#include "flood_run.h"

#include "detect/detector.h"

#define RULE "smtp-dos"
#define CLIENT "203.0.113.9"
#define DAY 1440

/* @n connections and @rejects of one client in a minute. */
static void client_minute(struct run *r, unsigned minute, const char *client, unsigned n,
                          unsigned accepted, unsigned rejects)
{
    for (unsigned i = 0; i < n; i++) {
        mail_connect(r, minute * 60.0 + 2, client, i < accepted);
    }
    for (unsigned i = 0; i < rejects; i++) {
        mail_reject(r, minute * 60.0 + 2, client, MAIL_UNKNOWN, ++mail_serial);
    }
}

struct row {
    const char *what;
    bool history;                           /* a day of ordinary minutes in front */
    unsigned n, accepted, rejects, minutes; /* the client's */
    int level;                              /* highest of all events; 0: none */
    int within;                             /* minutes to the first event */
};

static const struct row rows[] = {
    /* 22 a minute, as on 5 July 2003 (32,028 a day) */
    {"one client, a reject each", true, 22, 0, 22, 30, DNSMON_ALARM, 5},
    {"the same on the first day", false, 22, 0, 22, 30, DNSMON_ALARM, 5},
    /* 9.4 a minute, as 13,505 a day would be: rejects dominate, connections do not */
    {"slow", true, 9, 0, 9, 60, DNSMON_ALARM, 5},
    {"connects and says nothing", true, 40, 0, 0, 30, DNSMON_ALARM, 5},
    {"one connection, many recipients", true, 1, 0, 30, 30, DNSMON_ALARM, 5},
    {"little", true, 2, 0, 2, 60, 0, 0},
    {"two minutes only", true, 60, 0, 60, 2, 0, 0},
    {"a provider's relay", true, 60, 55, 5, 60, 0, 0},
    {"a provider's relay with many dead addresses", true, 60, 40, 40, 60, 0, 0},
    /* a quarter of 0.7 is 0.175: 5 of 30 are 0.167, 6 are 0.2 */
    {"just inefficient enough", true, 30, 5, 25, 30, DNSMON_ALARM, 5},
    {"just efficient enough", true, 30, 6, 24, 30, 0, 0},
};

static void one_client(void **state)
{
    (void)state;
    FOR_ROWS(row, rows)
    {
        struct run r;
        unsigned at = row->history ? DAY + 120 : 0;
        run_begin(&r, MAIL_CONFIG);
        mail_ordinaries(&r, 0, at);
        for (unsigned i = 0; i < row->minutes; i++) {
            mail_ordinary(&r, at + i);
            client_minute(&r, at + i, CLIENT, row->n, row->accepted, row->rejects);
        }
        mail_ordinaries(&r, at + row->minutes, at + row->minutes + 10);
        run_end(&r);
        int level = 0;
        const struct dnsmon_event *ev;
        for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
            level = MAX(level, (int)ev->level);
            char addr[DM_ADDR_STRLEN];
            CHECK_ROW(row->what, ev->has_client && ev->has_host);
            CHECK_ROW(row->what, strcmp(dm_addr_text(&ev->client, addr), CLIENT) == 0);
            CHECK_ROW(row->what,
                      strcmp(ev->class_name,
                             ev->level == DNSMON_ALARM ? "smtp-dos" : "strange-smtp-client") == 0);
        }
        if (level != row->level || (level && mail_minutes_to(&r, RULE, at) > row->within)) {
            fail_msg("%s: level %d after %d min", row->what, level, mail_minutes_to(&r, RULE, at));
        }
        run_free(&r);
    }
}

/* Whoever is authorised is not named; an inside machine is, but no line to refuse it. */
static void own_machines(void **state)
{
    static const struct {
        const char *role, *client;
        bool found, suggest;
    } hosts[] = {
        {"", CLIENT, true, true},
        {"", "2001:db8:77::9", true, true},
        {"", "192.0.2.7", true, false},
        {"list-hosts = " CLIENT "\n", CLIENT, false, false},
        {"app-servers = " CLIENT "\n", CLIENT, false, false},
        {"monitors = " CLIENT "\n", CLIENT, false, false},
        {"", "127.0.0.1", false, false},
        {"", MAIL_SERVER, false, false},
    };

    (void)state;
    FOR_ROWS(row, hosts)
    {
        struct run r;
        char *config = g_strdup_printf("[roles]\nmail-servers = " MAIL_SERVER "\n%s", row->role);
        char line[128];
        run_begin(&r, config);
        for (unsigned i = 0; i < 20; i++) {
            mail_ordinary(&r, i);
            client_minute(&r, i, row->client, 30, 0, 30);
        }
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->client, !ev == !row->found);
        if (ev) {
            g_snprintf(line, sizeof line, "%s REJECT ", row->client);
            CHECK_ROW(row->client, g_str_has_prefix(ev->suggest, line) == row->suggest);
            CHECK_ROW(row->client, (ev->suggest[0] != 0) == row->suggest);
            CHECK_ROW(row->client, !strstr(ev->reason, "check_client_access") == !row->suggest);
        }
        run_free(&r);
        g_free(config);
    }
}

/* One after the other: two incidents; the first's last event names the first. */
static void two_clients(void **state)
{
    struct run r;
    int opened = 0, closed = 0;
    const struct dnsmon_event *ev;

    (void)state;
    run_begin(&r, MAIL_CONFIG);
    for (unsigned i = 0; i < 40; i++) {
        mail_ordinary(&r, i);
        client_minute(&r, i, i < 20 ? CLIENT : "198.51.100.7", 30, 0, 30);
    }
    run_end(&r);
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        char addr[DM_ADDR_STRLEN];
        dm_addr_text(&ev->client, addr);
        assert_non_null(strstr(ev->reason, addr));
        assert_true(g_str_has_prefix(ev->suggest, addr));
        opened += ev->state == DM_STATE_OPEN;
        closed += ev->state == DM_STATE_CLOSE;
    }
    assert_int_equal(opened, 2);
    assert_int_equal(closed, 2);
    run_free(&r);
}

/* The day's exact rejects are in the figures. */
static void figures(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, MAIL_CONFIG);
    for (unsigned i = 0; i < 20; i++) {
        client_minute(&r, i, CLIENT, 30, 0, 30);
    }
    mail_reject(&r, 1300, CLIENT, MAIL_RELAY, 1);
    mail_reject(&r, 1300, CLIENT, MAIL_REFUSED, 1);
    mail_reject(&r, 1300, CLIENT, "Sender address rejected: Domain not found", 1);
    run_end(&r);
    const struct dnsmon_event *ev, *last = NULL;
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        last = ev;
    }
    assert_non_null(last);
    assert_true(last->figures.groups & DM_FIG_REJECTS);
    run_near(last->figures.user_unknown, 600, 0);
    run_free(&r);
}

/* A reload in the middle of an attack: state test in small. */
static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_CONFIG "[detector smtp-dos]\n", line, "\n", NULL), *json;
    struct run r;

    mail_serial = 0;
    run_begin(&r, config);
    for (unsigned i = 0; i < 40; i++) {
        mail_ordinary(&r, i);
        client_minute(&r, i, CLIENT, 12, 1, 12);
    }
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **state)
{
    static const char *const lines[] = {"share = 0.99",  "efficiency = 0.01",
                                        "attempts = 60", "alarm-attempts = 1000",
                                        "surge = 20",    "minutes = 8"};
    const struct dm_detector *det = dm_detectors[DM_DET_smtp_dos];
    char *deflt = output_with("");

    (void)state;
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
        cmocka_unit_test(one_client),       cmocka_unit_test(own_machines),
        cmocka_unit_test(two_clients),      cmocka_unit_test(figures),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
