/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon replay - old logs through the same chain as in a live host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "dnsmon/dnsmon.h"

static void print_events(dnsmon_monitor_t *mon, int text)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        puts(text ? dnsmon_event_text(ev) : dnsmon_event_json(ev));
        dnsmon_event_free(ev);
    }
}

static int replay_file(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, const char *path, int text)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    if (!in) {
        fprintf(stderr, "dnsmon: %s: %s\n", path, strerror(errno));
        return EXIT_IO;
    }
    while ((len = getline(&line, &cap, in)) > 0) {
        len -= line[len - 1] == '\n';
        dnsmon_feed_line(feed, line, (size_t)len);
        print_events(mon, text);
    }
    free(line);
    fclose(in);
    return EXIT_DONE;
}

int command_replay(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"text", no_argument, NULL, 't'},
                                            {"year", required_argument, NULL, 'y'},
                                            {"config", required_argument, NULL, 'c'},
                                            {0}};
    const char *config = NULL;
    int text = 0, year = 0, c, status = EXIT_DONE;
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;

    while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            config = optarg;
            break;
        case 't':
            text = 1;
            break;
        case 'y':
            year = atoi(optarg);
            break;
        case 'j':
            break;
        default:
            return EXIT_USAGE;
        }
    }
    if (dnsmon_config_load(config, &cfg, why, sizeof why) < 0) {
        fprintf(stderr, "dnsmon: %s\n", why);
        return EXIT_USAGE;
    }
    dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon);
    dnsmon_monitor_set_year(mon, year);
    dnsmon_feed_new(mon, &feed);
    for (int i = optind; i < argc; i++) {
        status |= replay_file(mon, feed, argv[i], text);
    }
    dnsmon_feed_free(feed);
    dnsmon_monitor_finish(mon, 1);
    print_events(mon, text);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return status;
}
