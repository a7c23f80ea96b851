/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a client table is made of, for client_table*.c and the loop that counts a second
 * (monitor/engine_observe.c): that loop knows who comes next, so it brings his bucket and then the
 * first client of its chain into the cache before their turn, and mostly that client is he.
 */
#ifndef DM_CLIENT_CLIENT_TABLE_PARTS_H
#define DM_CLIENT_CLIENT_TABLE_PARTS_H

#include "client/client_table.h"
#include "util/slab.h"

/** Buckets to begin with. */
#define DM_CLIENT_BUCKETS 1024u
/** Of the cap, for clients and buckets. E.4's estimate for 1 M clients is 96 MB against 26 MB. */
#define DM_CLIENT_FIRST_SHARE 0.75

struct dm_client_table {
    size_t cap_bytes;
    size_t charged; /* heap memory of states */
    struct dm_hashkey key;
    struct dm_client_hooks hooks;
    struct dm_slab clients, suspects;
    dm_index *buckets;
    uint32_t n_buckets; /* a power of two */
    dm_index newest, oldest;
    uint32_t passes; /* suspects that evictions may still pass over, see client_table.c */
    dm_index hand;   /* suspect block that was looked at last, for one to give up */
    struct dm_client_counts counts;
};

/** dm_client_bucket() - where the chain of a hash begins. */
static inline dm_index *dm_client_bucket(const struct dm_client_table *t, uint32_t hash)
{
    return &t->buckets[hash & (t->n_buckets - 1)];
}

/** dm_client_remove() - take a client out: whom it concerns is told, its states are released. */
void dm_client_remove(struct dm_client_table *t, dm_index at);

/** dm_client_fetch_bucket() - bring it into the cache. */
static inline void dm_client_fetch_bucket(const struct dm_client_table *t, uint32_t hash)
{
    __builtin_prefetch(dm_client_bucket(t, hash));
}

/**
 * dm_client_fetch() - bring into the cache the first client of a chain, whose bucket is there.
 * Returns: it, for dm_client_again(); NULL: the chain is empty.
 */
static inline struct dm_client *dm_client_fetch(const struct dm_client_table *t, uint32_t hash)
{
    dm_index at = *dm_client_bucket(t, hash);

    if (!at) {
        return NULL;
    }
    struct dm_client *cli = dm_slab_at(&t->clients, at);
    __builtin_prefetch(cli, 1);
    __builtin_prefetch((const char *)cli + 64, 1);
    __builtin_prefetch((const char *)(cli + 1) - 1, 1);
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
