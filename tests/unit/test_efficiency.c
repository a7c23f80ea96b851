/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * α by slope and by ratio (doc/SCIENCE.md A.8, F.8), the baseline of a slot and its prior, ten
 * minutes put together from minutes, and when a log was silent in them.
 */
#include "testlib.h"

#include <glib.h>
#include <math.h>

#include "detect/efficiency.h"

#define WEEKDAY_10 10
#define HOLIDAY_10 34

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.4f, want %.4f", got, want);
    }
}

static struct dm_mail_bin bin_of(double connections, double messages, double queries)
{
    return (struct dm_mail_bin){.minutes = DM_MAIL_BIN_MINUTES,
                                .connections = connections,
                                .messages = messages,
                                .queries = queries,
                                .log = connections};
}

/* A day of bins with @background connections in each that bring nothing, 0.95 of the others do.
 * Returns: the ratio. */
static double day(struct dm_efficiency *e, double background, double mean, unsigned slot)
{
    double nc = 0, nf = 0;

    for (int i = 0; i < 144; i++) {
        double connections = mean + (mean - background) * 0.6 * cos(i * 2 * G_PI / 144);
        double messages = 0.95 * (connections - background);
        struct dm_mail_bin bin = bin_of(connections, messages, 8 * connections);
        dm_efficiency_learn(e, slot, &bin);
        nc += connections;
        nf += messages;
    }
    return nf / nc;
}

static void slope_and_ratio(void **unused)
{
    static const struct {
        const char *what;
        double background, mean, ratio, share;
    } rows[] = {
        {"zero background", 0, 180, 0.95, 0},
        {"weekday: 26 % of 180", 47.368, 180, 0.70, 0.263},
        {"holiday: the same 47 are 63 % of 75", 47.368, 75, 0.35, 0.632},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_efficiency e = {0};
        double ratio = day(&e, row->background, row->mean, WEEKDAY_10);
        double slope = dm_efficiency_slope(&e);
        near(ratio, row->ratio, 0.001);
        near(slope, 0.95, 1e-9);
        near(dm_efficiency_background(slope, ratio), row->share, 0.001);
    }
    /* 0.417 of a weekday's connections, as A.8 works out */
    near(75.0 / 180, 0.417, 0.001);
    assert_true(isnan(dm_efficiency_background(NAN, 0.7)));
    assert_true(isnan(dm_efficiency_background(0, 0.7)));
    assert_true(dm_efficiency_background(0.5, 0.7) == 0);
}

static void normal_of_a_slot(void **unused)
{
    struct dm_efficiency e = {0};

    (void)unused;
    assert_true(dm_efficiency_normal(&e, WEEKDAY_10, 0.70) == 0.70);
    assert_true(dm_efficiency_normal(&e, HOLIDAY_10, 0.35) == 0.35);
    assert_false(dm_efficiency_is_busy(&e, WEEKDAY_10, 1e6, 3, 1.5));
    assert_false(dm_efficiency_knows(&e, WEEKDAY_10));
    for (int i = 0; i < 10; i++) {
        struct dm_mail_bin bin = bin_of(100, 50, 800 + i % 2 * 100);
        dm_efficiency_learn(&e, WEEKDAY_10, &bin);
    }
    /* less than 1,000 connections, since the first of them are partly forgotten */
    assert_true(dm_efficiency_normal(&e, WEEKDAY_10, 0.70) == 0.70);
    for (int i = 0; i < 50; i++) {
        struct dm_mail_bin bin = bin_of(100, 50, 800 + i % 2 * 100);
        dm_efficiency_learn(&e, WEEKDAY_10, &bin);
    }
    /* 60 bins with half-life 60: Σ 2^(-i/60) = 43.5 of them, 4,353 connections at 0.5. An hour of
     * which nothing is known is between the day and the prior; each nearer thing outweighs 50. */
    double wide = (0.5 + 0.7) / 2, beside = (0.5 * 4353 + wide * 50) / 4403;
    near(dm_efficiency_normal(&e, WEEKDAY_10 + 5, 0.70), wide, 1e-9);
    near(dm_efficiency_normal(&e, WEEKDAY_10 + 1, 0.70), beside, 1e-5);
    near(dm_efficiency_normal(&e, WEEKDAY_10, 0.70), (0.5 * 4353 + beside * 50) / 4403, 1e-6);
    assert_true(dm_efficiency_normal(&e, HOLIDAY_10, 0.35) == 0.35);
    assert_true(dm_efficiency_knows(&e, WEEKDAY_10));
    assert_true(dm_efficiency_knows(&e, WEEKDAY_10 + 1));
    assert_false(dm_efficiency_knows(&e, WEEKDAY_10 + 2)); /* 43.5 bins of the day's 120 */
    assert_false(dm_efficiency_knows(&e, HOLIDAY_10));
    /* mean 850, deviation 50 */
    assert_false(dm_efficiency_is_busy(&e, WEEKDAY_10, 990, 3, 1.5));
    assert_true(dm_efficiency_is_busy(&e, WEEKDAY_10, 1010, 3, 1.5));
    assert_false(dm_efficiency_is_busy(&e, WEEKDAY_10, 1270, 30, 1.5));
    assert_true(dm_efficiency_is_busy(&e, WEEKDAY_10, 1280, 30, 1.5));
    assert_false(dm_efficiency_is_busy(&e, HOLIDAY_10, 1e6, 3, 1.5));
}

