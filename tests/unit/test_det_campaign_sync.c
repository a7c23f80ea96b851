/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * campaign-sync: the rule on series (how often the paper's curves would be found, by law), then the
 * detector through a monitor in memory (doc/SCIENCE.md A.12 (b), F 13).
 */
#include "monitor_run.h"

#include <math.h>

#include "detect/detector.h"
#include "detect/synchrony.h"

#define RULE "campaign-sync"
#define DAYS 455 /* 2005-01-01 .. 2006-03-31 */
#define ON 234   /* 2005-08-23 */
#define OFF 422  /* 2006-02-27 */
#define PAIRS 300

/* ---- the rule ---- */

static double normal(struct test_rng *rng)
{
    double u = ((double)test_rng_below(rng, 1000000) + 0.5) / 1e6;
    double v = (double)test_rng_below(rng, 1000000) / 1e6;

    return sqrt(-2 * log(u)) * cos(6.283185307 * v);
}

/* A Poisson number, by the normal law where that is near. */
static double count(struct test_rng *rng, double mean)
{
    double v = floor(mean + sqrt(mean) * normal(rng) + 0.5);

    return v < 0 ? 0 : v;
}

struct model {
    const char *name;
    double level;   /* counts a day outside the campaign */
    double rise;    /* how many times as much in it */
    double weekend; /* of a working day */
    double least;   /* share of pairs that must be found as F 13 says */
};

/* Whether one pair of series has exactly one start and one end, each within 14 days. */
static bool is_found(struct test_rng *rng, const struct model *m,
                     const struct dm_synchrony_rule *rule)
{
    struct dm_synchrony s = {0};
    int starts = 0, ends = 0, start = 0, end = 0;

    for (int d = 0; d < DAYS; d++) {
        bool in = d >= ON && d <= OFF, was = s.active, free = d % 7 >= 5;
        double a = normal(rng), b = normal(rng), level = m->level * (in ? m->rise : 1);
        level *= free ? m->weekend : 1;
        dm_synchrony_add(&s, rule, count(rng, level * exp(0.6 * a)),
                         count(rng, level * exp(0.6 * (in ? a : b))), free);
        if (s.active && !was) {
            starts++;
            start = d;
        } else if (!s.active && was) {
            ends++;
            end = d;
        }
    }
    return starts == 1 && ends == 1 && start >= ON && start <= ON + 14 && end > OFF &&
           end <= OFF + 14;
}

/* What doc/detectors/campaign-sync.md says was measured. */
static void measured(void **unused)
{
    static const struct model models[] = {
        {"five times as many", 20, 5, 1, 0.88},
        {"five times as many, half at weekends", 20, 5, 0.5, 0.86},
        {"400 a day, no rise", 400, 1, 1, 0.90},
        {"20 a day, no rise", 20, 1, 1, 0.25},
    };
    struct dm_synchrony_rule rule = {14, 2, 0.8, 0.5}, plain = {14, 3, 0.8, 0.5};
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "campaign pairs", 20050823);
    FOR_ROWS(m, models)
    {
        int found = 0, found_plain = 0;
        for (int i = 0; i < PAIRS; i++) {
            found += is_found(&rng, m, &rule);
            found_plain += is_found(&rng, m, &plain);
        }
        print_message("%s: found %.2f; after three days %.2f\n", m->name, (double)found / PAIRS,
                      (double)found_plain / PAIRS);
        CHECK_ROW(m->name, found >= m->least * PAIRS);
    }
}

/* Series without variation, or with the week's only, are not in step. */
static void nothing_in_common(void **unused)
{
    struct dm_synchrony_rule rule = {14, 2, 0.8, 0.5};
    struct dm_synchrony constant = {0}, weekly = {0};

    (void)unused;
    for (int d = 0; d < 200; d++) {
        bool free = d % 7 >= 5;
        assert_false(dm_synchrony_add(&constant, &rule, 3, 5, free));
        assert_false(dm_synchrony_add(&weekly, &rule, free ? 3 : 40, free ? 2 : 77, free));
    }
    assert_true(constant.r == 0 && weekly.r == 0);
}

