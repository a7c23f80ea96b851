/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail servers: which of them, and what there is of each.
 *
 * LIMITS: four servers, those with the most connections or questions come first.
 */
#include "page_mail.h"

#include <math.h>
#include <string.h>

#define SERVERS_SHOWN 4
#define BINS_MIN 3

struct json_object *mail_last_with(const struct page *p, const char *key, const char *path)
{
    for (guint i = p->dig->server_days->len; i > 0; i--) {
        struct json_object *ev = page_server_day(p, i - 1);
        if (strcmp(event_server(ev), key) == 0 && isfinite(event_number(ev, path))) {
            return ev;
        }
    }
    return NULL;
}

const char *mail_key(struct json_object *server)
{
    const char *ip = event_text(server, "ip");

    return *ip ? ip : event_text(server, "name");
}

/* Points and days of one server, whatever there is. */
static void put_server(struct page *p, struct json_object *server, const char *key,
                       const char *name)
{
    bool points = event_number(server, "regression.bins") >= BINS_MIN;

    g_string_append(p->out, "<h3 class=\"server\">Mail server ");
    page_text(p->out, name);
    g_string_append(p->out, "</h3>\n<div class=\"figures\">\n");
    if (points) {
        mail_put_regression(p, server);
    }
    if (event_at(server, "unresolved")) {
        mail_put_unresolved(p, server);
    }
    if (mail_last_with(p, key, "dnsmon.mail.efficiency")) {
        mail_put_efficiency(p, key, name);
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
    if (mail_put_days(p, key) == 0) {
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
        put_server(p, server, mail_key(server), event_text(server, "name"));
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
        const char *key = event_server(page_server_day(p, i));
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
