/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a monitor and its feeds share.
 *
 * Concurrency & Locking. A feed is used by one thread at a time and parses without a lock. Its
 * batch is handed over, sequenced and classified under monitor.lock; events are queued there and
 * taken, encoded and sent by whoever asks, without it. `gen` is read without the lock: a feed sees
 * a new configuration at its next flush.
 */
#ifndef DM_MONITOR_MONITOR_H
#define DM_MONITOR_MONITOR_H

#include <glib.h>

#include "dns/name.h"
#include "monitor/engine.h"
#include "parse/parser.h"
#include "stream/observe.h"
#include "stream/sequencer.h"

/** What feeds count, beside the parsers' own counts. */
struct dm_feed_counts {
    struct dm_parse_counts parse;
    uint64_t observed; /**< records that became an observation */
    uint64_t unread;   /**< records that no detector reads, outsiders among them */
};

/** Most events that wait in a live host, of about 5 KB each (own choice: three outbreaks of 5,000
 * clients; whoever leaves more has stopped taking them). A replay takes them at every flush. */
#define DM_WAITING_MAX 16384

/** Behind dnsmon_monitor_t. */
struct dnsmon_monitor {
    GMutex lock;
    unsigned flags;
    struct dnsmon_config *cfg;
    int gen; /* atomic: number of the configuration */
    int year;
    struct dm_psl *psl;
    struct dm_hashkey key;
    struct dm_intern *hosts;
    struct dm_sequencer *seq;
    struct dm_engine *engine;
    struct dnsmon_event *first, *last; /* waiting events, oldest first */
    int waiting;                       /* atomic: their number */
    bool unbounded;                    /* DM_WAITING_MAX does not hold */
    uint64_t dropped;                  /* events for which DM_WAITING_MAX left no room */
    struct dm_feed_counts counts;
    struct dm_recorder *recorder; /* what dnsmon_monitor_figures() gives; NULL: not asked for */
    GMutex save_lock;             /* a state file is being written; taken before lock */
    uint16_t told;    /* events of that file that have been delivered; guarded by save_lock */
    uint16_t in_file; /* events in the file saved last; guarded by save_lock */
};

/** What a state file replaces. */
struct dm_monitor_parts {
    struct dm_hashkey key;
    struct dm_intern *hosts;
    struct dm_sequencer *seq;
    struct dm_engine *engine;
};

/** dm_monitor_open_parts() - empty ones with @parts->key, for the configuration of now.
 * Returns: 0; DNSMON_ENOMEM. Either way dm_monitor_free_parts() follows. */
int dm_monitor_open_parts(struct dnsmon_monitor *mon, struct dm_monitor_parts *parts);

/** dm_monitor_swap_parts() - exchange them with the monitor's.   Thread: holds the lock. */
void dm_monitor_swap_parts(struct dnsmon_monitor *mon, struct dm_monitor_parts *parts);
void dm_monitor_free_parts(struct dm_monitor_parts *parts);

/** dm_monitor_put_event() - the newest of the waiting events; the monitor's from here on.
 * Thread: holds the lock. */
void dm_monitor_put_event(struct dnsmon_monitor *mon, struct dnsmon_event *ev);

/** dm_monitor_take() - a feed's batch and counts, which are empty afterwards; classify what is due.
 * @key, @hosts: with which the feed hashed, which numbers its log hosts have.
 * Thread: any; takes the lock. */
void dm_monitor_take(struct dnsmon_monitor *mon, struct dm_batch *batch,
                     struct dm_feed_counts *counts, const struct dm_hashkey *key,
                     const struct dm_intern *hosts, int64_t wall_us);

#endif
