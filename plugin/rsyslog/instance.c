/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of one omdnsmon action.
 *
 * Batches. rsyslog gives a module that takes whole messages no batch boundaries (an action with
 * beginTransaction() may only take strings: actionConstructFinalize() in rsyslog's action.c). The
 * feed hands a full batch over by itself; what stays in a feed is handed over by the ticker, a
 * thread that wakes four times a second. It also tells the monitor the time and injects events.
 *
 * The end. On SIGTERM rsyslogd ends the inputs, drains its queues and ends their workers; each
 * calls om_worker_close(). The last one of an action, once the inputs have ended, tells the monitor
 * and injects the last events: that is the latest moment at which they arrive. An extra worker that
 * ends after 60 s of idleness only flushes. A worker may come after the last one (a second queue
 * that was slower); then the end is told once more, after its lines.
 *
 * Concurrency & Locking: inst->lock, then worker->lock, then the library's own. inst->emit is taken
 * with no other lock held, so that a ruleset that runs in our thread (Direct queue) may come back
 * into this action.
 *
 * LIMITS: workers that rsyslogd cancels because the queue's shutdown time-out is over are not
 * closed by it; their lines are classified and saved to the state file, but events that come of
 * them have nowhere to go any more.
 */
#include "instance.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "keep.h"
#include "stats.h"

/* Between ticks, ms: half the second that the library waits for the batches of all workers. */
enum { TICK_MS = 250, TICKS_PER_SECOND = 4 };

DEFobjStaticHelpers DEFobjCurrIf(glbl)

rsRetVal om_instance_init(struct om_instance *inst)
{
    pthread_condattr_t attr;
    DEFiRet;

    inst->severity = -1;
    inst->facility = LOG_LOCAL0;
    pthread_mutex_init(&inst->lock, NULL);
    pthread_mutex_init(&inst->emit, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&inst->wake, &attr);
    pthread_condattr_destroy(&attr);
    CHKmalloc(inst->tag = strdup("dnsmon:"));
finalize_it:
    RETiRet;
}

rsRetVal om_instance_configure(struct om_instance *inst, dnsmon_config_t **ret_cfg)
{
    char why[DNSMON_ERRLEN];

    if (dnsmon_config_load(inst->config, ret_cfg, why, sizeof why) >= 0)
        return RS_RET_OK;
    LogError(0, RS_RET_CONFIG_ERROR, "omdnsmon: %s", why);
    return RS_RET_CONFIG_ERROR;
}

/* inst->finished has been set, under the lock where workers may come. */
static void finish(struct om_instance *inst)
{
    dnsmon_monitor_finish(inst->mon, inst->statefile ? 0 : 1);
    om_keep_drain(inst);
}

/* ---- workers ----------------------------------------------------------------------------- */

rsRetVal om_worker_open(struct om_worker *worker)
{
    struct om_instance *inst = worker->pData;

    pthread_mutex_init(&worker->lock, NULL);
    if (!inst->mon)
        return RS_RET_OK;
    if (dnsmon_feed_new(inst->mon, &worker->feed) < 0)
        LogError(0, RS_RET_OUT_OF_MEMORY,
                 "omdnsmon: no memory for a worker's feed, "
                 "its lines are not read");
    pthread_mutex_lock(&inst->lock);
    worker->next = inst->workers;
    inst->workers = worker;
    inst->finished = false;
    pthread_mutex_unlock(&inst->lock);
    return RS_RET_OK;
}

/* Caller holds inst->lock. */
static void unlink_worker(struct om_worker *worker)
{
    struct om_worker **at = &worker->pData->workers;

    while (*at && *at != worker)
        at = &(*at)->next;
    if (*at)
        *at = worker->next;
}

static void flush_worker(struct om_worker *worker, int64_t now_us)
{
    pthread_mutex_lock(&worker->lock);
    if (worker->feed && worker->dirty)
        dnsmon_feed_flush(worker->feed, now_us);
    worker->dirty = false;
    pthread_mutex_unlock(&worker->lock);
}

void om_worker_close(struct om_worker *worker)
{
    struct om_instance *inst = worker->pData;
    bool last;

    if (inst->mon) {
        flush_worker(worker, om_stamp_now());
        pthread_mutex_lock(&inst->lock);
        unlink_worker(worker);
        inst->messages += worker->messages;
        inst->looped += worker->looped;
        last = !inst->workers && glbl.GetGlobalInputTermState();
        inst->finished = last;
        pthread_mutex_unlock(&inst->lock);
        dnsmon_feed_free(worker->feed);
        if (last)
            finish(inst);
    }
    pthread_mutex_destroy(&worker->lock);
}

/* ---- ticker ------------------------------------------------------------------------------ */

/* Caller holds inst->lock. */
static void wait_for_tick(struct om_instance *inst)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&inst->wake, &inst->lock, &until);
}

