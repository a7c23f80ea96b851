/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who is who. A server is known by one name: its entry in [hosts], else its address, else the name
 * of the host that sends its log, so that a reload of the configuration or a restart finds it
 * again.
 *
 * LIMITS: a server that gets its [hosts] entry by a reload is another one from then on.
 */
#include "server/server_table.h"

#include <glib.h>
#include <string.h>

#include "server/server_parts.h"

/* Queue ids in one of two generations, of up to 15 days: Postfix tries a message for five days
 * (maximal_queue_lifetime), and the papers' server has 18,000 messages a day. */
#define SEEN_MAX (1u << 17)

struct dm_server_table *dm_server_table_new(const struct dm_intern *hosts,
                                            const struct dm_server_hooks *hooks)
{
    struct dm_server_table *t = g_try_new0(struct dm_server_table, 1);

    if (t) {
        t->hosts = hosts;
        t->hooks = *hooks;
    }
    return t;
}

void dm_server_table_free(struct dm_server_table *t)
{
    for (uint16_t i = 0; t && i < t->n; i++) {
        t->hooks.clear(t->hooks.user, t->row[i]->states);
        dm_recent_clear(&t->row[i]->seen);
        dm_recent_clear(&t->row[i]->accepted);
        g_free(t->row[i]);
    }
    g_free(t);
}

void dm_server_table_configure(struct dm_server_table *t, const struct dm_site *site)
{
    t->site = site;
    memset(t->of_host, 0, sizeof t->of_host);
}

uint16_t dm_server_make(struct dm_server_table *t, const char *name)
{
    struct dm_server_row *row =
        t->n < DM_SERVER_MAX ? g_try_malloc0(sizeof *row + t->hooks.state_bytes) : NULL;
    uint16_t at = 0;

    if (!row) {
        return 0;
    }
    g_strlcpy(row->srv.name, name, sizeof row->srv.name);
    dm_recent_init(&row->seen, SEEN_MAX);
    dm_recent_init(&row->accepted, SEEN_MAX);
    t->row[t->n++] = row;
    while (at + 1 < t->n && strcmp(t->row[t->by_name[at] - 1]->srv.name, row->srv.name) < 0) {
        at++;
    }
    memmove(&t->by_name[at + 1], &t->by_name[at], (size_t)(t->n - 1 - at) * sizeof t->by_name[0]);
    t->by_name[at] = t->n;
    return t->n;
}

/* The server of a name, made if need be. */
static uint16_t find_or_make(struct dm_server_table *t, const char *name)
{
    char lower[DM_SERVER_NAME];

    g_strlcpy(lower, name, sizeof lower);
    for (char *p = lower; *p; p++) {
        *p = g_ascii_tolower(*p);
    }
    for (uint16_t i = 0; i < t->n; i++) {
        if (strcmp(t->row[i]->srv.name, lower) == 0) {
            return (uint16_t)(i + 1);
        }
    }
    return dm_server_make(t, lower);
}

static uint16_t with_addr(struct dm_server_table *t, uint16_t number, const struct dm_addr *a)
{
    if (number) {
        t->row[number - 1]->srv.addr = *a;
        t->row[number - 1]->srv.has_addr = true;
    }
    return number;
}

static uint16_t of_entry(struct dm_server_table *t, unsigned entry)
{
    const char *name = dm_site_host_name(t->site, entry);
    struct dm_addr first;

    dm_site_host_addr(t->site, dm_slice_make(name, strlen(name)), 0, &first);
    return with_addr(t, find_or_make(t, name), &first);
}

uint16_t dm_server_of_addr(struct dm_server_table *t, const struct dm_addr *a)
{
    unsigned entry = dm_site_host_of(t->site, a);
    char text[DM_ADDR_STRLEN];

    return entry ? of_entry(t, entry) : with_addr(t, find_or_make(t, dm_addr_text(a, text)), a);
}

static uint16_t look_up_host(struct dm_server_table *t, uint16_t host)
{
    struct dm_slice name = host ? dm_intern_slice(t->hosts, host) : DM_SLICE("");
    unsigned entry = dm_site_host_find(t->site, name);
    struct dm_addr a;

    if (entry) {
        return of_entry(t, entry);
    }
    if (dm_addr_parse(name, &a) == 0 &&
        (dm_site_role(t->site, &a) == DM_ROLE_MAIL_SERVER || dm_site_host_of(t->site, &a))) {
        return dm_server_of_addr(t, &a);
    }
    /* a log of another name than that of its own entry is another machine's */
    if (dm_site_only_mail_server(t->site, &a) && (!host || !dm_site_host_of(t->site, &a))) {
        return dm_server_of_addr(t, &a);
    }
    return host ? find_or_make(t, dm_intern_text(t->hosts, host)) : 0;
}

uint16_t dm_server_of_host(struct dm_server_table *t, uint16_t host)
{
    if (host > DM_INTERN_MAX) {
        return 0;
    }
    if (t->of_host[host] == 0) {
        uint16_t number = look_up_host(t, host);
        t->of_host[host] = (uint16_t)(number + 1);
        if (number && t->row[number - 1]->srv.host == 0) {
            t->row[number - 1]->srv.host = host;
        }
    }
    return (uint16_t)(t->of_host[host] - 1);
}

struct dm_server *dm_server_at(const struct dm_server_table *t, uint16_t number)
{
    return number && number <= t->n ? &t->row[number - 1]->srv : NULL;
}

bool dm_server_logs_mail(const struct dm_server_table *t, const struct dm_addr *a)
{
    unsigned entry = dm_site_host_of(t->site, a);
    const char *name = entry ? dm_site_host_name(t->site, entry) : NULL;

    for (uint16_t i = 0; i < t->n; i++) {
        const struct dm_server *srv = &t->row[i]->srv;
        if (srv->host && (name ? g_ascii_strcasecmp(srv->name, name) == 0
                               : srv->has_addr && dm_addr_eq(&srv->addr, a))) {
            return true;
        }
    }
    return false;
}

bool dm_server_any_unplaced(const struct dm_server_table *t)
{
    for (uint16_t i = 0; i < t->n; i++) {
        if (t->row[i]->srv.host && !t->row[i]->srv.has_addr) {
            return true;
        }
    }
    return false;
}

const char *dm_server_log_host(const struct dm_server_table *t, const struct dm_server *srv)
{
    return dm_intern_text(t->hosts, srv->host);
}

void *dm_server_states(struct dm_server *srv)
{
    return ((struct dm_server_row *)(void *)srv)->states;
}

uint16_t dm_server_count(const struct dm_server_table *t)
{
    return t->n;
}

uint16_t dm_server_by_name(const struct dm_server_table *t, uint16_t i)
{
    return t->by_name[i];
}
