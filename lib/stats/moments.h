/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Running mean, variance and straight line of pairs (x, y), older pairs weighing less.
 */
#ifndef DM_STATS_MOMENTS_H
#define DM_STATS_MOMENTS_H

#include <stdbool.h>

#include "util/pack.h"

/**
 * Largest magnitude of a number that the statistics take. Own choice: above any rate or count (10^9
 * a second for eleven days), and its square times 10^18 observations is still a double.
 */
#define DM_STATS_MAX 1e15

/**
 * Weighted moments about the means. Zeroed: no pair yet. Copy freely.
 * Shape: w is the sum of the weights, in pairs; sxx = Σ weight·(x - mean_x)², sxy and syy alike.
 */
struct dm_moments {
    double w, mean_x, mean_y, sxx, sxy, syy;
};

/** dm_stats_usable() - whether @v is a number (not NaN) within ± DM_STATS_MAX. */
bool dm_stats_usable(double v);

/**
 * dm_stats_forget() - the factor that leaves half of a weight after @half_life.
 * @half_life, @elapsed: in the same unit (bins, seconds); @elapsed below 0 counts as 0.
 * Returns: 0.5^(elapsed / half_life), 0..1; 1 if @half_life is not above 0: never forget.
 *          A half-life of 1008 bins gives 0.99931 a bin (doc/SCIENCE.md A.7).
 */
double dm_stats_forget(double half_life, double elapsed);

/**
 * dm_moments_add() - one pair with weight 1, everything before it times @forget.
 * @forget:  0..1; 1 forgets nothing.
 * Returns:  whether it was counted: not if x or y is unusable (dm_stats_usable) or @forget outside
 *           0..1; then nothing changes.
 * Cost:     about 15 operations, no allocation.
 * Error:    relative 1e-15 times the number of pairs, whatever the size of the mean.
 * Source:   West 1979 (Welford's update with weights); doc/SCIENCE.md E.2.
 */
bool dm_moments_add(struct dm_moments *m, double x, double y, double forget);

/** dm_moments_fade() - weigh all that was seen by @forget, 0..1: bins in which nothing was added.
 */
void dm_moments_fade(struct dm_moments *m, double forget);

/**
 * dm_moments_merge() - add what another sensor saw, as if the pairs had been added here. Both must
 * have forgotten up to the same time.   Source: Chan, Golub, LeVeque 1979; doc/SCIENCE.md E.5.
 */
void dm_moments_merge(struct dm_moments *m, const struct dm_moments *more);

/**
 * dm_moments_slope(), _intercept() - least-squares line y = intercept + slope·x.
 * Returns: NAN while x has not varied: its deviation is below 1e-12 of its mean.
 */
double dm_moments_slope(const struct dm_moments *m);
double dm_moments_intercept(const struct dm_moments *m);

/** dm_moments_r2() - squared correlation, 0..1; NAN while x or y has not varied. Two pairs alone
 * give 1: ask for a weight (m->w) before believing it. */
double dm_moments_r2(const struct dm_moments *m);

/** dm_moments_sd_x(), _sd_y() - weighted deviation, Σ/w (of the population, so biased low by 1/2w
 * of itself); NAN without a pair. */
double dm_moments_sd_x(const struct dm_moments *m);
double dm_moments_sd_y(const struct dm_moments *m);

/** dm_moments_pack() - append it to a state file. */
void dm_moments_pack(struct dm_buf *out, const struct dm_moments *m);

/** dm_moments_unpack() - refused: what no sequence of pairs gives (negative squares, |r| > 1). */
void dm_moments_unpack(struct dm_unpacker *in, struct dm_moments *ret);

#endif
