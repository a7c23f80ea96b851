/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A hash over a slab: open addressing with linear probing in an array of 32-bit slots. A slot has
 * the client's index in as many low bits as the array has, and above them those bits of its hash:
 * of two thousand other clients (a million of them, 11 bits) one has to be looked at. The array
 * doubles when three quarters of it are taken; a client that goes leaves no mark, those behind move
 * up. Who is evicted: a list in order of arrival, whose oldest goes unless it was seen again
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

/* Where there is no memory for more slots, so many may be taken, of 8. */
#define FULL_EIGHTHS 7
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
    t->slots = g_try_new0(uint32_t, DM_CLIENT_SLOTS);
    if (!t->slots) {
        g_free(t);
        return NULL;
    }
    t->mask = DM_CLIENT_SLOTS - 1;
    t->passes = VICTIMS_SAVED;
    t->cap_bytes = cap_bytes;
    t->key = *key;
    t->hooks = *hooks;
    dm_slab_init_chunks(&t->clients, sizeof(struct dm_client), DM_CLIENT_SHIFT);
    dm_slab_init_chunks(&t->rests, sizeof(struct dm_client_rest), DM_CLIENT_SHIFT);
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

struct dm_client_rest *dm_client_rest_at(const struct dm_client_table *t, dm_index at)
{
    return dm_slab_at(&t->rests, at);
}

