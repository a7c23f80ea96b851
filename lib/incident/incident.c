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
#include "incident/notify.h"
#include "incident/rollup.h"
#include "util/slab.h"

struct dm_incidents {
    struct dm_incident_env env;
    struct dm_slab slab;     /* struct dm_incident */
    dm_index oldest, newest; /* the order of opening */
    struct dm_rollup *rollup;
    struct dm_notify *notify;
    struct dm_incident_counts counts;
};

struct dm_incidents *dm_incidents_new(const struct dm_incident_env *env)
{
    struct dm_incidents *inc = g_try_new0(struct dm_incidents, 1);

    if (!inc) {
        return NULL;
    }
    inc->env = *env;
    dm_slab_init(&inc->slab, sizeof(struct dm_incident));
    inc->rollup = dm_rollup_new(&env->rates);
    inc->notify = dm_notify_new(&env->rates);
    if (!inc->rollup || !inc->notify) {
        dm_incidents_free(inc);
        return NULL;
    }
    return inc;
}

void dm_incidents_free(struct dm_incidents *inc)
{
    if (inc) {
        dm_slab_clear(&inc->slab);
        dm_rollup_free(inc->rollup);
        dm_notify_free(inc->notify);
        g_free(inc);
    }
}

void dm_incidents_configure(struct dm_incidents *inc, const struct dm_site *site,
                            const struct dm_rates *rates)
{
    inc->env.site = site;
    inc->env.rates = *rates;
    dm_rollup_set_rates(inc->rollup, rates);
    dm_notify_set_rates(inc->notify, rates);
}

/* Send the lists that are due: of all, and of single managers. */
static void send_lists(struct dm_incidents *inc, int64_t now_us, bool all)
{
    struct dnsmon_event *ev;

    while ((ev = dm_rollup_take(inc->rollup, now_us, all)) != NULL) {
        inc->env.emit(inc->env.user, ev);
    }
    while ((ev = dm_notify_take(inc->notify, now_us, all)) != NULL) {
        inc->env.emit(inc->env.user, ev);
    }
}

static void send_alone(struct dm_incidents *inc, struct dm_incident *in, enum dm_event_state state,
                       bool notify, int64_t now_us)
{
    struct dnsmon_event *ev = dm_compose_event(&inc->env, in, state, now_us);

    if (!ev) {
        inc->counts.lost++;
        return;
    }
    ev->notify = notify;
    inc->counts.events[in->det]++;
    inc->env.emit(inc->env.user, ev);
}

static void send_later(struct dm_incidents *inc, struct dm_incident *in, const struct dm_addr *who,
                       int64_t now_us)
{
    inc->counts.rolled_up++;
    send_lists(inc, now_us, false);
    if (dm_rollup_add(inc->rollup, in, who, now_us) < 0) {
        inc->counts.lost++;
    }
}

/*
 * Send an event about an incident, or put it on a list if there have been too many. The few about
 * subjects without an address are always sent: a list could not name them.
 * @raised: it is new, or worse than it was: if it is an alarm, a manager wants to know.
 */
static void send(struct dm_incidents *inc, struct dm_incident *in, enum dm_event_state state,
                 bool raised, int64_t now_us)
{
    struct dm_addr who;
    bool named = dm_compose_address(&inc->env, in, &who);
    bool alone = dm_rollup_may_send(inc->rollup, in->det, state, now_us) || !named;
    const char *manager = raised && named && in->finding.level == DNSMON_ALARM
                              ? dm_compose_manager(&inc->env, in)
                              : NULL;
    bool notify = manager && dm_notify_now(inc->notify, manager, in, &who, alone, now_us);

    if (alone) {
        send_alone(inc, in, state, notify, now_us);
    } else {
        send_later(inc, in, &who, now_us);
    }
    in->repeats = 0;
    in->told_us = now_us;
}

static void take_finding(struct dm_incidents *inc, struct dm_incident *in)
{
    struct dm_finding f;

    if (inc->env.refresh(inc->env.user, in, &f)) {
        f.level = MAX(f.level, in->finding.level);
        f.score = MAX(f.score, in->finding.score);
        f.verified |= in->finding.verified;
        in->finding = f;
    }
}

