/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the administrator says about the site: who is inside, who does what, who is responsible,
 * what day it is there. Immutable once built.
 */
#ifndef DM_SITE_SITE_H
#define DM_SITE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/addr.h"
#include "util/localtime.h"
#include "util/slice.h"

/** What a client is by configuration; [roles] has a key for each but USER. */
enum dm_role {
    DM_ROLE_USER, /**< nothing said: PCs, phones, printers */
    DM_ROLE_MAIL_SERVER,
    DM_ROLE_LIST_HOST,
    DM_ROLE_RESOLVER,
    DM_ROLE_FORWARDER,
    DM_ROLE_MONITOR,
    DM_ROLE_APP_SERVER,
    DM_ROLE_COUNT
};

struct dm_site;

/** dm_role_name() - such as "mail-server", "user".   Returns: a constant. */
const char *dm_role_name(enum dm_role role);

/** dm_site_inside() - whether an address is in [site] networks (default: private, loopback,
 * link-local and unique-local ranges).   Cost: O(128) at worst, no allocation. */
bool dm_site_inside(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_role() - by longest prefix; the same prefix in two roles is a configuration error. */
enum dm_role dm_site_role(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_manager() - who is responsible, by longest prefix.   Returns: text of the site's, NULL. */
const char *dm_site_manager(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_local() - whether a name in normal form is under one of [site] domains. */
bool dm_site_local(const struct dm_site *site, struct dm_slice name);

/** dm_site_host_addr() - the @index'th address of a syslog host name ([hosts]).
 * Returns: false if there is none. */
bool dm_site_host_addr(const struct dm_site *site, struct dm_slice host, unsigned index,
                       struct dm_addr *ret);

/** dm_site_zone() - its time zone; lives as long as the site. */
struct dm_zone *dm_site_zone(const struct dm_site *site);

/** dm_site_is_holiday() - Saturday, Sunday or a configured holiday; @day as of dm_zone_day(). */
bool dm_site_is_holiday(const struct dm_site *site, int32_t day);

#endif
