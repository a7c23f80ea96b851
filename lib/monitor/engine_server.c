/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mail servers and the site as a whole: what is counted of them, their minutes and days.
 *
 * Servers are told of in the order of their names, so that events come in the same order whichever
 * was heard first.
 *
 * LIMITS: a name under the site's domains is "a stranger's" by the rules of doc/SCIENCE.md A.6; see
 * known.h for how real subdomains are learned.
 */
#include <glib.h>

#include "detect/probe.h"
#include "monitor/engine_parts.h"
#include "util/hash.h"

/* ---- names under the site's own domains ---- */

/* The subdomain directly under the site's domain: "cc.campus.example" of "gpo.cc.campus.example".
 * @ret_below: whether anything stands in front of it. */
static struct dm_slice subdomain(const struct dm_engine *en, struct dm_slice name, bool *ret_below)
{
    struct dm_slice above = dm_site_above(en->cfg->site, name);
    size_t at = above.n;

    while (at > 0 && above.p[at - 1] != '.') {
        at--;
    }
    *ret_below = at > 0;
    return dm_slice_skip(name, at);
}

static uint64_t hash_zone(const struct dm_engine *en, struct dm_slice zone)
{
    return dm_hash(&en->key, zone.p, zone.n) | 1;
}

void dm_engine_learn_name(struct dm_engine *en, const struct dm_obs *obs, struct dm_slice name)
{
    bool below;
    struct dm_slice zone = subdomain(en, name, &below);

    if (obs->bits & DM_OBS_ANSWERED) {
        dm_known_answered(&en->known, hash_zone(en, zone));
    } else if (!below) {
        dm_known_asked(&en->known, hash_zone(en, zone), obs->hash);
    }
}

/* Whether a mail server asked for what its search list made of a stranger's domain. A subdomain
 * that has been learned counts as a suffix of that list, like the domain itself. */
static bool is_unresolved(const struct dm_engine *en, const struct dm_obs *obs,
                          struct dm_slice name)
{
    const uint16_t both = DM_OBS_FOREIGN | DM_OBS_FOREIGN_BELOW;
    bool below;

    if ((obs->bits & both) == 0 || (obs->bits & both) == both) {
        return obs->bits & DM_OBS_FOREIGN;
    }
    bool known = dm_known_has(&en->known, hash_zone(en, subdomain(en, name, &below)));
    return obs->bits & (known ? DM_OBS_FOREIGN_BELOW : DM_OBS_FOREIGN);
}

/* ---- observations ---- */

static void count_names(struct dm_engine *en, struct dm_server *srv, const struct dm_obs *obs,
                        struct dm_slice name)
{
    if ((obs->marks & DM_MARK_SITE_NAME) && is_unresolved(en, obs, name)) {
        srv->minute.unresolved++;
    }
    if ((obs->marks & DM_MARK_MX) && obs->reg &&
        !dm_recent_has(&en->mail_asked, obs->reg, en->now_s)) {
        srv->minute.novel++;
    }
}

void dm_engine_see_server(struct dm_engine *en, uint16_t number, const struct dm_obs *obs,
                          bool question, struct dm_slice name)
{
    struct dm_server *srv = dm_server_at(en->servers, number);

    if (!srv || !dm_server_see(en->servers, srv, obs, question)) {
        return;
    }
    if (question) {
        count_names(en, srv, obs, name);
    }
    uint32_t rules = dm_engine_readers(en, DM_SUBJECT_SERVER, obs->marks);
    for (; rules; rules &= rules - 1) {
        enum dm_detector_id i = (enum dm_detector_id)__builtin_ctz(rules);
        struct dm_detect_ctx ctx = dm_engine_context(en, i);
        ctx.now_us = obs->time_us;
        ctx.name = name;
        dm_detectors[i]->server_see(&ctx, srv, dm_engine_state(en, dm_server_states(srv), i), obs);
    }
}

/* The machines of S1's two curves, as campaign-sync has them. */
static void record_machine(struct dm_engine *en, const struct dm_client *cli,
                           const struct dm_obs *obs)
{
    struct dm_detect_ctx ctx = dm_engine_context(en, DM_DET_campaign_sync);
    uint64_t hash = dm_hash(&en->key, cli->addr.b, sizeof cli->addr.b);

    if (cli->role != DM_ROLE_MONITOR && dm_probe_is(&ctx, obs)) {
        dm_recorder_machine(en->recorder, DM_MACHINE_PROBING, hash, en->now_s);
    } else if ((obs->marks & DM_MARK_MX) && obs->reg && cli->role == DM_ROLE_USER &&
               !dm_recent_has(&en->mail_asked, obs->reg, en->now_s)) {
        dm_recorder_machine(en->recorder, DM_MACHINE_MAILING, hash, en->now_s);
    }
}

