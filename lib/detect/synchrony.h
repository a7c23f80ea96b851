/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether two daily series rise and fall together, and since when (doc/SCIENCE.md A.12 (b)).
 */
#ifndef DM_DETECT_SYNCHRONY_H
#define DM_DETECT_SYNCHRONY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"

/** Longest window, days. */
#define DM_SYNCHRONY_MAX 60

/** When it begins and ends. */
struct dm_synchrony_rule {
    uint32_t window;   /**< days that are compared, 5..DM_SYNCHRONY_MAX */
    uint32_t days;     /**< days in a row that r must be high */
    double start, end; /**< r from which on it is high, r below which it is over */
};

/** Zeroed: nothing known yet. */
struct dm_synchrony {
    struct {
        float x, y;          /* log1p of the day's two counts */
        uint8_t free;        /* holiday or weekend */
    } day[DM_SYNCHRONY_MAX]; /* a ring */
    uint32_t at, used;
    uint32_t high; /* days in a row with high r */
    double r;      /* of the last day; 0: none */
    bool active;
};

/**
 * dm_synchrony_add() - the next day.
 * @x, @y:   its two counts, 0 or more.   @free: whether it is a weekend or holiday.
 * Returns:  whether the series are in step now.   Cost: O(window).
 */
bool dm_synchrony_add(struct dm_synchrony *s, const struct dm_synchrony_rule *rule, double x,
                      double y, bool free);

/** dm_synchrony_pack() - to a state file.  dm_synchrony_unpack() - from one. */
void dm_synchrony_pack(struct dm_buf *out, const struct dm_synchrony *s);
void dm_synchrony_unpack(struct dm_unpacker *in, struct dm_synchrony *ret);

#endif
