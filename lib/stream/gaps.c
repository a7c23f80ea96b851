/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Two rings of spans. Asked for every event, and by rules at their verdict, so 32 compares do.
 *
 * LIMITS: one memory for the site. A hole in one log host's lines makes findings doubtful that
 * another one's lines gave, since a client may ask both. The seventeenth hole takes the place of
 * the oldest, also where that one lasts.
 */
#include "stream/gaps.h"

#include <glib.h>

/* Holes this near to each other are one, s (own choice: as long as the rules' minute). */
#define NEAR_S 60

static struct dm_gap *take(struct dm_gap_ring *r)
{
    return &r->span[r->n++ % DM_GAPS_MAX];
}

static uint32_t count(const struct dm_gap_ring *r)
{
    return MIN(r->n, DM_GAPS_MAX);
}

void dm_gaps_note(struct dm_gaps *g, enum dm_gap_cause cause, int64_t from_s, int64_t to_s)
{
    struct dm_gap_ring *r = cause == DM_GAP_LATE ? &g->late : &g->missing;
    struct dm_gap *last = r->n ? &r->span[(r->n - 1) % DM_GAPS_MAX] : NULL;

    if (last && last->cause == cause && from_s <= last->to_s + NEAR_S && to_s >= last->from_s) {
        last->from_s = MIN(last->from_s, from_s);
        last->to_s = MAX(last->to_s, to_s);
        return;
    }
    *take(r) = (struct dm_gap){from_s, to_s, DM_GAPS_ALL, (uint8_t)cause};
}

void dm_gaps_begin(struct dm_gaps *g, uint16_t host, enum dm_gap_cause cause, int64_t from_s)
{
    *take(&g->missing) = (struct dm_gap){from_s, INT64_MAX, host, (uint8_t)cause};
}

void dm_gaps_end(struct dm_gaps *g, uint16_t host, enum dm_gap_cause cause, int64_t to_s)
{
    for (uint32_t i = 0; i < count(&g->missing); i++) {
        struct dm_gap *gap = &g->missing.span[i];
        if (gap->host == host && gap->cause == cause && gap->to_s == INT64_MAX) {
            gap->to_s = MIN(to_s, gap->from_s + DM_GAPS_OPEN_S);
        }
    }
}

static bool touches(const struct dm_gap_ring *r, int64_t from_us, int64_t to_us)
{
    int64_t from_s = from_us / 1000000, to_s = to_us / 1000000;

    for (uint32_t i = 0; i < count(r); i++) {
        const struct dm_gap *gap = &r->span[i];
        int64_t end_s = gap->to_s == INT64_MAX ? gap->from_s + DM_GAPS_OPEN_S : gap->to_s;
        if (gap->from_s <= to_s && end_s >= from_s) {
            return true;
        }
    }
    return false;
}

bool dm_gaps_missing(const struct dm_gaps *g, int64_t from_us, int64_t to_us)
{
    return g && touches(&g->missing, from_us, to_us);
}

bool dm_gaps_touch(const struct dm_gaps *g, int64_t from_us, int64_t to_us)
{
    return g && (touches(&g->missing, from_us, to_us) || touches(&g->late, from_us, to_us));
}

bool dm_gaps_silent(const struct dm_gaps *g, uint16_t host, enum dm_stream_kind stream)
{
    return g && host <= DM_INTERN_MAX && (g->silent[host] & 1U << stream);
}

static void pack_ring(struct dm_buf *out, const struct dm_gap_ring *r)
{
    DM_PACK(out, r->n);
    for (uint32_t i = 0; i < count(r); i++) {
        bool lasts = r->span[i].to_s == INT64_MAX;
        int64_t to_s = lasts ? 0 : r->span[i].to_s;
        DM_PACK(out, r->span[i].from_s);
        DM_PACK(out, lasts);
        DM_PACK(out, to_s);
        DM_PACK(out, r->span[i].host);
        DM_PACK(out, r->span[i].cause);
    }
}

static void unpack_ring(struct dm_unpacker *in, struct dm_gap_ring *ret)
{
    DM_UNPACK(in, ret->n);
    for (uint32_t i = 0; i < count(ret) && !in->bad; i++) {
        struct dm_gap *gap = &ret->span[i];
        gap->from_s = dm_unpack_seconds(in);
        bool lasts = dm_unpack_bool(in);
        gap->to_s = dm_unpack_seconds(in);
        DM_UNPACK(in, gap->host);
        DM_UNPACK(in, gap->cause);
        dm_unpack_require(in,
                          gap->cause < DM_GAP_CAUSE_COUNT &&
                              (gap->host <= DM_INTERN_MAX || gap->host == DM_GAPS_ALL),
                          "a gap in the log cannot be");
        gap->to_s = lasts ? INT64_MAX : gap->to_s;
    }
}

void dm_gaps_pack(struct dm_buf *out, const struct dm_gaps *g)
{
    pack_ring(out, &g->missing);
    pack_ring(out, &g->late);
    DM_PACK(out, g->silent);
}

void dm_gaps_unpack(struct dm_unpacker *in, struct dm_gaps *ret)
{
    unpack_ring(in, &ret->missing);
    unpack_ring(in, &ret->late);
    DM_UNPACK(in, ret->silent);
}
