/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Order of work for a second: time goes on (the local day may end, incidents may lapse); the
 * unmarked observations are counted; the marked ones are counted and shown to the detectors that
 * read their marks.
 *
 * LIMITS: state is per address; a host that changes its address is another client.
 */
#include "monitor/engine.h"

#include <glib.h>

#include "incident/compose.h"
#include "monitor/engine_parts.h"

/* Registered domains that the site's mail servers asked for, in one of two generations (8 bytes
 * each, doc/SCIENCE.md C8): a large mail server asks for some ten thousand a month. */
#define MAIL_ASKED_MAX (1u << 17)
/* How often incidents are looked at, s of event time. */
#define MINUTE_S 60
/* How many observations ahead a client's bucket, and then the client, is brought into the cache: a
 * fetch from memory takes as long as two or three observations. */
#define FAR 12
#define NEAR 6
/* table-full is said once in this time, s: the hold of incidents' default. */
#define TABLE_FULL_HOLD_S 86400

static struct dm_detect_ctx context(const struct dm_engine *en, enum dm_detector_id det)
{
    return (struct dm_detect_ctx){.now_us = en->now_s * 1000000,
                                  .site = en->cfg->site,
                                  .clients = en->clients,
                                  .mail_asked = (struct dm_recent *)&en->mail_asked,
                                  .par = &en->cfg->det[det],
                                  .state_at = en->state_at[det]};
}

/* ---- what the client table and the incidents ask of us ---- */

static void end_incidents(struct dm_engine *en, struct dm_suspect *sus)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        dm_index at = dm_slots_of(sus)->incident[i];
        if (at) {
            dm_incidents_end(en->incidents, at, en->now_s * 1000000);
        }
    }
}

static void on_evicted(void *user, struct dm_client *cli)
{
    struct dm_engine *en = user;
    struct dm_suspect *sus = dm_client_suspect(en->clients, cli);

    if (sus) {
        end_incidents(en, sus);
    }
}

static void on_clear(void *user, struct dm_suspect *sus)
{
    struct dm_engine *en = user;

    if (en->incidents) {
        end_incidents(en, sus);
    }
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_detectors[i]->clear) {
            dm_detectors[i]->clear(en->clients, (char *)(sus + 1) + en->state_at[i]);
        }
    }
}

static void on_refresh(void *user, enum dm_detector_id det, const struct dm_client *cli,
                       struct dm_finding *ret)
{
    struct dm_engine *en = user;
    struct dm_detect_ctx ctx = context(en, det);

    dm_detectors[det]->finding(&ctx, cli, ret);
}

static dm_index *on_slot_of(void *user, enum dm_detector_id det, const struct dm_addr *client)
{
    struct dm_engine *en = user;
    struct dm_client *cli = dm_client_find(en->clients, client);
    struct dm_suspect *sus = cli ? dm_client_suspect(en->clients, cli) : NULL;

    return sus ? &dm_slots_of(sus)->incident[det] : NULL;
}

static void on_closed(void *user, enum dm_detector_id det, struct dm_client *cli)
{
    struct dm_engine *en = user;
    struct dm_suspect *sus = dm_client_suspect(en->clients, cli);

    if (sus) {
        dm_slots_of(sus)->incident[det] = 0;
        if (dm_detectors[det]->closed) {
            dm_detectors[det]->closed((char *)(sus + 1) + en->state_at[det]);
        }
    }
}

static void on_emit(void *user, struct dnsmon_event *ev)
{
    struct dm_engine *en = user;

    en->emit(en->user, ev);
}

/* ---- life ---- */

static void lay_out_states(struct dm_engine *en)
{
    size_t at = (sizeof(struct dm_slots) + 7) & ~(size_t)7;

    for (int i = 0; i < DM_DET_COUNT; i++) {
        en->state_at[i] = at;
        at += (dm_detectors[i]->state_bytes + 7) & ~(size_t)7;
    }
    en->state_bytes = at;
}

static void take_settings(struct dm_engine *en, const struct dnsmon_config *cfg)
{
    en->cfg = cfg;
    en->site_gen++;
    en->day_until_s = INT64_MIN;
    en->zone_cache = (struct dm_zone_cache){0};
}

