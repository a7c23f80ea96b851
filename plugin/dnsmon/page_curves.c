/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Curves over time: the worst clients (S0, S1), the site, and the machines whose numbers S1
 * compares.
 *
 * LIMITS: six clients; a client's curve begins when there was room to watch it. On a day on which
 * clocks change, an hour is drawn twice or not at all.
 * Source: doc/SCIENCE.md A.3, A.5, A.12.
 */
#include <math.h>
#include <string.h>

#include "page.h"
#include "plot.h"
#include "svg.h"

#define CLIENTS_SHOWN 6
/* Days from which on machines are counted by the day, as S1 does. */
#define DAYS_MIN 4
/* Pairs from which on a line is drawn through points. */
#define PAIRS_MIN 6

#define TOTAL_AND_MX                                                                               \
    "$d using 1:2 with filledcurves y1=0 lc " SVG_AREA " title \"all questions\", "                \
    "$d using 1:2 with lines lw 0.7 lc " SVG_ONE " notitle, "                                      \
    "$d using 1:3 with lines lw 1.6 lc " SVG_TWO " title \"MX\""

#define PER_MINUTE "questions (min⁻¹)"

/* Begin a figure over the time of a curve. */
static void begin_curve(const struct page *p, struct plot *plot, struct json_object *curve,
                        const char *y)
{
    double width = event_number(curve, "width");
    int64_t from_s = (int64_t)event_number(curve, "from");
    int64_t to_s = from_s + (int64_t)(width * (double)fig_rows(event_at(curve, "rows")));
    char *x = page_time_title(p, from_s, to_s);

    plot_begin(plot, x, y);
    plot_time(plot, page_local(p, from_s), page_local(p, to_s));
    g_free(x);
}

/* Rows of time and rates: of each column of @add a bit mask, the sum of those columns, per minute.
 */
static void add_rates(const struct page *p, struct plot *plot, struct json_object *curve,
                      const unsigned *add, unsigned n)
{
    struct json_object *rows = event_at(curve, "rows");
    double width = event_number(curve, "width"), from = event_number(curve, "from");

    for (size_t i = 0; i < fig_rows(rows); i++) {
        double row[4] = {(double)page_local(p, (int64_t)(from + ((double)i + 0.5) * width))};
        for (unsigned k = 0; k < n; k++) {
            for (unsigned c = 0; c < 5; c++) {
                row[k + 1] += add[k] >> c & 1 ? fig_number(rows, i, c) * 60 / width : 0;
            }
        }
        plot_row(plot, row, n + 1);
    }
}

static double sum_of(struct json_object *curve, size_t column)
{
    struct json_object *rows = event_at(curve, "rows");
    double sum = 0;

    for (size_t i = 0; i < fig_rows(rows); i++) {
        sum += fig_number(rows, i, column);
    }
    return sum;
}

/* ---- clients ---- */

/* "192.0.2.7: mass-mailing-worm, mx-over-threshold" */
static char *client_title(const struct page *p, const char *ip)
{
    GString *s = g_string_new(ip);
    unsigned n = 0;

    for (guint i = 0; i < p->dig->incidents->len && n < 3; i++) {
        struct json_object *ev = ((struct entry *)g_ptr_array_index(p->dig->incidents, i))->ev;
        const char *name = event_text(ev, "dnsmon.class");
        if (strcmp(event_text(ev, "client.ip"), ip) == 0 && *name && !strstr(s->str, name)) {
            g_string_append(s, n++ ? ", " : ": ");
            g_string_append(s, name);
        }
    }
    return g_string_free(s, FALSE);
}

static void put_totals(struct page *p, struct json_object *client)
{
    static const char *const names[] = {"questions", "A and AAAA", "MX", "PTR",
                                        "names of mail servers"};

    g_string_append(p->out, "<dl>");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_string_append_printf(p->out, "<div><dt>%s</dt><dd>", names[i]);
        page_count(p->out, sum_of(client, i));
        g_string_append(p->out, "</dd></div>");
    }
    g_string_append(p->out, "</dl>\n");
}

