/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A random campus for tests of the whole chain: query log lines of browsers, worms, scanners,
 * relays and a mail server over some days, and a monitor that collects its events as JSON.
 */
#ifndef DM_TESTLIB_STREAM_H
#define DM_TESTLIB_STREAM_H

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "testlib.h"

/** First time of every stream: 2004-02-26 12:00:00 UTC. */
#define STREAM_T0 1077796800LL

/** A line and its second; @text is owned by the stream. */
struct stream_line {
    int64_t time_us;
    char *text;
};

struct stream {
    struct stream_line *line;
    size_t n;
};

/**
 * stream_new() - @n lines in order of time over @span_s seconds.
 * @jitter_s: lines may stand this much before their place, 0: none.
 */
struct stream stream_new(struct test_rng *rng, size_t n, int64_t span_s, int64_t jitter_s);
void stream_clear(struct stream *s);

/** stream_query() - one line of a BIND query log.   Owner: caller, g_free(). */
char *stream_query(int64_t time_us, const char *client, const char *qname, const char *type);

/** stream_config() - a small site in UTC, with more lines of configuration behind [roles]; without
 * daily-summary unless they have a section [detectors].
 * Owner: caller, dnsmon_config_free(). */
dnsmon_config_t *stream_config(const char *more);

/** A monitor with one feed; events are collected as JSON. */
struct campus {
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    GPtrArray *events; /**< char *, owned */
};

struct campus campus_new(unsigned flags, const char *more);
void campus_clear(struct campus *c);

/** campus_feed() - lines @from to @to - 1 of a stream. */
void campus_feed(struct campus *c, const struct stream *s, size_t from, size_t to);

/** campus_collect() - take all waiting events. */
void campus_collect(struct campus *c);

/** campus_finish() - flush, finish, collect. */
void campus_finish(struct campus *c, int close_incidents);

/** campus_counter() - a counter by name; fails the test if there is none. */
uint64_t campus_counter(struct campus *c, const char *name);

/** check_same_events() - both have the same events in the same order; at least @least of them. */
void check_same_events(const GPtrArray *a, const GPtrArray *b, unsigned least);

#endif
