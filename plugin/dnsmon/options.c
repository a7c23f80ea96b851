/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The options: one table for all subcommands, each of which names those it takes.
 * LIMITS: -
 * Source: doc/dnsmon.1.
 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

static const struct option table[] = {
    {"config", required_argument, NULL, 'c'},  {"year", required_argument, NULL, 'y'},
    {"threads", required_argument, NULL, 'n'}, {"json", no_argument, NULL, 'j'},
    {"text", no_argument, NULL, 't'},          {"summary", no_argument, NULL, 's'},
    {"follow", no_argument, NULL, 'f'},        {"output", required_argument, NULL, 'o'},
    {"state", required_argument, NULL, 'k'},   {"save-lines", required_argument, NULL, 'l'},
    {"queue", required_argument, NULL, 'q'},   {"sync", no_argument, NULL, 'd'},
    {"help", no_argument, NULL, 'h'},          {0}};

/* A whole number from @min to @max and nothing else.  Returns: whether. */
static bool read_number(const char *text, int min, int max, int *ret)
{
    char *end;
    long v = strtol(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || v < min || v > max) {
        return false;
    }
    *ret = (int)v;
    return true;
}

/* A count for an option of omprog. */
static int set_count(const struct command *cmd, const char *name, int *ret)
{
    return read_number(optarg, 1, COUNT_MAX, ret)
               ? EXIT_DONE
               : output_usage(cmd, "%s %s: no number from 1 to %d", name, optarg, COUNT_MAX);
}

static int set(const struct command *cmd, struct options *o, int c)
{
    switch (c) {
    case 'c':
        o->config = optarg;
        return EXIT_DONE;
    case 'y':
        return read_number(optarg, 1970, 2199, &o->year)
                   ? EXIT_DONE
                   : output_usage(cmd, "--year %s: no year from 1970 to 2199", optarg);
    case 'n':
        return read_number(optarg, 1, THREADS_MAX, &o->threads)
                   ? EXIT_DONE
                   : output_usage(cmd, "--threads %s: no number from 1 to %d", optarg, THREADS_MAX);
    case 's':
        o->summary = true;
        return EXIT_DONE;
    case 'f':
        o->follow = true;
        return EXIT_DONE;
    case 'o':
        o->output = optarg;
        return EXIT_DONE;
    case 'k':
        o->state = optarg;
        return EXIT_DONE;
    case 'l':
        return set_count(cmd, "--save-lines", &o->save_lines);
    case 'q':
        return set_count(cmd, "--queue", &o->queue);
    case 'd':
        o->sync = true;
        return EXIT_DONE;
    default:
        o->text = c == 't';
        return EXIT_DONE;
    }
}

/* What getopt_long() did not like: argv[optind - 1] is it, or holds it. */
static int complain(const struct command *cmd, int c, char **argv)
{
    const char *word = argv[optind - 1];

    return c == ':' ? output_usage(cmd, "%s: its value is missing", word)
                    : output_usage(cmd, "%s: there is no such option here", word);
}

const char *options_config(void)
{
    return access(CONFIG_FILE, F_OK) == 0 ? CONFIG_FILE : NULL;
}

bool options_read(const struct command *cmd, int argc, char **argv, struct options *ret,
                  int *ret_status)
{
    int c;

    *ret = (struct options){0};
    opterr = 0;
    while ((c = getopt_long(argc, argv, ":c:o:h", table, NULL)) != -1) {
        if (c == 'h') {
            command_usage(cmd, stdout);
            *ret_status = EXIT_DONE;
            return false;
        }
        *ret_status = c == '?' || c == ':' || !strchr(cmd->options, c) ? complain(cmd, c, argv)
                                                                       : set(cmd, ret, c);
        if (*ret_status != EXIT_DONE) {
            return false;
        }
    }
    if (!ret->config) {
        ret->config = options_config();
    }
    ret->files = argv + optind;
    ret->n_files = argc - optind;
    if (ret->n_files > cmd->max_files) {
        *ret_status = output_usage(cmd, "%s: one argument too many", argv[optind + cmd->max_files]);
        return false;
    }
    return true;
}

int options_monitor(const struct options *o, dnsmon_monitor_t **ret_mon)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    int err = dnsmon_config_load(o->config, &cfg, why, sizeof why);

    if (err < 0) {
        output_error("%s", why);
        return err == DNSMON_ECONFIG ? EXIT_USAGE : EXIT_IO;
    }
    err = dnsmon_monitor_new(cfg, o->follow ? DNSMON_LIVE : DNSMON_REPLAY, ret_mon);
    dnsmon_config_free(cfg);
    if (err < 0) {
        return output_error("%s", dnsmon_strerror(err));
    }
    dnsmon_monitor_set_year(*ret_mon, o->year);
    return EXIT_DONE;
}
