/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What each key is set to, and where: every row of the table, at its default or as the file says.
 */
#ifndef DM_MONITOR_SETTINGS_H
#define DM_MONITOR_SETTINGS_H

#include <stddef.h>

#include "monitor/keyfile.h"
#include "util/option.h"

struct dm_setting {
    size_t section;              /**< enum dm_section_id */
    size_t row;                  /**< index in the section's rows */
    const struct dm_option *opt; /**< that row */
    char *key;                   /**< its key, or the user's where keys are free */
    char *value;                 /**< checked text, as in the file (escapes not undone) */
    unsigned line;               /**< 0: the default */
};

struct dm_settings {
    char *file;           /**< the file's name; "": none */
    struct dm_setting *v; /**< in the order of the table */
    size_t n;
};

/**
 * dm_settings_new() - the defaults, and over them what a key file says.
 * @file:    name for messages.
 * @ret:     free with dm_settings_free().
 * Returns:  0; DNSMON_ECONFIG with @why: unknown section or key, or a value that cannot be;
 *           DNSMON_ENOMEM.
 */
int dm_settings_new(const char *file, const struct dm_keyfile *kf, struct dm_settings **ret,
                    char *why, size_t why_len);
void dm_settings_free(struct dm_settings *set); /**< @set: or NULL */

/** dm_settings_get() - the setting of a row.   Returns: NULL if there is none (free keys). */
const struct dm_setting *dm_settings_get(const struct dm_settings *set, size_t section, size_t row);

/** dm_setting_complain() - dm_complain() about a setting, at its line. */
int dm_setting_complain(const struct dm_settings *set, const struct dm_setting *st,
                        const char *reason, char *why, size_t why_len);

#endif
