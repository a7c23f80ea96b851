/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: gnuplot prints one element a line. Each line is either dropped, or copied with its
 * colours replaced; the marks of points ("use" of a symbol) are collected into one path of dots
 * with round ends.
 *
 * LIMITS: made for the SVG terminal of gnuplot 5.2 to 6.0. A line that is not known is copied.
 * Source: gnuplot's own output; SVG 2, 13.5.3 (a path of no length has round ends).
 */
#include "svg.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "page.h"

/* What is being copied. */
struct copy {
    GString *out;
    const char *group; /* a "<g ...>" that nothing has come behind yet */
    GString *dots;     /* path of the points of one colour */
    unsigned colour;   /* of them */
    bool in_defs;
};

/* Attributes that the page sets for all figures, or that say what is so anyway. */
static const char *const needless[] = {
    " stroke-linecap=\"butt\"", " stroke-linejoin=\"miter\"", " font-family=\"sans-serif\"",
    " color=\"black\"",         " color=\"white\"",           " color=\"gray\""};

/* The colour at "rgb(": one of ours.  Returns: its number; 0: another. *ret_n: bytes of it. */
static unsigned colour_at(const char *p, size_t *ret_n)
{
    unsigned r, g, b;
    int n = 0;

    if (sscanf(p, "rgb(%u,%u,%u)%n", &r, &g, &b, &n) != 3 || n == 0 || r != g || g != b || r > 9) {
        return 0;
    }
    *ret_n = (size_t)n;
    return r;
}

/* Bytes of a needless attribute at @p; 0: there is none. */
static size_t needless_at(const char *p)
{
    for (size_t i = 0; i < G_N_ELEMENTS(needless); i++) {
        if (g_str_has_prefix(p, needless[i])) {
            return strlen(needless[i]);
        }
    }
    return 0;
}

static void put_line(GString *out, const char *line)
{
    size_t n;

    for (const char *p = line; *p;) {
        unsigned colour = *p == 'r' ? colour_at(p, &n) : 0;
        if (colour) {
            g_string_append_printf(out, "var(--p%u)", colour);
            p += n;
        } else if (*p == ' ' && (n = needless_at(p)) > 0) {
            p += n;
        } else {
            g_string_append_c(out, *p++);
        }
    }
    g_string_append_c(out, '\n');
}

static void flush_group(struct copy *c)
{
    if (c->group) {
        put_line(c->out, c->group);
        c->group = NULL;
    }
}

static void flush_dots(struct copy *c)
{
    if (c->dots->len) {
        g_string_append_printf(c->out, "<path class=\"dots\" stroke=\"var(--p%u)\" d=\"%s\"/>\n",
                               c->colour, c->dots->str);
        g_string_truncate(c->dots, 0);
    }
}

/* A point.  Returns: whether the line is one. */
static bool take_point(struct copy *c, const char *line)
{
    const char *at = strstr(line, "translate("), *rgb = strstr(line, "rgb(");
    char x[16], y[16];
    size_t n;

    if (!strstr(line, "<use xlink:href='#gpPt") || !at || !rgb ||
        sscanf(at, "translate(%15[0-9.],%15[0-9.])", x, y) != 2) {
        return false;
    }
    unsigned colour = colour_at(rgb, &n);
    if (colour != c->colour) {
        flush_dots(c);
        c->colour = colour;
    }
    g_string_append_printf(c->dots, "M%s,%sh0", x, y);
    return true;
}

/* Lines of gnuplot's own that a page has no use for. */
static bool is_dropped(struct copy *c, const char *line)
{
    if (strstr(line, "<defs>")) {
        c->in_defs = true;
    }
    if (strstr(line, "</defs>")) {
        c->in_defs = false;
        return true;
    }
    return c->in_defs || *line == '\0' || g_str_has_prefix(line, "<title>") ||
           g_str_has_prefix(line, "<desc>") || g_str_has_prefix(line, "<rect x=\"0\" y=\"0\"");
}

static void take_line(struct copy *c, char *line)
{
    g_strchug(line);
    if (is_dropped(c, line) || take_point(c, line)) {
        return;
    }
    flush_dots(c);
    if (c->group && strcmp(line, "</g>") == 0) {
        c->group = NULL; /* an empty group */
        return;
    }
    flush_group(c);
    if (g_str_has_prefix(line, "<g fill=\"none\"")) {
        c->group = line;
    } else if (g_str_has_prefix(line, "<g id=")) {
        put_line(c->out, "<g>");
    } else {
        put_line(c->out, line);
    }
}

/* The box of the picture, and where its elements begin. */
static char *skip_head(char *svg, GString *box)
{
    char *view = strstr(svg, "viewBox=\""), *end = view ? strstr(view, "\n>") : NULL;
    char *quote = view ? strchr(view + 9, '"') : NULL;

    if (!end || !quote) {
        return NULL;
    }
    g_string_append_len(box, view + 9, quote - view - 9);
    return end + 2;
}

void svg_inline(GString *out, char *svg, const char *label)
{
    struct copy c = {.out = out, .dots = g_string_new(NULL)};
    GString *box = g_string_new(NULL);
    char *line = skip_head(svg, box), *next;

    g_string_append(out, "<svg role=\"img\" viewBox=\"");
    g_string_append(out, line ? box->str : "0 0 1 1");
    g_string_append(out, "\" aria-label=\"");
    page_text(out, label);
    g_string_append(out, "\">\n");
    for (; line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        take_line(&c, line);
    }
    flush_dots(&c);
    flush_group(&c);
    if (!g_str_has_suffix(out->str, "</svg>\n")) {
        g_string_append(out, "</svg>\n");
    }
    g_string_free(box, TRUE);
    g_string_free(c.dots, TRUE);
}
