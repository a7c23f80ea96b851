/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The frame of the page, and its small pieces.
 *
 * Method: nothing on the page can act: no script, no link to anywhere else, a content security
 * policy that forbids both. Every text from a log goes through page_text(); numbers are printed
 * without the locale. The same input gives the same page.
 * LIMITS: -
 * Source: HTML Living Standard; Unicode UAX 9 and UTR 36 for what hides or reorders text.
 */
#define _GNU_SOURCE
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dnsmon/dnsmon.h"
#include "plot.h"
#include "svg.h"

static const char *const style[] = {
#include "plugin/dnsmon/report_css.h"
};

/* A count above this is none (own choice: all its digits are exact in a double). */
#define COUNT_MAX 1e15

/* ---- text ---- */

/* Characters that cannot be seen, or that change the order of others. */
static bool is_hidden(gunichar c)
{
    static const struct {
        gunichar first, last;
    } hidden[] = {{0x80, 0x9f},       {0xad, 0xad},      {0x34f, 0x34f},   {0x61c, 0x61c},
                  {0x115f, 0x1160},   {0x17b4, 0x17b5},  {0x180b, 0x180f}, {0x200b, 0x200f},
                  {0x2028, 0x202e},   {0x2060, 0x206f},  {0x2800, 0x2800}, {0x3164, 0x3164},
                  {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},  {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
                  {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        if (c >= hidden[i].first && c <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

/* As an entity, or visible, if need be. */
static void put_ascii(GString *out, char c)
{
    switch (c) {
    case '<':
        g_string_append(out, "&lt;");
        break;
    case '>':
        g_string_append(out, "&gt;");
        break;
    case '&':
        g_string_append(out, "&amp;");
        break;
    case '"':
        g_string_append(out, "&quot;");
        break;
    case '\'':
        g_string_append(out, "&#39;");
        break;
    default:
        g_string_append_printf(out, (unsigned char)c < 0x20 || c == 0x7f ? "\\x%02x" : "%c", c);
    }
}

void page_text(GString *out, const char *text)
{
    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);
        if ((unsigned char)*text < 0x80) {
            put_ascii(out, *text++);
        } else if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (unsigned char)*text++);
        } else {
            if (is_hidden(c)) {
                g_string_append_printf(out, "\\u{%x}", c);
            } else {
                g_string_append_unichar(out, c);
            }
            text = g_utf8_next_char(text);
        }
    }
}

void page_count(GString *out, double n)
{
    char digits[32];

    if (!(fabs(n) < COUNT_MAX)) { /* nobody counts so far: not from a log of ours */
        g_string_append(out, "–");
        return;
    }
    int len = g_snprintf(digits, sizeof digits, "%.0f", n);
    for (int i = 0; i < len; i++) {
        g_string_append(out, i && (len - i) % 3 == 0 && digits[i - 1] != '-' ? "," : "");
        g_string_append_c(out, digits[i]);
    }
}

void page_decimals(GString *out, double v, int digits)
{
    char format[8], text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(v)) {
        g_string_append(out, "–");
        return;
    }
    g_snprintf(format, sizeof format, "%%.%df", digits);
    g_string_append(out, g_ascii_formatd(text, sizeof text, format, v));
}

void page_value(GString *out, double v, int digits)
{
    if (digits == 0) {
        page_count(out, v);
    } else {
        page_decimals(out, v, digits);
    }
}

void page_data(GString *out, const char *name, double v)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (isfinite(v)) {
        g_string_append_printf(out, " data-%s=\"%s\"", name,
                               g_ascii_formatd(text, sizeof text, "%.9g", v));
    }
}

/* ---- time ---- */

int64_t page_local(const struct page *p, int64_t utc_s)
{
    struct json_object *offsets = event_at(p->figures, "offsets");
    int64_t offset = (int64_t)fig_number(offsets, 0, 1);

    for (size_t i = 1; i < fig_rows(offsets) && fig_number(offsets, i, 0) <= (double)utc_s; i++) {
        offset = (int64_t)fig_number(offsets, i, 1);
    }
    return utc_s + offset;
}

void page_time(struct page *p, int64_t utc_s)
{
    time_t local = (time_t)page_local(p, utc_s);
    struct tm tm;
    char text[64];

    if (!gmtime_r(&local, &tm) || strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm) == 0) {
        g_string_append(p->out, "–");
        return;
    }
    g_string_append(p->out, text);
}

void page_clock(const struct page *p, GString *out)
{
    struct json_object *offsets = event_at(p->figures, "offsets");
    int minutes = (int)fig_number(offsets, 0, 1) / 60;

    if (fig_rows(offsets) > 1) {
        g_string_append(out, "local time");
    } else if (minutes) {
        g_string_append_printf(out, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', ABS(minutes) / 60,
                               ABS(minutes) % 60);
    } else {
        g_string_append(out, "UTC");
    }
}

