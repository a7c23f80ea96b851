/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How many different things were seen, up to some hundreds, in 32 bytes (linear counting).
 */
#ifndef DM_STATS_LC_H
#define DM_STATS_LC_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"

/** Bits of the map. */
#define DM_LC_BITS 256

/** Zeroed: nothing seen. */
struct dm_lc {
    uint64_t map[DM_LC_BITS / 64];
};

/** dm_lc_add() - saw the thing with this keyed hash, of which 8 bits are used.
 * Returns: whether a bit was set: certainly a new thing; false: new with probability set / 256. */
bool dm_lc_add(struct dm_lc *lc, uint64_t hash);

/**
 * dm_lc_estimate() - different things seen: -256·ln(share of empty bits).
 * Error:    one deviation is sqrt(256·(e^t - t - 1)) / n with t = n / 256: 5 % up to 200, 7 % at
 * 600. Range:    0..1420; a full map gives 1420 (256·ln 256), which then means "at least". Source:
 * Whang, Vander-Zanden, Taylor 1990; doc/SCIENCE.md E.3.
 */
double dm_lc_estimate(const struct dm_lc *lc);

/** dm_lc_merge() - as if all that @more saw had been added; both with the same hash key. */
void dm_lc_merge(struct dm_lc *lc, const struct dm_lc *more);

/** dm_lc_reset() - nothing seen. */
void dm_lc_reset(struct dm_lc *lc);

/** dm_lc_pack() - append it to a state file. */
void dm_lc_pack(struct dm_buf *out, const struct dm_lc *lc);

/** dm_lc_unpack() - any map is possible. */
void dm_lc_unpack(struct dm_unpacker *in, struct dm_lc *ret);

#endif
