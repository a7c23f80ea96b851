/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sequential tests (doc/SCIENCE.md E.1): evidence in nats that a rate or a share has changed.
 * Page's CUSUM forgets evidence for "no change" (the score never falls below 0); Wald's SPRT
 * decides both ways. A score is one double of the caller's; 0 to start.
 */
#ifndef DM_STATS_CUSUM_H
#define DM_STATS_CUSUM_H

#include "util/pack.h"

/** dm_cusum_decay() - the score after @hours without an event; never below 0, and 0 if rate1 is not
 * larger: a client whose role was changed is not held to what it scored before.
 * @rate0, @rate1: events per hour. */
double dm_cusum_decay(double score, double rate0, double rate1, double hours);

/** dm_cusum_weight() - nats that one event adds: ln(rate1 / rate0), 0 if rate1 is not larger. */
double dm_cusum_weight(double rate0, double rate1);

/**
 * dm_cusum_threshold() - where to alarm so that innocent clients keep to the budget: e^-h for each
 * recursion and informative event (Lorden's bound, E.1 "multiple testing").
 * @recursions:    CUSUMs that run beside each other.
 * @events_a_day:  informative events of an innocent client, 1/day.
 * @budget:        false alarms per 10,000 clients and day.
 */
double dm_cusum_threshold(double recursions, double events_a_day, double budget);

/**
 * dm_cusum_poisson() - the score after a bin of @hours with @count events.
 * @rate0, @rate1:  events per hour, normal and looked for; rate1 > rate0 > 0, else 0 is returned.
 * @count, @hours:  at least 0.
 * Error:    none against events one by one, but the alarm comes at the end of the bin (E.5).
 */
double dm_cusum_poisson(double score, double count, double hours, double rate0, double rate1);

/**
 * dm_bernoulli_nats() - evidence of @n trials, @k of them hits, for share @p1 against @p0:
 * k·ln(p1/p0) + (n-k)·ln((1-p1)/(1-p0)).
 * @p0, @p1: 0..1, taken as 1e-9 to 1 - 1e-9 so that no single trial proves anything for ever.
 * Returns:  nats; 0 if k > n or a share is NaN.
 */
double dm_bernoulli_nats(double n, double k, double p0, double p1);

/**
 * dm_cusum_binomial() - the score after @n more trials with @k hits: has the share gone from @p0 to
 * @p1, up or down? Never below 0.   Source: doc/SCIENCE.md A.8 (mail exchange efficiency).
 */
double dm_cusum_binomial(double score, double n, double k, double p0, double p1);

/**
 * dm_cusum_binomial_delay() - expected trials from a change of the share to @p until the score is
 * @h: h over the drift.
 * Returns: trials; INFINITY if the score does not rise at share @p.
 * Error:   an underestimate by the overshoot of the last trial, below one trial's nats / drift.
 */
double dm_cusum_binomial_delay(double h, double p0, double p1, double p);

/** Two-sided CUSUM of standardised residuals. Zeroed: start. */
struct dm_cusum_gauss {
    double up, down; /**< evidence for a mean above and below 0, in deviations; at least 0 */
};

/** Half of the shift that is looked for, deviations (E.1: k = 0.5, a shift of one deviation). */
#define DM_CUSUM_GAUSS_K 0.5

/** Alarm, deviations (E.1: h = 6). With k = 0.5 and independent Gaussian residuals a false alarm
 * on either side each 1,290 bins, nine days of ten minutes: (e^b - b - 1) / 2k² / 2 with
 * b = h + 1.166 (Siegmund 1985). */
#define DM_CUSUM_GAUSS_H 6.0

/**
 * dm_cusum_gauss_add() - one residual.
 * @z:      (observed - expected) / deviation; NaN or infinite: ignored.
 * @k, @h:  deviations, above 0; see the constants.
 * Returns: 1 if the mean is above (up >= h), -1 if below, 0 if neither; both: the larger. It goes
 * on counting; whoever alarms zeroes it or not.
 */
int dm_cusum_gauss_add(struct dm_cusum_gauss *c, double z, double k, double h);

/** dm_cusum_gauss_pack() - append it to a state file. */
void dm_cusum_gauss_pack(struct dm_buf *out, const struct dm_cusum_gauss *c);

/** dm_cusum_gauss_unpack() - refused: a side below 0. */
void dm_cusum_gauss_unpack(struct dm_unpacker *in, struct dm_cusum_gauss *ret);

/** Wald's bounds, nats. */
struct dm_sprt {
    double upper, lower; /**< accept the change, accept normality */
};

/**
 * dm_sprt_bounds() - ln((1-β)/α) and ln(β/(1-α)): 13.81 and -4.61 for α = 1e-6, β = 1e-2.
 * @alpha:  share of false alarms, @beta: of misses; 0 < alpha, beta and alpha + beta < 1.
 * Source:  Wald 1945; doc/SCIENCE.md E.1, A.12.
 */
struct dm_sprt dm_sprt_bounds(double alpha, double beta);

/**
 * dm_sprt_step() - add @nats of evidence to @score.
 * Returns: 1: the change is accepted (the score stays); -1: normality is, and the score starts
 * again at 0, so that a later change is found; 0: go on.
 */
int dm_sprt_step(const struct dm_sprt *bounds, double *score, double nats);

#endif
