/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Life and time of the engine. Event time goes on in steps, so that every minute and every local
 * day ends at its own moment whatever came between: first the minute's rules, then the day's.
 *
 * LIMITS: state is per address; a host that changes its address is another client. Of a silence
 * longer than a day, minutes end for the first day of it only, and of one longer than SILENCE_DAYS
 * the days between those and its last are not told.
 */
#include "monitor/engine.h"

#include <glib.h>

#include "incident/compose.h"
#include "monitor/engine_parts.h"

/* Registered domains that the site's mail servers asked for, in one of two generations (8 bytes
 * each, doc/SCIENCE.md C8): a large mail server asks for some ten thousand a month. */
#define MAIL_ASKED_MAX (1u << 17)
#define MINUTE_S 60
/* Of a longer silence, minutes are not told one by one, s (own choice: a day of zeros says all). */
#define SILENCE_S 86400
/* Nor the days of one that is longer than this (own choice: no rule counts further; 3,650 days of
 * twenty mail servers took 0.35 s under the lock, measured by tests/faults/test_clock.sh). */
#define SILENCE_DAYS 100
/* table-full is said once in this time, s: the hold of incidents' default. */
#define TABLE_FULL_HOLD_S 86400

struct dm_detect_ctx dm_engine_context(const struct dm_engine *en, enum dm_detector_id det)
{
    return (struct dm_detect_ctx){.now_us = en->now_s * 1000000,
                                  .site = en->cfg->site,
                                  .signatures = en->cfg->signatures,
                                  .clients = en->clients,
                                  .servers = en->servers,
                                  .gaps = dm_health_gaps(en->health),
                                  .mail_asked = (struct dm_recent *)&en->mail_asked,
                                  .mix = &en->today.mix,
                                  .slot = en->slot,
                                  .pars = en->cfg->det,
                                  .states_at = en->state_at,
                                  .enabled = en->cfg->enabled,
                                  .par = &en->cfg->det[det],
                                  .state_at = en->state_at[det]};
}

/* ---- life ---- */

static void lay_out_states(struct dm_engine *en)
{
    const size_t front = (sizeof(struct dm_slots) + 7) & ~(size_t)7;

    en->client_bytes = en->server_bytes = en->site_bytes = front;
    for (int i = 0; i < DM_DET_COUNT; i++) {
        enum dm_subject_kind kind = dm_detectors[i]->subject;
        size_t *at = kind == DM_SUBJECT_CLIENT   ? &en->client_bytes
                     : kind == DM_SUBJECT_SERVER ? &en->server_bytes
                                                 : &en->site_bytes;
        en->state_at[i] = *at;
        *at += (dm_detectors[i]->state_bytes + 7) & ~(size_t)7;
    }
}

static bool is_shown(const struct dm_detector *det)
{
    switch (det->subject) {
    case DM_SUBJECT_CLIENT:
        return true;
    case DM_SUBJECT_SERVER:
        return det->server_see != NULL;
    case DM_SUBJECT_SITE:
        return det->site_see != NULL;
    default:
        return false;
    }
}

/* Who reads what, so that a line is shown to nobody else. */
static void list_readers(struct dm_engine *en)
{
    G_STATIC_ASSERT(DM_DET_COUNT <= 32);
    memset(en->readers, 0, sizeof en->readers);
    for (int i = 0; i < DM_DET_COUNT; i++) {
        const struct dm_detector *det = dm_detectors[i];
        for (unsigned mark = 0; en->cfg->enabled[i] && mark < DM_ENGINE_MARKS; mark++) {
            if (is_shown(det) && (det->marks >> mark & 1)) {
                en->readers[det->subject][mark] |= (uint32_t)1 << i;
            }
        }
    }
}

