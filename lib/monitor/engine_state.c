/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The engine to and from a state file: event time, what mail servers asked for, clients with their
 * detectors' states, incidents. Each detector's state is a block with its length in front, so that
 * one without room can be left out.
 *
 * LIMITS: the calendar is computed anew from the configuration's time zone. The names of the day
 * are not kept: its summary says that it is lossy then.
 */
#include "monitor/engine_parts.h"

/* ---- writing ---- */

/* A block's length is known when it has been written. */
static void pack_state(struct dm_buf *out, const void *state, int det)
{
    size_t at = out->n;
    uint32_t len = 0;

    DM_PACK(out, len);
    if (dm_detectors[det]->save) {
        dm_detectors[det]->save(state, out);
    }
    len = (uint32_t)(out->n - at - sizeof len);
    if (!out->failed) {
        memcpy(out->p + at, &len, sizeof len);
    }
}

/* The states of a block's rules. */
static void pack_states(struct dm_buf *out, const struct dm_engine *en, void *block,
                        enum dm_subject_kind kind)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_detectors[i]->subject == kind) {
            pack_state(out, dm_engine_state(en, block, i), i);
        }
    }
}

static void pack_client(struct dm_buf *out, struct dm_engine *en, dm_index at)
{
    struct dm_suspect *sus = dm_client_suspect(en->clients, dm_client_at(en->clients, at));
    bool has_states = sus != NULL;

    dm_client_pack(out, en->clients, at);
    DM_PACK(out, has_states);
    if (sus) {
        DM_PACK(out, sus->total);
        DM_PACK(out, sus->mx_flags);
        DM_PACK(out, sus->addr_flags);
        dm_guess_pack(out, &sus->guess);
        pack_states(out, en, dm_slots_of(sus), DM_SUBJECT_CLIENT);
    }
}

static void pack_server(void *user, struct dm_buf *out, struct dm_server *srv)
{
    pack_states(out, user, dm_server_states(srv), DM_SUBJECT_SERVER);
}

/* Which log hosts print queries. */
static void pack_query_times(struct dm_buf *out, const struct dm_engine *en)
{
    uint16_t n = 0;

    for (uint16_t i = 0; i <= DM_INTERN_MAX; i++) {
        n = en->query_s[i] ? (uint16_t)(i + 1) : n;
    }
    DM_PACK(out, n);
    for (uint16_t i = 0; i < n; i++) {
        DM_PACK(out, en->query_s[i]);
    }
}

static void pack_day(struct dm_buf *out, const struct dm_engine *en)
{
    bool names_lost = en->today.names_lost || dm_set_count(&en->names.site.seen) > 0;

    DM_PACK(out, en->begun_s);
    DM_PACK(out, en->today.mix.count);
    DM_PACK(out, en->today.mix.clients);
    DM_PACK(out, en->today.evicted);
    DM_PACK(out, names_lost);
}

/* How many clients were lost that no event has told of yet. */
static uint64_t untold(const struct dm_engine *en)
{
    const struct dm_client_counts *c = dm_client_table_counts(en->clients);

    return c->evicted_kept + c->refused - en->table_full_seen;
}

void dm_engine_pack(struct dm_buf *out, struct dm_engine *en)
{
    bool begun = en->now_s != INT64_MIN;
    int64_t now_s = begun ? en->now_s : 0;
    uint64_t lost = untold(en);

    DM_PACK(out, begun);
    DM_PACK(out, now_s);
    DM_PACK(out, en->minute);
    DM_PACK(out, en->day);
    DM_PACK(out, lost);
    DM_PACK(out, en->table_full_s);
    pack_day(out, en);
    dm_recent_pack(out, &en->mail_asked);
    dm_known_pack(out, &en->known);
    pack_query_times(out, en);
    dm_pack_count(out, dm_client_table_len(en->clients));
    for (dm_index at = 0; dm_client_next(en->clients, &at) != NULL;) {
        pack_client(out, en, at);
    }
    dm_server_table_pack(out, en->servers, pack_server, en);
    pack_states(out, en, en->site_block, DM_SUBJECT_SITE);
    dm_incidents_pack(out, en->incidents);
    dm_health_pack(out, en->health);
}

/* ---- reading ---- */

/* Returns: 0; DNSMON_ENOMEM if there was no room for the state. */
static int unpack_state(struct dm_unpacker *in, struct dm_engine *en, void *block, int det)
{
    uint32_t len;

    DM_UNPACK(in, len);
    struct dm_slice bytes = dm_unpack_slice(in, len);
    struct dm_unpacker own = {bytes.p, bytes.n, in->bad};
    if (!block || !dm_detectors[det]->load || in->bad) {
        return 0;
    }
    int rc = dm_detectors[det]->load(en->clients, dm_engine_state(en, block, det), &own);
    dm_unpack_require(&own, own.n == 0 || rc < 0, "a state is longer than it should be");
    in->bad = own.bad;
    return rc;
}

