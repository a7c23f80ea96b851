/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * daily-summary through a monitor in memory: one event a day for the site and one for each mail
 * server, with counts worked out by hand; days of which nothing was seen; a state file in between.
 * How names begin is test_names and tests/golden/test_papers_summary.sh.
 */
#include "monitor_run.h"

#include "detect/detector.h"
#include "monitor/state.h"

#define RULE "daily-summary"
#define ON "[detectors]\nenable = daily-summary\n"
#define SERVERS "[roles]\nmail-servers = 192.0.2.25;192.0.2.26\n[hosts]\nmx1 = 192.0.2.25\n"
#define HOUR 3600
#define DAY 86400

static void check_counts(const struct dnsmon_event *ev, struct dm_type_counts want)
{
    assert_true(ev->has_count);
    assert_memory_equal(&ev->count, &want, sizeof want);
}

static void a_day_of_the_site(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, ON);
    run_series(&r, HOUR, 10, 3, "192.0.2.9", "MX", "d", 0);
    run_series(&r, HOUR, 10, 3, "192.0.2.8", "MX", "d", 0);
    run_series(&r, HOUR, 10, 5, "192.0.2.8", "A", "www", 0);
    run_series(&r, 2 * HOUR, 10, 7, "192.0.2.7", "A", "mail.d", 0);
    run_query(&r, 2 * HOUR, "198.51.100.1", "A", "out.example"); /* not ours */
    run_query(&r, DAY + HOUR, "192.0.2.9", "AAAA", "next.example");
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0), *next = run_event(&r, RULE, 1);
    assert_non_null(next);
    assert_null(run_event(&r, RULE, 2));
    check_counts(ev, (struct dm_type_counts){.a = 12, .mx = 6});
    assert_int_equal(ev->level, DNSMON_INFO);
    assert_int_equal(ev->state, DM_STATE_CLOSE);
    assert_string_equal(ev->class_name, "summary");
    assert_false(ev->has_client || ev->has_host || ev->lossy);
    assert_int_equal(ev->time_us, (RUN_DAY + DAY) * INT64_C(1000000));
    assert_int_equal(ev->start_us, (RUN_DAY + HOUR) * INT64_C(1000000)); /* the first line */
    assert_int_equal(ev->end_us, ev->time_us);
    assert_int_equal(ev->window_s, DAY - HOUR);
    assert_int_equal(next->start_us, ev->end_us);
    assert_int_equal(next->end_us, (RUN_DAY + DAY + HOUR) * INT64_C(1000000));
    assert_string_not_equal(ev->id, next->id);
    assert_string_equal(
        ev->reason, "On 2026-05-12 3 clients asked 18 questions (12 A, 0 AAAA, 6 MX, 0 PTR, 0 "
                    "other); most MX: 192.0.2.8 (3), 192.0.2.9 (3); most of all: 192.0.2.8 (8), "
                    "192.0.2.7 (7), 192.0.2.9 (3); most names of mail servers: 192.0.2.7.");
    assert_non_null(strstr(dnsmon_event_json((dnsmon_event_t *)(uintptr_t)ev),
                           "\"top\":{\"mx\":[{\"ip\":\"192.0.2.8\",\"count\":3},"
                           "{\"ip\":\"192.0.2.9\",\"count\":3}],"
                           "\"total\":[{\"ip\":\"192.0.2.8\",\"count\":8},"
                           "{\"ip\":\"192.0.2.7\",\"count\":7},"
                           "{\"ip\":\"192.0.2.9\",\"count\":3}]},"
                           "\"prefix\":{\"client\":\"192.0.2.7\","
                           "\"1\":[{\"prefix\":\"m\",\"count\":7}],"));
    assert_non_null(strstr(dnsmon_event_json((dnsmon_event_t *)(uintptr_t)ev),
                           "\"site\":{\"1\":[{\"prefix\":\"m\",\"count\":7},"
                           "{\"prefix\":\"w\",\"count\":5}],"));
    run_free(&r);
}

