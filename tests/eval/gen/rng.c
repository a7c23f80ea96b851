/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Random numbers: splitmix64, eight bytes a stream, the same everywhere.
 *
 * LIMITS: log(), exp() and cos() come from the C library, so that two of them may differ in a last
 * bit and, once in a billion numbers, in a line.
 * Source: Steele, Lea, Flood 2014 (splitmix64); Knuth 3.4.1 (Poisson).
 */
#include "gen.h"

#include <math.h>

struct rng rng_of(uint32_t kind, uint32_t i)
{
    struct rng r = {opt.seed * 0x9e3779b97f4a7c15u ^ (uint64_t)kind << 40 ^ i};

    rng_next(&r);
    r.s = rng_next(&r);
    return r;
}

uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->s += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double rng_unit(struct rng *r)
{
    return ((double)(rng_next(r) >> 12) + 0.5) / 4503599627370496.0;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

bool rng_chance(struct rng *r, double p)
{
    return rng_unit(r) < p;
}

int64_t rng_gap(struct rng *r, double per_hour)
{
    double ms = -log(rng_unit(r)) / per_hour * (double)HOUR;

    return ms < 1 ? 1 : ms > 400.0 * (double)DAY ? 400 * DAY : (int64_t)ms;
}

double rng_normal(struct rng *r)
{
    double u = rng_unit(r);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * rng_unit(r));
}

uint32_t rng_poisson(struct rng *r, double mean)
{
    if (mean > 30) {
        double x = mean + sqrt(mean) * rng_normal(r) + 0.5;
        return x < 0 ? 0 : (uint32_t)x;
    }
    double limit = exp(-mean), p = rng_unit(r);
    uint32_t n = 0;
    while (p > limit) {
        p *= rng_unit(r);
        n++;
    }
    return n;
}

uint32_t rng_zipf(struct rng *r, uint32_t n)
{
    uint32_t rank = (uint32_t)exp(rng_unit(r) * log((double)n + 1)) - 1;

    return rank < n ? rank : n - 1;
}
