/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Poisson CUSUM of doc/SCIENCE.md A.6 and E.1, once a minute: S = max(0, S + n ln(l1/l0) -
 * (l1-l0)), l1 = max(factor l0, floor). It rises while there are more than (l1-l0) / ln(l1/l0) a
 * minute, which is 2.5 l0 for factor 5.
 *
 * LIMITS: real counts vary more than Poisson's: a surge alone is no finding, the rules ask for
 * other witnesses. What rises slower than the baseline learns is not seen.
 */
#include "detect/surge.h"

#include <math.h>

#include "stats/cusum.h"

/* A score never takes longer to go away than this many thresholds' worth. */
#define SCORE_CAP 3.0
#define MINUTES_AN_HOUR 60.0

bool dm_surge_minute(struct dm_surge *s, const struct dm_surge_how *how, unsigned slot,
                     int64_t minute_us, double n, bool learn)
{
    double rate0 = how->unknown;

    s->known = dm_normal_rate(&s->normal, slot, &rate0);
    s->rate0 = rate0 = fmax(rate0, how->least);
    double rate1 = fmax(how->factor * rate0, how->floor);
    if (s->score <= 0) {
        s->run_n = 0;
        s->run_us = minute_us;
    }
    s->score = dm_cusum_poisson(s->score, n, 1 / MINUTES_AN_HOUR, rate0 * MINUTES_AN_HOUR,
                                rate1 * MINUTES_AN_HOUR);
    s->score = fmin(s->score, SCORE_CAP * how->h);
    s->run_n += n;
    if (learn) {
        dm_normal_learn(&s->normal, slot, n, s->score < how->h / 2);
    }
    return s->score >= how->h;
}

void dm_surge_pack(struct dm_buf *out, const struct dm_surge *s)
{
    dm_normal_pack(out, &s->normal);
    DM_PACK(out, s->score);
    DM_PACK(out, s->run_n);
    DM_PACK(out, s->run_us);
    DM_PACK(out, s->known);
    DM_PACK(out, s->rate0);
}

void dm_surge_unpack(struct dm_unpacker *in, struct dm_surge *s)
{
    dm_normal_unpack(in, &s->normal);
    s->score = dm_unpack_double(in);
    s->run_n = dm_unpack_double(in);
    s->run_us = dm_unpack_us(in);
    s->known = dm_unpack_bool(in);
    s->rate0 = dm_unpack_double(in);
    dm_unpack_require(in, s->score >= 0 && s->run_n >= 0 && s->rate0 >= 0, "a surge cannot be");
}