static dm_index find_at(struct dm_client_table *t, const struct dm_addr *addr, uint32_t hash)
{
    uint32_t i = dm_client_next_slot(t, hash, hash);

    while (t->slots[i] && !dm_addr_eq(&dm_client_in(t, t->slots[i])->addr, addr)) {
        i = dm_client_next_slot(t, hash, i + 1);
    }
    return t->slots[i] & t->mask;
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

struct dm_client_rest *dm_client_rest(struct dm_client_table *t, const struct dm_client *cli)
{
    return dm_client_rest_at(t, find(t, &cli->addr));
}

void dm_client_keep(struct dm_client_table *t, const struct dm_client *cli, uint32_t until_s)
{
    struct dm_client_rest *rest = dm_client_rest(t, cli);

    rest->keep_until_s = MAX(rest->keep_until_s, until_s);
}

/* ---- slots ---- */

void dm_client_put_in_slot(struct dm_client_table *t, dm_index at, uint32_t hash)
{
    uint32_t i = hash & t->mask;

    while (t->slots[i]) {
        i = (i + 1) & t->mask;
    }
    t->slots[i] = (hash & ~t->mask) | at;
}

/* Free a slot: whoever stands behind it, in one row, and may stand in front, moves up. */
static void free_slot(struct dm_client_table *t, uint32_t i)
{
    for (uint32_t k = (i + 1) & t->mask; t->slots[k]; k = (k + 1) & t->mask) {
        uint32_t home = hash_of(t, &dm_client_in(t, t->slots[k])->addr);
        if (((k - home) & t->mask) >= ((k - i) & t->mask)) {
            t->slots[i] = t->slots[k];
            i = k;
        }
    }
    t->slots[i] = 0;
}

static void leave_slot(struct dm_client_table *t, dm_index at)
{
    uint32_t i = hash_of(t, &dm_client_at(t, at)->addr) & t->mask;

    while ((t->slots[i] & t->mask) != at) {
        i = (i + 1) & t->mask;
    }
    free_slot(t, i);
}

/* ---- order of arrival ---- */

static void order_remove(struct dm_client_table *t, dm_index at)
{
    const struct dm_client_rest *rest = dm_client_rest_at(t, at);

    *(rest->newer ? &dm_client_rest_at(t, rest->newer)->older : &t->newest) = rest->older;
    *(rest->older ? &dm_client_rest_at(t, rest->older)->newer : &t->oldest) = rest->newer;
}

static void order_front(struct dm_client_table *t, dm_index at)
{
    struct dm_client_rest *rest = dm_client_rest_at(t, at);

    rest->newer = 0;
    rest->older = t->newest;
    *(t->newest ? &dm_client_rest_at(t, t->newest)->newer : &t->oldest) = at;
    t->newest = at;
}

static void order_again(struct dm_client_table *t, dm_index at)
{
    if (t->newest != at) {
        order_remove(t, at);
        order_front(t, at);
    }
}

struct dm_client *dm_client_next(struct dm_client_table *t, dm_index *at)
{
    *at = *at ? dm_client_rest_at(t, *at)->newer : t->oldest;
    return dm_client_at(t, *at);
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

    t->hooks.evicted(t->hooks.user, cli);
    dm_client_drop_suspect(t, cli);
    leave_slot(t, at);
    order_remove(t, at);
    dm_slab_give(&t->clients, at);
    dm_slab_give(&t->rests, at);
}

/* The oldest client that was not seen again and is no suspect. Those that are met on the way go to
 * the front, so that the next search does not meet them. */
static dm_index victim(struct dm_client_table *t, uint32_t now_s)
{
    t->passes = MIN(t->passes + VICTIMS, VICTIMS_SAVED);
    for (; t->oldest && t->passes > 0; t->passes--) {
        dm_index at = t->oldest;
        struct dm_client *cli = dm_client_at(t, at);
        if (!cli->again && dm_client_rest_at(t, at)->keep_until_s <= now_s) {
            return at;
        }
        cli->again = false;
        order_again(t, at);
    }
    t->counts.evicted_kept += t->oldest && dm_client_rest_at(t, t->oldest)->keep_until_s > now_s;
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

static size_t first_tier_bytes(const struct dm_client_table *t)
{
    return (t->mask + (size_t)1) * sizeof *t->slots + dm_slab_bytes(&t->clients) +
           dm_slab_bytes(&t->rests);
}

size_t dm_client_table_bytes(const struct dm_client_table *t)
{
    return sizeof *t + first_tier_bytes(t) + dm_slab_bytes(&t->suspects) + t->charged;
}

/* Whether the first tier may have so many bytes more. */
static bool fits_first_tier(const struct dm_client_table *t, size_t more)
{
    return dm_client_table_bytes(t) + more <= t->cap_bytes &&
           (double)(first_tier_bytes(t) + more) <= DM_CLIENT_FIRST_SHARE * (double)t->cap_bytes;
}

/* Twice as many slots, if memory and cap allow. */
static void grow_slots(struct dm_client_table *t)
{
    uint32_t *old = t->slots, old_mask = t->mask;
    size_t more = (old_mask + (size_t)1) * sizeof *old;

    if (!fits_first_tier(t, more)) {
        return;
    }
    uint32_t *grown = g_try_new0(uint32_t, (old_mask + (size_t)1) * 2);
    if (!grown) {
        return;
    }
    t->slots = grown;
    t->mask = old_mask * 2 + 1;
    for (uint32_t i = 0; i <= old_mask; i++) {
        dm_index at = old[i] & old_mask;
        if (at) {
            dm_client_put_in_slot(t, at, hash_of(t, &dm_client_at(t, at)->addr));
        }
    }
    g_free(old);
}

/* A free slot for one more client, and free ones beside it.   Returns: whether there is. */
static bool has_slot(struct dm_client_table *t)
{
    uint64_t clients = t->clients.live + (uint64_t)1;

    if (dm_client_too_few_slots(t->mask, clients)) {
        grow_slots(t);
    }
    return clients * 8 <= (uint64_t)t->mask * FULL_EIGHTHS;
}

/* Room for one more client inside the cap: by allocating, else by evicting one. */
static int make_client_room(struct dm_client_table *t, uint32_t now_s)
{
    size_t needs = dm_slab_needs(&t->clients) + dm_slab_needs(&t->rests);

    if (has_slot(t) && (needs == 0 || fits_first_tier(t, needs))) {
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
        dm_index owner = next_suspect(t)->owner;
        if (dm_client_rest_at(t, owner)->keep_until_s <= now_s) {
            dm_client_drop_suspect(t, dm_client_at(t, owner));
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

/* A place in both slabs.   Returns: 0 without memory. */
static dm_index take_place(struct dm_client_table *t)
{
    dm_index at = dm_slab_take(&t->clients);

    if (at && !dm_slab_take(&t->rests)) {
        dm_slab_give(&t->clients, at);
        return 0;
    }
    return at;
}

static struct dm_client *make(struct dm_client_table *t, const struct dm_addr *addr, uint32_t hash,
                              uint32_t now_s)
{
    dm_index at = make_client_room(t, now_s) < 0 ? 0 : take_place(t);

    if (!at) {
        t->counts.refused++;
        t->counts.denied++;
        return NULL;
    }
    struct dm_client *cli = dm_client_at(t, at);
    cli->addr = *addr;
    cli->last_s = dm_client_rest_at(t, at)->first_s = now_s;
    cli->day = DM_CLIENT_NO_DAY;
    order_front(t, at);
    dm_client_put_in_slot(t, at, hash);
    t->counts.created++;
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
    for (dm_index at = t->oldest; at; at = dm_client_rest_at(t, at)->newer) {
        dm_client_drop_suspect(t, dm_client_at(t, at));
    }
    dm_slab_clear(&t->clients);
    dm_slab_clear(&t->rests);
    dm_slab_clear(&t->suspects);
    g_free(t->slots);
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
