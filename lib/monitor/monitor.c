/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The monitor: what feeds bring is put in order, classified, and what comes of it waits to be
 * taken.
 *
 * LIMITS: a live host that does not take its events keeps DM_WAITING_MAX of them; the newer ones
 * are dropped and counted. In a replay, and at the end, when every open incident may have one, they
 * are not bounded: whoever asked for them takes them.
 */
#include "monitor/monitor.h"

#include <sys/random.h>

#include "figures/recorder.h"
#include "util/slab.h"

/* A feed that has been idle for longer than this lets event time go on by itself (own choice: no
 * living feed of a site is silent for a minute). */
#define IDLE_ADVANCE_US (60 * 1000000LL)

void dm_monitor_put_event(struct dnsmon_monitor *mon, struct dnsmon_event *ev)
{
    if (!mon->unbounded && g_atomic_int_get(&mon->waiting) >= DM_WAITING_MAX) {
        mon->dropped++;
        dnsmon_event_free(ev);
        return;
    }
    *(mon->last ? &mon->last->next : &mon->first) = ev;
    mon->last = ev;
    g_atomic_int_inc(&mon->waiting);
}

static void on_event(void *user, struct dnsmon_event *ev)
{
    dm_monitor_put_event(user, ev);
}

/* A replay is a function of its lines, so its key is a constant; nobody waits for its table. */
static void make_key(unsigned flags, struct dm_hashkey *key)
{
    *key = (struct dm_hashkey){0x6c69626fULL, 0x646e736dULL};
    if (!(flags & DNSMON_REPLAY) && getrandom(key, sizeof *key, 0) != sizeof *key) {
        key->k0 ^= (uint64_t)(uintptr_t)key; /* address space layout is better than nothing */
    }
}

int dm_monitor_open_parts(struct dnsmon_monitor *mon, struct dm_monitor_parts *parts)
{
    parts->engine = NULL;
    parts->hosts = dm_intern_new();
    parts->seq = dm_sequencer_new(!(mon->flags & DNSMON_REPLAY));
    if (parts->seq) {
        dm_sequencer_set_hosts(parts->seq, parts->hosts);
    }
    if (parts->hosts) {
        parts->engine = dm_engine_new(mon->cfg, &parts->key, parts->hosts, on_event, mon);
    }
    return parts->seq && parts->engine ? 0 : DNSMON_ENOMEM;
}

void dm_monitor_swap_parts(struct dnsmon_monitor *mon, struct dm_monitor_parts *parts)
{
    struct dm_monitor_parts old = {mon->key, mon->hosts, mon->seq, mon->engine};

    mon->key = parts->key;
    mon->hosts = parts->hosts;
    mon->seq = parts->seq;
    mon->engine = parts->engine;
    if (mon->engine) {
        dm_engine_record(mon->engine, mon->recorder);
    }
    g_atomic_int_inc(&mon->gen);
    *parts = old;
}

void dm_monitor_free_parts(struct dm_monitor_parts *parts)
{
    dm_engine_free(parts->engine);
    dm_sequencer_free(parts->seq);
    dm_intern_free(parts->hosts);
}

int dnsmon_monitor_new(dnsmon_config_t *cfg, unsigned flags, dnsmon_monitor_t **ret_mon)
{
    struct dnsmon_monitor *mon;

    if (!cfg || flags & ~(unsigned)DNSMON_REPLAY) {
        return DNSMON_EINVAL;
    }
    mon = g_try_new0(struct dnsmon_monitor, 1);
    if (!mon) {
        return DNSMON_ENOMEM;
    }
    g_mutex_init(&mon->lock);
    g_mutex_init(&mon->save_lock);
    mon->flags = flags;
    mon->unbounded = (flags & DNSMON_REPLAY) != 0;
    mon->cfg = dm_config_ref(cfg);
    struct dm_monitor_parts parts;
    make_key(flags, &parts.key);
    int rc = dm_monitor_open_parts(mon, &parts);
    dm_monitor_swap_parts(mon, &parts);
    mon->psl = dm_psl_new();
    if (rc < 0 || !mon->psl) {
        dnsmon_monitor_free(mon);
        return DNSMON_ENOMEM;
    }
    *ret_mon = mon;
    return 0;
}

void dnsmon_monitor_free(dnsmon_monitor_t *mon)
{
    if (!mon) {
        return;
    }
    dm_monitor_free_parts(&(struct dm_monitor_parts){mon->key, mon->hosts, mon->seq, mon->engine});
    dm_recorder_free(mon->recorder);
    dm_psl_free(mon->psl);
    for (struct dnsmon_event *ev; (ev = dnsmon_monitor_next_event(mon)) != NULL;) {
        dnsmon_event_free(ev);
    }
    g_mutex_clear(&mon->lock);
    g_mutex_clear(&mon->save_lock);
    dnsmon_config_free(mon->cfg);
    g_free(mon);
}

