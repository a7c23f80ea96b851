/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon parse - what each line was understood as: as many lines of JSON as it reads.
 * LIMITS: files in the order in which they are named; one thread.
 * Source: doc/dnsmon.1, doc/FORMATS.md.
 */
#include <stdlib.h>

#include "block.h"
#include "options.h"
#include "output.h"

static int parse_block(dnsmon_feed_t *feed, const struct block *b)
{
    struct line line;
    size_t at = 0;
    int result = 0;

    while (result == 0 && block_line(b, &at, &line)) {
        char *json = dnsmon_parse_line(feed, line.p, line.n);
        result = output_line(json);
        free(json);
    }
    return result;
}

static int parse_log(dnsmon_feed_t *feed, const char *path, struct block *b, bool *ret_broken)
{
    struct reader r;

    if (reader_open(&r, path) < 0) {
        return EXIT_IO;
    }
    while (!*ret_broken && reader_next(&r, b)) {
        *ret_broken = parse_block(feed, b) < 0;
    }
    return reader_close(&r) < 0 || *ret_broken ? EXIT_IO : EXIT_DONE;
}

static int parse_logs(dnsmon_monitor_t *mon, const struct options *o)
{
    struct block b = {0};
    dnsmon_feed_t *feed;
    bool broken = false;
    int status = EXIT_DONE;

    if (dnsmon_feed_new(mon, &feed) < 0) {
        return output_error("out of memory");
    }
    if (o->n_files == 0) {
        status = parse_log(feed, "-", &b, &broken);
    }
    for (int i = 0; i < o->n_files && !broken; i++) {
        status |= parse_log(feed, o->files[i], &b, &broken);
    }
    block_clear(&b);
    dnsmon_feed_free(feed);
    return status;
}

int command_parse(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    dnsmon_monitor_t *mon;
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    status = options_monitor(&o, &mon);
    if (status == EXIT_DONE) {
        status = parse_logs(mon, &o);
        dnsmon_monitor_free(mon);
    }
    return status;
}