static void put_client(struct page *p, struct json_object *client)
{
    static const unsigned columns[] = {1 << 0, 1 << 2};
    const char *ip = event_text(client, "ip");
    char *title = client_title(p, ip);
    const struct figure f = {
        .kind = "client",
        .title = title,
        .subject = ip,
        .caption = "All questions and MX questions of this client. Look for the moment at which "
                   "both jump: a PC hardly ever asks for MX, a mass mailer does for each domain "
                   "that it writes to. Nights and weekends show whether somebody sits there."};
    struct plot plot;

    begin_curve(p, &plot, client, PER_MINUTE);
    add_rates(p, &plot, client, columns, 2);
    page_figure_begin(p, &f);
    page_data(p->out, "total", sum_of(client, 0));
    page_data(p->out, "a", sum_of(client, 1));
    page_data(p->out, "mx", sum_of(client, 2));
    page_data(p->out, "ptr", sum_of(client, 3));
    page_data(p->out, "keyword", sum_of(client, 4));
    page_figure_body(p, &f, page_svg(plot_end(&plot, TOTAL_AND_MX), title));
    put_totals(p, client);
    page_figure_end(p);
    g_free(title);
}

/* ---- A against names of mail servers (S1 Figure 3) ---- */

struct line {
    double n, x, y, xx, xy, yy; /* sums */
    double slope, intercept, r2;
};

static void fit(struct line *l)
{
    double sxx = l->xx - l->x * l->x / l->n, sxy = l->xy - l->x * l->y / l->n;
    double syy = l->yy - l->y * l->y / l->n;

    l->slope = sxx > 0 ? sxy / sxx : NAN;
    l->intercept = (l->y - l->slope * l->x) / l->n;
    l->r2 = sxx > 0 && syy > 0 ? sxy * sxy / (sxx * syy) : NAN;
}

/* The bins of its incident and of the half day before: without those of a quiet machine a bot that
 * always asks equally fast is one spot and no line. Later the machine was somebody's PC again. */
static struct line fit_keywords(struct json_object *client, struct json_object *ev,
                                struct plot *plot)
{
    struct json_object *rows = event_at(client, "rows");
    double width = event_number(client, "width"), from = event_number(client, "from");
    double start = (double)event_time(ev, "event.start") / 1e6;
    double end = (double)event_time(ev, "event.end") / 1e6;
    struct line l = {0};

    for (size_t i = 0; i < fig_rows(rows); i++) {
        double at = from + (double)i * width;
        double xy[2] = {fig_number(rows, i, 1) * 60 / width, fig_number(rows, i, 4) * 60 / width};
        if (xy[0] > 0 && at + width > start - 43200 && at <= end) {
            l.n++;
            l.x += xy[0];
            l.y += xy[1];
            l.xx += xy[0] * xy[0];
            l.xy += xy[0] * xy[1];
            l.yy += xy[1] * xy[1];
            plot_row(plot, xy, 2);
        }
    }
    fit(&l);
    return l;
}

/* Its incident of rule keyword-scan; NULL: none. */
static struct json_object *keyword_scan(const struct page *p, const char *ip)
{
    for (guint i = 0; i < p->dig->incidents->len; i++) {
        struct json_object *ev = ((struct entry *)g_ptr_array_index(p->dig->incidents, i))->ev;
        if (strcmp(event_text(ev, "rule.id"), "keyword-scan") == 0 &&
            strcmp(event_text(ev, "client.ip"), ip) == 0) {
            return ev;
        }
    }
    return NULL;
}

static void put_keywords(struct page *p, struct json_object *client, struct json_object *ev)
{
    const char *ip = event_text(client, "ip");
    char *title = g_strconcat(ip, ": names of mail servers among all names", NULL), *how;
    char slope[G_ASCII_DTOSTR_BUF_SIZE], at[G_ASCII_DTOSTR_BUF_SIZE];
    const struct figure f = {
        .kind = "keywords",
        .title = title,
        .subject = ip,
        .caption = "Each point is a bin of the incident&#39;s time, or of the twelve hours before: "
                   "A and AAAA questions, and "
                   "those of them for names "
                   "that begin with mail, smtp, mx, relay and the like. Points on one line (R² "
                   "near 1) mean that one program asks for a fixed mixture of such names: a bot "
                   "that looks for mail servers (S1 had R² = 0.999)."};
    struct plot plot;

    plot_begin(&plot, "A and AAAA questions (min⁻¹)", "for mail servers (min⁻¹)");
    g_string_append(plot.script, "set xrange [0:*]\n");
    struct line l = fit_keywords(client, ev, &plot);
    g_ascii_formatd(slope, sizeof slope, "%.9g", isnan(l.slope) ? 0 : l.slope);
    g_ascii_formatd(at, sizeof at, "%.9g", isnan(l.slope) ? 0 : l.intercept);
    how = g_strdup_printf("$d using 1:2 with points pt 7 lc " SVG_ONE " title \"bins\", "
                          "%s*x+%s with lines lw 1.5 lc " SVG_TWO " title \"least squares\"",
                          slope, at);
    page_figure_begin(p, &f);
    page_data(p->out, "slope", l.slope);
    page_data(p->out, "r2", l.r2);
    page_data(p->out, "bins", l.n);
    page_figure_body(p, &f, page_svg(plot_end(&plot, how), title));
    g_string_append(p->out, "<dl><div><dt>slope</dt><dd>");
    page_decimals(p->out, l.slope, 3);
    g_string_append(p->out, "</dd></div><div><dt>R²</dt><dd>");
    page_decimals(p->out, l.r2, 3);
    g_string_append(p->out, "</dd></div></dl>\n");
    page_figure_end(p);
    g_free(how);
    g_free(title);
}

