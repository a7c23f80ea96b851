/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mistakes that are in two keys together.
 */
#ifndef DM_MONITOR_CONFIG_PAIRS_H
#define DM_MONITOR_CONFIG_PAIRS_H

#include <stddef.h>

#include "monitor/settings.h"

/** dm_config_pairs() - thresholds of which one has to be below the other, and addresses that stand
 * in two entries of [hosts].   Returns: 0; DNSMON_ECONFIG with @why; DNSMON_ENOMEM. */
int dm_config_pairs(const struct dm_settings *set, char *why, size_t why_len);

#endif
