/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Incidents: a finding opens one, repeats are counted into it, it is closed when nothing has
 * happened for the hold time (or, for a daily rule, when the local day ends). One for each subject
 * and rule. What is sent is an event; too many of them in an hour are rolled up into one.
 *
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_INCIDENT_INCIDENT_H
#define DM_INCIDENT_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/detector.h"
#include "event/event.h"
#include "util/intern.h"

struct dm_incidents;

/** How much may be told ([events]). */
struct dm_rates {
    double hold_s;          /**< an incident ends when nothing has happened for so long */
    double rate_per_h;      /**< events of all rules */
    double storm_clients;   /**< incidents of one rule in the window that are told one by one */
    double storm_window_s;  /**< see rollup.h */
    double manager_per_h;   /**< findings of which one manager is told, at once and per hour */
    double manager_per_day; /**< and in 24 hours */
};

/** Whom an incident is about: a client; a mail server (and its peer); neither: the site. */
struct dm_subject {
    uint16_t server; /**< number of the mail server; 0: none */
    bool has_client; /**< the client, or the mail server's peer */
    struct dm_addr client;
};

/** What is known of the subject's queries on its last day. */
struct dm_day_counts {
    struct dm_type_counts count;
    int32_t day;       /**< days since 1970 */
    int64_t window_us; /**< the first of them; 0: nothing is counted */
};

/** One incident. */
struct dm_incident {
    uint64_t free_link;    /**< the slab's, while it is free */
    dm_index newer, older; /**< order of opening */
    enum dm_detector_id det;
    struct dm_subject who;
    char id[33];
    struct dm_finding finding; /**< the last one, with the highest level and score */
    int64_t last_us;           /**< last thing that belongs to it */
    int64_t told_us;           /**< its last event */
    struct dm_day_counts day;  /**< exact queries of its last local day */
    uint16_t host;             /**< number of the log's host */
    bool has_server_addr;      /**< `server_addr`: of its mail server, as of its last event */
    struct dm_addr server_addr;
    uint64_t repeats; /**< since its last event */
};

/** Who is told; and what is needed to write an event. */
struct dm_incident_env {
    const struct dm_site *site;
    const struct dm_server_table *servers;
    const struct dm_intern *hosts;
    struct dm_rates rates;
    /** A new event; taken by the callee. */
    void (*emit)(void *user, struct dnsmon_event *ev);
    /** Fill a finding afresh, as the detector sees the subject now.   Returns: false: it is gone.
     */
    bool (*refresh)(void *user, const struct dm_incident *in, struct dm_finding *ret);
    /** The subject's counts of now.   Returns: false: it is gone. */
    bool (*counts)(void *user, const struct dm_incident *in, struct dm_day_counts *ret);
    /** The subject's place for this rule's incident; NULL if it has none any more. */
    dm_index *(*slot_of)(void *user, const struct dm_incident *in);
    /** The incident is over. */
    void (*closed)(void *user, const struct dm_incident *in);
    void *user;
};

struct dm_incident_counts {
    uint64_t opened, closed, rolled_up;
    uint64_t lost; /**< findings or events dropped because memory could not be had */
    uint64_t events[DM_DET_COUNT]; /**< by rule */
};

/** dm_incidents_new() - none yet.   @env: copied.   Returns: NULL without memory. */
struct dm_incidents *dm_incidents_new(const struct dm_incident_env *env);
void dm_incidents_free(struct dm_incidents *inc);

/** dm_incidents_configure() - a new configuration's site and rates. */
void dm_incidents_configure(struct dm_incidents *inc, const struct dm_site *site,
                            const struct dm_rates *rates);

/** What a detector says, and of whom. */
struct dm_report {
    enum dm_detector_id det;
    struct dm_subject who;
    const struct dm_finding *finding;
    struct dm_day_counts day;
    int64_t now_us; /**< event time */
    uint16_t host;  /**< number of the log's host */
};

/**
 * dm_incidents_report() - a detector says that a subject is worth an incident now. If another peer
 * of a mail server is meant than before, the incident about that one ends.
 * @slot:    the subject's place for this rule's incident: 0, or what an earlier call put there.
 */
void dm_incidents_report(struct dm_incidents *inc, dm_index *slot, const struct dm_report *rep);

/** dm_incidents_minute() - event time has gone on: end what was held long enough, send roll-ups. */
void dm_incidents_minute(struct dm_incidents *inc, int64_t now_us);

/**
 * dm_incidents_day() - local day @day is over (the subjects' counts of it still stand): the day's
 * exact counts of each incident that was active in it are sent, and daily ones are closed.
 */
void dm_incidents_day(struct dm_incidents *inc, int32_t day, int64_t now_us);

/** dm_incidents_end() - close one, because its subject is about to be forgotten. */
void dm_incidents_end(struct dm_incidents *inc, dm_index at, int64_t now_us);

/** dm_incidents_finish() - close all of them and send what is rolled up. */
void dm_incidents_finish(struct dm_incidents *inc, int64_t now_us);

/** dm_incidents_flush() - send what is rolled up, whatever the rate. */
void dm_incidents_flush(struct dm_incidents *inc, int64_t now_us);

/** dm_incidents_pack() - all open ones and the roll-up to a state file. */
void dm_incidents_pack(struct dm_buf *out, const struct dm_incidents *inc);

/**
 * dm_incidents_unpack() - the same into a new one; the clients and their states are there already.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM.
 */
int dm_incidents_unpack(struct dm_unpacker *in, struct dm_incidents *inc);

/** dm_incidents_end_orphans() - close those whose clients had no room when they were unpacked. */
void dm_incidents_end_orphans(struct dm_incidents *inc, int64_t now_us);

/** dm_incidents_told() - a rule without incidents sent an event: count it. */
void dm_incidents_told(struct dm_incidents *inc, enum dm_detector_id det);

/** dm_incidents_open() - how many are open. */
size_t dm_incidents_open(const struct dm_incidents *inc);
const struct dm_incident_counts *dm_incidents_counts(const struct dm_incidents *inc);

#endif
