/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Baselines by hour of working days and holidays (lib/stats/slots), with three rules of their own:
 * what counts as known, who may teach, and for how long nobody may.
 *
 * LIMITS: on the first day nothing is known, on the first holiday the working days stand in; a
 * change for good (another mail system) is learned after a day in which it was held to be an
 * attack. Source: doc/SCIENCE.md A.6, A.8, E.1 ("freeze"); numbers: own choice, each with its
 * reason.
 */
#include "detect/normal.h"

#include <math.h>

#include "stats/moments.h"

/* Half of what is known of a slot comes from so many minutes: four weeks of working days. */
#define HALF_LIFE_MIN 1200
/* Enough to know a rate: one hour. */
#define LEAST_MIN 60
/* Enough to know a share of 0.35 within 0.035 (one deviation). */
#define LEAST_TRIALS 200
/* What looks like an attack for so long is normal now: no attack of the papers lasted a day on end
 * (S3: 08:30 to 19:30; 02:00 to the next day). */
#define KEPT_MAX_MIN 1440
#define HOLIDAYS DM_SLOTS_HOURS

static bool known(const struct dm_slots_answer *a)
{
    return a->basis >= DM_SLOTS_NEAR;
}

bool dm_normal_rate(const struct dm_normal *n, unsigned slot, double *ret_mean)
{
    struct dm_slots_answer a = dm_slots_value(&n->slots, slot, LEAST_MIN);

    if (!known(&a) && slot >= HOLIDAYS) {
        a = dm_slots_value(&n->slots, slot - HOLIDAYS, LEAST_MIN);
    }
    if (known(&a)) {
        *ret_mean = a.mean;
    }
    return known(&a);
}

bool dm_normal_share(const struct dm_normal *n, unsigned slot, double *ret_share)
{
    struct dm_slots_answer a = dm_slots_share(&n->slots, slot, LEAST_TRIALS);

    if (known(&a)) {
        *ret_share = a.share;
    }
    return known(&a);
}

/* Whether this minute is learned from. */
static bool teaches(struct dm_normal *n, bool calm)
{
    if (calm) {
        n->kept_min = 0;
        return true;
    }
    if (n->kept_min < KEPT_MAX_MIN) {
        n->kept_min++;
        return false;
    }
    return true;
}

void dm_normal_learn(struct dm_normal *n, unsigned slot, double value, bool calm)
{
    if (teaches(n, calm)) {
        dm_slots_add_value(&n->slots, slot, value, dm_stats_forget(HALF_LIFE_MIN, 1));
    }
}

void dm_normal_learn_share(struct dm_normal *n, unsigned slot, double hits, double trials,
                           bool calm)
{
    if (teaches(n, calm) && trials > 0) {
        dm_slots_add_share(&n->slots, slot, fmin(hits, trials), trials,
                           dm_stats_forget(HALF_LIFE_MIN, 1));
    }
}

void dm_normal_pack(struct dm_buf *out, const struct dm_normal *n)
{
    dm_slots_pack(out, &n->slots);
    DM_PACK(out, n->kept_min);
}

void dm_normal_unpack(struct dm_unpacker *in, struct dm_normal *n)
{
    dm_slots_unpack(in, &n->slots);
    DM_UNPACK(in, n->kept_min);
    dm_unpack_require(in, n->kept_min <= KEPT_MAX_MIN, "a baseline cannot be");
}
