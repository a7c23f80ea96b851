/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Moments about the running means, never raw sums: a small wobble on a large mean survives.
 *
 * Source: D. West 1979, "Updating mean and variance estimates"; Chan, Golub, LeVeque 1979 for the
 * merge; doc/SCIENCE.md E.2 and E.5.
 * LIMITS: weights are sums, not a number of independent pairs; neighbouring bins of real traffic
 * are correlated, so errors computed from them are too small.
 */
#include "stats/moments.h"

#include <float.h>
#include <glib.h>
#include <math.h>

/* A deviation below 1e-12 of the mean is rounding: doubles carry 2e-16, a day's bins lose 100 of
 * that. Squared. Own choice. */
#define VARIED 1e-24

bool dm_stats_usable(double v)
{
    return fabs(v) <= DM_STATS_MAX; /* false for NaN */
}

double dm_stats_forget(double half_life, double elapsed)
{
    if (!(half_life > 0)) {
        return 1;
    }
    return exp2(-MAX(0.0, elapsed) / half_life);
}

void dm_moments_fade(struct dm_moments *m, double forget)
{
    if (!(forget >= 0 && forget <= 1)) {
        return;
    }
    m->w *= forget;
    m->sxx *= forget;
    m->sxy *= forget;
    m->syy *= forget;
}

bool dm_moments_add(struct dm_moments *m, double x, double y, double forget)
{
    if (!dm_stats_usable(x) || !dm_stats_usable(y) || !(forget >= 0 && forget <= 1)) {
        return false;
    }
    dm_moments_fade(m, forget);
    dm_moments_merge(m, &(struct dm_moments){.w = 1, .mean_x = x, .mean_y = y});
    return true;
}

void dm_moments_merge(struct dm_moments *m, const struct dm_moments *more)
{
    double w = m->w + more->w, dx = more->mean_x - m->mean_x, dy = more->mean_y - m->mean_y;

    if (!(more->w > 0)) {
        return;
    }
    double share = more->w / w, both = m->w * share;
    m->sxx += more->sxx + dx * dx * both;
    m->sxy += more->sxy + dx * dy * both;
    m->syy += more->syy + dy * dy * both;
    m->mean_x += dx * share;
    m->mean_y += dy * share;
    m->w = w;
}

static bool varied(double s, double w, double mean)
{
    return s > DBL_MIN && s > VARIED * w * mean * mean;
}

double dm_moments_slope(const struct dm_moments *m)
{
    return varied(m->sxx, m->w, m->mean_x) ? m->sxy / m->sxx : NAN;
}

double dm_moments_intercept(const struct dm_moments *m)
{
    return m->mean_y - dm_moments_slope(m) * m->mean_x;
}

double dm_moments_r2(const struct dm_moments *m)
{
    if (!varied(m->sxx, m->w, m->mean_x) || !varied(m->syy, m->w, m->mean_y)) {
        return NAN;
    }
    return MIN(1.0, m->sxy / m->sxx * (m->sxy / m->syy));
}

double dm_moments_sd_x(const struct dm_moments *m)
{
    return m->w > 0 ? sqrt(m->sxx / m->w) : NAN;
}

double dm_moments_sd_y(const struct dm_moments *m)
{
    return m->w > 0 ? sqrt(m->syy / m->w) : NAN;
}

void dm_moments_pack(struct dm_buf *out, const struct dm_moments *m)
{
    DM_PACK(out, m->w);
    DM_PACK(out, m->mean_x);
    DM_PACK(out, m->mean_y);
    DM_PACK(out, m->sxx);
    DM_PACK(out, m->sxy);
    DM_PACK(out, m->syy);
}

/* What pairs within ± DM_STATS_MAX can give, and twice that: rounding is no damage. */
static bool possible(const struct dm_moments *m)
{
    double most = m->w * 4 * DM_STATS_MAX * DM_STATS_MAX;

    return m->w >= 0 && m->w <= DM_STATS_MAX && fabs(m->mean_x) <= 2 * DM_STATS_MAX &&
           fabs(m->mean_y) <= 2 * DM_STATS_MAX && m->sxx >= 0 && m->sxx <= most && m->syy >= 0 &&
           m->syy <= most && fabs(m->sxy) <= sqrt(m->sxx) * sqrt(m->syy) * (1 + 1e-9) + DBL_MIN;
}

void dm_moments_unpack(struct dm_unpacker *in, struct dm_moments *ret)
{
    ret->w = dm_unpack_double(in);
    ret->mean_x = dm_unpack_double(in);
    ret->mean_y = dm_unpack_double(in);
    ret->sxx = dm_unpack_double(in);
    ret->sxy = dm_unpack_double(in);
    ret->syy = dm_unpack_double(in);
    if (!dm_unpack_require(in, possible(ret), "moments that no pairs have")) {
        *ret = (struct dm_moments){0};
    }
}
