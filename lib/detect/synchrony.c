/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pearson's r of log1p of the counts over the last n days, after the mean of the window's working
 * days is taken from working days, and that of its weekends and holidays from those: two series
 * that share nothing but the week are not in step. r does not change when a series is shifted or
 * stretched, so that the z-scores of doc/SCIENCE.md A.12 need not be computed.
 *
 * Measured (tests/unit/test_det_campaign_sync, law `measured`: 300 pairs of 455 days, in step on
 * the paper's 189 only): pairs with exactly one start and one end, each within 14 days, with A.12's
 * three days in a row against two: rise fivefold 0.91, 0.91; the same with a weekly cycle 0.93,
 * 0.94 (0.80 if the week is not taken away); 400 a day without a rise 0.85, 0.96; 20 a day without
 * a rise 0.31, 0.45. Three days start late on pairs that do not rise: r of 14 days passes 0.8 on
 * the twelfth only.
 *
 * LIMITS: r of 14 pairs has an error of 0.1 at 0.8: counts of a few a day, whose Poisson noise is
 * as large as what they share, start late and stop early. No p-value is claimed for 365 looks a
 * year. Source: doc/SCIENCE.md A.12 (b), S1 Figure with the curves of 2005.
 */
#include "detect/synchrony.h"

#include <glib.h>
#include <math.h>

#include "stats/pearson.h"

/* Rounding is no variation: two constant series would be in perfect step. */
static double deviation(double v, double mean)
{
    return fabs(v - mean) < 1e-6 ? 0 : v - mean;
}

static double correlation(const struct dm_synchrony *s, uint32_t window)
{
    double sum_x[2] = {0}, sum_y[2] = {0};
    unsigned n[2] = {0};
    struct dm_pearson p = {0};

    for (uint32_t i = 0; i < window; i++) {
        uint32_t d = (s->at + DM_SYNCHRONY_MAX - 1 - i) % DM_SYNCHRONY_MAX;
        unsigned slot = s->day[d].free;
        sum_x[slot] += (double)s->day[d].x;
        sum_y[slot] += (double)s->day[d].y;
        n[slot]++;
    }
    dm_pearson_init(&p, window);
    for (uint32_t i = 0; i < window; i++) {
        uint32_t d = (s->at + DM_SYNCHRONY_MAX - 1 - i) % DM_SYNCHRONY_MAX;
        unsigned slot = s->day[d].free;
        dm_pearson_add(&p, deviation((double)s->day[d].x, sum_x[slot] / n[slot]),
                       deviation((double)s->day[d].y, sum_y[slot] / n[slot]));
    }
    double r = dm_pearson_r(&p);
    return isnan(r) ? 0 : r;
}

static void judge(struct dm_synchrony *s, const struct dm_synchrony_rule *rule)
{
    if (s->active) {
        s->active = s->r >= rule->end;
        s->high = 0;
        return;
    }
    s->high = s->r >= rule->start ? s->high + 1 : 0;
    s->active = s->high >= rule->days;
}

bool dm_synchrony_add(struct dm_synchrony *s, const struct dm_synchrony_rule *rule, double x,
                      double y, bool free)
{
    s->day[s->at].x = (float)log1p(x);
    s->day[s->at].y = (float)log1p(y);
    s->day[s->at].free = free;
    s->at = (s->at + 1) % DM_SYNCHRONY_MAX;
    s->used = MIN(s->used + 1, DM_SYNCHRONY_MAX);
    if (s->used >= rule->window) {
        s->r = correlation(s, rule->window);
        judge(s, rule);
    }
    return s->active;
}

void dm_synchrony_pack(struct dm_buf *out, const struct dm_synchrony *s)
{
    DM_PACK(out, s->at);
    DM_PACK(out, s->used);
    DM_PACK(out, s->high);
    DM_PACK(out, s->r);
    DM_PACK(out, s->active);
    for (uint32_t i = 0; i < DM_SYNCHRONY_MAX; i++) {
        DM_PACK(out, s->day[i].x);
        DM_PACK(out, s->day[i].y);
        DM_PACK(out, s->day[i].free);
    }
}

void dm_synchrony_unpack(struct dm_unpacker *in, struct dm_synchrony *ret)
{
    DM_UNPACK(in, ret->at);
    DM_UNPACK(in, ret->used);
    DM_UNPACK(in, ret->high);
    ret->r = dm_unpack_double(in);
    ret->active = dm_unpack_bool(in);
    dm_unpack_require(in, ret->at < DM_SYNCHRONY_MAX && ret->used <= DM_SYNCHRONY_MAX,
                      "a day of campaign-sync is out of range");
    for (uint32_t i = 0; i < DM_SYNCHRONY_MAX; i++) {
        DM_UNPACK(in, ret->day[i].x);
        DM_UNPACK(in, ret->day[i].y);
        ret->day[i].free = dm_unpack_bool(in);
        dm_unpack_require(in, isfinite(ret->day[i].x) && isfinite(ret->day[i].y),
                          "a count of campaign-sync is none");
    }
}
