/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Curves over time. A curve is {"from": s, "width": s, "rows": [[number, ...], ...]}, with the
 * columns A and others, A and AAAA ... that lib/figures writes (doc/REPORT.md).
 */
#ifndef DM_PLUGIN_DNSMON_PAGE_CURVE_H
#define DM_PLUGIN_DNSMON_PAGE_CURVE_H

#include "page.h"
#include "plot.h"

#define CURVE_PER_MINUTE "questions (min⁻¹)"

/** curve_begin() - begin a figure over the time of a curve.   @y: title of the axis. */
void curve_begin(const struct page *p, struct plot *plot, struct json_object *curve, const char *y);

/** curve_rates() - rows of time and rates a minute: of each of @n (at most 3) bit masks of columns,
 * the sum of these. */
void curve_rates(const struct page *p, struct plot *plot, struct json_object *curve,
                 const unsigned *add, unsigned n);

/** curve_sum() - of a column. */
double curve_sum(struct json_object *curve, size_t column);

#endif
