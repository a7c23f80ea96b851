/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Events that wait for their destination, and the thread that takes them there.
 */
#ifndef DM_PLUGIN_DNSMON_OUTBOX_H
#define DM_PLUGIN_DNSMON_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"
#include "sink.h"

struct outbox;

/** How it goes. */
struct outbox_state {
    size_t waiting;     /**< not delivered yet */
    uint64_t delivered; /**< since the start */
    uint64_t lost;      /**< given up */
    bool away;          /**< the last attempt failed; why says how */
    char why[SINK_WHY];
};

/** outbox_new() - @sink: taken, also on failure.   Returns: NULL without memory or thread. */
struct outbox *outbox_new(struct sink *sink);

/** outbox_start() - begin to deliver.   Returns: 0; -1. */
int outbox_start(struct outbox *o);

/** outbox_push() - @f: taken. */
void outbox_push(struct outbox *o, struct finding *f);

/** outbox_drop() - give up the oldest until no more than @limit wait. */
void outbox_drop(struct outbox *o, size_t limit);

/** outbox_reap() - the findings that were delivered since the last call, to be freed; or NULL. */
struct finding *outbox_reap(struct outbox *o);

/** outbox_each() - call for everything that has not been reaped, oldest first, under the lock. */
int outbox_each(struct outbox *o, int (*call)(void *user, const struct finding *f), void *user);

/** outbox_reopen() - open the destination anew before the next event. */
void outbox_reopen(struct outbox *o);

void outbox_look(struct outbox *o, struct outbox_state *ret);

/** outbox_fd() - readable when something was delivered; outbox_reap() empties it. */
int outbox_fd(const struct outbox *o);

/**
 * outbox_finish() - wait until all is delivered, for @ms at most, and stop.
 * The thread may still hang in a call: the outbox's memory is then left to the end of the process,
 * which has to follow.
 */
void outbox_finish(struct outbox *o, int ms);
void outbox_free(struct outbox *o);

#endif
