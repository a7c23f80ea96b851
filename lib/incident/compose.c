/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fills the fields of an event from an incident, its finding and the site. The sentence is the
 * detector's own; what an event's state means is said in front of it.
 *
 * LIMITS: `count` and `window` are of the local day in which the incident was last active, not of
 * its whole life; each day's numbers are sent when the day ends.
 */
#include "incident/compose.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>

#include "detect/samples.h"
#include "util/hash.h"

void dm_compose_hash(const char *text, char ret_id[33])
{
    size_t n = strlen(text);

    for (uint64_t half = 0; half < 2; half++) { /* a constant key: every run gives the same id */
        uint64_t h = dm_hash(&(struct dm_hashkey){0, half}, text, n);
        for (int shift = 60; shift >= 0; shift -= 4) {
            *ret_id++ = "0123456789abcdef"[h >> shift & 15];
        }
    }
    *ret_id = '\0';
}

static const struct dm_server *server_of(const struct dm_incident_env *env,
                                         const struct dm_incident *in)
{
    return in->who.server ? dm_server_at(env->servers, in->who.server) : NULL;
}

bool dm_compose_address(const struct dm_incident_env *env, struct dm_incident *in,
                        struct dm_addr *ret)
{
    const struct dm_server *srv = server_of(env, in);

    in->has_server_addr = srv && srv->has_addr;
    if (in->has_server_addr) {
        in->server_addr = srv->addr;
    }
    if (in->who.has_client) {
        *ret = in->who.client;
        return true;
    }
    if (srv && srv->has_addr) {
        *ret = srv->addr;
        return true;
    }
    return false;
}

void dm_compose_id(const struct dm_incident_env *env, struct dm_incident *in)
{
    const struct dm_server *srv = server_of(env, in);
    char addr[DM_ADDR_STRLEN] = "", text[256];

    if (in->who.has_client) {
        dm_addr_text(&in->who.client, addr);
    }
    g_snprintf(text, sizeof text, "%s|%s%s%s|%" PRId64, dm_detectors[in->det]->id,
               srv ? srv->name : "", srv ? "|" : "", addr, in->finding.start_us);
    dm_compose_hash(text, in->id);
}

static char *reason_of(const struct dm_incident_env *env, const struct dm_incident *in,
                       enum dm_event_state state)
{
    const struct dm_server *srv = server_of(env, in);
    struct dm_finding f = in->finding;
    char addr[DM_ADDR_STRLEN];
    struct dm_buf s = {0};

    if (state == DM_STATE_CLOSE) {
        dm_buf_text(&s, "Over: ");
    }
    if (srv) {
        f.name = srv->name;
        dm_buf_printf(&s, "Mail server %s ", srv->name);
    } else if (in->who.has_client) {
        dm_buf_printf(&s, "%s ", dm_addr_text(&in->who.client, addr));
    }
    dm_detectors[in->det]->describe(&f, &in->day.count, &s);
    return dm_buf_take(&s);
}

static void add_evidence(struct dnsmon_event *ev, const struct dm_samples *samples)
{
    for (unsigned i = 0; samples && i < samples->n && i < DM_EVIDENCE_MAX; i++) {
        struct dm_evidence *e = dm_event_add_evidence(ev);
        e->time_us = samples->item[i].time_us;
        e->type = samples->item[i].type;
        g_strlcpy(e->name, samples->item[i].name, sizeof e->name);
    }
}

/* Whoever forges a machine's address must not get it blocked: no hint without verified evidence. */
static void add_confidence(struct dnsmon_event *ev, const struct dm_incident *in)
{
    const struct dm_finding *f = &in->finding;

    ev->has_verified = in->who.has_client || in->who.server;
    ev->verified = ev->has_verified && f->verified;
    g_strlcpy(ev->suggest, ev->verified && f->suggest ? f->suggest : "", sizeof ev->suggest);
}

