/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One list for each rule. A client is named once in a list, with its newest numbers.
 *
 * LIMITS: what the single events would have said beside level, score and counts is not kept; the
 * incidents' later events (day end, close) carry it.
 */
#include "incident/rollup.h"

#include <glib.h>
#include <stdlib.h>

#include "dnsmon/dnsmon.h"

struct list {
    struct dm_rollup_item *item; /* malloc(): goes to the event */
    unsigned n, cap;
    uint64_t events; /* rolled up, repeats of a client too */
    int64_t first_us, last_us;
    int level;
    char class_name[64];
};

struct dm_rollup {
    double rate_per_h, tokens;
    int64_t at_us;
    bool begun;
    struct list list[DM_DET_COUNT];
};

struct dm_rollup *dm_rollup_new(double rate_per_h)
{
    struct dm_rollup *r = g_try_new0(struct dm_rollup, 1);

    if (r) {
        r->rate_per_h = rate_per_h;
    }
    return r;
}

void dm_rollup_free(struct dm_rollup *r)
{
    for (int i = 0; r && i < DM_DET_COUNT; i++) {
        free(r->list[i].item);
    }
    g_free(r);
}

void dm_rollup_set_rate(struct dm_rollup *r, double rate_per_h)
{
    r->rate_per_h = rate_per_h;
}

bool dm_rollup_may_send(struct dm_rollup *r, int64_t now_us)
{
    double most = MAX(1.0, r->rate_per_h);

    if (!r->begun) {
        r->begun = true;
        r->tokens = most;
        r->at_us = now_us;
    }
    r->tokens += (double)MAX(0, now_us - r->at_us) / (double)DM_ROLLUP_US * r->rate_per_h;
    r->tokens = MIN(r->tokens, most);
    r->at_us = MAX(r->at_us, now_us);
    if (r->tokens < 1.0) {
        return false;
    }
    r->tokens -= 1.0;
    return true;
}

static int reserve(struct list *l)
{
    if (l->n == DM_ROLLUP_MAX) {
        return DNSMON_ENOMEM;
    }
    if (l->n == l->cap) {
        unsigned cap = l->cap ? l->cap * 2 : 16;
        void *item = realloc(l->item, cap * sizeof *l->item);
        if (!item) {
            return DNSMON_ENOMEM;
        }
        l->item = item;
        l->cap = cap;
    }
    return 0;
}

static struct dm_rollup_item *item_of(struct list *l, const struct dm_addr *client)
{
    for (unsigned i = 0; i < l->n; i++) {
        if (dm_addr_eq(&l->item[i].client, client)) {
            return &l->item[i];
        }
    }
    if (reserve(l) < 0) {
        return NULL;
    }
    l->item[l->n] = (struct dm_rollup_item){.client = *client};
    return &l->item[l->n++];
}

int dm_rollup_add(struct dm_rollup *r, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us)
{
    struct list *l = &r->list[in->det];
    struct dm_rollup_item *item = item_of(l, who);

    if (!item) {
        return DNSMON_ENOMEM;
    }
    item->level = MAX(item->level, in->finding.level);
    item->score = in->finding.score;
    item->count = in->day.count;
    if (l->events++ == 0) {
        l->first_us = now_us;
    }
    if (in->finding.level >= l->level) {
        l->level = in->finding.level;
        g_strlcpy(l->class_name, in->finding.class_name, sizeof l->class_name);
    }
    l->last_us = now_us;
    return 0;
}

static void name_event(struct dnsmon_event *ev, enum dm_detector_id det, const struct list *l)
{
    char text[96];

    g_snprintf(text, sizeof text, "roll-up|%s|%" G_GINT64_FORMAT, dm_detectors[det]->id,
               l->first_us);
    dm_compose_hash(text, ev->id);
    ev->rule_id = dm_detectors[det]->id;
    ev->rule_name = dm_detectors[det]->name;
}

static struct dnsmon_event *event_of(struct list *l, enum dm_detector_id det, int64_t now_us)
{
    struct dnsmon_event *ev = dm_event_new();

