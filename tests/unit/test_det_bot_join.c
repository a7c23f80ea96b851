/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * bot-join through a monitor in memory: both kinds of evidence on both sides of every threshold,
 * innocent look-alikes, each option row (doc/SCIENCE.md A.12 (c)). A new domain a minute gives
 * mass-mailer ln(60 / (1/24)) = 7.2724 nats and takes 1.0 away; a destination is 1.3863 nats; the
 * threshold is ln(10 * 10^5) = 13.8155.
 */
#include "monitor_run.h"

#include "detect/detector.h"

#define RULE "bot-join"
#define HOUR 3600

static void probes(struct run *r, double at, const char *client, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char dst[32];
        g_snprintf(dst, sizeof dst, "198.51.100.%u", i + 1);
        run_tcp(r, at + i, client, dst, 445);
    }
}

static void thresholds(void **unused)
{
    static const struct {
        const char *what, *config;
        unsigned domains, tries;
        double gap; /* from the last query to the first attempt, s */
        int found;
    } rows[] = {
        /* 4 * 7.2724 - 3 * 0.9993 = 26.09 nats, and 1.39 */
        {"four domains and one attempt", "", 4, 1, 60, 1},
        {"three domains are an account set-up", "", 3, 1, 60, 0},
        {"three domains and two attempts", "", 3, 2, 60, 0},
        {"no attempt", "", 7, 0, 60, 0},
        {"no mail", "", 0, 2, 60, 0},
        {"a day less a minute", "", 4, 1, 24 * HOUR - 60, 1},
        {"a day and a minute", "", 4, 1, 24 * HOUR + 60, 0},
        {"a mail server", "[roles]\nmail-servers = " RUN_PC "\n", 40, 9, 60, 0},
        {"mass-mailer does not run", "[detectors]\ndisable = mass-mailer\n", 7, 2, 60, 0},
        {"tcp-probe does not run", "[detectors]\ndisable = tcp-probe\n", 7, 2, 60, 0},
        {"threshold above", "[detector bot-join]\nthreshold = 27.4\n", 4, 1, 60, 1},
        {"threshold below", "[detector bot-join]\nthreshold = 27.6\n", 4, 1, 60, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        run_query(&r, 0, RUN_PC, "A", "www.example");
        double at = 36000;
        run_series(&r, at, 60, row->domains, RUN_PC, "MX", "d", 0);
        probes(&r, at + (row->domains ? row->domains - 1 : 0) * 60 + row->gap, RUN_PC, row->tries);
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->what, !ev == !row->found);
        if (ev) {
            assert_int_equal(ev->level, DNSMON_ALARM);
            assert_string_equal(ev->class_name, "bot-worm");
            run_near(ev->score, 26.092 + 1.386, 0.1);
            assert_int_equal(ev->distinct_registered, 4);
            assert_int_equal(ev->n_evidence, 2); /* the fourth domain, the attempt */
        }
        run_free(&r);
    }
}

/* Either order, and neither rule alone says anything: 7 domains are no mass mail, 2 destinations
 * no probe. */
static void more_than_the_parts(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    probes(&r, 36000, RUN_PC, 2);
    run_series(&r, 36100, 60, 7, RUN_PC, "MX", "d", 0);
    run_end(&r);
    assert_null(run_event(&r, "tcp-probe", 0));
    assert_null(run_event(&r, "mass-mailer", 0));
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    assert_int_equal(ev->time_us / 1000000, RUN_DAY + 36100 + 180); /* the fourth domain */
    assert_int_equal(ev->start_us / 1000000, RUN_DAY + 36000);
    run_free(&r);
}

/* A resolver below ours that is also part of a Windows domain is told of quietly. */
static void a_resolver_is_a_notice(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    run_series(&r, 35000, 1, 60, RUN_PC, "-A", "www", 0);
    run_series(&r, 36000, 60, 6, RUN_PC, "-MX", "d", 0);
    probes(&r, 36400, RUN_PC, 1);
    run_end(&r);
    assert_non_null(run_event(&r, RULE, 0));
    assert_int_equal(run_event(&r, RULE, 0)->level, DNSMON_NOTICE);
    run_free(&r);
}

static char *output_with(const char *line)
{
    char *config = g_strconcat("[detector bot-join]\n", line, "\n", NULL), *json;
    struct run r;

    run_begin(&r, config);
    run_series(&r, 36000, 60, 5, RUN_PC, "MX", "d", 0);
    probes(&r, 36600 + HOUR, RUN_PC, 1);
    /* one an hour: 4 * 3.178 - 3 * 0.958 = 9.84 nats, and five destinations */
    run_series(&r, 36000, HOUR, 4, "192.0.2.9", "MX", "e", 0);
    probes(&r, 36060 + 3 * HOUR, "192.0.2.9", 5);
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {"threshold = 50", "domains = 6", "mail-share = 1",
                                        "within = 10m", "events-a-day = 1000"};
    const struct dm_detector *det = dm_detectors[DM_DET_bot_join];
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
        cmocka_unit_test(thresholds),
        cmocka_unit_test(more_than_the_parts),
        cmocka_unit_test(a_resolver_is_a_notice),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