static struct dm_incident *incident_at(const struct dm_incidents *inc, dm_index at)
{
    return at ? dm_slab_at(&inc->slab, at) : NULL;
}

/* A new incident, the last in order.   Returns: 0 without memory. */
static dm_index take_incident(struct dm_incidents *inc)
{
    dm_index at = dm_slab_take(&inc->slab);

    if (at) {
        incident_at(inc, at)->older = inc->newest;
        *(inc->newest ? &incident_at(inc, inc->newest)->newer : &inc->oldest) = at;
        inc->newest = at;
    }
    return at;
}

static void give_incident(struct dm_incidents *inc, dm_index at)
{
    struct dm_incident *in = incident_at(inc, at);

    *(in->newer ? &incident_at(inc, in->newer)->older : &inc->newest) = in->older;
    *(in->older ? &incident_at(inc, in->older)->newer : &inc->oldest) = in->newer;
    dm_slab_give(&inc->slab, at);
}

static void close_incident(struct dm_incidents *inc, dm_index at, int64_t now_us)
{
    struct dm_incident *in = dm_slab_at(&inc->slab, at);

    send(inc, in, DM_STATE_CLOSE, false, now_us);
    inc->counts.closed++;
    inc->env.closed(inc->env.user, in);
    give_incident(inc, at);
}

static dm_index open_incident(struct dm_incidents *inc, const struct dm_report *rep)
{
    dm_index at = take_incident(inc);

    if (at) {
        struct dm_incident *in = dm_slab_at(&inc->slab, at);
        in->det = rep->det;
        in->who = rep->who;
        in->finding = *rep->finding;
        dm_compose_id(&inc->env, in);
        inc->counts.opened++;
    }
    return at;
}

static bool is_other_peer(const struct dm_incident *in, const struct dm_subject *who)
{
    return in->who.has_client != who->has_client ||
           (who->has_client && !dm_addr_eq(&in->who.client, &who->client));
}

void dm_incidents_report(struct dm_incidents *inc, dm_index *slot, const struct dm_report *rep)
{
    const struct dm_finding *f = rep->finding;

    if (*slot && is_other_peer(dm_slab_at(&inc->slab, *slot), &rep->who)) {
        close_incident(inc, *slot, rep->now_us);
        *slot = 0;
    }
    bool is_new = *slot == 0;
    if (is_new) {
        *slot = open_incident(inc, rep);
        if (*slot == 0) {
            inc->counts.lost++;
            return;
        }
    }
    struct dm_incident *in = dm_slab_at(&inc->slab, *slot);
    bool worse = f->level > in->finding.level;
    bool changed = worse || strcmp(dm_finding_class(f), dm_finding_class(&in->finding)) != 0;
    double peak = MAX(f->score, in->finding.score);
    bool verified = in->finding.verified;
    in->finding = *f;
    in->finding.score = peak;
    in->finding.verified |= verified;
    in->last_us = rep->now_us;
    in->day = rep->day;
    in->host = rep->host;
    if (is_new || changed) {
        send(inc, in, is_new ? DM_STATE_OPEN : DM_STATE_UPDATE, is_new || worse, rep->now_us);
    } else {
        in->repeats++;
    }
}

typedef bool (*visit_fn)(struct dm_incidents *inc, struct dm_incident *in, int64_t arg);

/* Close every incident for which @over says so.  The order is that of opening. */
static void sweep(struct dm_incidents *inc, visit_fn over, int64_t arg, int64_t now_us)
{
    for (dm_index at = inc->oldest, next; at; at = next) {
        struct dm_incident *in = incident_at(inc, at);
        next = in->newer;
        if (over(inc, in, arg)) {
            close_incident(inc, at, now_us);
        }
    }
}

static bool held_enough(struct dm_incidents *inc, struct dm_incident *in, int64_t now_us)
{
    /* Rules about the site are asked once a day and end their incidents themselves. */
    return dm_detectors[in->det]->subject != DM_SUBJECT_SITE &&
           (double)(now_us - in->last_us) >= inc->env.rates.hold_s * 1e6;
}

void dm_incidents_minute(struct dm_incidents *inc, int64_t now_us)
{
    sweep(inc, held_enough, now_us, now_us);
    send_lists(inc, now_us, false);
}

