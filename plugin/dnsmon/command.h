/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The program's subcommands: one file and one row in main.c each.
 */
#ifndef DM_PLUGIN_DNSMON_COMMAND_H
#define DM_PLUGIN_DNSMON_COMMAND_H

/** Exit status (CONTRACT: 0 done, 1 could not read or write something, 2 wrong usage or
 * configuration). */
enum { EXIT_DONE = 0, EXIT_IO = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *usage;   /**< what stands behind the name */
    const char *summary; /**< one line for --help */
    int (*run)(int argc, char **argv); /**< argv[0] is the command's name */
};

int command_replay(int argc, char **argv);
int command_parse(int argc, char **argv);
int command_check(int argc, char **argv);
int command_manual(int argc, char **argv);

#endif