/* ---- the detector ---- */

static const unsigned wave[] = {4, 9, 6, 12, 3, 8, 15, 5, 10, 7, 13, 4, 11, 6};

/* @mail clients that ask MX of a stranger, @probe machines that knock, on day @d. */
static void day(struct run *r, int d, unsigned mail, unsigned probe)
{
    char client[32], name[32];

    for (unsigned i = 0; i < mail; i++) {
        g_snprintf(client, sizeof client, "192.0.2.%u", 10 + i);
        g_snprintf(name, sizeof name, "d%d-%u.example", d, i);
        run_query(r, d * 86400.0 + 36000 + i, client, "MX", name);
        run_query(r, d * 86400.0 + 36000 + i + 0.5, client, "MX", name); /* again: not counted */
    }
    for (unsigned i = 0; i < probe; i++) {
        g_snprintf(client, sizeof client, "192.0.2.%u", 100 + i);
        run_tcp(r, d * 86400.0 + 40000 + i, client, "198.51.100.1", 445);
    }
}

/* Waves in step on days 30 to 69, opposed before and after. */
static void one_start_and_one_end(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (int d = 0; d < 100; d++) {
        unsigned x = wave[d % 14];
        day(&r, d, x, d >= 30 && d < 70 ? x + 1 : 17 - x);
    }
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0), *last = NULL;
    assert_non_null(ev);
    assert_int_equal(ev->state, DM_STATE_OPEN);
    assert_int_equal(ev->level, DNSMON_NOTICE);
    assert_string_equal(ev->class_name, "synchronised-campaign");
    assert_false(ev->has_client || ev->has_host);
    int start = (int)((ev->time_us / 1000000 - RUN_DAY) / 86400), states[3] = {0};
    assert_in_range(start, 31, 44);
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        states[ev->state]++;
        last = ev;
    }
    assert_int_equal(states[DM_STATE_OPEN], 1);
    assert_int_equal(states[DM_STATE_CLOSE], 1);
    assert_int_equal(last->state, DM_STATE_CLOSE);
    assert_in_range((last->time_us / 1000000 - RUN_DAY) / 86400, 71, 84);
    /* once a day between them */
    assert_int_equal(states[DM_STATE_UPDATE],
                     (int)((last->time_us / 1000000 - RUN_DAY) / 86400) - start - 1);
    run_free(&r);
}

static void silent(void **unused)
{
    static const struct {
        const char *what, *config;
        int mail, probe; /* times the wave; -1: two clients at the most */
    } rows[] = {
        {"mail alone", "", 1, 0},
        {"probes alone", "", 0, 1},
        {"a machine or two", "", -1, -1},
        {"monitors", "[roles]\nmonitors = 192.0.2.0/24\n", 1, 1},
        {"mail servers do the mailing", "[roles]\nmail-servers = 192.0.2.0/26\n", 1, 1},
        {"tcp on other ports", "[detector tcp-probe]\nports = 22\n", 1, 1},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        for (int d = 0; d < 40; d++) {
            unsigned few = wave[d % 14] / 8, x = wave[d % 14];
            day(&r, d, row->mail < 0 ? few : x * (unsigned)row->mail,
                row->probe < 0 ? few : x * (unsigned)row->probe);
        }
        run_end(&r);
        CHECK_ROW(row->what, !run_event(&r, RULE, 0));
        run_free(&r);
    }
}

static char *output_with(const char *line)
{
    char *config = g_strconcat("[detector campaign-sync]\n", line, "\n", NULL), *json;
    struct run r;

    run_begin(&r, config);
    for (int d = 0; d < 80; d++) {
        unsigned x = wave[d % 14];
        day(&r, d, x, d >= 20 && d < 60 ? x + (d < 35 ? 0 : d * 5 % 11) : 17 - x);
    }
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {"window = 10", "start = 0.95", "days = 4", "end = 0.75",
                                        "clients = 100"};
    const struct dm_detector *det = dm_detectors[DM_DET_campaign_sync];
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
        cmocka_unit_test(measured),
        cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(one_start_and_one_end),
        cmocka_unit_test(silent),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
