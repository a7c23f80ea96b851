/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One sentence about a mistake in a configuration: where, what, and what would be right.
 */
#ifndef DM_MONITOR_COMPLAIN_H
#define DM_MONITOR_COMPLAIN_H

#include <stddef.h>

#include <glib.h>

#include "util/slice.h"

/** Where a mistake is. @line 0, @section NULL, @key NULL: not said. */
struct dm_place {
    const char *file;
    unsigned line;
    const char *section; /**< without brackets */
    const char *key;
};

/** Longest reason, with its NUL; room for a place is left in DNSMON_ERRLEN, bytes. */
#define DM_REASON_LEN 600

/** Most bytes of somebody else's text that a message quotes. */
#define DM_QUOTE_MAX 80
#define DM_QUOTE_LEN (DM_QUOTE_MAX + 8)

/**
 * dm_quote() - a text in quotes for a message: valid UTF-8 without control characters, cut with
 * "..." after DM_QUOTE_MAX bytes.   Returns: @buf.
 */
const char *dm_quote(struct dm_slice s, char buf[DM_QUOTE_LEN]);

/**
 * dm_complain() - write "FILE:LINE: [SECTION] KEY: REASON" on one line.
 * @why:     @why_len bytes; may be NULL if @why_len is 0.
 * Returns:  DNSMON_ECONFIG, to be handed on.
 */
int dm_complain(char *why, size_t why_len, const struct dm_place *place, const char *fmt, ...)
    G_GNUC_PRINTF(4, 5);

#endif
