/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Baselines of 48 time slots with fallback: own hour, ± 1 h, type of day, everything. The sums of
 * slots merge exactly, so a fallback is computed when asked and nothing is stored twice.
 *
 * Source: day types and hours doc/SCIENCE.md A.8; the order of fallback is our own choice: the
 * hours of a day differ less than a working day from a holiday (0.70 against 0.35). LIMITS: slots
 * forget when they are added to, so an hour that was not seen for long (holidays) keeps its weight.
 * Summer time shifts a habit by an hour for as long as it takes to learn it.
 */
#include "stats/slots.h"

#include <glib.h>
#include <math.h>

#include "stats/moments.h"

unsigned dm_slots_index(bool holiday, int hour)
{
    return (holiday ? DM_SLOTS_HOURS : 0) + (unsigned)CLAMP(hour, 0, DM_SLOTS_HOURS - 1);
}

static bool takes(const struct dm_slots *s, unsigned slot, double forget)
{
    return !s->frozen && slot < DM_SLOTS_COUNT && forget >= 0 && forget <= 1;
}

static uint32_t one_more(uint32_t n)
{
    return n < UINT32_MAX ? n + 1 : n;
}

/* Add the values of @more to those of @to (Chan, Golub, LeVeque 1979), and its sums. */
static void merge(struct dm_slot *to, const struct dm_slot *more)
{
    double w = to->w + more->w;

    if (more->w > 0) {
        double d = more->mean - to->mean, share = more->w / w;
        to->s += more->s + d * d * to->w * share;
        to->mean += d * share;
        to->w = w;
    }
    to->hits += more->hits;
    to->trials += more->trials;
    to->values = more->values > UINT32_MAX - to->values ? UINT32_MAX : to->values + more->values;
    to->batches =
        more->batches > UINT32_MAX - to->batches ? UINT32_MAX : to->batches + more->batches;
}

bool dm_slots_add_value(struct dm_slots *s, unsigned slot, double value, double forget)
{
    if (!takes(s, slot, forget) || !dm_stats_usable(value)) {
        return false;
    }
    struct dm_slot *at = &s->slot[slot];
    at->w *= forget;
    at->s *= forget;
    merge(at, &(struct dm_slot){.w = 1, .mean = value, .values = 1});
    return true;
}

bool dm_slots_add_share(struct dm_slots *s, unsigned slot, double hits, double trials,
                        double forget)
{
    if (!takes(s, slot, forget) || !dm_stats_usable(trials) || !(hits >= 0 && hits <= trials)) {
        return false;
    }
    struct dm_slot *at = &s->slot[slot];
    at->hits = at->hits * forget + hits;
    at->trials = at->trials * forget + trials;
    at->batches = one_more(at->batches);
    return true;
}

/* What a basis of slot @i consists of. */
static struct dm_slot gather(const struct dm_slots *s, unsigned i, enum dm_slots_basis basis)
{
    const unsigned hours = DM_SLOTS_HOURS, day = i - i % hours;
    struct dm_slot sum = {0};

    switch (basis) {
    case DM_SLOTS_OWN:
        merge(&sum, &s->slot[i]);
        break;
    case DM_SLOTS_NEAR:
        for (unsigned d = hours - 1; d <= hours + 1; d++) {
            merge(&sum, &s->slot[day + (i - day + d) % hours]);
        }
        break;
    case DM_SLOTS_DAY:
        for (unsigned h = 0; h < hours; h++) {
            merge(&sum, &s->slot[day + h]);
        }
        break;
    default:
        for (unsigned k = 0; k < DM_SLOTS_COUNT; k++) {
            merge(&sum, &s->slot[k]);
        }
    }
    return sum;
}

static struct dm_slots_answer answer(const struct dm_slot *sum, enum dm_slots_basis basis,
                                     uint32_t n)
{
    return (struct dm_slots_answer){
        .basis = basis,
        .mean = sum->w > 0 ? sum->mean : NAN,
        .sd = sum->w > 0 ? sqrt(sum->s / sum->w) : NAN,
        .w = sum->w,
        .share = sum->trials > 0 ? sum->hits / sum->trials : NAN,
        .trials = sum->trials,
        .n = n,
    };
}

static struct dm_slots_answer ask(const struct dm_slots *s, unsigned slot, double least, bool share)
{
    unsigned i = MIN(slot, DM_SLOTS_COUNT - 1u);
    enum dm_slots_basis basis = DM_SLOTS_OWN;

    for (;; basis--) {
        struct dm_slot sum = gather(s, i, basis);
        double has = share ? sum.trials : sum.w;
        if (has >= least || basis == DM_SLOTS_NOTHING) {
            return answer(&sum, basis, share ? sum.batches : sum.values);
        }
    }
}

struct dm_slots_answer dm_slots_value(const struct dm_slots *s, unsigned slot, double least)
{
    return ask(s, slot, least, false);
}

struct dm_slots_answer dm_slots_share(const struct dm_slots *s, unsigned slot, double least)
{
    return ask(s, slot, least, true);
}

struct dm_slots_answer dm_slots_share_of(const struct dm_slots *s, unsigned slot,
                                         enum dm_slots_basis basis)
{
    struct dm_slot sum = gather(s, MIN(slot, DM_SLOTS_COUNT - 1u), basis);

    return answer(&sum, basis, sum.batches);
}

void dm_slots_pack(struct dm_buf *out, const struct dm_slots *s)
{
    DM_PACK(out, s->frozen);
    for (int i = 0; i < DM_SLOTS_COUNT; i++) {
        DM_PACK(out, s->slot[i].w);
        DM_PACK(out, s->slot[i].mean);
        DM_PACK(out, s->slot[i].s);
        DM_PACK(out, s->slot[i].hits);
        DM_PACK(out, s->slot[i].trials);
        DM_PACK(out, s->slot[i].values);
        DM_PACK(out, s->slot[i].batches);
    }
}

/* Sums of usable numbers, and twice that: rounding is no damage. */
static bool possible(const struct dm_slot *s)
{
    double most = s->w * 4 * DM_STATS_MAX * DM_STATS_MAX;

    return s->w >= 0 && s->w <= DM_STATS_MAX && fabs(s->mean) <= 2 * DM_STATS_MAX && s->s >= 0 &&
           s->s <= most && s->hits >= 0 && s->hits <= s->trials * (1 + 1e-9) &&
           s->trials <= DM_STATS_MAX * UINT32_MAX;
}

void dm_slots_unpack(struct dm_unpacker *in, struct dm_slots *ret)
{
    ret->frozen = dm_unpack_bool(in);
    for (int i = 0; i < DM_SLOTS_COUNT; i++) {
        struct dm_slot *s = &ret->slot[i];
        s->w = dm_unpack_double(in);
        s->mean = dm_unpack_double(in);
        s->s = dm_unpack_double(in);
        s->hits = dm_unpack_double(in);
        s->trials = dm_unpack_double(in);
        DM_UNPACK(in, s->values);
        DM_UNPACK(in, s->batches);
        dm_unpack_require(in, possible(s), "a time slot has an impossible baseline");
    }
    if (in->bad) {
        memset(ret, 0, sizeof *ret);
    }
}