static void add_numbers(struct dnsmon_event *ev, const struct dm_incident *in)
{
    const struct dm_finding *f = &in->finding;

    ev->score = f->score;
    ev->threshold = f->threshold;
    ev->llr = f->llr;
    ev->has_count = in->day.window_us != 0;
    ev->count = in->day.count;
    ev->distinct_registered = f->distinct;
    ev->distinct_max = f->distinct_max;
    ev->window_start_us = in->day.window_us;
    ev->window_s =
        in->day.window_us ? (uint32_t)MAX(1, (in->last_us - in->day.window_us) / 1000000) : 0;
    ev->suppressed = in->repeats;
    if (f->figures) {
        ev->figures = *f->figures;
    }
    add_confidence(ev, in);
}

const char *dm_compose_manager(const struct dm_incident_env *env, const struct dm_incident *in)
{
    const struct dm_server *srv = server_of(env, in);
    const char *manager = in->who.has_client ? dm_site_manager(env->site, &in->who.client) : NULL;

    return manager || !srv || !srv->has_addr ? manager : dm_site_manager(env->site, &srv->addr);
}

static void add_subject(const struct dm_incident_env *env, const struct dm_incident *in,
                        struct dnsmon_event *ev)
{
    const struct dm_server *srv = server_of(env, in);

    ev->has_client = in->who.has_client;
    ev->client = in->who.client;
    ev->has_host = srv && srv->has_addr;
    if (ev->has_host) {
        ev->host = srv->addr;
    }
    g_strlcpy(ev->observer, dm_intern_text(env->hosts, srv && srv->host ? srv->host : in->host),
              sizeof ev->observer);
    const char *manager = dm_compose_manager(env, in);
    g_strlcpy(ev->manager, manager ? manager : "", sizeof ev->manager);
}

void dm_compose_rule(struct dnsmon_event *ev, enum dm_detector_id det)
{
    ev->rule_id = dm_detectors[det]->id;
    ev->rule_name = dm_detectors[det]->name;
    g_strlcpy(ev->class_name, dm_detectors[det]->classes[0], sizeof ev->class_name);
}

struct dnsmon_event *dm_compose_event(const struct dm_incident_env *env,
                                      const struct dm_incident *in, enum dm_event_state state,
                                      int64_t now_us)
{
    struct dnsmon_event *ev = dm_event_new();

    if (!ev) {
        return NULL;
    }
    ev->time_us = now_us;
    ev->state = state;
    ev->level = (enum dnsmon_level)in->finding.level;
    g_strlcpy(ev->id, in->id, sizeof ev->id);
    ev->start_us = in->finding.start_us;
    ev->end_us = in->last_us;
    ev->rule_id = dm_detectors[in->det]->id;
    ev->rule_name = dm_detectors[in->det]->name;
    g_strlcpy(ev->class_name, dm_finding_class(&in->finding), sizeof ev->class_name);
    add_subject(env, in, ev);
    add_numbers(ev, in);
    add_evidence(ev, in->finding.samples);
    ev->reason = reason_of(env, in, state);
    return ev;
}

struct dnsmon_event *dm_compose_table_full(uint64_t n, double memory_bytes, int64_t now_us)
{
    struct dnsmon_event *ev = dm_event_new();
    char text[64];

    if (!ev) {
        return NULL;
    }
    g_snprintf(text, sizeof text, "table-full|%" PRId64, now_us);
    dm_compose_hash(text, ev->id);
    ev->time_us = ev->start_us = ev->end_us = now_us;
    ev->state = DM_STATE_OPEN;
    ev->level = DNSMON_NOTICE;
    dm_compose_rule(ev, DM_DET_table_full);
    struct dm_buf reason = {0};
    dm_buf_printf(&reason, "The client table has used its %.0f MiB: ", memory_bytes / 1048576);
    if (n > 0) {
        dm_buf_printf(&reason,
                      "%" PRIu64 " suspicious clients were forgotten or could not be followed.", n);
    } else {
        dm_buf_text(&reason, "what is known of suspicious clients had to be cut short.");
    }
    dm_buf_text(&reason, " Raise [limits] memory, or narrow [site] networks.");
    ev->reason = dm_buf_take(&reason);
    return ev;
}