/* The states of a block's rules; @block NULL: they are passed over. */
static int unpack_block(struct dm_unpacker *in, struct dm_engine *en, void *block,
                        enum dm_subject_kind kind)
{
    int rc = 0;

    for (int i = 0; i < DM_DET_COUNT && !in->bad; i++) {
        if (dm_detectors[i]->subject == kind) {
            int one = unpack_state(in, en, rc < 0 ? NULL : block, i);
            rc = rc < 0 ? rc : one;
        }
    }
    return rc;
}

static int unpack_server(void *user, struct dm_unpacker *in, struct dm_server *srv)
{
    return unpack_block(in, user, dm_server_states(srv), DM_SUBJECT_SERVER);
}

static void unpack_query_times(struct dm_unpacker *in, struct dm_engine *en)
{
    uint16_t n;

    DM_UNPACK(in, n);
    dm_unpack_require(in, n <= DM_INTERN_MAX + 1, "there are too many log hosts");
    for (uint16_t i = 0; i < n && !in->bad; i++) {
        en->query_s[i] = dm_unpack_seconds(in);
    }
}

/* @cli NULL: there was no room for it; its states are passed over. */
static void unpack_states(struct dm_unpacker *in, struct dm_engine *en, struct dm_client *cli)
{
    struct dm_suspect *sus = cli ? dm_client_make_suspect(en->clients, cli) : NULL;
    struct dm_suspect from;

    DM_UNPACK(in, from.total);
    DM_UNPACK(in, from.mx_flags);
    DM_UNPACK(in, from.addr_flags);
    dm_guess_unpack(in, &from.guess);
    if (sus) {
        from.owner = sus->owner;
        *sus = from;
    }
    int rc = unpack_block(in, en, sus ? dm_slots_of(sus) : NULL, DM_SUBJECT_CLIENT);
    if (cli && rc < 0) {
        dm_client_drop_suspect(en->clients, cli);
    }
}

static void unpack_client(struct dm_unpacker *in, struct dm_engine *en)
{
    struct dm_client *cli = dm_client_unpack(in, en->clients);

    if (dm_unpack_bool(in)) {
        unpack_states(in, en, cli);
    }
}

static void unpack_time(struct dm_unpacker *in, struct dm_engine *en)
{
    bool begun = dm_unpack_bool(in);
    int64_t now_s = dm_unpack_seconds(in);
    uint64_t lost;

    en->now_s = begun ? now_s : INT64_MIN;
    en->minute = dm_unpack_seconds(in);
    DM_UNPACK(in, en->day);
    DM_UNPACK(in, lost);
    en->table_full_s = dm_unpack_seconds(in);
    en->table_full_seen = 0 - lost; /* the counts themselves begin at 0 again */
    en->begun_s = dm_unpack_seconds(in);
    DM_UNPACK(in, en->today.mix.count);
    DM_UNPACK(in, en->today.mix.clients);
    DM_UNPACK(in, en->today.evicted);
    en->today.names_lost = dm_unpack_bool(in);
}

/* Bytes of a client in a file, at the least. */
#define PACKED_CLIENT 67

int dm_engine_unpack(struct dm_unpacker *in, struct dm_engine *en)
{
    unpack_time(in, en);
    int rc = dm_recent_unpack(in, &en->mail_asked);
    dm_known_unpack(in, &en->known);
    unpack_query_times(in, en);
    uint64_t n = dm_unpack_count(in, PACKED_CLIENT);

    dm_unpack_require(in, n == 0 || en->now_s != INT64_MIN, "there are clients before any line");
    for (uint64_t i = 0; i < n && !in->bad && rc == 0; i++) {
        unpack_client(in, en);
    }
    if (rc == 0) {
        rc = dm_server_table_unpack(in, en->servers, unpack_server, en);
    }
    if (rc == 0) {
        rc = unpack_block(in, en, en->site_block, DM_SUBJECT_SITE);
    }
    if (rc == 0) {
        rc = dm_incidents_unpack(in, en->incidents);
    }
    if (rc == 0) {
        rc = dm_health_unpack(in, en->health, DM_INTERN_MAX);
    }
    return rc;
}

void dm_engine_resume(struct dm_engine *en)
{
    int64_t now_us = en->now_s == INT64_MIN ? 0 : en->now_s * 1000000;

    if (en->now_s != INT64_MIN) {
        dm_engine_look_at_clock(en);
    }
    dm_incidents_end_orphans(en->incidents, now_us);
}
