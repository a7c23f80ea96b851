/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Answers to a host on standard output.
 */
#ifndef DM_PLUGIN_DNSMON_ANSWERS_H
#define DM_PLUGIN_DNSMON_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

/** Answers that are not written yet; zeroed at first. */
struct answers {
    char *text;
    size_t n, cap; /**< bytes used, and there */
};

/** answers_heard() - whether somebody reads them: standard output is a pipe or a socket. */
bool answers_heard(void);

/** answers_add() - one more, with its newline. Without memory it is left out: the host waits, gives
 * up and starts the program again. */
void answers_add(struct answers *a, const char *text);

/** answers_write() - write them all; blocks. */
void answers_write(struct answers *a);

/** answers_clear() - release. */
void answers_clear(struct answers *a);

#endif
