/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The configuration file and those that it names: where they are, and what is in them.
 */
#ifndef DM_MONITOR_CONFIG_FILE_H
#define DM_MONITOR_CONFIG_FILE_H

#include <stddef.h>

#include "monitor/settings.h"

/** Largest file that is read as a configuration or a list of holidays, bytes. */
#define DM_CONFIG_FILE_MAX (16 << 20)

/**
 * dm_config_path() - the path that a DM_OPT_FILE value means: relative ones are beside the file.
 * @ret:     absolute, of the caller's (free()).
 * Returns:  0; DNSMON_EINVAL if the value is not checked; DNSMON_ENOMEM.
 */
int dm_config_path(const struct dm_settings *set, const char *value, char **ret);

/**
 * dm_config_read() - a whole file.
 * @ret_text: of the caller's (free()), any bytes.
 * @ret_why:  with DNSMON_EIO a text such as "No such file or directory", good until the next call.
 * Returns:   0; DNSMON_EIO; DNSMON_ENOMEM.
 */
int dm_config_read(const char *path, char **ret_text, size_t *ret_len, const char **ret_why);

#endif
