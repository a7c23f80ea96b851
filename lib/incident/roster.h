/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A list of clients about which there would be too many events: each is named once, with its newest
 * numbers.
 */
#ifndef DM_INCIDENT_ROSTER_H
#define DM_INCIDENT_ROSTER_H

#include "incident/compose.h"
#include "util/pack.h"

/** Most clients in one list; a further one makes it due at once. An event of 2,000 clients is about
 * 200 kB of JSON, which log daemons take in one message with a raised limit. */
#define DM_ROSTER_MAX 2000

/** Embedded; all zero is empty. */
struct dm_roster {
    struct dm_rollup_item *item; /**< malloc(): goes to the event */
    unsigned n, cap;
    uint64_t events; /**< rolled up, repeats of a client too */
    int64_t first_us, last_us;
    int level; /**< the highest */
    char class_name[64];
    bool peers;    /**< of mail servers' rules: the list has peers, not the servers */
    uint8_t hosts; /**< mail servers that they are about: none, one (`host`), more (2) */
    struct dm_addr host;
};

/** dm_roster_add() - keep an event's essence.   @who: the address that stands for its subject.
 * Returns: 0; DNSMON_ENOMEM: the list is full or there is no memory. */
int dm_roster_add(struct dm_roster *l, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us);

/** dm_roster_noun() - what a list of a rule names: "clients", "mail servers" or "peers of mail
 * servers".   Returns: a constant. */
const char *dm_roster_noun(const struct dm_roster *l, enum dm_detector_id det);

/** dm_roster_event() - the event that names them all; the list is empty afterwards.
 * @det:    the rule.
 * @kind:   a word that tells such lists of the same rule and moment apart, for the event's id.
 * @reason: a sentence; taken.
 * Returns: NULL without memory; then the list is as before, and @reason is freed. */
struct dnsmon_event *dm_roster_event(struct dm_roster *l, enum dm_detector_id det, const char *kind,
                                     char *reason, int64_t now_us);

/** dm_roster_clear() - empty it and give the heap memory back. */
void dm_roster_clear(struct dm_roster *l);

/** dm_roster_pack() - to a state file.  dm_roster_unpack() - from one into an empty list.
 * Returns: 0, also if the content was refused; DNSMON_ENOMEM. */
void dm_roster_pack(struct dm_buf *out, const struct dm_roster *l);
int dm_roster_unpack(struct dm_unpacker *in, struct dm_roster *l, enum dm_detector_id det);

#endif
