/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A ring of feeds. Each thread fills its own block with the lines that come next and parses them
 * at once, while they are in its cache, into the next feed of the ring; the main thread hands the
 * feeds over to the monitor in the order of the blocks, and parses itself as long as the oldest one
 * is not ready. So nobody waits while there is something to do, whichever takes longer.
 *
 * What is done one at a time: filling (whose turn it is, is c->filling), since a block begins where
 * the one before it ended and the scout must have gone over that; and handing over, which is the
 * main thread's, so that the monitor's tables stay in one processor's cache.
 *
 * Concurrency & Locking. What comes out is a function of the blocks, and those of the bytes: a feed
 * starts with the scout's sense of time, a held feed shares nothing while it parses, the order of
 * the flushes is that of the blocks. With one thread the same happens in turn. A slot belongs to
 * the main thread when it is parsed, to whoever took it in between; chain.lock guards the marks of
 * the ring and who waits, and is held for a few instructions. A thread that found the ring full is
 * woken when half of it is empty, not for each slot: a wake-up costs the main thread, who pays it,
 * a few µs.
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

/* Blocks in the ring for each thread: one in work, the others even out that some blocks take longer
 * (own choice). */
#define SLOTS_PER_THREAD 4

struct slot {
    dnsmon_feed_t *feed;
    int64_t hold_us;
    uint64_t position;
    bool parsed;
};

/* A thread's own. */
struct worker {
    struct chain *chain;
    struct block block;
    pthread_t thread; /* the main thread's: none */
};

struct chain {
    dnsmon_monitor_t *mon;
    struct chain_setup setup;
    struct slot *slots;
    size_t n_slots;
    struct worker *workers; /* the first is the main thread's */
    int n_threads;          /* that run beside the main thread */
    pthread_mutex_t lock;
    /* Numbers of blocks; block i is in slot i modulo n_slots. merged <= filled. */
    size_t filled, merged;
    bool filling; /* somebody is */
    bool ended;   /* nothing more is to be filled */
    int idle;     /* threads that wait for room */
    bool waits;   /* the main thread waits for news */
    pthread_cond_t room, news;
};

static bool can_fill(const struct chain *c)
{
    return !c->filling && !c->ended && c->filled - c->merged < c->n_slots;
}

/* After what may have given room.  Holds the lock, as all that follows here but for parse(). */
static void tell_room(struct chain *c)
{
    if (c->idle > 0 && can_fill(c) && c->filled - c->merged <= c->n_slots / 2) {
        pthread_cond_signal(&c->room);
    }
}

static void tell_news(struct chain *c)
{
    if (c->waits) {
        pthread_cond_signal(&c->news);
    }
}

static void end(struct chain *c)
{
    c->ended = true;
    pthread_cond_broadcast(&c->room);
}

static void parse(dnsmon_feed_t *feed, const struct block *block)
{
    dnsmon_feed_lines(feed, block->text, block->n);
}

/* The next block.   Returns: its slot; NULL: there are no more. */
static struct slot *fill(struct chain *c, struct block *block)
{
    struct slot *slot = &c->slots[c->filled % c->n_slots];
    struct load load = {.block = block, .feed = slot->feed, .hold_us = INT64_MAX};

    c->filling = true;
    pthread_mutex_unlock(&c->lock);
    bool more = c->setup.fill(c->setup.fill_user, &load);
    pthread_mutex_lock(&c->lock);
    c->filling = false;
    if (!more) {
        end(c);
        tell_news(c);
        return NULL;
    }
    slot->hold_us = load.hold_us;
    slot->position = load.position;
    c->filled++;
    tell_room(c);
    tell_news(c);
    return slot;
}

static void fill_and_parse(struct chain *c, struct block *block)
{
    struct slot *slot = fill(c, block);

    if (!slot) {
        return;
    }
    pthread_mutex_unlock(&c->lock);
    parse(slot->feed, block);
    pthread_mutex_lock(&c->lock);
    slot->parsed = true;
    tell_news(c);
}

