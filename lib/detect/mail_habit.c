/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Working days and holidays have models of their own, because they have another mix of mail: with
 * doc/SCIENCE.md A.8's shares a connection costs 8.8 look-ups on the one and 4.7 on the other, and
 * a model of both takes each Saturday for a flood and each Monday for a residual
 * (doc/detectors/mail-regression.md, "Measured").
 *
 * LIMITS: a type of day is unknown until a whole one of it was seen; within it the hours share one
 * slope, and what that costs is the noise's to know (stats/noise.h).
 * Source: doc/SCIENCE.md A.7, A.8.
 */
#include "detect/mail_habit.h"

#include <glib.h>
#include <math.h>

/* Connections that vary less than a Poisson count's by half have no slope: what rounding leaves of
 * them would be extrapolated to a flood (tests/golden/test_papers_regression.sh, april13). */
static bool varies(const struct dm_mail_habit *h)
{
    const struct dm_regress *m = &h->model;

    return m->s[DM_REGRESS_X1][DM_REGRESS_X1] >= 0.5 * m->w * m->mean[DM_REGRESS_X1];
}

bool dm_mail_habit_judge(const struct dm_mail_habit *h, const struct dm_regress_how *how,
                         const struct dm_mail_bin *bin, struct dm_mail_judged *ret)
{
    struct dm_noise noise = h->noise;
    struct dm_mail_judged j;

    if (h->bins < DM_HABIT_BINS || !varies(h) || !dm_regress_solve(&h->model, how, &j.fit)) {
        return false;
    }
    if (bin->from_s != h->last_s + DM_MAIL_BIN_S) {
        dm_noise_gap(&noise);
    }
    j.expected = dm_regress_predict(&j.fit, bin->connections, bin->pop3);
    j.z = (bin->queries - j.expected) / dm_noise_sd(&noise, j.expected);
    j.fresh = dm_noise_whiten(&noise, j.z);
    *ret = j;
    return true;
}

/* The noise begins as the fit's own. */
static void begin_noise(struct dm_mail_habit *h, const struct dm_regress_how *how)
{
    struct dm_regress_fit fit;

    if (dm_regress_solve(&h->model, how, &fit) && isfinite(fit.sigma)) {
        double spread = fit.m1 * sqrt(h->model.s[DM_REGRESS_X1][DM_REGRESS_X1] / h->model.w);
        dm_noise_begin(&h->noise, h->model.mean[DM_REGRESS_Y], spread, fit.sigma);
    }
}

bool dm_mail_habit_learn(struct dm_mail_habit *h, const struct dm_regress_how *how,
                         const struct dm_mail_bin *bin, const struct dm_mail_judged *judged,
                         double forget)
{
    double queries = bin->queries;

    if (judged) {
        if (bin->from_s != h->last_s + DM_MAIL_BIN_S) {
            dm_noise_gap(&h->noise);
        }
        queries = dm_noise_limit(&h->noise, judged->expected, queries);
        dm_noise_learn(&h->noise, judged->expected, queries, forget);
    }
    if (!dm_regress_add(&h->model, bin->connections, bin->pop3, queries, forget)) {
        return false;
    }
    dm_moments_add(&h->yield, bin->connections, bin->messages, forget);
    h->connections = h->connections * forget + bin->connections;
    h->outbound = h->outbound * forget + bin->outbound;
    h->bins += h->bins < UINT32_MAX;
    if (h->bins == DM_HABIT_BINS) {
        begin_noise(h, how);
    }
    return true;
}

void dm_mail_habit_next(struct dm_mail_habit *h, const struct dm_mail_bin *bin,
                        const struct dm_mail_judged *judged)
{
    h->last_s = bin->from_s;
    if (judged) {
        dm_noise_next(&h->noise, judged->z);
    }
}

void dm_mail_habit_fade(struct dm_mail_habit *h, double forget)
{
    dm_regress_fade(&h->model, forget);
    dm_moments_fade(&h->yield, forget);
    h->connections *= forget;
    h->outbound *= forget;
}

double dm_mail_habit_messages(const struct dm_mail_habit *h, double connections)
{
    double slope = dm_moments_slope(&h->yield);
    double mean = h->yield.mean_y - (isnan(slope) ? 0 : slope * h->yield.mean_x);

    return MAX(0.0, mean + (isnan(slope) ? 0 : slope * connections));
}

double dm_mail_habit_outbound(const struct dm_mail_habit *h, double connections)
{
    return h->connections > 0 ? h->outbound / h->connections * connections : 0;
}

void dm_mail_habit_pack(struct dm_buf *out, const struct dm_mail_habit *h)
{
    dm_regress_pack(out, &h->model);
    dm_moments_pack(out, &h->yield);
    dm_noise_pack(out, &h->noise);
    DM_PACK(out, h->connections);
    DM_PACK(out, h->outbound);
    DM_PACK(out, h->bins);
    DM_PACK(out, h->last_s);
}

void dm_mail_habit_unpack(struct dm_unpacker *in, struct dm_mail_habit *ret)
{
    dm_regress_unpack(in, &ret->model);
    dm_moments_unpack(in, &ret->yield);
    dm_noise_unpack(in, &ret->noise);
    ret->connections = dm_unpack_double(in);
    ret->outbound = dm_unpack_double(in);
    DM_UNPACK(in, ret->bins);
    ret->last_s = dm_unpack_seconds(in);
    if (!dm_unpack_require(in, ret->connections >= 0 && ret->outbound >= 0,
                           "a mail server's habit has sums below 0")) {
        *ret = (struct dm_mail_habit){0};
    }
}
