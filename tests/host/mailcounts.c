/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the monitor counted of each mail server: mailcounts CONFIG <LOG prints, a line each,
 * "NAME questions N nxdomain N answered N" over the whole log.
 *
 * Method. The lines go the way of `dnsmon replay`; the servers' figures, which no event tells
 * whole, are read inside the library before the end. LIMITS: the figures begin anew with a local
 * day, so the log must not cross midnight. Source: -
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monitor/engine_parts.h"
#include "monitor/monitor.h"

/* All lines of standard input, one as long as it may be. */
static void feed_lines(dnsmon_feed_t *feed)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;

    while ((len = getline(&line, &size, stdin)) > 0) {
        dnsmon_feed_line(feed, line, (size_t)len - (line[len - 1] == '\n'));
    }
    free(line);
    dnsmon_feed_flush(feed, 0);
}

static void print_servers(const struct dm_engine *en)
{
    for (uint16_t i = 0; i < dm_server_count(en->servers); i++) {
        const struct dm_server *srv = dm_server_at(en->servers, dm_server_by_name(en->servers, i));
        struct dm_mail_counts all = srv->day;
        dm_mail_add(&all, &srv->minute);
        printf("%s questions %u nxdomain %u answered %u\n", srv->name, dm_mail_queries(&all),
               all.nxdomain, all.answered);
    }
}

int main(int argc, char **argv)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg = NULL;
    dnsmon_monitor_t *mon = NULL;
    dnsmon_feed_t *feed = NULL;
    int result = 2;

    if (argc != 2 || dnsmon_config_load(argv[1], &cfg, why, sizeof why) < 0) {
        fprintf(stderr, "usage: mailcounts CONFIG <LOG\n%s\n", argc == 2 ? why : "");
        return 2;
    }
    if (dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) == 0 && dnsmon_feed_new(mon, &feed) == 0) {
        feed_lines(feed);
        dnsmon_monitor_finish(mon, 0);
        print_servers(mon->engine);
        result = 0;
    }
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return result;
}
