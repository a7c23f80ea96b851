/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether more of something happens at a mail server than is normal at this hour: a Poisson CUSUM
 * over minutes against a baseline of the week's slots.
 */
#ifndef DM_DETECT_SURGE_H
#define DM_DETECT_SURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/normal.h"
#include "util/pack.h"

/** What it looks for. Rates are a minute. */
struct dm_surge_how {
    double h;       /**< nats at which it is a surge */
    double factor;  /**< times the normal rate that the CUSUM looks for; above 1 */
    double least;   /**< a normal rate is never taken for less: one event is no surge */
    double unknown; /**< normal rate of an hour of which nothing is known yet */
    double floor;   /**< the rate looked for is at least this */
};

/** Zeroed: nothing yet. */
struct dm_surge {
    struct dm_normal normal;
    double score;   /**< nats, 0 .. 3 h */
    double run_n;   /**< events since the score left 0 */
    int64_t run_us; /**< when that was */
    bool known;     /**< whether the last minute's baseline was known */
    double rate0;   /**< normal rate it was held against, a minute */
};

/**
 * dm_surge_minute() - a minute with @n events is over.
 * @minute_us: its beginning.
 * @learn:     whether it may become normal; it never does while the score is above h / 2.
 * Returns:    whether the score is at or above h.
 */
bool dm_surge_minute(struct dm_surge *s, const struct dm_surge_how *how, unsigned slot,
                     int64_t minute_us, double n, bool learn);

/** dm_surge_pack() - to a state file.  dm_surge_unpack() - from one. */
void dm_surge_pack(struct dm_buf *out, const struct dm_surge *s);
void dm_surge_unpack(struct dm_unpacker *in, struct dm_surge *s);

#endif
