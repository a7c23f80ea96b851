/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The state file of many clients: bench_state FILE [CLIENTS [RUNS]]. Makes CLIENTS (1,000,000) of
 * whom one in 50 is a suspect, and prints the medians of RUNS (5):
 *
 *     clients 1000000 bytes 61000000 save_s 0.900 copy_s 0.080 wait_s 0.081 load_s 0.300
 *
 * save_s    the whole dnsmon_monitor_save(), disk and all
 * copy_s    dm_state_pack(): the copy, under the lock, and its checksum, without
 * wait_s    longest flush of a feed in another thread during the save: it asks without a pause
 * load_s    dnsmon_monitor_load() into a new monitor: what it takes longer to start
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
#include "monitor/state.h"
#include "query.h"

#define RUNS_MAX 99

/* What a thread that feeds is told, and says. */
struct waiter {
    dnsmon_feed_t *feed;
    int stop; /* atomic */
    int runs; /* atomic: it has begun */
    double longest_s;
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
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
        double from = now_s();
        bench_query(w->feed, 1, "www.example.com", "A");
        dnsmon_feed_flush(w->feed, 0);
        w->longest_s = MAX(w->longest_s, now_s() - from);
        g_atomic_int_set(&w->runs, 1);
    }
    return NULL;
}

/* Seconds of a save, and of the longest flush beside it. */
static double save(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, const char *path, double *ret_wait_s)
{
    struct waiter w = {.feed = feed};
    char why[DNSMON_ERRLEN];
    GThread *thread = g_thread_new("feed", keep_feeding, &w);

    while (!g_atomic_int_get(&w.runs)) {
        g_thread_yield();
    }
    double from = now_s();
    if (dnsmon_monitor_save(mon, path, why, sizeof why) < 0) {
        fail("save", why);
    }
    double took = now_s() - from;
    g_atomic_int_set(&w.stop, 1);
    g_thread_join(thread);
    *ret_wait_s = w.longest_s;
    return took;
}

static double copy(dnsmon_monitor_t *mon)
{
    struct dm_buf buf = {0};
    double from = now_s();

    dm_state_pack(mon, &buf);
    double took = now_s() - from;
    free(buf.p);
    return took;
}

static double load(dnsmon_config_t *cfg, const char *path)
{
    dnsmon_monitor_t *mon;
    char why[DNSMON_ERRLEN];

    if (dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0) {
        fail("load", "no memory");
    }
    double from = now_s();
    if (dnsmon_monitor_load(mon, path, why, sizeof why) != 1) {
        fail("load", why);
    }
    double took = now_s() - from;
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

int main(int argc, char **argv)
{
    unsigned clients = argc > 2 ? (unsigned)atoi(argv[2]) : 1000000;
    int runs = argc > 3 ? atoi(argv[3]) : 5;
    double save_s[RUNS_MAX], copy_s[RUNS_MAX], wait_s[RUNS_MAX], load_s[RUNS_MAX];
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    struct stat st;
    char why[DNSMON_ERRLEN];

    if (argc < 2 || clients == 0 || runs < 1 || runs > RUNS_MAX ||
        dnsmon_config_load(NULL, &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0) {
        fprintf(stderr, "usage: bench_state FILE [CLIENTS [RUNS]]\n");
        return 2;
    }
    bench_clients_each(feed, clients);
    for (int i = 0; i < runs; i++) {
        copy_s[i] = copy(mon);
        save_s[i] = save(mon, feed, argv[1], &wait_s[i]);
        load_s[i] = load(cfg, argv[1]);
    }
    size_t known = dm_client_table_len(dm_engine_clients(mon->engine));
    if (stat(argv[1], &st) < 0) {
        fail(argv[1], "is not there");
    }
    printf("clients %zu bytes %lld save_s %.3f copy_s %.3f wait_s %.3f load_s %.3f\n", known,
           (long long)st.st_size, median(save_s, runs), median(copy_s, runs), median(wait_s, runs),
           median(load_s, runs));
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return 0;
}
