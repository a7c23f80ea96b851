/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * cache-efficiency from lines: 100 look-ups where 1,000 are called for are 0.9 (doc/SCIENCE.md
 * A.11, F.10), what is a fall and what is none, frozen coefficients.
 */
#include "mail_run.h"

#include "detect/detector.h"

#define RULE "cache-efficiency"
#define GIVEN "[detector cache-efficiency]\nqueries-per-connection = 10\n"

/* A server with 20 to 30 connections in each bin, and a few log-ins. */
static void bins(struct run *r, unsigned from, unsigned n, double per_connection)
{
    for (unsigned i = from; i < from + n; i++) {
        unsigned nc = 20 + i * 7 % 11;
        struct mail_bin bin = {.connections = nc,
                               .messages = nc / 2,
                               .pop3 = 2 + i % 3,
                               .queries = (unsigned)(nc * per_connection + i % 2 * 2)};
        mail_ten_minutes(r, i * MAIL_BIN, &bin);
    }
}

/* The first event behind a day and a half at @before queries a connection, @n bins at @then. */
static const struct dnsmon_event *after(struct run *r, const char *config, double before,
                                        double then, unsigned n)
{
    char *text = g_strconcat(MAIL_SITE GIVEN, config, NULL);

    run_begin(r, text);
    bins(r, 0, 216, before);
    bins(r, 216, n, then);
    mail_query(r, (216 + n) * MAIL_BIN, 0); /* the last bin is over */
    run_end(r);
    g_free(text);
    return run_event(r, RULE, 0);
}

static void falls(void **unused)
{
    static const struct {
        const char *what, *config;
        double before, then;
        unsigned n;
        double efficiency; /* of the event; NAN: silent */
    } rows[] = {
        {"100 of 1,000, then 500 of them: 0.9 to 0.5", "", 1, 5, 3, 0.5},
        {"20 minutes are too short", "", 1, 5, 2, NAN},
        {"0.9 to 0.61 is too little", "", 1, 3.9, 12, NAN},
        {"0.9 to 0.59", "", 1, 4.2, 3, 0.58},
        {"more than the model allows: below zero", "", 1, 15, 3, -0.486},
        {"without a cache: 0 to -0.5", "", 10, 15, 3, -0.486},
        {"a better cache", "", 10, 1, 12, NAN},
        {"clamped", "", 1, 40, 3, -1},
        {"fall", "fall = 0.45\n", 1, 5, 12, NAN},
        {"lasting", "lasting = 1h\n", 1, 5, 5, NAN},
        {"lasting, as long", "lasting = 1h\n", 1, 5, 6, 0.5},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        const struct dnsmon_event *ev = after(&r, row->config, row->before, row->then, row->n);
        CHECK_ROW(row->what, !ev == !!isnan(row->efficiency));
        if (ev) {
            CHECK_ROW(row->what, ev->figures.groups == DM_FIG_CACHE);
            CHECK_ROW(row->what, fabs(ev->figures.cache_efficiency - row->efficiency) < 0.015);
            assert_string_equal(ev->class_name, "cache-drop");
            assert_int_equal(ev->level, DNSMON_ALARM);
            assert_int_equal(ev->start_us / 1000000 - RUN_DAY, 216 * MAIL_BIN);
            CHECK_ROW(row->what, !strstr(ev->reason, "Below zero") == (row->efficiency > 0));
        }
        run_free(&r);
    }
}

/* 100 where 1,000 are called for, exactly: the efficiency before the fall is 0.9. */
static void a_tenth_is_0_9(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, MAIL_SITE GIVEN);
    for (unsigned i = 0; i < 220; i++) {
        struct mail_bin bin = {.connections = 100, .messages = 50, .queries = i < 216 ? 100 : 700};
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    assert_non_null(strstr(ev->reason, "fell from 0.9 to 0.3"));
    run_near(ev->score, 0.6, 1e-6);
    run_free(&r);
}

/* The fit of the first week stays: a cache that is put in afterwards does not change it, nor does a
 * month of it. With another generation it is fitted anew and the cache is forgotten. */
