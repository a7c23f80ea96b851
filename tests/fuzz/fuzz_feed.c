/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The whole chain: lines in, events out, the state written and read back in between.
 *
 * Method:  the first byte says how (bit 0: live), the rest is lines. A line that begins with one of
 *          these is an order instead:
 *
 *              !      time goes on by as many minutes as the line's last byte says; flush, tick
 *              @      the configuration is swapped in again
 *              #      the state is written and read by a second monitor, which goes on
 *              %      HOST TAB PROGRAM TAB MESSAGE: a message whose header the host has parsed
 *              ~      a JSON object that the host hands over with time and host
 *
 *          The site has thresholds so low that a few lines make an event; every event is checked in
 *          its three forms.
 * LIMITS:  a monitor for each input makes this slower than the parsers' targets by far.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/config.h"
#include "monitor/state.h"

/* 2026-11-21 00:00:00 UTC: live lines are of that day. */
#define WALL_US INT64_C(1795219200000000)

static const char sensitive[] = "[site]\n"
                                "networks = 0.0.0.0/0; ::/0\n"
                                "domains = campus.test\n"
                                "timezone = Asia/Tokyo\n"
                                "[roles]\n"
                                "mail-servers = 192.0.2.25; 2001:db8::25\n"
                                "[managers]\n"
                                "192.0.2.0/24 = netadmin@campus.test\n"
                                "[limits]\n"
                                "memory = 1M\n"
                                "[events]\n"
                                "hold = 1h\n"
                                "rate = 1/d\n"
                                "storm-clients = 3\n"
                                "[detector mass-mailer]\n"
                                "threshold = 1\n"
                                "notice-domains = 1\n"
                                "[detector keyword-scan]\n"
                                "threshold = 1\n"
                                "bases = 1\n"
                                "share = 0\n"
                                "[detector mx-census]\n"
                                "over = 1\n"
                                "[detector tcp-probe]\n"
                                "distinct = 2\n"
                                "[detector smtp-dos]\n"
                                "attempts = 2\n"
                                "minutes = 1\n"
                                "[detector bot-join]\n"
                                "threshold = 2\n"
                                "[detector campaign-sync]\n"
                                "clients = 2\n"
                                "[detector reject-surge]\n"
                                "rejects = 2\n";

dnsmon_config_t *fuzz_config_of(struct dm_slice text)
{
    char why[DNSMON_ERRLEN] = "";
    dnsmon_config_t *cfg = NULL;

    if (dm_config_from_text("fuzz.conf", text.p, text.n, &cfg, why, sizeof why) == 0) {
        return cfg;
    }
    fuzz_check_text(why);
    if (!*why) {
        fuzz_fail("a refused configuration has a reason", "");
    }
    return NULL;
}

dnsmon_config_t *fuzz_sensitive(void)
{
    static dnsmon_config_t *cfg;

    if (!cfg) {
        char why[DNSMON_ERRLEN] = "";
        if (dm_config_from_text("sensitive.conf", sensitive, sizeof sensitive - 1, &cfg, why,
                                sizeof why) < 0) {
            fuzz_fail("the targets' own configuration is right", why);
        }
    }
    return cfg;
}

void fuzz_check_events(dnsmon_monitor_t *mon)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        fuzz_check_json(dnsmon_event_json(ev));
        fuzz_check_script(dnsmon_event_json(ev));
        fuzz_check_text(dnsmon_event_text(ev));
        fuzz_check_sd(dnsmon_event_sd(ev));
        dnsmon_event_free(ev);
    }
}

/* What was written is read, and what was read writes the same. */
static void check_state(dnsmon_monitor_t *mon)
{
    struct dm_buf first = {0}, second = {0};
    dnsmon_monitor_t *other;
    const char *bad = NULL;

    dm_state_pack(mon, &first);
    if (first.failed || dnsmon_monitor_new(fuzz_sensitive(), mon->flags, &other) < 0) {
        abort();
    }
    if (dm_state_unpack(other, dm_slice_make(first.p, first.n), &bad) != 0) {
        fuzz_fail("one's own state can be read", bad ? bad : "");
    }
    dm_state_pack(other, &second);
    if (second.n != first.n || memcmp(first.p, second.p, first.n) != 0) {
        fuzz_fail("a state that was read is written as it was", "");
    }
    dnsmon_monitor_finish(other, 1);
    fuzz_check_events(other);
    dnsmon_monitor_free(other);
    free(first.p);
    free(second.p);
}

/* HOST TAB PROGRAM TAB MESSAGE */
static void feed_message(dnsmon_feed_t *feed, struct dm_slice s)
{
    struct dm_slice host = dm_slice_head(s, dm_slice_find(s, '\t'));

    s = dm_slice_skip(s, host.n + 1);
    struct dm_slice program = dm_slice_head(s, dm_slice_find(s, '\t'));
    s = dm_slice_skip(s, program.n + 1);
    dnsmon_feed_message(feed, WALL_US + (int64_t)s.n * 1000000, host.p, host.n, program.p,
                        program.n, s.p, s.n);
}

/* One line or order.  @wall_us: 0: not live. */
static void take(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, struct dm_slice line, int64_t *wall_us)
{
    struct dm_slice rest = dm_slice_skip(line, 1);
    int64_t time_us;

    switch (line.n ? line.p[0] : '\0') {
    case '!':
        if (*wall_us) {
            *wall_us += (signed char)line.p[line.n - 1] * INT64_C(60000000);
        }
        dnsmon_feed_flush(feed, *wall_us);
        if (*wall_us) {
            dnsmon_monitor_tick(mon, *wall_us + 1000000);
        }
        break;
    case '@':
        dnsmon_monitor_configure(mon, fuzz_sensitive());
        break;
    case '#':
        dnsmon_feed_flush(feed, *wall_us);
        check_state(mon);
        break;
    case '%':
        feed_message(feed, rest);
        break;
    case '~':
        dnsmon_feed_json(feed, WALL_US, "ns1", 3, rest.p, rest.n);
        break;
    default:
        dnsmon_feed_peek(feed, line.p, line.n, &time_us);
        dnsmon_feed_line(feed, line.p, line.n);
    }
}

void fuzz_feed_lines(dnsmon_monitor_t *mon, struct dm_slice lines, bool live)
{
    dnsmon_feed_t *feed;
    struct dm_slice line;
    int64_t wall_us = live ? WALL_US : 0;

    if (dnsmon_feed_new(mon, &feed) < 0) {
        abort();
    }
    while ((line = fuzz_next_line(&lines)).p) {
        take(mon, feed, line, &wall_us);
        free((char *)line.p);
    }
    dnsmon_feed_free(feed);
}

void fuzz_feed(struct dm_slice input)
{
    bool live = fuzz_number(&input, 1) & 1;
    dnsmon_monitor_t *mon;

    if (dnsmon_monitor_new(fuzz_sensitive(), live ? DNSMON_LIVE : DNSMON_REPLAY, &mon) < 0) {
        abort();
    }
    /* Else stamps without a year are of 1970, and the 56 years up to the others cost seconds. */
    dnsmon_monitor_set_year(mon, 2026);
    fuzz_feed_lines(mon, input, live);
    dnsmon_monitor_finish(mon, 0);
    check_state(mon);
    dnsmon_monitor_finish(mon, 1);
    fuzz_check_events(mon);
    dnsmon_monitor_free(mon);
}
