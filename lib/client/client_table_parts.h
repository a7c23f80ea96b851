/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a client table is made of, for client_table*.c and the loop that counts a second
 * (monitor/engine_observe.c): that loop knows who comes next, so it brings his slot and then
 * himself into the cache before their turn.
 */
#ifndef DM_CLIENT_CLIENT_TABLE_PARTS_H
#define DM_CLIENT_CLIENT_TABLE_PARTS_H

#include "client/client_table.h"
#include "util/slab.h"

/** Slots to begin with. */
#define DM_CLIENT_SLOTS 1024u
/** Of the cap, for clients and slots. E.4's estimate for 1 M clients is 96 MB against 26 MB. */
#define DM_CLIENT_FIRST_SHARE 0.75

struct dm_client_table {
    size_t cap_bytes;
    size_t charged; /**< heap memory of states */
    struct dm_hashkey key;
    struct dm_client_hooks hooks;
    struct dm_slab clients, rests; /**< taken and given together: one index */
    struct dm_slab suspects;
    uint32_t
        *slots;    /**< a client's index, and above it its hash without as many low bits; 0: free */
    uint32_t mask; /**< number of slots, a power of two, less 1 */
    dm_index newest, oldest;
    uint32_t passes; /**< suspects that evictions may still pass over, see client_table.c */
    dm_index hand;   /**< suspect block that was looked at last, for one to give up */
    struct dm_client_counts counts;
};

/** Clients in a chunk of the slabs, as a shift: for dm_slab_at() without the slab's own numbers.
 * Own choice: 42 KiB for both parts, small against any cap. */
#define DM_CLIENT_SHIFT 9
_Static_assert(sizeof(struct dm_client) == DM_SLAB_LINE, "a client is a cache line");

/** dm_client_in() - the client of a slot that is not free. */
static inline struct dm_client *dm_client_in(const struct dm_client_table *t, uint32_t slot)
{
    uint32_t i = (slot & t->mask) - 1;
    void *chunk = t->clients.chunks[i >> DM_CLIENT_SHIFT];

    return (struct dm_client *)chunk + (i & ((1u << DM_CLIENT_SHIFT) - 1));
}

/** dm_client_remove() - take a client out: whom it concerns is told, its states are released. */
void dm_client_remove(struct dm_client_table *t, dm_index at);

/** dm_client_put_in_slot() - a client that is in no slot, while one is free.   @hash: its own. */
void dm_client_put_in_slot(struct dm_client_table *t, dm_index at, uint32_t hash);

/** dm_client_too_few_slots() - whether a number of slots is too few for so many clients: more than
 * three quarters would be taken. */
static inline bool dm_client_too_few_slots(uint64_t slots, uint64_t clients)
{
    return clients * 4 > slots * 3;
}

/** dm_client_slot() - where to look for a hash first. */
static inline uint32_t *dm_client_slot(const struct dm_client_table *t, uint32_t hash)
{
    return &t->slots[hash & t->mask];
}

/** dm_client_fetch_slot() - bring it into the cache (always inline: see dm_set_prefetch()). */
static inline __attribute__((always_inline)) void
dm_client_fetch_slot(const struct dm_client_table *t, uint32_t hash)
{
    __builtin_prefetch(dm_client_slot(t, hash));
}

/** dm_client_next_slot() - the first slot from number @i on that may have a hash's client, or is
 * free. Slots are never all taken. */
static inline uint32_t dm_client_next_slot(const struct dm_client_table *t, uint32_t hash,
                                           uint32_t i)
{
    i &= t->mask;
    while (t->slots[i] && ((t->slots[i] ^ hash) & ~t->mask)) {
        i = (i + 1) & t->mask;
    }
    return i;
}

/**
 * dm_client_fetch() - bring into the cache the client that most probably has a hash, whose slot is
 * there.   Returns: it, for dm_client_again(); NULL: there is none.
 */
static inline struct dm_client *dm_client_fetch(const struct dm_client_table *t, uint32_t hash)
{
    uint32_t slot = t->slots[dm_client_next_slot(t, hash, hash)];

    if (!slot) {
        return NULL;
    }
    struct dm_client *cli = dm_client_in(t, slot);
    __builtin_prefetch(cli, 1);
    return cli;
}

/** dm_client_see() - it asked just now. */
static inline void dm_client_see(struct dm_client *cli, uint32_t now_s)
{
    cli->again = true;
    cli->last_s = cli->last_s < now_s ? now_s : cli->last_s;
}

/**
 * dm_client_again() - dm_client_get_hashed() without a search, where @cli is the client.
 * @cli:    of dm_client_fetch() or NULL; whatever has been made and evicted since.
 * Returns: whether it is; if not, nothing has changed. A place that is free again is no client: it
 *          has no last_s. Clients of 1970's first second are looked for.
 */
static inline bool dm_client_again(struct dm_client *cli, const struct dm_addr *addr,
                                   uint32_t now_s)
{
    if (!cli || !dm_addr_eq(&cli->addr, addr) || cli->last_s == 0) {
        return false;
    }
    dm_client_see(cli, now_s);
    return true;
}

#endif
