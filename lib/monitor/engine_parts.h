/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Inside of the engine, for engine.c and engine_state.c only.
 */
#ifndef DM_MONITOR_ENGINE_PARTS_H
#define DM_MONITOR_ENGINE_PARTS_H

#include "monitor/engine.h"
#include "util/recent.h"

/** The front of a suspect block's states: the client's open incidents. */
struct dm_slots {
    dm_index incident[DM_DET_COUNT];
};

/** All that event time and observations change. */
struct dm_engine {
    const struct dnsmon_config *cfg;
    struct dm_client_table *clients;
    struct dm_incidents *incidents;
    struct dm_recent mail_asked;
    size_t state_at[DM_DET_COUNT];
    size_t state_bytes;
    int64_t now_s;
    int64_t minute;      /**< of the last look at incidents */
    int32_t day;         /**< local day of now_s */
    int64_t day_until_s; /**< now_s below this needs no look at the calendar */
    struct dm_zone_cache zone_cache;
    uint16_t site_gen;
    uint64_t table_full_seen; /**< evictions of suspects that have been told */
    int64_t table_full_s;     /**< when */
    dm_emit_fn emit;
    void *user;
};

/** dm_slots_of() - the front of a block. */
static inline struct dm_slots *dm_slots_of(struct dm_suspect *sus)
{
    return (struct dm_slots *)(sus + 1);
}

#endif
