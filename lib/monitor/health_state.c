/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Feed health to and from a state file: each log host's flows, shares, lines and open troubles.
 *
 * LIMITS: the seconds of a minute that has begun are kept, its late lines are not.
 */
#include <math.h>

#include "dnsmon/dnsmon.h"
#include "monitor/health_parts.h"

static void pack_lines(struct dm_buf *out, const struct dm_lines *lines)
{
    DM_PACK(out, lines->n);
    for (uint32_t i = 0; i < MIN(lines->n, DM_HEALTH_SAMPLES); i++) {
        DM_PACK(out, lines->item[i].time_us);
        DM_PACK(out, lines->item[i].len);
        dm_pack(out, lines->item[i].text, lines->item[i].len);
    }
}

static void unpack_lines(struct dm_unpacker *in, struct dm_lines *ret)
{
    DM_UNPACK(in, ret->n);
    for (uint32_t i = 0; i < MIN(ret->n, DM_HEALTH_SAMPLES) && !in->bad; i++) {
        ret->item[i].time_us = dm_unpack_us(in);
        DM_UNPACK(in, ret->item[i].len);
        if (dm_unpack_require(in, ret->item[i].len <= DM_HEALTH_SAMPLE_LEN,
                              "a log line is too long")) {
            dm_unpack(in, ret->item[i].text, ret->item[i].len);
        }
    }
}

static void pack_open(struct dm_buf *out, const struct dm_open *open)
{
    DM_PACK(out, open->start_s);
    DM_PACK(out, open->share);
    DM_PACK(out, open->limit);
    DM_PACK(out, open->which);
}

static void unpack_open(struct dm_unpacker *in, struct dm_open *ret, enum dm_trouble what)
{
    ret->start_s = dm_unpack_seconds(in);
    ret->share = dm_unpack_double(in);
    ret->limit = dm_unpack_double(in);
    DM_UNPACK(in, ret->which);
    dm_unpack_require(
        in, fabs(ret->share) < 1e12 && (what != DM_TROUBLE_DRIFT || ret->which < DM_PARSER_COUNT),
        "a log host's trouble cannot be");
}

static void pack_source(struct dm_buf *out, const struct dm_source *src)
{
    for (int i = 0; i < DM_STREAM_OTHER; i++) {
        bool there = src->flow[i].usual != NULL;
        DM_PACK(out, there);
        if (there) {
            dm_flow_pack(out, &src->flow[i]);
        }
    }
    DM_PACK(out, src->others);
    DM_PACK(out, src->bad);
    DM_PACK(out, src->recent_bad);
    DM_PACK(out, src->usual_bad);
    DM_PACK(out, src->recent_useful);
    DM_PACK(out, src->usual_useful);
    pack_lines(out, &src->bad_lines);
    pack_lines(out, &src->other_lines);
    for (int i = 0; i < DM_TROUBLE_COUNT; i++) {
        pack_open(out, &src->open[i]);
    }
}

static bool is_sum(float f)
{
    return isfinite(f) && f >= 0;
}

static void unpack_shares(struct dm_unpacker *in, struct dm_source *src)
{
    DM_UNPACK(in, src->bad);
    DM_UNPACK(in, src->recent_bad);
    DM_UNPACK(in, src->usual_bad);
    DM_UNPACK(in, src->recent_useful);
    DM_UNPACK(in, src->usual_useful);
    bool ok = is_sum(src->recent_useful) && is_sum(src->usual_useful);
    for (int i = 0; i < DM_PARSER_COUNT; i++) {
        ok = ok && is_sum(src->recent_bad[i]) && is_sum(src->usual_bad[i]);
    }
    dm_unpack_require(in, ok, "a share of malformed lines cannot be");
}

static int unpack_source(struct dm_unpacker *in, struct dm_source *src)
{
    for (int i = 0; i < DM_STREAM_OTHER; i++) {
        if (dm_unpack_bool(in) && dm_flow_unpack(in, &src->flow[i]) < 0) {
            return DNSMON_ENOMEM;
        }
    }
    DM_UNPACK(in, src->others);
    unpack_shares(in, src);
    unpack_lines(in, &src->bad_lines);
    unpack_lines(in, &src->other_lines);
    for (int i = 0; i < DM_TROUBLE_COUNT; i++) {
        unpack_open(in, &src->open[i], (enum dm_trouble)i);
    }
    return 0;
}

void dm_health_pack(struct dm_buf *out, const struct dm_health *h)
{
    uint16_t n = 0;

    dm_gaps_pack(out, &h->gaps);
    pack_open(out, &h->all);
    DM_PACK(out, h->all_over_s);
    DM_PACK(out, h->heard_s);
    DM_PACK(out, h->silent_s);
    for (unsigned i = 0; i <= h->top; i++) {
        n = (uint16_t)(n + (h->source[i] != NULL));
    }
    DM_PACK(out, n);
    for (uint16_t i = 0; i <= h->top; i++) {
        if (h->source[i]) {
            DM_PACK(out, i);
            DM_PACK(out, h->pulse[i].useful);
            pack_source(out, h->source[i]);
        }
    }
}

int dm_health_unpack(struct dm_unpacker *in, struct dm_health *h, uint16_t n_hosts)
{
    uint16_t n, host;

    dm_gaps_unpack(in, &h->gaps);
    unpack_open(in, &h->all, DM_TROUBLE_GAP);
    h->n_open = h->all.start_s != 0;
    h->all_over_s = dm_unpack_seconds(in);
    h->heard_s = dm_unpack_seconds(in);
    h->silent_s = dm_unpack_seconds(in);
    DM_UNPACK(in, n);
    for (uint16_t i = 0; i < n && !in->bad; i++) {
        DM_UNPACK(in, host);
        if (!dm_unpack_require(in, host <= n_hosts && !h->source[host],
                               "there is no such log host")) {
            break;
        }
        struct dm_source *src = dm_health_source(h, host);
        DM_UNPACK(in, h->pulse[host].useful);
        if (!src || unpack_source(in, src) < 0) {
            return DNSMON_ENOMEM;
        }
        for (int k = 0; k < DM_TROUBLE_COUNT; k++) {
            h->n_open += src->open[k].start_s != 0;
        }
    }
    return 0;
}
