/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Builds the site from settings that have been checked one by one; what can still be wrong is what
 * concerns two of them (a prefix in two roles, twice under managers) and the file of holidays.
 *
 * LIMITS: the file of holidays is read when the configuration is; a change of it needs a reload.
 */
#include "monitor/config_site.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "monitor/config_file.h"
#include "monitor/options.h"
#include "site/site_options.h"
#include "util/value.h"

static struct dm_slice slice_of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static struct dm_slice trim(struct dm_slice s)
{
    while (s.n > 0 && g_ascii_isspace(s.p[0])) {
        s = dm_slice_skip(s, 1);
    }
    while (s.n > 0 && g_ascii_isspace(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

/* The lines of a file of holidays.  Returns: DNSMON_ECONFIG with @why at the first bad one. */
static int take_holidays(struct dm_site *site, const char *path, struct dm_slice rest, char *why,
                         size_t why_len)
{
    struct dm_place place = {path, 0, NULL, NULL};
    char quoted[DM_QUOTE_LEN];
    int32_t day;

    while (rest.n > 0) {
        struct dm_slice line = dm_slice_head(rest, dm_slice_find(rest, '\n'));
        rest = dm_slice_skip(rest, line.n + 1);
        place.line++;
        line = trim(line);
        struct dm_slice date = dm_slice_head(line, 10);
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        if (dm_value_date(date, &day) < 0 || (line.n > 10 && !g_ascii_isspace(line.p[10]))) {
            return dm_complain(why, why_len, &place,
                               "%s does not begin with a date; write for example 2026-11-23",
                               dm_quote(line, quoted));
        }
        dm_site_add_holiday(site, day);
    }
    return 0;
}

static int read_holidays(struct dm_site *site, const struct dm_settings *set,
                         const struct dm_setting *st, char *why, size_t why_len)
{
    char reason[DM_REASON_LEN], quoted[DM_QUOTE_LEN], *path = NULL, *text = NULL;
    const char *cause;
    size_t len;
    int rc = dm_config_path(set, st->value, &path);

    if (rc == 0) {
        rc = dm_config_read(path, &text, &len, &cause);
    }
    if (rc == 0) {
        rc = take_holidays(site, path, dm_slice_make(text, len), why, why_len);
    } else if (rc == DNSMON_EIO) {
        g_snprintf(reason, sizeof reason,
                   "%s cannot be read: %s; write the path of a readable file, or leave the key out",
                   dm_quote(slice_of(path), quoted), cause);
        rc = dm_setting_complain(set, st, reason, why, why_len);
    }
    free(path);
    free(text);
    return rc;
}

static void take_item(struct dm_site *site, const struct dm_setting *st, struct dm_slice item)
{
    struct dm_prefix prefix;
    struct dm_addr addr;
    int32_t day;

    if (st->section == DM_SEC_HOSTS) {
        if (dm_addr_parse(item, &addr) == 0) {
            dm_site_add_host(site, slice_of(st->key), &addr);
        }
    } else if (st->opt->type == DM_OPT_NAMES) {
        if (st->row == DM_SITE_SUBDOMAINS) {
            dm_site_add_subdomain(site, item);
        } else {
            dm_site_add_domain(site, item);
        }
    } else if (st->opt->type == DM_OPT_DATES) {
        if (dm_value_date(item, &day) == 0) {
            dm_site_add_holiday(site, day);
        }
    } else if (dm_prefix_parse(item, &prefix) == 0) {
        if (st->section == DM_SEC_EVENTS) {
            dm_site_add_notifier(site, &prefix);
        } else if (st->section == DM_SEC_ROLES) {
            dm_site_add_role(site, (enum dm_role)(st->row + 1), &prefix);
        } else {
            dm_site_add_network(site, &prefix);
        }
    }
}

static int take_setting(struct dm_site *site, const struct dm_settings *set,
                        const struct dm_setting *st, char *why, size_t why_len)
{
    struct dm_slice rest = slice_of(st->value), item;

    if (st->section == DM_SEC_MANAGERS) {
        g_autofree char *text = NULL;
        struct dm_prefix prefix;
        int rc = dm_keyfile_unescape(rest, &text);
        if (rc == 0 && dm_prefix_parse(slice_of(st->key), &prefix) == 0) {
            dm_site_add_manager(site, &prefix, text);
        }
        return rc == DNSMON_ENOMEM ? rc : 0;
    }
    if (st->opt->type == DM_OPT_ZONE) {
        dm_site_set_zone(site, st->value);
        return 0;
    }
    if (st->opt->type == DM_OPT_FILE) {
        return rest.n > 0 ? read_holidays(site, set, st, why, why_len) : 0;
    }
    while (dm_list_next(&rest, &item)) {
        take_item(site, st, item);
    }
    return 0;
}

static void prefix_text(const struct dm_prefix *p, char *buf, size_t len)
{
    char addr[DM_ADDR_STRLEN];
    bool v4 = p->len >= 96 && dm_addr_is_v4(&p->addr);

    g_snprintf(buf, len, "%s/%d", dm_addr_text(&p->addr, addr), v4 ? p->len - 96 : p->len);
}

/* Of two keys that say the same prefix, the one further down. */
static const struct dm_setting *later(const struct dm_setting *a, const struct dm_setting *b)
{
    return a->line > b->line ? a : b;
}

static int complain_roles(const struct dm_settings *set, const struct dm_site_clash *clash,
                          char *why, size_t why_len)
{
    const struct dm_setting *a = dm_settings_get(set, DM_SEC_ROLES, clash->first - 1);
    const struct dm_setting *b = dm_settings_get(set, DM_SEC_ROLES, clash->second - 1);
    const struct dm_setting *at = later(a, b);
    char reason[DM_REASON_LEN], text[DM_ADDR_STRLEN + 8];

    prefix_text(&clash->prefix, text, sizeof text);
    g_snprintf(reason, sizeof reason,
               "%s is also in %s (line %u); an address or prefix has one role, keep it in one",
               text, at == a ? b->key : a->key, at == a ? b->line : a->line);
    return dm_setting_complain(set, at, reason, why, why_len);
}

static int complain_managers(const struct dm_settings *set, const struct dm_site_clash *clash,
                             char *why, size_t why_len)
{
    const struct dm_setting *first = NULL, *at = NULL;
    char reason[DM_REASON_LEN], quoted[DM_QUOTE_LEN];
    struct dm_prefix p;

    for (size_t i = 0; i < set->n && at == NULL; i++) {
        const struct dm_setting *st = &set->v[i];
        if (st->section != DM_SEC_MANAGERS || dm_prefix_parse(slice_of(st->key), &p) < 0 ||
            p.len != clash->prefix.len || !dm_addr_eq(&p.addr, &clash->prefix.addr)) {
            continue;
        }
        at = first ? st : NULL;
        first = first ? first : st;
    }
    g_snprintf(reason, sizeof reason, "is the same prefix as %s in line %u; keep one",
               dm_quote(slice_of(first->key), quoted), first->line);
    return dm_setting_complain(set, at, reason, why, why_len);
}

int dm_config_site(const struct dm_settings *set, struct dm_site **ret, char *why, size_t why_len)
{
    struct dm_site *site = dm_site_new();
    struct dm_site_clash clash;
    int rc = site ? 0 : DNSMON_ENOMEM;

    for (size_t i = 0; i < set->n && rc == 0; i++) {
        bool notifiers = set->v[i].section == DM_SEC_EVENTS && set->v[i].row == DM_EVENTS_NOTIFIERS;
        if (set->v[i].section <= DM_SEC_MANAGERS || notifiers) {
            rc = take_setting(site, set, &set->v[i], why, why_len);
        }
    }
    if (rc == 0) {
        rc = dm_site_seal(site, &clash);
    }
    if (rc == DNSMON_EINVAL) {
        rc = clash.manager ? complain_managers(set, &clash, why, why_len)
                           : complain_roles(set, &clash, why, why_len);
    }
    if (rc < 0) {
        dm_site_free(site);
        return rc;
    }
    *ret = site;
    return 0;
}
