/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SipHash with one compression and three finalisation rounds: the variant that hash tables of
 * hostile keys use (the authors' SipHash-1-3). Test vectors: tests/unit/test_util.c.
 *
 * The two quick hashes are folded products (hash.h). Whether somebody can make collisions who does
 * not know the key: no hash leaves the process, no order in it reaches an event, and what he could
 * time is a log host's queue, so he has to choose his items beforehand, for any key.
 *
 * dm_hash_addr() is no multiply-shift, and has no proof of universality: with 128 bits of key we
 * know of none for 128 bits of address (short sums of products lose differences in the topmost
 * bits, sums modulo 2^64 - 1 those by its divisors; a strongly universal one takes 320 bits).
 * Measured instead, over 40,000 random keys: of 16,512 pairs of addresses that differ in one or two
 * bits none meets in 10 bits more often than 65 times where random ones have 39 and the largest of
 * so many draws about 65; 24 patterned sets of 16,384 addresses (in order, by high bits, mirrored,
 * multiples of the constants and of divisors of 2^64 - 1) have between 0.997 and 1.002 times the
 * pairs of random ones, and no chain longer than 11. A pair that were found would cost one step;
 * for n addresses in one chain n(n-1)/2 pairs have to be.
 *
 * dm_hash_nocase() multiplies by the key in every step. With the constant that it had before,
 * whoever changed the topmost bits of eight bytes and took the change back in the next eight had
 * two names of one hash under every second key, without any look at it: recipients that are guessed
 * could be made to seem few. tests/unit/test_collisions.c has the search for such pairs.
 */
#include "util/hash.h"

#define ROTL(x, b) DM_ROTL64(x, b)

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

uint64_t dm_hash(const struct dm_hashkey *key, const void *data, size_t len)
{
    const uint8_t *p = data;
    struct sip s = {key->k0 ^ 0x736f6d6570736575ULL, key->k1 ^ 0x646f72616e646f6dULL,
                    key->k0 ^ 0x6c7967656e657261ULL, key->k1 ^ 0x7465646279746573ULL};
    uint64_t last = (uint64_t)len << 56;
    size_t whole = len & ~(size_t)7;

    for (size_t i = 0; i < whole; i += 8) {
        uint64_t m = dm_load_le64(p + i);
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

uint64_t dm_hash_nocase(const struct dm_hashkey *key, const void *data, size_t len)
{
    bool unused;

    return dm_hash_nocase_seek(key, data, len, '\0', &unused);
}
