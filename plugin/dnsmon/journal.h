/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The journal of a state folder: records that are appended, and read again after a crash.
 */
#ifndef DM_PLUGIN_DNSMON_JOURNAL_H
#define DM_PLUGIN_DNSMON_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that hold any reason. */
#define JOURNAL_WHY 512

/** What a record says. */
enum journal_type {
    JOURNAL_BASE = 1, /**< the first one: number of the state file that it continues, one byte */
    JOURNAL_LINES,    /**< lines that were taken, each with its newline but perhaps the last */
    JOURNAL_TIME,     /**< the wall clock that the monitor was told, µs, 8 bytes */
    JOURNAL_EVENT,    /**< an event that waited when the journal was begun: a finding's blob */
    JOURNAL_SENT,     /**< an event that was delivered: its hash, 8 bytes */
    JOURNAL_START,    /**< a process took the folder over; no bytes */
    JOURNAL_TYPES
};

/** One open journal. */
struct journal {
    char *dir;
    int dir_fd, lock_fd, fd; /* -1: closed */
    uint64_t bytes;          /**< of the journal */
    uint64_t base_bytes;     /**< of the state file that it continues */
    int base;                /**< its number, 0 or 1; -1: none */
    bool sync;
    bool torn; /* bytes behind the last record that are to be cut off before another */
};

/**
 * journal_open() - open a folder, make it if it is not there, and wait until no other process uses
 * it. What a crash has cut at the journal's end is cut off.
 * @sync:   lines are on the disk, not only in the kernel, when they count as written.
 * Returns: 0; -1: @why, of JOURNAL_WHY bytes, says what is wrong.
 */
int journal_open(struct journal *j, const char *dir, bool sync, char *why);
void journal_close(struct journal *j);

/** journal_each() - call for each record.   Returns: 0, or what a call returned that was not 0. */
int journal_each(struct journal *j,
                 int (*call)(void *user, enum journal_type type, const char *p, size_t n),
                 void *user);

/** journal_add() - append a record.   Returns: 0; -1 with errno, and nothing was appended. */
int journal_add(struct journal *j, enum journal_type type, const void *p, size_t n);

/** journal_path() - of state file @number.   Returns: to be released with free(); NULL. */
char *journal_path(const struct journal *j, int number);

/** journal_next() - the number that the next state file gets. */
int journal_next(const struct journal *j);

/**
 * journal_begin() - a new journal on state file journal_next(), which has been written.
 * Records go into it; until journal_commit() a crash finds the old one.
 * @ret_old: for journal_commit() or journal_abandon().   Returns: 0; -1 with errno.
 */
int journal_begin(struct journal *j, struct journal *ret_old);
/** journal_commit() - the old journal and its state file go.   Returns: 0; -1 with errno. */
int journal_commit(struct journal *j, struct journal *old);
/** journal_abandon() - back to the old journal. */
void journal_abandon(struct journal *j, const struct journal *old);

#endif
