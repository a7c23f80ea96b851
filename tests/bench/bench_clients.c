/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Bytes of memory a client: bench_clients [CLIENTS]. Feeds one A query of each of CLIENTS (100,000)
 * addresses, and one MX query of every 50th, and prints what the process grew by and what the
 * client table says.   Exit: 1 if a client takes more than LIMIT bytes by either measure.
 *
 * LIMITS: resident memory is the kernel's, in pages; the feed, the names of the last seconds and
 * malloc's own bookkeeping are in it.
 * Source: doc/SCIENCE.md E.4: 96 bytes a client and table, 160 with everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib.h>

#include "monitor/config.h"
#include "monitor/monitor.h"

#define LIMIT 160

static size_t resident_bytes(void)
{
    unsigned long pages = 0, all = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%lu %lu", &all, &pages) != 2) {
        pages = 0;
    }
    if (f) {
        fclose(f);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void query(dnsmon_feed_t *feed, unsigned i, const char *name, const char *type)
{
    char line[200];
    unsigned s = 43200 + i / 1000;
    int n = g_snprintf(line, sizeof line,
                       "26-Feb-2004 %02u:%02u:%02u.%03u queries: info: client 10.%u.%u.%u#53: "
                       "query: %s IN %s +",
                       s / 3600, s / 60 % 60, s % 60, i % 1000, i >> 16 & 255, i >> 8 & 255,
                       i & 255, name, type);

    dnsmon_feed_line(feed, line, (size_t)n);
}

int main(int argc, char **argv)
{
    unsigned clients = argc > 1 ? (unsigned)atoi(argv[1]) : 100000;
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char why[DNSMON_ERRLEN], name[64];

    if (clients == 0 || dnsmon_config_load(NULL, &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0) {
        fprintf(stderr, "usage: bench_clients [CLIENTS]\n");
        return 2;
    }
    query(feed, 0, "first.example", "MX");
    dnsmon_feed_flush(feed, 0);
    size_t before = resident_bytes();
    for (unsigned i = 0; i < clients; i++) {
        query(feed, i, "www.example.com", "A");
        if (i % 50 == 0) {
            g_snprintf(name, sizeof name, "dom%u.example", i);
            query(feed, i, name, "MX");
        }
    }
    dnsmon_feed_flush(feed, 0);
    dnsmon_monitor_finish(mon, 0);
    size_t grown = resident_bytes() - before;
    struct dm_client_table *t = dm_engine_clients(mon->engine);
    double n = (double)dm_client_table_len(t);
    double by_table = (double)dm_client_table_bytes(t) / n, by_process = (double)grown / n;
    printf("%.0f clients, one in 50 suspect: %.1f bytes a client resident, %.1f by the table's "
           "account (limit %d)\n",
           n, by_process, by_table, LIMIT);
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return by_table > LIMIT || by_process > LIMIT;
}
