/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail servers: look-ups over connections (S4 Figure 2), unresolved names over all (S3), what
 * became of the connections day by day (S2).
 *
 * LIMITS: four servers, those with the most connections or questions come first; the points of at
 * most two weeks of ten minutes, see lib/figures.
 * Source: doc/SCIENCE.md A.6 to A.9, A.11.
 */
#include <math.h>
#include <string.h>

#include "page.h"
#include "plot.h"
#include "svg.h"

#define SERVERS_SHOWN 4
#define BINS_MIN 3
#define TABLE_DAYS 31

static const struct entry *day_at(const struct page *p, guint i)
{
    return g_ptr_array_index(p->dig->server_days, i);
}

/* A number as gnuplot reads it. */
static const char *number(double v, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
    return g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.9g", isfinite(v) ? v : 0);
}

static void put_item(struct page *p, const char *what, double v, int digits)
{
    if (isfinite(v)) {
        g_string_append_printf(p->out, "<div><dt>%s</dt><dd>", what);
        if (digits == 0) {
            page_count(p->out, v);
        } else {
            page_decimals(p->out, v, digits);
        }
        g_string_append(p->out, "</dd></div>");
    }
}

/* The last day of a server whose summary has a number there; NULL: none. */
static struct json_object *last_with(const struct page *p, const char *server, const char *path)
{
    for (guint i = p->dig->server_days->len; i > 0; i--) {
        struct json_object *ev = day_at(p, i - 1)->ev;
        if (strcmp(event_server(ev), server) == 0 && isfinite(event_number(ev, path))) {
            return ev;
        }
    }
    return NULL;
}

/* By the key of its summaries. */
static const char *key_of(struct json_object *server)
{
    const char *ip = event_text(server, "ip");

    return *ip ? ip : event_text(server, "name");
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
    char m[G_ASCII_DTOSTR_BUF_SIZE], at[G_ASCII_DTOSTR_BUF_SIZE];
    struct plot plot;

    plot_begin(&plot, "SMTP connections N_smtp (min⁻¹)", "D_q − N_pop3 (min⁻¹)");
    g_string_append(plot.script, "set xrange [0:*]\n");
    for (size_t i = 0; i < fig_rows(points); i++) {
        double xy[2] = {fig_number(points, i, 1) * per_minute,
                        (fig_number(points, i, 0) - fig_number(points, i, 2)) * per_minute};
        plot_row(&plot, xy, 2);
    }
    char *how = g_strdup_printf("$d using 1:2 with points pt 7 lc " SVG_ONE
                                " title \"ten minutes\", %s*x+%s with lines lw 1.8 lc " SVG_TWO
                                " title \"m·N_smtp + intercept\"",
                                number(event_number(reg, "m"), m),
                                number(event_number(reg, "intercept") * per_minute, at));
    char *svg = page_svg(plot_end(&plot, how), title);
    g_free(how);
    return svg;
}

