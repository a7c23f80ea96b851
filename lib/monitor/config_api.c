/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The public calls about configurations; what they promise is in dnsmon.h.
 *
 * LIMITS: it is read into GLib's containers, which end the process without memory. So there has to
 * be room before it begins; what others take of it meanwhile is not seen.
 */
#include "monitor/config.h"

#include <glib.h>

#include "monitor/complain.h"
#include "monitor/config_site.h"
#include "monitor/settings.h"

/* Memory that reading one takes: the tables' own rows 100 KB, a file a hundred times its length
 * (own estimate: a line of ten bytes becomes a setting, a list and a prefix). */
static bool has_room(size_t len)
{
    void *room = g_try_malloc((1u << 20) + 100 * len);

    g_free(room);
    return room != NULL;
}

static int no_room(const char *path, char *why, size_t why_len)
{
    struct dm_place place = {path, 0, NULL, NULL};

    dm_complain(why, why_len, &place, "there is no memory to read the configuration");
    return DNSMON_ENOMEM;
}

int dnsmon_config_load(const char *path, dnsmon_config_t **ret_cfg, char *why, size_t why_len)
{
    g_autofree char *text = NULL;
    const char *cause;
    size_t len;

    if (!has_room(0)) {
        return no_room(path ? path : "configuration", why, why_len);
    }
    if (path == NULL) {
        return dm_config_from_text("", "", 0, ret_cfg, why, why_len);
    }
    if (dm_config_read(path, &text, &len, &cause) < 0) {
        struct dm_place place = {path, 0, NULL, NULL};
        dm_complain(why, why_len, &place,
                    "cannot be read: %s; name a readable file (an empty one will do)", cause);
        return DNSMON_EIO;
    }
    return has_room(len) ? dm_config_from_text(path, text, len, ret_cfg, why, why_len)
                         : no_room(path, why, why_len);
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
