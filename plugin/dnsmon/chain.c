/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The main thread reads blocks, lets the scout go over them and puts them into a ring; threads
 * parse them, each into the block's own feed; the main thread hands the feeds over to the monitor
 * in the order of the blocks.
 *
 * Concurrency & Locking. What comes out is a function of the blocks, and those of the bytes: a feed
 * starts with the scout's sense of time, a held feed shares nothing while it parses, the order of
 * the flushes is that of the blocks. With one thread the same happens in turn. A slot belongs to
 * the main thread when it is empty or parsed, to one parsing thread in between; chain.lock guards
 * the states and the three marks of the ring, nothing else.
 *
 * LIMITS: classification is the main thread's alone. Events of a pipe's lines come when their block
 * is full or the input ends.
 * Source: doc/dnsmon.1.
 */
#include "chain.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "output.h"
#include "scout.h"

/* Blocks in the ring for each thread: one in work, one ready (own choice). */
#define SLOTS_PER_THREAD 2

struct slot {
    struct block block;
    dnsmon_feed_t *feed;
    int64_t hold_us; /* main thread's: see chain_hold() */
    bool parsed;
};

struct chain {
    dnsmon_monitor_t *mon;
    bool text, broken;
    int (*take)(void *user, dnsmon_event_t *ev); /* NULL: events are printed */
    void *take_user;
    struct slot *slots;
    size_t n_slots;
    /* Numbers of blocks; block i is in slot i modulo n_slots. merged <= taken <= filled. */
    size_t filled, taken, merged;
    pthread_t *threads;
    int n_threads; /* that run; 0: the main thread parses */
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
};

static void parse_block(struct slot *slot)
{
    struct line line;
    size_t at = 0;

    while (block_line(&slot->block, &at, &line)) {
        dnsmon_feed_line(slot->feed, line.p, line.n);
    }
}

static void *run_thread(void *arg)
{
    struct chain *c = arg;

    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->taken == c->filled && !c->stop) {
            pthread_cond_wait(&c->work, &c->lock);
        }
        if (c->stop) {
            break;
        }
        struct slot *slot = &c->slots[c->taken++ % c->n_slots];
        pthread_mutex_unlock(&c->lock);
        parse_block(slot);
        pthread_mutex_lock(&c->lock);
        slot->parsed = true;
        pthread_cond_signal(&c->done);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void give_events(struct chain *c)
{
    dnsmon_event_t *ev;

    while (!c->broken && (ev = dnsmon_monitor_next_event(c->mon)) != NULL) {
        c->broken = c->take(c->take_user, ev) < 0;
    }
}

static int print_events(struct chain *c)
{
    if (c->take) {
        give_events(c);
    } else {
        c->broken = c->broken || emit_events(c->mon, c->text) < 0;
    }
    return c->broken ? -1 : 0;
}

/* Hand the oldest block over. */
static void merge(struct chain *c)
{
    struct slot *slot = &c->slots[c->merged % c->n_slots];

    pthread_mutex_lock(&c->lock);
    while (!slot->parsed) {
        pthread_cond_wait(&c->done, &c->lock);
    }
    slot->parsed = false;
    pthread_mutex_unlock(&c->lock);
    c->merged++;
    dnsmon_monitor_hold(c->mon, slot->hold_us);
    dnsmon_feed_flush(slot->feed, 0);
    print_events(c);
}

struct block *chain_block(struct chain *c)
{
    if (c->filled - c->merged == c->n_slots) {
        merge(c);
    }
    return &c->slots[c->filled % c->n_slots].block;
}

int chain_submit(struct chain *c, dnsmon_feed_t *scout, int64_t *front_us)
{
    struct slot *slot = &c->slots[c->filled % c->n_slots];

    dnsmon_feed_follow(slot->feed, scout);
    slot->hold_us = INT64_MAX;
    if (c->n_threads == 0) {
        parse_block(slot);
        slot->parsed = true;
        c->taken++;
    }
    pthread_mutex_lock(&c->lock);
    c->filled++;
    pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
    scout_block(scout, &slot->block, front_us);
    return c->broken ? -1 : 0;
}

void chain_hold(struct chain *c, int64_t time_us)
{
    c->slots[(c->filled - 1) % c->n_slots].hold_us = time_us;
}

int chain_finish(struct chain *c)
{
    while (c->merged < c->filled) {
        merge(c);
    }
    dnsmon_monitor_finish(c->mon, 1);
    return print_events(c);
}

static int start_threads(struct chain *c, int threads)
{
    if (threads < 2) {
        return 0;
    }
    c->threads = calloc((size_t)threads, sizeof *c->threads);
    while (c->threads && c->n_threads < threads) {
        if (pthread_create(&c->threads[c->n_threads], NULL, run_thread, c) != 0) {
            break;
        }
        c->n_threads++;
    }
    return c->n_threads == threads ? 0 : -1;
}

static int open_slots(struct chain *c, int threads)
{
    c->n_slots = threads < 2 ? 1 : SLOTS_PER_THREAD * (size_t)threads;
    c->slots = calloc(c->n_slots, sizeof *c->slots);
    if (!c->slots) {
        return -1;
    }
    for (size_t i = 0; i < c->n_slots; i++) {
        if (dnsmon_feed_new(c->mon, &c->slots[i].feed) < 0 ||
            dnsmon_feed_hold(c->slots[i].feed) < 0) {
            return -1;
        }
    }
    return 0;
}

struct chain *chain_new(dnsmon_monitor_t *mon, int threads, bool text)
{
    struct chain *c = calloc(1, sizeof *c);

    if (!c) {
        output_error("out of memory");
        return NULL;
    }
    c->mon = mon;
    c->text = text;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    pthread_cond_init(&c->done, NULL);
    if (open_slots(c, threads) < 0 || start_threads(c, threads) < 0) {
        output_error("no memory or no threads for --threads %d: ask for fewer", threads);
        chain_free(c);
        return NULL;
    }
    return c;
}

void chain_take(struct chain *c, int (*take)(void *user, dnsmon_event_t *ev), void *user)
{
    c->take = take;
    c->take_user = user;
}

void chain_free(struct chain *c)
{
    if (!c) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < c->n_threads; i++) {
        pthread_join(c->threads[i], NULL);
    }
    for (size_t i = 0; c->slots && i < c->n_slots; i++) {
        dnsmon_feed_free(c->slots[i].feed);
        block_clear(&c->slots[i].block);
    }
    pthread_cond_destroy(&c->work);
    pthread_cond_destroy(&c->done);
    pthread_mutex_destroy(&c->lock);
    free(c->slots);
    free(c->threads);
    free(c);
}
