/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Standard output and standard error.
 *
 * Method. stdio buffers; its error flag tells at any later line that a write has failed, and the
 * first to see it says why. Foreign text (file names) is printed as it is: who gave the argument
 * also sees the message.
 * LIMITS: one thread, the main one, but for output_error().
 * Source: doc/dnsmon.1.
 */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "progress.h"

/* Whether a failure has been said; the program ends soon after. */
static bool said;

static int failed(const char *why)
{
    if (!said) {
        said = true;
        output_error("standard output: %s: the output is not complete", why);
    }
    return -1;
}

/* After a write.  Returns: 0; -1 if it failed. */
static int check(void)
{
    return ferror(stdout) ? failed(errno ? strerror(errno) : "cannot be written") : 0;
}

int output_text(const char *text)
{
    if (!text) {
        return failed("out of memory");
    }
    progress_hide();
    fputs(text, stdout);
    return check();
}

int output_line(const char *text)
{
    if (!text) {
        return failed("out of memory");
    }
    progress_hide();
    fputs(text, stdout);
    putchar('\n');
    return check();
}

int output_flush(void)
{
    errno = 0;
    fflush(stdout);
    return check();
}

int output_close(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        failed(errno ? strerror(errno) : "cannot be written");
    }
    return said ? -1 : 0;
}

int output_error(const char *format, ...)
{
    va_list args;

    progress_hide();
    flockfile(stderr);
    fputs("dnsmon: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    funlockfile(stderr);
    return EXIT_IO;
}

int output_usage(const struct command *cmd, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "dnsmon%s%s: ", cmd ? " " : "", cmd ? cmd->name : "");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs(" (dnsmon --help)\n", stderr);
    return EXIT_USAGE;
}
