/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Longest-prefix match: which of many prefixes is the most exact one that has an address.
 */
#ifndef DM_UTIL_PREFIXMAP_H
#define DM_UTIL_PREFIXMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/addr.h"

struct dm_prefixmap_entry;

/** Embedded; all zero is an empty map. Filled by add(), made ready once by seal(). */
struct dm_prefixmap {
    struct dm_prefixmap_entry *entry; /**< owned */
    size_t n, room;
    bool sealed;
    bool failed; /**< there was no memory for one */
};

/** The same prefix with two values. */
struct dm_prefixmap_clash {
    struct dm_prefix prefix;
    uint32_t first, second; /**< the two values, the smaller first */
};

/** dm_prefixmap_clear() - free what it holds; it is an empty map afterwards. */
void dm_prefixmap_clear(struct dm_prefixmap *map);

/** dm_prefixmap_add() - one more prefix.   @map: not yet sealed. Without memory the map is spoilt,
 * which dm_prefixmap_seal() says. */
void dm_prefixmap_add(struct dm_prefixmap *map, const struct dm_prefix *p, uint32_t value);

/**
 * dm_prefixmap_seal() - make it ready for dm_prefixmap_find(); nothing can be added any more.
 * @ret_clash: the first prefix that was added with two different values; may be NULL.
 * Returns:    0; DNSMON_EINVAL for a clash; DNSMON_ENOMEM if an add() had no memory. The same
 *             prefix twice with one value is fine.
 * Cost:       O(n log n).
 */
int dm_prefixmap_seal(struct dm_prefixmap *map, struct dm_prefixmap_clash *ret_clash);

/**
 * dm_prefixmap_find() - the value of the longest prefix that has @a.
 * @map:     sealed.
 * Returns:  whether there is one; @ret is left alone if not.
 * Thread:   any, once sealed.   Cost: O(log n + depth of nesting), no allocation.
 */
bool dm_prefixmap_find(const struct dm_prefixmap *map, const struct dm_addr *a, uint32_t *ret);

/** A prefix that had an address: its words as they lie in memory, and those bits of them that
 * count. Zeroed: none. */
struct dm_prefixmap_memo {
    uint64_t addr[2], mask[2];
    bool set;
};

/** dm_prefixmap_again() - whether the prefix that had the last address has @a, too. */
static inline bool dm_prefixmap_again(const struct dm_prefixmap_memo *memo, const struct dm_addr *a)
{
    uint64_t word[2];

    memcpy(word, a->b, sizeof word);
    return memo->set && (((word[0] ^ memo->addr[0]) & memo->mask[0]) |
                         ((word[1] ^ memo->addr[1]) & memo->mask[1])) == 0;
}

/**
 * dm_prefixmap_has() - whether any prefix has @a; for one address after the other.
 * @memo:    in and out, of this map alone: the prefix that had the last one is asked first.
 * Cost:     a few instructions for most; else as dm_prefixmap_find().
 */
bool dm_prefixmap_has(const struct dm_prefixmap *map, const struct dm_addr *a,
                      struct dm_prefixmap_memo *memo);

#endif
