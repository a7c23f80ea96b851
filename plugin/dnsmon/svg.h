/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * gnuplot's SVG as a part of a page.
 */
#ifndef DM_PLUGIN_DNSMON_SVG_H
#define DM_PLUGIN_DNSMON_SVG_H

#include <glib.h>

/** Colours in a script for gnuplot, which become the page's own (report.css: --p1 and so on), so
 * that a figure is dark in a dark page. */
#define SVG_AXIS "rgb \"#010101\""
#define SVG_TEXT "rgb \"#020202\""
#define SVG_GRID "rgb \"#030303\""
#define SVG_AREA "rgb \"#040404\""
#define SVG_ONE "rgb \"#050505\""
#define SVG_TWO "rgb \"#060606\""
#define SVG_THREE "rgb \"#070707\""

/**
 * svg_inline() - add it to a page: without its XML head, ids, links and names of fonts, its points
 * as one path a colour.
 * @svg:   what gnuplot printed; changed.
 * @label: what the figure is, for who cannot see it; not escaped yet.
 */
void svg_inline(GString *out, char *svg, const char *label);

#endif
