/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From the lines of a key file to one checked text for each key. An empty value means the default,
 * so that a key may be left in the file as a reminder.
 *
 * LIMITS: values stay texts here; config.c makes numbers of them.
 */
#include "monitor/settings.h"

#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "monitor/option_check.h"
#include "monitor/options.h"
#include "site/site_options.h"
#include "stream/signature.h"
#include "util/value.h"

static void clear_setting(gpointer data)
{
    struct dm_setting *st = data;

    g_free(st->key);
    g_free(st->value);
}

static void add_defaults(GArray *all)
{
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        for (size_t r = sec.free_keys; r < sec.n_rows; r++) { /* the first stands for the user's */
            const struct dm_option *opt = &sec.rows[r];
            struct dm_setting st = {i, r, opt, g_strdup(opt->key), g_strdup(opt->deflt), 0};
            g_array_append_val(all, st);
        }
    }
}

static int check_host(const struct dm_keyfile_entry *e, char *reason, size_t len)
{
    struct dm_slice rest = dm_slice_make(e->value, strlen(e->value)), item;

    if (!dm_list_next(&rest, &item)) {
        g_snprintf(reason, len, "has no address; write for example 192.0.2.25;2001:db8::25");
        return DNSMON_ECONFIG;
    }
    return dm_option_check(dm_host_row, dm_slice_make(e->value, strlen(e->value)), reason, len);
}

static int check_manager(const struct dm_keyfile_entry *e, char *reason, size_t len)
{
    struct dm_slice key = dm_slice_make(e->key, strlen(e->key));
    struct dm_slice value = dm_slice_make(e->value, strlen(e->value));

    if (dm_prefix_check(key, reason, len) < 0) {
        return DNSMON_ECONFIG;
    }
    if (value.n == 0) {
        g_snprintf(reason, len, "names nobody; write for example netadmin@example.edu");
        return DNSMON_ECONFIG;
    }
    if (value.n > DM_MANAGER_MAX) {
        g_snprintf(reason, len, "is longer than the %d bytes that an event carries; shorten it",
                   DM_MANAGER_MAX);
        return DNSMON_ECONFIG;
    }
    return dm_option_check(dm_manager_row, value, reason, len);
}

static int check_value(const struct dm_setting *st, const struct dm_keyfile_entry *e, char *reason,
                       size_t len)
{
    if (st->section == DM_SEC_HOSTS) {
        return check_host(e, reason, len);
    }
    if (st->section == DM_SEC_MANAGERS) {
        return check_manager(e, reason, len);
    }
    if (st->section == DM_SEC_SIGNATURES &&
        dm_signature_name_check(dm_slice_make(e->key, strlen(e->key)), reason, len) < 0) {
        return DNSMON_ECONFIG;
    }
    if (e->value[0] == '\0') {
        return 0;
    }
    return dm_option_check(st->opt, dm_slice_make(e->value, strlen(e->value)), reason, len);
}

/* The setting of a row that has one by default. */
static struct dm_setting *find_row(GArray *all, size_t section, size_t row)
{
    guint at = 0;
    struct dm_setting *st = &g_array_index(all, struct dm_setting, 0);

    while (at < all->len && (st->section != section || st->row != row)) {
        st = &g_array_index(all, struct dm_setting, ++at);
    }
    return st;
}

/* A new setting for a free key, behind the others of its section. */
static struct dm_setting *add_free(GArray *all, size_t section, const struct dm_option *opt,
                                   const char *key)
{
    struct dm_setting fresh = {section, 0, opt, g_strdup(key), NULL, 0};
    guint at = all->len;

    while (at > 0 && g_array_index(all, struct dm_setting, at - 1).section > section) {
        at--;
    }
    g_array_insert_val(all, at, fresh);
    return &g_array_index(all, struct dm_setting, at);
}

static int take_entry(GArray *all, const struct dm_keyfile_entry *e, char *reason, size_t len)
{
    int section = dm_section_find(e->section);

    if (section < 0) {
        dm_reason_section(e->section, reason, len);
        return DNSMON_ECONFIG;
    }
    if (e->key == NULL) {
        return 0;
    }
    struct dm_section sec = dm_section_get((size_t)section);
    int row = dm_section_row(&sec, e->key);
    if (row < 0) {
        dm_reason_key(&sec, e->key, reason, len);
        return DNSMON_ECONFIG;
    }
    bool free_key = sec.free_keys && row == 0;
    struct dm_setting *st = free_key ? add_free(all, (size_t)section, &sec.rows[row], e->key)
                                     : find_row(all, (size_t)section, (size_t)row);
    int rc = check_value(st, e, reason, len);
    if (rc < 0) {
        return rc;
    }
    g_free(st->value);
    /* An empty signature is switched off. */
    bool as_it_is = e->value[0] || st->section == DM_SEC_SIGNATURES;
    st->value = g_strdup(as_it_is ? e->value : st->opt->deflt);
    st->line = e->line;
    return 0;
}

int dm_settings_new(const char *file, const struct dm_keyfile *kf, struct dm_settings **ret,
                    char *why, size_t why_len)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct dm_setting));
    char reason[DM_REASON_LEN];
    int rc = 0;

    g_array_set_clear_func(all, clear_setting);
    add_defaults(all);
    for (size_t i = 0; i < kf->n && rc == 0; i++) {
        const struct dm_keyfile_entry *e = &kf->entry[i];
        rc = take_entry(all, e, reason, sizeof reason);
        if (rc < 0) {
            struct dm_place place = {file, e->line, e->section, e->key};
            dm_complain(why, why_len, &place, "%s", reason);
        }
    }
    if (rc < 0) {
        g_array_unref(all);
        return rc;
    }
    struct dm_settings *set = g_new0(struct dm_settings, 1);
    set->file = g_strdup(file);
    set->n = all->len;
    set->v = (struct dm_setting *)(void *)g_array_free(all, FALSE);
    *ret = set;
    return 0;
}

void dm_settings_free(struct dm_settings *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        clear_setting(&set->v[i]);
    }
    g_free(set->v);
    g_free(set->file);
    g_free(set);
}

const struct dm_setting *dm_settings_get(const struct dm_settings *set, size_t section, size_t row)
{
    for (size_t i = 0; i < set->n; i++) {
        if (set->v[i].section == section && set->v[i].row == row) {
            return &set->v[i];
        }
    }
    return NULL;
}

int dm_setting_complain(const struct dm_settings *set, const struct dm_setting *st,
                        const char *reason, char *why, size_t why_len)
{
    struct dm_section sec = dm_section_get(st->section);
    struct dm_place place = {set->file, st->line, sec.name, st->key};

    return dm_complain(why, why_len, &place, "%s", reason);
}
