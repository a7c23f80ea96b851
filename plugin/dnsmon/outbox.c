/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The outbox: three lists under one lock. What waits; what the thread has in its hands; what has
 * been delivered and not been reaped. A thread, because name resolution, a connection that hangs
 * and a slow disk must not keep an answer to the host waiting.
 *
 * A batch of BATCH is sent and settled at once, so that a receiver that acknowledges late costs one
 * delay a batch. A destination that is away is tried once a second.
 *
 * Concurrency & Locking: o->lock guards all but the sink, which belongs to the thread. No call out
 * under it but outbox_each()'s.
 *
 * LIMITS: one destination.
 * Source: -
 */
#define _GNU_SOURCE
#include "outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* Own choices: one TCP window of events; soon enough for people, seldom enough for a log. */
#define BATCH 64
#define RETRY_MS 1000

struct list {
    struct finding *head, **tail;
    size_t n;
};

struct outbox {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* of the thread: something came; of the end: something went */
    struct sink *sink;
    struct list waiting, sending, done;
    struct outbox_state state;
    int pipe[2];
    pthread_t thread;
    bool started, reopen, stop, ended;
};

static void list_init(struct list *l)
{
    l->head = NULL;
    l->tail = &l->head;
    l->n = 0;
}

static void list_push(struct list *l, struct finding *f)
{
    f->next = NULL;
    *l->tail = f;
    l->tail = &f->next;
    l->n++;
}

static struct finding *list_pop(struct list *l)
{
    struct finding *f = l->head;

    if (f) {
        l->head = f->next;
        l->tail = l->head ? l->tail : &l->head;
        l->n--;
    }
    return f;
}

static void list_clear(struct list *l)
{
    struct finding *f;

    while ((f = list_pop(l))) {
        free(f);
    }
}

struct outbox *outbox_new(struct sink *sink)
{
    struct outbox *o = calloc(1, sizeof *o);
    pthread_condattr_t attr;

    if (!o || pipe2(o->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
        free(o);
        sink_free(sink);
        return NULL;
    }
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&o->wake, &attr);
    pthread_condattr_destroy(&attr);
    o->sink = sink;
    list_init(&o->waiting);
    list_init(&o->sending);
    list_init(&o->done);
    return o;
}

static void wait_ms(struct outbox *o, int ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&o->wake, &o->lock, &until);
}

/* Holds the lock, which is let go meanwhile. */
static void send_batch(struct outbox *o)
{
    char why[SINK_WHY] = "";
    bool reopen = o->reopen;

    while (o->sending.n < BATCH && o->waiting.n > 0) {
        list_push(&o->sending, list_pop(&o->waiting));
    }
    o->reopen = false;
    pthread_mutex_unlock(&o->lock);
    if (reopen) {
        sink_close(o->sink);
    }
    size_t sent = sink_send(o->sink, o->sending.head, o->sending.n, why);
    pthread_mutex_lock(&o->lock);
    o->state.away = sent < o->sending.n;
    memcpy(o->state.why, why, sizeof why);
    o->state.delivered += sent;
    for (; sent > 0; sent--) {
        list_push(&o->done, list_pop(&o->sending));
    }
    if (o->done.n > 0 && write(o->pipe[1], "", 1) < 0) {
        return; /* full: whoever reads it is awake already */
    }
}

/* Holds the lock.  After a failure nobody wakes it sooner but the end and a reopening. */
static void wait_for_retry(struct outbox *o)
{
    if (o->state.away && !o->stop && !o->reopen) {
        wait_ms(o, RETRY_MS);
    }
}

static void *deliver(void *user)
{
    struct outbox *o = user;

    pthread_mutex_lock(&o->lock);
    while (!o->stop) {
        if (o->waiting.n + o->sending.n == 0) {
            pthread_cond_wait(&o->wake, &o->lock);
            continue;
        }
        send_batch(o);
        pthread_cond_broadcast(&o->wake);
        wait_for_retry(o);
    }
    o->ended = true;
    pthread_cond_broadcast(&o->wake);
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

int outbox_start(struct outbox *o)
{
    o->started = pthread_create(&o->thread, NULL, deliver, o) == 0;
    return o->started ? 0 : -1;
}

void outbox_push(struct outbox *o, struct finding *f)
{
    pthread_mutex_lock(&o->lock);
    list_push(&o->waiting, f);
    /* One that is away is not tried sooner for it. */
    if (!o->state.away) {
        pthread_cond_broadcast(&o->wake);
    }
    pthread_mutex_unlock(&o->lock);
}

void outbox_drop(struct outbox *o, size_t limit)
{
    pthread_mutex_lock(&o->lock);
    while (o->waiting.n > 0 && o->waiting.n + o->sending.n > limit) {
        free(list_pop(&o->waiting));
        o->state.lost++;
    }
    pthread_mutex_unlock(&o->lock);
}

struct finding *outbox_reap(struct outbox *o)
{
    char junk[256];

    while (read(o->pipe[0], junk, sizeof junk) > 0) {
    }
    pthread_mutex_lock(&o->lock);
    struct finding *list = o->done.head;
    list_init(&o->done);
    pthread_mutex_unlock(&o->lock);
    return list;
}

int outbox_each(struct outbox *o, int (*call)(void *user, const struct finding *f), void *user)
{
    const struct list *lists[] = {&o->done, &o->sending, &o->waiting};
    int result = 0;

    pthread_mutex_lock(&o->lock);
    for (int i = 0; i < 3; i++) {
        for (const struct finding *f = lists[i]->head; f && result == 0; f = f->next) {
            result = call(user, f);
        }
    }
    pthread_mutex_unlock(&o->lock);
    return result;
}

void outbox_reopen(struct outbox *o)
{
    pthread_mutex_lock(&o->lock);
    o->reopen = true;
    pthread_cond_broadcast(&o->wake);
    pthread_mutex_unlock(&o->lock);
}

void outbox_look(struct outbox *o, struct outbox_state *ret)
{
    pthread_mutex_lock(&o->lock);
    *ret = o->state;
    ret->waiting = o->waiting.n + o->sending.n;
    pthread_mutex_unlock(&o->lock);
}

int outbox_fd(const struct outbox *o)
{
    return o->pipe[0];
}

void outbox_finish(struct outbox *o, int ms)
{
    int64_t until = now_ms() + ms;

    pthread_mutex_lock(&o->lock);
    while (o->started && o->waiting.n + o->sending.n > 0 && now_ms() < until) {
        wait_ms(o, (int)(until - now_ms()));
    }
    o->stop = true;
    pthread_cond_broadcast(&o->wake);
    pthread_mutex_unlock(&o->lock);
}

void outbox_free(struct outbox *o)
{
    if (!o) {
        return;
    }
    pthread_mutex_lock(&o->lock);
    o->stop = true;
    pthread_cond_broadcast(&o->wake);
    int64_t until = now_ms() + 50;
    while (o->started && !o->ended && now_ms() < until) {
        wait_ms(o, 10);
    }
    bool ended = o->ended || !o->started;
    pthread_mutex_unlock(&o->lock);
    if (!ended) {
        return;
    }
    if (o->started) {
        pthread_join(o->thread, NULL);
    }
    list_clear(&o->waiting);
    list_clear(&o->sending);
    list_clear(&o->done);
    sink_free(o->sink);
    close(o->pipe[0]);
    close(o->pipe[1]);
    pthread_cond_destroy(&o->wake);
    pthread_mutex_destroy(&o->lock);
    free(o);
}
