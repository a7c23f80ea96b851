/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Relay or worm: the papers' tables and what a modern mail server adds (doc/SCIENCE.md A.3, N7).
 */
#include "monitor_run.h"

#include "detect/relay_llr.h"
#include "dns/rrtype.h"

/* What the engine does: the totals first, then the marked observation. */
static double judge(struct dm_type_counts totals, unsigned ptr, unsigned dnsbl, unsigned policy)
{
    struct dm_obs mx = {.type = DM_TYPE_MX, .marks = DM_MARK_MX};
    struct dm_suspect sus = {.total = {.mx = 1}};
    struct dm_relay_llr l;
    const struct {
        uint16_t mark;
        unsigned n;
    } more[] = {{DM_MARK_PTR_EXT, ptr}, {DM_MARK_DNSBL, dnsbl}, {DM_MARK_MAILPOLICY, policy}};

    dm_relay_llr_start(&l, &sus, &mx);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers),
        cmocka_unit_test(verdict_needs_326_look_ups),
        cmocka_unit_test(dual_stack_counts_once),
        cmocka_unit_test(modern_evidence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
