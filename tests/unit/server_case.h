/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of mail servers: a table of them over a site that is written as a configuration.
 */
#ifndef DM_UNIT_SERVER_CASE_H
#define DM_UNIT_SERVER_CASE_H

#include "testlib.h"

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/config.h"
#include "server/server_table.h"

struct servers {
    dnsmon_config_t *cfg;
    struct dm_intern *hosts;
    struct dm_server_table *table;
    unsigned cleared; /* states */
};

static inline void servers_cleared(void *user, void *states)
{
    (void)states;
    ++*(unsigned *)user;
}

static inline dnsmon_config_t *servers_site(const char *config)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg = NULL;
    char *text = g_strconcat("[site]\nnetworks = 192.0.2.0/24\ntimezone = UTC\n", config, NULL);

    if (dm_config_from_text("test.conf", text, strlen(text), &cfg, why, sizeof why) < 0) {
        fail_msg("%s", why);
    }
    g_free(text);
    return cfg;
}

static inline void servers_open(struct servers *s, const char *config)
{
    struct dm_server_hooks hooks = {8, servers_cleared, &s->cleared};

    s->cleared = 0;
    s->cfg = servers_site(config);
    s->hosts = dm_intern_new();
    s->table = dm_server_table_new(s->hosts, &hooks);
    assert_non_null(s->table);
    dm_server_table_configure(s->table, s->cfg->site);
}

static inline void servers_close(struct servers *s)
{
    dm_server_table_free(s->table);
    dm_intern_free(s->hosts);
    dnsmon_config_free(s->cfg);
}

static inline struct dm_addr servers_addr(const char *text)
{
    struct dm_addr a;

    assert_int_equal(dm_addr_parse(test_slice(text), &a), 0);
    return a;
}

/* The name of the server whose log comes from a host; "-": none. */
static inline const char *servers_of_host(struct servers *s, const char *host)
{
    uint16_t number =
        dm_server_of_host(s->table, *host ? dm_intern_add(s->hosts, test_slice(host)) : 0);

    return number ? dm_server_at(s->table, number)->name : "-";
}

static inline const char *servers_of_addr(struct servers *s, const char *addr)
{
    struct dm_addr a = servers_addr(addr);
    uint16_t number = dm_server_of_addr(s->table, &a);

    return number ? dm_server_at(s->table, number)->name : "-";
}

#endif
