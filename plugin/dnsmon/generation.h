/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One generation of a followed log: the file that a name led to at some time, whatever its name is
 * now.
 */
#ifndef DM_PLUGIN_DNSMON_GENERATION_H
#define DM_PLUGIN_DNSMON_GENERATION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "block.h"

/** What tells files apart, also where a number is used again for a new file. */
struct identity {
    dev_t dev;
    ino_t ino;
    int64_t born_ns; /**< 0: the file system does not know */
};

/** Bytes in front of the place up to which a file has been read that are compared before it is read
 * on; own choice: a time stamp and some more. */
#define GENERATION_LAST 64

/** An open file on its way into blocks of whole lines. */
struct generation {
    struct identity id;
    int fd;
    int watch;                  /**< number of watch_file(), or -1 */
    uint64_t offset;            /**< bytes read */
    uint64_t limit;             /**< it is read no further, bytes */
    int64_t since_ms;           /**< when something was last read, or its name was lost */
    struct block rest;          /**< a line that has not been written to its end */
    bool skipping;              /**< inside a line that is too long */
    char last[GENERATION_LAST]; /**< the last bytes read */
    size_t n_last;
};

/** identity_of() - of a regular file.   @path: NULL: @fd is it.   Returns: 0; -1, and errno. */
int identity_of(int fd, const char *path, struct identity *ret);
bool identity_same(const struct identity *a, const struct identity *b);

/** generation_new() - @fd: is closed by generation_free().   Returns: NULL without memory. */
struct generation *generation_new(int fd, const struct identity *id);
void generation_free(struct generation *g);

/**
 * generation_read() - the next whole lines.
 * @name:   for messages.
 * @now_ms: of the clock that since_ms is of.
 * @b:      its memory is used again.
 * Returns: 1; 0: it has been read to its end or limit; -1 without memory, which has been said.
 */
int generation_read(struct generation *g, const char *name, int64_t now_ms, struct block *b);

/** generation_size() - bytes that the file has now. */
uint64_t generation_size(const struct generation *g);

/** generation_rest() - nobody writes to it any more: the last line, if it has no newline.
 * Returns: 1 if there is one, else 0. */
int generation_rest(struct generation *g, struct block *b);

#endif
