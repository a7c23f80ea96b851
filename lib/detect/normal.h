/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is normal for a mail server at this hour: a baseline of the week's slots that is not taught
 * by what it is there to find.
 */
#ifndef DM_DETECT_NORMAL_H
#define DM_DETECT_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/slots.h"
#include "util/pack.h"

/** Zeroed: nothing known yet. About 2.7 kB. */
struct dm_normal {
    struct dm_slots slots;
    uint16_t kept_min; /**< minutes on end that were not learned from */
};

/**
 * dm_normal_rate() - the usual number a minute at @slot.
 * @ret_mean: written if it is known.
 * Returns:   whether an hour's worth of minutes is known of this hour or the ones beside it on the
 *            same type of day; of a holiday, the working day's hour will do, on which there is more
 *            traffic. What was learned at night says nothing about the morning.
 */
bool dm_normal_rate(const struct dm_normal *n, unsigned slot, double *ret_mean);

/** dm_normal_share() - the usual share at @slot, 0..1; otherwise as above, but with 200 trials, and
 * a holiday has its own (A.8: 0.35 against 0.70). */
bool dm_normal_share(const struct dm_normal *n, unsigned slot, double *ret_share);

/**
 * dm_normal_learn() - one minute's number.
 * @calm:  false: it looks like an attack. It is not learned, unless that has been so for a day:
 *         then it is how things are now.
 */
void dm_normal_learn(struct dm_normal *n, unsigned slot, double value, bool calm);

/** dm_normal_learn_share() - one minute's @hits of @trials; hits above trials count as trials. */
void dm_normal_learn_share(struct dm_normal *n, unsigned slot, double hits, double trials,
                           bool calm);

/** dm_normal_pack() - to a state file.  dm_normal_unpack() - from one. */
void dm_normal_pack(struct dm_buf *out, const struct dm_normal *n);
void dm_normal_unpack(struct dm_unpacker *in, struct dm_normal *n);

#endif
