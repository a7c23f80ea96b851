/* SPDX-License-Identifier: GPL-2.0-or-later */
/** What one dnsmon() knows: it outlives the configuration that it stands in. */
#ifndef NG_STATE_H
#define NG_STATE_H

#include "keep.h"
#include "options.h"
#include "slot.h"

/** Numbers of worker threads: 3 kinds of 64 in 3.38, 256 in 4.x. */
#define NG_SLOTS 256

struct ng_stats;

/** A monitor, its feeds and its clock. Changed by the main thread while no worker runs, unless
 * said. */
struct ng_state {
    struct ng_state *next;    /**< in the module's list */
    gchar *key;               /**< name of the parser, for the next configuration */
    dnsmon_monitor_t *mon;    /**< never NULL */
    struct ng_options *owner; /**< the dnsmon() that uses it; NULL between configurations */
    guint users;              /**< initialised parsers of that dnsmon() */
    LogPipe *outlet;          /**< where events leave: the first of them; NULL without users */
    struct ng_slot *slot[NG_SLOTS]; /**< by thread number; set by that thread, read by anybody */
    GMutex lock;                    /**< guards shared */
    struct ng_slot shared;          /**< of all threads without a number; has no batches */
    struct iv_timer timer;          /**< the tick, while there are users */
    time_t counted;                 /**< second in which the counters were brought up to date */
    struct ng_keep keep;            /**< the state file, and events on their way */
    gint ending;                    /**< syslog-ng is about to end; atomic */
    struct timespec last_word;      /**< when the last word about incidents is due; ivykis' time */
    bool closed;                    /**< it has been said */
    struct ng_stats *stats;         /**< counters, while there are users */
    guint64 emitted;                /**< events that went down the log path; atomic */
};

/** ng_state_setup() - the hooks of the module; once.   Thread: main. */
void ng_state_setup(void);

/**
 * ng_state_attach() - a parser is initialised: find its state by name, or open one.
 * @options: what stands in the configuration; its state is set.
 * @name:    the parser's name.
 * @pipe:    the parser; borrowed until ng_state_detach().
 * Returns:  false after a message.   Thread: main, no worker runs.
 */
bool ng_state_attach(struct ng_options *options, const gchar *name, LogPipe *pipe);

/** ng_state_detach() - the parser is deinitialised; after the last one the state file is written.
 * Nothing is emitted: the pipes behind may be gone.   Thread: main, no worker runs. */
void ng_state_detach(struct ng_options *options, LogPipe *pipe);

/** ng_state_read() - one message in.   Returns: true if it is an event.   Thread: any. */
bool ng_state_read(struct ng_state *state, LogMessage *msg, const gchar *text, gsize len);

#endif
