/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Tables: how names begin (S1 Figure 2), the most active clients (S0, S4).
 *
 * LIMITS: a client's sum is that of the days on which it was among the ten of its day.
 * Source: doc/SCIENCE.md A.1, A.5, A.15.
 */
#include <math.h>
#include <string.h>

#include "page.h"

#define PREFIX_LENGTHS 5
#define LEADERS 10

/* ---- how names begin ---- */

static struct json_object *prefixes(struct json_object *names, bool site, unsigned length)
{
    char path[32];

    g_snprintf(path, sizeof path, site ? "dnsmon.prefix.site.%u" : "dnsmon.prefix.%u", length);
    return event_at(names, path);
}

static void put_prefix(struct page *p, struct json_object *list, size_t i)
{
    struct json_object *one = i < fig_rows(list) ? json_object_array_get_idx(list, i) : NULL;

    if (!one) {
        g_string_append(p->out, "<td></td>");
        return;
    }
    g_string_append(p->out, "<td><code>");
    page_text(p->out, event_text(one, "prefix"));
    g_string_append(p->out, "</code> <span>");
    page_count(p->out, event_number(one, "count"));
    g_string_append(p->out, "</span></td>");
}

static void put_prefix_table(struct page *p, struct json_object *names, bool site,
                             const char *caption)
{
    size_t rows = 0;

    for (unsigned k = 1; k <= PREFIX_LENGTHS; k++) {
        rows = MAX(rows, fig_rows(prefixes(names, site, k)));
    }
    g_string_append_printf(p->out, "<table class=\"prefixes\" data-of=\"%s\"><caption>",
                           site ? "site" : "client");
    page_text(p->out, caption);
    g_string_append(p->out, "</caption><thead><tr><th>1</th><th>2</th><th>3</th><th>4</th>"
                            "<th>5</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < rows; i++) {
        g_string_append(p->out, "<tr>");
        for (unsigned k = 1; k <= PREFIX_LENGTHS; k++) {
            put_prefix(p, prefixes(names, site, k), i);
        }
        g_string_append(p->out, "</tr>\n");
    }
    g_string_append(p->out, "</tbody></table>\n");
}

void page_names(struct page *p)
{
    struct json_object *names = p->dig->names;
    const char *client = event_text(names, "dnsmon.prefix.client");
    char date[11];

    page_section(p, "names", "How names begin");
    if (!names) {
        page_missing(p, "No day&#39;s summary counts how names begin: daily-summary is switched "
                        "off, or no A question came.");
        page_section_end(p);
        return;
    }
    g_string_append(p->out,
                    "<p>The first one to five characters of the different names that were asked "
                    "for with type A, the most frequent first (S1 Figure 2). A worm that guesses "
                    "mail servers has <code>mail</code>, <code>smtp</code>, <code>mx</code> and "
                    "<code>relay</code> at the top; a person has <code>www</code> and the names of "
                    "services.</p>\n<div class=\"pair\">\n");
    if (*client) {
        char *caption = g_strconcat("Of ", client, ", ", event_date(names, date), NULL);
        put_prefix_table(p, names, false, caption);
        g_free(caption);
    }
    char *caption = g_strconcat("Of the whole site, ", event_date(names, date), NULL);
    put_prefix_table(p, names, true, caption);
    g_free(caption);
    g_string_append(p->out, "</div>\n");
    if (!*client) {
        page_missing(p, "No client asked for names that begin with a mail server&#39;s word, so "
                        "there is the site&#39;s table only.");
    }
    page_section_end(p);
}

/* ---- the most active ---- */

struct leader {
    const char *ip; /* of an event */
    double count;
    unsigned days;
};

static int compare(const void *pa, const void *pb)
{
    const struct leader *a = pa, *b = pb;

    return a->count > b->count ? -1 : a->count < b->count ? 1 : strcmp(a->ip, b->ip);
}

static void add_day(GHashTable *by_ip, GArray *all, struct json_object *list)
{
    for (size_t i = 0; i < fig_rows(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        const char *ip = event_text(one, "ip");
        gpointer at = g_hash_table_lookup(by_ip, ip);
        double n = event_number(one, "count");
        if (!at) {
            struct leader fresh = {.ip = ip};
            g_array_append_val(all, fresh);
            at = GUINT_TO_POINTER(all->len);
            g_hash_table_insert(by_ip, (gpointer)(uintptr_t)ip, at);
        }
        struct leader *l = &g_array_index(all, struct leader, GPOINTER_TO_UINT(at) - 1);
        l->count += isnan(n) ? 0 : n;
        l->days++;
    }
}

static void put_leaders(struct page *p, const char *path, const char *kind, const char *caption)
{
    GHashTable *by_ip = g_hash_table_new(g_str_hash, g_str_equal);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct leader));

    for (guint i = 0; i < p->dig->days->len; i++) {
        struct entry *e = g_ptr_array_index(p->dig->days, i);
        add_day(by_ip, all, event_at(e->ev, path));
    }
    g_array_sort(all, compare);
    g_string_append_printf(
        p->out,
        "<table class=\"numbers top\" data-of=\"%s\"><caption>%s</caption><thead>"
        "<tr><th>client</th><th>questions</th><th>days</th></tr></thead>"
        "<tbody>\n",
        kind, caption);
    for (guint i = 0; i < MIN(all->len, LEADERS); i++) {
        const struct leader *l = &g_array_index(all, struct leader, i);
        g_string_append(p->out, "<tr data-client=\"");
        page_text(p->out, l->ip);
        g_string_append_printf(p->out, "\" data-count=\"%.0f\"><td>", l->count);
        page_text(p->out, l->ip);
        g_string_append(p->out, "</td><td>");
        page_count(p->out, l->count);
        g_string_append_printf(p->out, "</td><td>%u</td></tr>\n", l->days);
    }
    g_string_append(p->out, "</tbody></table>\n");
    g_array_free(all, TRUE);
    g_hash_table_destroy(by_ip);
}

void page_top(struct page *p)
{
    page_section(p, "top", "The most active clients");
    if (p->dig->days->len == 0) {
        page_missing(p, "There is no summary of a day: daily-summary is switched off, or no client "
                        "inside asked anything.");
        page_section_end(p);
        return;
    }
    g_string_append(p->out, "<p>Of each day the ten clients with the most questions, added up over "
                            "the days on which they were among them. Mail servers and name servers "
                            "belong here; a PC among the leaders for MX does not.</p>\n"
                            "<div class=\"pair\">\n");
    put_leaders(p, "dnsmon.top.mx", "mx", "Most MX questions");
    put_leaders(p, "dnsmon.top.total", "total", "Most questions of all types");
    g_string_append(p->out, "</div>\n");
    page_section_end(p);
}
