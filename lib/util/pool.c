/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pieces of DM_POOL_PIECE bytes, each cut into blocks of one size. A block knows its piece, which
 * has a list of its free blocks; a piece that is wholly free serves any size, or goes back.
 *
 * Why not malloc: in a thread that is not the first its heap grows by as many pages as a block
 * needs, a call of the kernel for each block of 8 KiB, and every page of it is another. A host that
 * catches up (old lines as fast as they come) opens thousands of seconds before the first may be
 * closed: that was a tenth of an rsyslogd worker's time and more. A piece is fetched in two calls.
 *
 * LIMITS: one thread at a time. 16 bytes a block; a size that has one block in use holds a piece.
 */
#define _GNU_SOURCE
#include "util/pool.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pieces without a block in use that are kept (own choice: 2 MiB; the memory of a flood is given
 * back). */
#define SPARES 8
#define LEAST 256

struct dm_pool_piece {
    struct dm_pool_piece *next, *before; /* in open or spare */
    void *free;     /* blocks that were given back, linked by their first bytes */
    uint32_t fresh; /* bytes cut so far, this header among them */
    uint32_t used;  /* blocks in use */
    int class;
};

/* In front of a block; its size keeps blocks aligned as malloc's are. */
struct front {
    struct dm_pool_piece *piece;
    uint64_t unused;
};

#define HEADER ((sizeof(struct dm_pool_piece) + 15) & ~(size_t)15)

/* Returns: DM_POOL_CLASSES: none. */
static int class_of(size_t bytes)
{
    int class = 0;

    while (class < DM_POOL_CLASSES && ((size_t)LEAST << class) < bytes) {
        class ++;
    }
    return class;
}

static size_t stride(int class)
{
    return ((size_t)LEAST << class) + sizeof(struct front);
}

static bool is_full(const struct dm_pool_piece *piece)
{
    return !piece->free && piece->fresh + stride(piece->class) > DM_POOL_PIECE;
}

static void link_piece(struct dm_pool_piece **list, struct dm_pool_piece *piece)
{
    piece->before = NULL;
    piece->next = *list;
    if (*list) {
        (*list)->before = piece;
    }
    *list = piece;
}

static void unlink_piece(struct dm_pool_piece **list, struct dm_pool_piece *piece)
{
    *(piece->before ? &piece->before->next : list) = piece->next;
    if (piece->next) {
        piece->next->before = piece->before;
    }
}

/* All pages at once, a third of what they cost one by one; a kernel before 5.14 does not know it.
 */
static void fetch_pages(void *piece)
{
#ifdef MADV_POPULATE_WRITE
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)piece + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)piece + DM_POOL_PIECE) & ~(page - 1);

    (void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#else
    (void)piece;
#endif
}

static struct dm_pool_piece *take_piece(struct dm_pool *p)
{
    struct dm_pool_piece *piece = p->spare;

    if (piece) {
        unlink_piece(&p->spare, piece);
        p->spares--;
        return piece;
    }
    piece = g_try_malloc(DM_POOL_PIECE);
    if (piece) {
        p->pieces++;
        if (p->pieces > DM_POOL_CLASSES) { /* else a quiet host may never fill it */
            fetch_pages(piece);
        }
    }
    return piece;
}

static struct dm_pool_piece *open_piece(struct dm_pool *p, int class)
{
    if (!p->open[class]) {
        struct dm_pool_piece *piece = take_piece(p);
        if (!piece) {
            return NULL;
        }
        *piece = (struct dm_pool_piece){.fresh = HEADER, .class = class};
        link_piece(&p->open[class], piece);
    }
    return p->open[class];
}

static void *take(struct dm_pool *p, size_t bytes)
{
    int class = class_of(bytes);

    if (class == DM_POOL_CLASSES) {
        return g_try_malloc(bytes);
    }
    struct dm_pool_piece *piece = open_piece(p, class);
    if (!piece) {
        return NULL;
    }
    void *block = piece->free;
    if (block) {
        memcpy(&piece->free, block, sizeof piece->free);
    } else {
        struct front *front = (struct front *)(void *)((char *)piece + piece->fresh);
        front->piece = piece;
        block = front + 1;
        piece->fresh += (uint32_t)stride(class);
    }
    piece->used++;
    if (is_full(piece)) {
        unlink_piece(&p->open[class], piece);
    }
    return block;
}

static void give_piece(struct dm_pool *p, struct dm_pool_piece *piece)
{
    unlink_piece(&p->open[piece->class], piece);
    if (p->spares < SPARES) {
        link_piece(&p->spare, piece);
        p->spares++;
    } else {
        g_free(piece);
        p->pieces--;
    }
}

void dm_pool_give(struct dm_pool *p, void *block, size_t bytes)
{
    if (!p || !block || class_of(bytes) == DM_POOL_CLASSES) {
        g_free(block);
        return;
    }
    struct dm_pool_piece *piece = ((struct front *)block - 1)->piece;
    if (is_full(piece)) {
        link_piece(&p->open[piece->class], piece);
    }
    memcpy(block, &piece->free, sizeof piece->free);
    piece->free = block;
    if (--piece->used == 0) {
        give_piece(p, piece);
    }
}

void *dm_pool_resize(struct dm_pool *p, void *block, size_t old, size_t wanted)
{
    int from = class_of(old), to = class_of(wanted);

    if (!p || (block && from == DM_POOL_CLASSES && to == DM_POOL_CLASSES)) {
        return g_try_realloc(block, wanted);
    }
    if (block && from == to) {
        return block;
    }
    void *more = take(p, wanted);
    if (more && block) {
        memcpy(more, block, MIN(old, wanted));
        dm_pool_give(p, block, old);
    }
    return more;
}

void dm_pool_clear(struct dm_pool *p)
{
    while (p->spare) {
        struct dm_pool_piece *piece = p->spare;
        p->spare = piece->next;
        g_free(piece);
    }
    *p = (struct dm_pool){0};
}
