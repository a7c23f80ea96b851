/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The closing table of a replay, on standard error; without summary_start() nothing happens.
 */
#ifndef DM_PLUGIN_DNSMON_SUMMARY_H
#define DM_PLUGIN_DNSMON_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "dnsmon/dnsmon.h"

/** summary_start() - the clock runs.   @asked: --summary; otherwise only on a terminal. */
void summary_start(bool asked);

/** summary_time() - @time_us: of some line; the earliest and the latest are the table's span. */
void summary_time(int64_t time_us);

/** summary_event() - count an incident by its last word. */
void summary_event(const dnsmon_event_t *ev);

/** summary_print() - @bytes: that were read, of compressed files compressed. */
void summary_print(dnsmon_monitor_t *mon, uint64_t bytes);

#endif
