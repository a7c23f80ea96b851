/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Relay or worm: the papers' tables and what a modern mail server adds (doc/SCIENCE.md A.3, N7).
 */
#include "monitor_run.h"

#include "detect/relay_llr.h"
#include "dns/rrtype.h"

/* What the engine does: the totals first, then the marked observation. @cli: as the run begins. */
static double judge_client(const struct dm_client *cli, struct dm_type_counts totals, unsigned ptr,
                           unsigned dnsbl, unsigned policy)
{
    struct dm_obs mx = {.type = DM_TYPE_MX, .marks = DM_MARK_MX};
    struct dm_suspect sus = {.total = {.mx = 1}};
    struct dm_relay_llr l;
    const struct {
        uint16_t mark;
        unsigned n;
    } more[] = {{DM_MARK_PTR_EXT, ptr}, {DM_MARK_DNSBL, dnsbl}, {DM_MARK_MAILPOLICY, policy}};

    dm_relay_llr_start(&l, cli, &sus, &mx);
    sus.total = totals;
    FOR_ROWS(m, more)
    {
        for (unsigned i = 0; i < m->n; i++) {
            struct dm_obs obs = {.marks = m->mark};
            dm_relay_llr_add(&l, &obs);
        }
    }
    return dm_relay_llr(&l, &sus);
}

static double judge(struct dm_type_counts totals, unsigned ptr, unsigned dnsbl, unsigned policy)
{
    const struct dm_client quiet = {.seen = 5000, .other = 1000};

    return judge_client(&quiet, totals, ptr, dnsbl, policy);
}

static void papers(void **unused)
{
    static const struct {
        const char *what;
        struct dm_type_counts totals;
        unsigned ptr;
        double want;
    } rows[] = {
        {"Sobig.F, first day", {.mx = 190, .a = 36}, 0, -3.20},
        {"Sobig.F, three days", {.mx = 947, .a = 326}, 0, -18.03},
        {"Mydoom", {.mx = 807, .a = 4823}, 0, -79.73},
        {"relay", {.mx = 2922, .a = 6755, .ptr = 139}, 139, 551.43},
        {"Mytob", {.a = 32721, .ptr = 7}, 7, -428.72},
        {"Netsky.C: a loopback PTR has no mark", {.mx = 30, .a = 5, .ptr = 1}, 0, -0.50},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        double got = judge(row->totals, row->ptr, 0, 0);
        CHECK_ROW(row->what, fabs(got - row->want) < 0.01);
    }
}

/* -4.605 / 0.01416177 = 325.2 */
static void verdict_needs_326_look_ups(void **unused)
{
    (void)unused;
    assert_true(-judge((struct dm_type_counts){.mx = 325}, 0, 0, 0) < DM_RELAY_VERDICT);
    assert_true(-judge((struct dm_type_counts){.mx = 326}, 0, 0, 0) > DM_RELAY_VERDICT);
}

static void dual_stack_counts_once(void **unused)
{
    (void)unused;
    run_near(judge((struct dm_type_counts){.mx = 10, .a = 90, .aaaa = 90}, 0, 0, 0), -1.4162, 1e-3);
    run_near(judge((struct dm_type_counts){.mx = 10, .a = 20, .aaaa = 90}, 0, 0, 0), -1.4162, 1e-3);
    run_near(judge((struct dm_type_counts){.mx = 10, .a = 90, .other = 500}, 0, 0, 0), -1.4162,
             1e-3);
}

static void modern_evidence(void **unused)
{
    (void)unused;
    run_near(judge((struct dm_type_counts){.mx = 1}, 0, 1, 0), 2.0 - 0.0142, 1e-3);
    run_near(judge((struct dm_type_counts){.mx = 1}, 0, 0, 1), 1.0 - 0.0142, 1e-3);
    run_near(judge((struct dm_type_counts){.mx = 1}, 1, 2, 3), 4.9530 + 4 + 3 - 0.0142, 1e-3);
}

/* A user's tool asked for 20 strangers' PTR beside 1,000 queries of other types: 1 in 50. A worm of
 * 300 MX and 300 A on that PC, which browses on (2,000 A, 1,000 other, 20 PTR): h = 20 / 2620,
 * 20 ln(0.021794 / 0.0077336) + 2600 ln(0.978206 / 0.9922664) = 20.723 - 37.106. */
static void a_habit_is_no_evidence(void **unused)
{
    const struct dm_client tool = {.seen = 4000, .other = 1000, .ptr_ext = 20};
    const struct dm_client few = {.seen = 49, .other = 49, .ptr_ext = 1};
    const struct dm_client old = {.seen = 4000, .other = 49, .ptr_ext = 20};
    const struct dm_type_counts worm = {.mx = 300, .a = 2300, .ptr = 20, .other = 1000};

    (void)unused;
    run_near(judge_client(&tool, worm, 20, 0, 0), -16.383, 1e-2);
    assert_true(judge(worm, 20, 0, 0) > 60);                 /* without a past: a relay */
    assert_true(judge_client(&few, worm, 20, 0, 0) > 60);    /* 49 queries are no past */
    assert_true(judge_client(&tool, worm, 200, 0, 0) > 100); /* a relay on that PC */
    /* too few of other types: 20 of 4,000 queries, times 3,320 of the run: h = 16.6 / 2620,
     * 20 ln(0.0204965 / 0.0064359) + 2600 ln(0.9795035 / 0.9935641) = 23.167 - 37.057 */
    run_near(judge_client(&old, worm, 20, 0, 0), -13.890, 1e-2);
    /* what mail policy asks is no browsing: 1,000 TXT more change nothing but their own nats */
    struct dm_type_counts modern = worm;
    modern.other += 1000;
    run_near(judge_client(&tool, modern, 20, 0, 1000), judge_client(&tool, worm, 20, 0, 0) + 1000,
             1e-2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers),
        cmocka_unit_test(verdict_needs_326_look_ups),
        cmocka_unit_test(dual_stack_counts_once),
        cmocka_unit_test(modern_evidence),
        cmocka_unit_test(a_habit_is_no_evidence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
