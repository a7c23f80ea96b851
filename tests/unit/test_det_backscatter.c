/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * backscatter through a monitor in memory: the papers' form and the modern one, with one of the two
 * logs missing, and what only looks like it (doc/SCIENCE.md A.6, C5, D.1 I14, I15, D.5-5).
 */
#include "flood_run.h"

#include "detect/detector.h"

#define RULE "backscatter"
#define DAY 1440
#define NOON 720

enum { MAIL = 1, DNS = 2, BOTH = 3 };

struct row {
    const char *what;
    int logs;              /* which of them are read */
    bool history;          /* a day of ordinary minutes in front */
    struct mail_mix extra; /* beside the ordinary minute */
    unsigned minutes;
    int level, within;      /* highest level of all events, 0: none; minutes to the first */
    const char *class_name; /* of the last event */
};

/* What a hundred bots a minute bring. */
#define FLOOD .connections = 60, .accepted = 6, .unknown = 60, .kind = 3

static const struct row rows[] = {
    {"the papers' form",
     BOTH,
     true,
     {FLOOD, .queries = 120, .unresolved = 60},
     30,
     DNSMON_ALARM,
     5,
     "backscatter-ddos"},
    {"the papers' form, first day",
     BOTH,
     false,
     {FLOOD, .queries = 120, .unresolved = 60},
     30,
     DNSMON_ALARM,
     5,
     "backscatter-ddos"},
    {"its queries alone",
     DNS,
     true,
     {.queries = 120, .unresolved = 60},
     30,
     DNSMON_ALARM,
     5,
     "unresolved-surge"},
    {"its queries alone, first day",
     DNS,
     false,
     {.queries = 120, .unresolved = 60},
     30,
     DNSMON_ALARM,
     5,
     "unresolved-surge"},
    {"its queries, and a quiet mail log",
     BOTH,
     true,
     {.queries = 120, .unresolved = 60},
     30,
     DNSMON_NOTICE,
     5,
     "unresolved-surge"},
    {"too small a share", BOTH, true, {.queries = 360, .unresolved = 60}, 30, 0, 0, NULL},
    {"too few", BOTH, true, {.unresolved = 19}, 1, 0, 0, NULL},
    {"the modern form",
     BOTH,
     true,
     {FLOOD, .queries = 120, .novel = 50, .nxdomain = 60, .answered = 40},
     30,
     DNSMON_ALARM,
     5,
     "backscatter-ddos"},
    {"the modern form, no answers logged",
     BOTH,
     true,
     {FLOOD, .queries = 120, .novel = 50},
     30,
     DNSMON_ALARM,
     5,
     "backscatter-ddos"},
    {"the modern form, first day",
     BOTH,
     false,
     {FLOOD, .queries = 120, .novel = 50, .nxdomain = 60, .answered = 40},
     30,
     0,
     0,
     NULL},
    {"the log alone", MAIL, true, {FLOOD}, 30, DNSMON_NOTICE, 5, "backscatter-ddos"},
    {"the modern form, its queries alone",
     DNS,
     true,
     {.queries = 120, .novel = 50, .nxdomain = 60, .answered = 40},
     30,
     DNSMON_NOTICE,
     6,
     "unresolved-surge"},
    /* what only looks like it */
    {"one client",
     BOTH,
     true,
     {.connections = 60,
      .unknown = 60,
      .peers = 1,
      .kind = 3,
      .queries = 120,
      .novel = 50,
      .nxdomain = 60},
     30,
     0,
     0,
     NULL},
    {"one client, the papers' form",
     BOTH,
     true,
     {.connections = 60, .unknown = 60, .peers = 1, .kind = 3, .queries = 120, .unresolved = 60},
     30,
     0,
     0,
     NULL},
    {"deleted accounts",
     BOTH,
     true,
     {.connections = 16, .unknown = 16, .kind = 3, .recipients = 40, .queries = 40},
     300,
     0,
     0,
     NULL},
    {"a newsletter goes out",
     BOTH,
     true,
     {.queries = 900, .novel = 300, .nxdomain = 20, .answered = 880},
     20,
     0,
     0,
     NULL},
    {"a newsletter's bounces come back",
     BOTH,
     true,
     {.connections = 100, .accepted = 100, .kind = 3, .queries = 200},
     30,
     0,
     0,
     NULL},
    {"a list burst from outside",
     BOTH,
     true,
     {.connections = 60, .accepted = 55, .peers = 3, .kind = 3, .unknown = 5, .queries = 90},
     20,
     0,
     0,
     NULL},
    {"a busy morning: everything fivefold",
     BOTH,
     true,
     {.connections = 40,
      .accepted = 28,
      .kind = 3,
      .unknown = 1,
      .relay = 1,
      .queries = 160,
      .novel = 8,
      .nxdomain = 16,
      .answered = 144},
     120,
     0,
     0,
     NULL},
};

static void minute(struct run *r, unsigned at, const struct mail_mix *m, int logs)
{
    struct mail_mix one = *m;

    if (!(logs & MAIL)) {
        one.connections = one.unknown = one.relay = one.refused = 0;
    }
    if (!(logs & DNS)) {
        one.queries = one.unresolved = one.novel = one.nxdomain = one.answered = 0;
    }
    mail_minute(r, at, &one);
}

static void ordinary(struct run *r, unsigned at, int logs)
{
    struct mail_mix m = {.connections = 10,
                         .accepted = 7,
                         .peers = 40,
                         .kind = 9,
                         .unknown = at % 5 == 0,
                         .relay = at % 60 == 0,
                         .queries = 40,
                         .novel = 2,
                         .nxdomain = 4,
                         .answered = 36};

    minute(r, at, &m, logs);
}