static int open_parts(struct dm_engine *en, const struct dm_hashkey *key,
                      const struct dm_intern *hosts)
{
    struct dm_client_hooks hooks = {en->state_bytes, on_clear, on_evicted, en};
    struct dm_incident_env env = {.site = en->cfg->site,
                                  .hosts = hosts,
                                  .hold_s = en->cfg->hold_s,
                                  .rate_per_h = en->cfg->rate_per_h,
                                  .emit = on_emit,
                                  .refresh = on_refresh,
                                  .slot_of = on_slot_of,
                                  .closed = on_closed,
                                  .user = en};

    en->clients = dm_client_table_new((size_t)en->cfg->memory_bytes, key, &hooks);
    if (!en->clients) {
        return DNSMON_ENOMEM;
    }
    env.clients = en->clients;
    en->incidents = dm_incidents_new(&env);
    return en->incidents ? 0 : DNSMON_ENOMEM;
}

struct dm_engine *dm_engine_new(const struct dnsmon_config *cfg, const struct dm_hashkey *key,
                                const struct dm_intern *hosts, dm_emit_fn emit, void *user)
{
    struct dm_engine *en = g_try_new0(struct dm_engine, 1);

    if (!en) {
        return NULL;
    }
    en->now_s = INT64_MIN;
    en->emit = emit;
    en->user = user;
    dm_recent_init(&en->mail_asked, MAIL_ASKED_MAX);
    lay_out_states(en);
    take_settings(en, cfg);
    if (open_parts(en, key, hosts) < 0) {
        dm_engine_free(en);
        return NULL;
    }
    return en;
}

void dm_engine_free(struct dm_engine *en)
{
    if (en) {
        dm_incidents_free(en->incidents);
        en->incidents = NULL;
        dm_client_table_free(en->clients);
        dm_recent_clear(&en->mail_asked);
        g_free(en);
    }
}

void dm_engine_configure(struct dm_engine *en, const struct dnsmon_config *cfg)
{
    take_settings(en, cfg);
    dm_client_table_resize(en->clients, (size_t)cfg->memory_bytes);
    dm_incidents_configure(en->incidents, cfg->site, cfg->hold_s, cfg->rate_per_h);
}

/* ---- time ---- */

static void look_at_calendar(struct dm_engine *en)
{
    struct dm_zone *zone = dm_site_zone(en->cfg->site);

    en->day = dm_zone_day(zone, &en->zone_cache, en->now_s);
    en->day_until_s = dm_zone_day_start(zone, &en->zone_cache, en->day + 1);
}

/* Time comes to @now_s; a local day that ends on the way ends at its own midnight. */
static void set_time(struct dm_engine *en, int64_t now_s)
{
    if (now_s <= en->now_s) {
        return;
    }
    bool first = en->now_s == INT64_MIN;
    if (!first && now_s >= en->day_until_s) {
        int32_t day = en->day;
        if (en->day_until_s == INT64_MIN) {
            look_at_calendar(en);
        }
        bool passed = now_s >= en->day_until_s;
        if (passed || en->day != day) { /* or another time zone: here it is another day */
            en->now_s = passed ? en->day_until_s : en->now_s;
            dm_incidents_day(en->incidents, day, en->now_s * 1000000);
        }
    }
    en->now_s = now_s;
    if (first || now_s >= en->day_until_s) {
        look_at_calendar(en);
    }
    if (now_s / MINUTE_S != en->minute) {
        en->minute = now_s / MINUTE_S;
        dm_incidents_minute(en->incidents, now_s * 1000000);
    }
}

void dm_engine_advance(struct dm_engine *en, int64_t now_s)
{
    if (en->now_s != INT64_MIN) {
        set_time(en, now_s);
    }
}

/* ---- observations ---- */

static void look_up_role(struct dm_engine *en, struct dm_client *cli)
{
    if (cli->site_gen != en->site_gen) {
        cli->site_gen = en->site_gen;
        cli->role = (uint8_t)dm_site_role(en->cfg->site, &cli->addr);
    }
}

static void begin_day(struct dm_engine *en, struct dm_client *cli)
{
    if (cli->day != en->day || cli->day_first_s == 0) {
        cli->day = en->day;
        cli->day_first_s = (uint32_t)en->now_s;
        cli->today = (struct dm_type_counts){0};
    }
}

static void count_flags(struct dm_client *cli, uint16_t bits)
{
    if (cli->seen == UINT16_MAX) {
        cli->seen /= 2;
        cli->rd_off /= 2;
        cli->infra /= 2;
    }
    cli->seen++;
    cli->rd_off += (bits & DM_OBS_RD_OFF) != 0;
    cli->infra += (bits & DM_OBS_INFRA) != 0;
}

