/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * HyperLogLog with a byte a register: 16 more than six bits would take, and no shifting.
 *
 * Method: six bits of the hash choose the register, the trailing zeros of the others are the rank.
 * Source: Flajolet, Fusy, Gandouet, Meunier 2007; doc/SCIENCE.md E.3.
 * LIMITS: whoever knows the hash key can make it say anything; the key is the monitor's.
 */
#include "stats/hll.h"

#include <glib.h>
#include <math.h>

#define INDEX_BITS 6
#define MOST_RANK (64 - INDEX_BITS + 1)
/* The paper's constant for 64 registers. */
#define ALPHA 0.709
/* Where linear counting of the empty registers ends, things per register (the paper's). */
#define SMALL_RANGE 2.5

void dm_hll_add(struct dm_hll *hll, uint64_t hash)
{
    uint8_t *reg = &hll->reg[hash % DM_HLL_REGISTERS], rank = 1;

    for (hash >>= INDEX_BITS; rank < MOST_RANK && !(hash & 1); hash >>= 1) {
        rank++;
    }
    *reg = MAX(*reg, rank);
}

double dm_hll_estimate(const struct dm_hll *hll)
{
    const double m = DM_HLL_REGISTERS;
    double sum = 0, empty = 0;

    for (int i = 0; i < DM_HLL_REGISTERS; i++) {
        sum += ldexp(1, -hll->reg[i]);
        empty += hll->reg[i] == 0;
    }
    double raw = ALPHA * m * m / sum;
    return raw <= SMALL_RANGE * m && empty > 0 ? m * log(m / empty) : raw;
}

void dm_hll_merge(struct dm_hll *hll, const struct dm_hll *more)
{
    for (int i = 0; i < DM_HLL_REGISTERS; i++) {
        hll->reg[i] = MAX(hll->reg[i], more->reg[i]);
    }
}

void dm_hll_reset(struct dm_hll *hll)
{
    *hll = (struct dm_hll){{0}};
}

void dm_hll_pack(struct dm_buf *out, const struct dm_hll *hll)
{
    DM_PACK(out, hll->reg);
}

void dm_hll_unpack(struct dm_unpacker *in, struct dm_hll *ret)
{
    DM_UNPACK(in, ret->reg);
    for (int i = 0; i < DM_HLL_REGISTERS; i++) {
        if (!dm_unpack_require(in, ret->reg[i] <= MOST_RANK, "a register has an impossible rank")) {
            dm_hll_reset(ret);
        }
    }
}
