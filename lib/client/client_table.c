/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A chained hash over a slab. The array of buckets doubles when there are as many clients as
 * buckets. Who is evicted: a list in order of arrival, whose oldest goes unless it was seen again
 * since it came to its place (a bit), or is a suspect; then it goes to the front. That is
 * "second chance" (Corbato 1968): nearly the least recently seen, but a line touches no other
 * client than its own, and an address that is seen once, as a forged one, never displaces one that
 * is in use. The first tier may fill DM_CLIENT_FIRST_SHARE of the cap, so that a flood of forged
 * addresses leaves room for suspects.
 *
 * LIMITS: in a table of nothing but suspects the oldest of some goes nevertheless and is counted
 * (the monitor then says table-full).
 */
#include "client/client_table.h"

#include <glib.h>
#include <string.h>

#include "client/client_table_parts.h"
#include "dnsmon/dnsmon.h"

/* Clients that evictions may pass over, each on the average (own choice: bounds their cost in a
 * table full of suspects), and how many at once. Suspects that a flood leaves behind at the old end
 * come up together, once in a turn-over of the whole table, and have been saved up for by then. */
#define VICTIMS 64u
#define VICTIMS_SAVED (1u << 17)
/* Suspect blocks that are looked at for one that has lapsed; the next search goes on from there. */
#define LAPSED 1024u

struct dm_client_table *dm_client_table_new(size_t cap_bytes, const struct dm_hashkey *key,
                                            const struct dm_client_hooks *hooks)
{
    struct dm_client_table *t = g_try_new0(struct dm_client_table, 1);

    if (!t) {
        return NULL;
    }
    t->buckets = g_try_new0(dm_index, DM_CLIENT_BUCKETS);
    if (!t->buckets) {
        g_free(t);
        return NULL;
    }
    t->n_buckets = DM_CLIENT_BUCKETS;
    t->passes = VICTIMS_SAVED;
    t->cap_bytes = cap_bytes;
    t->key = *key;
    t->hooks = *hooks;
    dm_slab_init(&t->clients, sizeof(struct dm_client));
    dm_slab_init(&t->suspects, sizeof(struct dm_suspect) + hooks->state_bytes);
    return t;
}

struct dm_client *dm_client_at(struct dm_client_table *t, dm_index at)
{
    return at ? dm_slab_at(&t->clients, at) : NULL;
}

static uint32_t hash_of(const struct dm_client_table *t, const struct dm_addr *addr)
{
    return dm_hash_addr(&t->key, addr->b);
}

static dm_index *bucket_of(const struct dm_client_table *t, const struct dm_addr *addr)
{
    return dm_client_bucket(t, hash_of(t, addr));
}

/* Who is found goes to the front of its chain: the busy are found at the first look, which is at
 * what dm_client_fetch() has fetched. */
static dm_index find_at(struct dm_client_table *t, const struct dm_addr *addr, uint32_t hash)
{
    dm_index *bucket = dm_client_bucket(t, hash), at = *bucket, before = 0;

    while (at && !dm_addr_eq(&dm_client_at(t, at)->addr, addr)) {
        before = at;
        at = dm_client_at(t, at)->hash_next;
    }
    if (at && before) {
        dm_client_at(t, before)->hash_next = dm_client_at(t, at)->hash_next;
        dm_client_at(t, at)->hash_next = *bucket;
        *bucket = at;
    }
    return at;
}

static dm_index find(struct dm_client_table *t, const struct dm_addr *addr)
{
    return find_at(t, addr, hash_of(t, addr));
}

struct dm_client *dm_client_find(struct dm_client_table *t, const struct dm_addr *addr)
{
    return dm_client_at(t, find(t, addr));
}

dm_index dm_client_index(struct dm_client_table *t, const struct dm_client *cli)
{
    return find(t, &cli->addr);
}

/* ---- order of arrival ---- */

static void order_remove(struct dm_client_table *t, dm_index at)
{
    struct dm_client *cli = dm_client_at(t, at);

    *(cli->newer ? &dm_client_at(t, cli->newer)->older : &t->newest) = cli->older;
    *(cli->older ? &dm_client_at(t, cli->older)->newer : &t->oldest) = cli->newer;
}

static void order_front(struct dm_client_table *t, dm_index at)
{
    struct dm_client *cli = dm_client_at(t, at);

    cli->newer = 0;
    cli->older = t->newest;
    *(t->newest ? &dm_client_at(t, t->newest)->newer : &t->oldest) = at;
    t->newest = at;
}

