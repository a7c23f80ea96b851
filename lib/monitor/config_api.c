/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The public calls about configurations; what they promise is in dnsmon.h.
 */
#include "monitor/config.h"

#include <stdlib.h>

#include <glib.h>

#include "monitor/complain.h"
#include "monitor/config_file.h"
#include "monitor/settings.h"

int dnsmon_config_load(const char *path, dnsmon_config_t **ret_cfg, char *why, size_t why_len)
{
    char *text;
    const char *cause;
    size_t len;

    if (path == NULL) {
        return dm_config_from_text("", "", 0, ret_cfg, why, why_len);
    }
    int rc = dm_config_read(path, &text, &len, &cause);
    if (rc == DNSMON_EIO) {
        struct dm_place place = {path, 0, NULL, NULL};
        dm_complain(why, why_len, &place,
                    "cannot be read: %s; name a readable file (an empty one will do)", cause);
        return rc;
    }
    if (rc < 0) {
        return dm_config_complain_memory(path, why, why_len);
    }
    rc = dm_config_from_text(path, text, len, ret_cfg, why, why_len);
    free(text);
    return rc;
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
