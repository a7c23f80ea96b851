/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Bytes of memory a client: bench_clients [CLIENTS]. Feeds one A query of each of CLIENTS (100,000)
 * addresses, and one MX query of every 50th, and prints what the process grew by and what the
 * client table says.   Exit: 1 if a client takes more than LIMIT bytes by either measure.
 *
 * LIMITS: resident memory is the kernel's, in pages; the feed, the names of the last seconds and
 * malloc's own bookkeeping are in it.
 * Source: doc/SCIENCE.md E.4: 96 bytes a client and table, 160 with everything; own choice between
 * the two, since one in 50 is a suspect.
 */
#include <stdio.h>
#include <stdlib.h>

#include "monitor/config.h"
#include "monitor/monitor.h"
#include "query.h"

#define LIMIT 128

int main(int argc, char **argv)
{
    unsigned clients = argc > 1 ? (unsigned)atoi(argv[1]) : 100000;
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char why[DNSMON_ERRLEN];

    if (clients == 0 || dnsmon_config_load(NULL, &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0) {
        fprintf(stderr, "usage: bench_clients [CLIENTS]\n");
        return 2;
    }
    bench_query(feed, 0, "first.example", "MX");
    dnsmon_feed_flush(feed, 0);
    size_t before = bench_resident();
    bench_clients_each(feed, clients);
    dnsmon_monitor_finish(mon, 0);
    size_t grown = bench_resident() - before;
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