static void put_regression(struct page *p, struct json_object *server)
{
    struct json_object *reg = event_at(server, "regression");
    struct json_object *ev = last_with(p, key_of(server), "dnsmon.regression.m");
    char *title =
        g_strconcat(event_text(server, "name"), ": DNS look-ups over SMTP connections", NULL);
    const struct figure f = {
        .kind = "regression",
        .title = title,
        .subject = key_of(server),
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
    char slope[G_ASCII_DTOSTR_BUF_SIZE], at[G_ASCII_DTOSTR_BUF_SIZE];
    struct plot plot;

    plot_begin(&plot, "all questions (min⁻¹)", "unresolved (min⁻¹)");
    g_string_append(plot.script, "set xrange [0:*]\n");
    for (size_t i = 0; i < fig_rows(points); i++) {
        double xy[2] = {fig_number(points, i, 1), fig_number(points, i, 2)};
        plot_row(&plot, xy, 2);
    }
    char *how = g_strdup_printf(
        "$d using 1:2 with points pt 7 lc " SVG_ONE
        " title \"minutes\", %s*x+%s with lines lw 1.8 lc " SVG_TWO " title \"least squares\"",
        number(event_number(u, "slope"), slope), number(event_number(u, "intercept"), at));
    char *svg = page_svg(plot_end(&plot, how), title);
    g_free(how);
    return svg;
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

static void put_unresolved(struct page *p, struct json_object *server)
{
    struct json_object *u = event_at(server, "unresolved");
    char *title = g_strconcat(event_text(server, "name"), ": unresolved against all questions, ",
                              event_text(u, "day"), NULL);
    char *day_title =
        g_strconcat(event_text(server, "name"), ": questions on ", event_text(u, "day"), NULL);
    const struct figure pairs = {
        .kind = "unresolved",
        .title = title,
        .subject = key_of(server),
        .caption = "Each point is a minute of the day with the most of them. Unresolved are "
                   "strangers&#39; domains with the site&#39;s own behind them: what a mail server "
                   "asks for when senders do not exist. If they rise with all questions on one "
                   "line (S3: R² = 0.999), somebody floods it with forged mail."};
    const struct figure curve = {
        .kind = "unresolved-day",
        .title = day_title,
        .subject = key_of(server),
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

/* ---- days ---- */

static char *draw_efficiency(const struct page *p, const char *server, const char *title)
{
    int64_t first = 0, last = 0;
    struct plot plot;
    char date[11];

    plot_begin(&plot, "day", "messages per connection");
    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = day_at(p, i)->ev;
        double row[2] = {0, event_number(ev, "dnsmon.mail.efficiency")};
        if (strcmp(event_server(ev), server) == 0 && isfinite(row[1])) {
            last = page_midnight(event_date(ev, date));
            first = first ? first : last;
            row[0] = (double)last;
            plot_row(&plot, row, 2);
        }
    }
    plot_time(&plot, first - 43200, last + 43200);
    g_string_append(plot.script, "set boxwidth 60000\nset yrange [0:*<1.02]\n");
    return page_svg(plot_end(&plot, "$d using 1:2 with boxes lc " SVG_ONE " notitle"), title);
}

static void put_cell(struct page *p, double v, int digits)
{
    g_string_append(p->out, "<td>");
    if (digits == 0) {
        page_count(p->out, v);
    } else {
        page_decimals(p->out, v, digits);
    }
    g_string_append(p->out, "</td>");
}

static void put_day(struct page *p, struct json_object *ev)
{
    static const struct {
        const char *path, *name;
        int digits;
    } cells[] = {{"dnsmon.mail.connections", "connections", 0},
                 {"dnsmon.mail.messages", "messages", 0},
                 {"dnsmon.mail.efficiency", "efficiency", 2},
                 {"dnsmon.rejects.user_unknown", "user-unknown", 0},
                 {"dnsmon.rejects.relay_denied", "relay-denied", 0},
                 {"dnsmon.rejects.recipient_rejected", "recipient-rejected", 0},
                 {"dnsmon.rejects.other", "other", 0},
                 {"dnsmon.unresolved.total", "questions", 0},
                 {"dnsmon.unresolved.unresolved", "unresolved", 0},
                 {"dnsmon.regression.m", "m", 2},
                 {"dnsmon.regression.r2", "r2", 3},
                 {"dnsmon.cache.efficiency", "cache", 2}};
    char date[11];

    g_string_append_printf(p->out, "<tr data-date=\"%s\"", event_date(ev, date));
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        page_data(p->out, cells[i].name, event_number(ev, cells[i].path));
    }
    g_string_append_printf(p->out, "><td>%s</td>", date);
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        put_cell(p, event_number(ev, cells[i].path), cells[i].digits);
    }
    g_string_append(p->out, "</tr>\n");
}

/* Returns: how many days have an efficiency. */
static unsigned put_days(struct page *p, const char *server)
{
    unsigned all = 0, skipped = 0, with_mail = 0;

    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = day_at(p, i)->ev;
        all += strcmp(event_server(ev), server) == 0;
        with_mail += strcmp(event_server(ev), server) == 0 &&
                     isfinite(event_number(ev, "dnsmon.mail.efficiency"));
    }
    g_string_append(p->out, "<div class=\"scroll\"><table class=\"numbers days\" data-subject=\"");
    page_text(p->out, server);
    g_string_append(p->out,
                    "\"><caption>Day by day</caption><thead><tr><th>day</th><th>connections</th>"
                    "<th>messages</th><th>messages per connection</th><th>user unknown</th>"
                    "<th>relay denied</th><th>recipient rejected</th><th>other rejects</th>"
                    "<th>DNS questions</th><th>unresolved</th><th>m</th><th>R²</th>"
                    "<th>cache efficiency</th></tr></thead><tbody>\n");
    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = day_at(p, i)->ev;
        if (strcmp(event_server(ev), server) == 0 && skipped++ + TABLE_DAYS >= all) {
            put_day(p, ev);
        }
    }
    g_string_append(p->out, "</tbody></table></div>\n");
    return with_mail;
}

