/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Clients are searched from the front: lists are short, and long ones are rare and full at once.
 *
 * LIMITS: what the single events would have said beside level, score and counts is not kept; the
 * incidents' later events (day end, close) carry it.
 */
#include "incident/roster.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>

#include "dnsmon/dnsmon.h"

static int reserve(struct dm_roster *l)
{
    if (l->n == DM_ROSTER_MAX) {
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

static struct dm_rollup_item *item_of(struct dm_roster *l, const struct dm_addr *client)
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

/* One mail server is named in host.ip; of several, each client's own event has said which. */
static void add_host(struct dm_roster *l, const struct dm_incident *in)
{
    if (!in->has_server_addr) {
        return;
    }
    if (l->hosts == 0) {
        l->hosts = 1;
        l->host = in->server_addr;
    } else if (!dm_addr_eq(&l->host, &in->server_addr)) {
        l->hosts = 2;
    }
    l->peers = l->peers || in->who.has_client;
}

const char *dm_roster_noun(const struct dm_roster *l, enum dm_detector_id det)
{
    if (dm_detectors[det]->subject != DM_SUBJECT_SERVER) {
        return "clients";
    }
    return l->peers ? "peers of mail servers" : "mail servers";
}

int dm_roster_add(struct dm_roster *l, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us)
{
    struct dm_rollup_item *item = item_of(l, who);

    if (!item) {
        return DNSMON_ENOMEM;
    }
    item->level = MAX(item->level, in->finding.level);
    item->score = in->finding.score;
    item->verified = item->verified || in->finding.verified;
    item->count = in->day.count;
    add_host(l, in);
    if (l->events++ == 0) {
        l->first_us = now_us;
    }
    if (in->finding.level >= l->level) {
        l->level = in->finding.level;
        g_strlcpy(l->class_name, dm_finding_class(&in->finding), sizeof l->class_name);
    }
    l->last_us = now_us;
    return 0;
}

struct dnsmon_event *dm_roster_event(struct dm_roster *l, enum dm_detector_id det, const char *kind,
                                     char *reason, int64_t now_us)
{
    struct dnsmon_event *ev = dm_event_new();
    char text[384];

    if (!ev || !reason) {
        dnsmon_event_free(ev);
        free(reason);
        return NULL;
    }
    g_snprintf(text, sizeof text, "%s|%s|%" PRId64, kind, dm_detectors[det]->id, l->first_us);
    dm_compose_hash(text, ev->id);
    ev->rule_id = dm_detectors[det]->id;
    ev->rule_name = dm_detectors[det]->name;
    ev->time_us = MAX(now_us, l->last_us);
    ev->state = DM_STATE_UPDATE;
    ev->level = (enum dnsmon_level)l->level;
    ev->start_us = l->first_us;
    ev->end_us = l->last_us;
    g_strlcpy(ev->class_name, l->class_name, sizeof ev->class_name);
    ev->has_host = l->hosts == 1;
    ev->host = l->host;
    ev->suppressed = l->events;
    ev->reason = reason;
    ev->rollup = l->item;
    ev->n_rollup = l->n;
    *l = (struct dm_roster){0};
    return ev;
}

void dm_roster_clear(struct dm_roster *l)
{
    free(l->item);
    *l = (struct dm_roster){0};
}

/* ---- state file ---- */

void dm_roster_pack(struct dm_buf *out, const struct dm_roster *l)
{
    dm_pack_count(out, l->n);
    for (unsigned i = 0; i < l->n; i++) {
        DM_PACK(out, l->item[i].client);
        DM_PACK(out, l->item[i].level);
        DM_PACK(out, l->item[i].score);
        DM_PACK(out, l->item[i].verified);
        DM_PACK(out, l->item[i].count);
    }
    DM_PACK(out, l->events);
    DM_PACK(out, l->first_us);
    DM_PACK(out, l->last_us);
    DM_PACK(out, l->level);
    DM_PACK(out, l->class_name);
    DM_PACK(out, l->peers);
    DM_PACK(out, l->hosts);
    DM_PACK(out, l->host);
}

static int unpack_level(struct dm_unpacker *in)
{
    int level;

    DM_UNPACK(in, level);
    dm_unpack_require(in, level >= DNSMON_INFO && level <= DNSMON_ALARM, "a level cannot be");
    return level;
}

static int unpack_item(struct dm_unpacker *in, struct dm_roster *l)
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
    item->verified = dm_unpack_bool(in);
    DM_UNPACK(in, item->count);
    return 0;
}

int dm_roster_unpack(struct dm_unpacker *in, struct dm_roster *l, enum dm_detector_id det)
{
    uint64_t n = dm_unpack_count(in, sizeof(struct dm_addr) + sizeof(struct dm_type_counts));
    struct dm_finding unused;
    int rc = 0;

    dm_unpack_require(in, n <= DM_ROSTER_MAX, "a roll-up is too long");
    for (uint64_t i = 0; i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_item(in, l);
    }
    DM_UNPACK(in, l->events);
    l->first_us = dm_unpack_us(in);
    l->last_us = dm_unpack_us(in);
    l->level = unpack_level(in);
    DM_UNPACK(in, l->class_name);
    l->peers = dm_unpack_bool(in);
    DM_UNPACK(in, l->hosts);
    DM_UNPACK(in, l->host);
    dm_unpack_require(in, l->hosts <= 2, "a roll-up's mail servers cannot be");
    dm_unpack_require(in, (n == 0) == (l->events == 0), "a roll-up's numbers do not fit");
    if (dm_unpack_require(in, memchr(l->class_name, 0, sizeof l->class_name) != NULL,
                          "a class cannot be")) {
        dm_unpack_require(in, n == 0 || dm_finding_set_class(&unused, det, l->class_name),
                          "a class cannot be");
    }
    return rc;
}
