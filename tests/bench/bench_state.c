/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The state file of many clients: bench_state FILE [CLIENTS [RUNS]]. Makes CLIENTS (1,000,000) of
 * whom one in 50 is a suspect, and prints the medians of RUNS (5):
 *
 *     clients 1000000 bytes 97196772 save_s 0.900 save_cpu_s 0.700 wait_s 0.081 load_s 0.600
 *     load_cpu_s 0.550
 *
 * (in one line)
 * save_s    the whole dnsmon_monitor_save(), disk and all; save_cpu_s: the thread's processor time
 * wait_s    longest flush of a feed in another thread during the save: it asks without a pause
 * load_s    dnsmon_monitor_load() into a new monitor: what a daemon takes longer to start
 *
 * LIMITS: wall clock; the file comes from the page cache. The longest flush has a switch of threads
 * in it.
 * Source: -
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sys/stat.h>

#include "monitor/config.h"
#include "monitor/monitor.h"
#include "query.h"

#define RUNS_MAX 99

/* What a thread that feeds is told, and says. */
struct waiter {
    dnsmon_feed_t *feed;
    int stop; /* atomic */
    int runs; /* atomic: it has begun */
    double longest_s;
};

/* Two clocks, seconds. */
struct times {
    double wall, cpu;
};

static double read_s(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct times now_s(void)
{
    return (struct times){read_s(CLOCK_MONOTONIC), read_s(CLOCK_THREAD_CPUTIME_ID)};
}

static struct times since(struct times from)
{
    struct times now = now_s();

    return (struct times){now.wall - from.wall, now.cpu - from.cpu};
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench_state: %s: %s\n", what, why);
    exit(1);
}

static gpointer keep_feeding(gpointer user)
{
    struct waiter *w = user;

    while (!g_atomic_int_get(&w->stop)) {
        struct times from = now_s();
        bench_query(w->feed, 1, "www.example.com", "A");
        dnsmon_feed_flush(w->feed, 0);
        w->longest_s = MAX(w->longest_s, since(from).wall);
        g_atomic_int_set(&w->runs, 1);
    }
    return NULL;
}

/* Seconds of a save, and of the longest flush beside it. */
static struct times save(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, const char *path,
                         double *ret_wait_s)
{
    struct waiter w = {.feed = feed};
    char why[DNSMON_ERRLEN];
    GThread *thread = g_thread_new("feed", keep_feeding, &w);

    while (!g_atomic_int_get(&w.runs)) {
        g_thread_yield();
    }
    struct times from = now_s();
    if (dnsmon_monitor_save(mon, path, why, sizeof why) < 0) {
        fail("save", why);
    }
    struct times took = since(from);
    g_atomic_int_set(&w.stop, 1);
    g_thread_join(thread);
    *ret_wait_s = w.longest_s;
    return took;
}

static struct times load(dnsmon_config_t *cfg, const char *path)
{
    dnsmon_monitor_t *mon;
    char why[DNSMON_ERRLEN];

    if (dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0) {
        fail("load", "no memory");
    }
    struct times from = now_s();
    if (dnsmon_monitor_load(mon, path, why, sizeof why) != 1) {
        fail("load", why);
    }
    struct times took = since(from);
    dnsmon_monitor_free(mon);
    return took;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

/* Saves and loads @runs times, and prints it. */
static void measure(dnsmon_config_t *cfg, dnsmon_monitor_t *mon, dnsmon_feed_t *feed,
                    const char *path, int runs)
{
    double save_s[RUNS_MAX], save_cpu_s[RUNS_MAX], wait_s[RUNS_MAX];
    double load_s[RUNS_MAX], load_cpu_s[RUNS_MAX];
    struct stat st;

    for (int i = 0; i < runs; i++) {
        struct times t = save(mon, feed, path, &wait_s[i]);
        save_s[i] = t.wall;
        save_cpu_s[i] = t.cpu;
        t = load(cfg, path);
        load_s[i] = t.wall;
        load_cpu_s[i] = t.cpu;
    }
    if (stat(path, &st) < 0) {
        fail(path, "is not there");
    }
    printf("clients %zu bytes %lld save_s %.3f save_cpu_s %.3f wait_s %.3f load_s %.3f "
           "load_cpu_s %.3f\n",
           dm_client_table_len(dm_engine_clients(mon->engine)), (long long)st.st_size,
           median(save_s, runs), median(save_cpu_s, runs), median(wait_s, runs),
           median(load_s, runs), median(load_cpu_s, runs));
}

int main(int argc, char **argv)
{
    unsigned clients = argc > 2 ? (unsigned)atoi(argv[2]) : 1000000;
    int runs = argc > 3 ? atoi(argv[3]) : 5;
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char why[DNSMON_ERRLEN];

    if (argc < 2 || clients == 0 || runs < 1 || runs > RUNS_MAX ||
        dnsmon_config_load(NULL, &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0) {
        fprintf(stderr, "usage: bench_state FILE [CLIENTS [RUNS]]\n");
        return 2;
    }
    bench_clients_each(feed, clients);
    dnsmon_monitor_finish(mon, 0);
    measure(cfg, mon, feed, argv[1], runs);
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return 0;
}