static void put_efficiency(struct page *p, const char *server, const char *name)
{
    char *title = g_strconcat(name, ": messages per connection, by day", NULL);
    const struct figure f = {
        .kind = "efficiency",
        .title = title,
        .subject = server,
        .caption = "How many connections bring a message (S2: 0.70 on working days, 0.35 on "
                   "holidays, 0.21 and 0.11 on two bad days). A bar that is half as high as those "
                   "of the same kind of day means many connections that bring nothing."};

    page_figure_begin(p, &f);
    page_figure_body(p, &f, draw_efficiency(p, server, title));
    page_figure_end(p);
    g_free(title);
}

/* ---- servers ---- */

/* Points and days of one server, whatever there is. */
static void put_server(struct page *p, struct json_object *server, const char *key,
                       const char *name)
{
    bool points = event_number(server, "regression.bins") >= BINS_MIN;

    g_string_append(p->out, "<h3 class=\"server\">Mail server ");
    page_text(p->out, name);
    g_string_append(p->out, "</h3>\n<div class=\"figures\">\n");
    if (points) {
        put_regression(p, server);
    }
    if (event_at(server, "unresolved")) {
        put_unresolved(p, server);
    }
    if (last_with(p, key, "dnsmon.mail.efficiency")) {
        put_efficiency(p, key, name);
    }
    g_string_append(p->out, "</div>\n");
    if (!points) {
        page_missing(p, p->figures ? "Look-ups over connections need both its mail log and its DNS "
                                     "questions for half an hour at least; see [hosts] and "
                                     "[roles] mail-servers of the configuration."
                                   : "The points of its regression are not in events: make the "
                                     "report from the logs to see them.");
    }
    if (p->figures && !event_at(server, "unresolved")) {
        page_missing(p, "It asked for no stranger&#39;s name under the site&#39;s own domains "
                        "([site] domains), so unresolved names are not drawn.");
    }
    if (put_days(p, key) == 0) {
        page_missing(p, "Its mail log is not here, so there is no efficiency.");
    }
}

static double rank(struct json_object *server)
{
    struct json_object *points = event_at(server, "regression.points");

    return event_number(server, "regression.bins") + (double)fig_rows(points) +
           (event_at(server, "unresolved") ? 1e9 : 0);
}

/* The best that is not taken, of equals the first.   Returns: its place; -1. */
static int next_best(struct json_object *servers, const bool *taken)
{
    int best = -1;

    for (size_t i = 0; i < fig_rows(servers) && i < 256; i++) {
        if (!taken[i] && (best < 0 || rank(json_object_array_get_idx(servers, i)) >
                                          rank(json_object_array_get_idx(servers, (size_t)best)))) {
            best = (int)i;
        }
    }
    return best;
}

static unsigned put_servers_of_figures(struct page *p)
{
    struct json_object *servers = event_at(p->figures, "servers");
    bool taken[256] = {false};
    unsigned n = 0;

    for (int at; n < SERVERS_SHOWN && (at = next_best(servers, taken)) >= 0; n++) {
        struct json_object *server = json_object_array_get_idx(servers, (size_t)at);
        taken[at] = true;
        put_server(p, server, key_of(server), event_text(server, "name"));
    }
    if (fig_rows(servers) > n) {
        page_missing(p, "Other mail servers are not drawn; their summaries are among the events.");
    }
    return n;
}

static unsigned put_servers_of_events(struct page *p)
{
    const char *seen[SERVERS_SHOWN];
    unsigned n = 0;

    for (guint i = 0; i < p->dig->server_days->len && n < SERVERS_SHOWN; i++) {
        const char *key = event_server(day_at(p, i)->ev);
        bool known = false;
        for (unsigned k = 0; k < n; k++) {
            known = known || strcmp(seen[k], key) == 0;
        }
        if (!known) {
            seen[n++] = key;
            put_server(p, NULL, key, key);
        }
    }
    return n;
}

void page_mail(struct page *p)
{
    page_section(p, "mail", "Mail servers");
    if ((p->figures ? put_servers_of_figures(p) : put_servers_of_events(p)) == 0) {
        page_missing(p, "No mail server is known: neither [roles] mail-servers of the "
                        "configuration nor a mail log names one.");
    }
    page_section_end(p);
}
