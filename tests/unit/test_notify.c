/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A manager's budget, worked out by hand from doc/SCIENCE.md A.13: 4 an hour, 20 a day, the last of
 * both for a list; what is above it comes in lists, and no client is named twice.
 */
#include "testlib.h"

#include "incident/notify.h"
#include "stream.h"

#define US 1000000LL
#define MINUTE (60 * US)
#define HOUR (3600 * US)
#define A "a@example.edu"
#define B "b@example.edu"

static const struct dm_rates rates = {
    .storm_window_s = 600, .manager_per_h = 4, .manager_per_day = 20};

static struct dm_incident incident(uint32_t n)
{
    struct dm_incident in = {.det = DM_DET_mass_mailer};

    memcpy(in.who.client.b + 12, &n, sizeof n);
    in.finding = (struct dm_finding){.level = DNSMON_ALARM, .class_name = "spam-relay"};
    return in;
}

static bool tell(struct dm_notify *n, const char *manager, uint32_t client, int64_t now_us)
{
    struct dm_incident in = incident(client);

    return dm_notify_now(n, manager, &in, &in.who.client, true, now_us);
}

static void three_at_once_then_lists(void **state)
{
    struct dm_notify *n = dm_notify_new(&rates);

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(tell(n, A, i, 0));
    }
    assert_false(tell(n, A, 4, 0)); /* the fourth mail of the hour is for a list */
    assert_false(tell(n, A, 5, MINUTE));
    assert_true(tell(n, B, 6, MINUTE)); /* his own budget */
    assert_null(dm_notify_take(n, 10 * MINUTE - 1, false));
    struct dnsmon_event *ev = dm_notify_take(n, 10 * MINUTE, false);
    assert_non_null(ev);
    assert_string_equal(ev->manager, A);
    assert_true(ev->notify);
    assert_int_equal(ev->n_rollup, 2);
    dnsmon_event_free(ev);
    assert_null(dm_notify_take(n, 16 * MINUTE, true));
    assert_false(tell(n, A, 7, 20 * MINUTE)); /* there is a token, but four have been told */
    assert_null(dm_notify_take(n, 61 * MINUTE - 1, false)); /* the hour, to the minute */
    assert_false(tell(n, A, 8, 61 * MINUTE));               /* a list waits: he is put on it */
    ev = dm_notify_take(n, 61 * MINUTE, false);
    assert_int_equal(ev->n_rollup, 2);
    dnsmon_event_free(ev);
    dm_notify_free(n);
}

/* Who may be told of one thing an hour, or a day, is told of it at once. */
static void one_an_hour(void **state)
{
    static const struct dm_rates few = {
        .storm_window_s = 600, .manager_per_h = 1, .manager_per_day = 1};
    struct dm_notify *n = dm_notify_new(&few);

    (void)state;
    assert_true(tell(n, A, 1, 0));
    assert_false(tell(n, A, 2, 2 * HOUR));
    assert_null(dm_notify_take(n, 23 * HOUR, false));
    struct dnsmon_event *ev = dm_notify_take(n, 24 * HOUR, false);
    assert_int_equal(ev->n_rollup, 1);
    dnsmon_event_free(ev);
    dm_notify_free(n);
}

/* A finding that had no event of its own is on the list even if there are tokens. */
static void rolled_up(void **state)
{
    struct dm_notify *n = dm_notify_new(&rates);
    struct dm_incident in = incident(1);

    (void)state;
    assert_false(dm_notify_now(n, A, &in, &in.who.client, false, 0));
    assert_null(dm_notify_take(n, 10 * MINUTE - 1, false));
    struct dnsmon_event *ev = dm_notify_take(n, 10 * MINUTE, false);
    assert_int_equal(ev->n_rollup, 1);
    dnsmon_event_free(ev);
    dm_notify_free(n);
}

/*
 * An outbreak of 1,000 hosts in a day, one every 80 s: at most 4 mails in any hour and 20 in all,
 * everybody is named once, and as long as there is room nobody waits for more than an hour.
 */
