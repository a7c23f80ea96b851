/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Standard input as it comes, in whole lines.
 */
#ifndef DM_PLUGIN_DNSMON_INTAKE_H
#define DM_PLUGIN_DNSMON_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes of a line that are read, the rest is thrown away. Own choice: far above what a syslog
 * daemon passes on (rsyslog's maxMessageSize: 8 KiB unless set), small enough to keep. */
#define INTAKE_LINE_MAX (1024 * 1024)

struct intake {
    int fd;
    char *buf;
    size_t n;      /**< bytes in buf */
    size_t taken;  /**< of them have been handed out */
    bool skipping; /**< in the rest of a line that was too long */
    bool ended;
};

/** intake_init() - Returns: 0; -1 without memory. */
int intake_init(struct intake *in, int fd);
void intake_clear(struct intake *in);

/**
 * intake_read() - read what there is, once; waits if there is nothing.
 * Returns: 0; -1 with errno, and the input is over.
 */
int intake_read(struct intake *in);

/**
 * intake_take() - the whole lines that are there, each with its newline; at the end of the input
 * the last one may have none.
 * @ret_n:  bytes; 0: no whole line yet.   Returns: borrowed until intake_read().
 */
const char *intake_take(struct intake *in, size_t *ret_n);

#endif