/* Mail servers ask for mail servers; they are no keyword clients. */
static void a_mail_server_is_no_keyword_client(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, SERVERS ON);
    run_series(&r, HOUR, 10, 9, "192.0.2.25", "A", "mail.d", 0);
    run_series(&r, HOUR, 10, 2, "192.0.2.7", "A", "www.d", 0);
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, RULE, 0);
    assert_false(ev->summary->has_prefix_client);
    assert_int_equal(ev->summary->prefix.n[0], 2); /* the site's, then */
    run_free(&r);
}

static void silent_days_have_none(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, ON);
    run_query(&r, HOUR, RUN_PC, "A", "www.example");
    run_query(&r, 5 * DAY + HOUR, RUN_PC, "A", "www.example");
    run_end(&r);
    assert_int_equal(r.events->len, 2);
    assert_int_equal(run_event(&r, RULE, 0)->time_us, (RUN_DAY + DAY) * INT64_C(1000000));
    assert_int_equal(run_event(&r, RULE, 1)->start_us, (RUN_DAY + 5 * DAY) * INT64_C(1000000));
    run_free(&r);
}

static void it_can_be_switched_off(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, RUN_NO_SUMMARY);
    run_query(&r, HOUR, RUN_PC, "A", "www.example");
    run_query(&r, DAY + HOUR, RUN_PC, "A", "www.example");
    run_end(&r);
    assert_int_equal(r.events->len, 0);
    run_free(&r);
}

/* ---- mail servers ---- */

#define REJECT "NOQUEUE: reject: RCPT from h.example[203.0.113.5]: "
#define REST "; from=<a@b.example> to=<x@campus.test> proto=ESMTP helo=<h>"

static void mail_day(struct run *r)
{
    static const char *const lines[] = {
        "postfix/smtpd[1]: connect from h.example[203.0.113.5]",
        "postfix/smtpd[1]: connect from h.example[203.0.113.5]",
        "postfix/smtpd[1]: connect from h.example[203.0.113.6]",
        "postfix/smtpd[1]: connect from h.example[203.0.113.7]",
        "postfix/smtpd[1]: 6B7275F30: client=h.example[203.0.113.5]",
        "postfix/qmgr[1]: 6B7275F30: from=<a@b.example>, size=100, nrcpt=1 (queue active)",
        "postfix/qmgr[1]: 6B7275F30: from=<a@b.example>, size=100, nrcpt=1 (queue active)",
        "postfix/smtpd[1]: " REJECT "550 5.1.1 <x@campus.test>: Recipient address rejected: User "
        "unknown in local recipient table" REST,
        "postfix/smtpd[1]: " REJECT "550 5.1.1 <x@campus.test>: Recipient address rejected: User "
        "unknown in local recipient table" REST,
        "postfix/smtpd[1]: " REJECT "554 5.7.1 <x@other.example>: Relay access denied" REST,
        "postfix/smtpd[1]: " REJECT "504 5.5.2 <n>: Recipient address rejected: need "
        "fully-qualified address" REST,
        "postfix/smtpd[1]: " REJECT "450 4.1.8 <a@b.example>: Sender address rejected: Domain not "
        "found" REST,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        char *line = g_strdup_printf("2026-05-12T10:00:%02u.000Z mx1 %s", i, lines[i]);
        run_raw(r, line);
        g_free(line);
    }
}