static void *run_thread(void *arg)
{
    struct worker *w = arg;
    struct chain *c = w->chain;

    pthread_mutex_lock(&c->lock);
    while (!c->ended) {
        if (can_fill(c)) {
            fill_and_parse(c, &w->block);
        } else {
            c->idle++;
            pthread_cond_wait(&c->room, &c->lock);
            c->idle--;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* The oldest block's slot once it is parsed.   Returns: NULL: there are no more. */
static struct slot *oldest(struct chain *c)
{
    struct slot *slot = &c->slots[c->merged % c->n_slots];

    while (!slot->parsed) {
        if (can_fill(c)) {
            fill_and_parse(c, &c->workers[0].block);
        } else if (c->ended && !c->filling && c->merged == c->filled) {
            return NULL;
        } else {
            c->waits = true;
            pthread_cond_wait(&c->news, &c->lock);
            c->waits = false;
        }
    }
    return slot;
}

static int give_events(struct chain *c)
{
    dnsmon_event_t *ev;
    int result = 0;

    while (result == 0 && (ev = dnsmon_monitor_next_event(c->mon)) != NULL) {
        result = c->setup.take(c->setup.take_user, ev);
    }
    return result < 0 ? -1 : 0;
}

static int print_events(struct chain *c)
{
    return c->setup.take ? give_events(c) : emit_events(c->mon, c->setup.text);
}

int chain_step(struct chain *c, uint64_t *ret_position)
{
    pthread_mutex_lock(&c->lock);
    struct slot *slot = oldest(c);
    pthread_mutex_unlock(&c->lock);
    if (!slot) {
        return 0;
    }
    *ret_position = slot->position;
    dnsmon_monitor_hold(c->mon, slot->hold_us);
    dnsmon_feed_flush(slot->feed, 0);
    int result = print_events(c);
    pthread_mutex_lock(&c->lock);
    slot->parsed = false;
    c->merged++;
    if (result < 0) {
        end(c);
    }
    tell_room(c);
    pthread_mutex_unlock(&c->lock);
    return result < 0 ? -1 : 1;
}

int chain_finish(struct chain *c)
{
    dnsmon_monitor_finish(c->mon, 1);
    return print_events(c);
}

static int start_threads(struct chain *c, int threads)
{
    c->workers = calloc((size_t)threads, sizeof *c->workers);
    while (c->workers && c->n_threads + 1 < threads) {
        struct worker *w = &c->workers[c->n_threads + 1];
        w->chain = c;
        if (pthread_create(&w->thread, NULL, run_thread, w) != 0) {
            break;
        }
        c->n_threads++;
    }
    return c->workers && c->n_threads + 1 == threads ? 0 : -1;
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

struct chain *chain_new(dnsmon_monitor_t *mon, const struct chain_setup *setup)
{
    struct chain *c = calloc(1, sizeof *c);
    int threads = setup->threads < 1 ? 1 : setup->threads;

    if (!c) {
        output_error("out of memory");
        return NULL;
    }
    c->mon = mon;
    c->setup = *setup;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->room, NULL);
    pthread_cond_init(&c->news, NULL);
    if (open_slots(c, threads) < 0 || start_threads(c, threads) < 0) {
        output_error("no memory or no threads for --threads %d: ask for fewer", threads);
        chain_free(c);
        return NULL;
    }
    return c;
}

void chain_free(struct chain *c)
{
    if (!c) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    end(c);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < c->n_threads; i++) {
        pthread_join(c->workers[i + 1].thread, NULL);
    }
    for (int i = 0; c->workers && i <= c->n_threads; i++) {
        block_clear(&c->workers[i].block);
    }
    for (size_t i = 0; c->slots && i < c->n_slots; i++) {
        dnsmon_feed_free(c->slots[i].feed);
    }
    pthread_cond_destroy(&c->room);
    pthread_cond_destroy(&c->news);
    pthread_mutex_destroy(&c->lock);
    free(c->slots);
    free(c->workers);
    free(c);
}
