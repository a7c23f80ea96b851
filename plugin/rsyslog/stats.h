/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The counters of one action in impstats. */
#ifndef OM_STATS_H
#define OM_STATS_H

#include "instance.h"

/** One action's counters: the library's by their names and the module's own. Opaque. */
struct om_stats;

/**
 * om_stats_new() - register one object "omdnsmon" (the next ones "omdnsmon-2" and so on).
 * @number:  of the action in the configuration, from 1.
 * Returns:  the counters; NULL if they cannot be had, which hurts nothing else.
 */
struct om_stats *om_stats_new(struct om_instance *inst, unsigned number);

/** om_stats_update() - copy all values; impstats reads the copies.   Thread: the ticker's. */
void om_stats_update(struct om_instance *inst);

/** om_stats_free() - @stats: or NULL. */
void om_stats_free(struct om_stats *stats);

/** om_stats_module_init() / _exit() - rsyslog's objects that this file uses. */
rsRetVal om_stats_module_init(void);
void om_stats_module_exit(void);

#endif
