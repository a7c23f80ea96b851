/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: what is counted anyway is not counted twice: the site's curve is the growth of the day's
 * counts, a mail server's points are its minutes. Clients and machines are counted here.
 *
 * LIMITS: without mark, the questions of a client count only while it is watched (watch.h). More
 * than 16,384 machines of a kind are not told apart. What a mail server did in the last minute,
 * which has not ended, is missing, as it is for the rules.
 * Source: S0 to S4; doc/SCIENCE.md A.
 */
#include "figures/recorder.h"

#include <glib.h>
#include <string.h>

/* Machines of an hour or a day, 11 to 22 bytes each; as campaign-sync. */
#define MACHINES_MAX 16384
#define HOUR_S 3600
#define MINUTE_S 60

struct dm_recorder *dm_recorder_new(void)
{
    struct dm_recorder *r = g_try_new0(struct dm_recorder, 1);

    if (!r) {
        return NULL;
    }
    r->begin_s = INT64_MIN;
    dm_curve_init(&r->site, MINUTE_S, DM_CURVE_SUM);
    dm_curve_init(&r->hours, HOUR_S, DM_CURVE_MAX);
    for (int i = 0; i < DM_MACHINE_COUNT; i++) {
        dm_set_init(&r->in_hour[i], MACHINES_MAX);
        dm_set_init(&r->in_day[i], MACHINES_MAX);
    }
    r->watch = dm_watch_new();
    if (!r->watch) {
        dm_recorder_free(r);
        return NULL;
    }
    return r;
}

void dm_recorder_free(struct dm_recorder *r)
{
    if (!r) {
        return;
    }
    dm_watch_free(r->watch);
    dm_curve_clear(&r->site);
    dm_curve_clear(&r->hours);
    for (int i = 0; i < DM_MACHINE_COUNT; i++) {
        dm_set_clear(&r->in_hour[i]);
        dm_set_clear(&r->in_day[i]);
    }
    for (int i = 0; i <= DM_SERVER_MAX; i++) {
        if (r->server[i]) {
            dm_mailfig_clear(&r->server[i]->fig);
            g_free(r->server[i]);
        }
    }
    g_free(r);
}

/* ---- machines ---- */

static void end_hour(struct dm_recorder *r)
{
    for (int i = 0; i < DM_MACHINE_COUNT; i++) {
        if (dm_set_count(&r->in_hour[i]) > 0) {
            dm_curve_put(&r->hours, r->hour * HOUR_S, (unsigned)i, dm_set_count(&r->in_hour[i]));
            dm_set_clear(&r->in_hour[i]);
        }
    }
}

void dm_recorder_machine(struct dm_recorder *r, enum dm_recorder_machine what, uint64_t hash,
                         int64_t now_s)
{
    if (now_s / HOUR_S != r->hour) {
        end_hour(r);
        r->hour = now_s / HOUR_S;
    }
    r->lossy |= dm_set_add(&r->in_hour[what], hash) < 0;
    r->lossy |= dm_set_add(&r->in_day[what], hash) < 0;
}

static void end_day(struct dm_recorder *r)
{
    struct dm_recorder_day *d = &r->day[r->n_days];

    if (r->n_days == DM_RECORDER_DAYS) {
        r->lossy = true;
        return;
    }
    r->n_days++;
    d->day = r->today;
    for (int i = 0; i < DM_MACHINE_COUNT; i++) {
        d->machines[i] = dm_set_count(&r->in_day[i]);
        dm_set_clear(&r->in_day[i]);
    }
}

/* ---- time ---- */

static void note_offset(struct dm_recorder *r, int64_t from_s, int32_t offset_s)
{
    uint32_t n = r->n_offsets;

    if ((n == 0 || r->offset[n - 1].offset_s != offset_s) && n < DM_RECORDER_OFFSETS) {
        r->offset[n].from_s = from_s;
        r->offset[n].offset_s = offset_s;
        r->n_offsets++;
    }
}

void dm_recorder_day(struct dm_recorder *r, const struct dm_recorder_date *date, int64_t now_s)
{
    note_offset(r, date->from_s, date->offset_s);
    if (r->begin_s == INT64_MIN) {
        r->begin_s = r->end_s = now_s;
    } else if (r->today != date->day) {
        end_day(r);
        for (int i = 1; i <= DM_SERVER_MAX; i++) {
            if (r->server[i]) {
                dm_mailfig_day(&r->server[i]->fig, date->day, date->from_s);
            }
        }
    }
    r->today = date->day;
    r->today_from_s = date->from_s;
}

static uint32_t growth(uint32_t now, uint32_t before)
{
    return now >= before ? now - before : now; /* another day has begun */
}

void dm_recorder_minute(struct dm_recorder *r, int64_t from_s, const struct dm_type_counts *today)
{
    const uint32_t more[DM_CURVE_COLUMNS] = {
        growth(today->a, r->last.a), growth(today->aaaa, r->last.aaaa),
        growth(today->mx, r->last.mx), growth(today->ptr, r->last.ptr),
        growth(today->other, r->last.other)};

    for (unsigned i = 0; i < DM_CURVE_COLUMNS; i++) {
        dm_curve_put(&r->site, from_s, i, more[i]);
    }
    r->last = *today;
    r->end_s = from_s + MINUTE_S;
}

void dm_recorder_server(struct dm_recorder *r, uint16_t number, const struct dm_server *srv,
                        const struct dm_mail_counts *minute, int64_t end_s)
{
    struct dm_recorder_server *s = r->server[number];

    if (!s) {
        s = r->server[number] = g_try_new0(struct dm_recorder_server, 1);
        r->lossy |= !s;
        if (!s) {
            return;
        }
        g_strlcpy(s->name, srv->name, sizeof s->name);
        dm_mailfig_day(&s->fig, r->today, r->today_from_s);
    }
    s->has_addr = srv->has_addr;
    s->addr = srv->addr;
    dm_mailfig_minute(&s->fig, srv, minute, end_s);
}
