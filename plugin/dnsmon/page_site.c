/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The site over time, and the machines whose numbers S1 compares.
 *
 * Source: doc/SCIENCE.md A.12.
 */
#include "page_curve.h"
#include "svg.h"

/* Days from which on machines are counted by the day, as S1 does. */
#define DAYS_MIN 4

/** A curve of the whole site. */
struct site_curve {
    struct figure figure;
    unsigned columns[2]; /* bit masks: what is added up for the first curve and the second */
    const char *how;     /* gnuplot's plot command */
};

/* As far as the attributes, of which the caller knows the names. */
static char *draw_curve(const struct page *p, struct json_object *site, const struct site_curve *c)
{
    struct plot plot;

    curve_begin(p, &plot, site, CURVE_PER_MINUTE);
    curve_rates(p, &plot, site, c->columns, 2);
    return page_svg(plot_end(&plot, c->how), c->figure.title);
}

static void put_questions(struct page *p, struct json_object *site)
{
    static const struct site_curve c = {
        .figure = {.kind = "site-questions",
                   .title = "Questions of the whole site",
                   .caption = "Day and night, workday and weekend should be plain to see. A step "
                              "that is none of these is a machine, or a log that lost lines."},
        .columns = {1 | 2 | 4 | 8 | 16, 1 | 2},
        .how = "$d using 1:2 with filledcurves y1=0 lc " SVG_AREA
               " title \"all\", $d using 1:3 with lines lw 1 lc " SVG_ONE " title \"A and AAAA\""};
    double total = 0;

    for (size_t column = 0; column < 5; column++) {
        total += curve_sum(site, column);
    }
    page_figure_begin(p, &c.figure);
    page_data(p->out, "total", total);
    page_figure_body(p, &c.figure, draw_curve(p, site, &c));
    page_figure_end(p);
}

static void put_mx(struct page *p, struct json_object *site)
{
    static const struct site_curve c = {
        .figure = {.kind = "site-mx",
                   .title = "MX and PTR questions of the whole site",
                   .caption = "Mostly those of the mail servers. MX that rises alone is a mass "
                              "mailer; MX and PTR together are mail that really flows, or a "
                              "machine that relays it."},
        .columns = {1 << 2, 1 << 3},
        .how = "$d using 1:3 with lines lw 1 lc " SVG_THREE
               " title \"PTR\", $d using 1:2 with lines lw 1.5 lc " SVG_TWO " title \"MX\""};

    page_figure_begin(p, &c.figure);
    page_data(p->out, "mx", curve_sum(site, 2));
    page_data(p->out, "ptr", curve_sum(site, 3));
    page_figure_body(p, &c.figure, draw_curve(p, site, &c));
    page_figure_end(p);
}

/* ---- machines ---- */

static void add_days(struct plot *plot, struct json_object *days, double sum[2])
{
    for (size_t i = 0; i < fig_rows(days); i++) {
        struct json_object *day = json_object_array_get_idx(days, i);
        const char *date = json_object_get_string(json_object_array_get_idx(day, 0));
        struct json_object *n = json_object_array_get_idx(day, 1);
        double row[3] = {(double)page_midnight(date ? date : "") + 43200};
        for (size_t k = 0; k < 2; k++) {
            row[k + 1] = json_object_get_double(json_object_array_get_idx(n, k));
            sum[k] = MAX(sum[k], row[k + 1]);
        }
        plot_row(plot, row, 3);
    }
}

static void add_hours(const struct page *p, struct plot *plot, struct json_object *hours,
                      double sum[2])
{
    struct json_object *rows = event_at(hours, "rows");
    double from = event_number(hours, "from"), width = event_number(hours, "width");

    for (size_t i = 0; i < fig_rows(rows); i++) {
        double row[3] = {(double)page_local(p, (int64_t)(from + ((double)i + 0.5) * width))};
        for (size_t k = 0; k < 2; k++) {
            row[k + 1] = fig_number(rows, i, k);
            sum[k] = MAX(sum[k], row[k + 1]);
        }
        plot_row(plot, row, 3);
    }
}

static void draw_machines(struct page *p, struct plot *plot, bool daily, const double most[2])
{
    const struct figure f = {
        .kind = "machines",
        .title = "Machines that mail strangers, machines that knock at Windows services",
        .caption = "Different clients that asked MX of domains new to the site&#39;s mail servers, "
                   "and different clients with TCP attempts at ports of Windows services. Curves "
                   "that rise and fall together are one campaign (S1: August 2005 to February "
                   "2006)."};

    page_figure_begin(p, &f);
    g_string_append(p->out, daily ? " data-bin=\"day\"" : " data-bin=\"hour\"");
    page_data(p->out, "most-mailing", most[0]);
    page_data(p->out, "most-probing", most[1]);
    page_figure_body(
        p, &f,
        page_svg(plot_end(plot,
                          "$d using 1:2 with lines lw 1.5 lc " SVG_TWO
                          " title \"mail strangers\", $d using 1:3 with lines lw 1.5 lc " SVG_ONE
                          " title \"probe ports\""),
                 f.title));
    if (most[1] <= 0) {
        page_missing(p, "There is no TCP attempt in these logs: a packet filter&#39;s or "
                        "iplog&#39;s log is missing, or nobody probed.");
    }
    page_figure_end(p);
}

static void put_machines(struct page *p)
{
    struct json_object *days = event_at(p->figures, "machines.days");
    struct json_object *hours = event_at(p->figures, "machines.hours");
    bool daily = fig_rows(days) >= DAYS_MIN;
    double most[2] = {0, 0};
    struct plot plot;

    curve_begin(p, &plot, daily ? event_at(p->figures, "site") : hours,
                daily ? "different clients (day⁻¹)" : "different clients (h⁻¹)");
    if (daily) {
        add_days(&plot, days, most);
    } else {
        add_hours(p, &plot, hours, most);
    }
    if (most[0] + most[1] > 0) {
        draw_machines(p, &plot, daily, most);
        return;
    }
    g_string_free(plot.script, TRUE);
    g_string_free(plot.data, TRUE);
    page_missing(p, "No client asked MX of a strange domain or tried a port of a Windows service, "
                    "so the curves of S1 are left out.");
}

void page_site(struct page *p)
{
    struct json_object *site = event_at(p->figures, "site");

    page_section(p, "site", "The site over time");
    if (fig_rows(event_at(site, "rows")) == 0) {
        page_missing(p, p->figures ? "No client inside asked anything."
                                   : "Curves of the site are not in events: make the report from "
                                     "the logs to see them.");
        page_section_end(p);
        return;
    }
    g_string_append(p->out, "<div class=\"figures\">\n");
    put_questions(p, site);
    put_mx(p, site);
    put_machines(p);
    g_string_append(p->out, "</div>\n");
    page_section_end(p);
}
