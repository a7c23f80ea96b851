/* SPDX-License-Identifier: GPL-2.0-or-later */
/** Events out and snapshots to the state file, in the order of common/keep.c. */
#ifndef NG_KEEP_H
#define NG_KEEP_H

#include "../common/keep.h"
#include "syslogng_api.h"

/** Where the thread that writes stands. */
enum ng_keep_phase {
    NG_KEEP_REST,  /**< nothing to do */
    NG_KEEP_WRITE, /**< it writes: nobody else uses what it writes from */
    NG_KEEP_DONE,  /**< it has written, the events are to be sent */
};

/** A state file and the thread that writes it. Main thread only, unless said. */
struct ng_keep {
    struct dm_keep keep; /**< the thread's while it writes */
    GThread *thread;     /**< NULL: none runs */
    GMutex lock;         /**< guards the two below */
    GCond moved;         /**< with lock: one of them has changed */
    enum ng_keep_phase phase;
    bool stop; /**< the thread shall end */
};

/** ng_keep_init() - set up, and take up the state file.   @path: borrowed until ng_keep_stop().
 * The others as in dm_keep_init(). */
void ng_keep_init(struct ng_keep *self, const struct dm_keep_host *calls, void *host,
                  dnsmon_monitor_t *mon, const gchar *path);

/** ng_keep_clear() - release it; it is stopped. */
void ng_keep_clear(struct ng_keep *self);

/** ng_keep_start() - start the thread, if there is a state file.   @path: as above. */
void ng_keep_start(struct ng_keep *self, const gchar *path);

/** ng_keep_tick() - what is due now.   @waiting: events that wait.
 * Returns: whether something is under way that should be looked at soon. */
bool ng_keep_tick(struct ng_keep *self, int waiting);

/** ng_keep_settle() - wait until the thread does not write, and send what is due then. */
void ng_keep_settle(struct ng_keep *self);

/** ng_keep_stop() - the last snapshot; the thread ends. Nothing is sent. */
void ng_keep_stop(struct ng_keep *self);

/** ng_keep_say() - what dm_keep_host's say() is here. */
void ng_keep_say(void *host, enum dm_keep_news news, const char *text);

#endif
