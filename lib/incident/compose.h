/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From an incident to an event.
 */
#ifndef DM_INCIDENT_COMPOSE_H
#define DM_INCIDENT_COMPOSE_H

#include "incident/incident.h"

/** dm_compose_hash() - an event id from a text: 32 hex digits of two keyed hashes. Good for telling
 * incidents apart, not against somebody who looks for two with one id. */
void dm_compose_hash(const char *text, char ret_id[33]);

/** dm_compose_id() - its id: dm_compose_hash() of rule, subject and start. */
void dm_compose_id(const struct dm_incident_env *env, struct dm_incident *in);

/** dm_compose_address() - the address that stands for an incident's subject where there is one
 * only: the client's, else the mail server's, which the incident remembers too.
 * Returns: false if it has none. */
bool dm_compose_address(const struct dm_incident_env *env, struct dm_incident *in,
                        struct dm_addr *ret);

/** dm_compose_manager() - who looks after the machine that an incident names: the client's network
 * if it is one of ours, else the mail server's.   Returns: text of the site's; NULL: nobody. */
const char *dm_compose_manager(const struct dm_incident_env *env, const struct dm_incident *in);

/** dm_compose_rule() - rule, and its first class, of an event that is no incident's. */
void dm_compose_rule(struct dnsmon_event *ev, enum dm_detector_id det);

/** dm_compose_event() - an event about it.   Returns: NULL without memory. */
struct dnsmon_event *dm_compose_event(const struct dm_incident_env *env,
                                      const struct dm_incident *in, enum dm_event_state state,
                                      int64_t now_us);

/** dm_compose_table_full() - rule table-full: @n suspects were forgotten or not remembered because
 * [limits] memory is used up.   Returns: NULL without memory. */
struct dnsmon_event *dm_compose_table_full(uint64_t n, double memory_bytes, int64_t now_us);

#endif
