/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From an incident to an event.
 */
#ifndef DM_INCIDENT_COMPOSE_H
#define DM_INCIDENT_COMPOSE_H

#include "incident/incident.h"

/** One incident. */
struct dm_incident {
    uint64_t free_link;    /**< the slab's, while it is free */
    dm_index newer, older; /**< order of opening */
    enum dm_detector_id det;
    struct dm_addr client;
    char id[33];
    struct dm_finding finding;   /**< the last one, with the highest level and score */
    int64_t last_us;             /**< last thing that belongs to it */
    int64_t told_us;             /**< its last event */
    int64_t window_us;           /**< begin of `count` */
    struct dm_type_counts count; /**< exact queries of its last local day */
    int32_t day;                 /**< that day */
    uint16_t host;               /**< number of the log's host */
    uint64_t repeats;            /**< since its last event */
};

/** dm_compose_hash() - an event id from a text: 32 hex digits of its SHA-256. */
void dm_compose_hash(const char *text, char ret_id[33]);

/** dm_compose_id() - its id: the first 32 hex digits of SHA-256 over rule, client and start. */
void dm_compose_id(struct dm_incident *in);

/** dm_compose_event() - an event about it.   Returns: NULL without memory. */
struct dnsmon_event *dm_compose_event(const struct dm_incident_env *env,
                                      const struct dm_incident *in, enum dm_event_state state,
                                      int64_t now_us);

/** dm_compose_table_full() - rule table-full: @n suspects were forgotten or not remembered because
 * [limits] memory is used up.   Returns: NULL without memory. */
struct dnsmon_event *dm_compose_table_full(uint64_t n, double memory_bytes, int64_t now_us);

#endif
