/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a prediction of a count is off by when nothing is wrong: how its deviation grows with the
 * count, and how much of it the next one inherits.
 */
#ifndef DM_STATS_NOISE_H
#define DM_STATS_NOISE_H

#include <stdbool.h>

#include "stats/moments.h"
#include "util/pack.h"

/** Deviations beyond which a difference teaches no more than that (Huber's limit; own choice: a
 * Gaussian one comes once in 16,000 bins, a third of a year, so the estimate is not biased). */
#define DM_NOISE_LIMIT 4.0

/** Zeroed: nothing known. Copy freely. */
struct dm_noise {
    struct dm_moments squares; /**< x: predicted, y: squared difference */
    double cross, power;       /**< of neighbours: Σ z·z', Σ z'² */
    double last;               /**< z of the one before */
    bool has_last;
};

/**
 * dm_noise_begin() - what a fit says of the noise, as if it had been seen in 36 bins,
 * with a variance in proportion to the prediction until more is known.
 * @predicted, @spread: mean and deviation of the predictions.   @sigma: deviation from them, >= 0.
 */
void dm_noise_begin(struct dm_noise *n, double predicted, double spread, double sigma);

/**
 * dm_noise_sd() - deviation at a prediction, above 0: the variance is a straight line over the
 * prediction, and at least that of a Poisson count.
 */
double dm_noise_sd(const struct dm_noise *n, double predicted);

/** dm_noise_limit() - @observed, but at most DM_NOISE_LIMIT deviations from @predicted: what of it
 * may be learned. */
double dm_noise_limit(const struct dm_noise *n, double predicted, double observed);

/** dm_noise_learn() - a difference at a quiet time.   @forget: 0..1, see dm_stats_forget(). Call it
 * before dm_noise_next(). */
void dm_noise_learn(struct dm_noise *n, double predicted, double observed, double forget);

/** dm_noise_inherited() - share that a difference inherits of the one before, 0..0.9. */
double dm_noise_inherited(const struct dm_noise *n);

/**
 * dm_noise_whiten() - the part of a standardised difference that is new, and a deviation of 1
 * again: (z - r·z') / sqrt(1 - r²).
 */
double dm_noise_whiten(const struct dm_noise *n, double z);

/** dm_noise_next() - @z is the one before, from now on. */
void dm_noise_next(struct dm_noise *n, double z);

/** dm_noise_gap() - the next one has no neighbour. */
void dm_noise_gap(struct dm_noise *n);

/** dm_noise_pack() - append it to a state file.  dm_noise_unpack() - refused: what no bins give. */
void dm_noise_pack(struct dm_buf *out, const struct dm_noise *n);
void dm_noise_unpack(struct dm_unpacker *in, struct dm_noise *ret);

#endif
