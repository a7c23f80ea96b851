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
#include "site/site.h"

/** Most keys that one detector may have. */
#define DM_DET_OPTIONS_MAX 24

struct dnsmon_config {
    int refs;                  /**< atomic */
    struct dm_site *site;
    bool enabled[DM_DET_COUNT];
    double budget;             /**< false alarms per 10,000 clients and day */
    /** Values of each detector's keys, in the order of its rows, in base units. A DM_OPT_NUMBER key
     * whose default is "auto" and that the file does not set is NAN. */
    double det[DM_DET_COUNT][DM_DET_OPTIONS_MAX];
    double memory_bytes;       /**< [limits] memory */
    double hold_s;             /**< [events] hold */
    double rate_per_h;         /**< [events] rate */
};

/** dm_config_ref() - one more reference.   Returns: @cfg.   Thread: any. */
struct dnsmon_config *dm_config_ref(struct dnsmon_config *cfg);

#endif
