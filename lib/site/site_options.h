/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The configuration keys that describe the site: [site], [roles], [hosts], [managers].
 */
#ifndef DM_SITE_SITE_OPTIONS_H
#define DM_SITE_SITE_OPTIONS_H

#include "site/site.h"
#include "util/option.h"

/** Rows of [site], in this order. */
enum dm_site_key {
    DM_SITE_NETWORKS,
    DM_SITE_DOMAINS,
    DM_SITE_SUBDOMAINS,
    DM_SITE_TIMEZONE,
    DM_SITE_HOLIDAYS,
    DM_SITE_HOLIDAYS_FILE,
    DM_SITE_KEY_COUNT
};

/** The rows of [site]. */
extern const struct dm_option dm_site_rows[DM_SITE_KEY_COUNT];

/** Rows of [roles]: the row of enum dm_role r is dm_role_rows[r - 1]. */
extern const struct dm_option dm_role_rows[DM_ROLE_COUNT - 1];

/** [hosts] and [managers]: the key is the user's; one row stands for all. */
extern const struct dm_option dm_host_row[1];
extern const struct dm_option dm_manager_row[1];

/** Longest [managers] value, bytes: what an event can carry. */
#define DM_MANAGER_MAX 255

#endif
