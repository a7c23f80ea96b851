/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mail-regression from lines: m, n and q of S4's day (doc/SCIENCE.md A.7, F.7), what each kind of
 * deviation is called, and what is none.
 */
#include "mail_run.h"

#include "detect/detector.h"

#define RULE "mail-regression"
#define DAY_BINS 144
#define LEARNED 290 /* two days and a little, with: */
#define TWO_DAYS "[detector mail-regression]\nlearning = 2d\n"

/* Each residual comes with its opposite in the next bin, which has the same connections, so that
 * the noise is no slope. Its deviation is 39.2 queries; that of 8.8·N_c is 8.8·21/√2 = 130.7: R² is
 * 1 - 39.2² / (39.2² + 130.7²) = 0.917. */
static int noise(unsigned bin)
{
    static const int size[] = {4, 46, 15, 69, 27, 8, 57, 34};

    return bin % 2 ? size[bin / 2 % 8] : -size[bin / 2 % 8];
}

static struct mail_bin usual(unsigned bin)
{
    unsigned nc = mail_usual(bin & ~1u), np = 5 + bin / 2 * 7 % 13;

    return (struct mail_bin){.connections = nc,
                             .messages = nc * 95 / 100,
                             .outbound = nc / 2,
                             .pop3 = np,
                             .queries = (unsigned)((int)(nc * 88 / 10 + np) + noise(bin))};
}

typedef void (*change_fn)(struct mail_bin *bin, unsigned since);

/* @days of the usual, then @bins with a change, then @after of the usual. */
static void play(struct run *r, const char *config, unsigned before, change_fn change,
                 unsigned bins, unsigned after)
{
    char *text = g_strconcat(MAIL_SITE, config, NULL);

    run_begin(r, text);
    for (unsigned i = 0; i < before + bins + after; i++) {
        struct mail_bin bin = usual(i);
        if (i >= before && i < before + bins) {
            change(&bin, i - before);
        }
        mail_ten_minutes(r, i * MAIL_BIN, &bin);
    }
    run_end(r);
    g_free(text);
}

/* Connections that are refused: PTR and A each. */
static void flood(struct mail_bin *bin, unsigned since)
{
    (void)since;
    bin->connections += 300;
    bin->queries += 600;
}

/* Sixty connections more that all send out, with 6.8 domains each: 2 + 2 * 6.8. */
static void explosion(struct mail_bin *bin, unsigned since)
{
    unsigned more = 60 + since % 3 * 10;

    bin->connections += more;
    bin->messages += more;
    bin->outbound += more;
    bin->queries += more * 156 / 10;
}

/* Bounces to forged senders, refused: each costs many look-ups of domains that do not exist. */
static void backscatter(struct mail_bin *bin, unsigned since)
{
    unsigned more = 300 + since % 3 * 30;

    bin->connections += more;
    bin->queries += more * 12;
}

/* The same to users that exist: they are taken in, and nothing goes out. */
static void bounces_taken_in(struct mail_bin *bin, unsigned since)
{
    backscatter(bin, since);
    bin->messages += 300 + since % 3 * 30;
}

static void unexplained(struct mail_bin *bin, unsigned since)
{
    (void)since;
    bin->queries += 300;
}

static void fewer(struct mail_bin *bin, unsigned since)
{
    (void)since;
    bin->queries /= 3;
}

