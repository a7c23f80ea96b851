/* SPDX-License-Identifier: GPL-2.0-or-later */
/** One thread's way into a monitor. */
#ifndef NG_SLOT_H
#define NG_SLOT_H

#include "options.h"

/** A feed and what its thread counts. Belongs to one thread at a time, but for the two counters. */
struct ng_slot {
    dnsmon_feed_t *feed;       /**< NULL: could not be had, lines are only counted */
    WorkerBatchCallback batch; /**< flushes the feed at the end of the thread's batch */
    bool batched;              /**< it is registered */
    bool dirty;                /**< lines were fed since the last flush */
    guint64 messages;          /**< messages given; written by the owner, read by anybody */
    guint64 looped;            /**< of them: events, not read */
};

/** ng_slot_setup() - once, before anything else.   Thread: main. */
void ng_slot_setup(void);

/** ng_slot_init() - open the feed.   @mon: outlives the slot. */
void ng_slot_init(struct ng_slot *slot, dnsmon_monitor_t *mon);

/** ng_slot_clear() - flush and close the feed.   Thread: the owner, or main without workers. */
void ng_slot_clear(struct ng_slot *slot);

/**
 * ng_slot_read() - one message in.
 * @text, @len: what the parser was given: the message's text or its template().
 * Returns:     true if it is an event, which has not been read.
 * Cost:        no lock, no allocation, as dnsmon_feed_message().
 */
bool ng_slot_read(struct ng_slot *slot, enum ng_input input, LogMessage *msg, const gchar *text,
                  gsize len);

/** ng_slot_flush() - hand over what the feed holds, if anything.   Thread: the owner. */
void ng_slot_flush(struct ng_slot *slot);

/** ng_slot_now() - the wall clock, µs since 1970. */
gint64 ng_slot_now(void);

#endif
