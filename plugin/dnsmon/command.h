/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The program's subcommands: one file and one row in main.c each.
 */
#ifndef DM_PLUGIN_DNSMON_COMMAND_H
#define DM_PLUGIN_DNSMON_COMMAND_H

#include <stdio.h>

/** Exit status: 0 done, 1 could not read or write something, 2 wrong usage or configuration. */
enum { EXIT_DONE = 0, EXIT_IO = 1, EXIT_USAGE = 2 };

/** One subcommand. */
struct command {
    const char *name;
    const char *usage;   /**< what stands behind the name */
    const char *summary; /**< one line for --help */
    const char *options; /**< letters of the options in options.c that it takes */
    int max_files;       /**< most arguments behind the options */
    int (*run)(const struct command *cmd, int argc, char **argv); /**< argv[0] is its name */
};

int command_replay(const struct command *cmd, int argc, char **argv);
int command_report(const struct command *cmd, int argc, char **argv);
int command_parse(const struct command *cmd, int argc, char **argv);
int command_omprog(const struct command *cmd, int argc, char **argv);
int command_check(const struct command *cmd, int argc, char **argv);
int command_manual(const struct command *cmd, int argc, char **argv);

/** command_usage() - how one command is called. */
void command_usage(const struct command *cmd, FILE *out);

#endif
