/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The options of all subcommands.
 */
#ifndef DM_PLUGIN_DNSMON_OPTIONS_H
#define DM_PLUGIN_DNSMON_OPTIONS_H

#include <stdbool.h>

#include "command.h"
#include "dnsmon/dnsmon.h"

/** Most threads that --threads takes (own choice: more than any log host has cores to spare). */
#define THREADS_MAX 64

/** Most lines or events that a count takes (own choice: nobody needs a longer journal). */
#define COUNT_MAX 1000000000

/** The configuration of every host program (the rsyslog module has the same rule). */
#define CONFIG_FILE "/etc/dnsmon/dnsmon.conf"

/** options_config() - CONFIG_FILE if there is one, else NULL: every key at its default. */
const char *options_config(void);

/** What was asked for. */
struct options {
    /** Of report: takes and frees an event, returns 0, or -1 to stop; NULL: events are printed. */
    int (*take)(void *user, dnsmon_event_t *ev);
    void *take_user;
    const char *config; /**< -c; else CONFIG_FILE if it is there; NULL: defaults */
    int year;           /**< --year; 0: not given */
    int threads;        /**< --threads; 0: not given */
    bool text;          /**< --text */
    bool summary;       /**< --summary */
    bool follow;        /**< --follow */
    const char *output; /**< -o, --output; NULL: not given */
    const char *state;  /**< --state; NULL: not given */
    int save_lines;     /**< --save-lines; 0: not given */
    int queue;          /**< --queue; 0: not given */
    bool sync;          /**< --sync */
    char **files;       /**< what stands behind the options */
    int n_files;
};

/**
 * options_read() - read a command's arguments.
 * @ret_status: the exit status if the program is to end here (a mistake, which has been said, or
 *              --help).
 * Returns:     whether to go on.
 */
bool options_read(const struct command *cmd, int argc, char **argv, struct options *ret,
                  int *ret_status);

/**
 * options_monitor() - a monitor with the configuration and the year that were given; for replaying,
 * with --follow a live one.
 * Returns: EXIT_DONE; else the exit status, and what is wrong has been said.
 */
int options_monitor(const struct options *o, dnsmon_monitor_t **ret_mon);

#endif
