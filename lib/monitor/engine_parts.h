/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Inside of the engine, for the files engine*.c only.
 */
#ifndef DM_MONITOR_ENGINE_PARTS_H
#define DM_MONITOR_ENGINE_PARTS_H

#include "client/names.h"
#include "figures/recorder.h"
#include "monitor/engine.h"
#include "monitor/health.h"
#include "server/known.h"
#include "util/recent.h"

/** Marks of an observation. */
#define DM_ENGINE_MARKS 16

/** The front of a block of states (of a client, a mail server, the site): its open incidents. */
struct dm_slots {
    dm_index incident[DM_DET_COUNT];
};

/** What is counted of the local day for its summary, beside clients and mail servers. */
struct dm_engine_day {
    struct dm_site_mix mix; /**< questions of all clients; each stops at its largest value */
    uint32_t evicted;       /**< clients that asked today and were forgotten */
    bool names_lost;        /**< names were dropped with a state file */
};

/** All that event time and observations change. */
struct dm_engine {
    const struct dnsmon_config *cfg;
    struct dm_client_table *clients;
    struct dm_server_table *servers;
    struct dm_incidents *incidents;
    struct dm_health *health;
    struct dm_pulse *pulses; /**< of the log hosts; health's */
    struct dm_hashkey key;
    struct dm_recent mail_asked;
    struct dm_known known; /**< which names directly under the site's domains are real */
    uint64_t *site_block;  /**< the states of rules about the site */
    size_t state_at[DM_DET_COUNT];
    /** Enabled rules that are shown observations, bit i: rule i; by kind of subject and mark. */
    uint32_t readers[DM_SUBJECT_HEALTH][DM_ENGINE_MARKS];
    size_t client_bytes, server_bytes, site_bytes; /**< of a block */
    struct dm_engine_day today;
    struct dm_names names; /**< of today */
    int64_t begun_s;       /**< event time began; no meaning before that */
    int64_t now_s;
    int64_t minute;                  /**< that now_s is in, since 1970 */
    int32_t day;                     /**< local day of now_s */
    int64_t day_from_s, day_until_s; /**< of that day, UTC; until INT64_MIN: look at the calendar */
    unsigned slot;                   /**< weekday or holiday × hour of the minute */
    struct dm_zone_cache zone_cache;
    uint16_t site_gen;
    uint64_t table_full_seen; /**< suspects evicted and clients refused that have been told */
    uint64_t denied_seen;     /**< refusals of any memory, at that time */
    int64_t table_full_s;     /**< when */
    /** Last second in which a log host printed a query: one that does prints its answers beside
     * them, and they are not queries more. */
    int64_t query_s[DM_INTERN_MAX + 1];
    struct dm_recorder *recorder; /**< the monitor's; NULL: nobody asked for figures */
    dm_emit_fn emit;
    void *user;
};

/** dm_engine_context() - what a detector may use. */
struct dm_detect_ctx dm_engine_context(const struct dm_engine *en, enum dm_detector_id det);

/** dm_engine_state() - a detector's state in a block. */
static inline void *dm_engine_state(const struct dm_engine *en, void *block, int det)
{
    return (char *)block + en->state_at[det];
}

/** dm_engine_runs() - whether a rule is enabled and about such subjects. */
static inline bool dm_engine_runs(const struct dm_engine *en, int det, enum dm_subject_kind kind)
{
    return en->cfg->enabled[det] && dm_detectors[det]->subject == kind;
}

/** dm_engine_readers() - the rules about such subjects that read an observation: bit i, rule i. */
static inline uint32_t dm_engine_readers(const struct dm_engine *en, enum dm_subject_kind kind,
                                         unsigned marks)
{
    uint32_t rules = 0;

    for (; marks; marks &= marks - 1) {
        rules |= en->readers[kind][__builtin_ctz(marks)];
    }
    return rules;
}

/** dm_engine_observe() - count one second's observations, show them to the detectors. */
void dm_engine_observe(struct dm_engine *en, const struct dm_second *sec);

/** dm_engine_look_at_clock() - which minute, and which of the week's slots, event time is in. */
void dm_engine_look_at_clock(struct dm_engine *en);

/** dm_engine_minute() - the minute that ends now: mail servers' rules. */
void dm_engine_minute(struct dm_engine *en);

/** dm_engine_day() - local day @day ends now: rules about the site, mail servers' days. */
void dm_engine_day(struct dm_engine *en, int32_t day);

/** dm_engine_summary() - daily-summary of local day @day, which is over or where it stands now. */
void dm_engine_summary(struct dm_engine *en, int32_t day);

/** dm_engine_new_day() - everything that is counted by the day begins anew. */
void dm_engine_new_day(struct dm_engine *en);

/** dm_engine_see_name() - the name of a question, for the day's prefix statistics.
 * @name:   of a marked observation; else empty. */
void dm_engine_see_name(struct dm_engine *en, struct dm_client *cli, const struct dm_obs *obs,
                        struct dm_slice name);

/** dm_engine_see_server() - an observation of mail server @number.   @question: it is one. */
void dm_engine_see_server(struct dm_engine *en, uint16_t number, const struct dm_obs *obs,
                          bool question, struct dm_slice name);

/** dm_engine_learn_name() - what a name under the site's domains says of its subdomains. */
void dm_engine_learn_name(struct dm_engine *en, const struct dm_obs *obs, struct dm_slice name);

/** dm_engine_clear_site() - release what the states of rules about the site hold. */
void dm_engine_clear_site(struct dm_engine *en);

/** dm_engine_see_site() - show a marked observation to the rules about the site.
 * @cli: or NULL for a line of a mail server. */
void dm_engine_see_site(struct dm_engine *en, const struct dm_client *cli, const struct dm_obs *obs,
                        struct dm_slice name);

/** The incidents' hooks (engine_hooks.c). */
struct dm_incident_env dm_engine_incident_env(struct dm_engine *en, const struct dm_intern *hosts);
struct dm_client_hooks dm_engine_client_hooks(struct dm_engine *en);
struct dm_server_hooks dm_engine_server_hooks(struct dm_engine *en);

/** dm_engine_on_health() - an event of feed health; a dm_health_emit_fn.   @user: the engine. */
void dm_engine_on_health(void *user, int det, struct dnsmon_event *ev);

/** dm_slots_of() - the front of a client's block. */
static inline struct dm_slots *dm_slots_of(struct dm_suspect *sus)
{
    return (struct dm_slots *)(sus + 1);
}

#endif
