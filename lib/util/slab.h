/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A slab: equal blocks by number, in chunks that never move, freed blocks used again.
 */
#ifndef DM_UTIL_SLAB_H
#define DM_UTIL_SLAB_H

#include <stddef.h>
#include <stdint.h>

struct dm_slab {
    size_t block;   /**< bytes of one block, a multiple of 4 */
    unsigned shift; /**< a chunk has 1 << shift blocks */
    uint8_t **chunks;
    uint32_t n_chunks, cap_chunks;
    uint32_t used; /**< blocks ever handed out */
    uint32_t free; /**< head of the free list, number + 1; kept in the blocks' first bytes */
    uint32_t live; /**< blocks in use */
};

/** Most bytes in one chunk: small against any cap, large against malloc's own cost. */
#define DM_SLAB_CHUNK_BYTES 65536u
/** Bytes of a cache line: blocks of a multiple of it begin where one does. */
#define DM_SLAB_LINE 64u

/** dm_slab_init() - @block: bytes of one block, at least 4; it lies as its size allows: a multiple
 * of 8 on one of 8. */
void dm_slab_init(struct dm_slab *s, size_t block);

/** dm_slab_init_chunks() - the same with 1 << @shift blocks in a chunk. */
void dm_slab_init_chunks(struct dm_slab *s, size_t block, unsigned shift);

/** dm_slab_clear() - all blocks are given back, and the memory. */
void dm_slab_clear(struct dm_slab *s);

/** dm_slab_needs() - bytes that the next dm_slab_take() will allocate; mostly 0. */
size_t dm_slab_needs(const struct dm_slab *s);

/** dm_slab_take() - a zeroed block.   Returns: its number + 1; 0 without memory. */
uint32_t dm_slab_take(struct dm_slab *s);

/** dm_slab_give() - a block is free again. */
void dm_slab_give(struct dm_slab *s, uint32_t index);

/** dm_slab_bytes_for() - memory that a slab with @n blocks in use needs, from the beginning on. */
size_t dm_slab_bytes_for(const struct dm_slab *s, uint32_t n);

/**
 * dm_slab_take_low() - a free block of those with index 1..@n, its content undefined: the way to
 * empty the chunks at the end. @n: at least s->live; the caller then gives up a block behind it.
 * Returns: its index; 0 if there is none.
 */
uint32_t dm_slab_take_low(struct dm_slab *s, uint32_t n);

/** dm_slab_cut() - give the chunks back that lie behind the blocks in use, which are 1..s->live
 * now: nothing behind them is in use. */
void dm_slab_cut(struct dm_slab *s);

/** dm_slab_at() - the block of an index (number + 1), which must have been taken. */
static inline void *dm_slab_at(const struct dm_slab *s, uint32_t index)
{
    uint32_t i = index - 1;

    return s->chunks[i >> s->shift] + (i & ((1u << s->shift) - 1)) * s->block;
}

/** dm_memory_trim() - hand memory that was freed back to the kernel, where the C library would keep
 * it. Cost: milliseconds, with the C library's locks taken in turn. */
void dm_memory_trim(void);

/** dm_slab_bytes() - memory held. */
size_t dm_slab_bytes(const struct dm_slab *s);

#endif
