/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What became of a mail server's connections, day by day (S2).
 *
 * LIMITS: a month at the most.
 * Source: doc/SCIENCE.md A.8, A.9, A.11.
 */
#include <math.h>
#include <string.h>

#include "page_mail.h"
#include "plot.h"
#include "svg.h"

#define TABLE_DAYS 31

static char *draw_efficiency(const struct page *p, const char *key, const char *title)
{
    int64_t first = 0, last = 0;
    struct plot plot;
    char date[11];

    plot_begin(&plot, "day", "messages per connection");
    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = page_server_day(p, i);
        double row[2] = {0, event_number(ev, "dnsmon.mail.efficiency")};
        if (strcmp(event_server(ev), key) == 0 && isfinite(row[1])) {
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
        g_string_append(p->out, "<td>");
        page_value(p->out, event_number(ev, cells[i].path), cells[i].digits);
        g_string_append(p->out, "</td>");
    }
    g_string_append(p->out, "</tr>\n");
}

unsigned mail_put_days(struct page *p, const char *key)
{
    unsigned all = 0, skipped = 0, with_mail = 0;

    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = page_server_day(p, i);
        all += strcmp(event_server(ev), key) == 0;
        with_mail += strcmp(event_server(ev), key) == 0 &&
                     isfinite(event_number(ev, "dnsmon.mail.efficiency"));
    }
    g_string_append(p->out, "<div class=\"scroll\"><table class=\"numbers days\" data-subject=\"");
    page_text(p->out, key);
    g_string_append(p->out,
                    "\"><caption>Day by day</caption><thead><tr><th>day</th><th>connections</th>"
                    "<th>messages</th><th>messages per connection</th><th>user unknown</th>"
                    "<th>relay denied</th><th>recipient rejected</th><th>other rejects</th>"
                    "<th>DNS questions</th><th>unresolved</th><th>m</th><th>R²</th>"
                    "<th>cache efficiency</th></tr></thead><tbody>\n");
    for (guint i = 0; i < p->dig->server_days->len; i++) {
        struct json_object *ev = page_server_day(p, i);
        if (strcmp(event_server(ev), key) == 0 && skipped++ + TABLE_DAYS >= all) {
            put_day(p, ev);
        }
    }
    g_string_append(p->out, "</tbody></table></div>\n");
    return with_mail;
}

void mail_put_efficiency(struct page *p, const char *key, const char *name)
{
    char *title = g_strconcat(name, ": messages per connection, by day", NULL);
    const struct figure f = {
        .kind = "efficiency",
        .title = title,
        .subject = key,
        .caption = "How many connections bring a message (S2: 0.70 on working days, 0.35 on "
                   "holidays, 0.21 and 0.11 on two bad days). A bar that is half as high as those "
                   "of the same kind of day means many connections that bring nothing."};

    page_figure_begin(p, &f);
    page_figure_body(p, &f, draw_efficiency(p, key, title));
    page_figure_end(p);
    g_free(title);
}
