/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a mail server asks for and what that goes with: look-ups over connections (S4 Figure 2),
 * unresolved names over all (S3).
 *
 * LIMITS: the points of at most two weeks of ten minutes, see lib/figures.
 * Source: doc/SCIENCE.md A.6, A.7.
 */
#include <math.h>

#include "page_mail.h"
#include "page_points.h"
#include "svg.h"

/* Nothing for what is not known. */
static void put_item(struct page *p, const char *what, double v, int digits)
{
    if (isfinite(v)) {
        page_item(p, what, v, digits);
    }
}

/* ---- look-ups over connections ---- */

/* What the rule's model says, from the last day's summary. */
static void put_rule(struct page *p, struct json_object *ev)
{
    g_string_append(p->out, "<dl class=\"rule\"><div>The rule&#39;s model:</div>");
    put_item(p, "m", event_number(ev, "dnsmon.regression.m"), 2);
    put_item(p, "m_pop3", event_number(ev, "dnsmon.regression.m_pop3"), 2);
    put_item(p, "R²", event_number(ev, "dnsmon.regression.r2"), 3);
    put_item(p, "q", event_number(ev, "dnsmon.regression.q"), 2);
    put_item(p, "n", event_number(ev, "dnsmon.regression.n"), 2);
    put_item(p, "k", event_number(ev, "dnsmon.regression.k"), 1);
    put_item(p, "bins", event_number(ev, "dnsmon.regression.bins"), 0);
    g_string_append(p->out, "</dl>\n");
}

static void put_rule_data(struct page *p, struct json_object *ev)
{
    page_data(p->out, "rule-m", event_number(ev, "dnsmon.regression.m"));
    page_data(p->out, "rule-r2", event_number(ev, "dnsmon.regression.r2"));
    page_data(p->out, "rule-bins", event_number(ev, "dnsmon.regression.bins"));
}

static char *draw_regression(struct json_object *reg, const char *title)
{
    struct json_object *points = event_at(reg, "points");
    double per_minute = 60 / event_number(reg, "width");
    struct points pts = {.x = "SMTP connections N_smtp (min⁻¹)",
                         .y = "D_q − N_pop3 (min⁻¹)",
                         .name = "ten minutes",
                         .line = "m·N_smtp + intercept",
                         .width = "1.8",
                         .slope = event_number(reg, "m"),
                         .intercept = event_number(reg, "intercept") * per_minute};

    points_begin(&pts);
    for (size_t i = 0; i < fig_rows(points); i++) {
        points_add(&pts, fig_number(points, i, 1) * per_minute,
                   (fig_number(points, i, 0) - fig_number(points, i, 2)) * per_minute);
    }
    return points_end(&pts, title);
}

void mail_put_regression(struct page *p, struct json_object *server)
{
    struct json_object *reg = event_at(server, "regression");
    struct json_object *ev = mail_last_with(p, mail_key(server), "dnsmon.regression.m");
    char *title =
        g_strconcat(event_text(server, "name"), ": DNS look-ups over SMTP connections", NULL);
    const struct figure f = {
        .kind = "regression",
        .title = title,
        .subject = mail_key(server),
        .caption = "Each point is ten minutes: the server&#39;s DNS questions without one for each "
                   "POP3 log-in, over its SMTP connections (S4 had m = 8.8, R² = 0.918). The slope "
                   "m is what a connection costs. Points far below the line with many connections "
                   "are a flood that is refused; points far above are outbound mail, or something "
                   "else on that machine that asks."};

    page_figure_begin(p, &f);
    page_data(p->out, "m", event_number(reg, "m"));
    page_data(p->out, "r2", event_number(reg, "r2"));
    page_data(p->out, "bins", event_number(reg, "bins"));
    put_rule_data(p, ev);
    page_figure_body(p, &f, draw_regression(reg, title));
    g_string_append(p->out, "<dl>");
    put_item(p, "m (points shown)", event_number(reg, "m"), 2);
    put_item(p, "R²", event_number(reg, "r2"), 3);
    put_item(p, "bins", event_number(reg, "bins"), 0);
    g_string_append(p->out, "</dl>\n");
    if (ev) {
        put_rule(p, ev);
    }
    page_figure_end(p);
    g_free(title);
}

