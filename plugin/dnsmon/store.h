/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A live monitor whose lines survive the process.
 */
#ifndef DM_PLUGIN_DNSMON_STORE_H
#define DM_PLUGIN_DNSMON_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"
#include "dnsmon/dnsmon.h"
#include "journal.h"
#include "outbox.h"
#include "protocol.h"

/** Bytes that hold any reason. */
#define STORE_WHY (DNSMON_ERRLEN + JOURNAL_WHY)

struct store {
    dnsmon_monitor_t *mon; /**< borrowed */
    dnsmon_feed_t *feed;
    struct outbox *out;        /**< borrowed: where the monitor's events go */
    struct protocol *protocol; /**< borrowed: hears which lines are in doubt */
    struct journal journal;
    bool kept;       /**< there is a state folder */
    uint64_t lines;  /**< in the journal */
    uint64_t max;    /**< lines after which the state is saved */
    int64_t wall_us; /**< what the monitor was told last */
    uint64_t unkept; /**< events that there was no memory for */
    uint64_t *sent;  /**< events that the process before has delivered, sorted */
    size_t n_sent, cap_sent;
};

/**
 * store_open() - take up what the process before has left.
 * @dir:    state folder; NULL: nothing is kept.   @max_lines: 0: the default.
 * @why:    STORE_WHY bytes: what is wrong, or if it begins so, what could not be read.
 * Returns: 0; 1: open, and @why has a note; -1.
 */
int store_open(struct store *s, const char *dir, bool sync, uint64_t max_lines, char *why);
void store_close(struct store *s);

/**
 * store_lines() - take lines for good.
 * @anyway: take them, though not for good, if the journal cannot be written.
 * Returns: 0; -1 with errno: the journal cannot be written.
 */
int store_lines(struct store *s, const struct block *lines, bool anyway);

/** store_advance() - tell the monitor the time; what it found goes to the outbox. */
void store_advance(struct store *s, int64_t wall_us);

/** store_sent() - findings that were delivered, which are freed. */
void store_sent(struct store *s, struct finding *list);

/** store_is_due() - whether the journal is long enough for store_save(); @badly: four times so. */
bool store_is_due(const struct store *s, bool badly);

/** store_save() - save the state, begin a new journal.   Returns: 0; -1 and @why (STORE_WHY). */
int store_save(struct store *s, char *why);

/**
 * store_finish() - the input has ended: everything is classified.
 * @save:   save the state before.   Returns: as store_save().
 */
int store_finish(struct store *s, bool save, char *why);

#endif
