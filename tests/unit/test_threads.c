/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Several threads feed one monitor with slices of one stream, as the workers of a log daemon do;
 * the events are those of a single feed. Meanwhile others tick, swap the configuration, read
 * counters, save the state and take events. To be run under TSan too (--with-sanitizer=thread).
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "monitor/state.h"
#include "stream.h"

#ifdef __SANITIZE_THREAD__
/* GLib itself is not instrumented, so TSan would not see its mutexes: use pthread's instead. */
void g_mutex_init(GMutex *mutex)
{
    mutex->p = g_new(pthread_mutex_t, 1);
    pthread_mutex_init(mutex->p, NULL);
}

void g_mutex_clear(GMutex *mutex)
{
    pthread_mutex_destroy(mutex->p);
    g_free(mutex->p);
}

void(g_mutex_lock)(GMutex *mutex)
{
    pthread_mutex_lock(mutex->p);
}

void(g_mutex_unlock)(GMutex *mutex)
{
    pthread_mutex_unlock(mutex->p);
}
#endif

#define THREADS 4
#define LINES 24000
#define SPAN_S 40000
/* Workers take slices of the queue, as rsyslog's do (its default dequeue batch). */
#define SLICE 128

struct shared {
    dnsmon_monitor_t *mon;
    const struct stream *s;
    pthread_mutex_t lock;
    size_t next; /* first line that no worker has taken */
    int stop;    /* atomic */
    dnsmon_config_t *cfg[2];
    GPtrArray *events;
};

static void collect(dnsmon_monitor_t *mon, GPtrArray *events)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        g_ptr_array_add(events, strdup(dnsmon_event_json(ev)));
        dnsmon_event_free(ev);
    }
}

/* A worker: take a slice, feed it, flush. The wall clock stands still, as if everything came within
 * the second in which workers are waited for; the law is about order, not about delays. */
static void *worker(void *user)
{
    struct shared *sh = user;
    dnsmon_feed_t *feed;

    if (dnsmon_feed_new(sh->mon, &feed) < 0) {
        abort();
    }
    for (;;) {
        pthread_mutex_lock(&sh->lock);
        size_t from = sh->next, to = MIN(from + SLICE, sh->s->n);
        sh->next = to;
        pthread_mutex_unlock(&sh->lock);
        if (from == to) {
            break;
        }
        for (size_t i = from; i < to; i++) {
            dnsmon_feed_line(feed, sh->s->line[i].text, strlen(sh->s->line[i].text));
        }
        if (from / SLICE % 3 == 0) {
            sched_yield();
        }
        dnsmon_feed_flush(feed, STREAM_T0 * 1000000);
    }
    dnsmon_feed_free(feed);
    return NULL;
}

static void feed_in_threads(struct shared *sh)
{
    pthread_t thread[THREADS];

    pthread_mutex_init(&sh->lock, NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, worker, sh), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
    }
    pthread_mutex_destroy(&sh->lock);
}

static void many_feeds_find_what_one_finds(void **state)
{
    static const char more[] = "[events]\nrate = 100000/h\n";
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "threads", 8086);
    struct stream s = stream_new(&rng, LINES, SPAN_S, 0);
    struct campus one = campus_new(DNSMON_LIVE, more);
    for (size_t i = 0; i < s.n; i += SLICE) {
        campus_feed(&one, &s, i, MIN(i + SLICE, s.n));
        dnsmon_feed_flush(one.feed, STREAM_T0 * 1000000);
    }
    campus_finish(&one, 1);
    for (int round = 0; round < 3; round++) {
        struct campus many = campus_new(DNSMON_LIVE, more);
        struct shared sh = {.mon = many.mon, .s = &s};
        feed_in_threads(&sh);
        campus_finish(&many, 1);
        assert_int_equal(campus_counter(&many, "order.late"), 0);
        assert_int_equal(campus_counter(&many, "records.observed"), LINES);
        check_same_events(one.events, many.events, 30);
        campus_clear(&many);
    }
    campus_clear(&one);
    stream_clear(&s);
}

/* ---- everything at once ---- */

static void *swap_config(void *user)
{
    struct shared *sh = user;

    for (unsigned i = 0; !g_atomic_int_get(&sh->stop); i++) {
        dnsmon_monitor_configure(sh->mon, sh->cfg[i % 2]);
        sched_yield();
    }
    return NULL;
}

static void *tick_and_take(void *user)
{
    struct shared *sh = user;

    while (!g_atomic_int_get(&sh->stop)) {
        dnsmon_monitor_tick(sh->mon, STREAM_T0 * 1000000);
        collect(sh->mon, sh->events);
        sched_yield();
    }
    return NULL;
}

static void *read_and_save(void *user)
{
    struct shared *sh = user;
    char *path = g_strdup_printf("/tmp/dnsmon-threads-%d", (int)getpid()), why[DNSMON_ERRLEN];
    const char *name;
    uint64_t value;

    while (!g_atomic_int_get(&sh->stop)) {
        for (unsigned i = 0; dnsmon_monitor_counter(sh->mon, i, &name, &value) == 0; i++) {
            continue;
        }
        dnsmon_monitor_set_year(sh->mon, 2004);
        dnsmon_monitor_save(sh->mon, path, why, sizeof why);
    }
    unlink(path);
    g_free(path);
    return NULL;
}

static void everything_at_once(void **state)
{
    static void *(*const other[])(void *) = {swap_config, tick_and_take, read_and_save};
    struct test_rng rng;
    pthread_t thread[G_N_ELEMENTS(other)];

    (void)state;
    test_rng_init(&rng, "threads with everything else", 8088);
    struct stream s = stream_new(&rng, LINES / 2, SPAN_S, 2);
    struct campus c = campus_new(DNSMON_LIVE, "");
    struct shared sh = {.mon = c.mon, .s = &s, .events = c.events};
    sh.cfg[0] = stream_config("[events]\nrate = 10/h\n");
    sh.cfg[1] = stream_config("monitors = 192.0.2.0/25\n[limits]\nmemory = 1M\n");
    for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, other[i], &sh), 0);
    }
    feed_in_threads(&sh);
    g_atomic_int_set(&sh.stop, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
        pthread_join(thread[i], NULL);
    }
    campus_finish(&c, 1);
    assert_int_equal(campus_counter(&c, "records.observed"), LINES / 2);
    assert_int_equal(campus_counter(&c, "incidents.open"), 0);
    assert_int_equal(campus_counter(&c, "events.waiting"), 0);
    dnsmon_config_free(sh.cfg[0]);
    dnsmon_config_free(sh.cfg[1]);
    campus_clear(&c);
    stream_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_feeds_find_what_one_finds),
                                       cmocka_unit_test(everything_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
