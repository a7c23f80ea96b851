/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The life of an incident. It is a row of a slab; the client's suspect block knows its number.
 *
 * An event leaves when the incident opens, when its level rises or its class changes, at the end of
 * a local day in which something happened, and when it closes. Its id is a hash of rule, client and
 * start, so that a replay of the same lines gives the same ids.
 *
 * LIMITS: all open incidents are looked at once a minute of event time; thousands are no load,
 * millions would be.
 */
#include "incident/incident.h"

#include <glib.h>
#include <math.h>

#include "incident/compose.h"
#include "incident/rollup.h"
#include "util/slab.h"

#define US 1000000

struct dm_incidents {
    struct dm_incident_env env;
    struct dm_slab slab; /* struct dm_incident */
    struct dm_rollup *rollup;
    struct dm_incident_counts counts;
};

struct dm_incidents *dm_incidents_new(const struct dm_incident_env *env)
{
    struct dm_incidents *inc = g_try_new0(struct dm_incidents, 1);

    if (!inc) {
        return NULL;
    }
    inc->env = *env;
    inc->rollup = dm_rollup_new(env->rate_per_h);
    if (!inc->rollup) {
        g_free(inc);
        return NULL;
    }
    dm_slab_init(&inc->slab, sizeof(struct dm_incident));
    return inc;
}

void dm_incidents_free(struct dm_incidents *inc)
{
    if (inc) {
        dm_slab_clear(&inc->slab);
        dm_rollup_free(inc->rollup);
        g_free(inc);
    }
}

void dm_incidents_configure(struct dm_incidents *inc, const struct dm_site *site, double hold_s,
                            double rate_per_h)
{
    inc->env.site = site;
    inc->env.hold_s = hold_s;
    inc->env.rate_per_h = rate_per_h;
    dm_rollup_set_rate(inc->rollup, rate_per_h);
}

static void send_rollups(struct dm_incidents *inc, int64_t now_us, bool all)
{
    struct dnsmon_event *ev;

    while ((ev = dm_rollup_take(inc->rollup, now_us, all)) != NULL) {
        inc->env.emit(inc->env.user, ev);
    }
}

/* Send an event about an incident, or put it into the roll-up if there have been too many. */
static void send(struct dm_incidents *inc, struct dm_incident *in, enum dm_event_state state,
                 int64_t now_us)
{
    if (!dm_rollup_may_send(inc->rollup, now_us)) {
        inc->counts.rolled_up++;
        send_rollups(inc, now_us, false);
        if (dm_rollup_add(inc->rollup, in, state, now_us) < 0) {
            inc->counts.lost++;
        }
    } else {
        struct dnsmon_event *ev = dm_compose_event(&inc->env, in, state, now_us);
        if (ev) {
            inc->counts.events[in->det]++;
            inc->env.emit(inc->env.user, ev);
        } else {
            inc->counts.lost++;
        }
    }
    in->repeats = 0;
    in->told_us = now_us;
}

static void take_finding(struct dm_incidents *inc, struct dm_incident *in)
{
    struct dm_client *cli = dm_client_find(inc->env.clients, &in->client);

    if (cli) {
        struct dm_finding f;
        inc->env.refresh(inc->env.user, in->det, cli, &f);
        f.level = MAX(f.level, in->finding.level);
        f.score = MAX(f.score, in->finding.score);
        in->finding = f;
    }
}

static void close_incident(struct dm_incidents *inc, dm_index at, int64_t now_us)
{
    struct dm_incident *in = dm_slab_at(&inc->slab, at);
    struct dm_client *cli = dm_client_find(inc->env.clients, &in->client);

    send(inc, in, DM_STATE_CLOSE, now_us);
    inc->counts.closed++;
    if (cli) {
        inc->env.closed(inc->env.user, in->det, cli);
    }
    dm_slab_give(&inc->slab, at);
}

static dm_index open_incident(struct dm_incidents *inc, enum dm_detector_id det,
                              const struct dm_client *cli, const struct dm_finding *f)
{
    dm_index at = dm_slab_take(&inc->slab);

    if (at) {
        struct dm_incident *in = dm_slab_at(&inc->slab, at);
        in->live = true;
        in->det = det;
        in->client = cli->addr;
        in->finding = *f;
        dm_compose_id(in);
        inc->counts.opened++;
    }
    return at;
}

