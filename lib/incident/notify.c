/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A token bucket a manager (as many at once as an hour allows, then at that rate), and two bounds:
 * no hour has more than an hour's mails, and 24 hours no more than a day's. What finds no room goes
 * to the manager's list of that rule; a list is sent when it has been collected for the storm's
 * window and there is room for it.
 *
 * Lists go first: while one waits, what is new is put on it, and the last mail of the hour and of
 * the day is kept for one. Else an outbreak that goes on would be told one by one, each time there
 * is room for a mail, and those on the list would wait for its end.
 *
 * LIMITS: managers are known by their text: who is written in two ways has two budgets.
 */
#include "incident/notify.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "incident/roster.h"
#include "util/ptrs.h"

#define US 1000000.0
#define HOUR_US (3600 * US)
#define DAY_US (86400 * US)
#define MINUTE_US G_GINT64_CONSTANT(60000000)
/* The current minute and the sixty before it: any hour that ends now lies within them. */
#define MINUTES 61

struct manager {
    char *text;
    double tokens;
    int64_t at_us;    /* of the tokens */
    int64_t since_us; /* begin of the 24 hours that `told` counts */
    uint32_t told;
    int64_t
        minute; /* since 1970, the last of `in_minute`, which is at this number modulo MINUTES */
    uint16_t in_minute[MINUTES]; /* of what he was told */
    struct dm_roster list[DM_DET_COUNT];
};

struct dm_notify {
    struct dm_rates rates;
    struct dm_ptrs managers; /* struct manager, in the order in which they first had something */
};

static void free_manager(void *p)
{
    struct manager *m = p;

    for (int i = 0; i < DM_DET_COUNT; i++) {
        dm_roster_clear(&m->list[i]);
    }
    free(m->text);
    g_free(m);
}

struct dm_notify *dm_notify_new(const struct dm_rates *rates)
{
    struct dm_notify *n = g_try_new0(struct dm_notify, 1);

    if (n) {
        dm_notify_set_rates(n, rates);
    }
    return n;
}

void dm_notify_free(struct dm_notify *n)
{
    if (n) {
        dm_ptrs_clear(&n->managers, free_manager);
        g_free(n);
    }
}

void dm_notify_set_rates(struct dm_notify *n, const struct dm_rates *rates)
{
    n->rates = *rates;
}

static struct manager *add_manager(struct dm_notify *n, const char *text)
{
    struct manager *m = n->managers.len < DM_NOTIFY_MAX ? g_try_new0(struct manager, 1) : NULL;

    if (!m) {
        return NULL;
    }
    m->text = strdup(text);
    m->tokens = MAX(1.0, n->rates.manager_per_h);
    m->at_us = m->since_us = INT64_MIN;
    if (!m->text || dm_ptrs_insert(&n->managers, n->managers.len, m) < 0) {
        free_manager(m);
        return NULL;
    }
    return m;
}

static struct manager *manager_of(struct dm_notify *n, const char *text)
{
    for (guint i = 0; i < n->managers.len; i++) {
        struct manager *m = n->managers.v[i];
        if (strcmp(m->text, text) == 0) {
            return m;
        }
    }
    return add_manager(n, text);
}

static unsigned in_hour(struct manager *m, int64_t now_us)
{
    int64_t minute = MAX(m->minute, now_us / MINUTE_US);
    unsigned n = 0;

    for (int64_t i = MAX(m->minute, minute - MINUTES) + 1; i <= minute; i++) {
        m->in_minute[i % MINUTES] = 0;
    }
    m->minute = minute;
    for (int i = 0; i < MINUTES; i++) {
        n += m->in_minute[i];
    }
    return n;
}

static void refill(const struct dm_notify *n, struct manager *m, int64_t now_us)
{
    if (m->at_us == INT64_MIN) {
        m->at_us = m->since_us = now_us;
    }
    if ((double)(now_us - m->since_us) >= DAY_US) {
        m->since_us = now_us;
        m->told = 0;
    }
    m->tokens += (double)MAX(0, now_us - m->at_us) / HOUR_US * n->rates.manager_per_h;
    m->tokens = MIN(m->tokens, MAX(1.0, n->rates.manager_per_h));
    m->at_us = MAX(m->at_us, now_us);
}

/* Take room for a mail, if there is any and @keep more than that, or all there ever is. */
static bool take_room(const struct dm_notify *n, struct manager *m, unsigned keep, int64_t now_us)
{
    double hour = MAX(1.0, floor(n->rates.manager_per_h)), day = n->rates.manager_per_day;

    refill(n, m, now_us);
    if (m->tokens < 1.0 || in_hour(m, now_us) + MIN(keep, hour - 1) >= hour ||
        m->told + MIN(keep, day - 1) >= day) {
        return false;
    }
    m->tokens -= 1.0;
    m->told++;
    m->in_minute[m->minute % MINUTES]++;
    return true;
}

