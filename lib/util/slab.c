/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Numbers instead of pointers: half the size, and they can be written to a file.
 *
 * LIMITS: chunks are given back only by dm_slab_cut(), whose caller moves blocks; 2^32 - 1 blocks.
 */
#include "util/slab.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Room for pointers to chunks, to begin with. */
#define FIRST_CHUNKS 16u

void dm_slab_init(struct dm_slab *s, size_t block)
{
    *s = (struct dm_slab){.block = (block + 3) & ~(size_t)3};
    while (s->block << (s->shift + 1) <= DM_SLAB_CHUNK_BYTES) {
        s->shift++;
    }
}

void dm_slab_init_chunks(struct dm_slab *s, size_t block, unsigned shift)
{
    *s = (struct dm_slab){.block = (block + 3) & ~(size_t)3, .shift = shift};
}

void dm_slab_clear(struct dm_slab *s)
{
    for (uint32_t i = 0; i < s->n_chunks; i++) {
        free(s->chunks[i]);
    }
    g_free(s->chunks);
    dm_slab_init_chunks(s, s->block, s->shift);
}

/* Room for chunks when those there are in use. */
static uint32_t next_cap(const struct dm_slab *s)
{
    return s->cap_chunks ? s->cap_chunks * 2 : FIRST_CHUNKS;
}

size_t dm_slab_needs(const struct dm_slab *s)
{
    size_t list = s->n_chunks < s->cap_chunks ? 0 : next_cap(s) - s->cap_chunks;

    return s->free || s->used < s->n_chunks << s->shift
               ? 0
               : (s->block << s->shift) + list * sizeof *s->chunks;
}

/* Blocks of whole cache lines lie on them. */
static uint8_t *make_chunk(const struct dm_slab *s)
{
    size_t bytes = s->block << s->shift;

    return s->block % DM_SLAB_LINE == 0 ? aligned_alloc(DM_SLAB_LINE, bytes) : malloc(bytes);
}

static int add_chunk(struct dm_slab *s)
{
    if (s->n_chunks == s->cap_chunks) {
        uint32_t cap = next_cap(s);
        uint8_t **chunks = g_try_realloc_n(s->chunks, cap, sizeof *chunks);
        if (!chunks) {
            return -1;
        }
        s->chunks = chunks;
        s->cap_chunks = cap;
    }
    uint8_t *chunk = make_chunk(s);
    if (!chunk) {
        return -1;
    }
    s->chunks[s->n_chunks++] = chunk;
    return 0;
}

uint32_t dm_slab_take(struct dm_slab *s)
{
    uint32_t index = s->free;

    if (index) {
        memcpy(&s->free, dm_slab_at(s, index), sizeof s->free);
    } else {
        if (dm_slab_needs(s) && add_chunk(s) < 0) {
            return 0;
        }
        index = ++s->used;
    }
    memset(dm_slab_at(s, index), 0, s->block);
    s->live++;
    return index;
}

void dm_slab_give(struct dm_slab *s, uint32_t index)
{
    memset(dm_slab_at(s, index), 0, s->block);
    memcpy(dm_slab_at(s, index), &s->free, sizeof s->free);
    s->free = index;
    s->live--;
}

static uint32_t chunks_for(const struct dm_slab *s, uint32_t n)
{
    return (uint32_t)(((uint64_t)n + (1u << s->shift) - 1) >> s->shift);
}

static uint32_t cap_for(uint32_t chunks)
{
    uint32_t cap = FIRST_CHUNKS;

    while (cap < chunks) {
        cap *= 2;
    }
    return cap;
}

size_t dm_slab_bytes_for(const struct dm_slab *s, uint32_t n)
{
    uint32_t chunks = chunks_for(s, n);

    return chunks * (s->block << s->shift) + cap_for(chunks) * sizeof *s->chunks;
}

uint32_t dm_slab_take_low(struct dm_slab *s, uint32_t n)
{
    uint32_t index;

    while ((index = s->free) != 0) {
        memcpy(&s->free, dm_slab_at(s, index), sizeof s->free);
        if (index <= n) {
            return index;
        }
    }
    return 0;
}

void dm_slab_cut(struct dm_slab *s)
{
    uint32_t keep = chunks_for(s, s->live), cap = cap_for(keep);

    while (s->n_chunks > keep) {
        free(s->chunks[--s->n_chunks]);
    }
    uint8_t **chunks = cap < s->cap_chunks ? g_try_realloc_n(s->chunks, cap, sizeof *chunks) : NULL;
    if (chunks) {
        s->chunks = chunks;
        s->cap_chunks = cap;
    }
    s->used = s->live;
    s->free = 0;
}

size_t dm_slab_bytes(const struct dm_slab *s)
{
    return s->n_chunks * (s->block << s->shift) + s->cap_chunks * sizeof *s->chunks;
}

void dm_memory_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
