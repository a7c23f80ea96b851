/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * All mail servers of the site, made when they are first heard of. Few: they are kept in a list,
 * and whoever asks often remembers the answer.
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_SERVER_SERVER_TABLE_H
#define DM_SERVER_SERVER_TABLE_H

#include "server/server.h"
#include "site/site.h"
#include "stream/obs.h"
#include "util/intern.h"
#include "util/pack.h"

/** Most servers; lines of further ones are not counted. A site of 10,000 clients has 30
 * (doc/SCIENCE.md D.1). */
#define DM_SERVER_MAX 255

struct dm_server_table;

/** What stands behind each server, and how it is released. */
struct dm_server_hooks {
    size_t state_bytes; /**< of all detectors' states, zeroed when made */
    void (*clear)(void *user, void *states);
    void *user;
};

/** dm_server_table_new() - none yet.   @hosts: borrowed.   Returns: NULL without memory. */
struct dm_server_table *dm_server_table_new(const struct dm_intern *hosts,
                                            const struct dm_server_hooks *hooks);
void dm_server_table_free(struct dm_server_table *t);

/** dm_server_table_configure() - another site: who is who is looked up anew. Servers stay. */
void dm_server_table_configure(struct dm_server_table *t, const struct dm_site *site);

/** dm_server_of_addr() - the server with an address of role mail server, made if need be.
 * Returns: its number; 0 without room. */
uint16_t dm_server_of_addr(struct dm_server_table *t, const struct dm_addr *a);

/**
 * dm_server_of_host() - the server whose log comes from log host @host (a number), made if need be:
 * the [hosts] entry of that name; else the name itself if it is an address of an entry or of role
 * mail server; else the only mail server, if there is only one and it has no entry of another
 * name; else one of that name without address. Returns: its number; 0 without room, or for host 0
 * if there is more than one mail server. Cost:    O(1) once known.
 */
uint16_t dm_server_of_host(struct dm_server_table *t, uint16_t host);

/** dm_server_at() - by number; NULL for 0.  dm_server_states() - what stands behind it. */
struct dm_server *dm_server_at(const struct dm_server_table *t, uint16_t number);
void *dm_server_states(struct dm_server *srv);

/** dm_server_logs_mail() - whether the machine with an address is one whose mail log is read here,
 * whatever its role.   Cost: O(servers). */
bool dm_server_logs_mail(const struct dm_server_table *t, const struct dm_addr *a);

/** dm_server_any_unplaced() - whether a mail log is read here whose machine has no known address.
 */
bool dm_server_any_unplaced(const struct dm_server_table *t);

/** dm_server_log_host() - the name of the host that sends its log; "" if none is known. */
const char *dm_server_log_host(const struct dm_server_table *t, const struct dm_server *srv);

/** dm_server_count() - servers known; their numbers are 1 to that, in order of appearance.
 * dm_server_by_name() - the @i'th (from 0) by name: the order in which they are told of. */
uint16_t dm_server_count(const struct dm_server_table *t);
uint16_t dm_server_by_name(const struct dm_server_table *t, uint16_t i);

/** dm_server_see() - count an observation of a server's log, or its own query or answer.
 * @question: a query, or an answer that stands for one.
 * Returns: whether it counts; false: a health check, a message counted before. */
bool dm_server_see(struct dm_server_table *t, struct dm_server *srv, const struct dm_obs *obs,
                   bool question);

/** dm_server_table_pack() - all servers without states to a state file; dm_server_pack_one() is
 * called for each to add its states.  dm_server_table_unpack() - from one into a new table.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. */
typedef void (*dm_server_pack_fn)(void *user, struct dm_buf *out, struct dm_server *srv);
typedef int (*dm_server_unpack_fn)(void *user, struct dm_unpacker *in, struct dm_server *srv);
void dm_server_table_pack(struct dm_buf *out, const struct dm_server_table *t,
                          dm_server_pack_fn states, void *user);
int dm_server_table_unpack(struct dm_unpacker *in, struct dm_server_table *t,
                           dm_server_unpack_fn states, void *user);

#endif
