/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The incidents by machine, the worst first: each with its sentence, what it counted, its evidence.
 * LIMITS: a hundred machines with an alarm and a hundred without; how many are left out is said.
 * Source: -
 */
#include <math.h>
#include <string.h>

#include "page.h"

/* Machines of a kind that are shown; findings of one that are open (own choice: pages, a screen).
 */
#define SHOWN 100
#define OPEN 4

static const char *const level_names[] = {"info", "notice", "alarm"};

/* Whom it is about. */
static const char *subject_of(struct json_object *ev)
{
    const char *client = event_text(ev, "client.ip"), *host = event_text(ev, "host.ip");

    return *host                            ? host
           : *client                        ? client
           : event_at(ev, "dnsmon.clients") ? "several clients"
                                            : "the site";
}

static void put_attribute(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " data-%s=\"", name);
    page_text(out, value);
    g_string_append_c(out, '"');
}

static void put_item(struct page *p, const char *what, const char *value)
{
    if (*value) {
        g_string_append_printf(p->out, "<div><dt>%s</dt><dd>", what);
        page_text(p->out, value);
        g_string_append(p->out, "</dd></div>\n");
    }
}

static void put_count(struct page *p, const char *what, double n)
{
    if (n > 0) {
        g_string_append_printf(p->out, "<div><dt>%s</dt><dd>", what);
        page_count(p->out, n);
        g_string_append(p->out, "</dd></div>\n");
    }
}

static void put_score(struct page *p, struct json_object *ev)
{
    double score = event_number(ev, "dnsmon.score"), from = event_number(ev, "dnsmon.threshold");

    if (!isnan(score) && !isnan(from)) {
        g_string_append(p->out, "<div><dt>score (from)</dt><dd>");
        page_decimals(p->out, score, 1);
        g_string_append(p->out, " (");
        page_decimals(p->out, from, 1);
        g_string_append(p->out, ")</dd></div>\n");
    }
}

static void put_facts(struct page *p, struct json_object *ev)
{
    g_string_append(p->out, "<dl>\n");
    put_item(p, "rule", event_text(ev, "rule.id"));
    put_score(p, ev);
    put_count(p, "A", event_number(ev, "dnsmon.count.a"));
    put_count(p, "AAAA", event_number(ev, "dnsmon.count.aaaa"));
    put_count(p, "MX", event_number(ev, "dnsmon.count.mx"));
    put_count(p, "PTR", event_number(ev, "dnsmon.count.ptr"));
    put_count(p, "registered domains", event_number(ev, "dnsmon.distinct.registered_domain"));
    put_count(p, "repeats", event_number(ev, "dnsmon.suppressed"));
    if (*event_text(ev, "host.ip")) {
        put_item(p, "peer", event_text(ev, "client.ip"));
    }
    put_item(p, "manager", event_text(ev, "dnsmon.manager"));
    put_item(p, "log of", event_text(ev, "observer.hostname"));
    g_string_append(p->out, "</dl>\n");
    if (*event_text(ev, "dnsmon.suggest")) {
        g_string_append(p->out, "<p class=\"suggest\">You may use: <code>");
        page_text(p->out, event_text(ev, "dnsmon.suggest"));
        g_string_append(p->out, "</code></p>\n");
    }
}

static void put_evidence(struct page *p, struct json_object *list)
{
    size_t n = fig_rows(list);

    if (n == 0) {
        return;
    }
    g_string_append_printf(
        p->out, "<details><summary>Evidence: %zu names</summary><table class=\"evidence\">", n);
    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        g_string_append(p->out, "<tr><td>");
        page_time(p, event_time(one, "time") / 1000000);
        g_string_append(p->out, "</td><td>");
        page_text(p->out, event_text(one, "type"));
        g_string_append(p->out, "</td><td><code>");
        page_text(p->out, event_text(one, "name"));
        g_string_append(p->out, "</code></td></tr>\n");
    }
    g_string_append(p->out, "</table></details>\n");
}

/* The machines of a roll-up. */
static void put_machines(struct page *p, struct json_object *list)
{
    if (fig_rows(list) == 0) {
        return;
    }
    g_string_append(p->out, "<p class=\"machines\">");
    for (size_t i = 0; i < fig_rows(list); i++) {
        g_string_append(p->out, i ? ", " : "");
        page_text(p->out, event_text(json_object_array_get_idx(list, i), "ip"));
    }
    g_string_append(p->out, "</p>\n");
}

static void put_when(struct page *p, struct json_object *ev)
{
    int64_t start = event_time(ev, "event.start"), end = event_time(ev, "event.end");

    g_string_append(p->out, "<time>");
    page_time(p, (start ? start : event_time(ev, "@timestamp")) / 1000000);
    if (end / 60000000 > start / 60000000) {
        g_string_append(p->out, " – ");
        page_time(p, end / 1000000);
    }
    g_string_append(p->out, "</time>");
}