static void order_again(struct dm_client_table *t, dm_index at)
{
    if (t->newest != at) {
        order_remove(t, at);
        order_front(t, at);
    }
}

struct dm_client *dm_client_next(struct dm_client_table *t, const struct dm_client *cli)
{
    return dm_client_at(t, cli ? cli->newer : t->oldest);
}

/* ---- eviction ---- */

void dm_client_drop_suspect(struct dm_client_table *t, struct dm_client *cli)
{
    if (cli->suspect) {
        t->hooks.clear(t->hooks.user, dm_slab_at(&t->suspects, cli->suspect));
        dm_slab_give(&t->suspects, cli->suspect);
        cli->suspect = 0;
    }
}

void dm_client_remove(struct dm_client_table *t, dm_index at)
{
    struct dm_client *cli = dm_client_at(t, at);
    dm_index *link = bucket_of(t, &cli->addr);

    t->hooks.evicted(t->hooks.user, cli);
    dm_client_drop_suspect(t, cli);
    while (*link != at) {
        link = &dm_client_at(t, *link)->hash_next;
    }
    *link = cli->hash_next;
    order_remove(t, at);
    dm_slab_give(&t->clients, at);
}

/* The oldest client that was not seen again and is no suspect. Those that are met on the way go to
 * the front, so that the next search does not meet them. */
static dm_index victim(struct dm_client_table *t, uint32_t now_s)
{
    t->passes = MIN(t->passes + VICTIMS, VICTIMS_SAVED);
    for (; t->oldest && t->passes > 0; t->passes--) {
        dm_index at = t->oldest;
        struct dm_client *cli = dm_client_at(t, at);
        if (!cli->again && cli->keep_until_s <= now_s) {
            return at;
        }
        cli->again = false;
        order_again(t, at);
    }
    t->counts.evicted_kept += t->oldest && dm_client_at(t, t->oldest)->keep_until_s > now_s;
    return t->oldest;
}

static int evict_one(struct dm_client_table *t, uint32_t now_s)
{
    dm_index at = victim(t, now_s);

    if (!at) {
        return DNSMON_ENOMEM;
    }
    t->counts.evicted++;
    dm_client_remove(t, at);
    return 0;
}

size_t dm_client_table_bytes(const struct dm_client_table *t)
{
    return sizeof *t + t->n_buckets * sizeof *t->buckets + dm_slab_bytes(&t->clients) +
           dm_slab_bytes(&t->suspects) + t->charged;
}

static size_t first_tier_bytes(const struct dm_client_table *t)
{
    return t->n_buckets * sizeof *t->buckets + dm_slab_bytes(&t->clients);
}

/* Room for one more client inside the cap: by allocating, else by evicting one. */
static int make_client_room(struct dm_client_table *t, uint32_t now_s)
{
    size_t needs = dm_slab_needs(&t->clients);

    if (needs == 0 ||
        (dm_client_table_bytes(t) + needs <= t->cap_bytes &&
         (double)(first_tier_bytes(t) + needs) <= DM_CLIENT_FIRST_SHARE * (double)t->cap_bytes)) {
        return 0;
    }
    return evict_one(t, now_s);
}

/* The next block, round and round. All blocks are in use when there is no room for another. */
static struct dm_suspect *next_suspect(struct dm_client_table *t)
{
    t->hand = t->hand < t->suspects.used ? t->hand + 1 : 1;
    return dm_slab_at(&t->suspects, t->hand);
}

/* Room for one more suspect: by allocating, else from a client whose suspicion has lapsed. */
static int make_suspect_room(struct dm_client_table *t, uint32_t now_s)
{
    size_t needs = dm_slab_needs(&t->suspects);

    if (needs == 0 || dm_client_table_bytes(t) + needs <= t->cap_bytes) {
        return 0;
    }
    for (uint32_t i = 0; i < MIN(t->suspects.used, LAPSED); i++) {
        struct dm_client *cli = dm_client_at(t, next_suspect(t)->owner);
        if (cli->keep_until_s <= now_s) {
            dm_client_drop_suspect(t, cli);
            return 0;
        }
    }
    return DNSMON_ENOMEM;
}

