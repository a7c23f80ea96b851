/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keyed hashing. Everything that is hashed here was chosen by somebody else, so every hash has a
 * key that he does not know (per monitor).
 */
#ifndef DM_UTIL_HASH_H
#define DM_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

/** A secret; random in a live host, fixed in a replay. */
struct dm_hashkey {
    uint64_t k0, k1;
};

/**
 * dm_hash() - SipHash-1-3 (Aumasson, Bernstein 2012) of @len bytes at @data.
 * Cost: about 1 ns a byte for short keys; no allocation.
 */
uint64_t dm_hash(const struct dm_hashkey *key, const void *data, size_t len);

/**
 * dm_hash_addr() - a keyed hash of 16 bytes, an address, for hash tables: both halves under the
 * key, multiplied, the halves of the product together (the mixing step of Wang Yi's wyhash, which
 * Go's maps use as well). Not for anything that leaves the process. Cost: two multiplications, a
 * fifteenth of dm_hash().
 */
uint32_t dm_hash_addr(const struct dm_hashkey *key, const uint8_t addr[16]);

/**
 * dm_hash_nocase() - a keyed mix of @len bytes in which upper and lower case are the same (and a
 * few other bytes are: bit 5 is not looked at). For statistics: faster than dm_hash(), but whoever
 * can watch its results could learn to make collisions.
 */
uint64_t dm_hash_nocase(const struct dm_hashkey *key, const void *data, size_t len);

#endif
