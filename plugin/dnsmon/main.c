/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon - the program: finds its subcommand in a table and runs it.
 *
 * It stands on the public calls of dnsmon.h alone, as any other user of the library. A pipe that
 * nobody reads any more is a write error like a full disk, so SIGPIPE is ignored.
 * LIMITS: -
 * Source: doc/dnsmon.1.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dnsmon/dnsmon.h"
#include "output.h"

static const struct command commands[] = {
    {"replay", "[-c FILE] [--year N] [--threads N] [--json|--text] [--summary] [--follow] [LOG...]",
     "classify log files (plain, .gz, .zst, - for standard input) in time order; events on "
     "standard "
     "output",
     "cynjtsf", 1 << 20, command_replay},
    {"report", "[-c FILE] [--year N] [--threads N] -o FILE [LOG...]",
     "one self-contained HTML page from log files, or from files of dnsmon's own events", "cyno",
     1 << 20, command_report},
    {"parse", "[-c FILE] [--year N] [LOG...]",
     "what each line was understood as, one JSON object a line", "cy", 1 << 20, command_parse},
    {"omprog", "[-c FILE] --output=DEST [--state=FOLDER] [--json|--text] ...",
     "under rsyslog's omprog or syslog-ng's program(): lines on standard input, an answer for each "
     "on standard output, events to DEST: a file, unix:PATH or tcp:HOST:PORT",
     "cjtoklqd", 0, command_omprog},
    {"check", "[FILE]", "check a configuration (/etc/dnsmon/dnsmon.conf), print what is in force",
     "", 1, command_check},
    {"manual", "configuration|events", "for maintainers: a reference page, as Markdown", "", 1,
     command_manual},
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

void command_usage(const struct command *cmd, FILE *out)
{
    fprintf(out, "usage: dnsmon %s %s\n      %s\n", cmd->name, cmd->usage, cmd->summary);
}

static void print_help(void)
{
    printf("usage: dnsmon COMMAND [ARGUMENT...]\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("  dnsmon %s %s\n      %s\n", commands[i].name, commands[i].usage,
               commands[i].summary);
    }
    printf("\n  -c FILE      configuration; default: /etc/dnsmon/dnsmon.conf if it is there, else "
           "every key\n"
           "               is at its default\n"
           "  --year N     year of the first time stamp that has none (RFC 3164); default 1970\n"
           "  --threads N  threads that read lines; the output does not depend on it\n"
           "  -o FILE      the page of a report; - for standard output\n"
           "  --json       events as JSON objects (default)\n"
           "  --text       events as lines of text\n"
           "  --summary    at the end a table on standard error, as on a terminal\n"
           "  --follow     read what there is, then go on as the files grow, until SIGTERM\n"
           "  --output=DEST, --state=FOLDER, --save-lines=N, --queue=N, --sync: of omprog, see "
           "dnsmon(1)\n"
           "\nExit status: 0 done, 1 could not read or write something, 2 wrong usage or "
           "configuration.\n");
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        return output_usage(NULL,
                            "a command is missing: one of replay, report, parse, omprog, check");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("dnsmon %s\n", dnsmon_version());
        return EXIT_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(&commands[i], argc - 1, argv + 1);
        }
    }
    return output_usage(
        NULL, "%s: there is no such command: use replay, report, parse, omprog or check", argv[1]);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    int status = run(argc, argv);
    return output_close() < 0 && status == EXIT_DONE ? EXIT_IO : status;
}
