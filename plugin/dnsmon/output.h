/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the program says: results on standard output, complaints on standard error.
 */
#ifndef DM_PLUGIN_DNSMON_OUTPUT_H
#define DM_PLUGIN_DNSMON_OUTPUT_H

struct command;

/**
 * output_line() - one line of the result.
 * @text:   NULL: there was no memory for it.
 * Returns: 0; -1 if it cannot be written, which has then been said once.
 */
int output_line(const char *text);

/** output_text() - a text as it is, with its line ends.   Returns: as output_line(). */
int output_text(const char *text);

/** output_flush() - what was said is out now; for a reader that waits.   Returns: as
 * output_line(). */
int output_flush(void);

/** output_close() - write what is buffered.   Returns: as output_line(), also for earlier lines. */
int output_close(void);

/** output_error() - "dnsmon: ..." on standard error.   Returns: EXIT_IO.   Thread: any. */
int output_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** output_usage() - "dnsmon COMMAND: ..." and how to get help.   Returns: EXIT_USAGE. */
int output_usage(const struct command *cmd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
