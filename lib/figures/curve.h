/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A curve over time of bounded size: counts in bins that become wider as the span grows.
 */
#ifndef DM_FIGURES_CURVE_H
#define DM_FIGURES_CURVE_H

#include <stdbool.h>
#include <stdint.h>

/** Columns of any curve. */
#define DM_CURVE_COLUMNS 5

/**
 * Most bins: about two for each pixel of a printed figure (own choice). Ten-minute bins last for
 * five days, bins of an hour for a month.
 */
#define DM_CURVE_BINS 720

/** What a second column means when bins are put together. */
enum dm_curve_kind {
    DM_CURVE_SUM, /**< counts: they add up */
    DM_CURVE_MAX  /**< numbers of different machines: the largest */
};

/** dm_curve_init() first. */
struct dm_curve {
    int64_t from_s;   /**< where bin 0 begins, UTC, a multiple of the width; no bin: undefined */
    uint32_t width_s; /**< of a bin; see dm_curve_wider() */
    uint32_t n;       /**< bins in use */
    uint32_t cap;     /**< bins there is memory for */
    enum dm_curve_kind kind;
    uint32_t (*bin)[DM_CURVE_COLUMNS]; /**< owned */
};

/** dm_curve_init() - no bin yet.   @width_s: 60, 600 or 3600, or another of dm_curve_wider(). */
void dm_curve_init(struct dm_curve *c, uint32_t width_s, enum dm_curve_kind kind);
void dm_curve_clear(struct dm_curve *c);

/** dm_curve_wider() - the width that follows @width_s, a multiple of it: 60, 120, 600, 1800 s; 1,
 * 2, 6, 12 hours; 1, 2, 4 ... days. */
uint32_t dm_curve_wider(uint32_t width_s);

/**
 * dm_curve_at() - the bin of a time, made if need be; all bins before it are there then.
 * @time_s: before the first bin: that one.
 * Returns: its columns, good until the next call; NULL without memory.
 * Cost:    O(1); when there are too many bins, O(bins).
 */
uint32_t *dm_curve_at(struct dm_curve *c, int64_t time_s);

/** dm_curve_put() - put numbers into a column as the curve's kind says; stops at the largest. */
void dm_curve_put(struct dm_curve *c, int64_t time_s, unsigned column, uint64_t n);

#endif
