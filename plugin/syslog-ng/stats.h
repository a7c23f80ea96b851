/* SPDX-License-Identifier: GPL-2.0-or-later */
/** Counters of one dnsmon() in `syslog-ng-ctl stats`. */
#ifndef NG_STATS_H
#define NG_STATS_H

#include "state.h"

/** ng_stats_new() - register every counter.   @state: outlives them.   Thread: main. */
struct ng_stats *ng_stats_new(struct ng_state *state);

/** ng_stats_free() - unregister them.   @stats: or NULL.   Thread: main. */
void ng_stats_free(struct ng_stats *stats);

/** ng_stats_update() - bring them up to date.   Thread: main. */
void ng_stats_update(struct ng_state *state);

#endif
