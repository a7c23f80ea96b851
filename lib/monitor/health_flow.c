/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One stream of one log host: how often it usually has lines, and whether its silence is chance.
 *
 * Method. What counts is not lines, which come in bursts, but seconds with a line: of a minute that
 * usually has m of them the Poisson rate is λ = -60 ln(1 - m / 60), and e^-ΣλT is the chance of the
 * silence. The usual m is that of the hour of the week, with the hours beside it and the day's as
 * fallback (stats/slots.h). Poisson means many machines that do not know of each other; that holds
 * of a source that is busy (a line in 95 % of the seconds), and one that is not may have its last
 * user go home. So a quiet one must also be silent for twice its longest silence.
 *
 * LIMITS: an hour of the week that was never seen is taken to be like its neighbours only where
 * these have a line in 99 % of the seconds; until then its silence is judged as a quiet source's.
 * Source: doc/SCIENCE.md C21; thresholds lib/detect/det_feed_gap.c.
 */
#include <math.h>

#include "dnsmon/dnsmon.h"
#include "monitor/health_parts.h"
#include "stats/moments.h"
#include "stats/slots.h"

#define MINUTE_S 60.0
/* Minutes that are enough to know an hour. */
#define ENOUGH 60.0
/* Half of what is known of an hour is newer than so many minutes of it: a fortnight (own choice:
 * long enough for a holiday, short enough for a semester). */
#define HALF_LIFE_MIN (14 * 60)
/* Most silent minutes of one slot that are learned at once (own choice: what a day can have). */
#define DAY_MIN 1440
/* Most seconds of a minute for which a rate is computed: a full minute says "at least". */
#define MOST 59.5
/* Share of the seconds at which even an hour that was never seen is believed to be busy. */
#define SURELY_BUSY 0.99
/* See LIMITS of the keys: days until a source has had its weekend; memory of its longest silence.
 */
#define YOUNG_S (8 * 86400)
#define LONGEST_HALF_LIFE_S (30 * 86400.0)

struct dm_flow_slots {
    struct dm_slots slots;
};

int dm_flow_begin(struct dm_flow *f, int64_t now_s)
{
    f->usual = g_try_new0(struct dm_flow_slots, 1);
    if (!f->usual) {
        return DNSMON_ENOMEM;
    }
    f->first_s = f->last_s = now_s;
    return 0;
}

void dm_flow_clear(struct dm_flow *f)
{
    g_free(f->usual);
    *f = (struct dm_flow){0};
}

static double usual_seconds(const struct dm_flow *f, unsigned slot, bool *ret_own)
{
    struct dm_slots_answer a = dm_slots_value(&f->usual->slots, slot, ENOUGH);

    *ret_own = a.basis == DM_SLOTS_OWN;
    return isnan(a.mean) ? 0 : a.mean;
}

/* A minute of silence. */
static void add_silence(struct dm_flow *f, unsigned slot, double busy_share, uint32_t others)
{
    bool own;
    double usual = usual_seconds(f, slot, &own);

    f->nats -= MINUTE_S * log1p(-MIN(usual, MOST) / MINUTE_S);
    f->expected += usual;
    f->others += others;
    f->busy += usual >= MINUTE_S * (own ? busy_share : MAX(busy_share, SURELY_BUSY));
    f->zeros[slot % DM_SLOTS] += f->zeros[slot % DM_SLOTS] < UINT16_MAX;
}

static void learn(struct dm_flow *f, unsigned slot, double seconds)
{
    dm_slots_add_value(&f->usual->slots, slot, seconds, dm_stats_forget(HALF_LIFE_MIN, 1));
    f->known += f->known < UINT32_MAX;
}

void dm_flow_minute(struct dm_flow *f, unsigned slot, double busy_share, uint32_t others)
{
    if (f->active == 0) {
        add_silence(f, slot, busy_share, others);
    } else {
        f->nats = f->expected = 0;
        f->busy = f->others = 0;
        learn(f, slot, f->active);
    }
    f->active = 0;
}

/* The silent minutes become part of what is usual, or do not. */
static void end_silence(struct dm_flow *f, bool usual)
{
    for (unsigned slot = 0; slot < DM_SLOTS; slot++) {
        for (unsigned i = 0; usual && i < MIN(f->zeros[slot], DAY_MIN); i++) {
            learn(f, slot, 0);
        }
    }
    memset(f->zeros, 0, sizeof f->zeros);
}

static double longest(const struct dm_flow *f, int64_t now_s)
{
    return f->longest_s * dm_stats_forget(LONGEST_HALF_LIFE_S, (double)(now_s - f->longest_at_s));
}

bool dm_flow_is_impossible(const struct dm_flow *f, const struct dm_det_params *par, int64_t now_s)
{
    double len = (double)(now_s - f->last_s), least = par->opt[DM_FEED_GAP_LEAST];

    if (f->known < ENOUGH || len < least || f->nats < par->opt[DM_FEED_GAP_NATS]) {
        return false;
    }
    /* the minute in which it stopped is not a silent one */
    if (f->busy >= MAX(1.0, least / MINUTE_S - 1)) {
        return true;
    }
    double quiet = par->opt[DM_FEED_GAP_TIMES] * longest(f, now_s);
    bool young = f->last_s - f->first_s < YOUNG_S;
    return len >= (young ? MAX(quiet, par->opt[DM_FEED_GAP_QUIET]) : quiet);
}

void dm_flow_returns(struct dm_flow *f, int64_t now_s, bool usual)
{
    double len = (double)(now_s - f->last_s);

    if (len >= MINUTE_S) {
        if (len > longest(f, now_s)) {
            f->longest_s = len;
            f->longest_at_s = now_s;
        }
        end_silence(f, usual);
    }
    f->last_s = now_s;
    f->silent = false;
}

void dm_flow_pack(struct dm_buf *out, const struct dm_flow *f)
{
    DM_PACK(out, f->first_s);
    DM_PACK(out, f->last_s);
    DM_PACK(out, f->active);
    DM_PACK(out, f->known);
    DM_PACK(out, f->nats);
    DM_PACK(out, f->expected);
    DM_PACK(out, f->busy);
    DM_PACK(out, f->others);
    DM_PACK(out, f->zeros);
    DM_PACK(out, f->silent);
    DM_PACK(out, f->longest_s);
    DM_PACK(out, f->longest_at_s);
    dm_slots_pack(out, &f->usual->slots);
}

int dm_flow_unpack(struct dm_unpacker *in, struct dm_flow *f)
{
    if (dm_flow_begin(f, 0) < 0) {
        return DNSMON_ENOMEM;
    }
    f->first_s = dm_unpack_seconds(in);
    f->last_s = dm_unpack_seconds(in);
    DM_UNPACK(in, f->active);
    DM_UNPACK(in, f->known);
    f->nats = dm_unpack_double(in);
    f->expected = dm_unpack_double(in);
    DM_UNPACK(in, f->busy);
    DM_UNPACK(in, f->others);
    DM_UNPACK(in, f->zeros);
    f->silent = dm_unpack_bool(in);
    f->longest_s = dm_unpack_double(in);
    f->longest_at_s = dm_unpack_seconds(in);
    dm_unpack_require(in, f->longest_s >= 0 && f->nats >= 0 && f->active <= 60,
                      "a log host's silence cannot be");
    dm_slots_unpack(in, &f->usual->slots);
    return 0;
}
