/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A log that is followed by its name, as tail -F does.
 */
#ifndef DM_PLUGIN_DNSMON_TAIL_H
#define DM_PLUGIN_DNSMON_TAIL_H

#include "block.h"
#include "dnsmon/dnsmon.h"
#include "generation.h"
#include "watch.h"

/** Files of one name that are open at a time, and names of lost ones. Own choice: logs that are
 * rotated every ten seconds. */
#define TAIL_GENERATIONS 32

/** Files that have been read are remembered, so that a rotated log whose new name is followed, too,
 * is not read again; own choice: a month of daily rotations of several logs. */
#define TAIL_SEEN 256

/** The files that have been read by any of the tails. */
struct seen {
    struct identity ids[TAIL_SEEN];
    unsigned n; /**< that have ever been added */
};

/** One log of the command line. */
struct tail {
    const char *path;
    char *folder;     /**< the path's; owned */
    const char *base; /**< its last part */
    int watch;        /**< of the folder */
    struct seen *seen;
    struct generation *all[TAIL_GENERATIONS]; /**< the oldest first */
    int n;
    bool current;                  /**< the last one of them has the name */
    char *moved[TAIL_GENERATIONS]; /**< what files that had the name are called now; owned */
    int n_moved;
    struct identity skipped; /**< has the name, but is not to be read */
    int said;                /**< errno of the complaint about it; 0: none */
    struct reader archive;   /**< compressed: read to its end once, and not followed */
    struct block ahead;      /**< read, not yet classified */
    dnsmon_feed_t *scout;    /**< sense of time of its lines; NULL: none has been read */
    int64_t front_us;        /**< time that @ahead begins at; 0: not known */
    uint64_t bytes;          /**< handed out */
};

/**
 * tail_open() - look for the log; that it is not there yet is no error.
 * Returns: 0; -1 if it can never be followed, which has been said.
 */
int tail_open(struct tail *t, const char *path, struct seen *seen, struct watch *w);

/** tail_close() - Returns: 0; -1 if a compressed one could not be read to its end. */
int tail_close(struct tail *t, struct watch *w);

/** tail_renamed() - in the folder a name has become another one. */
void tail_renamed(struct tail *t, int folder, const char *from, const char *to);

/** tail_look_moved() - files that had the name between two looks; of all tails before tail_look()
 * of any, so that they do not seem to be new under the name that they have now. */
void tail_look_moved(struct tail *t, struct watch *w, int64_t now_ms);

/** tail_look() - which file has the name now?   @now_ms: any clock that never goes back. */
void tail_look(struct tail *t, struct watch *w, int64_t now_ms);

/** tail_limit() - what its files hold now may be read, and no more before the next call: what one
 * of them gets later may be behind what another one has got meanwhile. */
void tail_limit(struct tail *t);

/**
 * tail_fill() - fill @ahead, if it is empty and there is something.
 * Returns: 0; -1 without memory, which has been said.
 */
int tail_fill(struct tail *t, struct watch *w, int64_t now_ms);

/** tail_left() - bytes that are still to be read of what has its name. */
uint64_t tail_left(const struct tail *t);

#endif
