/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Guessed roles on both sides of each threshold of doc/SCIENCE.md 0.4, from structs and queries.
 */
#include "monitor_run.h"

#include "client/client.h"
#include "dns/rrtype.h"

static struct dm_obs marked(uint16_t mark, uint64_t reg, double at)
{
    return (struct dm_obs){.type = DM_TYPE_MX,
                           .marks = mark,
                           .reg = reg << 32,
                           .time_us = (int64_t)((RUN_DAY + at) * 1e6)};
}

/* @n bursts of two names every 60 s; every other gap is longer by @jitter s. */
static void poll(struct dm_guess *g, unsigned n, double jitter)
{
    double at = 0;

    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < 2; k++) {
            struct dm_obs obs = marked(DM_MARK_MX, 2 * (1 + k), at + k * 0.5);
            dm_guess_add(g, &obs);
        }
        at += 60 + (i % 2 ? jitter : 0);
    }
}

/* Gaps of 60 and 60 + j: the coefficient of variation is j / (120 + j): 0.286 at 48, 0.310 at 54.
 * Eight names asked are 32 queries of 40 at a share of 0.8. */
static void monitor(void **unused)
{
    static const struct {
        const char *what;
        unsigned polls, others;
        double jitter;
        int want;
    } rows[] = {
        {"regular", 41, 0, 0, 1},
        {"20 gaps", 21, 0, 0, 1},
        {"19 gaps", 20, 0, 0, 0},
        {"CV 0.286", 41, 0, 48, 1},
        {"CV 0.310", 41, 0, 54, 0},
        {"80 %", 40, 20, 0, 1},
        {"79 % of 80 and 21", 40, 21, 0, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_suspect sus = {0};
        struct dm_client cli = {0};
        for (unsigned i = 3; i <= DM_GUESS_NAMES;
             i++) { /* names of the list, in the first second */
            struct dm_obs obs = marked(DM_MARK_MX, 2 * i, 0);
            dm_guess_add(&sus.guess, &obs);
        }
        sus.guess.listed = 0;
        poll(&sus.guess, row->polls, row->jitter);
        double last = (double)sus.guess.poll_s - RUN_DAY;
        for (unsigned i = 0; i < row->others; i++) { /* with the last burst */
            struct dm_obs obs = marked(DM_MARK_KEYWORD, 1000 + 2 * i, last);
            dm_guess_add(&sus.guess, &obs);
        }
        CHECK_ROW(row->what, (dm_guess_role(&cli, &sus) == DM_GUESS_MONITOR) == row->want);
    }
}

/* More than 5 % of all it ever asked, of at least 20 queries, and an external PTR. */
static void mail_host(void **unused)
{
    static const struct {
        const char *what;
        uint32_t before, a, policy;
        uint16_t ptr_ext;
        int want;
    } rows[] = {
        {"6 of 100", 0, 100, 6, 1, 1},  {"5 of 100", 0, 100, 5, 1, 0},
        {"no PTR", 0, 100, 6, 0, 0},    {"19 queries", 0, 19, 6, 1, 0},
        {"20 queries", 0, 20, 6, 1, 1}, {"a day of browsing before", 6000, 100, 60, 1, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_suspect sus = {.total = {.a = row->a}, .guess = {.before = row->before}};
        struct dm_client cli = {.ptr_ext = row->ptr_ext};
        for (unsigned i = 0; i < row->policy; i++) {
            struct dm_obs obs = marked(i % 2 ? DM_MARK_DNSBL : DM_MARK_MAILPOLICY, 0, i);
            dm_guess_add(&sus.guess, &obs);
        }
        CHECK_ROW(row->what, (dm_guess_role(&cli, &sus) == DM_GUESS_MAIL_HOST) == row->want);
    }
}

static void resolver(void **unused)
{
    struct dm_client flags = {.seen = 100, .rd_off = 51}, types = {.seen = 100, .infra = 3},
                     none = {.seen = 100, .rd_off = 50, .infra = 2};

    (void)unused;
    assert_int_equal(dm_guess_role(&flags, NULL), DM_GUESS_RESOLVER);
    /* by types: with RD it may be put on; without flags nobody can tell */
    struct dm_suspect with = {.total = {.a = 100}, .guess = {.rd = 51}},
                      without = {.total = {.a = 100}, .guess = {.rd = 50}};
    assert_int_equal(dm_guess_role(&types, &with), DM_GUESS_INFRA);
    assert_int_equal(dm_guess_role(&types, &without), DM_GUESS_RESOLVER);
    assert_int_equal(dm_guess_role(&types, NULL), DM_GUESS_RESOLVER);
    assert_int_equal(dm_guess_role(&none, NULL), DM_GUESS_NONE);
}

/* A site of 1,000 clients and 2,000,000 queries, half A: the mean is 2,000. */
static void forwarder(void **unused)
{
    static const struct {
        const char *what;
        uint32_t a, other;
        double want;
    } rows[] = {
        {"100,000 queries are 50 hosts", 50000, 50000, 50},
        {"one less is too few to tell", 50000, 49999, 1},
        {"never more than configured ones", 200000, 200000, 100},
        /* shares 0.66, 0.34 of 0.5, 0.5: 0.66 ln 1.32 + 0.34 ln 0.68 = 0.0521 */
        {"another mix", 66000, 34000, 1},
        /* 0.65 ln 1.3 + 0.35 ln 0.7 = 0.0457 */
        {"nearly the mix", 65000, 35000, 50},
    };
    const struct dm_site_mix mix = {.count = {.a = 1000000, .other = 1000000}, .clients = 1000},
                             busy = {.count = {.a = 1000000, .other = 1000000}, .clients = 180};
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct dm_client cli = {.today = {.a = row->a, .other = row->other}, .day = 7};
        struct dm_suspect sus = {0};
        CHECK_ROW(row->what, fabs(dm_guess_hosts(&cli, &sus, &mix, 100) - row->want) < 1e-9);
    }
    /* nine times the mean is not far above it */
    struct dm_client cli = {.today = {.a = 50000, .other = 50000}, .day = 7};
    struct dm_suspect sus = {0};
    assert_true(dm_guess_hosts(&cli, &sus, &busy, 100) == 1);
    /* what was seen holds till the end of the next day */
    assert_true(dm_guess_hosts(&cli, &sus, &mix, 100) == 50);
    cli = (struct dm_client){.day = 8};
    assert_true(dm_guess_hosts(&cli, &sus, &mix, 100) == 50);
    cli.day = 9;
    assert_true(dm_guess_hosts(&cli, &sus, &mix, 100) == 1);
}

/* Hostile bytes give no habits that cannot be. */
static void state(void **unused)
{
    struct dm_guess g = {.polls = 5, .gap_s = 60, .policy = 3, .hosts = 9, .hosts_day = 20000},
                    back;
    struct dm_buf out = {0};

    (void)unused;
    g.name[0] = 77;
    dm_guess_pack(&out, &g);
    struct dm_unpacker in = {out.p, out.n, NULL};
    memset(&back, 0, sizeof back);
    dm_guess_unpack(&in, &back);
    assert_null(in.bad);
    assert_true(back.polls == 5 && back.gap_s == 60 && back.hosts == 9 && back.name[0] == 77);
    g.gap_s = NAN;
    out.n = 0;
    dm_guess_pack(&out, &g);
    in = (struct dm_unpacker){out.p, out.n, NULL};
    dm_guess_unpack(&in, &back);
    assert_non_null(in.bad);
    free(dm_buf_take(&out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor),   cmocka_unit_test(mail_host), cmocka_unit_test(resolver),
        cmocka_unit_test(forwarder), cmocka_unit_test(state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
