/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * tcp-probe through a monitor in memory: three destinations in ten minutes on both sides, the rule
 * of 2003 with its hold, innocent look-alikes, each option row (doc/SCIENCE.md A.12, F 12).
 */
#include "monitor_run.h"

#include "detect/detector.h"

#define RULE "tcp-probe"
#define ALL "198.51.100." /* destinations */

/* @n attempts, every @step seconds from @at on, at destinations of their own. */
static void probes(struct run *r, double at, double step, unsigned n, const char *client,
                   unsigned port)
{
    for (unsigned i = 0; i < n; i++) {
        char dst[32];
        g_snprintf(dst, sizeof dst, ALL "%u", i + 1);
        run_tcp(r, at + i * step, client, dst, port);
    }
}

static void thresholds(void **unused)
{
    static const struct {
        const char *what, *config;
        const char *client;
        double step;
        unsigned n, port;
        int found;
    } rows[] = {
        {"two", "", RUN_PC, 1, 2, 445, 0},
        {"three", "", RUN_PC, 1, 3, 445, 1},
        {"three in ten minutes", "", RUN_PC, 300, 3, 135, 1},
        {"three in ten minutes and two seconds", "", RUN_PC, 301, 3, 139, 0},
        {"another port", "", RUN_PC, 1, 50, 443, 0},
        {"outside", "", "203.0.113.9", 1, 50, 445, 0},
        {"a scanner of one's own", "[roles]\nmonitors = " RUN_PC "\n", RUN_PC, 1, 50, 445, 0},
        {"a mail server is no scanner", "[roles]\nmail-servers = " RUN_PC "\n", RUN_PC, 1, 3, 445,
         1},
        {"a site's own ports", "[detector tcp-probe]\nports = 22;3389\n", RUN_PC, 1, 3, 3389, 1},
        {"which replace the others", "[detector tcp-probe]\nports = 22;3389\n", RUN_PC, 1, 3, 445,
         0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        probes(&r, 36000, row->step, row->n, row->client, row->port);
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->what, !ev == !row->found);
        if (ev) {
            assert_int_equal(ev->level, DNSMON_ALARM);
            assert_string_equal(ev->class_name, "service-worm");
            run_near(ev->score, 3 * 1.3863, 1e-3);
            assert_int_equal(ev->n_evidence, 3);
            assert_int_equal(ev->start_us / 1000000, RUN_DAY + 36000);
        }
        run_free(&r);
    }
}

/* A file server that does not answer is tried again and again; a second one stands beside it. */
static void file_servers_are_no_probes(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (unsigned i = 0; i < 600; i++) {
        run_tcp(&r, 36000 + i, RUN_PC, i % 2 ? "198.51.100.1" : "198.51.100.2", 445);
    }
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* A PC that uses three file servers, as filters log it that print what they accept. */
static void what_is_let_through_is_no_probe(void **unused)
{
    static const struct {
        const char *what, *form;
        bool found;
    } rows[] = {
        {"ufw ALLOW",
         "2026-05-12T10:00:0%uZ fw kernel: [UFW ALLOW] IN=eth0 OUT=eth1 SRC=" RUN_PC
         " DST=198.51.100.%u LEN=60 PROTO=TCP SPT=4444 DPT=445 WINDOW=1 RES=0x00 SYN URGP=0",
         false},
        {"ufw BLOCK",
         "2026-05-12T10:00:0%uZ fw kernel: [UFW BLOCK] IN=eth0 OUT=eth1 SRC=" RUN_PC
         " DST=198.51.100.%u LEN=60 PROTO=TCP SPT=4444 DPT=445 WINDOW=1 RES=0x00 SYN URGP=0",
         true},
        {"pf pass",
         "2026-05-12T10:00:0%uZ fw filterlog[1]: 4,,,1,em0,match,pass,in,4,0x0,,64,1,0,DF,6,tcp,60,"
         "" RUN_PC ",198.51.100.%u,4444,445,0,S,1,,65535,,mss",
         false},
        {"pf block",
         "2026-05-12T10:00:0%uZ fw filterlog[1]: "
         "4,,,1,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,"
         "" RUN_PC ",198.51.100.%u,4444,445,0,S,1,,65535,,mss",
         true},
        {"a record",
         "{\"kind\":\"tcp-attempt\",\"time\":\"2026-05-12T10:00:0%uZ\",\"client\":\"" RUN_PC
         "\",\"dst\":\"198.51.100.%u\",\"dport\":445,\"event\":{\"action\":\"accept\"}}",
         false},
        {"a record without an action",
         "{\"kind\":\"tcp-attempt\",\"time\":\"2026-05-12T10:00:0%uZ\",\"client\":\"" RUN_PC
         "\",\"dst\":\"198.51.100.%u\",\"dport\":445}",
         true},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        run_forms(&r, row->form, 5);
        run_end(&r);
        CHECK_ROW(row->what, (run_event(&r, RULE, 0) != NULL) == row->found);
        run_free(&r);
    }
}

/* The first attempt is reported within its own second; the next within 24 h is counted into the
 * incident, one after more than 24 h of rest is another. */
static void the_rule_of_2003(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "[detector tcp-probe]\ndistinct = 1\n");
    run_tcp(&r, 36000, RUN_PC, "198.51.100.1", 135);
    run_tcp(&r, 36000 + 23 * 3600, RUN_PC, "198.51.100.2", 135);
    run_tcp(&r, 36000 + 48 * 3600, RUN_PC, "198.51.100.2", 135);
    run_end(&r);
    unsigned opened = 0;
    const struct dnsmon_event *ev;
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        opened += ev->state == DM_STATE_OPEN;
    }
    assert_int_equal(opened, 2);
    ev = run_event(&r, RULE, 0);
    assert_int_equal(ev->state, DM_STATE_OPEN);
    assert_int_equal(ev->time_us / 1000000, RUN_DAY + 36000);
    run_free(&r);
}

/* Attempts are no queries: nothing is counted of them. */
static void attempts_are_not_counted(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "[detector tcp-probe]\nports = 15;28\n");
    probes(&r, 36000, 1, 60, RUN_PC, 15);
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    assert_int_equal(ev->count.mx, 0);
    assert_int_equal(ev->count.other, 0);
    assert_null(run_event(&r, "mx-census", 0));
    run_free(&r);
}

static char *output_with(const char *line)
{
    char *config = g_strconcat("[detector tcp-probe]\n", line, "\n", NULL), *json;
    struct run r;

    run_begin(&r, config);
    probes(&r, 0, 100, 4, RUN_PC, 445);
    probes(&r, 5000, 100, 2, "192.0.2.8", 445);
    probes(&r, 9000, 400, 4, "192.0.2.9", 445);
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {"ports = 139", "distinct = 2", "within = 1h"};
    const struct dm_detector *det = dm_detectors[DM_DET_tcp_probe];
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
        cmocka_unit_test(thresholds),       cmocka_unit_test(file_servers_are_no_probes),
        cmocka_unit_test(the_rule_of_2003), cmocka_unit_test(attempts_are_not_counted),
        cmocka_unit_test(each_row_matters), cmocka_unit_test(what_is_let_through_is_no_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
