/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The first thing on the page: how much was seen and how much was found; and the last thing: what
 * became of the lines.
 * LIMITS: of events alone, lines and clients are not known.
 * Source: -
 */
#include <math.h>
#include <string.h>

#include "page.h"

static double counter(const struct page *p, const char *name)
{
    for (unsigned i = 0; i < p->n_counters; i++) {
        if (strcmp(p->counters[i].name, name) == 0) {
            return (double)p->counters[i].value;
        }
    }
    return NAN;
}

/* Of the counters that begin with @head. */
static double counters(const struct page *p, const char *head, const char *tail)
{
    double sum = 0;

    for (unsigned i = 0; i < p->n_counters; i++) {
        if (g_str_has_prefix(p->counters[i].name, head) &&
            g_str_has_suffix(p->counters[i].name, tail)) {
            sum += (double)p->counters[i].value;
        }
    }
    return sum;
}

static double of_days(const struct page *p, const char *path)
{
    double sum = 0;

    for (guint i = 0; i < p->dig->days->len; i++) {
        double n = event_number(((struct entry *)g_ptr_array_index(p->dig->days, i))->ev, path);
        sum += isnan(n) ? 0 : n;
    }
    return sum;
}

static unsigned incidents(const struct page *p, int level)
{
    unsigned n = 0;

    for (guint i = 0; i < p->dig->incidents->len; i++) {
        n += ((struct entry *)g_ptr_array_index(p->dig->incidents, i))->level == level;
    }
    return n;
}

/* ---- tiles ---- */

static void put_tile(struct page *p, const char *key, double value, const char *what)
{
    if (isnan(value)) {
        return;
    }
    g_string_append_printf(p->out, "<div class=\"tile %s\" data-key=\"%s\" data-value=\"%.0f\"><b>",
                           key, key, value);
    page_count(p->out, value);
    g_string_append_printf(p->out, "</b> %s</div>\n", what);
}

void page_summary(struct page *p)
{
    static const char *const types[] = {"dnsmon.count.a", "dnsmon.count.aaaa", "dnsmon.count.mx",
                                        "dnsmon.count.ptr", "dnsmon.count.other"};
    double questions = 0, lines = p->n_counters ? counters(p, "lines.", "") : NAN;
    unsigned alarms = incidents(p, 2), notices = incidents(p, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        questions += of_days(p, types[i]);
    }
    g_string_append(p->out, "<section id=\"summary\" class=\"tiles\">\n");
    put_tile(p, "alarms", alarms, alarms == 1 ? "alarm" : "alarms");
    put_tile(p, "notices", notices, notices == 1 ? "notice" : "notices");
    put_tile(p, "clients", counter(p, "clients.created"), "clients seen");
    put_tile(p, "questions", questions, "DNS questions");
    put_tile(p, "mx", of_days(p, "dnsmon.count.mx"), "of them MX");
    put_tile(p, "days", p->dig->days->len, p->dig->days->len == 1 ? "local day" : "local days");
    put_tile(p, "lines", lines, "lines of log");
    page_section_end(p);
}

/* ---- the feed ---- */

static void put_parser(struct page *p, const char *name, size_t n, double records, double bad)
{
    g_string_append_printf(p->out,
                           "<tr data-parser=\"%.*s\" data-record=\"%.0f\" data-malformed=\"%.0f\">"
                           "<td>%.*s</td><td>",
                           (int)n, name, records, bad, (int)n, name);
    page_count(p->out, records);
    g_string_append(p->out, "</td><td>");
    page_count(p->out, bad);
    g_string_append(p->out, "</td></tr>\n");
}

/* Lines by parser and outcome; of the parsers that had any. */
static void put_parsers(struct page *p)
{
    g_string_append(p->out, "<table class=\"numbers\"><caption>Lines by parser</caption><thead><tr>"
                            "<th>parser</th><th>understood</th><th>malformed</th></tr></thead>"
                            "<tbody>\n");
    for (unsigned i = 0; i + 1 < p->n_counters; i++) {
        const char *name = p->counters[i].name, *dot = strstr(name, ".record");
        double records = (double)p->counters[i].value, bad = (double)p->counters[i + 1].value;
        if (g_str_has_prefix(name, "lines.") && dot && records + bad > 0) {
            put_parser(p, name + 6, (size_t)(dot - name) - 6, records, bad);
        }
    }
    g_string_append(p->out, "</tbody></table>\n");
}

static void put_order(struct page *p)
{
    static const struct {
        const char *name, *what;
    } rows[] = {
        {"lines.unclaimed", "lines of programs that nobody reads here"},
        {"records.observed", "records that count for a rule"},
        {"records.unread", "records of outsiders, or that no rule reads"},
        {"order.late", "lines more than 5 s late"},
        {"order.ahead", "lines with a time from the future"},
        {"order.duplicate", "lines that came twice"},
        {"order.lost", "lines dropped for want of memory"},
        {"clients.evicted", "clients forgotten to stay within [limits] memory"},
        {"events.lost", "findings lost for want of memory"},
    };

    g_string_append(p->out, "<table class=\"numbers\"><caption>What became of them</caption>"
                            "<tbody>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        double n = counter(p, rows[i].name);
        g_string_append_printf(p->out,
                               "<tr data-counter=\"%s\" data-value=\"%.0f\"><td>%s</td><td>",
                               rows[i].name, n, rows[i].what);
        page_count(p->out, n);
        g_string_append(p->out, "</td></tr>\n");
    }
    g_string_append(p->out, "</tbody></table>\n");
}

static void put_trouble(struct page *p)
{
    if (p->dig->feed->len == 0) {
        g_string_append(p->out, "<p>No log fell silent, and no form of line changed.</p>\n");
        return;
    }
    g_string_append(p->out, "<ul class=\"trouble\">\n");
    for (guint i = 0; i < p->dig->feed->len; i++) {
        const struct entry *e = g_ptr_array_index(p->dig->feed, i);
        g_string_append(p->out, "<li data-rule=\"");
        page_text(p->out, event_text(e->ev, "rule.id"));
        g_string_append(p->out, "\"><time>");
        page_time(p, e->time_us / 1000000);
        g_string_append(p->out, "</time> ");
        page_text(p->out, event_text(e->ev, "event.reason"));
        g_string_append(p->out, "</li>\n");
    }
    g_string_append(p->out, "</ul>\n");
}

void page_feed(struct page *p)
{
    page_section(p, "feed", "Is the log complete?");
    put_trouble(p);
    if (p->n_counters > 0) {
        g_string_append(p->out, "<div class=\"pair\">\n");
        put_parsers(p);
        put_order(p);
        g_string_append(p->out, "</div>\n");
    } else {
        page_missing(p, "How many lines each parser understood is not in events: make the report "
                        "from the logs to see it.");
    }
    if (p->dig->foreign > 0) {
        g_string_append(p->out, "<p class=\"missing\">");
        page_count(p->out, (double)p->dig->foreign);
        g_string_append(p->out, " lines of the input are no events and were left out.</p>\n");
    }
    page_section_end(p);
}
