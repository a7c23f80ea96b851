/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Linear regression of y on (x1, x2, 1) with forgetting and coefficients that are not negative:
 * y = m1·x1 + m2·x2 + intercept.
 */
#ifndef DM_STATS_REGRESS_H
#define DM_STATS_REGRESS_H

#include <stdbool.h>

#include "util/pack.h"

/** Columns. */
enum dm_regress_col { DM_REGRESS_X1, DM_REGRESS_X2, DM_REGRESS_Y, DM_REGRESS_COLS };

/**
 * What has been learned: the information form (XᵀX, Xᵀy, yᵀy: ten doubles), kept about the means.
 * Zeroed: nothing yet. Copy it to freeze a model.
 * Shape: s[i][j] = Σ weight·(column i - mean)·(column j - mean); only j >= i is used.
 */
struct dm_regress {
    double w; /**< sum of the weights, in bins */
    double mean[DM_REGRESS_COLS];
    double s[DM_REGRESS_COLS][DM_REGRESS_COLS];
};

/** How to solve. Zeroed: three coefficients, each at least 0. */
struct dm_regress_how {
    bool fix_m2;         /**< m2 is not estimated but given (S4: m_POP3 = 1) */
    double m2;           /**< then this, finite */
    bool free_intercept; /**< the intercept may be negative (a background without effect, A.8) */
};

/** A solution; plain numbers, finite unless said otherwise. */
struct dm_regress_fit {
    double m1, m2, intercept; /**< y per x1, y per x2, y */
    double m1_se; /**< standard error of m1; NAN if sigma is, 0 if m1 was clipped to 0 */
    double r2;    /**< share of the variance explained, at most 1; of y - m2·x2 if m2 was
                       fixed, as S4's Figure 2 plots it; NAN if that has not varied */
    double sigma; /**< residual deviation, units of y; NAN without degrees of freedom */
    double bins;  /**< weight it rests on, bins */
};

/**
 * dm_regress_add() - one bin with weight 1, all earlier ones times @forget.
 * @forget:  0..1, see dm_stats_forget().
 * Returns:  whether it was counted: not if a value is unusable (dm_stats_usable()).
 * Cost:     about 30 operations, no allocation.
 * Source:   doc/SCIENCE.md E.2, A.7.
 */
bool dm_regress_add(struct dm_regress *r, double x1, double x2, double y, double forget);

/** dm_regress_fade() - weigh all that was learned by @forget, 0..1. */
void dm_regress_fade(struct dm_regress *r, double forget);

/** dm_regress_merge() - add what another sensor learned up to the same time (E.5). */
void dm_regress_merge(struct dm_regress *r, const struct dm_regress *more);

/**
 * dm_regress_solve() - the coefficients with the least squared residual among those allowed.
 * @how:     borrowed.
 * @ret:     the fit; untouched if there is none.
 * Returns:  false if it cannot be solved: x1 has not varied, or x1 and x2 rise and fall so exactly
 *           together that their parts cannot be told apart (1 - r² < 1e-9). An x2 that has not
 *           varied is left out (m2 = 0), so that a server without POP3 still has its m1.
 * Error:    coefficients: m1_se; numerically about 1e-7 relative at the worst condition admitted.
 * Cost:     at most eight systems of two unknowns.
 * Source:   doc/SCIENCE.md A.7 (coefficients constrained by clipping). All sets of clipped
 *           coefficients are tried, which is exact, and does not depend on an order of clipping.
 */
bool dm_regress_solve(const struct dm_regress *r, const struct dm_regress_how *how,
                      struct dm_regress_fit *ret);

/** dm_regress_predict() - y as the fit expects it. */
double dm_regress_predict(const struct dm_regress_fit *fit, double x1, double x2);

/** dm_regress_z() - (y - predicted) / sigma: what a Gaussian CUSUM takes; NAN if sigma is 0 or NAN.
 */
double dm_regress_z(const struct dm_regress_fit *fit, double x1, double x2, double y);

/** dm_regress_pack() - append it to a state file. */
void dm_regress_pack(struct dm_buf *out, const struct dm_regress *r);

/** dm_regress_unpack() - refused: what no bins can give. */
void dm_regress_unpack(struct dm_unpacker *in, struct dm_regress *ret);

#endif
