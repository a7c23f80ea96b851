/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The ratio says how much of the traffic is mail and depends on the hour; the slope says what one
 * connection more brings and does not. Both are kept.
 *
 * LIMITS: slots keep means, so the median of doc/SCIENCE.md A.8's rule (1.5 × slot median) is taken
 * for the mean: one flood among ten bins that was learned moves it, which is why floods are not
 * learned. Source: doc/SCIENCE.md A.8.
 */
#include "detect/efficiency.h"

#include <glib.h>
#include <math.h>

/* Bins of a slot after which half is forgotten: ten working days, or five weekends (own choice). */
#define SLOT_HALF_LIFE 60.0
/* The same for the slope, bins: seven days, as the regression (A.7). */
#define LINE_HALF_LIFE 1008.0
/* Connections that are enough for a share: its deviation is then 0.015 (own choice). */
#define TRIALS_ENOUGH 1000.0
/* Connections that the prior is worth: so few of those 1,000 that a server of a fifth of the
 * papers' efficiency is not taken for a fall (tests/unit/test_det_mail_efficiency.c,
 * another_server). */
#define PRIOR_TRIALS 50.0
/* Deviations of a Poisson count that half more must be too (doc/SCIENCE.md A.8: 3 sigma). */
#define POISSON_DEVIATIONS 3.0
/* Bins that are enough for a mean: one hour. */
#define VALUES_ENOUGH 6.0
/* Of a whole type of day, whose hours differ: a day of 144, some of them forgotten or left out. */
#define DAY_ENOUGH 120.0

/* How much more than a usual bin one bin may say of what is normal: a stolen password that sends in
 * an afternoon what the server takes in a week is else the efficiency of that hour for weeks, and
 * every ordinary day then a fall (own choice; what lasts is still learned, within days). */
#define BIN_WEIGHT 2.0
/* And the connections that any bin may bring, so that an hour that was silent can learn. */
#define BIN_LEAST 10.0

/* The part of a bin that its slot may learn of the share, 0..1. */
static double weight_of(const struct dm_efficiency *e, unsigned slot, double connections)
{
    const struct dm_slot *has = &e->slots.slot[slot];

    if (has->w < VALUES_ENOUGH) {
        return 1; /* what is usual is not known */
    }
    double most = BIN_WEIGHT * has->trials / has->w + BIN_LEAST;
    return connections > most ? most / connections : 1;
}

void dm_efficiency_learn(struct dm_efficiency *e, unsigned slot, const struct dm_mail_bin *bin)
{
    double forget = dm_stats_forget(SLOT_HALF_LIFE, 1);
    double weight = weight_of(e, slot, bin->connections);

    dm_slots_add_value(&e->slots, slot, bin->queries, forget);
    dm_slots_add_share(&e->slots, slot, weight * MIN(bin->messages, bin->connections),
                       weight * bin->connections, forget);
    dm_moments_add(&e->line, bin->connections, bin->messages, dm_stats_forget(LINE_HALF_LIFE, 1));
}

/* @wide, corrected by what was seen of less than that. */
static double narrow(const struct dm_slots_answer *has, double wide)
{
    return has->trials > 0
               ? (has->share * has->trials + wide * PRIOR_TRIALS) / (has->trials + PRIOR_TRIALS)
               : wide;
}

double dm_efficiency_normal(const struct dm_efficiency *e, unsigned slot, double prior)
{
    struct dm_slots_answer day = dm_slots_share_of(&e->slots, slot, DM_SLOTS_DAY);
    struct dm_slots_answer near = dm_slots_share_of(&e->slots, slot, DM_SLOTS_NEAR);
    struct dm_slots_answer own = dm_slots_share_of(&e->slots, slot, DM_SLOTS_OWN);

    if (day.trials < TRIALS_ENOUGH) {
        return prior; /* a weekday says nothing of a holiday */
    }
    /* what the hours have in common counts only as far as the hour itself is not known: a quiet
     * night never gathers 1,000 connections, and its share is not the day's */
    return narrow(&own, narrow(&near, (day.share + prior) / 2));
}

/* What is normal of the queries.   Returns: whether that is known. */
static bool usual_queries(const struct dm_efficiency *e, unsigned slot, struct dm_slots_answer *ret)
{
    *ret = dm_slots_value(&e->slots, slot, VALUES_ENOUGH);
    return ret->basis >= DM_SLOTS_NEAR || (ret->basis == DM_SLOTS_DAY && ret->w >= DAY_ENOUGH);
}

bool dm_efficiency_knows(const struct dm_efficiency *e, unsigned slot)
{
    struct dm_slots_answer usual;

    return usual_queries(e, slot, &usual) &&
           dm_slots_share_of(&e->slots, slot, DM_SLOTS_NEAR).trials >= PRIOR_TRIALS &&
           dm_slots_share_of(&e->slots, slot, DM_SLOTS_DAY).trials >= TRIALS_ENOUGH;
}

bool dm_efficiency_is_busy(const struct dm_efficiency *e, unsigned slot, double queries,
                           double deviations, double times)
{
    struct dm_slots_answer usual;

    if (!usual_queries(e, slot, &usual)) {
        return false;
    }
    /* half more of a quiet hour's queries is chance: at least a Poisson count's deviations */
    bool many = queries > times * usual.mean &&
                queries > usual.mean + POISSON_DEVIATIONS * sqrt(usual.mean);
    return many || queries > usual.mean + deviations * usual.sd;
}

double dm_efficiency_slope(const struct dm_efficiency *e)
{
    return dm_moments_slope(&e->line);
}

double dm_efficiency_background(double slope, double ratio)
{
    return slope > 0 ? CLAMP(1 - ratio / slope, 0.0, 1.0) : NAN;
}

void dm_efficiency_pack(struct dm_buf *out, const struct dm_efficiency *e)
{
    dm_slots_pack(out, &e->slots);
    dm_moments_pack(out, &e->line);
}

void dm_efficiency_unpack(struct dm_unpacker *in, struct dm_efficiency *ret)
{
    dm_slots_unpack(in, &ret->slots);
    dm_moments_unpack(in, &ret->line);
}
