/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The public calls about figures. The recorder is the monitor's, so that it outlives an engine that
 * a state file replaces.
 * LIMITS: -
 * Source: -
 */
#include "figures/recorder.h"

#include "monitor/monitor.h"

int dnsmon_monitor_record(dnsmon_monitor_t *mon)
{
    int rc = 0;

    g_mutex_lock(&mon->lock);
    if (!mon->recorder) {
        mon->recorder = dm_recorder_new();
        rc = mon->recorder ? 0 : DNSMON_ENOMEM;
        dm_engine_record(mon->engine, mon->recorder);
    }
    g_mutex_unlock(&mon->lock);
    return rc;
}

char *dnsmon_monitor_figures(dnsmon_monitor_t *mon)
{
    g_mutex_lock(&mon->lock);
    char *json = mon->recorder ? dm_recorder_json(mon->recorder) : NULL;
    g_mutex_unlock(&mon->lock);
    return json;
}