static bool has_list(const struct manager *m)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (m->list[i].n) {
            return true;
        }
    }
    return false;
}

bool dm_notify_now(struct dm_notify *n, const char *manager, const struct dm_incident *in,
                   const struct dm_addr *who, bool alone, int64_t now_us)
{
    struct manager *m = manager_of(n, manager);

    if (!m) {
        return false;
    }
    if (alone && !has_list(m) && take_room(n, m, 1, now_us)) {
        return true;
    }
    (void)dm_roster_add(&m->list[in->det], in, who, now_us);
    return false;
}

static struct dnsmon_event *event_of(struct manager *m, enum dm_detector_id det, int64_t now_us)
{
    struct dm_roster *l = &m->list[det];
    struct dm_buf kind = {0}, text = {0};

    dm_buf_printf(&kind, "manager|%s", m->text);
    dm_buf_printf(&text,
                  "In your network, rule %s found %u more %s than you are told of one by one; "
                  "this event names each of them once.",
                  dm_detectors[det]->id, l->n, dm_roster_noun(l, det));
    char *key = dm_buf_take(&kind), *reason = dm_buf_take(&text);
    struct dnsmon_event *ev = dm_roster_event(l, det, key ? key : "manager", reason, now_us);

    if (ev) {
        g_strlcpy(ev->manager, m->text, sizeof ev->manager);
        ev->notify = true;
    }
    free(key);
    return ev;
}

struct dnsmon_event *dm_notify_take(struct dm_notify *n, int64_t now_us, bool all)
{
    for (guint i = 0; i < n->managers.len; i++) {
        struct manager *m = n->managers.v[i];
        for (int d = 0; d < DM_DET_COUNT; d++) {
            const struct dm_roster *l = &m->list[d];
            bool ripe = (double)(now_us - l->first_us) >= n->rates.storm_window_s * US;
            if (l->n && (all || (ripe && take_room(n, m, 0, now_us)))) {
                return event_of(m, (enum dm_detector_id)d, now_us);
            }
        }
    }
    return NULL;
}

/* ---- state file ---- */

void dm_notify_pack(struct dm_buf *out, const struct dm_notify *n)
{
    dm_pack_count(out, n->managers.len);
    for (guint i = 0; i < n->managers.len; i++) {
        const struct manager *m = n->managers.v[i];
        bool begun = m->at_us != INT64_MIN;
        int64_t at_us = begun ? m->at_us : 0, since_us = begun ? m->since_us : 0;
        dm_pack_count(out, strlen(m->text));
        dm_pack(out, m->text, strlen(m->text));
        DM_PACK(out, m->tokens);
        DM_PACK(out, begun);
        DM_PACK(out, at_us);
        DM_PACK(out, since_us);
        DM_PACK(out, m->told);
        DM_PACK(out, m->minute);
        DM_PACK(out, m->in_minute);
        for (int d = 0; d < DM_DET_COUNT; d++) {
            dm_roster_pack(out, &m->list[d]);
        }
    }
}

static int unpack_manager(struct dm_unpacker *in, struct dm_notify *n)
{
    struct dm_slice text = dm_unpack_slice(in, (size_t)dm_unpack_count(in, 1));

    if (!dm_unpack_require(in, text.n && !memchr(text.p, 0, text.n), "a manager cannot be")) {
        return 0;
    }
    char *copy = strndup(text.p, text.n);
    struct manager *m = copy ? add_manager(n, copy) : NULL;
    free(copy);
    if (!m) {
        return DNSMON_ENOMEM;
    }
    m->tokens = dm_unpack_double(in);
    bool begun = dm_unpack_bool(in);
    int64_t at_us = dm_unpack_us(in), since_us = dm_unpack_us(in);
    m->at_us = begun ? at_us : INT64_MIN;
    m->since_us = begun ? since_us : INT64_MIN;
    DM_UNPACK(in, m->told);
    DM_UNPACK(in, m->minute);
    DM_UNPACK(in, m->in_minute);
    dm_unpack_require(in, m->minute >= 0 && m->minute <= DM_PACK_MAX_S / 60, "a minute cannot be");
    int rc = 0;
    for (int d = 0; d < DM_DET_COUNT && rc == 0 && !in->bad; d++) {
        rc = dm_roster_unpack(in, &m->list[d], (enum dm_detector_id)d);
    }
    return rc;
}

/* Bytes of a manager in a file, at the least. */
#define PACKED_MANAGER 168

int dm_notify_unpack(struct dm_unpacker *in, struct dm_notify *n)
{
    uint64_t count = dm_unpack_count(in, PACKED_MANAGER);
    int rc = 0;

    dm_unpack_require(in, count <= DM_NOTIFY_MAX, "there are too many managers");
    for (uint64_t i = 0; i < count && rc == 0 && !in->bad; i++) {
        rc = unpack_manager(in, n);
    }
    return rc;
}
