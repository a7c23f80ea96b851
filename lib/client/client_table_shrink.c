/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A smaller cap of the client table, by configuration.
 *
 * Method:  who is too many is evicted at once; then clients at the end of the slabs take the free
 *          places in front, and the chunks behind them are freed. Nothing is copied aside, so the
 *          moment at which memory is short does not need more of it.
 *
 * LIMITS: all of it happens under the monitor's lock: of 1,000,000 clients, down to 48,000, it
 * takes 0.25 s. What a state holds of its own stays where it is, so pages of it stay between what
 * is free.
 */
#include <glib.h>
#include <string.h>

#include "client/client_table_parts.h"

static uint32_t slots_for(const struct dm_client_table *t)
{
    uint32_t n = DM_CLIENT_SLOTS;

    while (n <= t->mask && dm_client_too_few_slots(n - 1, t->clients.live)) {
        n *= 2;
    }
    return n;
}

/* Whether those that are left need more than the cap when they have moved together. */
static bool is_over(const struct dm_client_table *t)
{
    uint32_t live = t->clients.live;
    size_t first = slots_for(t) * sizeof *t->slots + dm_slab_bytes_for(&t->clients, live) +
                   dm_slab_bytes_for(&t->rests, live);
    size_t all = sizeof *t + first + dm_slab_bytes_for(&t->suspects, t->suspects.live) + t->charged;

    return all > t->cap_bytes || (double)first > DM_CLIENT_FIRST_SHARE * (double)t->cap_bytes;
}

/* Between those that have to be kept for the longest time, which have an incident, and those that
 * have done little: a flood of suspects must not displace who was there before it. */
static uint32_t middle_of_kept(const struct dm_client_table *t, uint32_t now_s)
{
    uint32_t least = UINT32_MAX, most = now_s;

    for (dm_index at = t->oldest; at;) {
        const struct dm_client_rest *rest = dm_client_rest_at(t, at);
        if (rest->keep_until_s > now_s) {
            least = MIN(least, rest->keep_until_s);
            most = MAX(most, rest->keep_until_s);
        }
        at = rest->newer;
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
            const struct dm_client_rest *rest = dm_client_rest_at(t, at);
            uint32_t keep_until_s = rest->keep_until_s;
            next = rest->newer;
            if (keep_until_s <= until_s[pass] && (pass > 0 || !dm_client_at(t, at)->again)) {
                t->counts.evicted++;
                t->counts.evicted_kept += keep_until_s > now_s;
                dm_client_remove(t, at);
            }
        }
    }
}

/* Both parts of a client to a free place in front; the two slabs have the same ones. */
static dm_index move_down(struct dm_client_table *t, dm_index at)
{
    dm_index to = dm_slab_take_low(&t->clients, t->clients.live);
    struct dm_client_rest *rest;

    dm_slab_take_low(&t->rests, t->rests.live);
    *dm_client_at(t, to) = *dm_client_at(t, at);
    rest = dm_client_rest_at(t, to);
    *rest = *dm_client_rest_at(t, at);
    *(rest->newer ? &dm_client_rest_at(t, rest->newer)->older : &t->newest) = to;
    *(rest->older ? &dm_client_rest_at(t, rest->older)->newer : &t->oldest) = to;
    return to;
}

/* Moves a client, and its suspect block, to the front of their slabs. */
static dm_index move_client(struct dm_client_table *t, dm_index at)
{
    dm_index to = at > t->clients.live ? move_down(t, at) : at;
    struct dm_client *cli = dm_client_at(t, to);

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

/* The slots anew, as few as there would be if the table had only grown. */
static void fill_slots(struct dm_client_table *t)
{
    uint32_t n = slots_for(t);
    uint32_t *fewer = n <= t->mask ? g_try_new(uint32_t, n) : NULL;

    if (fewer) {
        g_free(t->slots);
        t->slots = fewer;
        t->mask = n - 1;
    }
    memset(t->slots, 0, (t->mask + (size_t)1) * sizeof *t->slots);
    for (dm_index at = t->oldest; at; at = dm_client_rest_at(t, at)->newer) {
        dm_client_put_in_slot(t, at, dm_hash_addr(&t->key, dm_client_at(t, at)->addr.b));
    }
}

bool dm_client_table_resize(struct dm_client_table *t, size_t cap_bytes, uint32_t now_s)
{
    t->cap_bytes = cap_bytes;
    if (dm_client_table_bytes(t) <= cap_bytes) {
        return false;
    }
    evict_down(t, now_s);
    for (dm_index at = t->oldest; at; at = dm_client_rest_at(t, move_client(t, at))->newer) {
        continue;
    }
    dm_slab_cut(&t->clients);
    dm_slab_cut(&t->rests);
    dm_slab_cut(&t->suspects);
    t->hand = 0;
    fill_slots(t);
    return true;
}
