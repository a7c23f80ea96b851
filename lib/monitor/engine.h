/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The engine: one second of observations after the other through clients, detectors, incidents.
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_MONITOR_ENGINE_H
#define DM_MONITOR_ENGINE_H

#include "dns/name.h"
#include "incident/incident.h"
#include "monitor/config.h"
#include "stream/sequencer.h"
#include "util/intern.h"

struct dm_engine;
struct dm_recorder;

/** Where events go: taken by the callee. */
typedef void (*dm_emit_fn)(void *user, struct dnsmon_event *ev);

/** dm_engine_new() - @cfg: borrowed until dm_engine_configure() or the end.
 * Returns: NULL without memory. */
struct dm_engine *dm_engine_new(const struct dnsmon_config *cfg, const struct dm_hashkey *key,
                                const struct dm_intern *hosts, dm_emit_fn emit, void *user);
void dm_engine_free(struct dm_engine *en);

/** dm_engine_configure() - another configuration; every client's role is looked up anew when it is
 * next seen.   Returns: whether memory was freed (dm_client_table_resize()). */
bool dm_engine_configure(struct dm_engine *en, const struct dnsmon_config *cfg);

/** dm_engine_record() - from now on, what figures need goes into @rec: borrowed until the end.
 * @rec: NULL: nothing does. */
void dm_engine_record(struct dm_engine *en, struct dm_recorder *rec);

/** dm_engine_second() - classify one second. */
void dm_engine_second(struct dm_engine *en, const struct dm_second *sec);

/** dm_engine_advance() - event time has come to @now_s without observations. */
void dm_engine_advance(struct dm_engine *en, int64_t now_s);

/** dm_engine_finish() - the input has ended.   @close: close every incident. */
void dm_engine_finish(struct dm_engine *en, bool close);

/** dm_engine_now_s() - event time; INT64_MIN: none yet. */
int64_t dm_engine_now_s(const struct dm_engine *en);

/** dm_engine_clients(), dm_engine_incidents() - its parts, for counters and state. */
/** dm_engine_pack() - time, clients, states and incidents to a state file. */
void dm_engine_pack(struct dm_buf *out, struct dm_engine *en);

/**
 * dm_engine_unpack() - the same into a new engine of any configuration. What there is no room for
 * under its memory limit goes, the clients seen least recently first.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. Emits nothing.
 */
int dm_engine_unpack(struct dm_unpacker *in, struct dm_engine *en);

/** dm_engine_resume() - everything was understood: close the incidents of clients without room. */
void dm_engine_resume(struct dm_engine *en);

/** dm_engine_clients(), dm_engine_incidents() - its parts, for counters; borrowed. */
struct dm_client_table *dm_engine_clients(struct dm_engine *en);
const struct dm_incidents *dm_engine_incidents(const struct dm_engine *en);

/** dm_engine_marks() - what the enabled detectors of a configuration read. */
uint32_t dm_engine_marks(const struct dnsmon_config *cfg);

#endif
