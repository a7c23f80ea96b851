/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Points and a straight line through them, from zero on.
 *
 * LIMITS: the line is the caller's; here it is drawn only.
 */
#include "page_points.h"

#include <math.h>

#include "page.h"
#include "svg.h"

void points_begin(struct points *pts)
{
    plot_begin(&pts->plot, pts->x, pts->y);
    g_string_append(pts->plot.script, "set xrange [0:*]\n");
}

void points_add(struct points *pts, double x, double y)
{
    const double xy[2] = {x, y};

    plot_row(&pts->plot, xy, 2);
}

/* A number as gnuplot reads it. */
static const char *number(double v, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
    return g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.9g", isfinite(v) ? v : 0);
}

char *points_end(struct points *pts, const char *title)
{
    char slope[G_ASCII_DTOSTR_BUF_SIZE], at[G_ASCII_DTOSTR_BUF_SIZE];
    char *how = g_strdup_printf(
        "$d using 1:2 with points pt 7 lc " SVG_ONE
        " title \"%s\", %s*x+%s with lines lw %s lc " SVG_TWO " title \"%s\"",
        pts->name, number(pts->slope, slope), number(pts->intercept, at), pts->width, pts->line);
    char *svg = page_svg(plot_end(&pts->plot, how), title);

    g_free(how);
    return svg;
}