static void names_deviations(void **unused)
{
    static const struct {
        const char *what;
        change_fn change;
        const char *class_name; /* NULL: silent */
        int level;
    } rows[] = {
        {"300 connections refused", flood, "inbound-flood", DNSMON_ALARM},
        {"60 messages for many domains", explosion, "outbound-explosion", DNSMON_ALARM},
        {"300 bounces refused, 12 look-ups each", backscatter, "inbound-flood", DNSMON_ALARM},
        {"300 bounces taken in", bounces_taken_in, "residual", DNSMON_NOTICE},
        {"300 look-ups of something else", unexplained, "residual", DNSMON_NOTICE},
        {"a cache takes two thirds", fewer, NULL, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        play(&r, TWO_DAYS, LEARNED, row->change, 12, 0);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        CHECK_ROW(row->what, !ev == !row->class_name);
        if (ev) {
            CHECK_ROW(row->what, strcmp(ev->class_name, row->class_name) == 0);
            assert_int_equal(ev->level, row->level);
            int64_t begin = RUN_DAY + LEARNED * MAIL_BIN, at = ev->time_us / 1000000 - begin;
            /* within half an hour of bins; the deviation began in its first bin or just before */
            CHECK_ROW(row->what, at > 0 && at <= 1800);
            CHECK_ROW(row->what, llabs(ev->start_us / 1000000 - begin) <= 3600);
        }
        run_free(&r);
    }
}

/* ---- S4's day ---- */

/* The figures of the first event behind 144 bins of the usual. */
static struct dm_figures figures_of_a_day(const char *config)
{
    char *text = g_strconcat("[detector mail-regression]\nlearning = 0\n", config, NULL);
    struct run r;

    play(&r, text, DAY_BINS, explosion, 6, 0);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    struct dm_figures f = ev->figures;
    assert_true(f.groups & DM_FIG_REGRESSION);
    run_free(&r);
    g_free(text);
    return f;
}

static void s4_figure_2(void **unused)
{
    struct dm_figures f = figures_of_a_day("");

    (void)unused;
    run_near(f.m, 8.8, 0.02 * 8.8);
    run_near(f.r2, 0.918, 0.02);
    assert_true(f.bins == DAY_BINS);
    /* a log-in costs 1; its part of the variance is a hundredth, so its error is large */
    run_near(f.m_pop3, 1, 1.2);
    /* every other connection sends a message out */
    run_near(f.q, 0.5, 0.01);
    run_near(f.n, 6.8, 0.05 * 6.8);
    assert_true(f.k == 2);
}

static void n_depends_on_k_and_q(void **unused)
{
    static const struct {
        const char *config;
        double n; /* NAN: none */
    } rows[] = {
        {"queries-per-domain = 4\n", 3.4},  {"inbound-share = 0.5\n", 6.8},
        {"inbound-share = 0.3\n", 4.86},    {"inbound-share = 0.7\n", 11.33},
        {"pop3-queries = 1\n", 6.8 / 0.95},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_figures f = figures_of_a_day(row->config);
        CHECK_ROW(row->config, fabs(f.n - row->n) <= 0.05 * row->n);
        CHECK_ROW(row->config, fabs(f.m - 8.8) <= 0.02 * 8.8);
        CHECK_ROW(row->config, !strstr(row->config, "pop3") || f.m_pop3 == 1);
    }
}

/* Nothing is sent (q = 1): a connection costs 2, and n is not known. */
static void only_inbound(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, MAIL_SITE "[detector mail-regression]\nlearning = 0\n");
    for (unsigned i = 0; i < DAY_BINS + 6; i++) {
        unsigned nc = mail_usual(i & ~1u), odd = i % 2 ? 9 : 0;
        struct mail_bin bin = {.connections = nc, .messages = nc, .queries = 2 * nc + odd};
        bin.queries += i < DAY_BINS ? 0 : 200;
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_non_null(ev);
    assert_string_equal(ev->class_name, "residual");
    run_near(ev->figures.m, 2, 0.04);
    assert_true(ev->figures.q == 1);
    assert_true(isnan(ev->figures.n));
    assert_true(ev->figures.m_pop3 == 0); /* nobody logged in */
    run_free(&r);
}

/* ---- learning ---- */

/* A week, not six days and 23 hours. */
static void learns_a_week(void **unused)
{
    (void)unused;
    for (int full = 0; full <= 1; full++) {
        struct run r;
        play(&r, "", full ? 1010 : 1000, explosion, 6, 0);
        assert_true(!run_event(&r, RULE, 0) == !full);
        run_free(&r);
    }
}

/* What it says of m after two hours of a flood is what it said before. */
static void learns_nothing_from_an_attack(void **unused)
{
    struct run r;

    (void)unused;
    play(&r, TWO_DAYS, LEARNED, flood, 144, 6);
    const struct dnsmon_event *first = run_event(&r, RULE, 0), *last = NULL, *ev;
    assert_non_null(first);
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        assert_string_equal(ev->class_name, "inbound-flood");
        assert_string_equal(ev->id, first->id);
        last = ev;
    }
    run_near(last->figures.m, first->figures.m, 0.02);
    assert_true(last->figures.bins - first->figures.bins <= 6);
    assert_int_equal(last->state, DM_STATE_CLOSE);
    run_free(&r);
}

/* After three days it is the new normal; a week later the model knows it. */
static void a_lasting_change_is_learned(void **unused)
{
    struct run r;

    (void)unused;
    play(&r, TWO_DAYS, LEARNED, unexplained, 3 * 144 + 450, 0);
    assert_non_null(run_event(&r, RULE, 0));
    assert_int_equal(run_closed_h(&r, RULE, LEARNED * MAIL_BIN) / 24, 4); /* three and the hold */
    run_free(&r);
}

