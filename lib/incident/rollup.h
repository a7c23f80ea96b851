/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What there may be of events, and what becomes of those above it: one event that names every
 * client. All events share a token bucket in event time: as many events as one hour allows at once,
 * then at the rate. And when one rule finds many clients within minutes, that is an outbreak, and
 * one event tells of it (doc/SCIENCE.md A.13).
 */
#ifndef DM_INCIDENT_ROLLUP_H
#define DM_INCIDENT_ROLLUP_H

#include "incident/compose.h"

struct dm_rollup;

/** dm_rollup_new() - @rates: copied.   Returns: NULL without memory. */
struct dm_rollup *dm_rollup_new(const struct dm_rates *rates);
void dm_rollup_free(struct dm_rollup *r);
void dm_rollup_set_rates(struct dm_rollup *r, const struct dm_rates *rates);

/** dm_rollup_may_send() - whether an event may be sent by itself; takes a token if so. */
bool dm_rollup_may_send(struct dm_rollup *r, enum dm_detector_id det, enum dm_event_state state,
                        int64_t now_us);

/** dm_rollup_add() - keep an event's essence.   @who: the address that stands for its subject.
 * Returns: 0; DNSMON_ENOMEM: its list is full or there is no memory. */
int dm_rollup_add(struct dm_rollup *r, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us);

/** dm_rollup_take() - the next list that is due (an hour after its first event; of an outbreak,
 * when the storm's window is over), or, with @all, that there is.
 * Returns: an event; NULL: none. */
struct dnsmon_event *dm_rollup_take(struct dm_rollup *r, int64_t now_us, bool all);

/** dm_rollup_pack() - tokens and lists to a state file.  dm_rollup_unpack() - from one into a new
 * roll-up.   Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. */
void dm_rollup_pack(struct dm_buf *out, const struct dm_rollup *r);
int dm_rollup_unpack(struct dm_unpacker *in, struct dm_rollup *r);

/** Most clients that [events] storm-clients may allow. */
#define DM_STORM_MAX 1000

/** How long a list is collected, µs ([events] rate is events per hour). */
#define DM_ROLLUP_US (3600LL * 1000000)

#endif
