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
#include "monitor/config_file.h"
#include "monitor/options.h"
#include "monitor/settings.h"
#include "site/site_options.h"
#include "stream/signature.h"
#include "util/buf.h"
#include "util/text.h"

/* A path as a comment: whatever it holds, it stays on its line and is UTF-8. */
static void append_file(struct dm_buf *out, const char *file)
{
    struct dm_slice rest = dm_slice_make(file, strlen(file));

    while (rest.n > 0) {
        unsigned char first = (unsigned char)rest.p[0];
        size_t n = first < 0x80 ? 1 : dm_text_shown_length(rest);
        bool shown = n > 0 && first >= 0x20 && first != 0x7f;
        dm_buf_add(out, shown ? dm_slice_head(rest, n) : DM_SLICE("?"));
        rest = dm_slice_skip(rest, MAX(n, 1));
    }
}

/* What it would be otherwise; free keys ([hosts], [managers], a site's own [signatures]) have no
 * default. */
static void append_default(struct dm_buf *out, const struct dm_option *opt)
{
    if (opt != dm_host_row && opt != dm_manager_row && opt != dm_signature_rows) {
        dm_buf_printf(out, "; default: %s", opt->deflt[0] ? opt->deflt : "empty");
    }
}

static void append_origin(struct dm_buf *out, const struct dm_settings *set,
                          const struct dm_setting *st)
{
    if (st->line == 0) {
        dm_buf_text(out, "# default");
    } else {
        dm_buf_text(out, "# set in ");
        append_file(out, set->file);
        dm_buf_printf(out, ":%u", st->line);
        append_default(out, st->opt);
    }
    if (strcmp(st->opt->unit, "-") != 0) {
        dm_buf_printf(out, "; unit: %s", st->opt->unit);
    }
    dm_buf_printf(out, "; source: %s\n", st->opt->source);
}

static void append_value(struct dm_buf *out, const struct dm_settings *set,
                         const struct dm_setting *st)
{
    char *path = NULL;
    size_t before;

    dm_buf_printf(out, "%s=", st->key);
    before = out->n;
    if (st->opt->type != DM_OPT_FILE || st->value[0] == '\0') {
        dm_buf_text(out, st->value);
    } else if (dm_config_path(set, st->value, &path) < 0) {
        out->failed = true;
    } else {
        dm_keyfile_escape(out, path);
        if (!out->failed && !g_utf8_validate(out->p + before, -1, NULL)) {
            dm_buf_cut(out, before);
            dm_buf_text(out, st->value);
        }
    }
    free(path);
    dm_buf_char(out, '\n');
}

char *dnsmon_config_text(const dnsmon_config_t *cfg)
{
    const struct dm_settings *set = cfg->set;
    struct dm_buf out = {0};
    size_t at = 0;

    dm_buf_text(&out, "# dnsmon: the settings in force");
    if (set->file[0] != '\0') {
        dm_buf_text(&out, ", from ");
        append_file(&out, set->file);
    }
    dm_buf_char(&out, '\n');
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        dm_buf_printf(&out, "\n[%s]\n", sec.name);
        for (; at < set->n && set->v[at].section == i; at++) {
            append_origin(&out, set, &set->v[at]);
            append_value(&out, set, &set->v[at]);
        }
    }
    return dm_buf_take(&out);
}
