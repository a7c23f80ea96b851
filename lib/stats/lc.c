/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Linear counting: each thing sets one bit of 256, and the empty ones say how many there were.
 *
 * Source: Whang, Vander-Zanden, Taylor 1990; doc/SCIENCE.md E.3.
 * LIMITS: above about 600 use the HyperLogLog (hll.h).
 */
#include "stats/lc.h"

#include <glib.h>
#include <math.h>

#define WORDS (DM_LC_BITS / 64)

bool dm_lc_add(struct dm_lc *lc, uint64_t hash)
{
    uint64_t *word = &lc->map[hash / 64 % WORDS], bit = 1ULL << (hash % 64);
    bool is_new = !(*word & bit);

    *word |= bit;
    return is_new;
}

double dm_lc_estimate(const struct dm_lc *lc)
{
    int empty = DM_LC_BITS;

    for (int i = 0; i < WORDS; i++) {
        empty -= __builtin_popcountll(lc->map[i]);
    }
    return DM_LC_BITS * log((double)DM_LC_BITS / MAX(empty, 1));
}

void dm_lc_merge(struct dm_lc *lc, const struct dm_lc *more)
{
    for (int i = 0; i < WORDS; i++) {
        lc->map[i] |= more->map[i];
    }
}

void dm_lc_reset(struct dm_lc *lc)
{
    *lc = (struct dm_lc){{0}};
}

void dm_lc_pack(struct dm_buf *out, const struct dm_lc *lc)
{
    DM_PACK(out, lc->map);
}

void dm_lc_unpack(struct dm_unpacker *in, struct dm_lc *ret)
{
    DM_UNPACK(in, ret->map);
}