/* ---- ten minutes ---- */

#define T0 ((int64_t)1778544000)

/* Ten minutes with @queries and @connections in those whose digit is 1. */
/* An hour in which a stolen password sends twenty times the usual is no new normal: 60 bins of 20
 * connections at 0.75, and six of 400 at 1.0. Unbounded they would be 2,400 of 3,600 connections
 * and 0.91; bounded, each counts at most 2 usual bins and 10 connections: 0.82 at most. */
static void one_hour_of_much(void **unused)
{
    struct dm_efficiency e = {0};
    struct dm_mail_bin usual = bin_of(20, 15, 60), much = bin_of(400, 400, 1600);
    (void)unused;

    for (int i = 0; i < 60; i++) {
        dm_efficiency_learn(&e, WEEKDAY_10, &usual);
    }
    near(dm_efficiency_normal(&e, WEEKDAY_10, 0.75), 0.75, 1e-9);
    for (int i = 0; i < 6; i++) {
        dm_efficiency_learn(&e, WEEKDAY_10, &much);
    }
    near(dm_efficiency_normal(&e, WEEKDAY_10, 0.75), 0.80, 0.02);
    /* what lasts is learned: two weeks of such hours */
    for (int i = 0; i < 60; i++) {
        dm_efficiency_learn(&e, WEEKDAY_10, &much);
    }
    near(dm_efficiency_normal(&e, WEEKDAY_10, 0.75), 0.97, 0.03);
}

static bool usable(const char *queries, const char *connections, unsigned rate)
{
    struct dm_mail_bin bin = {0}, full;

    for (int i = 0; i < 10; i++) {
        struct dm_mail_counts m = {.connections = connections[i] == '1' ? rate : 0};
        m.dns.a = queries[i] == '1' ? rate : 0;
        bool over = dm_mail_bin_add(&bin, T0 + (i + 1) * 60, &m, &full);
        assert_true(over == (i == 9));
    }
    assert_int_equal(full.from_s, T0);
    assert_int_equal(bin.minutes + bin.only_dns + bin.only_log, 0); /* what a state file takes */
    return dm_mail_bin_usable(&full);
}

static void silence(void **unused)
{
    (void)unused;
    assert_true(usable("1111111111", "1111111111", 1));
    assert_false(usable("0000000000", "1111111111", 1));
    assert_false(usable("1111111111", "0000000000", 1));
    /* three minutes at 4 a minute are 12 lines, at 5 they are 15 */
    assert_true(usable("1111111111", "1111111000", 4));
    assert_false(usable("1111111111", "1111111000", 5));
    assert_true(usable("1101101101", "1111111111", 4));
    assert_false(usable("1101101101", "1111111111", 5));
    /* both are silent: nobody mails */
    assert_true(usable("1111100000", "1111100000", 100));
}

/* Minutes that were not told of, or told twice, make no bin. */
static void not_whole(void **unused)
{
    struct dm_mail_counts m = {.connections = 5};
    struct dm_mail_bin bin = {0}, full;

    (void)unused;
    m.dns.a = 5;
    for (int i = 3; i <= 10; i++) {
        if (dm_mail_bin_add(&bin, T0 + i * 60, &m, &full)) {
            assert_int_equal(full.minutes, 8);
            assert_false(dm_mail_bin_usable(&full));
        }
    }
    for (int i = 1; i <= 5; i++) {
        assert_false(dm_mail_bin_add(&bin, T0 + 600 + i * 60, &m, &full));
    }
    /* an hour later */
    assert_false(dm_mail_bin_add(&bin, T0 + 4260, &m, &full));
    assert_int_equal(bin.minutes, 1);
    assert_int_equal(bin.from_s, T0 + 4200);
    assert_true(bin.queries == 5);
}

static void hostile_state(void **unused)
{
    struct dm_mail_bin bin = {.minutes = 3, .only_dns = 2, .only_log = 2}, got;
    struct dm_buf out = {0};

    (void)unused;
    dm_mail_bin_pack(&out, &bin);
    struct dm_unpacker in = {out.p, out.n, NULL};
    dm_mail_bin_unpack(&in, &got);
    assert_non_null(in.bad);
    bin.only_log = 1;
    out.n = 0;
    dm_mail_bin_pack(&out, &bin);
    in = (struct dm_unpacker){out.p, out.n, NULL};
    dm_mail_bin_unpack(&in, &got);
    assert_null(in.bad);
    assert_int_equal(got.only_log, 1);
    out.n = 0;
    bin.connections = -1;
    dm_mail_bin_pack(&out, &bin);
    in = (struct dm_unpacker){out.p, out.n, NULL};
    dm_mail_bin_unpack(&in, &got);
    assert_non_null(in.bad);
    free(dm_buf_take(&out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slope_and_ratio), cmocka_unit_test(normal_of_a_slot),
        cmocka_unit_test(silence),         cmocka_unit_test(not_whole),
        cmocka_unit_test(hostile_state),   cmocka_unit_test(one_hour_of_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
