/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon replay --follow: what the logs hold already, then what comes, until SIGINT or SIGTERM.
 */
#ifndef DM_PLUGIN_DNSMON_FOLLOW_H
#define DM_PLUGIN_DNSMON_FOLLOW_H

#include "command.h"
#include "dnsmon/dnsmon.h"
#include "options.h"

/** follow_check() - Returns: EXIT_DONE; EXIT_USAGE if these options do not go together, which has
 * been said. */
int follow_check(const struct command *cmd, const struct options *o);

/** follow_logs() - @mon: a live one.   Returns: the exit status. */
int follow_logs(dnsmon_monitor_t *mon, const struct options *o);

#endif