    if (!ev) {
        return NULL;
    }
    name_event(ev, det, l);
    ev->time_us = MAX(now_us, l->last_us);
    ev->state = DM_STATE_UPDATE;
    ev->level = (enum dnsmon_level)l->level;
    ev->start_us = l->first_us;
    ev->end_us = l->last_us;
    g_strlcpy(ev->class_name, l->class_name, sizeof ev->class_name);
    ev->suppressed = l->events;
    char *reason =
        g_strdup_printf("%" G_GUINT64_FORMAT " more findings of rule %s about %u clients "
                        "came faster than [events] rate allows; this event names each "
                        "of these clients once.",
                        l->events, dm_detectors[det]->id, l->n);
    ev->reason = strdup(reason);
    g_free(reason);
    ev->rollup = l->item;
    ev->n_rollup = l->n;
    *l = (struct list){0};
    return ev;
}

struct dnsmon_event *dm_rollup_take(struct dm_rollup *r, int64_t now_us, bool all)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        struct list *l = &r->list[i];
        bool due = all || l->n == DM_ROLLUP_MAX || now_us - l->first_us >= DM_ROLLUP_US;
        if (l->n && due) {
            return event_of(l, (enum dm_detector_id)i, now_us);
        }
    }
    return NULL;
}

/* ---- state file ---- */

static void pack_list(struct dm_buf *out, const struct list *l)
{
    dm_pack_count(out, l->n);
    for (unsigned i = 0; i < l->n; i++) {
        DM_PACK(out, l->item[i].client);
        DM_PACK(out, l->item[i].level);
        DM_PACK(out, l->item[i].score);
        DM_PACK(out, l->item[i].count);
    }
    DM_PACK(out, l->events);
    DM_PACK(out, l->first_us);
    DM_PACK(out, l->last_us);
    DM_PACK(out, l->level);
    DM_PACK(out, l->class_name);
}

void dm_rollup_pack(struct dm_buf *out, const struct dm_rollup *r)
{
    DM_PACK(out, r->begun);
    DM_PACK(out, r->tokens);
    DM_PACK(out, r->at_us);
    for (int i = 0; i < DM_DET_COUNT; i++) {
        pack_list(out, &r->list[i]);
    }
}

static int unpack_level(struct dm_unpacker *in)
{
    int level;

    DM_UNPACK(in, level);
    dm_unpack_require(in, level >= DNSMON_INFO && level <= DNSMON_ALARM, "a level cannot be");
    return level;
}

static int unpack_item(struct dm_unpacker *in, struct list *l)
{
    struct dm_addr client;

    DM_UNPACK(in, client);
    unsigned before = l->n;
    struct dm_rollup_item *item = item_of(l, &client);
    if (!item) {
        return DNSMON_ENOMEM;
    }
    dm_unpack_require(in, l->n > before, "a roll-up names a client twice");
    item->level = unpack_level(in);
    item->score = dm_unpack_double(in);
    DM_UNPACK(in, item->count);
    return 0;
}

static int unpack_list(struct dm_unpacker *in, struct list *l, enum dm_detector_id det)
{
    uint64_t n = dm_unpack_count(in, sizeof(struct dm_addr) + sizeof(struct dm_type_counts));
    int rc = 0;

    dm_unpack_require(in, n <= DM_ROLLUP_MAX, "a roll-up is too long");
    for (uint64_t i = 0; i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_item(in, l);
    }
    DM_UNPACK(in, l->events);
    l->first_us = dm_unpack_us(in);
    l->last_us = dm_unpack_us(in);
    l->level = unpack_level(in);
    DM_UNPACK(in, l->class_name);
    dm_unpack_require(in, (n == 0) == (l->events == 0), "a roll-up's numbers do not fit");
    if (dm_unpack_require(in, memchr(l->class_name, 0, sizeof l->class_name) != NULL,
                          "a class cannot be")) {
        dm_unpack_require(in, n == 0 || dm_detect_class(det, l->class_name), "a class cannot be");
    }
    return rc;
}

int dm_rollup_unpack(struct dm_unpacker *in, struct dm_rollup *r)
{
    int rc = 0;

    r->begun = dm_unpack_bool(in);
    r->tokens = dm_unpack_double(in);
    dm_unpack_require(in, r->tokens >= 0, "a number is out of range");
    r->at_us = dm_unpack_us(in);
    for (int i = 0; i < DM_DET_COUNT && rc == 0 && !in->bad; i++) {
        rc = unpack_list(in, &r->list[i], (enum dm_detector_id)i);
    }
    return rc;
}
