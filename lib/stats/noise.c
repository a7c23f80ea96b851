/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The CUSUM of doc/SCIENCE.md E.1 takes independent differences of deviation 1. Those of a mail
 * server's bins are neither: ten busy minutes vary by more than ten quiet ones (a sum of N
 * connections' look-ups has a variance in proportion to N), and what a model of one slope does not
 * know of an hour it does not know in the next bin either. So the variance is a line over the
 * prediction, and the AR(1) part is taken off.
 *
 * Source: Carroll, Ruppert 1988 (variance functions); Cochrane, Orcutt 1949 (AR(1)); Huber 1964
 * (limited differences); doc/SCIENCE.md E.1, E.2.
 * LIMITS: r between 0 and 0.9: differences that alternate are taken for independent. A lasting
 * shift of d is sqrt((1-r)/(1+r))·d after whitening: what cannot be told from drift is told later.
 */
#include "stats/noise.h"

#include <float.h>
#include <glib.h>
#include <math.h>

/* What the beginning is worth, bins: six hours, so that a day of bins outweighs it (own choice). */
#define PRIOR_BINS 36.0
#define INHERITED_MAX 0.9

void dm_noise_begin(struct dm_noise *n, double predicted, double spread, double sigma)
{
    double mean = MAX(1.0, predicted), variance = sigma * sigma, slope = variance / mean;
    double sxx = PRIOR_BINS * spread * spread;

    *n = (struct dm_noise){0};
    if (dm_stats_usable(mean) && dm_stats_usable(variance) && dm_stats_usable(sxx)) {
        n->squares = (struct dm_moments){.w = PRIOR_BINS,
                                         .mean_x = mean,
                                         .mean_y = variance,
                                         .sxx = sxx,
                                         .sxy = slope * sxx,
                                         .syy = slope * slope * sxx};
    }
}

double dm_noise_sd(const struct dm_noise *n, double predicted)
{
    const struct dm_moments *m = &n->squares;
    double slope = dm_moments_slope(m), x = MAX(0.0, predicted);
    double line = m->mean_y + (slope > 0 ? slope : 0) * (x - m->mean_x);
    /* a line that is too steep ends at one of constant relative deviation */
    double part = m->mean_x > 0 ? MIN(1.0, x / m->mean_x) : 1;

    return sqrt(MAX(MAX(line, m->mean_y * part * part), MAX(x, 1.0)));
}

double dm_noise_limit(const struct dm_noise *n, double predicted, double observed)
{
    double most = DM_NOISE_LIMIT * dm_noise_sd(n, predicted);

    return CLAMP(observed, predicted - most, predicted + most);
}

void dm_noise_learn(struct dm_noise *n, double predicted, double observed, double forget)
{
    double e = dm_noise_limit(n, predicted, observed) - predicted;
    double z = e / dm_noise_sd(n, predicted);

    if (!dm_moments_add(&n->squares, predicted, e * e, forget)) {
        return;
    }
    n->cross *= forget;
    n->power *= forget;
    if (n->has_last) {
        n->cross += z * n->last;
        n->power += n->last * n->last;
    }
}

double dm_noise_inherited(const struct dm_noise *n)
{
    return CLAMP(n->cross / (n->power + PRIOR_BINS), 0.0, INHERITED_MAX);
}

double dm_noise_whiten(const struct dm_noise *n, double z)
{
    double r = n->has_last ? dm_noise_inherited(n) : 0;

    return (z - r * n->last) / sqrt(1 - r * r);
}

void dm_noise_next(struct dm_noise *n, double z)
{
    n->has_last = isfinite(z);
    n->last = n->has_last ? CLAMP(z, -DM_NOISE_LIMIT, DM_NOISE_LIMIT) : 0;
}

void dm_noise_gap(struct dm_noise *n)
{
    n->has_last = false;
    n->last = 0;
}

void dm_noise_pack(struct dm_buf *out, const struct dm_noise *n)
{
    dm_moments_pack(out, &n->squares);
    DM_PACK(out, n->cross);
    DM_PACK(out, n->power);
    DM_PACK(out, n->last);
    DM_PACK(out, n->has_last);
}

void dm_noise_unpack(struct dm_unpacker *in, struct dm_noise *ret)
{
    *ret = (struct dm_noise){0};
    dm_moments_unpack(in, &ret->squares);
    ret->cross = dm_unpack_double(in);
    ret->power = dm_unpack_double(in);
    ret->last = dm_unpack_double(in);
    ret->has_last = dm_unpack_bool(in);
    if (!dm_unpack_require(in,
                           ret->squares.mean_y >= 0 && ret->power >= 0 &&
                               ret->power <= DM_STATS_MAX && fabs(ret->cross) <= DM_STATS_MAX &&
                               fabs(ret->last) <= DM_NOISE_LIMIT,
                           "noise that no bins have")) {
        *ret = (struct dm_noise){0};
    }
}