static void tick(struct om_instance *inst, unsigned number)
{
    int64_t now_us = om_stamp_now();

    pthread_mutex_lock(&inst->lock);
    for (struct om_worker *w = inst->workers; w; w = w->next)
        flush_worker(w, now_us);
    pthread_mutex_unlock(&inst->lock);
    om_keep_tick(inst, dnsmon_monitor_tick(inst->mon, now_us));
    if (number % TICKS_PER_SECOND == 0)
        om_stats_update(inst);
}

static void *run_ticker(void *user)
{
    struct om_instance *inst = user;
    bool stop = false;

    for (unsigned number = 1; !stop; number++) {
        pthread_mutex_lock(&inst->lock);
        if (!inst->stop)
            wait_for_tick(inst);
        stop = inst->stop;
        pthread_mutex_unlock(&inst->lock);
        if (!stop)
            tick(inst, number);
    }
    return NULL;
}

static rsRetVal start_ticker(struct om_instance *inst)
{
    sigset_t all, old;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    failure = pthread_create(&inst->ticker, NULL, run_ticker, inst);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failure) {
        LogError(failure, RS_RET_ERR, "omdnsmon: cannot start its thread");
        return RS_RET_ERR;
    }
    inst->ticking = true;
    return RS_RET_OK;
}

static void stop_ticker(struct om_instance *inst)
{
    if (!inst->ticking)
        return;
    pthread_mutex_lock(&inst->lock);
    inst->stop = true;
    pthread_cond_signal(&inst->wake);
    pthread_mutex_unlock(&inst->lock);
    pthread_join(inst->ticker, NULL);
    inst->ticking = false;
}

/* ---- life -------------------------------------------------------------------------------- */

rsRetVal om_instance_start(struct om_instance *inst, unsigned number)
{
    int result = dnsmon_monitor_new(inst->cfg, DNSMON_LIVE, &inst->mon);

    dnsmon_config_free(inst->cfg);
    inst->cfg = NULL;
    if (result < 0) {
        inst->mon = NULL;
        LogError(0, RS_RET_ERR, "omdnsmon: cannot start: %s", dnsmon_strerror(result));
        return RS_RET_ERR;
    }
    inst->finished = true;
    om_keep_load(inst);
    inst->stats = om_stats_new(inst, number);
    return start_ticker(inst);
}

void om_instance_reload(struct om_instance *inst)
{
    dnsmon_config_t *cfg;
    int result;

    if (!inst->mon)
        return;
    om_keep_request(inst);
    if (om_instance_configure(inst, &cfg) != RS_RET_OK) {
        LogMsg(0, RS_RET_OK_WARN, LOG_WARNING, "omdnsmon: the old configuration stays in force");
        return;
    }
    result = dnsmon_monitor_configure(inst->mon, cfg);
    dnsmon_config_free(cfg);
    if (result < 0)
        LogError(0, RS_RET_ERR, "omdnsmon: %s; the old configuration stays in force",
                 dnsmon_strerror(result));
}

/* A worker that was cancelled is still in the list; its structure is the core's to free. */
static void close_cancelled(struct om_instance *inst)
{
    for (struct om_worker *w = inst->workers; w; w = w->next) {
        dnsmon_feed_free(w->feed);
        w->feed = NULL;
    }
    inst->workers = NULL;
}

static void close_monitor(struct om_instance *inst)
{
    close_cancelled(inst);
    if (!inst->finished)
        finish(inst);
    om_keep_close(inst);
    om_stats_free(inst->stats);
    inst->stats = NULL;
    dnsmon_monitor_free(inst->mon);
    inst->mon = NULL;
}

void om_instance_clear(struct om_instance *inst)
{
    stop_ticker(inst);
    if (inst->mon)
        close_monitor(inst);
    dnsmon_config_free(inst->cfg);
    pthread_cond_destroy(&inst->wake);
    pthread_mutex_destroy(&inst->emit);
    pthread_mutex_destroy(&inst->lock);
    free(inst->config);
    free(inst->ruleset_name);
    free(inst->statefile);
    free(inst->tag);
}

rsRetVal om_instance_module_init(void)
{
    DEFiRet;

    CHKiRet(objGetObjInterface(&obj));
    CHKiRet(objUse(glbl, CORE_COMPONENT));
finalize_it:
    RETiRet;
}

void om_instance_module_exit(void)
{
    objRelease(glbl, CORE_COMPONENT);
}
