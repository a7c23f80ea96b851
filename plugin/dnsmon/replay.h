/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Old logs through the chain, for replay and for report.
 */
#ifndef DM_PLUGIN_DNSMON_REPLAY_H
#define DM_PLUGIN_DNSMON_REPLAY_H

#include "logs.h"
#include "options.h"

/** replay_sort() - logs_sort() of the files that were given; none: of standard input.
 * Returns: as logs_sort(); -1 has been said. */
int replay_sort(dnsmon_monitor_t *mon, const struct options *o, struct log **ret_logs,
                bool *ret_failed);

/** replay_logs() - through @mon, to the end; events are printed, or go to o->take.
 * Returns: the exit status. */
int replay_logs(dnsmon_monitor_t *mon, const struct options *o, struct log *logs, int n);

#endif