static void a_day_of_a_mail_server(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, SERVERS ON);
    mail_day(&r);
    run_series(&r, 11 * HOUR, 1, 3, "192.0.2.25", "A", "h", 0);
    run_query(&r, 11 * HOUR + 5, "192.0.2.25", "A", "remote.com.campus.test");
    run_query(&r, 12 * HOUR, "192.0.2.26", "PTR", "9.113.0.203.in-addr.arpa");
    run_end(&r);
    const struct dnsmon_event *site = run_event(&r, RULE, 0);
    const struct dnsmon_event *two = run_event(&r, RULE, 1), *one = run_event(&r, RULE, 2);
    assert_int_equal(r.events->len, 3);
    check_counts(site, (struct dm_type_counts){.a = 4, .ptr = 1});
    check_counts(one, (struct dm_type_counts){.a = 4});
    check_counts(two, (struct dm_type_counts){.ptr = 1}); /* told in the order of names */
    assert_true(one->has_host && !one->has_client);
    assert_string_equal(one->observer, "mx1");
    assert_non_null(strstr(dnsmon_event_json((dnsmon_event_t *)(uintptr_t)one),
                           "\"host\":{\"ip\":\"192.0.2.25\"}"));
    assert_non_null(
        strstr(dnsmon_event_json((dnsmon_event_t *)(uintptr_t)one),
               "\"mail\":{\"connections\":4,\"messages\":1,\"efficiency\":0.25,\"peers\":null},"
               "\"rejects\":{\"user_unknown\":2,\"relay_denied\":1,\"recipient_rejected\":1,"
               "\"other\":1},"
               "\"unresolved\":{\"total\":4,\"unresolved\":1,\"share\":0.25,\"r2\":null},"));
    assert_string_equal(one->reason,
                        "On 2026-05-12 mail server mx1 had 4 connections, accepted 1 message and "
                        "refused 5; it asked 4 questions (4 A, 0 AAAA, 0 MX, 0 PTR, 0 other), of "
                        "them 1 for strangers' names under the site's own domains.");
    assert_int_equal(two->figures.groups, DM_FIG_UNRESOLVED); /* no line of its log */
    run_free(&r);
}

/* ---- a state file in between ---- */

static void restart(struct run *r, const char *config)
{
    struct run next;
    struct dm_buf buf = {0};
    const char *bad = NULL;

    dnsmon_feed_free(r->feed);
    dnsmon_monitor_finish(r->mon, 0);
    dm_state_pack(r->mon, &buf);
    dnsmon_monitor_free(r->mon);
    run_begin(&next, config);
    assert_int_equal(dm_state_unpack(next.mon, dm_slice_make(buf.p, buf.n), &bad), 0);
    assert_null(bad);
    free(buf.p);
    *r = next;
}

static void counts_survive_a_restart(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, SERVERS ON);
    run_series(&r, HOUR, 10, 4, "192.0.2.7", "MX", "d", 0);
    run_series(&r, HOUR, 10, 4, "192.0.2.7", "A", "mail.d", 0);
    mail_day(&r);
    restart(&r, SERVERS ON);
    run_series(&r, 12 * HOUR, 10, 3, "192.0.2.7", "A", "mail.d", 2);
    run_query(&r, DAY + HOUR, RUN_PC, "A", "mail.example");
    run_end(&r);
    const struct dnsmon_event *site = run_event(&r, RULE, 0), *mx = run_event(&r, RULE, 1);
    const struct dnsmon_event *next = run_event(&r, RULE, 2);
    assert_non_null(next);
    check_counts(site, (struct dm_type_counts){.a = 7, .mx = 4});
    assert_int_equal(site->start_us, (RUN_DAY + HOUR) * INT64_C(1000000));
    assert_int_equal(site->summary->mx[0].count, 4);
    assert_int_equal(site->summary->total[0].count, 11);
    assert_true(site->lossy); /* the names of before are gone */
    assert_int_equal(site->summary->prefix.row[0][0].count, 3);
    run_near(mx->figures.connections, 4, 0);
    run_near(mx->figures.user_unknown, 2, 0);
    assert_false(mx->lossy);
    assert_false(next->lossy); /* it is over with the day */
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_the_site),
        cmocka_unit_test(a_mail_server_is_no_keyword_client),
        cmocka_unit_test(silent_days_have_none),
        cmocka_unit_test(it_can_be_switched_off),
        cmocka_unit_test(a_day_of_a_mail_server),
        cmocka_unit_test(counts_survive_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
