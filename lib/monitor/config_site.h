/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From settings to the site, and the reading of files that a configuration names.
 */
#ifndef DM_MONITOR_CONFIG_SITE_H
#define DM_MONITOR_CONFIG_SITE_H

#include <stddef.h>

#include "monitor/settings.h"
#include "site/site.h"

/** Largest file that is read as a configuration or a list of holidays, bytes. */
#define DM_CONFIG_FILE_MAX (16 << 20)

/**
 * dm_config_site() - build the site.
 * @ret:     sealed; free with dm_site_free().
 * Returns:  0; DNSMON_ECONFIG with @why.
 */
int dm_config_site(const struct dm_settings *set, struct dm_site **ret, char *why, size_t why_len);

/**
 * dm_config_path() - the path that a DM_OPT_FILE value means: relative ones are beside the file.
 * Returns: absolute, of the caller's (g_free()).
 */
char *dm_config_path(const struct dm_settings *set, const char *value);

/**
 * dm_config_read() - a whole file.
 * @ret_text: of the caller's (g_free()), any bytes.
 * @ret_why:  on failure a constant or g_strerror() text, such as "No such file or directory".
 * Returns:   0; DNSMON_EIO.
 */
int dm_config_read(const char *path, char **ret_text, size_t *ret_len, const char **ret_why);

#endif
