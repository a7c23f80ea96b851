/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SipHash with one compression and three finalisation rounds: the variant that hash tables of
 * hostile keys use (the authors' SipHash-1-3). Test vectors: tests/unit/test_util.c.
 */
#include "util/hash.h"

#include <string.h>

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = ROTL(s->v1, 13) ^ s->v0;
    s->v0 = ROTL(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = ROTL(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = ROTL(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = ROTL(s->v1, 17) ^ s->v2;
    s->v2 = ROTL(s->v2, 32);
}

static inline uint64_t load_le64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

uint64_t dm_hash(const struct dm_hashkey *key, const void *data, size_t len)
{
    const uint8_t *p = data;
    struct sip s = {key->k0 ^ 0x736f6d6570736575ULL, key->k1 ^ 0x646f72616e646f6dULL,
                    key->k0 ^ 0x6c7967656e657261ULL, key->k1 ^ 0x7465646279746573ULL};
    uint64_t last = (uint64_t)len << 56;
    size_t whole = len & ~(size_t)7;

    for (size_t i = 0; i < whole; i += 8) {
        uint64_t m = load_le64(p + i);
        s.v3 ^= m;
        sip_round(&s);
        s.v0 ^= m;
    }
    for (size_t i = whole; i < len; i++) {
        last |= (uint64_t)p[i] << (8 * (i - whole));
    }
    s.v3 ^= last;
    sip_round(&s);
    s.v0 ^= last;
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Bit 5 of every byte set: 'A' and 'a' are the same. */
#define FOLD 0x2020202020202020ULL
#define MIX 0x9e3779b97f4a7c15ULL /* 2^64 / golden ratio, as in Fibonacci hashing */

uint32_t dm_hash_addr(const struct dm_hashkey *key, const uint8_t addr[16])
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(load_le64(addr) ^ key->k0) * (load_le64(addr + 8) ^ key->k1);
    uint64_t h = (uint64_t)product ^ (uint64_t)(product >> 64);

    return (uint32_t)((h * MIX) >> 32);
}

uint64_t dm_hash_nocase(const struct dm_hashkey *key, const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t h = key->k0 ^ (len * MIX), tail = 0;

    for (; len >= 8; len -= 8, p += 8) {
        h = (h ^ (load_le64(p) | FOLD)) * MIX;
        h ^= ROTL(h, 29) ^ key->k1;
    }
    for (size_t i = 0; i < len; i++) {
        tail |= (uint64_t)(p[i] | 0x20) << (8 * i);
    }
    h = (h ^ tail) * MIX;
    h = (h ^ (h >> 32)) * MIX;
    return h ^ (h >> 29);
}
