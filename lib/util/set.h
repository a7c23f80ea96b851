/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An exact set of 64-bit hashes with a limit: small ones live inside the struct, larger ones take a
 * table from the heap.
 */
#ifndef DM_UTIL_SET_H
#define DM_UTIL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Entries without heap memory. */
#define DM_SET_INLINE 8

/** Largest limit a set takes, entries. */
#define DM_SET_MAX (1u << 30)

/**
 * Embedded; all zero bytes are a valid empty set with limit 0. May be moved with memcpy(), since
 * nothing points into it. @slots: table size, 0 while the entries are in @u.few.
 */
struct dm_set {
    union {
        uint64_t few[DM_SET_INLINE];
        uint64_t *table; /**< 0: free; the value 0 itself is has_zero */
    } u;
    uint32_t slots;
    uint32_t count; /**< entries, with the zero */
    uint32_t max;
    bool has_zero;
};

/** dm_set_init() - an empty set.   @max: most entries it takes, up to DM_SET_MAX. */
void dm_set_init(struct dm_set *set, uint32_t max);

/** dm_set_clear() - empty it and give the heap memory back; the limit stays. */
void dm_set_clear(struct dm_set *set);

/**
 * dm_set_add() - put one value in.
 * @h:       any value, 0 too; better a keyed hash, since equal low bits are an attacker's choice.
 * Returns:  1 added; 0 it was there; DNSMON_ERANGE it was not and the set is full; DNSMON_ENOMEM.
 *           After a failure the set is as before.
 * Owner:    the table is the set's; it grows by doubling, at most 3/4 full.
 * Thread:   as the struct around it.     Cost: O(1); allocates when it grows.
 */
int dm_set_add(struct dm_set *set, uint64_t h);

/** dm_set_first() - where in a table to look for @h first (set.c, "Method"). */
static inline uint32_t dm_set_first(uint32_t slots, uint64_t h)
{
    return (uint32_t)((h * 0x9e3779b97f4a7c15ULL) >> 32) & (slots - 1);
}

/** Slots that are tried before those of the next cache line. */
#define DM_SET_ROW 8u

/**
 * dm_set_slot() - where @h, not 0, is or would go in a table: round and round in the cache line of
 * its first slot, which dm_set_prefetch() has brought, then in the next one. A table is never full,
 * so the walk ends.
 */
static inline uint32_t dm_set_slot(const uint64_t *table, uint32_t slots, uint64_t h)
{
    const uint32_t first = dm_set_first(slots, h);
    uint32_t i = first;

    while (table[i] != 0 && table[i] != h) {
        i = (i & ~(DM_SET_ROW - 1)) | ((i + 1) & (DM_SET_ROW - 1));
        if (((i ^ first) & (DM_SET_ROW - 1)) == 0) {
            i = (i + DM_SET_ROW) & (slots - 1);
        }
    }
    return i;
}

/** dm_set_has_few() - for dm_set_has(), of a list. */
bool dm_set_has_few(const struct dm_set *set, uint64_t h);

/** dm_set_has() - whether @h was added. */
static inline bool dm_set_has(const struct dm_set *set, uint64_t h)
{
    if (set->slots && h) {
        return set->u.table[dm_set_slot(set->u.table, set->slots, h)] == h;
    }
    return h ? dm_set_has_few(set, h) : set->has_zero;
}

/** dm_set_prefetch() - bring what dm_set_has() and dm_set_add() will touch into the cache. Always
 * inline: gcc takes a function that only fetches for one without effect, and drops the call. */
static inline __attribute__((always_inline)) void dm_set_prefetch(const struct dm_set *set,
                                                                  uint64_t h)
{
    if (set->slots) {
        __builtin_prefetch(&set->u.table[dm_set_first(set->slots, h)], 1);
    }
}

/** dm_set_count() - entries. */
static inline uint32_t dm_set_count(const struct dm_set *set)
{
    return set->count;
}

/** dm_set_bytes() - heap bytes held, for the owner's account. */
size_t dm_set_bytes(const struct dm_set *set);

/** dm_set_needs() - heap bytes that adding one more value would take beside those held; mostly 0.
 */
size_t dm_set_needs(const struct dm_set *set);

/**
 * dm_set_next() - walk over the entries: `for (uint32_t at = 0; dm_set_next(set, &at, &h);)`.
 * The order depends on the sequence of additions alone. Nothing may be added meanwhile.
 * Returns: whether there was one.
 */
bool dm_set_next(const struct dm_set *set, uint32_t *at, uint64_t *ret_h);

#endif