static void take_settings(struct dm_engine *en, const struct dnsmon_config *cfg)
{
    en->cfg = cfg;
    list_readers(en);
    en->site_gen++;
    en->day_until_s = INT64_MIN;
    en->zone_cache = (struct dm_zone_cache){0};
    if (en->servers) {
        dm_server_table_configure(en->servers, cfg->site);
    }
}

static int open_parts(struct dm_engine *en, const struct dm_hashkey *key,
                      const struct dm_intern *hosts)
{
    struct dm_client_hooks client_hooks = dm_engine_client_hooks(en);
    struct dm_server_hooks server_hooks = dm_engine_server_hooks(en);

    en->key = *key;
    en->site_block = g_try_malloc0(en->site_bytes);
    en->clients = dm_client_table_new((size_t)en->cfg->memory_bytes, key, &client_hooks);
    en->servers = dm_server_table_new(hosts, &server_hooks);
    if (!en->site_block || !en->clients || !en->servers) {
        return DNSMON_ENOMEM;
    }
    dm_server_table_configure(en->servers, en->cfg->site);
    struct dm_incident_env env = dm_engine_incident_env(en, hosts);
    en->incidents = dm_incidents_new(&env);
    en->health = dm_health_new(en->cfg, hosts, dm_engine_on_health, en);
    if (!en->incidents || !en->health) {
        return DNSMON_ENOMEM;
    }
    en->pulses = dm_health_pulses(en->health);
    return 0;
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
    dm_names_init(&en->names);
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
        dm_server_table_free(en->servers);
        if (en->site_block && en->clients) {
            dm_engine_clear_site(en);
        }
        dm_client_table_free(en->clients);
        dm_health_free(en->health);
        g_free(en->site_block);
        dm_recent_clear(&en->mail_asked);
        dm_names_clear(&en->names);
        g_free(en);
    }
}

bool dm_engine_configure(struct dm_engine *en, const struct dnsmon_config *cfg)
{
    take_settings(en, cfg);
    dm_incidents_configure(en->incidents, cfg->site, &cfg->rates);
    dm_health_configure(en->health, cfg);
    uint32_t now_s = en->now_s == INT64_MIN ? 0 : (uint32_t)en->now_s;
    return dm_client_table_resize(en->clients, (size_t)cfg->memory_bytes, now_s);
}

void dm_engine_record(struct dm_engine *en, struct dm_recorder *rec)
{
    en->recorder = rec;
}

/* ---- time ---- */

static void look_at_calendar(struct dm_engine *en)
{
    struct dm_zone *zone = dm_site_zone(en->cfg->site);

    en->day = dm_zone_day(zone, &en->zone_cache, en->now_s);
    en->day_from_s = dm_zone_day_start(zone, &en->zone_cache, en->day);
    en->day_until_s = dm_zone_day_start(zone, &en->zone_cache, en->day + 1);
    if (en->recorder) {
        const struct dm_recorder_date date = {en->day, en->day_from_s,
                                              dm_zone_offset(zone, &en->zone_cache, en->now_s)};
        dm_recorder_day(en->recorder, &date, en->now_s);
    }
}

void dm_engine_look_at_clock(struct dm_engine *en)
{
    struct dm_zone *zone = dm_site_zone(en->cfg->site);
    int64_t local_s = en->now_s + dm_zone_offset(zone, &en->zone_cache, en->now_s);
    unsigned hour = (unsigned)(((local_s / 3600) % 24 + 24) % 24);

    en->minute = en->now_s / MINUTE_S;
    en->slot = hour + (dm_site_is_holiday(en->cfg->site, en->day) ? DM_SLOTS / 2 : 0);
}

/* A new configuration may have another time zone: what was today is another day then. */
static void follow_zone(struct dm_engine *en)
{
    int32_t day = en->day;

    if (en->day_until_s == INT64_MIN) {
        look_at_calendar(en);
        if (en->day != day) {
            int32_t today = en->day;
            en->day = day;
            dm_engine_day(en, day);
            en->day = today;
        }
    }
}

