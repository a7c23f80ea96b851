/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The sequencer's part of a state file: the observations held back and where the clock stands.
 *
 * LIMITS: wall times and the hold (dm_sequencer_hold()) are not in it.
 */
#include <stdlib.h>

#include "dnsmon/dnsmon.h"
#include "stream/sequencer_parts.h"

static void pack_second(struct dm_buf *out, const struct dm_second *sec)
{
    DM_PACK(out, sec->second);
    dm_pack_count(out, sec->batch.n);
    for (size_t i = 0; i < sec->batch.n; i++) {
        const struct dm_obs *obs = &sec->batch.obs[i];
        struct dm_slice name = dm_batch_name(&sec->batch, obs);
        DM_PACK(out, obs->time_us);
        DM_PACK(out, obs->client);
        DM_PACK(out, obs->reg);
        DM_PACK(out, obs->type);
        DM_PACK(out, obs->marks);
        DM_PACK(out, obs->bits);
        uint16_t host = obs->host;
        uint8_t kind = obs->kind;
        DM_PACK(out, host);
        DM_PACK(out, kind);
        DM_PACK(out, obs->port);
        DM_PACK(out, obs->prefix);
        DM_PACK(out, obs->text_len);
        dm_pack(out, name.p, name.n);
    }
}

/* One is empty when there was no memory for its first observation. */
static uint64_t count_seconds(const struct dm_sequencer *seq)
{
    uint64_t n = 0;

    for (guint i = 0; i < seq->open.len; i++) {
        n += dm_sequencer_at(seq, i)->batch.n > 0;
    }
    return n;
}

void dm_sequencer_pack(struct dm_buf *out, const struct dm_sequencer *seq)
{
    bool begun = seq->front != INT64_MIN, released = seq->released != INT64_MIN;
    int64_t front = begun ? seq->front : 0, gone = released ? seq->released : 0;

    DM_PACK(out, begun);
    DM_PACK(out, released);
    DM_PACK(out, front);
    DM_PACK(out, gone);
    DM_PACK(out, seq->ahead_run);
    DM_PACK(out, seq->behind_run);
    DM_PACK(out, seq->ahead_host);
    DM_PACK(out, seq->ahead_many);
    DM_PACK(out, seq->front_host);
    DM_PACK(out, seq->front_alone);
    dm_pack_count(out, count_seconds(seq));
    for (guint i = 0; i < seq->open.len; i++) {
        if (dm_sequencer_at(seq, i)->batch.n > 0) {
            pack_second(out, dm_sequencer_at(seq, i));
        }
    }
}

static int unpack_one(struct dm_unpacker *in, struct dm_sequencer *seq, struct dm_second *sec,
                      const struct dm_hashkey *key, uint16_t hosts)
{
    struct dm_obs o = {.time_us = dm_unpack_us(in)};

    DM_UNPACK(in, o.client);
    o.hash = dm_hash_addr(key, o.client.b);
    DM_UNPACK(in, o.reg);
    DM_UNPACK(in, o.type);
    DM_UNPACK(in, o.marks);
    DM_UNPACK(in, o.bits);
    uint16_t host;
    uint8_t kind;
    DM_UNPACK(in, host);
    DM_UNPACK(in, kind);
    DM_UNPACK(in, o.port);
    DM_UNPACK(in, o.prefix);
    DM_UNPACK(in, o.text_len);
    struct dm_slice name = dm_unpack_slice(in, o.text_len);
    if (!dm_unpack_require(in,
                           dm_sequencer_second(o.time_us) == sec->second && host <= hosts &&
                               kind < DM_OBS_KIND_COUNT &&
                               (kind != DM_OBS_ALIVE || o.type < DM_STREAM_COUNT),
                           "an observation held back cannot be")) {
        return 0;
    }
    o.host = host & DM_OBS_HOST_MASK;
    o.kind = kind & DM_OBS_KIND_MASK;
    if (dm_batch_add(&sec->batch, &o, name) < 0) {
        return DNSMON_ENOMEM;
    }
    seq->pending++;
    return 0;
}

/* Bytes of an observation and of a second in a file, at the least. */
#define PACKED_OBS (2 * sizeof(int64_t) + sizeof(struct dm_addr) + 8 * sizeof(uint16_t) + 1)
#define PACKED_SECOND (2 * sizeof(int64_t) + PACKED_OBS)

static int unpack_second(struct dm_unpacker *in, struct dm_sequencer *seq,
                         const struct dm_hashkey *key, uint16_t hosts)
{
    int64_t second = dm_unpack_seconds(in);
    guint len = seq->open.len;
    bool later = len == 0 || dm_sequencer_at(seq, len - 1)->second < second;
    int rc = 0;

    dm_unpack_require(in, later && second > seq->released,
                      "the seconds held back are not in order");
    uint64_t n = dm_unpack_count(in, PACKED_OBS);
    if (!dm_unpack_require(in, n > 0, "a second held back is empty")) {
        return 0;
    }
    struct dm_second *sec = dm_sequencer_find(seq, second);
    for (uint64_t i = 0; sec && i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_one(in, seq, sec, key, hosts);
    }
    return sec ? rc : DNSMON_ENOMEM;
}

int dm_sequencer_unpack(struct dm_unpacker *in, struct dm_sequencer *seq,
                        const struct dm_hashkey *key, uint16_t hosts)
{
    bool begun = dm_unpack_bool(in), released = dm_unpack_bool(in);
    int64_t front = dm_unpack_seconds(in), gone = dm_unpack_seconds(in);
    int rc = 0;

    DM_UNPACK(in, seq->ahead_run);
    DM_UNPACK(in, seq->behind_run);
    DM_UNPACK(in, seq->ahead_host);
    seq->ahead_many = dm_unpack_bool(in);
    DM_UNPACK(in, seq->front_host);
    DM_UNPACK(in, seq->front_alone);
    uint64_t n = dm_unpack_count(in, PACKED_SECOND);
    dm_unpack_require(in, begun ? !released || gone <= front : !released && n == 0,
                      "the order's clock cannot be");
    dm_unpack_require(in, seq->ahead_run < DM_SEQ_JUMP_ALONE && seq->behind_run < DM_SEQ_JUMP_LINES,
                      "the order's clock cannot be");
    dm_unpack_require(in, seq->ahead_host <= hosts && seq->front_host <= hosts,
                      "the order's clock has no such log host");
    seq->front = begun ? front : INT64_MIN;
    seq->released = released ? gone : INT64_MIN;
    for (uint64_t i = 0; i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_second(in, seq, key, hosts);
    }
    seq->resumed = true;
    return rc;
}
