/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Figures, drawn by gnuplot.
 */
#ifndef DM_PLUGIN_DNSMON_PLOT_H
#define DM_PLUGIN_DNSMON_PLOT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** A longer span has days on its axis, s; a shorter one, times of day (own choice). */
#define PLOT_HOURS_MAX (30 * 3600)

/** plot_missing() - what is missing to draw; NULL: nothing is. A sentence that names the package.
 */
const char *plot_missing(void);

/** One figure on its way. Axis titles are constants: nothing of a log goes into the script but
 * numbers. */
struct plot {
    GString *script;
    GString *data; /**< rows of numbers, added by plot_row() */
};

/** plot_begin() - @x, @y: titles of the axes, with units. */
void plot_begin(struct plot *p, const char *x, const char *y);

/** plot_time() - the x axis is time.   @from_s, @to_s: local seconds since 1970. */
void plot_time(struct plot *p, int64_t from_s, int64_t to_s);

/** plot_row() - one row of data; columns count from 1. */
void plot_row(struct plot *p, const double *value, unsigned n);

/**
 * plot_end() - draw it.
 * @how:    gnuplot's plot command without "plot"; the data is $d.
 * Returns: the SVG, to be released with g_free(); NULL if gnuplot failed. The plot is empty then.
 */
char *plot_end(struct plot *p, const char *how);

#endif
