/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Blocks of lines through a monitor, with any number of threads.
 */
#ifndef DM_PLUGIN_DNSMON_CHAIN_H
#define DM_PLUGIN_DNSMON_CHAIN_H

#include "block.h"
#include "dnsmon/dnsmon.h"

struct chain;

/**
 * chain_new() - @threads: that parse; 1: the caller's own.   @text: events as text, else JSON.
 * Returns: NULL without memory or threads, which has been said.
 */
struct chain *chain_new(dnsmon_monitor_t *mon, int threads, bool text);

/** chain_take() - events are not printed but given to @take, which frees them and returns 0, or -1
 * to stop. */
void chain_take(struct chain *c, int (*take)(void *user, dnsmon_event_t *ev), void *user);

/** chain_free() - stop the threads.   @c: or NULL; before its monitor. */
void chain_free(struct chain *c);

/** chain_block() - the block to be filled next; waits for one, and prints the events of others. */
struct block *chain_block(struct chain *c);

/**
 * chain_submit() - the block is filled.
 * @scout:    stands in time where the block's input stood before it; goes over the block.
 * @front_us: as scout_block().
 * Returns:   0; -1 if events can no longer be written.
 */
int chain_submit(struct chain *c, dnsmon_feed_t *scout, int64_t *front_us);

/** chain_hold() - behind the block just submitted, lines from @time_us on are still to come from
 * any input: dnsmon_monitor_hold(). */
void chain_hold(struct chain *c, int64_t time_us);

/** chain_finish() - wait for all blocks, close all incidents, print the last events.
 * Returns: as chain_submit(). */
int chain_finish(struct chain *c);

#endif
