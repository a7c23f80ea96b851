/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Page's recursion with Poisson, binomial and Gaussian likelihoods, and Wald's test.
 *
 * Source: Page 1954, Wald 1945, Lorden 1971 for the bound; doc/SCIENCE.md E.1.
 * LIMITS: the bound holds for independent arrivals and trials; real ones come in bursts, which is
 * why detectors ask for a number of distinct names, bins or peers besides.
 */
#include "stats/cusum.h"

#include <float.h>
#include <glib.h>
#include <math.h>

/* Clients that a budget of false alarms is for: D.5 counts them for 10,000. */
#define BUDGET_CLIENTS 1e4
/* Shares nearer to 0 or 1 are taken for this: one trial is then worth 21 nats at the most. Own
 * choice. */
#define LEAST_SHARE 1e-9

double dm_cusum_decay(double score, double rate0, double rate1, double hours)
{
    return rate1 > rate0 ? MAX(0.0, score - (rate1 - rate0) * hours) : 0.0;
}

double dm_cusum_weight(double rate0, double rate1)
{
    return rate1 > rate0 ? log(rate1 / rate0) : 0.0;
}

double dm_cusum_threshold(double recursions, double events_a_day, double budget)
{
    return log(recursions * events_a_day * BUDGET_CLIENTS / budget);
}

double dm_cusum_poisson(double score, double count, double hours, double rate0, double rate1)
{
    if (!(rate1 > rate0 && rate0 > 0)) {
        return 0;
    }
    double nats = count * dm_cusum_weight(rate0, rate1) - (rate1 - rate0) * hours;
    return MAX(0.0, score + nats);
}

double dm_bernoulli_nats(double n, double k, double p0, double p1)
{
    if (isnan(p0) || isnan(p1) || !(k >= 0 && k <= n)) {
        return 0;
    }
    p0 = CLAMP(p0, LEAST_SHARE, 1 - LEAST_SHARE);
    p1 = CLAMP(p1, LEAST_SHARE, 1 - LEAST_SHARE);
    return k * log(p1 / p0) + (n - k) * log((1 - p1) / (1 - p0));
}

double dm_cusum_binomial(double score, double n, double k, double p0, double p1)
{
    return MAX(0.0, score + dm_bernoulli_nats(n, k, p0, p1));
}

double dm_cusum_binomial_delay(double h, double p0, double p1, double p)
{
    double drift = dm_bernoulli_nats(1, p, p0, p1);

    return drift > 0 ? h / drift : INFINITY;
}

int dm_cusum_gauss_add(struct dm_cusum_gauss *c, double z, double k, double h)
{
    if (isfinite(z)) {
        c->up = CLAMP(c->up + z - k, 0.0, DBL_MAX);
        c->down = CLAMP(c->down - z - k, 0.0, DBL_MAX);
    }
    if (c->up >= h && c->up >= c->down) {
        return 1;
    }
    return c->down >= h ? -1 : 0;
}

void dm_cusum_gauss_pack(struct dm_buf *out, const struct dm_cusum_gauss *c)
{
    DM_PACK(out, c->up);
    DM_PACK(out, c->down);
}

void dm_cusum_gauss_unpack(struct dm_unpacker *in, struct dm_cusum_gauss *ret)
{
    ret->up = dm_unpack_double(in);
    ret->down = dm_unpack_double(in);
    if (!dm_unpack_require(in, ret->up >= 0 && ret->down >= 0, "a CUSUM is below 0")) {
        *ret = (struct dm_cusum_gauss){0};
    }
}

struct dm_sprt dm_sprt_bounds(double alpha, double beta)
{
    return (struct dm_sprt){.upper = log((1 - beta) / alpha), .lower = log(beta / (1 - alpha))};
}

int dm_sprt_step(const struct dm_sprt *bounds, double *score, double nats)
{
    *score += isfinite(nats) ? nats : 0;
    if (*score >= bounds->upper) {
        return 1;
    }
    if (*score <= bounds->lower) {
        *score = 0;
        return -1;
    }
    return 0;
}
