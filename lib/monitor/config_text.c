/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The effective settings as a configuration file (dnsmon_config_text): every key with its value,
 * where that comes from, unit and source as comments. Loading the text gives the same
 * configuration again; a test holds that.
 *
 * LIMITS: paths are printed absolute, so the text may be loaded from anywhere on this machine.
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "monitor/complain.h"
#include "monitor/config.h"
#include "monitor/config_site.h"
#include "monitor/options.h"
#include "monitor/settings.h"
#include "site/site_options.h"
#include "stream/signature.h"

/* A path as a comment: whatever it holds, it stays on its line. */
static void append_file(GString *out, const char *file)
{
    g_autofree char *text = g_filename_display_name(file);

    for (const char *c = text; *c; c++) {
        g_string_append_c(out, (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
    }
}

/* What it would be otherwise; free keys ([hosts], [managers], a site's own [signatures]) have no
 * default. */
static void append_default(GString *out, const struct dm_option *opt)
{
    if (opt != dm_host_row && opt != dm_manager_row && opt != dm_signature_rows) {
        g_string_append_printf(out, "; default: %s", opt->deflt[0] ? opt->deflt : "empty");
    }
}

static void append_origin(GString *out, const struct dm_settings *set, const struct dm_setting *st)
{
    if (st->line == 0) {
        g_string_append(out, "# default");
    } else {
        g_string_append(out, "# set in ");
        append_file(out, set->file);
        g_string_append_printf(out, ":%u", st->line);
        append_default(out, st->opt);
    }
    if (strcmp(st->opt->unit, "-") != 0) {
        g_string_append_printf(out, "; unit: %s", st->opt->unit);
    }
    g_string_append_printf(out, "; source: %s\n", st->opt->source);
}

static void append_value(GString *out, const struct dm_settings *set, const struct dm_setting *st)
{
    g_autofree char *path = NULL;
    g_autofree char *written = NULL;
    const char *value = st->value;

    if (st->opt->type == DM_OPT_FILE && value[0] != '\0') {
        path = dm_config_path(set, value);
        written = dm_keyfile_escape(path);
        value = g_utf8_validate(written, -1, NULL) ? written : value;
    }
    g_string_append_printf(out, "%s=%s\n", st->key, value);
}

char *dnsmon_config_text(const dnsmon_config_t *cfg)
{
    const struct dm_settings *set = cfg->set;
    GString *out = g_string_new("# dnsmon: the settings in force");
    size_t at = 0;

    if (set->file[0] != '\0') {
        g_string_append(out, ", from ");
        append_file(out, set->file);
    }
    g_string_append_c(out, '\n');
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        g_string_append_printf(out, "\n[%s]\n", sec.name);
        for (; at < set->n && set->v[at].section == i; at++) {
            append_origin(out, set, &set->v[at]);
            append_value(out, set, &set->v[at]);
        }
    }
    char *text = strdup(out->str);
    g_string_free(out, TRUE);
    return text;
}
