/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Least squares from sums. The sums are kept about the means (see moments.c), so that the intercept
 * costs no accuracy; without an intercept the raw products are rebuilt from them. Systems are
 * scaled to a unit diagonal before their determinant is judged, so units do not matter.
 *
 * Non-negative coefficients: the best point of a convex problem with bounds is the free solution on
 * some set of coefficients with the others at 0. With three there are eight sets: all are tried.
 *
 * Source: doc/SCIENCE.md A.7, E.2; Lawson, Hanson 1974, ch. 23 for the bounds.
 * LIMITS: bins are taken for independent; the standard error is too small where residuals of
 * neighbouring bins hang together.
 */
#include "stats/regress.h"

#include <float.h>
#include <glib.h>
#include <math.h>

#include "stats/moments.h"

/* A deviation below 1e-12 of the mean is rounding (moments.c), squared. */
#define VARIED 1e-24
/* 1 - r² of two regressors below which they are one: leaves 7 of a double's 16 digits. Own choice.
 */
#define SEPARATE 1e-9
/* Less than this share of the column's own size is 0 with rounding. Own choice, as VARIED. */
#define ROUNDING 1e-12

enum { X1 = DM_REGRESS_X1, X2 = DM_REGRESS_X2, Y = DM_REGRESS_Y, COLS = DM_REGRESS_COLS };

/* Sets of coefficients that are free. */
enum { FREE_X1 = 1, FREE_X2 = 2, FREE_ONE = 4, SETS = 8 };

/* Products of the columns, about the means or about 0. */
struct products {
    double of[COLS][COLS];
};

bool dm_regress_add(struct dm_regress *r, double x1, double x2, double y, double forget)
{
    if (!dm_stats_usable(x1) || !dm_stats_usable(x2) || !dm_stats_usable(y) ||
        !(forget >= 0 && forget <= 1)) {
        return false;
    }
    dm_regress_fade(r, forget);
    dm_regress_merge(r, &(struct dm_regress){.w = 1, .mean = {x1, x2, y}});
    return true;
}

void dm_regress_fade(struct dm_regress *r, double forget)
{
    r->w *= forget;
    for (int i = 0; i < COLS; i++) {
        for (int j = i; j < COLS; j++) {
            r->s[i][j] *= forget;
        }
    }
}

void dm_regress_merge(struct dm_regress *r, const struct dm_regress *more)
{
    double w = r->w + more->w, d[COLS];

    if (!(more->w > 0)) {
        return;
    }
    double share = more->w / w, both = r->w * share;
    for (int i = 0; i < COLS; i++) {
        d[i] = more->mean[i] - r->mean[i];
        r->mean[i] += d[i] * share;
    }
    for (int i = 0; i < COLS; i++) {
        for (int j = i; j < COLS; j++) {
            r->s[i][j] += more->s[i][j] + d[i] * d[j] * both;
        }
    }
    r->w = w;
}

static bool varied(const struct dm_regress *r, int i)
{
    return r->s[i][i] > DBL_MIN && r->s[i][i] > VARIED * r->w * r->mean[i] * r->mean[i];
}

/* The same bins with y - m2·x2 for y and no x2. */
static struct dm_regress without_x2(const struct dm_regress *r, double m2)
{
    struct dm_regress d = *r;

    d.mean[Y] -= m2 * r->mean[X2];
    d.s[Y][Y] += m2 * (m2 * r->s[X2][X2] - 2 * r->s[X2][Y]);
    d.s[Y][Y] = MAX(0.0, d.s[Y][Y]);
    d.s[X1][Y] -= m2 * r->s[X1][X2];
    d.mean[X2] = d.s[X1][X2] = d.s[X2][X2] = d.s[X2][Y] = 0;
    return d;
}

static struct products about(const struct dm_regress *r, bool means)
{
    struct products p = {{{0}}};

    for (int i = 0; i < COLS; i++) {
        for (int j = i; j < COLS; j++) {
            p.of[i][j] = r->s[i][j] + (means ? 0 : r->w * r->mean[i] * r->mean[j]);
        }
    }
    return p;
}

/* Least squares on x1 and x2; the standard error of m1 in units of sigma.   Returns: whether the
 * two can be told apart. */
static bool both(const struct products *p, double *m1, double *m2, double *se)
{
    double a = p->of[X1][X1], b = p->of[X2][X2];
    double scale = sqrt(a) * sqrt(b), rho = p->of[X1][X2] / scale, det = 1 - rho * rho;

    if (!(a > 0 && b > 0 && det > SEPARATE)) {
        return false;
    }
    *m1 = (p->of[X1][Y] / a - rho * p->of[X2][Y] / scale) / det;
    *m2 = (p->of[X2][Y] / b - rho * p->of[X1][Y] / scale) / det;
    *se = sqrt(1 / (a * det));
    return true;
}

/* The solution with only the coefficients of @set. m1_se is in units of sigma.   Returns: the
 * squared residual; INFINITY if there is no solution. */