static struct dm_client *count(struct dm_engine *en, const struct dm_obs *obs)
{
    struct dm_client *cli =
        dm_client_get_hashed(en->clients, &obs->client, obs->hash, (uint32_t)en->now_s);

    if (!cli) {
        return NULL;
    }
    look_up_role(en, cli);
    begin_day(en, cli);
    count_flags(cli, obs->bits);
    ++*dm_type_column(&cli->today, obs->type);
    struct dm_suspect *sus = dm_client_suspect(en->clients, cli);
    if (sus) {
        ++*dm_type_column(&sus->total, obs->type);
    }
    return cli;
}

static void report(struct dm_engine *en, enum dm_detector_id det, struct dm_client *cli,
                   const struct dm_obs *obs)
{
    struct dm_detect_ctx ctx = context(en, det);
    struct dm_finding f;

    /* A detector without a state of its own may report a client that has no block yet. */
    if (!dm_detect_state(&ctx, cli, obs)) {
        return;
    }
    dm_detectors[det]->finding(&ctx, cli, &f);
    struct dm_slots *slots = dm_slots_of(dm_client_suspect(en->clients, cli));
    dm_incidents_report(en->incidents, &slots->incident[det], det, cli, &f, obs->time_us,
                        obs->host);
}

static void show(struct dm_engine *en, struct dm_client *cli, const struct dm_obs *obs,
                 struct dm_slice name)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (en->cfg->enabled[i] && (dm_detectors[i]->marks & obs->marks)) {
            struct dm_detect_ctx ctx = context(en, (enum dm_detector_id)i);
            ctx.now_us = obs->time_us;
            ctx.name = name;
            if (dm_detectors[i]->update(&ctx, cli, obs)) {
                report(en, (enum dm_detector_id)i, cli, obs);
            }
        }
    }
}

/* Suspects had to go: say so once in a while, it concerns the administrator. */
static void tell_table_full(struct dm_engine *en)
{
    const struct dm_client_counts *c = dm_client_table_counts(en->clients);
    uint64_t n = c->evicted_kept + c->refused;

    if (n == en->table_full_seen ||
        (en->table_full_s && en->now_s - en->table_full_s < TABLE_FULL_HOLD_S)) {
        return;
    }
    struct dnsmon_event *ev =
        dm_compose_table_full(n - en->table_full_seen, en->cfg->memory_bytes, en->now_s * 1000000);
    if (ev) {
        en->emit(en->user, ev);
    }
    en->table_full_seen = n;
    en->table_full_s = en->now_s;
}

void dm_engine_second(struct dm_engine *en, const struct dm_second *sec)
{
    size_t last = sec->batch.n - 1;

    set_time(en, sec->second);
    for (size_t i = 0; i < sec->batch.n; i++) {
        dm_client_prefetch(en->clients, sec->batch.obs[MIN(i + FAR, last)].hash,
                           sec->batch.obs[MIN(i + NEAR, last)].hash);
        if (!sec->batch.obs[i].marks) {
            count(en, &sec->batch.obs[i]);
        }
    }
    for (size_t i = 0; i < sec->n_marked; i++) {
        const struct dm_obs *obs = &sec->marked[i];
        struct dm_client *cli = count(en, obs);
        if (cli) {
            show(en, cli, obs, dm_batch_name(&sec->batch, obs));
        }
    }
    tell_table_full(en);
}

void dm_engine_finish(struct dm_engine *en, bool close)
{
    int64_t now_us = en->now_s == INT64_MIN ? 0 : en->now_s * 1000000;

    if (close) {
        dm_incidents_finish(en->incidents, now_us);
    } else {
        dm_incidents_flush(en->incidents, now_us);
    }
}

int64_t dm_engine_now_s(const struct dm_engine *en)
{
    return en->now_s;
}

struct dm_client_table *dm_engine_clients(struct dm_engine *en)
{
    return en->clients;
}

const struct dm_incidents *dm_engine_incidents(const struct dm_engine *en)
{
    return en->incidents;
}

uint32_t dm_engine_marks(const struct dnsmon_config *cfg)
{
    uint32_t marks = 0;

    for (int i = 0; i < DM_DET_COUNT; i++) {
        marks |= cfg->enabled[i] ? dm_detectors[i]->marks : 0;
    }
    return marks;
}