static void outbreak(void **state)
{
    struct dm_notify *n = dm_notify_new(&rates);
    unsigned told = 0, named = 0;
    int64_t at[1000];

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        int64_t now_us = i * 80 * US;
        if (tell(n, A, i, now_us)) {
            at[told++] = now_us;
            named++;
        }
        struct dnsmon_event *ev = dm_notify_take(n, now_us, false);
        if (ev) {
            at[told++] = now_us;
            named += ev->n_rollup;
            dnsmon_event_free(ev);
        }
        if (i == 100) {
            assert_true(named >= 45); /* two hours: what had come an hour before is told */
        }
    }
    assert_true(told <= 20);
    for (unsigned i = 4; i < told; i++) {
        assert_true(at[i] - at[i - 4] >= HOUR);
    }
    struct dnsmon_event *ev = dm_notify_take(n, 25 * HOUR, false); /* the next day: the rest */
    named += ev ? ev->n_rollup : 0;
    assert_int_equal(named, 1000);
    dnsmon_event_free(ev);
    dm_notify_free(n);
}

static void file(void **state)
{
    struct dm_notify *n = dm_notify_new(&rates), *copy = dm_notify_new(&rates);
    struct dm_buf buf = {0};

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        tell(n, A, i, 0);
    }
    dm_notify_pack(&buf, n);
    struct dm_unpacker in = {buf.p, buf.n, NULL};
    assert_int_equal(dm_notify_unpack(&in, copy), 0);
    assert_null(in.bad);
    struct dnsmon_event *ev = dm_notify_take(copy, 15 * MINUTE, false);
    assert_int_equal(ev->n_rollup, 3);
    dnsmon_event_free(ev);
    for (size_t len = 0; len < buf.n; len++) { /* cut anywhere: refused */
        struct dm_notify *cut = dm_notify_new(&rates);
        struct dm_unpacker half = {buf.p, len, NULL};
        assert_int_equal(dm_notify_unpack(&half, cut), 0);
        assert_non_null(half.bad);
        dm_notify_free(cut);
    }
    free(buf.p);
    dm_notify_free(n);
    dm_notify_free(copy);
}

/* Mail servers are named as such; one that all are about is host.ip; peers are peers. */
static void lists_about_mail_servers(void **state)
{
    static const struct {
        const char *what, *noun;
        enum dm_detector_id det;
        bool peers, same, has_host;
    } rows[] = {
        {"clients", " 2 more clients ", DM_DET_mass_mailer, false, false, false},
        {"two servers", " 2 more mail servers ", DM_DET_reject_surge, false, false, false},
        {"one server twice", " 1 more mail servers ", DM_DET_reject_surge, false, true, true},
        {"peers of one", " 2 more peers of mail servers ", DM_DET_smtp_dos, true, true, true},
        {"peers of two", " 2 more peers of mail servers ", DM_DET_smtp_dos, true, false, false},
    };
    (void)state;
    FOR_ROWS(row, rows)
    {
        struct dm_notify *n = dm_notify_new(&rates);
        for (uint32_t i = 0; i < 2; i++) {
            struct dm_incident in = incident(i);
            in.det = row->det;
            in.finding.class_name = dm_detectors[row->det]->classes[0];
            in.has_server_addr = row->det != DM_DET_mass_mailer;
            in.server_addr = incident(row->same ? 9 : 10 + i).who.client;
            in.who.has_client = row->peers || row->det == DM_DET_mass_mailer;
            const struct dm_addr *who = in.who.has_client ? &in.who.client : &in.server_addr;
            assert_false(dm_notify_now(n, A, &in, who, false, 0));
        }
        struct dm_buf buf = {0};
        dm_notify_pack(&buf, n); /* and through a state file */
        dm_notify_free(n);
        n = dm_notify_new(&rates);
        struct dm_unpacker in = {buf.p, buf.n, NULL};
        assert_int_equal(dm_notify_unpack(&in, n), 0);
        struct dnsmon_event *ev = dm_notify_take(n, HOUR, true);
        struct dm_addr nine = incident(9).who.client;
        CHECK_ROW(row->what, strstr(ev->reason, row->noun) != NULL);
        CHECK_ROW(row->what, ev->has_host == row->has_host);
        CHECK_ROW(row->what, !ev->has_host || dm_addr_eq(&ev->host, &nine));
        dnsmon_event_free(ev);
        free(dm_buf_take(&buf));
        dm_notify_free(n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_at_once_then_lists),
        cmocka_unit_test(lists_about_mail_servers),
        cmocka_unit_test(one_an_hour),
        cmocka_unit_test(rolled_up),
        cmocka_unit_test(outbreak),
        cmocka_unit_test(file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
