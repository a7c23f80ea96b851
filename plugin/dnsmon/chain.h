/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Blocks of lines through a monitor, with any number of threads.
 */
#ifndef DM_PLUGIN_DNSMON_CHAIN_H
#define DM_PLUGIN_DNSMON_CHAIN_H

#include "block.h"
#include "dnsmon/dnsmon.h"

struct chain;

/** A block on its way, as whoever fills it sees it. */
struct load {
    struct block *block; /**< to be filled; its memory is used again */
    dnsmon_feed_t *feed; /**< will parse it: to stand in time where the block's input stood */
    int64_t hold_us;   /**< behind this block, lines from here on are still to come from any input:
                          dnsmon_monitor_hold(); INT64_MAX: no such thing */
    uint64_t position; /**< of the caller's own, for chain_step() */
};

/** What chain_new() asks for. */
struct chain_setup {
    int threads; /**< that work, the caller's among them */
    bool text;   /**< events are printed as text, else as JSON */
    /** Events are not printed but given to this, which frees them and returns 0, or -1 to stop; by
     * the caller's thread.   NULL: they are printed. */
    int (*take)(void *take_user, dnsmon_event_t *ev);
    void *take_user;
    /** The next block.   Returns: false at the end, for good.   Thread: any, one at a time; none
     * after the end. */
    bool (*fill)(void *fill_user, struct load *load);
    void *fill_user;
};

/** chain_new() - Returns: NULL without memory or threads, which has been said. */
struct chain *chain_new(dnsmon_monitor_t *mon, const struct chain_setup *setup);

/** chain_free() - stop the threads.   @c: or NULL; before its monitor. */
void chain_free(struct chain *c);

/**
 * chain_step() - work until a block has been handed over to the monitor and its events are out.
 * @ret_position: what was said when it was filled.
 * Returns:       1; 0: there are no more blocks; -1: events can no longer be written.
 */
int chain_step(struct chain *c, uint64_t *ret_position);

/** chain_finish() - close all incidents, print the last events.   Returns: 0; as chain_step(). */
int chain_finish(struct chain *c);

#endif
