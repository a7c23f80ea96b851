/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The rules about a mail server under attack, together: weeks of innocent traffic stay silent
 * (doc/SCIENCE.md D.5-5: at most one false finding a server and month); a state saved in the middle
 * of an attack goes on as if it had not been; a forged one is refused or does no harm.
 *
 * DNSMON_TEST_DAYS: days of innocent traffic (8).
 * LIMITS: the traffic is a model of D.1's kind, tuned by nobody to anybody's server.
 */
#include "flood_run.h"

#include "monitor/monitor.h"
#include "monitor/state.h"

#define DAY 1440
/* The three rules that this is about; the others have tests of their own. */
#define RULES "[detectors]\nenable = backscatter;smtp-dos;reject-surge\n"
/* Those of weeks_of_innocence. */
#define QUIET_RULES                                                                                \
    "[detectors]\nenable = "                                                                       \
    "backscatter;smtp-dos;reject-surge;mail-efficiency;mail-regression;cache-efficiency\n"

/* ---- innocent traffic ---- */

static unsigned poisson(struct test_rng *rng, double mean)
{
    double limit = exp(-MIN(mean, 500)), p = 1;
    unsigned n = 0;

    do {
        p *= ((double)test_rng_below(rng, 1u << 30) + 0.5) / (1u << 30);
        n++;
    } while (p > limit);
    return n - 1;
}

/* Load of an hour: 1 in the working day, a quarter at night, a third at weekends; a Monday's
 * switch-on. RUN_DAY is a Tuesday. */
static double load_of(unsigned minute)
{
    unsigned day = minute / DAY, hour = minute / 60 % 24, weekday = (day + 2) % 7;
    double load = hour >= 8 && hour < 18 ? (hour == 12 ? 0.7 : 1) : hour < 7 ? 0.25 : 0.5;

    if (weekday == 0 || weekday == 6) {
        return load * 0.35;
    }
    return weekday == 1 && hour == 8 ? load * 2.5 : load;
}

static struct mail_mix innocent_minute(struct test_rng *rng, unsigned minute)
{
    /* busier and quieter minutes than Poisson's */
    double load = load_of(minute) * (0.5 + test_rng_below(rng, 1000) / 1000.0);
    struct mail_mix m = {.peers = 150, .kind = 1};

    m.connections = poisson(rng, 14 * load);
    m.accepted = m.connections * (minute / 60 % 24 < 7 ? 5 : 7) / 10;
    m.unknown = poisson(rng, 0.4 * load);
    m.relay = poisson(rng, 0.03);
    m.queries = poisson(rng, 40 * load);
    m.unresolved = poisson(rng, 0.1 * load);
    m.novel = poisson(rng, 1.5 * load);
    m.nxdomain = poisson(rng, 3 * load);
    m.answered = poisson(rng, 15 * load);
    return m;
}

/* What happens now and then, on top. */
static void incident_of(struct run *r, unsigned minute)
{
    unsigned at = minute % DAY, day = minute / DAY;

    if (day % 3 == 1 && at >= 600 && at < 615) { /* a newsletter goes out */
        mail_minute(r, minute, &(struct mail_mix){.queries = 400, .novel = 150, .answered = 60});
    }
    if (day % 3 == 1 && at >= 616 && at < 640) { /* and its bounces come back */
        mail_minute(
            r, minute,
            &(struct mail_mix){.connections = 40, .accepted = 38, .kind = 4, .queries = 80});
    }
    if (day % 2 == 0 && at >= 840 && at < 850) { /* a list's burst from outside, some are gone */
        mail_minute(r, minute,
                    &(struct mail_mix){
                        .connections = 30, .accepted = 28, .peers = 2, .kind = 5, .unknown = 4});
    }
    if (at == 200 || at == 201) { /* a bot tries twenty addresses */
        mail_minute(r, minute,
                    &(struct mail_mix){.connections = 10, .unknown = 10, .peers = 1, .kind = 6});
    }
    if (day == 5 && at >= 300 && at < 700) { /* forty deleted accounts for a day */
        mail_minute(r, minute,
                    &(struct mail_mix){
                        .connections = 3, .unknown = 3, .kind = 7, .recipients = 40, .queries = 6});
    }
}

