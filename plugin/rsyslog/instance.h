/* SPDX-License-Identifier: GPL-3.0-or-later */
/** One omdnsmon action: its parameters, its monitor, its workers and its ticker thread. */
#ifndef OM_INSTANCE_H
#define OM_INSTANCE_H

#include "rsyslog_api.h"

#include <dnsmon/dnsmon.h>
#include <stdbool.h>

#include "../common/keep.h"
#include "stamp.h"

/** The file that is read when the action names none. */
#define OM_DEFAULT_CONFIG "/etc/dnsmon/dnsmon.conf"

/** Where a worker takes its lines from. */
enum om_input {
    OM_INPUT_MESSAGE, /**< the text of the message and its header */
    OM_INPUT_JSON,    /**< the message's $! tree */
};

struct om_instance;

/** A queue worker's way into the monitor; rsyslog's wrkrInstanceData. */
struct om_worker {
    struct om_instance *pData; /**< the action; the name is rsyslog's */
    struct om_worker *next;    /**< in the action's list; guarded by the action's lock */
    pthread_mutex_t lock;      /**< guards all below; the worker and, at a tick, the ticker */
    dnsmon_feed_t *feed;       /**< NULL: could not be had, lines are only counted */
    bool dirty;                /**< lines were fed since the last flush */
    uint64_t messages;         /**< messages given to this worker */
    uint64_t looped;           /**< of them: events, not read */
    struct om_stamp stamp;     /**< memory of the last time stamp */
};

/** One action; rsyslog's instanceData. */
struct om_instance {
    struct om_instance *next; /**< in the module's list, in the order of the configuration */
    char *config;             /**< configuration file; NULL: every key at its default */
    char *ruleset_name;       /**< where events go */
    char *statefile;          /**< or NULL */
    char *tag;                /**< of the injected messages */
    enum om_input input;      /**< where lines come from */
    int facility;             /**< of the injected messages, shifted as in <syslog.h> */
    int severity;             /**< of the injected messages; -1: from the level */
    ruleset_t *ruleset;       /**< ruleset_name, found; borrowed; NULL: not found */

    dnsmon_config_t *cfg;  /**< read at configuration time; given to the monitor */
    dnsmon_monitor_t *mon; /**< NULL: the action is not active */

    pthread_mutex_t lock;      /**< guards workers, stop and the sums; taken before a worker's */
    pthread_cond_t wake;       /**< with lock: stop was set */
    struct om_worker *workers; /**< the living ones */
    bool stop;                 /**< the ticker shall end */
    bool finished;             /**< the end was told to the monitor, and no line came since */
    bool ticking;              /**< the ticker runs */
    pthread_t ticker;          /**< if ticking */
    uint64_t messages;         /**< of the workers that are gone */
    uint64_t looped;           /**< of the workers that are gone */

    pthread_mutex_t emit; /**< one thread at a time takes events out, so that they stay in order */
    struct om_stats *stats; /**< counters for impstats; NULL: none */
    uint64_t injected;      /**< events that the ruleset took; guarded by emit */
    uint64_t dropped;       /**< events that its queue had no room for; guarded by emit */

    struct dm_keep keep; /**< snapshots, see common/keep.c; guarded by emit */
};

/** om_instance_init() - defaults into a zeroed action.   Returns: RS_RET_OK or an error. */
rsRetVal om_instance_init(struct om_instance *inst);

/**
 * om_instance_configure() - read the configuration file; at configuration time and at SIGHUP.
 * @ret_cfg: on success the configuration; the caller's.
 * Returns:  RS_RET_OK; an error after one message that names file, line, key and remedy.
 */
rsRetVal om_instance_configure(struct om_instance *inst, dnsmon_config_t **ret_cfg);

/**
 * om_instance_start() - open the monitor, take up the saved state, start the ticker.
 * @number:  of the action in the configuration, from 1; for the name of its counters.
 * Call it after fork and privilege drop: a thread made earlier would be gone.
 * Returns: RS_RET_OK; an error after a message, and then the action stays inactive.
 */
rsRetVal om_instance_start(struct om_instance *inst, unsigned number);

/** om_instance_reload() - SIGHUP: a new configuration, or a message and the old one.
 * Thread: main, beside the workers. */
void om_instance_reload(struct om_instance *inst);

/** om_instance_clear() - stop the ticker, save the state, release all but the structure itself.
 * Thread: main, when no worker is left (or was cancelled). */
void om_instance_clear(struct om_instance *inst);

/** om_worker_open() - a new worker's feed.   Returns: RS_RET_OK. */
rsRetVal om_worker_open(struct om_worker *worker);

/** om_worker_close() - flush, close; the last worker after the end of all inputs says so to the
 * monitor and injects the last events. */
void om_worker_close(struct om_worker *worker);

/** om_instance_module_init() / _exit() - rsyslog's objects that this file uses. */
rsRetVal om_instance_module_init(void);
void om_instance_module_exit(void);

#endif