static double solve_set(const struct dm_regress *r, int set, struct dm_regress_fit *ret)
{
    struct products p = about(r, set & FREE_ONE);
    struct dm_regress_fit f = {0};

    if ((set & FREE_X1) && (set & FREE_X2)) {
        if (!both(&p, &f.m1, &f.m2, &f.m1_se)) {
            return INFINITY;
        }
    } else if (set & FREE_X1) {
        f.m1 = p.of[X1][Y] / p.of[X1][X1];
        f.m1_se = sqrt(1 / p.of[X1][X1]);
    } else if (set & FREE_X2) {
        f.m2 = p.of[X2][X2] > 0 ? p.of[X2][Y] / p.of[X2][X2] : 0;
    }
    if (set & FREE_ONE) {
        f.intercept = r->mean[Y] - f.m1 * r->mean[X1] - f.m2 * r->mean[X2];
    }
    *ret = f;
    double rss = p.of[Y][Y] + f.m1 * (f.m1 * p.of[X1][X1] - 2 * p.of[X1][Y]) +
                 f.m2 * (f.m2 * p.of[X2][X2] - 2 * p.of[X2][Y]) + 2 * f.m1 * f.m2 * p.of[X1][X2];
    return MAX(0.0, rss);
}

/* Whether the coefficients are allowed; what is negative by rounding alone becomes 0. */
static bool allowed(const struct dm_regress *r, const struct dm_regress_how *how,
                    struct dm_regress_fit *f)
{
    double size = ROUNDING * (sqrt(r->s[Y][Y] / r->w) + fabs(r->mean[Y]));

    if (f->m1 < 0 || f->m2 < 0 || (!how->free_intercept && f->intercept < -size)) {
        return false;
    }
    if (!how->free_intercept) {
        f->intercept = MAX(0.0, f->intercept);
    }
    return true;
}

static int count_bits(int set)
{
    return (set & 1) + (set >> 1 & 1) + (set >> 2 & 1);
}

static double best_set(const struct dm_regress *r, const struct dm_regress_how *how, bool with_x2,
                       int *ret_set, struct dm_regress_fit *ret)
{
    double best = INFINITY;

    for (int set = SETS - 1; set >= 0; set--) {
        struct dm_regress_fit f;
        if ((!with_x2 && (set & FREE_X2)) || (how->free_intercept && !(set & FREE_ONE))) {
            continue;
        }
        double rss = solve_set(r, set, &f);
        if (rss < best && allowed(r, how, &f)) {
            best = rss;
            *ret = f;
            *ret_set = set;
            if (set == (with_x2 ? SETS - 1 : FREE_X1 | FREE_ONE)) {
                break; /* nothing is clipped: no other set can be better */
            }
        }
    }
    return best;
}

bool dm_regress_solve(const struct dm_regress *r, const struct dm_regress_how *how,
                      struct dm_regress_fit *ret)
{
    struct dm_regress d = how->fix_m2 ? without_x2(r, how->m2) : *r;
    bool with_x2 = !how->fix_m2 && varied(r, X2);
    struct dm_regress_fit f, unused;
    int set = 0;

    if (!(r->w > 0) || !varied(r, X1) || (how->fix_m2 && !dm_stats_usable(how->m2)) ||
        (with_x2 && isinf(solve_set(r, FREE_X1 | FREE_X2 | FREE_ONE, &unused)))) {
        return false;
    }
    double rss = best_set(&d, how, with_x2, &set, &f);
    if (rss < ROUNDING * d.s[Y][Y]) {
        rss = 0;
    }
    double left = d.w - count_bits(set);
    f.m2 = how->fix_m2 ? how->m2 : f.m2;
    f.bins = d.w;
    f.sigma = left > 0 ? sqrt(rss / left) : NAN;
    f.m1_se *= f.sigma;
    f.r2 = varied(&d, Y) ? 1 - rss / d.s[Y][Y] : NAN;
    *ret = f;
    return true;
}

double dm_regress_predict(const struct dm_regress_fit *fit, double x1, double x2)
{
    return fit->m1 * x1 + fit->m2 * x2 + fit->intercept;
}

double dm_regress_z(const struct dm_regress_fit *fit, double x1, double x2, double y)
{
    return fit->sigma > 0 ? (y - dm_regress_predict(fit, x1, x2)) / fit->sigma : NAN;
}

void dm_regress_pack(struct dm_buf *out, const struct dm_regress *r)
{
    DM_PACK(out, r->w);
    for (int i = 0; i < COLS; i++) {
        DM_PACK(out, r->mean[i]);
        for (int j = i; j < COLS; j++) {
            DM_PACK(out, r->s[i][j]);
        }
    }
}

static bool possible(const struct dm_regress *r)
{
    double most = r->w * 4 * DM_STATS_MAX * DM_STATS_MAX;
    bool ok = r->w >= 0 && r->w <= DM_STATS_MAX;

    for (int i = 0; i < COLS; i++) {
        ok = ok && fabs(r->mean[i]) <= 2 * DM_STATS_MAX && r->s[i][i] >= 0 && r->s[i][i] <= most;
    }
    for (int i = 0; ok && i < COLS; i++) {
        for (int j = i + 1; j < COLS; j++) {
            double limit = sqrt(r->s[i][i]) * sqrt(r->s[j][j]) * (1 + 1e-9) + DBL_MIN;
            ok = ok && fabs(r->s[i][j]) <= limit;
        }
    }
    return ok;
}

void dm_regress_unpack(struct dm_unpacker *in, struct dm_regress *ret)
{
    *ret = (struct dm_regress){0};
    ret->w = dm_unpack_double(in);
    for (int i = 0; i < COLS; i++) {
        ret->mean[i] = dm_unpack_double(in);
        for (int j = i; j < COLS; j++) {
            ret->s[i][j] = dm_unpack_double(in);
        }
    }
    if (!dm_unpack_require(in, possible(ret), "sums of a regression that no bins have")) {
        *ret = (struct dm_regress){0};
    }
}