static void weeks_of_innocence(void **state)
{
    const char *env = g_getenv("DNSMON_TEST_DAYS");
    unsigned days = env ? (unsigned)atoi(env) : 8, alarms = 0, low = 0;
    const struct dnsmon_event *ev;
    struct test_rng rng;
    struct run r;

    (void)state;
    test_rng_init(&rng, "innocence", 31);
    mail_serial = 0;
    run_begin(&r, MAIL_CONFIG QUIET_RULES);
    for (unsigned i = 0; i < days * DAY; i++) {
        struct mail_mix m = innocent_minute(&rng, i);
        mail_minute(&r, i, &m);
        incident_of(&r, i);
    }
    run_end(&r);
    for (unsigned i = 0; i < r.events->len; i++) {
        ev = g_ptr_array_index(r.events, i);
        if (ev->state == DM_STATE_OPEN && ev->has_host) {
            print_message("day %d minute %d: %s\n",
                          (int)((ev->time_us / 1000000 - RUN_DAY) / 86400),
                          (int)((ev->time_us / 1000000 - RUN_DAY) / 60 % DAY), ev->reason);
        }
        /* the deleted accounts are few messages, and look-ups: one alarm of S2's rule is right */
        alarms += ev->level == DNSMON_ALARM && ev->has_host && ev->state == DM_STATE_OPEN &&
                  strcmp(ev->rule_id, "mail-efficiency") != 0;
        low += ev->level == DNSMON_ALARM && ev->state == DM_STATE_OPEN &&
               strcmp(ev->rule_id, "mail-efficiency") == 0;
    }
    assert_null(run_event(&r, "backscatter", 0));
    assert_null(run_event(&r, "smtp-dos", 0));
    assert_int_equal(alarms, 0);
    assert_in_range(low, 0, 1 + days / 31); /* D.5-5: one a server and month */
    run_free(&r);
}

/* ---- I16 and I17: one client, or deleted accounts ---- */

#define HISTORY 90
#define EPISODE 90
#define EPISODES 40

/* An episode after an hour and a half of ordinary mail. */
static void episode(struct run *r, const struct mail_mix *m)
{
    mail_serial = 0;
    run_begin(r, MAIL_CONFIG RULES);
    mail_ordinaries(r, 480, 480 + HISTORY);
    for (unsigned i = 480 + HISTORY; i < 480 + HISTORY + EPISODE; i++) {
        mail_ordinary(r, i);
        mail_minute(r, i, m);
    }
    run_end(r);
}

static bool has_alarm(const struct run *r, const char *rule)
{
    const struct dnsmon_event *ev;

    for (unsigned i = 0; (ev = run_event(r, rule, i)) != NULL; i++) {
        if (ev->level == DNSMON_ALARM) {
            return true;
        }
    }
    return false;
}

/* 5 to 200 accounts, asked for by 30 to 400 peers, 3 to 30 times a minute (D.5-5: 95 %). */
static void deleted_accounts_are_no_attack(void **state)
{
    unsigned right = 0;
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "deleted accounts", 17);
    for (int i = 0; i < EPISODES; i++) {
        struct mail_mix m = {.kind = 8};
        m.recipients = 5 + (unsigned)test_rng_below(&rng, 196);
        m.peers = 30 + (unsigned)test_rng_below(&rng, 371);
        m.connections = m.unknown = 3 + (unsigned)test_rng_below(&rng, 28);
        m.queries = 2 * m.connections;
        struct run r;
        episode(&r, &m);
        const struct dnsmon_event *ev = run_event(&r, "reject-surge", 0);
        right += ev && strcmp(ev->class_name, "user-unknown-surge") == 0 &&
                 !has_alarm(&r, "reject-surge") && !run_event(&r, "smtp-dos", 0) &&
                 !run_event(&r, "backscatter", 0);
        run_free(&r);
    }
    print_message("%u of %d told from an attack\n", right, EPISODES);
    assert_true(right >= 0.95 * EPISODES);
}

/* 9 to 60 a minute by one client: named within five minutes, by nobody else's name. */
static void one_client_is_named(void **state)
{
    unsigned right = 0;
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "one client", 16);
    for (int i = 0; i < EPISODES; i++) {
        struct mail_mix m = {.kind = 8, .peers = 1};
        m.connections = m.unknown = 9 + (unsigned)test_rng_below(&rng, 52);
        m.recipients = (unsigned)test_rng_below(&rng, 2) * 50;
        struct run r;
        episode(&r, &m);
        int after = mail_minutes_to(&r, "smtp-dos", 480 + HISTORY);
        const struct dnsmon_event *ev = run_event(&r, "smtp-dos", 0);
        char addr[DM_ADDR_STRLEN] = "";
        if (ev) {
            dm_addr_text(&ev->client, addr);
        }
        right += ev && after <= 5 && strcmp(addr, "2001:db8:9::1") == 0 &&
                 has_alarm(&r, "smtp-dos") && !run_event(&r, "backscatter", 0) &&
                 !has_alarm(&r, "reject-surge");
        run_free(&r);
    }
    print_message("%u of %d named within five minutes\n", right, EPISODES);
    assert_int_equal(right, EPISODES);
}

