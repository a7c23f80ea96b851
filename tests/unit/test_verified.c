/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What counts as verified: by flag, by format and by number, on both sides of eight; since when;
 * that nothing is suggested without it; that it outlives a state file.
 */
#include "monitor_run.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "incident/compose.h"

#define RULE "mass-mailer"

/* An MX query with BIND's flags. */
static void ask(struct run *r, double at, const char *flags, const char *name)
{
    char line[512];
    int s = (int)at;

    g_snprintf(line, sizeof line,
               "2026-05-%02dT%02d:%02d:%02dZ ns1 named[1]: client @0x1 " RUN_PC
               "#1 (%s): query: %s IN MX %s (192.0.2.53)",
               12 + s / 86400, s / 3600 % 24, s / 60 % 60, s % 60, name, name, flags);
    run_raw(r, line);
}

/* @n new domains, one a minute, from @at on; numbers from @first. */
static void ask_series(struct run *r, double at, const char *flags, unsigned n, unsigned first)
{
    for (unsigned i = 0; i < n; i++) {
        char name[32];
        g_snprintf(name, sizeof name, "d%u.example", first + i);
        ask(r, at + 60 * i, flags, name);
    }
}

/* The last event of a rule; NULL: there is none. */
static const struct dnsmon_event *last_event(const struct run *r, const char *rule)
{
    const struct dnsmon_event *ev, *last = NULL;

    for (unsigned i = 0; (ev = run_event(r, rule, i)) != NULL; i++) {
        last = ev;
    }
    return last;
}

static void by_flag_and_number(void **unused)
{
    static const struct {
        const char *what, *flags, *more;
        unsigned n, n_more;
        bool want;
    } rows[] = {
        {"UDP", "+", "+", 16, 0, false},
        {"TCP", "+T", "+", 8, 0, true},
        {"cookie", "+E(0)DV", "+", 8, 0, true},
        {"a cookie that is not the server's", "+E(0)K", "+", 16, 0, false},
        {"EDNS and DO", "+E(0)D", "+", 16, 0, false},
        {"signed", "+S", "+", 16, 0, false},
        {"seven of 16", "+T", "+", 7, 9, false},
        {"eight of 40", "+T", "+", 8, 32, true},
        {"both kinds", "+T", "+E(0)V", 4, 4, true},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        ask_series(&r, 36000, row->more, row->n_more, 100);
        ask_series(&r, 36000 + 60 * row->n_more, row->flags, row->n, 0);
        run_end(&r);
        const struct dnsmon_event *ev = last_event(&r, RULE);
        CHECK_ROW(row->what, ev && ev->has_verified && ev->verified == row->want);
        run_free(&r);
    }
}

/* One domain over TCP again and again, while somebody forges sixteen: a machine whose own mail
 * program asks over TCP. */
static void one_domain_is_one(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (unsigned i = 0; i < 16; i++) {
        char name[32];
        g_snprintf(name, sizeof name, "forged%u.example", i);
        ask(&r, 36000 + 60 * i, "+", name);
        ask(&r, 36001 + 60 * i, "+T", "own.example");
    }
    run_end(&r);
    assert_false(last_event(&r, RULE)->verified);
    run_free(&r);
}

/* Seven over TCP on Tuesday and one on Wednesday, 30 hours later, whose run the rule speaks of. */
static void of_the_run_only(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "[detector mx-census]\nover = 7\n");
    ask_series(&r, 0, "+T", 7, 0);
    ask_series(&r, 30 * 3600, "+", 15, 100);
    ask_series(&r, 30 * 3600 + 900, "+T", 1, 200);
    run_end(&r);
    assert_false(last_event(&r, RULE)->verified);
    assert_false(last_event(&r, "mx-census")->verified);
    run_free(&r);
}

/* The 8th by TCP comes after the incident was opened: its next event says so, and the close. */
static void later_events_say_so(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    ask_series(&r, 36000, "+", 8, 0);
    ask_series(&r, 36480, "+T", 8, 8);
    run_end(&r);
    assert_false(run_event(&r, RULE, 0)->verified);
    assert_true(run_event(&r, RULE, 1)->verified);
    assert_true(last_event(&r, RULE)->verified);
    assert_non_null(strstr(dnsmon_event_json(last_event(&r, RULE)), "\"verified\":true"));
    run_free(&r);
}

