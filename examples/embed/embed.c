/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of the log on standard input, one line of JSON each; the argument is a configuration.
 * cc -o embed embed.c $(pkg-config --cflags --libs libdnsmon) */
#include <dnsmon/dnsmon.h>
#include <stdio.h>
#include <stdlib.h>

static void print_events(dnsmon_monitor_t *mon)
{
    for (dnsmon_event_t *ev; (ev = dnsmon_monitor_next_event(mon)); dnsmon_event_free(ev))
        puts(dnsmon_event_json(ev));
}

int main(int argc, char **argv)
{
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char *line = NULL, why[DNSMON_ERRLEN];
    size_t size = 0;

    if (dnsmon_config_load(argc > 1 ? argv[1] : NULL, &cfg, why, sizeof why) < 0)
        return fprintf(stderr, "%s\n", why), 2;
    if (dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0)
        return 1;
    for (ssize_t n; (n = getline(&line, &size, stdin)) > 0; print_events(mon))
        dnsmon_feed_line(feed, line, (size_t)n - (line[n - 1] == '\n'));
    dnsmon_feed_free(feed);
    dnsmon_monitor_finish(mon, 1);
    print_events(mon);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    free(line);
    return 0;
}
