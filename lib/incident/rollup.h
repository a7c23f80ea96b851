/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The rate limit over all events, and what becomes of those above it: one event that names every
 * client. A token bucket in event time: as many events as one hour allows at once, then at the
 * rate.
 */
#ifndef DM_INCIDENT_ROLLUP_H
#define DM_INCIDENT_ROLLUP_H

#include "incident/compose.h"

struct dm_rollup;

/** dm_rollup_new() - @rate_per_h: events per hour.   Returns: NULL without memory. */
struct dm_rollup *dm_rollup_new(double rate_per_h);
void dm_rollup_free(struct dm_rollup *r);
void dm_rollup_set_rate(struct dm_rollup *r, double rate_per_h);

/** dm_rollup_may_send() - take a token.   Returns: whether there was one. */
bool dm_rollup_may_send(struct dm_rollup *r, int64_t now_us);

/** dm_rollup_add() - keep an event's essence.   @who: the address that stands for its subject.
 * Returns: 0; DNSMON_ENOMEM: its list is full or there is no memory. */
int dm_rollup_add(struct dm_rollup *r, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us);

/** dm_rollup_take() - the next roll-up that is due (an hour after its first event), or, with
 * @all, that there is.   Returns: an event; NULL: none. */
struct dnsmon_event *dm_rollup_take(struct dm_rollup *r, int64_t now_us, bool all);

/** dm_rollup_pack() - tokens and lists to a state file.  dm_rollup_unpack() - from one into a new
 * roll-up.   Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. */
void dm_rollup_pack(struct dm_buf *out, const struct dm_rollup *r);
int dm_rollup_unpack(struct dm_unpacker *in, struct dm_rollup *r);

/** Most clients in one roll-up; a further one makes it due at once. Events of 10,000 clients are
 * about 1 MB of JSON, the most that log daemons take in one message with a raised limit. */
#define DM_ROLLUP_MAX 2000

/** How long a roll-up is collected, µs (doc/CONFIGURATION.md: the rate is events per hour). */
#define DM_ROLLUP_US (3600LL * 1000000)

#endif