/* Sixteen MX queries as other servers print them; %u is the number and the second, too. */
static void by_format(void **unused)
{
    static const struct {
        const char *what, *form;
        bool want;
    } rows[] = {
        {"Unbound, TCP",
         "2026-05-12T10:00:%02uZ ns1 unbound[1]: [1:0] reply: " RUN_PC
         " d%u.example. MX IN NOERROR 0.1 0 90 on tcp 192.0.2.53 53",
         true},
        {"Unbound, TLS",
         "2026-05-12T10:00:%02uZ ns1 unbound[1]: [1:0] reply: " RUN_PC
         " d%u.example. MX IN NOERROR 0.1 0 90 on dot 192.0.2.53 853",
         true},
        {"Unbound, UDP",
         "2026-05-12T10:00:%02uZ ns1 unbound[1]: [1:0] reply: " RUN_PC
         " d%u.example. MX IN NOERROR 0.1 0 90 on udp 192.0.2.53 53",
         false},
        {"dnsmasq, TCP",
         "2026-05-12T10:00:%02uZ ns1 dnsmasq[1]: TCP 7 " RUN_PC "/9 query[MX] d%u.example from "
         "" RUN_PC,
         true},
        {"dnsmasq, UDP",
         "2026-05-12T10:00:%02uZ ns1 dnsmasq[1]: UDP 7 " RUN_PC "/9 query[MX] d%u.example from "
         "" RUN_PC,
         false},
        {"JSON, TCP",
         "{\"kind\":\"query\",\"time\":\"2026-05-12T10:00:%02uZ\",\"client\":\"" RUN_PC
         "\",\"qname\":\"d%u.example\",\"qtype\":\"MX\",\"network\":{\"transport\":\"tcp\"}}",
         true},
        {"JSON, a short name",
         "{\"kind\":\"query\",\"time\":\"2026-05-12T10:00:%02uZ\",\"client\":\"" RUN_PC
         "\",\"qname\":\"d%u.example\",\"qtype\":\"MX\",\"transport\":\"tcp\"}",
         true},
        {"JSON, UDP",
         "{\"kind\":\"query\",\"time\":\"2026-05-12T10:00:%02uZ\",\"client\":\"" RUN_PC
         "\",\"qname\":\"d%u.example\",\"qtype\":\"MX\",\"transport\":\"udp\"}",
         false},
        {"JSON, flags",
         "{\"kind\":\"query\",\"time\":\"2026-05-12T10:00:%02uZ\",\"client\":\"" RUN_PC
         "\",\"qname\":\"d%u.example\",\"qtype\":\"MX\",\"flags\":\"+T\"}",
         true},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        run_forms(&r, row->form, 16);
        run_end(&r);
        const struct dnsmon_event *ev = last_event(&r, RULE);
        CHECK_ROW(row->what, ev && ev->verified == row->want);
        run_free(&r);
    }
}

/* Names over TCP are evidence of the rule that reads names; a SYN of no rule; mail's of its own. */
static void by_rule(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (unsigned i = 0; i < 16; i++) {
        char line[256];
        g_snprintf(line, sizeof line,
                   "2026-05-12T10:00:%02uZ ns1 named[1]: client @0x1 " RUN_PC
                   "#1 (a): query: mail.k%u.example IN A +T (192.0.2.53)",
                   i, i);
        run_raw(&r, line);
        run_tcp(&r, 36000 + i, "192.0.2.8", "198.51.100.9", 445);
        run_tcp(&r, 36000 + i, "192.0.2.8", "198.51.100.8", 445);
        run_tcp(&r, 36000 + i, "192.0.2.8", "198.51.100.7", 445);
    }
    run_end(&r);
    assert_true(run_event(&r, "keyword-scan", 0)->verified);
    assert_true(run_event(&r, "tcp-probe", 0)->has_verified);
    assert_false(run_event(&r, "tcp-probe", 0)->verified);
    run_free(&r);
}

/* What is suggested leaves only with verified evidence. */
static void no_hint_on_what_may_be_forged(void **unused)
{
    struct dm_site *site = dm_site_new();
    struct dm_intern *hosts = dm_intern_new();
    struct dm_incident_env env = {.site = site, .hosts = hosts};
    struct dm_incident in = {.det = DM_DET_smtp_dos,
                             .who = {.has_client = true},
                             .finding = {.level = DNSMON_ALARM,
                                         .class_name = "smtp-dos",
                                         .detail = "is tested.",
                                         .suggest = "192.0.2.7 REJECT"}};

    (void)unused;
    dm_site_seal(site, NULL);
    for (int verified = 0; verified < 2; verified++) {
        in.finding.verified = verified;
        struct dnsmon_event *ev = dm_compose_event(&env, &in, DM_STATE_OPEN, 1);
        assert_int_equal(ev->verified, verified);
        assert_string_equal(ev->suggest, verified ? "192.0.2.7 REJECT" : "");
        dnsmon_event_free(ev);
    }
    in.who.has_client = false; /* of the site: nobody's address */
    struct dnsmon_event *ev = dm_compose_event(&env, &in, DM_STATE_OPEN, 1);
    assert_false(ev->has_verified);
    assert_null(strstr(dnsmon_event_json(ev), "verified"));
    dnsmon_event_free(ev);
    dm_intern_free(hosts);
    dm_site_free(site);
}

/* Four before the state file and four after it are eight; and an incident that was verified stays
 * so. */
static void through_a_state_file(void **unused)
{
    char why[DNSMON_ERRLEN], *dir = g_dir_make_tmp("dnsmon-verified-XXXXXX", NULL);
    char *path = g_build_filename(dir, "state", NULL);
    struct run a, b;

    (void)unused;
    run_begin(&a, "");
    ask_series(&a, 36000, "+", 12, 100);
    ask_series(&a, 36720, "+T", 4, 0);
    dnsmon_feed_flush(a.feed, 0);
    assert_true(dnsmon_monitor_save(a.mon, path, why, sizeof why) >= 0);
    run_begin(&b, "");
    assert_int_equal(dnsmon_monitor_load(b.mon, path, why, sizeof why), 1);
    ask_series(&b, 36960, "+T", 4, 4);
    run_end(&b);
    assert_true(last_event(&b, RULE)->verified);
    run_end(&a);
    assert_false(last_event(&a, RULE)->verified);
    run_free(&a);
    run_free(&b);
    g_unlink(path);
    g_rmdir(dir);
    g_free(path);
    g_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_flag_and_number),
        cmocka_unit_test(one_domain_is_one),
        cmocka_unit_test(of_the_run_only),
        cmocka_unit_test(later_events_say_so),
        cmocka_unit_test(by_format),
        cmocka_unit_test(by_rule),
        cmocka_unit_test(no_hint_on_what_may_be_forged),
        cmocka_unit_test(through_a_state_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
