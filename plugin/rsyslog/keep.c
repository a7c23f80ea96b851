/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events out and snapshots to the state file, in the order of common/keep.c. A message has arrived
 * when ours is the only reference left to it: the events ruleset's actions have written it, or have
 * it in a queue of theirs.
 *
 * Snapshots are made by the ticker, and at SIGHUP and the end: while a disk is slow, events wait
 * for it; lines do not.
 *
 * LIMITS: those of common/keep.c. An event that the ruleset's queue has no room for is dropped and
 * counted. Rulesets that copy the message count as done when the copy is made.
 */
#include "keep.h"

#include "inject.h"

enum {
    TICK_WAIT_MS = DM_KEEP_POLL_MS * 10, /* at a tick, for what is on its way */
    LAST_MS = 2000, /* at the end, for the next to arrive; they do by batches */
    LAST_TIMES = 5, /* that, so often: rsyslogd's end takes no longer */
};

/* Caller holds emit. */
static void send(void *host, const dnsmon_event_t *ev, void **ret_flight)
{
    struct om_instance *inst = host;
    smsg_t *msg = NULL;

    if (om_inject_event(inst, ev, ret_flight ? &msg : NULL) == RS_RET_OK)
        inst->injected++;
    else
        inst->dropped++;
    if (msg)
        *ret_flight = msg;
}

static bool is_done(const void *flight)
{
    return om_inject_is_done(flight);
}

static void release(void *flight)
{
    om_inject_release(flight);
}

static void say(void *host, enum dm_keep_news news, const char *text)
{
    switch (news) {
    case DM_KEEP_FAILED:
        LogError(0, RS_RET_ERR, "omdnsmon: %s; it is tried again, and events go on without it",
                 text);
        break;
    case DM_KEEP_MENDED:
        LogMsg(0, RS_RET_OK_WARN, LOG_WARNING, "omdnsmon: %s is written again", text);
        break;
    case DM_KEEP_REFUSED:
        LogError(0, RS_RET_ERR, "omdnsmon: %s; starting without what was known before", text);
        break;
    case DM_KEEP_ASIDE:
        LogMsg(0, RS_RET_OK_WARN, LOG_WARNING, "omdnsmon: the file is kept as %s", text);
        break;
    }
    (void)host;
}

static const struct dm_keep_host calls = {send, is_done, release, say};

void om_keep_load(struct om_instance *inst)
{
    dm_keep_init(&inst->keep, &calls, inst, inst->mon, inst->statefile);
    dm_keep_load(&inst->keep);
}

static void snapshot_and_send(struct om_instance *inst)
{
    dm_keep_write(&inst->keep);
    dm_keep_send(&inst->keep);
}

void om_keep_tick(struct om_instance *inst, int waiting)
{
    pthread_mutex_lock(&inst->emit);
    if (dm_keep_look(&inst->keep) && dm_keep_is_due(&inst->keep, waiting))
        snapshot_and_send(inst);
    dm_keep_wait(&inst->keep, TICK_WAIT_MS);
    pthread_mutex_unlock(&inst->emit);
}

void om_keep_request(struct om_instance *inst)
{
    dm_keep_request(&inst->keep);
}

/* The events ruleset's queue has 10 ms to empty itself once rsyslogd ends it (its default for
 * queue.timeoutShutdown), and what is in it then is lost. So the end is held up while it works. */
static void wait_while_it_moves(struct dm_keep *keep)
{
    const struct dm_flight *first;

    for (int i = 0; keep->flying && i < LAST_TIMES; i++) {
        first = keep->flying;
        dm_keep_wait(keep, LAST_MS);
        if (keep->flying == first)
            return;
    }
}

void om_keep_drain(struct om_instance *inst)
{
    pthread_mutex_lock(&inst->emit);
    inst->keep.ending = true;
    wait_while_it_moves(&inst->keep);
    dm_keep_give_up(&inst->keep);
    snapshot_and_send(inst);
    wait_while_it_moves(&inst->keep);
    pthread_mutex_unlock(&inst->emit);
}

/* What is still on its way is in the file, not noted as sent, and is sent again at the next start:
 * another snapshot would not have it. */
void om_keep_close(struct om_instance *inst)
{
    pthread_mutex_lock(&inst->emit);
    dm_keep_wait(&inst->keep, 0);
    if (inst->keep.flying && inst->keep.kept) {
        inst->keep.kept = false;
        dm_keep_give_up(&inst->keep);
    } else {
        dm_keep_close(&inst->keep);
    }
    pthread_mutex_unlock(&inst->emit);
}
