/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mail-efficiency from lines: the days of S2 (doc/SCIENCE.md A.8, F.9), a tenth of their size;
 * nothing without more look-ups.
 *
 * RUN_DAY is a Tuesday: days 4 and 5, 11 and 12 are weekends.
 */
#include "mail_run.h"

#include "detect/detector.h"

#define RULE "mail-efficiency"
#define DAY_BINS 144

static bool is_weekend(unsigned day)
{
    return day % 7 == 4 || day % 7 == 5;
}

/* An ordinary bin: 2 connections in 38 bring nothing by the hour, 0.70 and 0.35 in all; 8.8 queries
 * for each. */
static struct mail_bin usual(unsigned i)
{
    bool weekend = is_weekend(i / DAY_BINS);
    unsigned nc = weekend ? 20 + i % 3 : 40 + i % 3;

    return (struct mail_bin){.connections = nc,
                             .messages = weekend ? nc * 35 / 100 : nc * 70 / 100,
                             .queries = nc * 88 / 10 + i % 5 * 6};
}

/* Days of the usual; then bins from 9:00 on day @day with @refused connections more, which bring
 * nothing and @each queries each. */
static void play(struct run *r, const char *config, unsigned day, unsigned bins, unsigned refused,
                 double each)
{
    unsigned from = day * DAY_BINS + 54;
    char *text = g_strconcat(MAIL_SITE, config, NULL);

    run_begin(r, text);
    for (unsigned i = 0; i < (day + 1) * DAY_BINS; i++) {
        struct mail_bin bin = usual(i);
        if (i >= from && i < from + bins) {
            bin.connections += refused;
            bin.queries += (unsigned)(refused * each);
        }
        mail_ten_minutes(r, i * MAIL_BIN, &bin);
    }
    run_end(r);
    g_free(text);
}

static void days_of_s2(void **unused)
{
    static const struct {
        const char *what;
        unsigned day, bins, refused;
        double each, share; /* of the day; 0: silent */
    } rows[] = {
        {"weekday 0.70", 13, 0, 0, 0, 0},
        {"holiday 0.35", 12, 0, 0, 0, 0},
        /* N_c 1,710, N_f 360 */
        {"2003-04-13, a Sunday: 0.21", 12, 36, 56, 8, 0.21},
        /* N_c 3,600, N_f 400 */
        {"2003-07-05, a Saturday: 0.11", 11, 90, 72, 8, 0.11},
        {"weekday 0.35", 13, 60, 97, 4, 0.35},
        {"the same without more look-ups", 13, 60, 97, 0, 0},
        {"more look-ups alone", 13, 60, 0, 0, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        play(&r, "", row->day, row->bins, row->refused, row->each);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0), *last = ev;
        CHECK_ROW(row->what, !ev == (row->share == 0));
        if (ev) {
            int64_t late = ev->time_us / 1000000 - RUN_DAY - (row->day * 86400 + 9 * 3600);
            CHECK_ROW(row->what, late > 0 && late <= 3600);
            assert_string_equal(ev->class_name, "low-efficiency");
            assert_int_equal(ev->level, DNSMON_ALARM);
            for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
                last = ev;
            }
            /* the day's ratio, which is what the paper tabulates */
            CHECK_ROW(row->what, last->figures.groups == DM_FIG_MAIL);
            CHECK_ROW(row->what, fabs(last->figures.efficiency - row->share) < 0.02);
            assert_true(isnan(last->figures.peers));
        }
        run_free(&r);
    }
}

/* A server that never reaches the papers' shares: they are learned, and no alarm on the way. */
static void another_server(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, MAIL_SITE);
    for (unsigned i = 0; i < 14 * DAY_BINS; i++) {
        struct mail_bin bin = usual(i);
        bin.messages /= 5;
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
        run_begin(&r, MAIL_SITE);
        for (unsigned i = 0; i < DAY_BINS + 70; i++) {
            struct mail_bin bin = usual(i);
            if (i >= DAY_BINS + 60) {
                bin.connections += 20;
                bin.queries += 300;
            }
            mail_ten_minutes(&r, i * MAIL_BIN, &bin);
            if (reload && (i == 100 || i == DAY_BINS + 60)) {
                mail_reload(&r, MAIL_SITE);
            }
        }
        run_end(&r);
        assert_non_null(run_event(&r, RULE, 0));
        json[reload] = run_json(&r);
        run_free(&r);
    }
    assert_string_equal(json[0], json[1]);
    g_free(json[0]);
    g_free(json[1]);
}

static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_SITE "[events]\nhold = 2h\n[detector mail-efficiency]\n", line,
                               "\n", NULL);
    struct run r;

    run_begin(&r, config);
    for (unsigned i = 0; i < 7 * DAY_BINS; i++) {
        struct mail_bin bin = usual(i);
        bool few = i >= 2 * DAY_BINS + 50 && i < 2 * DAY_BINS + 60;
        bool some = i >= 3 * DAY_BINS + 50 && i < 3 * DAY_BINS + 60;
        bool weekend = i >= 4 * DAY_BINS + 60 && i < 5 * DAY_BINS + 60;
        if (few || weekend) {
            bin.connections += 60;
            bin.queries += 400;
        }
        if (some) {
            bin.messages = 1;
            bin.queries += 130;
        }
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    char *json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {"threshold = 30",
                                        "weekday = 0.9",
                                        "holiday = 0.2",
                                        "fall = 0.2",
                                        "least = 0.5",
                                        "deviations = 40",
                                        "deviations = 40\ntimes = 1.2",
                                        "relearn = 6h"};
    const struct dm_detector *det = dm_detectors[DM_DET_mail_efficiency];
    char *deflt = output_with(""), *wide = output_with("deviations = 40");

    (void)unused;
    assert_int_equal(G_N_ELEMENTS(lines), det->n_options);
    for (size_t i = 0; i < det->n_options; i++) {
        assert_non_null(strstr(lines[i], det->options[i].key));
        char *other = output_with(lines[i]);
        CHECK_ROW(lines[i], strcmp(deflt, other) != 0);
        CHECK_ROW(lines[i], !strchr(lines[i], '\n') || strcmp(wide, other) != 0);
        g_free(other);
    }
    g_free(deflt);
    g_free(wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_of_s2),
        cmocka_unit_test(another_server),
        cmocka_unit_test(a_state_file_changes_nothing),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
