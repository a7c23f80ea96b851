/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon - the program: finds its subcommand in a table and runs it.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dnsmon/dnsmon.h"

static const struct command commands[] = {
    {"replay", "[-c FILE] [--year N] [--json|--text] [LOG...]",
     "classify log files in time order; events on standard output", command_replay},
    {"parse", "[LOG...]", "what each line was understood as, one JSON object a line",
     command_parse},
    {"check", "[FILE]", "check a configuration, print what is in force", command_check},
    {"manual", "configuration|events", "a reference page, as Markdown", command_manual},
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
    fputs("usage: dnsmon COMMAND [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        fprintf(out, "  dnsmon %s %s\n      %s\n", commands[i].name, commands[i].usage,
                commands[i].summary);
    }
}

int main(int argc, char **argv)
{
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        printf("dnsmon %s\n", dnsmon_version());
        return EXIT_DONE;
    }
    for (size_t i = 0; argc >= 2 && i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    print_usage(stderr);
    return EXIT_USAGE;
}
