/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The effective configuration: text -> lines (keyfile.c) -> checked settings (settings.c) -> the
 * site (config_site.c) and the numbers that the other layers read. Either all of it, or one
 * message and nothing changed.
 *
 * LIMITS: one file, no includes.
 */
#include "monitor/config.h"

#include <string.h>

#include <glib.h>

#include "monitor/complain.h"
#include "monitor/config_pairs.h"
#include "monitor/config_site.h"
#include "monitor/keyfile.h"
#include "monitor/option_check.h"
#include "monitor/options.h"
#include "monitor/settings.h"
#include "util/value.h"

static double number(const struct dm_settings *set, size_t section, size_t row)
{
    const struct dm_setting *st = dm_settings_get(set, section, row);

    return dm_option_number(st->opt, st->value);
}

/* Switch the rules of a list on or off. */
static void switch_rules(struct dnsmon_config *cfg, size_t row, bool on)
{
    const char *list = dm_settings_get(cfg->set, DM_SEC_DETECTORS, row)->value;
    struct dm_slice rest = dm_slice_make(list, strlen(list)), item;

    while (dm_list_next(&rest, &item)) {
        int one = dm_rule_find(item.p, item.n);
        for (int i = 0; i < DM_DET_COUNT; i++) {
            if (one < 0 || one == i) { /* below 0: "all" */
                cfg->enabled[i] = on;
            }
        }
    }
}

static void take_ports(const char *list, uint16_t ret[DM_PORTS_MAX])
{
    struct dm_slice rest = dm_slice_make(list, strlen(list)), item;

    for (size_t n = 0; n < DM_PORTS_MAX && dm_list_next(&rest, &item); n++) {
        dm_value_port(item, &ret[n]);
    }
}

/* A key of a detector. */
static void take_key(struct dm_det_params *par, const struct dm_setting *st)
{
    if (st->opt->type == DM_OPT_PORTS) {
        take_ports(st->value, par->ports);
    } else if (st->row < DM_DET_OPTIONS_MAX) {
        par->opt[st->row] = dm_option_number(st->opt, st->value);
    }
}

static void take_detectors(struct dnsmon_config *cfg)
{
    switch_rules(cfg, DM_DETECTORS_ENABLE, true);
    switch_rules(cfg, DM_DETECTORS_DISABLE, false);
    cfg->budget = number(cfg->set, DM_SEC_DETECTORS, DM_DETECTORS_BUDGET);
    for (size_t i = 0; i < cfg->set->n; i++) {
        const struct dm_setting *st = &cfg->set->v[i];
        if (st->section >= DM_SEC_DETECTOR && st->section < DM_SEC_LIMITS) {
            take_key(&cfg->det[st->section - DM_SEC_DETECTOR], st);
        }
    }
    for (size_t i = 0; i < DM_DET_COUNT; i++) {
        if (dm_detectors[i]->prepare) {
            dm_detectors[i]->prepare(&cfg->det[i], cfg->budget);
        }
    }
}

static void take_rates(struct dnsmon_config *cfg)
{
    struct dm_rates *r = &cfg->rates;

    r->hold_s = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_HOLD);
    r->rate_per_h = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_RATE);
    r->storm_clients = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_STORM_CLIENTS);
    r->storm_window_s = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_STORM_WINDOW);
    r->manager_per_h = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_MANAGER_RATE);
    r->manager_per_day = number(cfg->set, DM_SEC_EVENTS, DM_EVENTS_MANAGER_DAY);
}

static int take_signatures(struct dnsmon_config *cfg, char *why, size_t why_len)
{
    char reason[DM_REASON_LEN];

    cfg->signatures = dm_signatures_new();
    if (!cfg->signatures) {
        return DNSMON_ENOMEM;
    }
    for (size_t i = 0; i < cfg->set->n; i++) {
        const struct dm_setting *st = &cfg->set->v[i];
        if (st->section != DM_SEC_SIGNATURES || !st->value[0]) {
            continue;
        }
        int rc = dm_signatures_add(cfg->signatures, st->key,
                                   dm_slice_make(st->value, strlen(st->value)));
        if (rc == DNSMON_ENOMEM) {
            return rc;
        }
        if (rc < 0) {
            g_snprintf(reason, sizeof reason, "is one more than %d signatures; leave some out",
                       DM_SIG_MAX);
            return dm_setting_complain(cfg->set, st, reason, why, why_len);
        }
    }
    return 0;
}

/* Everything that may go wrong. */
static int build(struct dnsmon_config *cfg, const char *name, struct dm_slice text, char *why,
                 size_t why_len)
{
    struct dm_keyfile *kf = NULL;
    int rc = dm_keyfile_parse(name, text.p, text.n, &kf, why, why_len);

    if (rc == 0) {
        rc = dm_settings_new(name, kf, &cfg->set, why, why_len);
    }
    if (rc == 0) {
        rc = dm_config_pairs(cfg->set, why, why_len);
    }
    if (rc == 0) {
        rc = dm_config_site(cfg->set, &cfg->site, why, why_len);
    }
    if (rc == 0) {
        rc = take_signatures(cfg, why, why_len);
    }
    dm_keyfile_free(kf);
    return rc;
}

int dm_config_complain_memory(const char *name, char *why, size_t why_len)
{
    struct dm_place place = {name, 0, NULL, NULL};

    dm_complain(why, why_len, &place, "there is no memory to read the configuration");
    return DNSMON_ENOMEM;
}

int dm_config_from_text(const char *name, const char *text, size_t len,
                        struct dnsmon_config **ret_cfg, char *why, size_t why_len)
{
    struct dnsmon_config *cfg = g_try_new0(struct dnsmon_config, 1);

    if (!cfg) {
        return dm_config_complain_memory(name, why, why_len);
    }
    cfg->refs = 1;
    int rc = build(cfg, name, dm_slice_make(text, len), why, why_len);
    if (rc < 0) {
        dnsmon_config_free(cfg);
        return rc == DNSMON_ENOMEM ? dm_config_complain_memory(name, why, why_len) : rc;
    }
    take_detectors(cfg);
    cfg->memory_bytes = number(cfg->set, DM_SEC_LIMITS, DM_LIMITS_MEMORY);
    take_rates(cfg);
    *ret_cfg = cfg;
    return 0;
}

struct dnsmon_config *dm_config_ref(struct dnsmon_config *cfg)
{
    g_atomic_int_inc(&cfg->refs);
    return cfg;
}
