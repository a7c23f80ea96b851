/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The addresses that appear most often, in bounded memory (Space-Saving), with what else is counted
 * of each.
 */
#ifndef DM_STATS_HEAVY_H
#define DM_STATS_HEAVY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/addr.h"
#include "util/pack.h"

/** Addresses followed (doc/SCIENCE.md A.10): whoever has more than 1/64 of all is among them. */
#define DM_HEAVY_SLOTS 64
/** Counters for the caller beside each. */
#define DM_HEAVY_AUX 4

/** One address. count - error <= its true number <= count. Counters saturate at UINT32_MAX. */
struct dm_heavy_slot {
    struct dm_addr addr;
    uint32_t count;             /**< upper bound of how often it came */
    uint32_t error;             /**< how much of that may be others' */
    uint32_t aux[DM_HEAVY_AUX]; /**< the caller's, since first_s: lower bounds, as count - error */
    int64_t first_s, last_s;    /**< s since 1970 UTC, since it has the slot */
};

/** About 4.4 kB. Zeroed: empty. Copy freely. */
struct dm_heavy {
    uint64_t total;                /**< everything that was added */
    uint32_t used;                 /**< slots in use, the first ones */
    uint32_t fold[DM_HEAVY_SLOTS]; /**< 32 bits of each address, to pass over most at a glance */
    struct dm_heavy_slot slot[DM_HEAVY_SLOTS]; /**< in no order */
};

/**
 * dm_heavy_add() - @addr came @n times.
 * @t_s:     event time; may step back.
 * Returns:  its slot, for the aux counters; borrowed until the next call; NULL only if @n is 0.
 * Error:    at most total / 64 for each. When all slots are taken the one with the smallest count
 *           goes; of several the one with the largest address, so that nothing depends on a hash.
 * Cost:     O(slots): 64 compares of 32 bits, and a second pass only for a new address.
 * Source:   Metwally, Agrawal, El Abbadi 2005; doc/SCIENCE.md E.3.
 */
struct dm_heavy_slot *dm_heavy_add(struct dm_heavy *h, const struct dm_addr *addr, uint32_t n,
                                   int64_t t_s);

/** dm_heavy_count() - add 1 to a slot's counter, saturating. */
void dm_heavy_count(struct dm_heavy_slot *slot, unsigned aux);

/** dm_heavy_find() - the slot of @addr, NULL if it is not followed: then it came at most as often
 * as the smallest count, and not at all while slots are free. */
const struct dm_heavy_slot *dm_heavy_find(const struct dm_heavy *h, const struct dm_addr *addr);

/** dm_heavy_top() - the slot with the largest count, of several the one with the smallest address;
 * NULL if there is none. */
const struct dm_heavy_slot *dm_heavy_top(const struct dm_heavy *h);

/** dm_heavy_sort() - by falling count, then rising address; slots borrowed before are void. */
void dm_heavy_sort(struct dm_heavy *h);

/**
 * dm_heavy_halve() - halve every number, the start of forgetting; whoever comes to 0 goes.
 * Error:    rounding down leaves the upper bound too small by less than 1, however often it is
 * done.
 */
void dm_heavy_halve(struct dm_heavy *h);

/** dm_heavy_reset() - empty. */
void dm_heavy_reset(struct dm_heavy *h);

/** dm_heavy_pack() - append it to a state file. */
void dm_heavy_pack(struct dm_buf *out, const struct dm_heavy *h);

/** dm_heavy_unpack() - refused: too many, one twice, an error above its count, counts above total.
 */
void dm_heavy_unpack(struct dm_unpacker *in, struct dm_heavy *ret);

#endif
