/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Do two series rise and fall together? Pearson's r over the last n pairs, exactly.
 */
#ifndef DM_STATS_PEARSON_H
#define DM_STATS_PEARSON_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"

/** Longest window, pairs. A.12 uses 14 days. */
#define DM_PEARSON_MAX 64

/** Zeroed: empty, window of DM_PEARSON_MAX pairs. */
struct dm_pearson {
    double x[DM_PEARSON_MAX], y[DM_PEARSON_MAX]; /**< a ring of the last pairs */
    uint32_t window;                             /**< pairs, 3..64; 0 means 64 */
    uint32_t at;                                 /**< where the next pair goes */
    uint32_t used;                               /**< pairs held, at most the window */
};

/** dm_pearson_init() - empty.   @window: pairs, brought into 3..DM_PEARSON_MAX. */
void dm_pearson_init(struct dm_pearson *p, uint32_t window);

/** dm_pearson_add() - the next pair; the oldest goes once the window is full.
 * Returns: whether it was taken: not if unusable (dm_stats_usable()). */
bool dm_pearson_add(struct dm_pearson *p, double x, double y);

/** dm_pearson_full() - whether the window is full: before, r rests on p->used pairs. */
bool dm_pearson_full(const struct dm_pearson *p);

/**
 * dm_pearson_r() - correlation, -1..1.
 * Returns: NAN with less than three pairs or where x or y did not vary.
 * Error:   about 1 / sqrt(n) at r = 0; numerically 1e-13: computed afresh, nothing runs along.
 * Cost:    O(window).   Source: doc/SCIENCE.md A.12.
 */
double dm_pearson_r(const struct dm_pearson *p);

/** dm_pearson_t() - Student's t of @r over @n pairs, n - 2 degrees of freedom: r = 0.8 over 14 days
 * is 4.62 (p about 6e-4).   Returns: NAN below three pairs or |r| > 1, infinite at ±1. */
double dm_pearson_t(double r, uint32_t n);

/** dm_pearson_pack() - append it to a state file. */
void dm_pearson_pack(struct dm_buf *out, const struct dm_pearson *p);

/** dm_pearson_unpack() - refused: positions outside the window, unusable numbers. */
void dm_pearson_unpack(struct dm_unpacker *in, struct dm_pearson *ret);

#endif
