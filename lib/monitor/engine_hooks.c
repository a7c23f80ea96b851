/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the tables and the incidents ask of the engine: whom an incident is about, what the detector
 * says of it now, what has to be released.
 */
#include "monitor/engine_parts.h"

/* ---- the tables ---- */

static void end_incidents(struct dm_engine *en, const struct dm_slots *slots)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        dm_index at = slots->incident[i];
        if (at) {
            dm_incidents_end(en->incidents, at, en->now_s * 1000000);
        }
    }
}

/* Release what the states of a block hold. */
static void clear_states(struct dm_engine *en, void *block, enum dm_subject_kind kind)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_detectors[i]->subject == kind && dm_detectors[i]->clear) {
            dm_detectors[i]->clear(en->clients, dm_engine_state(en, block, i));
        }
    }
}

static void on_evicted(void *user, struct dm_client *cli)
{
    struct dm_engine *en = user;
    struct dm_suspect *sus = dm_client_suspect(en->clients, cli);

    en->today.evicted += cli->day == en->day && dm_type_sum(&cli->today) > 0;
    if (sus) {
        end_incidents(en, dm_slots_of(sus));
    }
}

static void on_clear(void *user, struct dm_suspect *sus)
{
    struct dm_engine *en = user;

    if (en->incidents) {
        end_incidents(en, dm_slots_of(sus));
    }
    clear_states(en, dm_slots_of(sus), DM_SUBJECT_CLIENT);
}

static void on_clear_server(void *user, void *block)
{
    clear_states(user, block, DM_SUBJECT_SERVER);
}

void dm_engine_clear_site(struct dm_engine *en)
{
    clear_states(en, en->site_block, DM_SUBJECT_SITE);
}

struct dm_client_hooks dm_engine_client_hooks(struct dm_engine *en)
{
    return (struct dm_client_hooks){en->client_bytes, on_clear, on_evicted, en};
}

struct dm_server_hooks dm_engine_server_hooks(struct dm_engine *en)
{
    return (struct dm_server_hooks){en->server_bytes, on_clear_server, en};
}

/* ---- the incidents ---- */

/* The block of an incident's subject; NULL: it is gone. */
static void *block_of(struct dm_engine *en, const struct dm_incident *in)
{
    struct dm_server *srv;
    struct dm_client *cli;
    struct dm_suspect *sus;

    switch (dm_detectors[in->det]->subject) {
    case DM_SUBJECT_SERVER:
        srv = dm_server_at(en->servers, in->who.server);
        return srv ? dm_server_states(srv) : NULL;
    case DM_SUBJECT_CLIENT:
        cli = in->who.has_client ? dm_client_find(en->clients, &in->who.client) : NULL;
        sus = cli ? dm_client_suspect(en->clients, cli) : NULL;
        return sus ? dm_slots_of(sus) : NULL;
    default:
        return en->site_block;
    }
}

static bool on_refresh(void *user, const struct dm_incident *in, struct dm_finding *ret)
{
    struct dm_engine *en = user;
    struct dm_detect_ctx ctx = dm_engine_context(en, in->det);
    const struct dm_detector *det = dm_detectors[in->det];
    void *block = block_of(en, in);

    if (!block) {
        return false;
    }
    void *state = dm_engine_state(en, block, in->det);
    if (det->subject == DM_SUBJECT_CLIENT) {
        det->finding(&ctx, dm_client_find(en->clients, &in->who.client), ret);
    } else if (det->subject == DM_SUBJECT_SERVER) {
        det->server_finding(&ctx, dm_server_at(en->servers, in->who.server), state, ret);
    } else {
        det->site_finding(&ctx, state, ret);
    }
    return true;
}

static bool on_counts(void *user, const struct dm_incident *in, struct dm_day_counts *ret)
{
    struct dm_engine *en = user;
    const struct dm_server *srv = dm_server_at(en->servers, in->who.server);
    const struct dm_client *cli =
        !srv && in->who.has_client ? dm_client_find(en->clients, &in->who.client) : NULL;

    if (srv) {
        *ret = (struct dm_day_counts){.count = srv->day.dns, .day = en->day};
    } else if (cli) {
        *ret = (struct dm_day_counts){.count = cli->today, .day = cli->day};
    }
    return srv || cli;
}

static dm_index *on_slot_of(void *user, const struct dm_incident *in)
{
    struct dm_slots *slots = block_of(user, in);

    return slots ? &slots->incident[in->det] : NULL;
}

static void on_closed(void *user, const struct dm_incident *in)
{
    struct dm_engine *en = user;
    struct dm_slots *slots = block_of(en, in);

    if (slots) {
        slots->incident[in->det] = 0;
        if (dm_detectors[in->det]->closed) {
            dm_detectors[in->det]->closed(dm_engine_state(en, slots, in->det));
        }
    }
}

/* The curves of those with an incident are kept. */
static void record_incident(struct dm_engine *en, const struct dnsmon_event *ev)
{
    struct dm_watch_incident in = {.level = (int)ev->level};

    if (ev->has_client && !ev->has_host) {
        in.client = &ev->client;
        in.hash = dm_hash_addr(&en->key, ev->client.b);
        in.score = ev->threshold > 0 ? ev->score / ev->threshold : 1;
        dm_watch_incident(en->recorder->watch, &in);
    }
    for (unsigned i = 0; i < ev->n_rollup; i++) {
        in = (struct dm_watch_incident){.client = &ev->rollup[i].client,
                                        .hash = dm_hash_addr(&en->key, ev->rollup[i].client.b),
                                        .level = ev->rollup[i].level,
                                        .score = 1};
        dm_watch_incident(en->recorder->watch, &in);
    }
}

/* What an event says rests on what the log had from its window's start on. */
static void on_emit(void *user, struct dnsmon_event *ev)
{
    struct dm_engine *en = user;
    int64_t from_us = ev->start_us;

    if (ev->window_s > 0 && (from_us == 0 || ev->window_start_us < from_us)) {
        from_us = ev->window_start_us;
    }
    ev->lossy = dm_gaps_touch(dm_health_gaps(en->health), from_us, ev->time_us);
    if (en->recorder) {
        record_incident(en, ev);
    }
    en->emit(en->user, ev);
}

void dm_engine_on_health(void *user, int det, struct dnsmon_event *ev)
{
    struct dm_engine *en = user;

    dm_incidents_told(en->incidents, (enum dm_detector_id)det);
    on_emit(user, ev);
}

struct dm_incident_env dm_engine_incident_env(struct dm_engine *en, const struct dm_intern *hosts)
{
    return (struct dm_incident_env){.site = en->cfg->site,
                                    .servers = en->servers,
                                    .hosts = hosts,
                                    .rates = en->cfg->rates,
                                    .emit = on_emit,
                                    .refresh = on_refresh,
                                    .counts = on_counts,
                                    .slot_of = on_slot_of,
                                    .closed = on_closed,
                                    .user = en};
}