void page_clients(struct page *p)
{
    struct json_object *clients = event_at(p->figures, "clients");
    unsigned shown = 0;

    page_section(p, "clients", "The clients with the worst incidents");
    g_string_append(p->out, "<div class=\"figures\">\n");
    for (size_t i = 0; i < fig_rows(clients) && shown < CLIENTS_SHOWN; i++) {
        struct json_object *client = json_object_array_get_idx(clients, i);
        size_t bins = fig_rows(event_at(client, "rows"));
        if (bins == 0) {
            continue;
        }
        put_client(p, client);
        shown++;
        struct json_object *scan = keyword_scan(p, event_text(client, "ip"));
        if (bins >= PAIRS_MIN && scan) {
            put_keywords(p, client, scan);
        }
    }
    g_string_append(p->out, "</div>\n");
    if (!p->figures) {
        page_missing(p, "Curves of clients are not in events: make the report from the logs to see "
                        "them.");
    } else if (shown == 0) {
        page_missing(p, "No client that asks the name server has an incident, so no curve is "
                        "drawn.");
    }
    page_section_end(p);
}

/* ---- the site ---- */

static void put_questions(struct page *p, struct json_object *site)
{
    static const unsigned columns[] = {1 | 2 | 4 | 8 | 16, 1 | 2};
    const struct figure f = {
        .kind = "site-questions",
        .title = "Questions of the whole site",
        .caption = "Day and night, workday and weekend should be plain to see. A step that is none "
                   "of these is a machine, or a log that lost lines."};
    struct plot plot;

    begin_curve(p, &plot, site, PER_MINUTE);
    add_rates(p, &plot, site, columns, 2);
    page_figure_begin(p, &f);
    page_data(p->out, "total",
              sum_of(site, 0) + sum_of(site, 1) + sum_of(site, 2) + sum_of(site, 3) +
                  sum_of(site, 4));
    page_figure_body(
        p, &f,
        page_svg(plot_end(&plot, "$d using 1:2 with filledcurves y1=0 lc " SVG_AREA
                                 " title \"all\", $d using 1:3 with lines lw 1 lc " SVG_ONE
                                 " title \"A and AAAA\""),
                 f.title));
    page_figure_end(p);
}

static void put_mx(struct page *p, struct json_object *site)
{
    static const unsigned columns[] = {1 << 2, 1 << 3};
    const struct figure f = {
        .kind = "site-mx",
        .title = "MX and PTR questions of the whole site",
        .caption = "Mostly those of the mail servers. MX that rises alone is a mass mailer; MX and "
                   "PTR together are mail that really flows, or a machine that relays it."};
    struct plot plot;

    begin_curve(p, &plot, site, PER_MINUTE);
    add_rates(p, &plot, site, columns, 2);
    page_figure_begin(p, &f);
    page_data(p->out, "mx", sum_of(site, 2));
    page_data(p->out, "ptr", sum_of(site, 3));
    page_figure_body(
        p, &f,
        page_svg(plot_end(&plot, "$d using 1:3 with lines lw 1 lc " SVG_THREE
                                 " title \"PTR\", $d using 1:2 with lines lw 1.5 lc " SVG_TWO
                                 " title \"MX\""),
                 f.title));
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

    begin_curve(p, &plot, daily ? event_at(p->figures, "site") : hours,
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
