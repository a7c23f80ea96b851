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
#include "util/copy.h"
#include "util/value.h"

/* The settings so far. */
struct table {
    struct dm_settings *set;
    size_t room;
};

/* A copy of @st with texts of its own becomes number @at.   @st: value NULL: none yet.
 * Returns: it; NULL without memory. */
static struct dm_setting *insert(struct table *all, size_t at, struct dm_setting st)
{
    struct dm_settings *set = all->set;
    struct dm_setting *v = dm_array_room(set->v, set->n, &all->room, sizeof *v);
    bool has_value = st.value != NULL;

    if (!v) {
        return NULL;
    }
    set->v = v;
    st.key = dm_copy_text(st.key);
    st.value = dm_copy_text(st.value);
    memmove(v + at + 1, v + at, (set->n - at) * sizeof *v);
    v[at] = st;
    set->n++;
    return st.key && (st.value || !has_value) ? &v[at] : NULL;
}

static int add_defaults(struct table *all)
{
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        for (size_t r = sec.free_keys; r < sec.n_rows; r++) { /* the first stands for the user's */
            const struct dm_option *opt = &sec.rows[r];
            struct dm_setting st = {i, r, opt, (char *)opt->key, (char *)opt->deflt, 0};
            if (!insert(all, all->set->n, st)) {
                return DNSMON_ENOMEM;
            }
        }
    }
    return 0;
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
static struct dm_setting *find_row(struct table *all, size_t section, size_t row)
{
    struct dm_setting *st = all->set->v;

    while (st < all->set->v + all->set->n && (st->section != section || st->row != row)) {
        st++;
    }
    return st;
}

/* A new setting for a free key, behind the others of its section. */
static struct dm_setting *add_free(struct table *all, size_t section, const struct dm_option *opt,
                                   const char *key)
{
    size_t at = all->set->n;

    while (at > 0 && all->set->v[at - 1].section > section) {
        at--;
    }
    return insert(all, at, (struct dm_setting){section, 0, opt, (char *)key, NULL, 0});
}

static int take_entry(struct table *all, const struct dm_keyfile_entry *e, char *reason, size_t len)
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
    int rc = st ? check_value(st, e, reason, len) : DNSMON_ENOMEM;
    if (rc < 0) {
        return rc;
    }
    /* An empty signature is switched off. */
    bool as_it_is = e->value[0] || st->section == DM_SEC_SIGNATURES;
    g_free(st->value);
    st->value = dm_copy_text(as_it_is ? e->value : st->opt->deflt);
    st->line = e->line;
    return st->value ? 0 : DNSMON_ENOMEM;
}

/* What the file says, over the defaults. */
static int take_file(struct table *all, const struct dm_keyfile *kf, char *why, size_t why_len)
{
    char reason[DM_REASON_LEN];
    int rc = 0;

    for (size_t i = 0; i < kf->n && rc == 0; i++) {
        const struct dm_keyfile_entry *e = &kf->entry[i];
        rc = take_entry(all, e, reason, sizeof reason);
        if (rc == DNSMON_ECONFIG) {
            struct dm_place place = {all->set->file, e->line, e->section, e->key};
            dm_complain(why, why_len, &place, "%s", reason);
        }
    }
    return rc;
}

int dm_settings_new(const char *file, const struct dm_keyfile *kf, struct dm_settings **ret,
                    char *why, size_t why_len)
{
    struct table all = {g_try_new0(struct dm_settings, 1), 0};

    if (!all.set) {
        return DNSMON_ENOMEM;
    }
    all.set->file = dm_copy_text(file);
    int rc = all.set->file ? add_defaults(&all) : DNSMON_ENOMEM;
    if (rc == 0) {
        rc = take_file(&all, kf, why, why_len);
    }
    if (rc < 0) {
        dm_settings_free(all.set);
        return rc;
    }
    *ret = all.set;
    return 0;
}

void dm_settings_free(struct dm_settings *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        g_free(set->v[i].key);
        g_free(set->v[i].value);
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
