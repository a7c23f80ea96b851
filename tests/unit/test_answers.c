/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A log host that prints queries and answers has two lines about a question, one that prints
 * answers only has one: the counts are the same, and the findings.
 */
#include "monitor_run.h"

#define QUERY 1
#define ANSWER 2

static void line(struct run *r, int what, int at, const char *name)
{
    char text[512], when[32];
    time_t t = RUN_DAY + at;
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (what == QUERY) {
        g_snprintf(text, sizeof text,
                   "%s ns1 named[1]: client @0x1 192.0.2.7#1 (%s): query: %s IN MX + (192.0.2.53)",
                   when, name, name);
    } else {
        g_snprintf(
            text, sizeof text,
            "%s ns1 named[1]: client @0x1 192.0.2.7#1 (%s): response: %s IN MX NOERROR 1 0 0 "
            "+ (192.0.2.53)",
            when, name, name);
    }
    assert_int_equal(dnsmon_feed_line(r->feed, text, strlen(text)), 1);
}

/* 60 MX of different domains, each as @what says; @answers_first: in the other order. */
static char *events_of(int what, bool answers_first)
{
    struct run r;
    char name[64];

    run_begin(&r, "");
    for (int i = 0; i < 60; i++) {
        g_snprintf(name, sizeof name, "dom%d.example", i);
        for (int k = 0; k < 2; k++) {
            int now = (k == 1) != answers_first ? ANSWER : QUERY;
            if (what & now) {
                line(&r, now, 3600 + i * 30, name);
            }
        }
    }
    run_end(&r);
    const struct dnsmon_event *ev = run_event(&r, "mx-census", 1);
    assert_non_null(ev);
    assert_int_equal(ev->count.mx, 60);
    char *json = run_json(&r);
    run_free(&r);
    return json;
}

static void same_findings(void **state)
{
    char *queries = events_of(QUERY, false), *both = events_of(QUERY | ANSWER, false);
    char *mixed = events_of(QUERY | ANSWER, true), *answers = events_of(ANSWER, false);

    (void)state;
    assert_non_null(strstr(queries, "mass-mailer"));
    assert_string_equal(queries, both);
    assert_string_equal(queries, mixed);
    assert_string_equal(queries, answers);
    g_free(queries);
    g_free(both);
    g_free(mixed);
    g_free(answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_findings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
