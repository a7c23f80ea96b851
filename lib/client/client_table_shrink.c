/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A smaller cap of the client table, by configuration.
 *
 * Method:  who is too many is evicted at once; then clients at the end of the slabs take the free
 *          places in front, and the chunks behind them are freed. Nothing is copied aside, so the
 *          moment at which memory is short does not need more of it.
 *
 * LIMITS: all of it happens under the monitor's lock: of 1,000,000 clients, down to 48,000, it takes
 * 0.25 s. What a state holds of its own stays where it is, so pages of it stay between what is free.
 */
#include <glib.h>
#include <string.h>

#include "client/client_table_parts.h"

static uint32_t buckets_for(uint32_t clients)
{
    uint32_t n = DM_CLIENT_BUCKETS;

    while (n < clients) {
        n *= 2;
    }
    return n;
}

/* Whether those that are left need more than the cap when they have moved together. */
static bool is_over(const struct dm_client_table *t)
{
    uint32_t n = MIN(buckets_for(t->clients.live), t->n_buckets);
    size_t first = n * sizeof *t->buckets + dm_slab_bytes_for(&t->clients, t->clients.live);
    size_t all = sizeof *t + first + dm_slab_bytes_for(&t->suspects, t->suspects.live) + t->charged;

    return all > t->cap_bytes || (double)first > DM_CLIENT_FIRST_SHARE * (double)t->cap_bytes;
}

/* Between those that have to be kept for the longest time, which have an incident, and those that
 * have done little: a flood of suspects must not displace who was there before it. */
static uint32_t middle_of_kept(const struct dm_client_table *t, uint32_t now_s)
{
    uint32_t least = UINT32_MAX, most = now_s;

    for (dm_index at = t->oldest; at;) {
        const struct dm_client *cli = dm_slab_at(&t->clients, at);
        if (cli->keep_until_s > now_s) {
            least = MIN(least, cli->keep_until_s);
            most = MAX(most, cli->keep_until_s);
        }
        at = cli->newer;
    }
    return least > most ? now_s : least + (most - least) / 2;
}

/* First those that any eviction would take, then those that were seen again, then suspects, at last
 * those with an incident. */
static void evict_down(struct dm_client_table *t, uint32_t now_s)
{
    uint32_t middle_s = middle_of_kept(t, now_s);
    const uint32_t until_s[] = {now_s, now_s, middle_s, UINT32_MAX};

    for (unsigned pass = 0; pass < G_N_ELEMENTS(until_s); pass++) {
        for (dm_index at = t->oldest, next; at && is_over(t); at = next) {
            struct dm_client *cli = dm_client_at(t, at);
            next = cli->newer;
            if (cli->keep_until_s <= until_s[pass] && (pass > 0 || !cli->again)) {
                t->counts.evicted++;
                t->counts.evicted_kept += cli->keep_until_s > now_s;
                dm_client_remove(t, at);
            }
        }
    }
}

/* Moves a client, and its suspect block, to the front of their slabs. */
static dm_index move_client(struct dm_client_table *t, dm_index at)
{
    dm_index to = at > t->clients.live ? dm_slab_take_low(&t->clients, t->clients.live) : at;
    struct dm_client *cli = dm_client_at(t, to);

    if (to != at) {
        *cli = *dm_client_at(t, at);
        *(cli->newer ? &dm_client_at(t, cli->newer)->older : &t->newest) = to;
        *(cli->older ? &dm_client_at(t, cli->older)->newer : &t->oldest) = to;
    }
    if (cli->suspect > t->suspects.live) {
        dm_index low = dm_slab_take_low(&t->suspects, t->suspects.live);
        memcpy(dm_slab_at(&t->suspects, low), dm_slab_at(&t->suspects, cli->suspect),
               t->suspects.block);
        cli->suspect = low;
    }
    if (cli->suspect) {
        dm_client_suspect(t, cli)->owner = to;
    }
    return to;
}

/* The buckets anew, as few as there would be if the table had only grown. */
static void fill_buckets(struct dm_client_table *t)
{
    uint32_t n = MIN(buckets_for(t->clients.live), t->n_buckets);
    dm_index *fewer = n < t->n_buckets ? g_try_new(dm_index, n) : NULL;

    if (fewer) {
        g_free(t->buckets);
        t->buckets = fewer;
        t->n_buckets = n;
    }
    memset(t->buckets, 0, t->n_buckets * sizeof *t->buckets);
    for (dm_index at = t->oldest; at; at = dm_client_at(t, at)->newer) {
        struct dm_client *cli = dm_client_at(t, at);
        dm_index *bucket = dm_client_bucket(t, dm_hash_addr(&t->key, cli->addr.b));
        cli->hash_next = *bucket;
        *bucket = at;
    }
}

bool dm_client_table_resize(struct dm_client_table *t, size_t cap_bytes, uint32_t now_s)
{
    t->cap_bytes = cap_bytes;
    if (dm_client_table_bytes(t) <= cap_bytes) {
        return false;
    }
    evict_down(t, now_s);
    for (dm_index at = t->oldest; at; at = dm_client_at(t, move_client(t, at))->newer) {
        continue;
    }
    dm_slab_cut(&t->clients);
    dm_slab_cut(&t->suspects);
    t->hand = 0;
    fill_buckets(t);
    return true;
}
