/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the measurements of memory and of the state file have in common: a line for a client by its
 * number, and the memory that the process has.
 */
#ifndef DM_BENCH_QUERY_H
#define DM_BENCH_QUERY_H

#include <stdio.h>
#include <unistd.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"

/** bench_query() - one query of client @i, from noon on, 1,000 clients a second. */
static inline void bench_query(dnsmon_feed_t *feed, unsigned i, const char *name, const char *type)
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

/** bench_clients_each() - one A query of each of @clients, an MX query of every 50th. */
static inline void bench_clients_each(dnsmon_feed_t *feed, unsigned clients)
{
    char name[64];

    for (unsigned i = 0; i < clients; i++) {
        bench_query(feed, i, "www.example.com", "A");
        if (i % 50 == 0) {
            g_snprintf(name, sizeof name, "dom%u.example", i);
            bench_query(feed, i, name, "MX");
        }
    }
    dnsmon_feed_flush(feed, 0);
}

/** bench_resident() - the process's resident memory, bytes. */
static inline size_t bench_resident(void)
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

#endif