/* Half of a bin is missing of one log or the other, each second hour for a day: nothing is said,
 * and the bins are left out. A change behind them is still found. */
static void gaps(void **unused)
{
    (void)unused;
    for (int dns = 0; dns <= 1; dns++) {
        struct run r;
        run_begin(&r, MAIL_SITE TWO_DAYS);
        for (unsigned i = 0; i < LEARNED + 150; i++) {
            struct mail_bin bin = usual(i), half = bin;
            *(dns ? &half.queries : &half.connections) = 0;
            half.messages = dns ? half.messages : 0;
            half.pop3 = dns ? half.pop3 : 0;
            if (i >= LEARNED + 144) {
                bin.queries += 400;
            } else if (i > LEARNED && i % 12 == 0) {
                /* whole bins of it only: lines cannot go back in time */
                mail_ten_minutes(&r, i * MAIL_BIN, &half);
                continue;
            }
            mail_ten_minutes(&r, i * MAIL_BIN, &bin);
        }
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        assert_non_null(ev);
        assert_string_equal(ev->class_name, "residual");
        assert_true(ev->time_us / 1000000 > RUN_DAY + (LEARNED + 144) * MAIL_BIN);
        run_free(&r);
    }
}

/* ---- state ---- */

static void a_state_file_changes_nothing(void **unused)
{
    struct run once, twice;

    (void)unused;
    play(&once, TWO_DAYS, LEARNED, flood, 12, 30);
    run_begin(&twice, MAIL_SITE TWO_DAYS);
    for (unsigned i = 0; i < LEARNED + 12 + 30; i++) {
        struct mail_bin bin = usual(i);
        if (i >= LEARNED && i < LEARNED + 12) {
            flood(&bin, i);
        }
        mail_ten_minutes(&twice, i * MAIL_BIN, &bin);
        if (i == 200 || i == LEARNED - 1) {
            mail_reload(&twice, MAIL_SITE TWO_DAYS);
        }
    }
    run_end(&twice);
    char *a = run_json(&once), *b = run_json(&twice);
    assert_non_null(run_event(&once, RULE, 0));
    assert_string_equal(a, b);
    run_near(run_event(&twice, RULE, 0)->figures.m, run_event(&once, RULE, 0)->figures.m, 1e-9);
    g_free(a);
    g_free(b);
    run_free(&once);
    run_free(&twice);
}

/* ---- options ---- */

static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_SITE "[events]\nhold = 2h\n[detector mail-regression]\n", line,
                               "\n", NULL);
    struct run r;

    run_begin(&r, config);
    for (unsigned i = 0; i < 1500; i++) {
        struct mail_bin bin = usual(i);
        if (i >= 1010 && i < 1014) {
            explosion(&bin, i);
        } else if (i >= 1060 && i < 1066) {
            flood(&bin, i);
        } else if (i >= 1120 && i < 1260) {
            unexplained(&bin, i);
        } else if (i >= 1300 && i < 1320) {
            bin.queries += 45;
        }
        mail_ten_minutes(&r, i * MAIL_BIN, &bin);
    }
    run_end(&r);
    GString *s = g_string_new(NULL);
    const struct dnsmon_event *ev;
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        const struct dm_figures *f = &ev->figures;
        g_string_append_printf(s, "%s %.9g %.9g %.9g %.9g %.9g %.9g\n",
                               dnsmon_event_json((dnsmon_event_t *)ev), f->m, f->m_pop3, f->n, f->k,
                               f->q, f->bins);
    }
    run_free(&r);
    g_free(config);
    return g_string_free(s, FALSE);
}

static void each_row_matters(void **unused)
{
    static const char *const lines[] = {
        "half-life = 1d",   "local-half-life = 1d",   "learning = 12d",
        "relearn = 6h",     "threshold = 12",         "shift = 2",
        "pop3-queries = 1", "queries-per-domain = 4", "inbound-share = 0.4"};
    const struct dm_detector *det = dm_detectors[DM_DET_mail_regression];
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
        cmocka_unit_test(s4_figure_2),
        cmocka_unit_test(n_depends_on_k_and_q),
        cmocka_unit_test(only_inbound),
        cmocka_unit_test(names_deviations),
        cmocka_unit_test(learns_a_week),
        cmocka_unit_test(learns_nothing_from_an_attack),
        cmocka_unit_test(a_lasting_change_is_learned),
        cmocka_unit_test(gaps),
        cmocka_unit_test(a_state_file_changes_nothing),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