void dm_incidents_report(struct dm_incidents *inc, dm_index *slot, enum dm_detector_id det,
                         struct dm_client *cli, const struct dm_finding *f, int64_t now_us,
                         uint16_t host)
{
    bool is_new = *slot == 0;

    if (is_new) {
        *slot = open_incident(inc, det, cli, f);
        if (*slot == 0) {
            inc->counts.lost++;
            return;
        }
    }
    struct dm_incident *in = dm_slab_at(&inc->slab, *slot);
    bool changed = f->level > in->finding.level || f->class_name != in->finding.class_name;
    double peak = MAX(f->score, in->finding.score);
    in->finding = *f;
    in->finding.score = peak;
    in->last_us = now_us;
    in->count = cli->today;
    in->window_us = (int64_t)cli->day_first_s * US;
    in->day = cli->day;
    in->host = host;
    cli->keep_until_s = MAX(cli->keep_until_s,
                            (uint32_t)(now_us / US + (int64_t)inc->env.hold_s + 3600));
    if (is_new || changed) {
        send(inc, in, is_new ? DM_STATE_OPEN : DM_STATE_UPDATE, now_us);
    } else {
        in->repeats++;
    }
}

typedef bool (*visit_fn)(struct dm_incidents *inc, struct dm_incident *in, int64_t arg);

/* Close every live incident for which @over says so.  The order is that of opening. */
static void sweep(struct dm_incidents *inc, visit_fn over, int64_t arg, int64_t now_us)
{
    for (uint32_t at = 1; at <= inc->slab.used; at++) {
        struct dm_incident *in = dm_slab_at(&inc->slab, at);
        if (dm_incident_is_live(in) && over(inc, in, arg)) {
            close_incident(inc, at, now_us);
        }
    }
}

static bool held_enough(struct dm_incidents *inc, struct dm_incident *in, int64_t now_us)
{
    return (double)(now_us - in->last_us) >= inc->env.hold_s * US;
}

void dm_incidents_minute(struct dm_incidents *inc, int64_t now_us)
{
    sweep(inc, held_enough, now_us, now_us);
    send_rollups(inc, now_us, false);
}

/* Bring the day's exact counts into an incident that was active in it. */
static bool end_of_day(struct dm_incidents *inc, struct dm_incident *in, int64_t day)
{
    struct dm_client *cli = dm_client_find(inc->env.clients, &in->client);

    if (in->day != day) {
        return false;
    }
    if (cli && cli->day == day) {
        in->count = cli->today;
    }
    return true;
}

void dm_incidents_day(struct dm_incidents *inc, int32_t day, int64_t now_us)
{
    for (uint32_t at = 1; at <= inc->slab.used; at++) {
        struct dm_incident *in = dm_slab_at(&inc->slab, at);
        if (!dm_incident_is_live(in) || !end_of_day(inc, in, day)) {
            continue;
        }
        take_finding(inc, in);
        if (dm_detectors[in->det]->daily) {
            close_incident(inc, at, now_us);
        } else {
            send(inc, in, DM_STATE_UPDATE, now_us);
        }
    }
}

void dm_incidents_end(struct dm_incidents *inc, dm_index at, int64_t now_us)
{
    close_incident(inc, at, now_us);
}

static bool always(struct dm_incidents *inc, struct dm_incident *in, int64_t arg)
{
    (void)arg;
    end_of_day(inc, in, in->day);
    take_finding(inc, in);
    return true;
}

void dm_incidents_flush(struct dm_incidents *inc, int64_t now_us)
{
    send_rollups(inc, now_us, true);
}

void dm_incidents_finish(struct dm_incidents *inc, int64_t now_us)
{
    sweep(inc, always, 0, now_us);
    dm_incidents_flush(inc, now_us);
}

size_t dm_incidents_open(const struct dm_incidents *inc)
{
    return inc->slab.live;
}

const struct dm_incident_counts *dm_incidents_counts(const struct dm_incidents *inc)
{
    return &inc->counts;
}
