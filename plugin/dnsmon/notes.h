/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What somebody who sees no events, or wrong ones, should know.
 */
#ifndef DM_PLUGIN_DNSMON_NOTES_H
#define DM_PLUGIN_DNSMON_NOTES_H

#include <stdint.h>

#include "dnsmon/dnsmon.h"

/** notes_print() - on standard error, at the end, if something is strange. */
void notes_print(dnsmon_monitor_t *mon);

/** notes_sum() - the counters whose names begin with @head and end in @tail, added up. */
uint64_t notes_sum(dnsmon_monitor_t *mon, const char *head, const char *tail);

#endif
