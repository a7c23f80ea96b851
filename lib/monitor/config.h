/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The effective configuration behind dnsmon_config_t: what a file says, checked and ready to use.
 */
#ifndef DM_MONITOR_CONFIG_H
#define DM_MONITOR_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/detector.h"
#include "dnsmon/dnsmon.h"
#include "incident/incident.h"
#include "site/site.h"
#include "stream/signature.h"

struct dm_settings;

struct dnsmon_config {
    int refs; /**< atomic */
    struct dm_site *site;
    struct dm_signatures *signatures; /**< in the order in which they are told apart */
    bool enabled[DM_DET_COUNT];
    double budget; /**< false alarms per 10,000 clients and day */
    /** Each detector's keys in base units, and what it derived from them and the budget. */
    struct dm_det_params det[DM_DET_COUNT];
    double memory_bytes;     /**< [limits] memory */
    struct dm_rates rates;   /**< [events] */
    struct dm_settings *set; /**< every key as text with the line that set it */
};

/**
 * dm_config_from_text() - dnsmon_config_load() from memory.
 * @name:    the file's name for messages; relative paths in the text are beside it.
 * @text:    any bytes.
 * Returns:  0; DNSMON_ECONFIG, DNSMON_ENOMEM with one line in @why.
 */
int dm_config_from_text(const char *name, const char *text, size_t len,
                        struct dnsmon_config **ret_cfg, char *why, size_t why_len);

/** dm_config_complain_memory() - the line of DNSMON_ENOMEM into @why.   Returns: DNSMON_ENOMEM. */
int dm_config_complain_memory(const char *name, char *why, size_t why_len);

/** dm_config_ref() - one more reference.   Returns: @cfg.   Thread: any. */
struct dnsmon_config *dm_config_ref(struct dnsmon_config *cfg);

#endif
