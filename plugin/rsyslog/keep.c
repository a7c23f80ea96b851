/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events out and snapshots to the state file.
 *
 * Without a state file an event is injected as soon as it waits. With one, the disk knows of an
 * incident before anybody hears of it:
 *   1. a snapshot: the open incidents and the events that wait;
 *   2. those events, and no others, are injected; a reference to each message is kept;
 *   3. when ours is the only reference left, the events ruleset is done with the message: its
 *      actions have written it, or have it in a queue of theirs. That is told to the state file.
 * Killed before 1, the lines since the last snapshot are as if they had not been read; between 1
 * and 3, the events are sent at the next start. Only what dies between an action's write() and 3
 * (POLL_MS) is sent again, the same to the byte.
 *
 * Snapshots are made when events wait, but take no more than a twentieth of the time (BUSY), so a
 * large table's events are some seconds late; and every INTERVAL_MS; and at SIGHUP and the end.
 * They are written by the ticker: while a disk is slow, events wait for it; lines do not.
 *
 * A snapshot that fails holds nothing up: the events are injected without it. It is said once, and
 * once more when it works again.
 *
 * LIMITS: an event that the ruleset's queue has no room for is dropped and counted, as without a
 * state file. A message that is not done with after PATIENCE_MS counts as delivered: it is in a
 * queue of rsyslog's. Rulesets that copy the message count as done when the copy is made.
 */
#include "keep.h"

#include <time.h>

#include "inject.h"

enum {
    INTERVAL_MS = 300000, /* between snapshots when nothing happens; own choice: what a crash may
                             cost of a counter is five minutes of it */
    BUSY = 20,            /* a snapshot that took t is followed by none before 20 t */
    LEAST_MS = 500,       /* nor before this */
    POLL_MS = 10,         /* how often messages on their way are looked at */
    PATIENCE_MS = 5000,   /* they are waited for */
    LAST_MS = 1000,       /* the same at the end */
};

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* ---- messages on their way ----------------------------------------------------------------- */

/* Caller holds emit. */
static void tell(struct om_instance *inst, unsigned n)
{
    if (n > 0 && inst->kept)
        dnsmon_monitor_told(inst->mon, inst->statefile, n);
}

/* Tell of those that have arrived, in their order.  Caller holds emit.
 * Returns: whether all have, or have been waited for long enough. */
static bool look_after(struct om_instance *inst, bool give_up)
{
    unsigned n = 0;

    while (inst->flying && (give_up || om_inject_is_done(inst->flying->msg))) {
        struct om_flight *gone = inst->flying;
        inst->flying = gone->next;
        om_inject_release(gone->msg);
        free(gone);
        n++;
    }
    tell(inst, n);
    return !inst->flying;
}

/* One event out.  Caller holds emit.   @last: where the next flight is linked. */
static void send(struct om_instance *inst, dnsmon_event_t *ev, struct om_flight ***last)
{
    struct om_flight *flight = inst->kept ? calloc(1, sizeof *flight) : NULL;

    if (om_inject_event(inst, ev, flight ? &flight->msg : NULL) == RS_RET_OK)
        inst->injected++;
    else
        inst->dropped++;
    dnsmon_event_free(ev);
    if (flight) { /* without a message: it is done with at once */
        **last = flight;
        *last = &flight->next;
    }
}

/* Caller holds emit.   @most: how many; -1: all. */
static void send_events(struct om_instance *inst, int most)
{
    struct om_flight **last = &inst->flying;
    dnsmon_event_t *ev;

    for (int n = 0; n != most && (ev = dnsmon_monitor_next_event(inst->mon)); n++)
        send(inst, ev, &last);
    inst->flown_ms = now_ms();
}

/* ---- snapshots ------------------------------------------------------------------------------ */

/* An exchange, not a store: helgrind knows its guard. */
static void set_request(struct om_instance *inst, bool wanted)
{
    __atomic_exchange_n(&inst->keep_now, wanted, __ATOMIC_RELAXED);
}

/* Caller holds emit; nothing is on its way.   Returns: events in it; negative: it failed. */
static int snapshot(struct om_instance *inst)
{
    char why[DNSMON_ERRLEN];
    int64_t begin = now_ms(), end;
    int events;

    set_request(inst, false);
    events = dnsmon_monitor_save(inst->mon, inst->statefile, why, sizeof why);
    if (events < 0 && !inst->keep_failed)
        LogError(0, RS_RET_ERR, "omdnsmon: %s; it is tried again, and events go on without it",
                 why);
    if (events >= 0 && inst->keep_failed)
        LogMsg(0, RS_RET_OK_WARN, LOG_WARNING, "omdnsmon: %s is written again", inst->statefile);
    inst->keep_failed = events < 0;
    inst->kept = events >= 0;
    end = now_ms();
    inst->rest_until_ms = end + MAX((end - begin) * BUSY, LEAST_MS);
    inst->due_ms = end + INTERVAL_MS;
    return events;
}

/* Caller holds emit. */
static void snapshot_and_send(struct om_instance *inst)
{
    int events = inst->statefile ? snapshot(inst) : -1;

    send_events(inst, events);
}

static void wait_for_flights(struct om_instance *inst, int64_t most_ms)
{
    const struct timespec nap = {.tv_nsec = POLL_MS * 1000000L};
    int64_t until = now_ms() + most_ms;

    while (!look_after(inst, false) && now_ms() < until)
        nanosleep(&nap, NULL);
}

static bool is_due(struct om_instance *inst, int waiting)
{
    int64_t now = now_ms();

    return __atomic_load_n(&inst->keep_now, __ATOMIC_RELAXED) || now >= inst->due_ms ||
           (waiting > 0 && now >= inst->rest_until_ms);
}

void om_keep_tick(struct om_instance *inst, int waiting)
{
    pthread_mutex_lock(&inst->emit);
    if (!inst->statefile)
        send_events(inst, -1);
    else if (look_after(inst, now_ms() - inst->flown_ms > PATIENCE_MS) && is_due(inst, waiting))
        snapshot_and_send(inst);
    if (inst->flying)
        wait_for_flights(inst, POLL_MS * 10);
    pthread_mutex_unlock(&inst->emit);
}

void om_keep_request(struct om_instance *inst)
{
    set_request(inst, true);
}

void om_keep_drain(struct om_instance *inst)
{
    pthread_mutex_lock(&inst->emit);
    look_after(inst, true);
    snapshot_and_send(inst);
    wait_for_flights(inst, LAST_MS);
    look_after(inst, true);
    pthread_mutex_unlock(&inst->emit);
}

void om_keep_load(struct om_instance *inst)
{
    char why[DNSMON_ERRLEN], aside[4096];
    int result;

    inst->due_ms = now_ms() + INTERVAL_MS;
    if (!inst->statefile)
        return;
    result = dnsmon_monitor_load(inst->mon, inst->statefile, why, sizeof why);
    if (result >= 0)
        return;
    LogError(0, RS_RET_ERR, "omdnsmon: %s; starting without what was known before", why);
    snprintf(aside, sizeof aside, "%s.damaged", inst->statefile);
    if (result == DNSMON_ESTATE && rename(inst->statefile, aside) == 0)
        LogMsg(0, RS_RET_OK_WARN, LOG_WARNING, "omdnsmon: the file is kept as %s", aside);
}

void om_keep_close(struct om_instance *inst)
{
    pthread_mutex_lock(&inst->emit);
    look_after(inst, true);
    if (inst->statefile)
        snapshot(inst);
    pthread_mutex_unlock(&inst->emit);
}
