/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The public calls about configurations; what they promise is in dnsmon.h.
 *
 * LIMITS: without memory the process ends, as GLib does it (a configuration is opened at start and
 * at a reload, never sized by traffic).
 */
#include "monitor/config.h"

#include <glib.h>

#include "monitor/complain.h"
#include "monitor/config_site.h"
#include "monitor/settings.h"

int dnsmon_config_load(const char *path, dnsmon_config_t **ret_cfg, char *why, size_t why_len)
{
    g_autofree char *text = NULL;
    const char *cause;
    size_t len;

    if (path == NULL) {
        return dm_config_from_text("", "", 0, ret_cfg, why, why_len);
    }
    if (dm_config_read(path, &text, &len, &cause) < 0) {
        struct dm_place place = {path, 0, NULL, NULL};
        dm_complain(why, why_len, &place,
                    "cannot be read: %s; name a readable file (an empty one will do)", cause);
        return DNSMON_EIO;
    }
    return dm_config_from_text(path, text, len, ret_cfg, why, why_len);
}

void dnsmon_config_free(dnsmon_config_t *cfg)
{
    if (cfg == NULL || !g_atomic_int_dec_and_test(&cfg->refs)) {
        return;
    }
    dm_site_free(cfg->site);
    dm_signatures_free(cfg->signatures);
    dm_settings_free(cfg->set);
    g_free(cfg);
}