/* "Over: 192.0.2.7 asked ..." has its own sign. */
static void put_reason(struct page *p, struct json_object *ev)
{
    const char *reason = event_text(ev, "event.reason");
    bool over = g_str_has_prefix(reason, "Over: ");

    g_string_append(p->out, over ? "<span class=\"over\">over</span>" : "");
    g_string_append(p->out, "<p class=\"reason\">");
    page_text(p->out, reason + (over ? 6 : 0));
    g_string_append(p->out, "</p>\n");
}

static void put_finding(struct page *p, const struct entry *e)
{
    const char *class_name = event_text(e->ev, "dnsmon.class");

    g_string_append_printf(p->out, "<div class=\"finding %s\"", level_names[e->level]);
    put_attribute(p->out, "rule", event_text(e->ev, "rule.id"));
    put_attribute(p->out, "class", class_name);
    put_attribute(p->out, "event", event_text(e->ev, "event.id"));
    g_string_append(p->out, ">\n<b>");
    page_text(p->out, *class_name ? class_name : event_text(e->ev, "rule.id"));
    g_string_append(p->out, "</b> ");
    put_when(p, e->ev);
    put_reason(p, e->ev);
    put_machines(p, event_at(e->ev, "dnsmon.clients"));
    put_facts(p, e->ev);
    put_evidence(p, event_at(e->ev, "dnsmon.evidence"));
    g_string_append(p->out, "</div>\n");
}

/* One machine with all that was found of it, which begins at @at. */
static void put_subject(struct page *p, guint at)
{
    const GPtrArray *all = p->dig->incidents;
    const struct entry *first = g_ptr_array_index(all, at);
    const char *subject = subject_of(first->ev);
    unsigned n = 0;

    g_string_append_printf(p->out, "<article class=\"%s\"", level_names[first->level]);
    put_attribute(p->out, "subject", subject);
    g_string_append_printf(p->out, ">\n<h3><span class=\"level\">%s</span> ",
                           level_names[first->level]);
    page_text(p->out, subject);
    g_string_append(p->out, "</h3>\n");
    for (guint i = at; i < all->len; i++) {
        const struct entry *e = g_ptr_array_index(all, i);
        if (strcmp(subject_of(e->ev), subject) == 0) {
            g_string_append(p->out, n++ == OPEN ? "<details><summary>more of it</summary>\n" : "");
            put_finding(p, e);
        }
    }
    g_string_append(p->out, n > OPEN ? "</details></article>\n" : "</article>\n");
}

/* The first incident of its subject. */
static bool is_first(GHashTable *seen, const struct entry *e)
{
    return g_hash_table_add(seen, (gpointer)(uintptr_t)subject_of(e->ev));
}

/* All machines whose worst incident has one of the levels.   Returns: how many were left out. */
static unsigned put_level(struct page *p, int from, int to, GHashTable *seen)
{
    unsigned shown = 0, more = 0;

    for (guint i = 0; i < p->dig->incidents->len; i++) {
        const struct entry *e = g_ptr_array_index(p->dig->incidents, i);
        if (e->level < from || e->level > to || !is_first(seen, e)) {
            continue;
        }
        if (shown < SHOWN) {
            put_subject(p, i);
            shown++;
        } else {
            more++;
        }
    }
    return more;
}

static unsigned count_level(const struct page *p, int level)
{
    unsigned n = 0;

    for (guint i = 0; i < p->dig->incidents->len; i++) {
        n += ((const struct entry *)g_ptr_array_index(p->dig->incidents, i))->level <= level;
    }
    return n;
}

void page_incidents(struct page *p)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned minor = count_level(p, 1);

    page_section(p, "incidents", "Incidents");
    if (p->dig->incidents->len == 0) {
        g_string_append(p->out, "<p>No rule found anything.</p>\n");
    }
    unsigned more = put_level(p, 2, 2, seen);
    if (minor > 0) {
        g_string_append_printf(p->out,
                               "<details class=\"minor\"%s><summary>Notices of machines "
                               "without an alarm</summary>\n",
                               minor <= OPEN ? " open" : "");
        more += put_level(p, 0, 1, seen);
        g_string_append(p->out, "</details>\n");
    }
    if (more > 0 || p->dig->dropped > 0) {
        g_string_append(p->out, "<p class=\"missing\">");
        page_count(p->out, (double)more + (double)p->dig->dropped);
        g_string_append(p->out,
                        " more are not shown here: dnsmon replay prints all of them.</p>\n");
    }
    g_hash_table_destroy(seen);
    page_section_end(p);
}
