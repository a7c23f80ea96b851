/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The random campus. Who a client is follows from its number, so that every seed has some of each.
 */
#include "stream.h"

#include <stdio.h>

#include "monitor/config.h"

#define CLIENTS 60

char *stream_query(int64_t time_us, const char *client, const char *qname, const char *type)
{
    GDateTime *t = g_date_time_new_from_unix_utc(time_us / 1000000);
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char *line = g_strdup_printf(
        "%02d-%s-%d %02d:%02d:%02d.%03d queries: info: client %s#1234: query: %s IN %s +",
        g_date_time_get_day_of_month(t), month[g_date_time_get_month(t) - 1],
        g_date_time_get_year(t), g_date_time_get_hour(t), g_date_time_get_minute(t),
        g_date_time_get_second(t), (int)(time_us % 1000000 / 1000), client, qname, type);

    g_date_time_unref(t);
    return line;
}

/* What client @who asks. */
static char *one_line(struct test_rng *rng, int64_t time_us)
{
    static const char *const words[] = {"mail", "smtp", "mx", "relay", "ns", "gate"};
    unsigned who = (unsigned)test_rng_below(rng, CLIENTS), kind = who % 6;
    unsigned x = (unsigned)test_rng_below(rng, kind == 1 ? 40 : 400);
    char client[32], name[64];
    const char *type = "A";

    g_snprintf(client, sizeof client, who % 10 == 9 ? "2001:db8::%u" : "192.0.2.%u", who + 1);
    g_snprintf(name, sizeof name, "www.site%u.test", x);
    if (kind == 1 || kind == 2 || who == 24) {
        g_snprintf(name, sizeof name, "dom%u.test", x);
        type = "MX";
    } else if (kind == 3) {
        g_snprintf(name, sizeof name, "%s.base%u.test", words[x % 6], x);
        type = x % 5 ? "A" : "AAAA";
    } else if (kind == 4 && x % 2) {
        g_snprintf(name, sizeof name, "%u.113.0.203.in-addr.arpa", x % 250);
        type = "PTR";
    } else if (kind == 4) {
        g_snprintf(name, sizeof name, "peer%u.test", x);
        type = "MX";
    }
    return stream_query(time_us, client, name, type);
}

static int by_time(const void *a, const void *b)
{
    const struct stream_line *la = a, *lb = b;

    return (la->time_us > lb->time_us) - (la->time_us < lb->time_us);
}

struct stream stream_new(struct test_rng *rng, size_t n, int64_t span_s, int64_t jitter_s)
{
    struct stream s = {g_new0(struct stream_line, n), n};
    uint64_t span_ms = (uint64_t)span_s * 1000;

    for (size_t i = 0; i < n; i++) {
        s.line[i].time_us = STREAM_T0 * 1000000 + (int64_t)test_rng_below(rng, span_ms) * 1000;
    }
    qsort(s.line, n, sizeof *s.line, by_time);
    for (size_t i = 0; i < n; i++) {
        int64_t back_ms = jitter_s ? (int64_t)test_rng_below(rng, (uint64_t)jitter_s * 1000) : 0;
        s.line[i].text = one_line(rng, s.line[i].time_us - back_ms * 1000);
    }
    return s;
}

void stream_clear(struct stream *s)
{
    for (size_t i = 0; i < s->n; i++) {
        g_free(s->line[i].text);
    }
    g_free(s->line);
}

dnsmon_config_t *stream_config(const char *more)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg = NULL;
    char *text = g_strconcat(
        "[site]\nnetworks = 192.0.2.0/24;2001:db8::/32;198.51.100.0/24;"
        "10.0.0.0/8\ntimezone = UTC\ndomains = campus.test\n[roles]\nmail-servers = 192.0.2.25\n",
        more, strstr(more, "[detectors]") ? "" : "[detectors]\ndisable = daily-summary\n", NULL);

    if (dm_config_from_text("test", text, strlen(text), &cfg, why, sizeof why) < 0) {
        fail_msg("%s", why);
    }
    g_free(text);
    return cfg;
}

struct campus campus_new(unsigned flags, const char *more)
{
    struct campus c = {.cfg = stream_config(more), .events = g_ptr_array_new_with_free_func(free)};

    assert_int_equal(dnsmon_monitor_new(c.cfg, flags, &c.mon), 0);
    assert_int_equal(dnsmon_feed_new(c.mon, &c.feed), 0);
    return c;
}

void campus_clear(struct campus *c)
{
    dnsmon_feed_free(c->feed);
    dnsmon_monitor_free(c->mon);
    dnsmon_config_free(c->cfg);
    g_ptr_array_unref(c->events);
}

void campus_feed(struct campus *c, const struct stream *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        assert_int_equal(dnsmon_feed_line(c->feed, s->line[i].text, strlen(s->line[i].text)), 1);
    }
}

void campus_collect(struct campus *c)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(c->mon)) != NULL) {
        g_ptr_array_add(c->events, strdup(dnsmon_event_json(ev)));
        dnsmon_event_free(ev);
    }
}

void campus_finish(struct campus *c, int close_incidents)
{
    dnsmon_feed_flush(c->feed, 0);
    dnsmon_monitor_finish(c->mon, close_incidents);
    campus_collect(c);
}

uint64_t campus_counter(struct campus *c, const char *name)
{
    const char *n;
    uint64_t v;

    for (unsigned i = 0; dnsmon_monitor_counter(c->mon, i, &n, &v) == 0; i++) {
        if (strcmp(n, name) == 0) {
            return v;
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

void check_same_events(const GPtrArray *a, const GPtrArray *b, unsigned least)
{
    for (unsigned i = 0; i < a->len && i < b->len; i++) {
        assert_string_equal(g_ptr_array_index(a, i), g_ptr_array_index(b, i));
    }
    assert_int_equal(a->len, b->len);
    assert_true(a->len >= least);
}
