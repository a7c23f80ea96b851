/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mail exchange efficiency: messages for each SMTP connection, α = N_f / N_c, and what is normal of
 * it at this hour; and of the look-ups that go with it.
 */
#ifndef DM_DETECT_EFFICIENCY_H
#define DM_DETECT_EFFICIENCY_H

#include <stdbool.h>

#include "detect/mail_bin.h"
#include "stats/moments.h"
#include "stats/slots.h"
#include "util/pack.h"

/** Zeroed: nothing known. About 2.8 kB, one a mail server. */
struct dm_efficiency {
    struct dm_slots slots;  /**< shares: messages of connections; values: queries in a bin */
    struct dm_moments line; /**< messages over connections by bins: the slope */
};

/** dm_efficiency_learn() - a usable bin of a normal time.   @slot: weekday or holiday × hour. */
void dm_efficiency_learn(struct dm_efficiency *e, unsigned slot, const struct dm_mail_bin *bin);

/**
 * dm_efficiency_normal() - α at a slot, 0..1: of the hour, mixed with that of its neighbours as if
 * it had been seen in 50 connections, and that with the mean of its type of day's and @prior.
 */
double dm_efficiency_normal(const struct dm_efficiency *e, unsigned slot, double prior);

/**
 * dm_efficiency_knows() - whether enough is known of a slot to judge it: six bins of the hour or
 * its neighbours, or a day of its type; 50 connections of those hours and 1,000 of the type.
 */
bool dm_efficiency_knows(const struct dm_efficiency *e, unsigned slot);

/** dm_efficiency_is_busy() - whether @queries in ten minutes are more than @deviations above the
 * slot's mean, or more than @times that mean (and three deviations of a Poisson count).   Returns:
 * false as long as too little is known. */
bool dm_efficiency_is_busy(const struct dm_efficiency *e, unsigned slot, double queries,
                           double deviations, double times);

/**
 * dm_efficiency_slope() - messages for each connection more, which leaves out connections that
 * never carry mail (a constant background); NAN without data.
 * dm_efficiency_background() - share of those connections, 1 - ratio / slope, 0..1: with slope 0.95
 * a ratio of 0.70 is a background of 26 %, of 0.35 of 63 %; NAN without data.
 * Source: doc/SCIENCE.md A.8, the resolution of 0.95 against 0.70.
 */
double dm_efficiency_slope(const struct dm_efficiency *e);
double dm_efficiency_background(double slope, double ratio);

/** dm_efficiency_pack() - to a state file.  dm_efficiency_unpack() - from one. */
void dm_efficiency_pack(struct dm_buf *out, const struct dm_efficiency *e);
void dm_efficiency_unpack(struct dm_unpacker *in, struct dm_efficiency *ret);

#endif
