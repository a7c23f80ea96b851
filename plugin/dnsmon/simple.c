/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon check, parse, manual (placeholder until each has its own file).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "dnsmon/dnsmon.h"

int command_check(int argc, char **argv)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    if (dnsmon_config_load(argc > 1 ? argv[1] : "/etc/dnsmon/dnsmon.conf", &cfg, why, sizeof why) < 0) {
        fprintf(stderr, "dnsmon: %s\n", why);
        return EXIT_USAGE;
    }
    char *t = dnsmon_config_text(cfg);
    fputs(t, stdout);
    free(t);
    dnsmon_config_free(cfg);
    return 0;
}

int command_manual(int argc, char **argv)
{
    char *t = argc > 1 ? dnsmon_manual(argv[1]) : NULL;
    if (!t) {
        return EXIT_USAGE;
    }
    fputs(t, stdout);
    free(t);
    return 0;
}

int command_parse(int argc, char **argv)
{
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char why[DNSMON_ERRLEN], *line = NULL;
    size_t cap = 0;
    ssize_t len;
    dnsmon_config_load(NULL, &cfg, why, sizeof why);
    dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon);
    dnsmon_feed_new(mon, &feed);
    for (int i = 1; i < argc; i++) {
        FILE *in = argv[i][0] == '-' ? stdin : fopen(argv[i], "r");
        if (!in) {
            return EXIT_IO;
        }
        while ((len = getline(&line, &cap, in)) > 0) {
            len -= line[len - 1] == '\n';
            char *j = dnsmon_parse_line(feed, line, (size_t)len);
            puts(j);
            free(j);
        }
    }
    free(line);
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return 0;
}
