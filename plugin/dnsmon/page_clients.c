/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The clients with the worst incidents: their curves (S0), and names of mail servers among all
 * names (S1 Figure 3).
 *
 * LIMITS: six clients; a client's curve begins when there was room to watch it.
 * Source: doc/SCIENCE.md A.3, A.5.
 */
#include <math.h>
#include <string.h>

#include "page_curve.h"
#include "page_points.h"
#include "svg.h"

#define CLIENTS_SHOWN 6
/* Pairs from which on a line is drawn through points. */
#define PAIRS_MIN 6

#define TOTAL_AND_MX                                                                               \
    "$d using 1:2 with filledcurves y1=0 lc " SVG_AREA " title \"all questions\", "                \
    "$d using 1:2 with lines lw 0.7 lc " SVG_ONE " notitle, "                                      \
    "$d using 1:3 with lines lw 1.6 lc " SVG_TWO " title \"MX\""

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
        page_item(p, names[i], curve_sum(client, i), 0);
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

    curve_begin(p, &plot, client, CURVE_PER_MINUTE);
    curve_rates(p, &plot, client, columns, 2);
    page_figure_begin(p, &f);
    page_data(p->out, "total", curve_sum(client, 0));
    page_data(p->out, "a", curve_sum(client, 1));
    page_data(p->out, "mx", curve_sum(client, 2));
    page_data(p->out, "ptr", curve_sum(client, 3));
    page_data(p->out, "keyword", curve_sum(client, 4));
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
                                struct points *pts)
{
    struct json_object *rows = event_at(client, "rows");
    double width = event_number(client, "width"), from = event_number(client, "from");
    double start = (double)event_time(ev, "event.start") / 1e6;
    double end = (double)event_time(ev, "event.end") / 1e6;
    struct line l = {0};

    for (size_t i = 0; i < fig_rows(rows); i++) {
        double at = from + (double)i * width;
        double x = fig_number(rows, i, 1) * 60 / width, y = fig_number(rows, i, 4) * 60 / width;
        if (x > 0 && at + width > start - 43200 && at <= end) {
            l.n++;
            l.x += x;
            l.y += y;
            l.xx += x * x;
            l.xy += x * y;
            l.yy += y * y;
            points_add(pts, x, y);
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
    char *title = g_strconcat(ip, ": names of mail servers among all names", NULL);
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
    struct points pts = {.x = "A and AAAA questions (min⁻¹)",
                         .y = "for mail servers (min⁻¹)",
                         .name = "bins",
                         .line = "least squares",
                         .width = "1.5"};

    points_begin(&pts);
    struct line l = fit_keywords(client, ev, &pts);
    pts.slope = l.slope;
    pts.intercept = isnan(l.slope) ? 0 : l.intercept;
    page_figure_begin(p, &f);
    page_data(p->out, "slope", l.slope);
    page_data(p->out, "r2", l.r2);
    page_data(p->out, "bins", l.n);
    page_figure_body(p, &f, points_end(&pts, title));
    g_string_append(p->out, "<dl>");
    page_item(p, "slope", l.slope, 3);
    page_item(p, "R²", l.r2, 3);
    g_string_append(p->out, "</dl>\n");
    page_figure_end(p);
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
