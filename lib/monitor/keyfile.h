/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A key file (GLib's syntax) as a list of its lines: what GKeyFile does not keep is where a key
 * stood and that it stood there twice.
 */
#ifndef DM_MONITOR_KEYFILE_H
#define DM_MONITOR_KEYFILE_H

#include <stddef.h>

#include "util/buf.h"
#include "util/slice.h"

/** A section's first line (@key NULL, @value NULL) or a key's. */
struct dm_keyfile_entry {
    char *section;
    char *key;
    char *value;   /**< as written, without the blanks around it; escapes not undone */
    unsigned line; /**< from 1 */
};

struct dm_keyfile {
    struct dm_keyfile_entry *entry; /**< in file order */
    size_t n;
};

/**
 * dm_keyfile_parse() - read a key file.
 * @name:    the file's name for messages.
 * @text:    any bytes.
 * @ret:     free with dm_keyfile_free().
 * @why:     with DNSMON_ECONFIG one line that names file, line and remedy.
 * Returns:  0; DNSMON_ECONFIG: not UTF-8, a line that is nothing, a key or section twice;
 *           DNSMON_ENOMEM.
 */
int dm_keyfile_parse(const char *name, const char *text, size_t len, struct dm_keyfile **ret,
                     char *why, size_t why_len);
void dm_keyfile_free(struct dm_keyfile *kf); /**< @kf: or NULL */

/**
 * dm_keyfile_unescape() - undo \s \n \t \r and \\ of a value that is one text.
 * @ret:     a text of the caller's (g_free()).
 * Returns:  0; DNSMON_EINVAL for another escape; DNSMON_ENOMEM.
 */
int dm_keyfile_unescape(struct dm_slice value, char **ret);

/** dm_keyfile_escape() - the reverse, for writing, behind what @out has. */
void dm_keyfile_escape(struct dm_buf *out, const char *text);

#endif
