/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state file is written by a thread of its own: the main thread reads sources and would let
 * every line wait for the disk. The main thread asks for a snapshot, looks at its next tick whether
 * it has been made, sends the events that are in it, and tells the file when they have arrived.
 * What an event's arrival is: emit.c.
 *
 * At a reload and at the end the main thread writes the last snapshot itself: nothing runs then.
 *
 * LIMITS: those of common/keep.c. If the thread cannot be had the main thread writes.
 */
#include "keep.h"

#include <signal.h>

static gpointer run(gpointer user)
{
    struct ng_keep *self = user;

    g_mutex_lock(&self->lock);
    while (!self->stop) {
        if (self->phase != NG_KEEP_WRITE) {
            g_cond_wait(&self->moved, &self->lock);
            continue;
        }
        g_mutex_unlock(&self->lock);
        dm_keep_write(&self->keep);
        g_mutex_lock(&self->lock);
        self->phase = NG_KEEP_DONE;
        g_cond_broadcast(&self->moved);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

static enum ng_keep_phase get_phase(struct ng_keep *self)
{
    enum ng_keep_phase phase;

    g_mutex_lock(&self->lock);
    phase = self->phase;
    g_mutex_unlock(&self->lock);
    return phase;
}

static void set_phase(struct ng_keep *self, enum ng_keep_phase phase)
{
    g_mutex_lock(&self->lock);
    self->phase = phase;
    g_cond_broadcast(&self->moved);
    g_mutex_unlock(&self->lock);
}

void ng_keep_say(void *host, enum dm_keep_news news, const char *text)
{
    switch (news) {
    case DM_KEEP_FAILED:
        msg_error("dnsmon: the state was not saved; it is tried again, and events go on without it",
                  evt_tag_str("reason", text));
        break;
    case DM_KEEP_MENDED:
        msg_warning("dnsmon: the state is saved again", evt_tag_str("file", text));
        break;
    case DM_KEEP_REFUSED:
        msg_error("dnsmon: starting without what was known before", evt_tag_str("reason", text));
        break;
    case DM_KEEP_ASIDE:
        msg_warning("dnsmon: the damaged state file is kept", evt_tag_str("file", text));
        break;
    }
    (void)host;
}

void ng_keep_init(struct ng_keep *self, const struct dm_keep_host *calls, void *host,
                  dnsmon_monitor_t *mon, const gchar *path)
{
    g_mutex_init(&self->lock);
    g_cond_init(&self->moved);
    dm_keep_init(&self->keep, calls, host, mon, path);
    dm_keep_load(&self->keep);
}

void ng_keep_clear(struct ng_keep *self)
{
    dm_keep_give_up(&self->keep);
    g_cond_clear(&self->moved);
    g_mutex_clear(&self->lock);
}

/* Signals are for the threads of syslog-ng. */
static void start_thread(struct ng_keep *self)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    self->thread = g_thread_try_new("dnsmon-state", run, self, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void ng_keep_start(struct ng_keep *self, const gchar *path)
{
    self->keep.path = path;
    self->stop = false;
    self->phase = NG_KEEP_REST;
    if (path)
        start_thread(self);
}

static void begin(struct ng_keep *self)
{
    if (self->thread) {
        set_phase(self, NG_KEEP_WRITE);
    } else {
        dm_keep_write(&self->keep);
        dm_keep_send(&self->keep);
    }
}

bool ng_keep_tick(struct ng_keep *self, int waiting)
{
    enum ng_keep_phase phase = get_phase(self);

    if (phase == NG_KEEP_DONE) {
        set_phase(self, NG_KEEP_REST);
        dm_keep_send(&self->keep);
    } else if (phase == NG_KEEP_REST && dm_keep_look(&self->keep) &&
               dm_keep_is_due(&self->keep, waiting)) {
        begin(self);
    }
    return get_phase(self) != NG_KEEP_REST || self->keep.flying;
}

static void wait_for_thread(struct ng_keep *self)
{
    g_mutex_lock(&self->lock);
    while (self->phase == NG_KEEP_WRITE)
        g_cond_wait(&self->moved, &self->lock);
    g_mutex_unlock(&self->lock);
}

void ng_keep_settle(struct ng_keep *self)
{
    wait_for_thread(self);
    if (get_phase(self) != NG_KEEP_DONE)
        return;
    set_phase(self, NG_KEEP_REST);
    dm_keep_send(&self->keep);
}

static void end_thread(struct ng_keep *self)
{
    g_mutex_lock(&self->lock);
    self->stop = true;
    g_cond_broadcast(&self->moved);
    g_mutex_unlock(&self->lock);
    g_thread_join(self->thread);
    self->thread = NULL;
}

void ng_keep_stop(struct ng_keep *self)
{
    wait_for_thread(self);
    if (self->thread)
        end_thread(self);
    self->phase = NG_KEEP_REST;
    dm_keep_close(&self->keep);
    self->keep.path = NULL;
}