char *page_time_title(const struct page *p, int64_t from_s, int64_t to_s)
{
    GString *s = g_string_new("time (");
    time_t local = (time_t)page_local(p, from_s);
    struct tm tm;
    char date[32];

    if (to_s < from_s + PLOT_HOURS_MAX && gmtime_r(&local, &tm) &&
        strftime(date, sizeof date, "from %Y-%m-%d, ", &tm) > 0) {
        g_string_append(s, date);
    }
    page_clock(p, s);
    g_string_append_c(s, ')');
    return g_string_free(s, FALSE);
}

int64_t page_midnight(const char *date)
{
    struct tm tm = {0};

    if (sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3) {
        return 0;
    }
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return (int64_t)timegm(&tm);
}

/* ---- pieces ---- */

void page_section(struct page *p, const char *id, const char *title)
{
    g_string_append_printf(p->out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
}

void page_section_end(struct page *p)
{
    g_string_append(p->out, "</section>\n");
}

void page_missing(struct page *p, const char *sentence)
{
    g_string_append_printf(p->out, "<p class=\"missing\">%s</p>\n", sentence);
}

char *page_svg(char *svg, const char *label)
{
    GString *out;

    if (!svg) {
        return NULL;
    }
    out = g_string_new(NULL);
    svg_inline(out, svg, label);
    g_free(svg);
    return g_string_free(out, FALSE);
}

void page_figure_begin(struct page *p, const struct figure *f)
{
    g_string_append_printf(p->out, "<figure data-kind=\"%s\"", f->kind);
    if (f->subject) {
        g_string_append(p->out, " data-subject=\"");
        page_text(p->out, f->subject);
        g_string_append_c(p->out, '"');
    }
}

void page_figure_body(struct page *p, const struct figure *f, char *svg)
{
    g_string_append(p->out, ">\n<h3>");
    page_text(p->out, f->title);
    g_string_append(p->out, "</h3>\n");
    if (svg) {
        g_string_append(p->out, svg);
        g_free(svg);
    } else {
        p->figures_failed++;
        page_missing(p, "gnuplot could not draw this figure.");
    }
    if (g_hash_table_add(p->explained, (gpointer)(uintptr_t)f->kind)) {
        g_string_append_printf(p->out, "<figcaption>%s</figcaption>\n", f->caption);
    }
}

void page_figure_end(struct page *p)
{
    g_string_append(p->out, "</figure>\n");
}

void page_item(struct page *p, const char *what, double v, int digits)
{
    g_string_append_printf(p->out, "<div><dt>%s</dt><dd>", what);
    page_value(p->out, v, digits);
    g_string_append(p->out, "</dd></div>");
}

struct json_object *page_server_day(const struct page *p, guint i)
{
    return ((struct entry *)g_ptr_array_index(p->dig->server_days, i))->ev;
}

/* ---- the figures' JSON ---- */

size_t fig_rows(struct json_object *rows)
{
    return json_object_is_type(rows, json_type_array) ? json_object_array_length(rows) : 0;
}

double fig_number(struct json_object *rows, size_t i, size_t k)
{
    struct json_object *row = i < fig_rows(rows) ? json_object_array_get_idx(rows, i) : NULL;

    return k < fig_rows(row) ? json_object_get_double(json_object_array_get_idx(row, k)) : 0;
}

/* ---- the frame ---- */

static void put_span(struct page *p)
{
    double begin = event_number(p->figures, "begin"), end = event_number(p->figures, "end");
    bool logs = begin > 0 && end >= begin;

    if (!logs && p->dig->first_us == 0) {
        g_string_append(p->out, "nothing was found in the input");
        return;
    }
    page_time(p, logs ? (int64_t)begin : p->dig->first_us / 1000000);
    g_string_append(p->out, " – ");
    page_time(p, logs ? (int64_t)end : p->dig->last_us / 1000000);
    g_string_append_c(p->out, ' ');
    page_clock(p, p->out);
}

static void put_head(struct page *p)
{
    g_string_append(p->out,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>dnsmon report: ");
    put_span(p);
    g_string_append(p->out, "</title>\n<style>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(style); i++) {
        g_string_append(p->out, style[i]);
    }
    g_string_append(p->out, "</style>\n</head>\n<body>\n<header><h1>dnsmon report</h1><p>");
    put_span(p);
    g_string_append(p->out,
                    "</p>\n<nav><a href=\"#incidents\">Incidents</a> <a href=\"#clients\">Clients"
                    "</a> <a href=\"#site\">Site</a> <a href=\"#mail\">Mail servers</a> "
                    "<a href=\"#names\">Names</a> <a href=\"#top\">Most active</a> "
                    "<a href=\"#feed\">Feed</a></nav></header>\n<main>\n");
}

void page_write(struct page *p)
{
    p->explained = g_hash_table_new(g_str_hash, g_str_equal);
    put_head(p);
    page_summary(p);
    page_incidents(p);
    page_clients(p);
    page_site(p);
    page_mail(p);
    page_names(p);
    page_top(p);
    page_feed(p);
    g_string_append_printf(p->out,
                           "</main>\n<footer>Written by dnsmon %s from the logs alone. The figures "
                           "are those of the papers that its rules come from (S0 to S4 in its "
                           "page SCIENCE), over this site&#39;s own data.</footer>\n"
                           "</body>\n</html>\n",
                           dnsmon_version());
    g_hash_table_destroy(p->explained);
}
