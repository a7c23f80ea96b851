/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Inputs in blocks of whole lines.
 */
#ifndef DM_PLUGIN_DNSMON_BLOCK_H
#define DM_PLUGIN_DNSMON_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "input.h"

/** Bytes of a block if its last line ends there (own choice: text, and the 64 bytes that each line
 * becomes, stay in the second-level cache). */
#define BLOCK_BYTES (256 * 1024)

/** Some whole lines. */
struct block {
    char *text;
    size_t n, cap;
};

/** One line of a block, without its newline. */
struct line {
    const char *p;
    size_t n;
};

/** An input on its way into blocks. Where a block ends depends on the bytes alone. */
struct reader {
    const char *name; /**< borrowed, for messages */
    struct input *in;
    struct block rest; /**< the beginning of the next block */
    bool failed;
};

/** reader_open() - @path: as input_open().   Returns: 0; -1, which has been said. */
int reader_open(struct reader *r, const char *path);

/** reader_close() - Returns: 0; -1 if it could not be read to its end. */
int reader_close(struct reader *r);

/**
 * reader_next() - the next block.
 * @b:      its memory is used again.
 * Returns: whether there is one. Its last line may have no newline, at the end of the input.
 */
bool reader_next(struct reader *r, struct block *b);

/** reader_unread() - @b, the block just read, comes again, from the same bytes. */
int reader_unread(struct reader *r, const struct block *b);

/** block_line() - the line at @at, which moves on.   Returns: whether there is one. */
bool block_line(const struct block *b, size_t *at, struct line *ret);

/** block_reserve() - room for @cap bytes in all.   Returns: 0; -1 without memory. */
int block_reserve(struct block *b, size_t cap);

/** block_append() - Returns: as block_reserve(). */
int block_append(struct block *b, const char *text, size_t n);

void block_clear(struct block *b);

#endif
