/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Exact sets of hashes. Up to DM_SET_INLINE entries in a list inside the struct, which is what most
 * clients ever need; beyond that open addressing in a table of a power of two, along cache lines.
 *
 * Method: 0 marks a free slot, so the value 0 is a flag beside the table. The slot comes from a
 * multiplicative hash (Knuth, vol. 3, 6.4: 2^64 over the golden ratio), which uses the high bits.
 *
 * LIMITS: entries are never taken out one by one. Two names with one hash are one entry: with n
 * entries the chance that a new name is missed is n / 2^64.
 */
#include "util/set.h"

#include <stdlib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"

#define FIRST_SLOTS 16u /* the table that follows a full list: 8 of 12 taken */
/* Tables from so many slots on begin at a cache line, so that a row of slots is one (own choice:
 * smaller ones are in the cache with whatever they belong to). */
#define ALIGNED_SLOTS 512u
#define LINE 64u

void dm_set_init(struct dm_set *set, uint32_t max)
{
    memset(set, 0, sizeof *set);
    set->max = max < DM_SET_MAX ? max : DM_SET_MAX;
}

void dm_set_clear(struct dm_set *set)
{
    if (set->slots) {
        free(set->u.table);
    }
    dm_set_init(set, set->max);
}

/* Entries other than the zero. */
static uint32_t stored(const struct dm_set *set)
{
    return set->count - (set->has_zero ? 1 : 0);
}

bool dm_set_has_few(const struct dm_set *set, uint64_t h)
{
    for (uint32_t i = 0; i < stored(set); i++) {
        if (set->u.few[i] == h) {
            return true;
        }
    }
    return false;
}

static bool has_room(const struct dm_set *set)
{
    return set->slots ? stored(set) < set->slots / 4 * 3 : stored(set) < DM_SET_INLINE;
}

/* All free.   Returns: NULL without memory. */
static uint64_t *make_table(uint32_t slots)
{
    size_t bytes = slots * sizeof(uint64_t);

    if (slots < ALIGNED_SLOTS) {
        return calloc(1, bytes);
    }
    uint64_t *table = aligned_alloc(LINE, bytes);
    return table ? memset(table, 0, bytes) : NULL;
}

static int grow(struct dm_set *set)
{
    const uint64_t *old = set->slots ? set->u.table : set->u.few;
    uint32_t old_n = set->slots ? set->slots : stored(set);
    uint32_t slots = set->slots ? set->slots * 2 : FIRST_SLOTS;
    uint64_t *table = make_table(slots);

    if (!table) {
        return DNSMON_ENOMEM;
    }
    for (uint32_t i = 0; i < old_n; i++) {
        if (old[i] != 0) {
            table[dm_set_slot(table, slots, old[i])] = old[i];
        }
    }
    if (set->slots) {
        free(set->u.table);
    }
    set->u.table = table;
    set->slots = slots;
    return 0;
}

/* Into a list, or a table that has just grown. */
static void store(struct dm_set *set, uint64_t h)
{
    if (h == 0) {
        set->has_zero = true;
    } else if (set->slots) {
        set->u.table[dm_set_slot(set->u.table, set->slots, h)] = h;
    } else {
        set->u.few[stored(set)] = h;
    }
    set->count++;
}

/* What is not there. */
static int add_new(struct dm_set *set, uint64_t h)
{
    if (set->count >= set->max) {
        return DNSMON_ERANGE;
    }
    if (h != 0 && !has_room(set)) {
        int rc = grow(set);
        if (rc < 0) {
            return rc;
        }
    }
    store(set, h);
    return 1;
}

int dm_set_add(struct dm_set *set, uint64_t h)
{
    if (set->slots && h) {
        uint64_t *at = &set->u.table[dm_set_slot(set->u.table, set->slots, h)];
        if (*at == h) {
            return 0;
        }
        if (set->count < set->max && has_room(set)) {
            *at = h;
            set->count++;
            return 1;
        }
    } else if (dm_set_has(set, h)) {
        return 0;
    }
    return add_new(set, h);
}

size_t dm_set_bytes(const struct dm_set *set)
{
    return (size_t)set->slots * sizeof(uint64_t);
}

size_t dm_set_needs(const struct dm_set *set)
{
    uint32_t more = set->slots ? set->slots : FIRST_SLOTS;

    return set->count >= set->max || has_room(set) ? 0 : more * sizeof(uint64_t);
}

/* Position 0 is the zero's, position 1 + i that of slot or list entry i. */
bool dm_set_next(const struct dm_set *set, uint32_t *at, uint64_t *ret_h)
{
    const uint64_t *p = set->slots ? set->u.table : set->u.few;
    uint32_t n = set->slots ? set->slots : stored(set);

    if (*at == 0) {
        *at = 1;
        if (set->has_zero) {
            *ret_h = 0;
            return true;
        }
    }
    while (*at <= n) {
        uint64_t h = p[(*at)++ - 1];
        if (h != 0) {
            *ret_h = h;
            return true;
        }
    }
    return false;
}