void dm_engine_see_site(struct dm_engine *en, const struct dm_client *cli, const struct dm_obs *obs,
                        struct dm_slice name)
{
    uint32_t rules = dm_engine_readers(en, DM_SUBJECT_SITE, obs->marks);

    if (en->recorder && cli && (obs->marks & (DM_MARK_MX | DM_MARK_TCP))) {
        record_machine(en, cli, obs);
    }
    for (; rules; rules &= rules - 1) {
        enum dm_detector_id i = (enum dm_detector_id)__builtin_ctz(rules);
        struct dm_detect_ctx ctx = dm_engine_context(en, i);
        ctx.now_us = obs->time_us;
        ctx.name = name;
        dm_detectors[i]->site_see(&ctx, dm_engine_state(en, en->site_block, i), cli, obs);
    }
}

/* ---- ends of minutes and days ---- */

static void report_server(struct dm_engine *en, enum dm_detector_id det, uint16_t number)
{
    struct dm_server *srv = dm_server_at(en->servers, number);
    struct dm_slots *slots = dm_server_states(srv);
    struct dm_detect_ctx ctx = dm_engine_context(en, det);
    struct dm_finding f;
    struct dm_type_counts today = srv->day.dns;

    dm_detectors[det]->server_finding(&ctx, srv, dm_engine_state(en, slots, det), &f);
    struct dm_report rep = {
        .det = det,
        .who = {.server = number, .has_client = f.has_peer, .client = f.peer},
        .finding = &f,
        .day = {today, en->day, en->day_from_s * 1000000},
        .now_us = en->now_s * 1000000,
        .host = srv->host,
    };
    dm_incidents_report(en->incidents, &slots->incident[det], &rep);
}

/* @minute: a copy of what the server did in the minute that is over. */
static void tell_minute(struct dm_engine *en, uint16_t number, const struct dm_mail_counts *minute)
{
    struct dm_server *srv = dm_server_at(en->servers, number);

    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_engine_runs(en, i, DM_SUBJECT_SERVER)) {
            struct dm_detect_ctx ctx = dm_engine_context(en, (enum dm_detector_id)i);
            void *state = dm_engine_state(en, dm_server_states(srv), i);
            if (dm_detectors[i]->server_minute(&ctx, srv, state, minute)) {
                report_server(en, (enum dm_detector_id)i, number);
            }
        }
    }
}

void dm_engine_minute(struct dm_engine *en)
{
    if (en->recorder) {
        dm_recorder_minute(en->recorder, en->minute * 60, &en->today.mix.count);
    }
    for (uint16_t i = 0; i < dm_server_count(en->servers); i++) {
        uint16_t number = dm_server_by_name(en->servers, i);
        struct dm_server *srv = dm_server_at(en->servers, number);
        struct dm_mail_counts minute = srv->minute;
        srv->minute = (struct dm_mail_counts){0};
        dm_mail_add(&srv->day, &minute);
        if (en->recorder) {
            dm_recorder_server(en->recorder, number, srv, &minute, en->now_s);
        }
        tell_minute(en, number, &minute);
    }
}

/* A rule about the site speaks once a day: its incident is over on the day it has nothing to say.
 */
static void end_site(struct dm_engine *en, enum dm_detector_id det)
{
    struct dm_slots *slots = (struct dm_slots *)(void *)en->site_block;

    if (slots->incident[det]) {
        dm_incidents_end(en->incidents, slots->incident[det], en->now_s * 1000000);
    }
}

static void report_site(struct dm_engine *en, enum dm_detector_id det, int32_t day)
{
    struct dm_slots *slots = (struct dm_slots *)(void *)en->site_block;
    struct dm_detect_ctx ctx = dm_engine_context(en, det);
    struct dm_finding f;

    dm_detectors[det]->site_finding(&ctx, dm_engine_state(en, en->site_block, det), &f);
    struct dm_report rep = {
        .det = det, .finding = &f, .day = {.day = day}, .now_us = en->now_s * 1000000};
    dm_incidents_report(en->incidents, &slots->incident[det], &rep);
}

void dm_engine_day(struct dm_engine *en, int32_t day)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_engine_runs(en, i, DM_SUBJECT_SITE) && dm_detectors[i]->site_day) {
            struct dm_detect_ctx ctx = dm_engine_context(en, (enum dm_detector_id)i);
            if (dm_detectors[i]->site_day(&ctx, dm_engine_state(en, en->site_block, i), day)) {
                report_site(en, (enum dm_detector_id)i, day);
            } else {
                end_site(en, (enum dm_detector_id)i);
            }
        }
    }
    dm_incidents_day(en->incidents, day, en->now_s * 1000000);
    dm_engine_summary(en, day);
    dm_engine_new_day(en);
}
