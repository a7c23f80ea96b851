/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From settings to the site.
 */
#ifndef DM_MONITOR_CONFIG_SITE_H
#define DM_MONITOR_CONFIG_SITE_H

#include <stddef.h>

#include "monitor/settings.h"
#include "site/site.h"

/**
 * dm_config_site() - build the site.
 * @ret:     sealed; free with dm_site_free().
 * Returns:  0; DNSMON_ECONFIG with @why; DNSMON_ENOMEM.
 */
int dm_config_site(const struct dm_settings *set, struct dm_site **ret, char *why, size_t why_len);

#endif
