/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Events on their way out.
 */
#ifndef DM_PLUGIN_DNSMON_EMIT_H
#define DM_PLUGIN_DNSMON_EMIT_H

#include <stdbool.h>

#include "dnsmon/dnsmon.h"

/**
 * emit_events() - print all waiting events, and count them for the closing table.
 * @text:   as text, else JSON.
 * Returns: 0; -1 if they cannot be written, which has been said.
 */
int emit_events(dnsmon_monitor_t *mon, bool text);

#endif