/* Bring the day's exact counts into an incident that was active in it. */
static bool end_of_day(struct dm_incidents *inc, struct dm_incident *in, int64_t day)
{
    struct dm_day_counts now;

    if (in->day.day != day) {
        return false;
    }
    if (inc->env.counts(inc->env.user, in, &now) && now.day == day) {
        in->day.count = now.count;
    }
    return true;
}

void dm_incidents_day(struct dm_incidents *inc, int32_t day, int64_t now_us)
{
    for (dm_index at = inc->oldest, next; at; at = next) {
        struct dm_incident *in = incident_at(inc, at);
        next = in->newer;
        if (!end_of_day(inc, in, day)) {
            continue;
        }
        take_finding(inc, in);
        if (dm_detectors[in->det]->daily) {
            close_incident(inc, at, now_us);
        } else if (in->told_us != now_us) { /* it was not opened by the end of this day */
            send(inc, in, DM_STATE_UPDATE, false, now_us);
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
    end_of_day(inc, in, in->day.day);
    take_finding(inc, in);
    return true;
}

void dm_incidents_flush(struct dm_incidents *inc, int64_t now_us)
{
    send_lists(inc, now_us, true);
}

void dm_incidents_finish(struct dm_incidents *inc, int64_t now_us)
{
    sweep(inc, always, 0, now_us);
    dm_incidents_flush(inc, now_us);
}

void dm_incidents_told(struct dm_incidents *inc, enum dm_detector_id det)
{
    inc->counts.events[det]++;
}

size_t dm_incidents_open(const struct dm_incidents *inc)
{
    return inc->slab.live;
}

const struct dm_incident_counts *dm_incidents_counts(const struct dm_incidents *inc)
{
    return &inc->counts;
}

/* ---- state file ---- */

static void pack_finding(struct dm_buf *out, const struct dm_finding *f)
{
    const char *class_name = dm_finding_class(f);
    uint8_t len = (uint8_t)strlen(class_name), samples = f->samples != NULL;

    DM_PACK(out, f->level);
    DM_PACK(out, len);
    dm_pack(out, class_name, len);
    DM_PACK(out, f->score);
    DM_PACK(out, f->threshold);
    DM_PACK(out, f->llr);
    DM_PACK(out, f->distinct);
    DM_PACK(out, f->distinct_max);
    DM_PACK(out, f->start_us);
    DM_PACK(out, f->verified);
    DM_PACK(out, samples);
}

static void pack_incident(struct dm_buf *out, const struct dm_incident *in)
{
    uint8_t det = (uint8_t)in->det;

    DM_PACK(out, det);
    DM_PACK(out, in->who.server);
    DM_PACK(out, in->who.has_client);
    DM_PACK(out, in->who.client);
    DM_PACK(out, in->id);
    pack_finding(out, &in->finding);
    DM_PACK(out, in->last_us);
    DM_PACK(out, in->told_us);
    DM_PACK(out, in->day.window_us);
    DM_PACK(out, in->day.count);
    DM_PACK(out, in->day.day);
    DM_PACK(out, in->host);
    DM_PACK(out, in->repeats);
}

void dm_incidents_pack(struct dm_buf *out, const struct dm_incidents *inc)
{
    dm_rollup_pack(out, inc->rollup);
    dm_notify_pack(out, inc->notify);
    dm_pack_count(out, inc->slab.live);
    for (dm_index at = inc->oldest; at; at = incident_at(inc, at)->newer) {
        pack_incident(out, incident_at(inc, at));
    }
}

static void unpack_class(struct dm_unpacker *in, enum dm_detector_id det, struct dm_finding *f)
{
    char name[UINT8_MAX + 1] = "";
    uint8_t len;

    DM_UNPACK(in, len);
    dm_unpack(in, name, len);
    f->class_name = "";
    dm_unpack_require(in, dm_finding_set_class(f, det, name), "a class cannot be");
}

/* Returns: whether it had samples, which are the client's. */
static bool unpack_finding(struct dm_unpacker *in, enum dm_detector_id det, struct dm_finding *f)
{
    DM_UNPACK(in, f->level);
    dm_unpack_require(in, f->level >= DNSMON_INFO && f->level <= DNSMON_ALARM, "a level cannot be");
    unpack_class(in, det, f);
    f->score = dm_unpack_double(in);
    f->threshold = dm_unpack_double(in);
    DM_UNPACK(in, f->llr);
    dm_unpack_require(in, !isinf(f->llr), "a number is none");
    DM_UNPACK(in, f->distinct);
    DM_UNPACK(in, f->distinct_max);
    f->start_us = dm_unpack_us(in);
    f->verified = dm_unpack_bool(in);
    return dm_unpack_bool(in);
}

static bool is_id(const char id[33])
{
    return strspn(id, "0123456789abcdef") == 32;
}

/* Returns: whether it had samples. */
static bool unpack_incident(struct dm_unpacker *in, struct dm_incident *ret)
{
    uint8_t det;

    DM_UNPACK(in, det);
    if (!dm_unpack_require(in, det < DM_DET_COUNT, "there is no such rule")) {
        return false;
    }
    ret->det = (enum dm_detector_id)det;
    DM_UNPACK(in, ret->who.server);
    ret->who.has_client = dm_unpack_bool(in);
    DM_UNPACK(in, ret->who.client);
    DM_UNPACK(in, ret->id);
    dm_unpack_require(in, ret->id[32] == 0 && is_id(ret->id), "an incident's id cannot be");
    bool samples = unpack_finding(in, ret->det, &ret->finding);
    ret->last_us = dm_unpack_us(in);
    ret->told_us = dm_unpack_us(in);
    ret->day.window_us = dm_unpack_us(in);
    DM_UNPACK(in, ret->day.count);
    DM_UNPACK(in, ret->day.day);
    DM_UNPACK(in, ret->host);
    DM_UNPACK(in, ret->repeats);
    return samples;
}

/* Its subject's block knows its number, and has the samples. */
static void join_subject(struct dm_unpacker *in, struct dm_incidents *inc, dm_index at,
                         dm_index *slot, bool samples)
{
    struct dm_incident *mine = incident_at(inc, at);
    struct dm_finding f;

    if (slot && dm_unpack_require(in, *slot == 0, "a subject has two incidents of one rule")) {
        *slot = at;
    }
    if (slot && !in->bad && inc->env.refresh(inc->env.user, mine, &f)) {
        /* A detector that reports nothing may give its samples back: they would dangle here. */
        dm_unpack_require(in, f.level >= DNSMON_NOTICE, "an incident's subject is not suspected");
        mine->finding.samples = samples ? f.samples : NULL;
        mine->finding.figures = f.figures;
        mine->finding.suggest = f.suggest;
        mine->finding.detail = f.detail;
    }
}

/* Read one into the end of the list.   Returns: 0, also if it was refused; DNSMON_ENOMEM. */
static int unpack_next(struct dm_unpacker *in, struct dm_incidents *inc)
{
    struct dm_incident from = {0};
    bool samples = unpack_incident(in, &from);
    dm_index at = in->bad ? 0 : take_incident(inc);

    if (!at) {
        return in->bad ? 0 : DNSMON_ENOMEM;
    }
    struct dm_incident *to = incident_at(inc, at);
    from.older = to->older;
    *to = from;
    join_subject(in, inc, at, inc->env.slot_of(inc->env.user, to), samples);
    return 0;
}

/* Bytes of an incident in a file, at the least. */
#define PACKED_INCIDENT 128

int dm_incidents_unpack(struct dm_unpacker *in, struct dm_incidents *inc)
{
    int rc = dm_rollup_unpack(in, inc->rollup);
    rc = rc < 0 ? rc : dm_notify_unpack(in, inc->notify);
    uint64_t n = dm_unpack_count(in, PACKED_INCIDENT);

    for (uint64_t i = 0; i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_next(in, inc);
    }
    return rc;
}

static bool is_orphan(struct dm_incidents *inc, struct dm_incident *in, int64_t now_us)
{
    (void)now_us;
    return inc->env.slot_of(inc->env.user, in) == NULL;
}

void dm_incidents_end_orphans(struct dm_incidents *inc, int64_t now_us)
{
    sweep(inc, is_orphan, now_us, now_us);
}