int dnsmon_monitor_configure(dnsmon_monitor_t *mon, dnsmon_config_t *cfg)
{
    if (!cfg) {
        return DNSMON_EINVAL;
    }
    g_mutex_lock(&mon->lock);
    struct dnsmon_config *old = mon->cfg;
    mon->cfg = dm_config_ref(cfg);
    bool freed = dm_engine_configure(mon->engine, cfg);
    g_atomic_int_inc(&mon->gen);
    g_mutex_unlock(&mon->lock);
    if (freed) {
        dm_memory_trim();
    }
    dnsmon_config_free(old);
    return 0;
}

int dnsmon_monitor_set_year(dnsmon_monitor_t *mon, int year)
{
    if (year != 0 && (year < 1970 || year > 2199)) {
        return DNSMON_EINVAL;
    }
    g_mutex_lock(&mon->lock);
    mon->year = year;
    g_mutex_unlock(&mon->lock);
    return 0;
}

/* Classify every second that is due.  Holds the lock. */
static void classify(struct dnsmon_monitor *mon, int64_t wall_us, bool drain)
{
    struct dm_second *sec;

    while ((sec = dm_sequencer_next(mon->seq, wall_us, drain)) != NULL) {
        dm_engine_second(mon->engine, sec);
        dm_sequencer_done(mon->seq, sec);
    }
}

static void add_counts(struct dm_feed_counts *to, struct dm_feed_counts *from)
{
    for (int i = 0; i < DM_PARSER_COUNT; i++) {
        for (int k = 0; k < DM_PARSE_COUNT; k++) {
            to->parse.by[i][k] += from->parse.by[i][k];
        }
    }
    to->parse.unclaimed += from->parse.unclaimed;
    to->observed += from->observed;
    to->unread += from->unread;
    memset(from, 0, sizeof *from);
}

/* A state file was read while the batch was being filled: the table has another key now, and log
 * hosts have other numbers. The domains' hashes stay: they are new to everybody once more, which
 * does no harm. */
static void hash_anew(struct dm_batch *batch, const struct dm_hashkey *key)
{
    for (size_t i = 0; i < batch->n; i++) {
        struct dm_obs *obs = &batch->obs[i];
        obs->hash = dm_hash_addr(key, obs->client.b);
        obs->host = 0;
    }
}

void dm_monitor_take(struct dnsmon_monitor *mon, struct dm_batch *batch,
                     struct dm_feed_counts *counts, const struct dm_hashkey *key,
                     const struct dm_intern *hosts, int64_t wall_us)
{
    g_mutex_lock(&mon->lock);
    if (key->k0 != mon->key.k0 || key->k1 != mon->key.k1 || hosts != mon->hosts) {
        hash_anew(batch, &mon->key);
    }
    dm_sequencer_add(mon->seq, batch, wall_us);
    add_counts(&mon->counts, counts);
    classify(mon, wall_us, false);
    g_mutex_unlock(&mon->lock);
    dm_batch_reset(batch);
}

int dnsmon_monitor_tick(dnsmon_monitor_t *mon, int64_t wall_us)
{
    g_mutex_lock(&mon->lock);
    dm_sequencer_tick(mon->seq, wall_us);
    classify(mon, wall_us, false);
    int64_t idle_us = dm_sequencer_idle_us(mon->seq, wall_us);
    if (idle_us > IDLE_ADVANCE_US) {
        dm_engine_advance(mon->engine, dm_sequencer_front(mon->seq) + idle_us / 1000000);
    }
    g_mutex_unlock(&mon->lock);
    return g_atomic_int_get(&mon->waiting);
}

void dnsmon_monitor_hold(dnsmon_monitor_t *mon, int64_t time_us)
{
    int64_t second = time_us / 1000000 - (time_us % 1000000 < 0);

    g_mutex_lock(&mon->lock);
    dm_sequencer_hold(mon->seq, time_us == INT64_MAX ? INT64_MAX : second);
    g_mutex_unlock(&mon->lock);
}

int dnsmon_monitor_finish(dnsmon_monitor_t *mon, int close_incidents)
{
    g_mutex_lock(&mon->lock);
    mon->unbounded = true;
    classify(mon, 0, true);
    dm_engine_finish(mon->engine, close_incidents != 0);
    mon->unbounded = (mon->flags & DNSMON_REPLAY) != 0;
    g_mutex_unlock(&mon->lock);
    return g_atomic_int_get(&mon->waiting);
}

dnsmon_event_t *dnsmon_monitor_next_event(dnsmon_monitor_t *mon)
{
    struct dnsmon_event *ev;

    if (g_atomic_int_get(&mon->waiting) == 0) {
        return NULL;
    }
    g_mutex_lock(&mon->lock);
    ev = mon->first;
    if (ev) {
        mon->first = ev->next;
        mon->last = mon->first ? mon->last : NULL;
        ev->next = NULL;
        g_atomic_int_add(&mon->waiting, -1);
    }
    g_mutex_unlock(&mon->lock);
    return ev;
}