static void frozen(void **unused)
{
    static const struct {
        const char *then;
        double efficiency;
    } rows[] = {{"", 0.9}, {"generation = 2\n", 0}};

    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        char *text = g_strconcat(MAIL_SITE "[detector cache-efficiency]\n", row->then, NULL);
        run_begin(&r, MAIL_SITE);
        bins(&r, 0, 1010, 10);
        bins(&r, 1010, 144, 1);
        mail_reload(&r, text);
        bins(&r, 1154, 1300, 1);
        bins(&r, 2454, 4, 8);
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        assert_non_null(ev);
        /* its efficiency now, and how far it fell */
        run_near(ev->figures.cache_efficiency + ev->score, row->efficiency, 0.02);
        run_free(&r);
        g_free(text);
    }
}

/* What the bins vary by at night is more than what is asked too much. */
static void noise_is_no_fall(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, MAIL_SITE GIVEN);
    for (unsigned i = 0; i < 144 * 7; i++) {
        bool night = i % 144 < 48;
        unsigned nc = night ? 6 : 100, queries = nc * 5;
        queries += night ? (i % 6 < 3 ? 25 : 0) : (i % 5 * 60);
        struct mail_bin bin = {.connections = nc, .messages = nc / 2, .queries = queries};
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* Of a log that is silent nothing is concluded: 9 queries and no connection are no bin. */
static void gaps(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, MAIL_SITE GIVEN);
    bins(&r, 0, 216, 1);
    for (unsigned i = 216; i < 240; i++) {
        struct mail_bin bin = {.queries = 900};
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

static void a_state_file_changes_nothing(void **unused)
{
    char *json[2];

    (void)unused;
    for (int reload = 0; reload <= 1; reload++) {
        struct run r;
        run_begin(&r, MAIL_SITE GIVEN);
        bins(&r, 0, 216, 1);
        bins(&r, 216, 2, 5);
        if (reload) {
            mail_reload(&r, MAIL_SITE GIVEN);
        }
        bins(&r, 218, 2, 5);
        run_end(&r);
        assert_non_null(run_event(&r, RULE, 0));
        json[reload] = run_json(&r);
        run_free(&r);
    }
    assert_string_equal(json[0], json[1]);
    g_free(json[0]);
    g_free(json[1]);
}

/* A week of fits, a cache, a fall, a longer one. */
static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_SITE "[events]\nhold = 2h\n[detector cache-efficiency]\n", line,
                               "\n", NULL);
    struct run r;

    run_begin(&r, config);
    bins(&r, 0, 1010, 10);
    bins(&r, 1010, 400, 5);
    bins(&r, 1410, 4, 8.9);
    bins(&r, 1414, 40, 5);
    bins(&r, 1454, 200, 15);
    run_end(&r);
    GString *s = g_string_new(NULL);
    const struct dnsmon_event *ev;
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        g_string_append_printf(s, "%s %.9g\n", dnsmon_event_json((dnsmon_event_t *)ev),
                               ev->figures.cache_efficiency);
    }
    run_free(&r);
    g_free(config);
    return g_string_free(s, FALSE);
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {"queries-per-connection = 12",
                                        "queries-per-connection = 10\npop3-queries = 3",
                                        "queries-per-connection = 10\nintercept = 50",
                                        "learning = 9d",
                                        "", /* see frozen() */
                                        "fall = 0.37",
                                        "lasting = 50m",
                                        "deviations = 30",
                                        "half-life = 1d",
                                        "relearn = 12h"};
    const struct dm_detector *det = dm_detectors[DM_DET_cache_efficiency];
    char *deflt = output_with(""), *given = output_with("queries-per-connection = 10");

    (void)unused;
    assert_int_equal(G_N_ELEMENTS(lines), det->n_options);
    for (size_t i = 0; i < det->n_options; i++) {
        if (*lines[i]) {
            assert_non_null(strstr(lines[i], det->options[i].key));
            char *other = output_with(lines[i]);
            CHECK_ROW(lines[i], strcmp(deflt, other) != 0 && strcmp(given, other) != 0);
            g_free(other);
        }
    }
    g_free(deflt);
    g_free(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_is_0_9),
        cmocka_unit_test(falls),
        cmocka_unit_test(frozen),
        cmocka_unit_test(noise_is_no_fall),
        cmocka_unit_test(gaps),
        cmocka_unit_test(a_state_file_changes_nothing),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
