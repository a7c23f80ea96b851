/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of feed health: lines of several log hosts, and what the monitor counted.
 */
#ifndef DM_UNIT_HEALTH_RUN_H
#define DM_UNIT_HEALTH_RUN_H

#include "monitor_run.h"

#define H 3600.0

/* A line of any text, @at seconds after RUN_DAY. */
static inline void say(struct run *r, double at, const char *host, const char *text)
{
    time_t t = RUN_DAY + (time_t)at;
    int ms = (int)((at - floor(at)) * 1000 + 0.5);
    char line[600];
    struct tm tm;

    gmtime_r(&t, &tm);
    g_snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s", tm.tm_year + 1900,
               tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms, host, text);
    dnsmon_feed_line(r->feed, line, strlen(line));
}

/* One line every @step s in [from, until). */
static inline void flow(struct run *r, double from, double until, double step, const char *host,
                        const char *text)
{
    for (double at = from; at < until; at += step) {
        say(r, at, host, text);
    }
}

#define QUERY                                                                                      \
    "named[1]: client @0x1 192.0.2.30#99 (www.example): query: www.example IN A + (192.0.2.53)"
#define OLD_QUERY "named[1]: client 192.0.2.30#99: query: www.example IN A"
#define MALFORMED "named[1]: client @0x1 192.0.2.30#99 (www.example): query: www.example of type A"
#define WORDING "named[1]: 192.0.2.30#99 has asked for www.example IN A"
#define LAME "named[1]: lame server resolving 'x.example' (in 'example'?): 198.51.100.1#53"
#define MAIL "postfix/smtp[7]: 3F1: to=<a@b.example>, relay=none, delay=1, status=deferred (x)"

static inline uint64_t counter_of(const struct run *r, const char *name)
{
    const char *at;
    uint64_t value;

    for (unsigned i = 0; dnsmon_monitor_counter(r->mon, i, &at, &value) == 0; i++) {
        if (strcmp(at, name) == 0) {
            return value;
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

/* "RULE STATE HOST WINDOW;" of each event of the two rules. */
static inline char *health_text(const struct run *r)
{
    GString *s = g_string_new("");

    for (guint i = 0; i < r->events->len; i++) {
        const struct dnsmon_event *ev = g_ptr_array_index(r->events, i);
        if (strcmp(ev->rule_id, "feed-gap") == 0 || strcmp(ev->rule_id, "format-drift") == 0) {
            g_string_append_printf(s, "%s%s %s %s %u", s->len ? "; " : "", ev->rule_id,
                                   ev->state == DM_STATE_OPEN ? "open" : "close",
                                   *ev->observer ? ev->observer : "-", ev->window_s);
            assert_false(ev->has_client || ev->has_host);
            assert_true(ev->lossy);
        }
    }
    return g_string_free(s, FALSE);
}

#endif
