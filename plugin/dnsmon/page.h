/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The report's page: one HTML text. What every part of it needs, and the parts.
 */
#ifndef DM_PLUGIN_DNSMON_PAGE_H
#define DM_PLUGIN_DNSMON_PAGE_H

#include <glib.h>
#include <json-c/json.h>
#include <stdint.h>

#include "digest.h"

/** A counter of the monitor. */
struct counter {
    const char *name; /**< a constant of the library's */
    uint64_t value;
};

struct page {
    GString *out;
    struct digest *dig;          /**< sorted */
    struct json_object *figures; /**< dnsmon_monitor_figures(); NULL: the input were events */
    const struct counter *counters;
    unsigned n_counters; /**< 0: the input were events */
    unsigned figures_failed;
    GHashTable *explained; /**< kinds of figures whose caption has been printed */
};

/** page_write() - the whole page into page->out. */
void page_write(struct page *p);

/* ---- the parts (page_*.c), in the page's order ---- */

void page_summary(struct page *p);
void page_incidents(struct page *p);
void page_clients(struct page *p);
void page_site(struct page *p);
void page_mail(struct page *p);
void page_names(struct page *p);
void page_top(struct page *p);
void page_feed(struct page *p);

/* ---- text ---- */

/**
 * page_text() - a text that a stranger may have chosen, for an element or a quoted attribute.
 * Shape: "<", ">", "&" and both quotes become entities; control characters, bytes that are not
 *        UTF-8, and characters that hide or reorder text become visible: \x1b, \u{202e}.
 */
void page_text(GString *out, const char *text);

/** page_count() - "32,728".   page_figure_number() - up to @digits decimals, "-" for NAN. */
void page_count(GString *out, double n);
void page_decimals(GString *out, double v, int digits);

/** page_value() - page_decimals(), or page_count() for 0 @digits. */
void page_value(GString *out, double v, int digits);

/** page_data() - an attribute with a number for programs: data-m="8.79"; nothing for NAN. */
void page_data(GString *out, const char *name, double v);

/** page_local() - local seconds of a UTC time, by the figures' offsets. */
int64_t page_local(const struct page *p, int64_t utc_s);

/** page_time() - "2004-01-28 10:11", local. */
void page_time(struct page *p, int64_t utc_s);

/** page_clock() - what the page's times are: "UTC+09:00". */
void page_clock(const struct page *p, GString *out);

/** page_time_title() - of an axis: "time (UTC+09:00)", and the date if @to_s (UTC) is so near that
 * the axis has none.   Owner: caller, g_free(). */
char *page_time_title(const struct page *p, int64_t from_s, int64_t to_s);

/** page_midnight() - seconds since 1970 of a date, as if it were UTC; 0: it is none. */
int64_t page_midnight(const char *date);

/* ---- pieces ---- */

/** page_section() - begins one.   page_section_end() - ends it. */
void page_section(struct page *p, const char *id, const char *title);
void page_section_end(struct page *p);

/** page_missing() - what is left out, and why. */
void page_missing(struct page *p, const char *sentence);

/** A figure: a title, a drawing, a caption. */
struct figure {
    const char *kind;    /**< for programs */
    const char *title;   /**< may be a stranger's text */
    const char *subject; /**< whom it is about, for programs; any text */
    const char *caption; /**< constant: what to look for; printed once for a kind */
};

/** page_svg() - what gnuplot printed, ready for the page.   @svg: taken; NULL: there is none.
 * Returns: to be given to page_figure_body(); NULL if there is none. */
char *page_svg(char *svg, const char *label);

/** page_figure_begin() - up to the attributes: data-... may follow. */
void page_figure_begin(struct page *p, const struct figure *f);

/** page_figure_body() - the rest of the tag, the title, the drawing, the caption; tables may
 * follow.
 * @svg: taken; NULL: it could not be drawn. */
void page_figure_body(struct page *p, const struct figure *f, char *svg);
void page_figure_end(struct page *p);

/** page_item() - a line of a figure's <dl>.   @what: constant.   @digits: as page_value(). */
void page_item(struct page *p, const char *what, double v, int digits);

/** page_server_day() - the summary of a mail server's day, number @i of the digest's. */
struct json_object *page_server_day(const struct page *p, guint i);

/* ---- the figures' JSON ---- */

/** fig_number() - of a list of lists of numbers: row @i, column @k; 0 if there is none. */
double fig_number(struct json_object *rows, size_t i, size_t k);

/** fig_rows() - how many; 0 if it is no list. */
size_t fig_rows(struct json_object *rows);

#endif
