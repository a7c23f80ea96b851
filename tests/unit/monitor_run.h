/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of detectors: a monitor in memory that is given queries and asked for its events.
 */
#ifndef DM_UNIT_MONITOR_RUN_H
#define DM_UNIT_MONITOR_RUN_H

#include "testlib.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "dnsmon/dnsmon.h"
#include "event/event.h"
#include "monitor/config.h"

#define RUN_DAY 1778544000 /* 2026-05-12 00:00:00 UTC, a Tuesday */
#define RUN_PC "192.0.2.7"
#define RUN_SITE "[site]\nnetworks = 192.0.2.0/24\ndomains = campus.test\ntimezone = UTC\n"

struct run {
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    GPtrArray *events; /* after run_end() */
};

/* Most tests are about findings: without a section of their own there is no daily-summary. */
#define RUN_NO_SUMMARY "[detectors]\ndisable = daily-summary\n"

/* @config: sections behind RUN_SITE. */
static inline void run_begin(struct run *r, const char *config)
{
    char why[DNSMON_ERRLEN],
        *text = g_strconcat(RUN_SITE, config,
                            strstr(config, "[detectors]") ? "" : "\n" RUN_NO_SUMMARY, NULL);
    dnsmon_config_t *cfg = NULL;

    if (dm_config_from_text("test.conf", text, strlen(text), &cfg, why, sizeof why) < 0) {
        fail_msg("%s", why);
    }
    r->events = NULL;
    assert_int_equal(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &r->mon), 0);
    assert_int_equal(dnsmon_feed_new(r->mon, &r->feed), 0);
    dnsmon_config_free(cfg);
    g_free(text);
}

/* A query line in the form of BIND 9.18, @at seconds after RUN_DAY; "-MX": recursion not desired.
 */
static inline void run_line(char *out, size_t size, double at, const char *client, const char *type,
                            const char *name)
{
    time_t t = RUN_DAY + (time_t)at;
    int ms = (int)((at - floor(at)) * 1000 + 0.5);
    char rd = *type == '-' ? '-' : '+';
    struct tm tm;

    gmtime_r(&t, &tm);
    g_snprintf(out, (gulong)size,
               "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ns1 named[1]: client @0x1 %s#1 (%s): query: %s "
               "IN %s %c (192.0.2.53)",
               tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms,
               client, name, name, type + (rd == '-'), rd);
}

static inline void run_query(struct run *r, double at, const char *client, const char *type,
                             const char *name)
{
    char line[512];

    run_line(line, sizeof line, at, client, type, name);
    assert_int_equal(dnsmon_feed_line(r->feed, line, strlen(line)), 1);
}

/* Any line, whatever becomes of it. */
static inline void run_raw(struct run *r, const char *line)
{
    dnsmon_feed_line(r->feed, line, strlen(line));
}

/* @n raw lines of one form, which has two "%u" for the line's number. */
static inline void run_forms(struct run *r, const char *form, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char line[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        g_snprintf(line, sizeof line, form, i, i);
#pragma GCC diagnostic pop
        run_raw(r, line);
    }
}

/* A packet filter's line, as a JSON record. */
static inline void run_tcp(struct run *r, double at, const char *client, const char *dst,
                           unsigned port)
{
    char line[256];

    g_snprintf(
        line, sizeof line,
        "{\"kind\":\"tcp-attempt\",\"time\":%.3f,\"client\":\"%s\",\"dst\":\"%s\",\"dport\":%u}",
        RUN_DAY + at, client, dst, port);
    run_raw(r, line);
}

/* @n queries of a pattern with one %u, every @step seconds from @at on; numbers from @first. */
static inline void run_series(struct run *r, double at, double step, unsigned n, const char *client,
                              const char *type, const char *front, unsigned first)
{
    for (unsigned i = 0; i < n; i++) {
        char name[128];
        g_snprintf(name, sizeof name, "%s%u.example", front, first + i);
        run_query(r, at + i * step, client, type, name);
    }
}

/* The end of the input: all events into r->events. */
static inline void run_end(struct run *r)
{
    dnsmon_event_t *ev;

    dnsmon_feed_free(r->feed);
    dnsmon_monitor_finish(r->mon, 1);
    r->events = g_ptr_array_new_with_free_func((GDestroyNotify)dnsmon_event_free);
    while ((ev = dnsmon_monitor_next_event(r->mon)) != NULL) {
        g_ptr_array_add(r->events, ev);
    }
    dnsmon_monitor_free(r->mon);
}

static inline void run_free(struct run *r)
{
    g_ptr_array_free(r->events, TRUE);
}

/* The @index'th event of a rule; NULL: there is none. */
static inline const struct dnsmon_event *run_event(const struct run *r, const char *rule,
                                                   unsigned index)
{
    for (guint i = 0; i < r->events->len; i++) {
        const struct dnsmon_event *ev = g_ptr_array_index(r->events, i);
        if (strcmp(ev->rule_id, rule) == 0 && index-- == 0) {
            return ev;
        }
    }
    return NULL;
}

/* The hour after @at s in which a rule's last event closed its incident; -1: it did not. */
static inline int run_closed_h(const struct run *r, const char *rule, double at)
{
    const struct dnsmon_event *ev, *last = NULL;

    for (unsigned i = 0; (ev = run_event(r, rule, i)) != NULL; i++) {
        last = ev;
    }
    return last && last->state == DM_STATE_CLOSE
               ? (int)((last->time_us / 1000000 - RUN_DAY - (int64_t)at) / 3600)
               : -1;
}

static inline void run_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.4f, want %.4f", got, want);
    }
}

/* All events as one text.   Owner: caller, g_free(). */
static inline char *run_json(const struct run *r)
{
    GString *s = g_string_new(NULL);

    for (guint i = 0; i < r->events->len; i++) {
        g_string_append_printf(s, "%s\n", dnsmon_event_json(g_ptr_array_index(r->events, i)));
    }
    return g_string_free(s, FALSE);
}

#endif
