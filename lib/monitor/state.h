/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A monitor's state as bytes, as it is in a state file.
 */
#ifndef DM_MONITOR_STATE_H
#define DM_MONITOR_STATE_H

#include "monitor/monitor.h"
#include "util/buf.h"

/** Number of the layout of state files; a file of another one is refused. */
#define DM_STATE_VERSION 4u

/** Bytes of the checksum at the end of a state file. */
#define DM_STATE_SUM 32

/** Where in a state file the number of its events is that have been delivered since, 2 bytes, zero
 * when the checksum is made: the one thing in it that changes afterwards. */
#define DM_STATE_AT_TOLD 14

/** dm_state_pack() - a whole state file into an empty buffer, which may have failed afterwards.
 * Returns: how many waiting events are in it.   Thread: any; takes the monitor's lock. */
uint16_t dm_state_pack(struct dnsmon_monitor *mon, struct dm_buf *out);

/**
 * dm_state_unpack() - take over a whole state file.
 * @ret_bad: what is wrong with it, after "PATH: ": a constant.
 * Returns:  0; DNSMON_ESTATE, DNSMON_ENOMEM, or DNSMON_EINVAL if the monitor has seen a line: the
 *           monitor is then as before.
 */
int dm_state_unpack(struct dnsmon_monitor *mon, struct dm_slice file, const char **ret_bad);

/** dm_state_pack_events() - the oldest waiting events, encoded; holds the lock.
 * Returns: how many. */
uint16_t dm_state_pack_events(struct dnsmon_monitor *mon, struct dm_buf *out);

/**
 * dm_state_unpack_events() - events that waited.
 * @told:       how many of them, the first ones, are passed over.
 * @ret_events: the others in a list, the caller's, also if something was refused.
 * Returns:     0, also if the content was refused; DNSMON_ENOMEM.
 */
int dm_state_unpack_events(struct dm_unpacker *in, uint16_t told, struct dnsmon_event **ret_events);

/** dm_state_sum() - the checksum of a file without its own: what has been told since does not
 * count. */
void dm_state_sum(struct dm_slice s, uint8_t ret_sum[DM_STATE_SUM]);

#endif
