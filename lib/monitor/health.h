/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Feed health: which log hosts are heard, how much of their lines is understood, when their clocks
 * are wrong; rules feed-gap and format-drift. It lives in event time and sees nothing but released
 * observations, so it says the same whatever the number of workers.
 *
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_MONITOR_HEALTH_H
#define DM_MONITOR_HEALTH_H

#include "monitor/config.h"
#include "stream/gaps.h"
#include "stream/sequencer.h"
#include "util/intern.h"

struct dm_health;
struct dnsmon_event;

/** What every line touches, by log host. */
struct dm_pulse {
    int64_t last_s[DM_STREAM_COUNT]; /**< last second with a line */
    uint32_t useful;                 /**< observations that are not BAD or ALIVE, this minute */
    uint32_t late;                   /**< those whose time had been released */
};

/** Where its events go: taken by the callee. */
typedef void (*dm_health_emit_fn)(void *user, int det, struct dnsmon_event *ev);

/** dm_health_new() - nobody heard yet.   @hosts: names of the log hosts, borrowed.
 * Returns: NULL without memory. */
struct dm_health *dm_health_new(const struct dnsmon_config *cfg, const struct dm_intern *hosts,
                                dm_health_emit_fn emit, void *user);
void dm_health_free(struct dm_health *h);
void dm_health_configure(struct dm_health *h, const struct dnsmon_config *cfg);

/** dm_health_pulses() - by number of the log host, 0..DM_INTERN_MAX, for dm_health_lines(). */
struct dm_pulse *dm_health_pulses(struct dm_health *h);

/** dm_health_lines() - so many useful lines in this second, of one log host and stream.
 * @obs: one of them.   @late: how many of them were late. */
static inline void dm_health_lines(struct dm_pulse *pulses, const struct dm_obs *obs, uint32_t n,
                                   uint32_t late, int64_t now_s)
{
    struct dm_pulse *p = &pulses[obs->host <= DM_INTERN_MAX ? obs->host : 0];

    p->last_s[dm_obs_stream(obs)] = now_s;
    p->useful += n;
    p->late += late;
}

/** dm_health_see() - an observation of kind BAD or ALIVE.   @line: its beginning; may be empty. */
void dm_health_see(struct dm_health *h, const struct dm_obs *obs, struct dm_slice line,
                   int64_t now_s);

/** dm_health_second() - all of a second has been seen.
 * @forgotten: suspects ever lost for want of memory. */
void dm_health_second(struct dm_health *h, const struct dm_second *sec, uint64_t forgotten);

/** dm_health_minute() - a minute of event time ends at @end_s.   @slot: of the week. */
void dm_health_minute(struct dm_health *h, int64_t end_s, unsigned slot);

/** dm_health_finish() - the input has ended: close what is open. */
void dm_health_finish(struct dm_health *h, int64_t now_s);

/** dm_health_gaps() - the holes in the log; borrowed. */
const struct dm_gaps *dm_health_gaps(const struct dm_health *h);

/** dm_health_pack() - to a state file.  dm_health_unpack() - from one into a new one.
 * @n_hosts: largest number of a log host.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. */
void dm_health_pack(struct dm_buf *out, const struct dm_health *h);
int dm_health_unpack(struct dm_unpacker *in, struct dm_health *h, uint16_t n_hosts);

#endif