/* ---- state ---- */

/* Minutes of everything at once: a flood, one client, deleted accounts. */
static void attack_minute(struct run *r, unsigned i)
{
    mail_ordinary(r, i);
    if (i >= 100 && i < 120) {
        mail_minute(r, i,
                    &(struct mail_mix){.connections = 60,
                                       .accepted = 6,
                                       .unknown = 60,
                                       .kind = 3,
                                       .queries = 120,
                                       .unresolved = 60});
    } else if (i >= 140 && i < 160) {
        mail_minute(r, i,
                    &(struct mail_mix){
                        .connections = 60, .unknown = 60, .peers = 1, .kind = i < 150 ? 4 : 5});
    }
}

#define ATTACK_MINUTES 200
#define ATTACK_CONFIG "[roles]\nmail-servers = " MAIL_SERVER "\n"

static void collect(struct run *r, GString *to)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(r->mon)) != NULL) {
        g_string_append_printf(to, "%s\n", dnsmon_event_json(ev));
        dnsmon_event_free(ev);
    }
}

static void pack(struct run *r, struct dm_buf *ret)
{
    dnsmon_feed_flush(r->feed, 0);
    dm_state_pack(r->mon, ret);
}

static void goes_on_as_before(void **state)
{
    static const unsigned cuts[] = {50, 103, 112, 130, 145, 151, 153, 180};
    struct run whole;
    GString *want = g_string_new("");

    (void)state;
    mail_serial = 0;
    run_begin(&whole, ATTACK_CONFIG);
    for (unsigned i = 0; i < ATTACK_MINUTES; i++) {
        attack_minute(&whole, i);
    }
    run_end(&whole);
    char *json = run_json(&whole);
    g_string_assign(want, json);
    run_free(&whole);
    FOR_ROWS(cut, cuts)
    {
        GString *got = g_string_new("");
        struct dm_buf buf = {0};
        const char *bad;
        struct run a, b;
        mail_serial = 0;
        run_begin(&a, ATTACK_CONFIG);
        run_begin(&b, ATTACK_CONFIG);
        for (unsigned i = 0; i < *cut; i++) {
            attack_minute(&a, i);
        }
        dnsmon_feed_flush(a.feed, 0);
        collect(&a, got);
        pack(&a, &buf);
        assert_int_equal(dm_state_unpack(b.mon, dm_slice_make(buf.p, buf.n), &bad), 0);
        for (unsigned i = *cut; i < ATTACK_MINUTES; i++) {
            attack_minute(&b, i);
        }
        run_end(&a);
        run_end(&b);
        char *rest = run_json(&b);
        g_string_append(got, rest);
        if (strcmp(got->str, want->str) != 0) {
            fail_msg("cut at %u: other events:\n%s\nwant:\n%s", *cut, got->str, want->str);
        }
        run_free(&a);
        run_free(&b);
        g_free(rest);
        free(buf.p);
        g_string_free(got, TRUE);
    }
    g_free(json);
    g_string_free(want, TRUE);
}

/* Any byte of a state may be another: it is refused, or the run goes on to some end. */
static void forged(void **state)
{
    struct dm_buf buf = {0};
    struct test_rng rng;
    unsigned taken = 0;
    struct run a;

    (void)state;
    test_rng_init(&rng, "forged server state", 99);
    mail_serial = 0;
    run_begin(&a, ATTACK_CONFIG);
    for (unsigned i = 90; i < 151; i++) {
        attack_minute(&a, i);
    }
    pack(&a, &buf);
    run_end(&a);
    run_free(&a);
    for (int k = 0; k < 150; k++) {
        char *copy = g_memdup2(buf.p, buf.n);
        const char *bad;
        struct run b;
        for (int n = 0; n < 1 + k % 4; n++) {
            copy[test_rng_below(&rng, buf.n)] ^= (char)(1u << test_rng_below(&rng, 8));
        }
        dm_state_sum(dm_slice_make(copy, buf.n - DM_STATE_SUM),
                     (uint8_t *)copy + buf.n - DM_STATE_SUM);
        run_begin(&b, ATTACK_CONFIG);
        if (dm_state_unpack(b.mon, dm_slice_make(copy, buf.n), &bad) == 0) {
            for (unsigned i = 151; i < 156; i++) {
                attack_minute(&b, i);
            }
            taken++;
        }
        run_end(&b);
        g_free(run_json(&b));
        run_free(&b);
        g_free(copy);
    }
    assert_true(taken > 10);
    free(buf.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks_of_innocence),
        cmocka_unit_test(deleted_accounts_are_no_attack),
        cmocka_unit_test(one_client_is_named),
        cmocka_unit_test(goes_on_as_before),
        cmocka_unit_test(forged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
