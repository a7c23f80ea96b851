/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keyed hashing. Everything that is hashed here was chosen by somebody else, so every hash has a
 * key that he does not know (per monitor).
 */
#ifndef DM_UTIL_HASH_H
#define DM_UTIL_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** A secret; random in a live host, fixed in a replay. */
struct dm_hashkey {
    uint64_t k0, k1;
};

/**
 * dm_hash() - SipHash-1-3 (Aumasson, Bernstein 2012) of @len bytes at @data.
 * Cost: about 1 ns a byte for short keys; no allocation.
 */
uint64_t dm_hash(const struct dm_hashkey *key, const void *data, size_t len);

#define DM_ROTL64(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

/** dm_load_le64() - eight bytes, the first one lowest: the same number on every machine. */
static inline uint64_t dm_load_le64(const void *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/** 2^64 / golden ratio, as in Fibonacci hashing. */
#define DM_HASH_MIX 0x9e3779b97f4a7c15ULL
/** Bit 5 of every byte: with it 'A' and 'a' are the same. */
#define DM_HASH_FOLD 0x2020202020202020ULL

/** dm_hash_fold() - both halves of a product together. */
static inline uint64_t dm_hash_fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/**
 * dm_hash_addr() - a keyed hash of 16 bytes, an address, for hash tables: both halves under the
 * key, multiplied, the halves of the product together (the mixing step of Wang Yi's wyhash, which
 * Go's maps use as well). Not for anything that leaves the process. Cost: two multiplications, a
 * fifteenth of dm_hash().
 */
static inline uint32_t dm_hash_addr(const struct dm_hashkey *key, const uint8_t addr[16])
{
    uint64_t h = dm_hash_fold(dm_load_le64(addr) ^ key->k0, dm_load_le64(addr + 8) ^ key->k1);

    return (uint32_t)((h * DM_HASH_MIX) >> 32);
}

/**
 * dm_hash_beside() - dm_hash_addr() of an address, made 64 bits by 32 of the address itself: for
 * sets, in which two of 16,384 clients would else be one in every thirtieth. Two IPv4 addresses
 * never are.
 */
static inline uint64_t dm_hash_beside(uint32_t hash, const uint8_t addr[16])
{
    uint64_t w = dm_load_le64(addr) ^ dm_load_le64(addr + 8);

    return (uint64_t)hash << 32 | (uint32_t)(w ^ w >> 32);
}

/**
 * dm_hash_nocase() - a keyed mix of @len bytes in which upper and lower case are the same (and a
 * few other bytes are: bit 5 is not looked at). Faster than dm_hash(); whoever could watch its
 * results might learn to make collisions (see hash.c), so it is for what stays in the process.
 */
uint64_t dm_hash_nocase(const struct dm_hashkey *key, const void *data, size_t len);

/** dm_word_has() - not 0 if one of a word's eight bytes is @c (Mycroft's test for a zero byte). */
static inline uint64_t dm_word_has(uint64_t word, char c)
{
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t x = word ^ (ones * (uint8_t)c);

    return (x - ones) & ~x & (ones << 7);
}

/**
 * dm_hash_nocase_seek() - the same hash, and in the same pass over the bytes whether one is @c.
 * @c:  not NUL, or @ret_has means nothing.
 */
static inline uint64_t dm_hash_nocase_seek(const struct dm_hashkey *key, const void *data,
                                           size_t len, char c, bool *ret_has)
{
    const uint8_t *p = data;
    uint64_t h = key->k0 ^ (len * DM_HASH_MIX), tail = 0, has = 0;
    const uint64_t secret = (key->k1 ^ DM_HASH_MIX) | 1;
    size_t whole = len & ~(size_t)7, rest = len & 7;

    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word = dm_load_le64(p + i);
        has |= dm_word_has(word, c);
        h = dm_hash_fold(h ^ (word | DM_HASH_FOLD), secret);
    }
    if (whole && rest) { /* the last eight bytes, of which some have been taken */
        tail = dm_load_le64(p + len - 8) >> (64 - 8 * rest);
    } else {
        for (size_t i = 0; i < rest; i++) {
            tail |= (uint64_t)p[whole + i] << (8 * i);
        }
    }
    *ret_has = (has | dm_word_has(tail, c)) != 0;
    h = dm_hash_fold(h ^ (rest ? tail | DM_HASH_FOLD >> (64 - 8 * rest) : 0), secret);
    h = (h ^ (h >> 32)) * DM_HASH_MIX;
    return h ^ (h >> 29);
}

#endif