/* ---- unresolved names ---- */

static char *draw_pairs(struct json_object *u, const char *title)
{
    struct json_object *points = event_at(u, "points");
    struct points pts = {.x = "all questions (min⁻¹)",
                         .y = "unresolved (min⁻¹)",
                         .name = "minutes",
                         .line = "least squares",
                         .width = "1.8",
                         .slope = event_number(u, "slope"),
                         .intercept = event_number(u, "intercept")};

    points_begin(&pts);
    for (size_t i = 0; i < fig_rows(points); i++) {
        points_add(&pts, fig_number(points, i, 1), fig_number(points, i, 2));
    }
    return points_end(&pts, title);
}

static char *draw_day(const struct page *p, struct json_object *u, const char *title)
{
    struct json_object *points = event_at(u, "points");
    int64_t from_s = page_local(p, (int64_t)event_number(u, "from"));
    double last = fig_number(points, fig_rows(points) - 1, 0);
    double first = fig_number(points, 0, 0), before = first;
    char *x = page_time_title(p, (int64_t)event_number(u, "from"), INT64_MAX);
    struct plot plot;

    plot_begin(&plot, x, "questions (min⁻¹)");
    g_free(x);
    plot_time(&plot, from_s + (int64_t)first * 60, from_s + (int64_t)(last + 1) * 60);
    for (size_t i = 0; i < fig_rows(points); i++) {
        double minute = fig_number(points, i, 0);
        double row[3] = {(double)from_s + minute * 60, fig_number(points, i, 1),
                         fig_number(points, i, 2)};
        if (minute > before + 1) { /* minutes without a question are zero */
            double zero[3] = {(double)from_s + (before + 1) * 60};
            plot_row(&plot, zero, 3);
            zero[0] = (double)from_s + (minute - 1) * 60;
            plot_row(&plot, zero, 3);
        }
        plot_row(&plot, row, 3);
        before = minute;
    }
    return page_svg(plot_end(&plot, "$d using 1:2 with filledcurves y1=0 lc " SVG_AREA
                                    " title \"all\", $d using 1:3 with lines lw 1.2 lc " SVG_TWO
                                    " title \"unresolved\""),
                    title);
}

void mail_put_unresolved(struct page *p, struct json_object *server)
{
    struct json_object *u = event_at(server, "unresolved");
    char *title = g_strconcat(event_text(server, "name"), ": unresolved against all questions, ",
                              event_text(u, "day"), NULL);
    char *day_title =
        g_strconcat(event_text(server, "name"), ": questions on ", event_text(u, "day"), NULL);
    const struct figure pairs = {
        .kind = "unresolved",
        .title = title,
        .subject = mail_key(server),
        .caption = "Each point is a minute of the day with the most of them. Unresolved are "
                   "strangers&#39; domains with the site&#39;s own behind them: what a mail server "
                   "asks for when senders do not exist. If they rise with all questions on one "
                   "line (S3: R² = 0.999), somebody floods it with forged mail."};
    const struct figure curve = {
        .kind = "unresolved-day",
        .title = day_title,
        .subject = mail_key(server),
        .caption = "The same day minute by minute. An attack begins like a wall, and both curves "
                   "have the same shape."};

    page_figure_begin(p, &pairs);
    page_data(p->out, "unresolved", event_number(u, "unresolved"));
    page_data(p->out, "slope", event_number(u, "slope"));
    page_data(p->out, "r2", event_number(u, "r2"));
    page_figure_body(p, &pairs, draw_pairs(u, title));
    g_string_append(p->out, "<dl>");
    put_item(p, "unresolved", event_number(u, "unresolved"), 0);
    put_item(p, "slope", event_number(u, "slope"), 3);
    put_item(p, "R²", event_number(u, "r2"), 3);
    g_string_append(p->out, "</dl>\n");
    page_figure_end(p);
    page_figure_begin(p, &curve);
    page_figure_body(p, &curve, draw_day(p, u, day_title));
    page_figure_end(p);
    g_free(title);
    g_free(day_title);
}
