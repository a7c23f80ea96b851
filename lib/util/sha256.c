/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The compression function as in FIPS 180-4, section 6.2.2, round by round.
 *
 * LIMITS: about as fast as GLib's: no instructions of the machine for it are used.
 */
#include "util/sha256.h"

static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void schedule(const uint8_t *p, uint32_t w[64])
{
    for (int i = 0; i < 16; i++) {
        w[i] = big_endian(p + (size_t)4 * (size_t)i);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void take_block(uint32_t h[8], const uint8_t *p)
{
    uint32_t w[64], v[8];

    schedule(p, w);
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) {
        h[i] += v[i];
    }
}

void dm_sha256_begin(struct dm_sha256 *s)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(s->h, first, sizeof s->h);
    s->bytes = 0;
}

void dm_sha256_add(struct dm_sha256 *s, struct dm_slice bytes)
{
    size_t have = s->bytes % 64;

    s->bytes += bytes.n;
    if (have && have + bytes.n >= 64) {
        memcpy(s->block + have, bytes.p, 64 - have);
        take_block(s->h, s->block);
        bytes = dm_slice_skip(bytes, 64 - have);
        have = 0;
    }
    if (have == 0) {
        for (; bytes.n >= 64; bytes = dm_slice_skip(bytes, 64)) {
            take_block(s->h, (const uint8_t *)bytes.p);
        }
    }
    if (bytes.n) {
        memcpy(s->block + have, bytes.p, bytes.n);
    }
}

void dm_sha256_end(struct dm_sha256 *s, uint8_t ret_sum[DM_SHA256_BYTES])
{
    static const char padding[64] = {(char)0x80};
    size_t have = s->bytes % 64;
    uint64_t bits = s->bytes * 8;
    char length[8];

    for (int i = 0; i < 8; i++) {
        length[i] = (char)(bits >> (56 - 8 * i));
    }
    dm_sha256_add(s, dm_slice_make(padding, (have < 56 ? 56 : 120) - have));
    dm_sha256_add(s, dm_slice_make(length, sizeof length));
    for (int i = 0; i < 32; i++) {
        ret_sum[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
    }
}
