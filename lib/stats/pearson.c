/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pearson's r of a ring of pairs, computed afresh when asked: a running sum would collect rounding
 * for as long as the process lives, and once a day or an hour 64 pairs cost nothing.
 *
 * Source: doc/SCIENCE.md A.12 (n = 14 days, r >= 0.8).
 * LIMITS: one extreme day makes any two series correlate: feed log1p of counts, as A.12 says.
 */
#include "stats/pearson.h"

#include <glib.h>
#include <math.h>

#include "stats/moments.h"

#define LEAST 3u

static uint32_t window_of(const struct dm_pearson *p)
{
    return p->window ? p->window : DM_PEARSON_MAX;
}

void dm_pearson_init(struct dm_pearson *p, uint32_t window)
{
    *p = (struct dm_pearson){.window = CLAMP(window, LEAST, DM_PEARSON_MAX)};
}

bool dm_pearson_add(struct dm_pearson *p, double x, double y)
{
    if (!dm_stats_usable(x) || !dm_stats_usable(y)) {
        return false;
    }
    p->x[p->at] = x;
    p->y[p->at] = y;
    p->at = (p->at + 1) % window_of(p);
    p->used = MIN(p->used + 1, window_of(p));
    return true;
}

bool dm_pearson_full(const struct dm_pearson *p)
{
    return p->used == window_of(p);
}

double dm_pearson_r(const struct dm_pearson *p)
{
    struct dm_moments m = {0};

    for (uint32_t i = 0; i < p->used; i++) {
        dm_moments_add(&m, p->x[i], p->y[i], 1);
    }
    double r2 = p->used >= LEAST ? dm_moments_r2(&m) : NAN;
    return copysign(sqrt(r2), m.sxy);
}

double dm_pearson_t(double r, uint32_t n)
{
    if (n < LEAST || !(fabs(r) <= 1)) {
        return NAN;
    }
    return r * sqrt((n - 2) / (1 - r * r));
}

void dm_pearson_pack(struct dm_buf *out, const struct dm_pearson *p)
{
    DM_PACK(out, p->window);
    DM_PACK(out, p->at);
    DM_PACK(out, p->used);
    for (uint32_t i = 0; i < p->used; i++) {
        DM_PACK(out, p->x[i]);
        DM_PACK(out, p->y[i]);
    }
}

/* The ring fills from 0, so until it is full the next place is the number of pairs. */
static bool possible(const struct dm_pearson *p)
{
    uint32_t window = window_of(p);

    return (p->window == 0 || p->window >= LEAST) && window <= DM_PEARSON_MAX &&
           p->used <= window && p->at < window && (p->used == window || p->at == p->used);
}

void dm_pearson_unpack(struct dm_unpacker *in, struct dm_pearson *ret)
{
    memset(ret, 0, sizeof *ret);
    DM_UNPACK(in, ret->window);
    DM_UNPACK(in, ret->at);
    DM_UNPACK(in, ret->used);
    dm_unpack_require(in, possible(ret), "a window of pairs is impossible");
    for (uint32_t i = 0; !in->bad && i < ret->used; i++) {
        ret->x[i] = dm_unpack_double(in);
        ret->y[i] = dm_unpack_double(in);
        dm_unpack_require(in, dm_stats_usable(ret->x[i]) && dm_stats_usable(ret->y[i]),
                          "a pair is too large");
    }
    if (in->bad) {
        memset(ret, 0, sizeof *ret);
    }
}
