/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A pool: blocks of memory that come and go by the thousand, out of large pieces.
 */
#ifndef DM_UTIL_POOL_H
#define DM_UTIL_POOL_H

#include <stddef.h>

/** Block sizes: 256 bytes doubled so many times less one; what is larger comes from malloc. */
#define DM_POOL_CLASSES 8
/** Bytes of a piece (own choice: 31 blocks of 8 KiB, which is a second of a hundred lines; small
 * against what is given back). */
#define DM_POOL_PIECE ((size_t)256 * 1024)

struct dm_pool_piece;

/** Zeroed is empty. */
struct dm_pool {
    struct dm_pool_piece *open[DM_POOL_CLASSES]; /**< pieces of a size with a free block */
    struct dm_pool_piece *spare;                 /**< pieces without a block in use */
    size_t spares, pieces;                       /**< how many of them; and of all */
};

/**
 * dm_pool_resize() - a block, or one of another size with what was in it.
 * @p:        NULL: malloc's.
 * @block:    NULL: a new one.
 * @old, @wanted: its bytes and those that are wanted, both not 0 but for @old of a new one.
 * Returns:   the block, not zeroed; NULL without memory, and then @block is as before.
 */
void *dm_pool_resize(struct dm_pool *p, void *block, size_t old, size_t wanted);

/** dm_pool_give() - @block: NULL, or of so many bytes. */
void dm_pool_give(struct dm_pool *p, void *block, size_t bytes);

/** dm_pool_clear() - give the spare pieces back; all blocks have been. */
void dm_pool_clear(struct dm_pool *p);

#endif
