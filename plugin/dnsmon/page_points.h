/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Points and a straight line through them.
 */
#ifndef DM_PLUGIN_DNSMON_PAGE_POINTS_H
#define DM_PLUGIN_DNSMON_PAGE_POINTS_H

#include "plot.h"

/** What is drawn; texts are constants. */
struct points {
    const char *x, *y;       /**< titles of the axes, with units */
    const char *name, *line; /**< what a point is, and what the line is */
    const char *width;       /**< of the line */
    double slope, intercept; /**< of the line; what is not finite counts as 0 */
    struct plot plot;        /**< points are added to it */
};

/** points_begin() - @pts: texts are set. Points follow by points_add(). */
void points_begin(struct points *pts);
void points_add(struct points *pts, double x, double y);

/** points_end() - draw them, with the line.   @title: what the drawing is, for those who hear it.
 * Returns: for page_figure_body(). */
char *points_end(struct points *pts, const char *title);

#endif
