/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether a manager should be told now. A finding is told to the manager of the client's network,
 * but nobody reads mail that comes by the hundred, and mailing at every detection makes the
 * notifier a weapon (S4; doc/SCIENCE.md A.13): each manager has a budget, and what is above it
 * comes in one event that names the clients.
 *
 * The library mails nobody: dnsmon.notify says so in the event, and the site's own rules send it.
 */
#ifndef DM_INCIDENT_NOTIFY_H
#define DM_INCIDENT_NOTIFY_H

#include "incident/compose.h"

struct dm_notify;

/** Managers that have a budget of their own; a further one is told of everything in lists. */
#define DM_NOTIFY_MAX 4096

/** dm_notify_new() - nobody was told yet.   Returns: NULL without memory. */
struct dm_notify *dm_notify_new(const struct dm_rates *rates);
void dm_notify_free(struct dm_notify *n);
void dm_notify_set_rates(struct dm_notify *n, const struct dm_rates *rates);

/**
 * dm_notify_now() - somebody should be told of a finding.
 * @alone:  the finding has an event of its own; else it is in a roll-up.
 * @who:    the address that stands for its subject.
 * Returns: true: with this event, now. false: later, in a list.
 */
bool dm_notify_now(struct dm_notify *n, const char *manager, const struct dm_incident *in,
                   const struct dm_addr *who, bool alone, int64_t now_us);

/** dm_notify_take() - the next list that is due, as an event of which its manager is to be told.
 * @all: due or not.   Returns: NULL: none. */
struct dnsmon_event *dm_notify_take(struct dm_notify *n, int64_t now_us, bool all);

/** dm_notify_pack() - to a state file.  dm_notify_unpack() - from one into a new one.
 * Returns: 0, also if the content was refused; DNSMON_ENOMEM. */
void dm_notify_pack(struct dm_buf *out, const struct dm_notify *n);
int dm_notify_unpack(struct dm_unpacker *in, struct dm_notify *n);

#endif