static void feed(struct run *r, const struct row *row)
{
    unsigned at = row->history ? DAY + NOON + 60 : 0;

    mail_serial = 0;
    run_begin(r, MAIL_CONFIG);
    for (unsigned i = NOON - 30; row->history && i < at; i++) {
        ordinary(r, i, row->logs);
    }
    for (unsigned i = 0; i < row->minutes; i++) {
        ordinary(r, at + i, row->logs);
        minute(r, at + i, &row->extra, row->logs);
    }
    for (unsigned i = 0; i < 10; i++) {
        ordinary(r, at + row->minutes + i, row->logs);
    }
    run_end(r);
}

static void forms(void **state)
{
    (void)state;
    FOR_ROWS(row, rows)
    {
        struct run r;
        const struct dnsmon_event *ev, *last = NULL;
        int level = 0;
        feed(&r, row);
        for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
            level = MAX(level, (int)ev->level);
            last = ev;
        }
        int after = mail_minutes_to(&r, RULE, row->history ? DAY + NOON + 60 : 0);
        if (level != row->level || (level && after > row->within)) {
            fail_msg("%s: level %d after %d min: %s", row->what, level, after,
                     last ? last->reason : "");
        }
        CHECK_ROW(row->what, !last || strcmp(last->class_name, row->class_name) == 0);
        CHECK_ROW(row->what, !last || (last->has_host && !last->has_client));
        run_free(&r);
    }
}

/* Unresolved counts and r2 of an attack that swells and ebbs: y of 1..60, x = 20 + 3 y. */
static void figures(void **state)
{
    struct run r;
    const struct dnsmon_event *ev, *last = NULL;
    double total = 0, unresolved = 0;

    (void)state;
    mail_serial = 0;
    run_begin(&r, MAIL_CONFIG);
    for (unsigned i = 0; i < 90; i++) {
        struct mail_mix m = {.unresolved = 1 + i * 7 % 60};
        m.queries = 20 + 2 * m.unresolved;
        mail_minute(&r, i, &m);
        total += m.queries + m.unresolved;
        unresolved += m.unresolved;
    }
    run_end(&r);
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        last = ev;
    }
    assert_non_null(last);
    assert_true(last->figures.groups & DM_FIG_UNRESOLVED);
    run_near(last->figures.unresolved_r2, 1, 1e-9);
    assert_non_null(strstr(last->reason, "r2 = 1.000"));
    /* the last minute is not over when the input ends */
    assert_true(last->figures.unresolved <= unresolved &&
                last->figures.unresolved >= unresolved - 60);
    assert_true(last->figures.unresolved_total <= total &&
                last->figures.unresolved_total >= total - 200);
    run_near(last->figures.unresolved_share,
             last->figures.unresolved / last->figures.unresolved_total, 1e-12);
    run_free(&r);
}

/* What the engine counts: cc becomes a subdomain when it is answered, and a suffix with that. */
static void learned_subdomains(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, MAIL_CONFIG);
    for (unsigned i = 0; i < 5; i++) {
        char pc[32];
        g_snprintf(pc, sizeof pc, "192.0.2.%u", 100 + i);
        run_query(&r, 1, pc, "A", "info.campus.test");
    }
    for (unsigned i = 0; i < 60; i++) {
        run_query(&r, 61, MAIL_SERVER, "A", "www.info.campus.test"); /* known: not counted */
        run_query(&r, 61, MAIL_SERVER, "A", "gpo.cc.campus.test");
        run_query(&r, 61, MAIL_SERVER, "A", "d.example.com.info.campus.test"); /* counted */
        run_query(&r, 61, MAIL_SERVER, "A", "d.example.com.cc.campus.test");
    }
    mail_minute(&r, 9, &(struct mail_mix){.queries = 1});
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    run_near(ev->figures.unresolved, 120, 0);
    run_near(ev->figures.unresolved_total, 240, 0);
    run_free(&r);
}

static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_CONFIG "[detector backscatter]\n", line, "\n", NULL), *json;
    struct mail_mix flood = {FLOOD, .queries = 120, .novel = 50, .nxdomain = 40, .answered = 40};
    struct mail_mix unresolved = {.queries = 20, .unresolved = 10};
    struct run r;

    mail_serial = 0;
    run_begin(&r, config);
    for (unsigned i = 0; i < 130; i++) {
        ordinary(&r, i, BOTH);
    }
    for (unsigned i = 130; i < 150; i++) {
        ordinary(&r, i, BOTH);
        mail_minute(&r, i, &flood);
    }
    for (unsigned i = 150; i < 240; i++) {
        ordinary(&r, i, BOTH);
    }
    for (unsigned i = 240; i < 270; i++) {
        mail_minute(&r, i, &unresolved);
    }
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **state)
{
    static const char *const lines[] = {"threshold = 29",
                                        "surge = 100",
                                        "share = 0.9",
                                        "unresolved = 10000",
                                        "nxdomain-share = 0.95",
                                        "efficiency-drop = 0.01",
                                        "peers = 1000",
                                        "peer-growth = 100",
                                        "guesses = 100000",
                                        "distinct = 1.9",
                                        "r2 = 0.01"};
    const struct dm_detector *det = dm_detectors[DM_DET_backscatter];
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
        cmocka_unit_test(forms),
        cmocka_unit_test(figures),
        cmocka_unit_test(learned_subdomains),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
