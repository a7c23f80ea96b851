/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is normal at this time: a baseline for each hour of working days and of holidays, which
 * borrows from its neighbours while it knows too little itself.
 */
#ifndef DM_STATS_SLOTS_H
#define DM_STATS_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"

#define DM_SLOTS_HOURS 24
/** Working days 0..23, holidays and weekends 24..47 (doc/SCIENCE.md A.8: 0.70 and 0.35). */
#define DM_SLOTS_COUNT (2 * DM_SLOTS_HOURS)

/** One hour of one type of day. A value (look-ups in ten minutes) and a share (messages of
 * connections) may be kept beside each other; each forgets when it is added to. */
struct dm_slot {
    double w, mean, s;        /**< of values: weight, mean, Σ weight·(value - mean)² */
    double hits, trials;      /**< of a share: sums, faded */
    uint32_t values, batches; /**< additions ever, saturating */
};

/** Zeroed: nothing known, learning. About 2.7 kB. */
struct dm_slots {
    struct dm_slot slot[DM_SLOTS_COUNT];
    bool frozen; /**< additions change nothing: what is an attack must not become normal */
};

/** Which slots an answer rests on. */
enum dm_slots_basis {
    DM_SLOTS_NOTHING, /**< not even all together have enough */
    DM_SLOTS_ALL,     /**< all 48 */
    DM_SLOTS_DAY,     /**< this type of day */
    DM_SLOTS_NEAR,    /**< the hour and those before and after it, same type of day */
    DM_SLOTS_OWN,
};

/** An answer: the narrowest basis with enough data; with too little of all (NOTHING), what there
 * is. */
struct dm_slots_answer {
    enum dm_slots_basis basis;
    double mean, sd; /**< of values; NAN without any. sd: Σ/w */
    double w;        /**< of values: weight it rests on */
    double share;    /**< hits / trials; NAN without trials */
    double trials;   /**< of a share: faded trials it rests on */
    uint32_t n;      /**< additions it rests on */
};

/**
 * dm_slots_index() - the slot of a local time.
 * @holiday: weekend or holiday.   @hour: 0..23, others are taken for the nearest of these.
 */
unsigned dm_slots_index(bool holiday, int hour);

/**
 * dm_slots_add_value() - one observation in a slot.
 * @slot:    below DM_SLOTS_COUNT.
 * @forget:  0..1, weight of what the slot has (dm_stats_forget()).
 * Returns:  whether it was taken: not if frozen or unusable (dm_stats_usable()).
 */
bool dm_slots_add_value(struct dm_slots *s, unsigned slot, double value, double forget);

/** dm_slots_add_share() - @hits of @trials; 0 <= hits <= trials. Otherwise as the one above. */
bool dm_slots_add_share(struct dm_slots *s, unsigned slot, double hits, double trials,
                        double forget);

/**
 * dm_slots_value() - the normal value at a slot.
 * @least:   weight of observations that is enough, above 0.
 * Error:    a mean of n observations has sd / sqrt(n); neighbours add what the hours differ by, and
 *           sd then holds that too.
 */
struct dm_slots_answer dm_slots_value(const struct dm_slots *s, unsigned slot, double least);

/** dm_slots_share() - the normal share at a slot: ratio of sums, not mean of ratios, so quiet bins
 * count little.   @least: trials that are enough, above 0. */
struct dm_slots_answer dm_slots_share(const struct dm_slots *s, unsigned slot, double least);

/** dm_slots_share_of() - the share on that basis, however little of it there is. */
struct dm_slots_answer dm_slots_share_of(const struct dm_slots *s, unsigned slot,
                                         enum dm_slots_basis basis);

/** dm_slots_pack() - append it to a state file. */
void dm_slots_pack(struct dm_buf *out, const struct dm_slots *s);

/** dm_slots_unpack() - refused: what no observations give. */
void dm_slots_unpack(struct dm_unpacker *in, struct dm_slots *ret);

#endif