int dm_client_charge(struct dm_client_table *t, ptrdiff_t bytes)
{
    if (bytes > 0 && dm_client_table_bytes(t) + (size_t)bytes > t->cap_bytes) {
        t->counts.denied++;
        return DNSMON_ENOMEM;
    }
    t->charged = (size_t)((ptrdiff_t)t->charged + bytes);
    return 0;
}

/* ---- making ---- */

/* Twice as many buckets, if memory and cap allow; longer chains if they do not. */
static void grow_buckets(struct dm_client_table *t)
{
    uint32_t old_n = t->n_buckets;
    size_t more = old_n * sizeof *t->buckets;

    if (t->clients.live < old_n || dm_client_table_bytes(t) + more > t->cap_bytes ||
        (double)(first_tier_bytes(t) + more) > DM_CLIENT_FIRST_SHARE * (double)t->cap_bytes) {
        return;
    }
    dm_index *old = t->buckets, *grown = g_try_new0(dm_index, (size_t)old_n * 2);
    if (!grown) {
        return;
    }
    t->buckets = grown;
    t->n_buckets = old_n * 2;
    for (uint32_t i = 0; i < old_n; i++) {
        for (dm_index at = old[i], next; at; at = next) {
            struct dm_client *cli = dm_client_at(t, at);
            dm_index *bucket = bucket_of(t, &cli->addr);
            next = cli->hash_next;
            cli->hash_next = *bucket;
            *bucket = at;
        }
    }
    g_free(old);
}

static struct dm_client *make(struct dm_client_table *t, const struct dm_addr *addr, uint32_t hash,
                              uint32_t now_s)
{
    dm_index at = make_client_room(t, now_s) < 0 ? 0 : dm_slab_take(&t->clients);

    if (!at) {
        t->counts.refused++;
        t->counts.denied++;
        return NULL;
    }
    struct dm_client *cli = dm_client_at(t, at);
    cli->addr = *addr;
    cli->first_s = cli->last_s = now_s;
    order_front(t, at);
    dm_index *bucket = dm_client_bucket(t, hash);
    cli->hash_next = *bucket;
    *bucket = at;
    t->counts.created++;
    grow_buckets(t);
    return cli;
}

struct dm_client *dm_client_get_hashed(struct dm_client_table *t, const struct dm_addr *addr,
                                       uint32_t hash, uint32_t now_s)
{
    dm_index at = find_at(t, addr, hash);

    if (!at) {
        return make(t, addr, hash, now_s);
    }
    struct dm_client *cli = dm_client_at(t, at);
    dm_client_see(cli, now_s);
    return cli;
}

struct dm_client *dm_client_get(struct dm_client_table *t, const struct dm_addr *addr,
                                uint32_t now_s)
{
    return dm_client_get_hashed(t, addr, hash_of(t, addr), now_s);
}

struct dm_suspect *dm_client_suspect(struct dm_client_table *t, const struct dm_client *cli)
{
    return cli->suspect ? dm_slab_at(&t->suspects, cli->suspect) : NULL;
}

/* A client that nobody can follow is one, however many lines it has. */
static void refuse(struct dm_client_table *t, struct dm_client *cli)
{
    t->counts.denied++;
    t->counts.refused += !cli->refused;
    cli->refused = 1;
}

struct dm_suspect *dm_client_make_suspect(struct dm_client_table *t, struct dm_client *cli)
{
    if (!cli->suspect) {
        dm_index at = dm_client_index(t, cli);
        if (make_suspect_room(t, cli->last_s) == 0) {
            cli->suspect = dm_slab_take(&t->suspects);
        }
        if (!cli->suspect) {
            refuse(t, cli);
            return NULL;
        }
        struct dm_suspect *sus = dm_slab_at(&t->suspects, cli->suspect);
        sus->owner = at;
    }
    return dm_client_suspect(t, cli);
}

void dm_client_table_free(struct dm_client_table *t)
{
    if (!t) {
        return;
    }
    for (dm_index at = t->oldest; at; at = dm_client_at(t, at)->newer) {
        dm_client_drop_suspect(t, dm_client_at(t, at));
    }
    dm_slab_clear(&t->clients);
    dm_slab_clear(&t->suspects);
    g_free(t->buckets);
    g_free(t);
}

size_t dm_client_table_len(const struct dm_client_table *t)
{
    return t->clients.live;
}

const struct dm_client_counts *dm_client_table_counts(const struct dm_client_table *t)
{
    return &t->counts;
}
