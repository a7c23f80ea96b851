/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events out and snapshots to the state file, for both log daemons.
 *
 * Without a state file an event is sent as soon as it waits. With one, the disk knows of an
 * incident before anybody hears of it:
 *   1. a snapshot: the open incidents and the events that wait;
 *   2. those events, and no others, are sent; what tells of their arrival is kept;
 *   3. when whoever gets an event is done with it (has written it, or has it in a queue of the
 *      daemon's), that is told to the state file.
 * Killed before 1, the lines since the last snapshot are as if they had not been read; between 1
 * and 3, the events are sent at the next start. Only what dies between an action's write() and 3
 * (DM_KEEP_POLL_MS) is sent again, the same to the byte.
 *
 * Snapshots are made when events wait, but take no more than a twentieth of the time (BUSY), so a
 * large table's events are some seconds late; and every INTERVAL_MS; and when asked for.
 *
 * A snapshot that fails holds nothing up: the events are sent without it. It is said once, and once
 * more when it works again.
 *
 * LIMITS: an event that the daemon has no room for is dropped, as without a state file. What has
 * not arrived after PATIENCE_MS counts as arrived: it is in a queue of the daemon's, in memory
 * unless the site has it otherwise.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* clock_gettime */
#endif
#include "keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum {
    INTERVAL_MS = 300000, /* between snapshots when nothing happens; own choice: what a crash may
                             cost of a counter is five minutes of it */
    BUSY = 20,            /* a snapshot that took t is followed by none before 20 t; own choice */
    LEAST_MS = 500,       /* nor before this */
    PATIENCE_MS = 5000,   /* how long what is on its way is waited for; own choice */
};

/** An event on its way. */
struct dm_flight {
    struct dm_flight *next; /* the one that was sent after it */
    void *token;            /* the host's; NULL: it has arrived, or was dropped */
};

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void dm_keep_init(struct dm_keep *keep, const struct dm_keep_host *calls, void *host,
                  dnsmon_monitor_t *mon, const char *path)
{
    keep->calls = calls;
    keep->host = host;
    keep->mon = mon;
    keep->path = path;
    keep->due_ms = now_ms() + INTERVAL_MS;
}

/* A file that was not read, for whatever reason, would be gone with the next snapshot. What is no
 * file (a folder named by mistake) stays where it is. */
static void put_aside(struct dm_keep *keep)
{
    char aside[4096];
    struct stat st;

    snprintf(aside, sizeof aside, "%s.damaged", keep->path);
    if (lstat(keep->path, &st) == 0 && S_ISREG(st.st_mode) && rename(keep->path, aside) == 0)
        keep->calls->say(keep->host, DM_KEEP_ASIDE, aside);
}

void dm_keep_load(struct dm_keep *keep)
{
    char why[DNSMON_ERRLEN];

    if (!keep->path || dnsmon_monitor_load(keep->mon, keep->path, why, sizeof why) >= 0)
        return;
    keep->calls->say(keep->host, DM_KEEP_REFUSED, why);
    put_aside(keep);
}

/* ---- on their way -------------------------------------------------------------------------- */

/* Tell of those that have arrived, in their order.   Returns: whether all have. */
static bool look_after(struct dm_keep *keep, bool give_up)
{
    unsigned n = 0;

    while (keep->flying) {
        struct dm_flight *gone = keep->flying;

        if (gone->token && !give_up && !keep->calls->is_done(gone->token))
            break;
        keep->flying = gone->next;
        if (gone->token)
            keep->calls->release(gone->token);
        free(gone);
        n++;
    }
    if (n > 0 && keep->kept)
        dnsmon_monitor_told(keep->mon, keep->path, n);
    return !keep->flying;
}

bool dm_keep_look(struct dm_keep *keep)
{
    return look_after(keep, now_ms() - keep->flown_ms > PATIENCE_MS);
}

void dm_keep_wait(struct dm_keep *keep, int64_t most_ms)
{
    const struct timespec nap = {.tv_nsec = DM_KEEP_POLL_MS * 1000000L};
    int64_t until = now_ms() + most_ms;

    while (!look_after(keep, false) && now_ms() < until)
        nanosleep(&nap, NULL);
}

void dm_keep_give_up(struct dm_keep *keep)
{
    look_after(keep, true);
}

/* One event out.   @last: where the next flight is linked. */
static void send_one(struct dm_keep *keep, dnsmon_event_t *ev, struct dm_flight ***last)
{
    struct dm_flight *flight = keep->kept || keep->ending ? calloc(1, sizeof *flight) : NULL;

    keep->calls->send(keep->host, ev, flight ? &flight->token : NULL);
    dnsmon_event_free(ev);
    if (flight) {
        **last = flight;
        *last = &flight->next;
    }
}

static void send_events(struct dm_keep *keep, int most)
{
    struct dm_flight **last = &keep->flying;
    dnsmon_event_t *ev;

    for (int n = 0; n != most && (ev = dnsmon_monitor_next_event(keep->mon)); n++)
        send_one(keep, ev, &last);
    keep->flown_ms = now_ms();
}

/* ---- snapshots ------------------------------------------------------------------------------ */

/* An exchange, not a store: helgrind knows its guard. */
static void set_asked(struct dm_keep *keep, bool asked)
{
    (void)__atomic_exchange_n(&keep->asked, asked, __ATOMIC_RELAXED);
}

void dm_keep_request(struct dm_keep *keep)
{
    set_asked(keep, true);
}

bool dm_keep_is_due(const struct dm_keep *keep, int waiting)
{
    int64_t now = now_ms();

    if (!keep->path)
        return waiting > 0;
    return __atomic_load_n(&keep->asked, __ATOMIC_RELAXED) || now >= keep->due_ms ||
           (waiting > 0 && now >= keep->rest_until_ms);
}

void dm_keep_write(struct dm_keep *keep)
{
    int64_t begin = now_ms(), end, rest;

    if (!keep->path)
        return;
    set_asked(keep, false);
    keep->events = dnsmon_monitor_save(keep->mon, keep->path, keep->why, sizeof keep->why);
    end = now_ms();
    rest = (end - begin) * BUSY;
    keep->rest_until_ms = end + (rest > LEAST_MS ? rest : LEAST_MS);
    keep->due_ms = end + INTERVAL_MS;
}

static void say_result(struct dm_keep *keep)
{
    bool failed = keep->events < 0;

    if (!keep->path)
        return;
    if (failed && !keep->failed)
        keep->calls->say(keep->host, DM_KEEP_FAILED, keep->why);
    if (!failed && keep->failed)
        keep->calls->say(keep->host, DM_KEEP_MENDED, keep->path);
    keep->failed = failed;
    keep->kept = !failed;
}

void dm_keep_send(struct dm_keep *keep)
{
    say_result(keep);
    send_events(keep, keep->path ? keep->events : -1);
}

void dm_keep_close(struct dm_keep *keep)
{
    dm_keep_give_up(keep);
    dm_keep_write(keep);
    say_result(keep);
}
