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
 *          The site has thresholds so low that a few lines make an event, which is checked in its
 *          three forms. Time is dear, since every minute of it is looked at: without fuzz_thorough
 *          lines more than an hour away from the first are left out (in one input of sixteen, a
 *          day), the state is compared in one input of sixteen, and of an input's events the first
 *          two and then one in sixteen are checked.
 *
 * LIMITS:  a monitor for each input makes this slower than the parsers' targets by far.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/config.h"
#include "monitor/state.h"
#include "util/hash.h"

/* 2026-11-21 00:00:00 UTC: live lines are of that day. */
#define WALL_US INT64_C(1795219200000000)

/* Lines of one input are no further apart; of one input in sixteen. */
#define NEAR_US INT64_C(3600000000)
#define DAY_US INT64_C(86400000000)
#define DAY_STEP 16
/* Of an input's events so many are checked, and then one in so many. */
#define EVENTS_FIRST 2
#define EVENTS_STEP 16
/* Of inputs one in so many has its state compared. */
#define STATE_STEP 16

/* What lines and orders know of time. */
struct clock {
    int64_t wall_us;  /* live: the host's time; 0: not live */
    int64_t about_us; /* what lines are near to; 0: not known yet */
    int64_t near_us;  /* how near */
};

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

bool fuzz_one_in(struct dm_slice input, unsigned n)
{
    static const struct dm_hashkey key = {1, 2};

    return fuzz_thorough || dm_hash(&key, input.p, input.n) % n == 0;
}

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

static void check_event(dnsmon_event_t *ev)
{
    fuzz_check_json(dnsmon_event_json(ev));
    fuzz_check_script(dnsmon_event_json(ev));
    fuzz_check_text(dnsmon_event_text(ev));
    fuzz_check_sd(dnsmon_event_sd(ev));
}

void fuzz_check_events(dnsmon_monitor_t *mon)
{
    dnsmon_event_t *ev;

    for (unsigned n = 0; (ev = dnsmon_monitor_next_event(mon)) != NULL; n++) {
        if (fuzz_thorough || n < EVENTS_FIRST || n % EVENTS_STEP == 0) {
            check_event(ev);
        }
        dnsmon_event_free(ev);
    }
}

void fuzz_check_state(dnsmon_monitor_t *mon)
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

/* Whether time need not go far for a line. */
static bool is_near(struct clock *clock, int64_t time_us)
{
    if (fuzz_thorough || time_us == 0) {
        return true;
    }
    if (clock->about_us == 0) {
        clock->about_us = time_us;
    }
    return time_us > clock->about_us - clock->near_us && time_us < clock->about_us + clock->near_us;
}

/* HOST TAB PROGRAM TAB MESSAGE */
static void feed_message(dnsmon_feed_t *feed, const struct clock *clock, struct dm_slice s)
{
    struct dm_slice host = dm_slice_head(s, dm_slice_find(s, '\t'));
    int64_t about_us = clock->about_us ? clock->about_us : WALL_US;

    s = dm_slice_skip(s, host.n + 1);
    struct dm_slice program = dm_slice_head(s, dm_slice_find(s, '\t'));
    s = dm_slice_skip(s, program.n + 1);
    dnsmon_feed_message(feed, about_us + (int64_t)s.n * 1000000, host.p, host.n, program.p,
                        program.n, s.p, s.n);
}

static void feed_line(dnsmon_feed_t *feed, struct clock *clock, struct dm_slice line)
{
    int64_t time_us = 0;

    dnsmon_feed_peek(feed, line.p, line.n, &time_us);
    if (is_near(clock, time_us)) {
        dnsmon_feed_line(feed, line.p, line.n);
    }
}

/* Time goes on. */
static void pass(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, struct clock *clock, int minutes)
{
    if (clock->wall_us) {
        clock->wall_us += minutes * INT64_C(60000000);
    }
    dnsmon_feed_flush(feed, clock->wall_us);
    if (clock->wall_us) {
        dnsmon_monitor_tick(mon, clock->wall_us + 1000000);
    }
}

/* One line or order. */
static void take(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, struct dm_slice line,
                 struct clock *clock)
{
    struct dm_slice rest = dm_slice_skip(line, 1);

    switch (line.n ? line.p[0] : '\0') {
    case '!':
        pass(mon, feed, clock, (signed char)line.p[line.n - 1]);
        break;
    case '@':
        dnsmon_monitor_configure(mon, fuzz_sensitive());
        break;
    case '#':
        dnsmon_feed_flush(feed, clock->wall_us);
        fuzz_check_state(mon);
        break;
    case '%':
        feed_message(feed, clock, rest);
        break;
    case '~':
        dnsmon_feed_json(feed, clock->about_us ? clock->about_us : WALL_US, "ns1", 3, rest.p,
                         rest.n);
        break;
    default:
        feed_line(feed, clock, line);
    }
}

void fuzz_feed_lines(dnsmon_monitor_t *mon, struct dm_slice lines, bool live)
{
    int64_t now_s = dm_engine_now_s(mon->engine);
    bool known = now_s > 0 && now_s < INT64_MAX / 1000000 - DAY_US / 1000000;
    struct clock clock = {live ? WALL_US : 0, live ? WALL_US : 0,
                          fuzz_one_in(lines, DAY_STEP) ? DAY_US : NEAR_US};
    dnsmon_feed_t *feed;
    struct dm_slice line;

    if (dnsmon_feed_new(mon, &feed) < 0) {
        abort();
    }
    if (known) { /* what it has read has a time: go on from there */
        clock.about_us = now_s * 1000000;
        clock.wall_us = live ? clock.about_us : 0;
    }
    while ((line = fuzz_next_line(&lines)).p) {
        take(mon, feed, line, &clock);
        free((char *)line.p);
    }
    dnsmon_feed_free(feed);
}

void fuzz_feed(struct dm_slice input)
{
    bool compare = fuzz_one_in(input, STATE_STEP);
    bool live = fuzz_number(&input, 1) & 1;
    dnsmon_monitor_t *mon;

    if (dnsmon_monitor_new(fuzz_sensitive(), live ? DNSMON_LIVE : DNSMON_REPLAY, &mon) < 0) {
        abort();
    }
    /* Else stamps without a year are of 1970, and the 56 years up to the others cost seconds. */
    dnsmon_monitor_set_year(mon, 2026);
    fuzz_feed_lines(mon, input, live);
    dnsmon_monitor_finish(mon, 0);
    if (compare) {
        fuzz_check_state(mon);
    }
    dnsmon_monitor_finish(mon, 1);
    fuzz_check_events(mon);
    dnsmon_monitor_free(mon);
}