/* Time comes to @at_s, which is at most the next end of a minute or of the day. */
static void step(struct dm_engine *en, int64_t at_s)
{
    en->now_s = at_s;
    if (at_s / MINUTE_S != en->minute) {
        dm_engine_minute(en);
        dm_health_minute(en->health, at_s, en->slot);
        dm_incidents_minute(en->incidents, at_s * 1000000);
        en->minute = at_s / MINUTE_S;
    }
    if (at_s >= en->day_until_s) {
        dm_engine_day(en, en->day);
        look_at_calendar(en);
    }
    dm_engine_look_at_clock(en);
}

/* The next moment at which something ends. */
static int64_t next_end(const struct dm_engine *en)
{
    return MIN((en->minute + 1) * MINUTE_S, en->day_until_s);
}

static void set_time(struct dm_engine *en, int64_t now_s)
{
    if (now_s <= en->now_s) {
        return;
    }
    if (en->now_s == INT64_MIN) {
        en->now_s = en->begun_s = now_s;
        look_at_calendar(en);
        dm_engine_look_at_clock(en);
        return;
    }
    follow_zone(en);
    int64_t tell_s = MIN(now_s, en->now_s + SILENCE_S);
    while (next_end(en) <= tell_s) {
        step(en, next_end(en));
    }
    for (int i = 0; i < SILENCE_DAYS && en->day_until_s <= now_s; i++) {
        step(en, en->day_until_s);
    }
    if (now_s > en->now_s) {
        step(en, now_s);
    }
}

void dm_engine_advance(struct dm_engine *en, int64_t now_s)
{
    if (en->now_s != INT64_MIN) {
        set_time(en, now_s);
    }
}

/* Suspects had to go: say so once in a while, it concerns the administrator. */
static void tell_table_full(struct dm_engine *en)
{
    const struct dm_client_counts *c = dm_client_table_counts(en->clients);
    uint64_t n = c->evicted_kept + c->refused;

    if ((n == en->table_full_seen && c->denied == en->denied_seen) ||
        !en->cfg->enabled[DM_DET_table_full] ||
        (en->table_full_s && en->now_s - en->table_full_s < TABLE_FULL_HOLD_S)) {
        return;
    }
    struct dnsmon_event *ev =
        dm_compose_table_full(n - en->table_full_seen, en->cfg->memory_bytes, en->now_s * 1000000);
    if (ev) {
        dm_incidents_told(en->incidents, DM_DET_table_full);
        en->emit(en->user, ev);
    }
    en->table_full_seen = n;
    en->denied_seen = c->denied;
    en->table_full_s = en->now_s;
}

void dm_engine_second(struct dm_engine *en, const struct dm_second *sec)
{
    const struct dm_client_counts *c = dm_client_table_counts(en->clients);

    set_time(en, sec->second);
    dm_engine_observe(en, sec);
    dm_health_second(en->health, sec, c->evicted_kept + c->denied);
    tell_table_full(en);
}

/* What mail servers did since the last minute began belongs to the day, too. */
static void add_last_minute(struct dm_engine *en)
{
    for (uint16_t i = 1; i <= dm_server_count(en->servers); i++) {
        struct dm_server *srv = dm_server_at(en->servers, i);
        dm_mail_add(&srv->day, &srv->minute);
        srv->minute = (struct dm_mail_counts){0};
    }
}

void dm_engine_finish(struct dm_engine *en, bool close)
{
    int64_t now_us = en->now_s == INT64_MIN ? 0 : en->now_s * 1000000;

    if (close) {
        dm_health_finish(en->health, now_us / 1000000);
        dm_incidents_finish(en->incidents, now_us);
        add_last_minute(en);
        if (en->recorder && en->now_s != INT64_MIN) {
            dm_recorder_minute(en->recorder, en->minute * MINUTE_S, &en->today.mix.count);
        }
        dm_engine_summary(en, en->day);
        dm_engine_new_day(en);
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
