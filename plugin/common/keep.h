/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Snapshots to a state file and events out, in the order that loses neither; see keep.c. */
#ifndef DM_COMMON_KEEP_H
#define DM_COMMON_KEEP_H

#include <dnsmon/dnsmon.h>
#include <stdbool.h>
#include <stdint.h>

/** How often a host looks at what is on its way, ms. What dies in between is sent again, the same
 * to the byte; own choice. */
#define DM_KEEP_POLL_MS 10

/** What a host has to say of a snapshot. */
enum dm_keep_news {
    DM_KEEP_FAILED,  /**< it could not be written; @text: why */
    DM_KEEP_MENDED,  /**< it is written again; @text: the file */
    DM_KEEP_REFUSED, /**< at the start: nothing could be read; @text: why */
    DM_KEEP_ASIDE,   /**< the damaged file is kept; @text: under this name */
};

/** What the daemon does. All are called with the @host of dm_keep_init(). */
struct dm_keep_host {
    /** One event out. @ret_flight: if not NULL, something by which is_done() can tell when whoever
     * gets the event is done with it; left alone if that is so already or cannot be known. The
     * event stays the caller's. */
    void (*send)(void *host, const dnsmon_event_t *ev, void **ret_flight);
    bool (*is_done)(const void *flight); /**< whoever gets the event has it */
    void (*release)(void *flight);       /**< nobody asks for it any more */
    void (*say)(void *host, enum dm_keep_news news, const char *text); /**< to the daemon's log */
};

struct dm_flight;

/** One state file, or none. Not locked: the host says which thread calls. Times are
 * CLOCK_MONOTONIC. */
struct dm_keep {
    const struct dm_keep_host *calls;
    void *host;               /**< for them */
    dnsmon_monitor_t *mon;    /**< borrowed */
    const char *path;         /**< borrowed; NULL: there is no file, events go out at once */
    struct dm_flight *flying; /**< events on their way, oldest first */
    int64_t flown_ms;         /**< when the last of them was sent */
    int64_t rest_until_ms;    /**< no snapshot for events before this */
    int64_t due_ms;           /**< one whatever happens */
    int events;               /**< in the last snapshot and not sent; negative: it failed */
    bool kept;                /**< the last snapshot was written */
    bool failed;              /**< it was not, and that was said */
    bool ending;              /**< what is sent is waited for, though there may be no file */
    char why[DNSMON_ERRLEN];  /**< why it failed */
    bool asked;               /**< one is asked for; atomic, and so not beside the others, which
                                   the compiler reads together */
};

/** dm_keep_init() - set up.   @keep: zeroed.   @path: borrowed; NULL: none. */
void dm_keep_init(struct dm_keep *keep, const struct dm_keep_host *calls, void *host,
                  dnsmon_monitor_t *mon, const char *path);

/** dm_keep_load() - take up the state file, if there is one; before any line. A damaged one is
 * kept aside. */
void dm_keep_load(struct dm_keep *keep);

/** dm_keep_request() - a snapshot as soon as may be.   Thread: any. */
void dm_keep_request(struct dm_keep *keep);

/** dm_keep_look() - tell the state file of what has arrived.
 * Returns: whether nothing is on its way any more, or has been waited for long enough. */
bool dm_keep_look(struct dm_keep *keep);

/** dm_keep_wait() - dm_keep_look() until nothing is on its way, at most so long.   @most_ms: ms. */
void dm_keep_wait(struct dm_keep *keep, int64_t most_ms);

/** dm_keep_give_up() - what is on its way counts as arrived. */
void dm_keep_give_up(struct dm_keep *keep);

/** dm_keep_is_due() - whether a snapshot is to be made now.   @waiting: events that wait. */
bool dm_keep_is_due(const struct dm_keep *keep, int waiting);

/**
 * dm_keep_write() - make a snapshot. Nothing is on its way. dm_keep_send() follows, and no other
 * call before it.
 * Thread: any, if no other uses @keep meanwhile. It waits for the disk.
 */
void dm_keep_write(struct dm_keep *keep);

/** dm_keep_send() - say what became of the snapshot, and send the events that are in it; all that
 * wait if it failed or there is no state file. */
void dm_keep_send(struct dm_keep *keep);

/** dm_keep_close() - the last snapshot, of what waits; what is on its way counts as arrived. */
void dm_keep_close(struct dm_keep *keep);

#endif
