/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Feed health: silence and clocks; the share of malformed lines is health_drift.c's, the events are
 * health_event.c's.
 *
 * Method. A second's observations set marks; at its end they become one active second of each log
 * host and stream, so it does not matter into how many batches the lines were dealt. At the end of
 * a minute each stream is judged (health_flow.c). What falls silent at once with all others is one
 * event, not one for each log host: a pause between rotated files, a stopped relay. Queries that
 * cease while the name server's other lines come in their stead are no silence but a changed
 * wording: format-drift.
 *
 * LIMITS: of a silence of more than a day nothing is learned. A source of packet filter lines is
 * judged as the others are, and is mostly too quiet for it. Lines that are late are told by minutes
 * in which half of a log host's lines are. At most DM_HEALTH_OPEN_MAX troubles are told of at a
 * time.
 */
#include "monitor/health.h"

#include <math.h>

#include "dnsmon/dnsmon.h"
#include "monitor/health_parts.h"

#define MINUTE_S 60
/* Silences that began within so many seconds of each other began at once. */
#define AT_ONCE_S 60
/* Fewest late lines in a minute that make a wrong clock (as DM_SEQ_JUMP_LINES). */
#define CLOCK_LINES 8

struct dm_health *dm_health_new(const struct dnsmon_config *cfg, const struct dm_intern *hosts,
                                dm_health_emit_fn emit, void *user)
{
    struct dm_health *h = g_try_new0(struct dm_health, 1);

    if (h) {
        h->cfg = cfg;
        h->hosts = hosts;
        h->emit = emit;
        h->user = user;
    }
    return h;
}

void dm_health_free(struct dm_health *h)
{
    for (int i = 0; h && i <= DM_INTERN_MAX; i++) {
        for (int k = 0; h->source[i] && k < DM_STREAM_OTHER; k++) {
            dm_flow_clear(&h->source[i]->flow[k]);
        }
        g_free(h->source[i]);
    }
    g_free(h);
}

void dm_health_configure(struct dm_health *h, const struct dnsmon_config *cfg)
{
    h->cfg = cfg;
}

struct dm_pulse *dm_health_pulses(struct dm_health *h)
{
    return h->pulse;
}

const struct dm_gaps *dm_health_gaps(const struct dm_health *h)
{
    return &h->gaps;
}

struct dm_source *dm_health_source(struct dm_health *h, uint16_t host)
{
    if (!h->source[host]) {
        h->source[host] = g_try_new0(struct dm_source, 1);
        h->top = h->source[host] ? MAX(h->top, host) : h->top;
    }
    return h->source[host];
}

void dm_health_keep(struct dm_lines *lines, int64_t time_us, struct dm_slice line)
{
    unsigned at = lines->n++ % DM_HEALTH_SAMPLES;

    line = dm_slice_head(line, DM_HEALTH_SAMPLE_LEN);
    lines->item[at].time_us = time_us;
    lines->item[at].len = (uint8_t)line.n;
    memcpy(lines->item[at].text, line.p, line.n);
}

void dm_health_see(struct dm_health *h, const struct dm_obs *obs, struct dm_slice line,
                   int64_t now_s)
{
    uint16_t host = obs->host <= DM_INTERN_MAX ? obs->host : 0;
    struct dm_source *src = line.n ? dm_health_source(h, host) : NULL;

    h->pulse[host].last_s[dm_obs_stream(obs)] = now_s;
    if (src && obs->kind == DM_OBS_BAD) {
        src->bad[obs->type < DM_PARSER_COUNT ? obs->type : 0]++;
        dm_health_keep(&src->bad_lines, obs->time_us, line);
    } else if (src) {
        dm_health_keep(&src->other_lines, obs->time_us, line);
    }
}

/* ---- seconds ---- */

static bool is_open(const struct dm_source *src, enum dm_trouble what)
{
    return src->open[what].start_s != 0;
}

static void flow_returns(struct dm_health *h, uint16_t host, unsigned stream, int64_t now_s)
{
    struct dm_source *src = h->source[host];
    struct dm_flow *f = &src->flow[stream];

    /* That one log host was silent is not learned; a pause of all is a habit of the feed. */
    dm_flow_returns(f, now_s, !f->silent || h->silent_s - f->last_s <= AT_ONCE_S);
    h->gaps.silent[host] &= (uint8_t) ~(1U << stream);
    if (is_open(src, DM_TROUBLE_GAP)) {
        src->open[DM_TROUBLE_GAP].which &= (uint8_t) ~(1U << stream);
        if (src->open[DM_TROUBLE_GAP].which == 0) {
            dm_health_close(h, host, DM_TROUBLE_GAP, now_s);
        }
    }
    if (stream == DM_STREAM_DNS && is_open(src, DM_TROUBLE_WORDS)) {
        dm_health_close(h, host, DM_TROUBLE_WORDS, now_s);
    }
}

/* The first log host that is heard after a silence ends that of all. */
static void hear_any(struct dm_health *h, int64_t now_s)
{
    if (now_s - h->heard_s >= MINUTE_S) {
        h->silent_s = h->heard_s;
    }
    h->heard_s = now_s;
}

static void hear(struct dm_health *h, uint16_t host, int64_t now_s)
{
    const struct dm_pulse *p = &h->pulse[host];
    struct dm_source *src = h->source[host];

    for (unsigned i = 0; i < DM_STREAM_COUNT; i++) {
        if (p->last_s[i] != now_s) {
            continue;
        }
        src = src ? src : dm_health_source(h, host);
        if (!src) {
            return;
        }
        hear_any(h, now_s);
        if (i == DM_STREAM_OTHER) {
            src->others++;
        } else if (src->flow[i].usual || dm_flow_begin(&src->flow[i], now_s) == 0) {
            /* a second that a restart cuts in two is heard twice */
            src->flow[i].active = MIN(src->flow[i].active + 1, MINUTE_S);
            flow_returns(h, host, i, now_s);
        }
    }
}

void dm_health_second(struct dm_health *h, const struct dm_second *sec, uint64_t forgotten)
{
    int64_t now_s = sec->second;
    unsigned n = dm_intern_count(h->hosts);

    for (unsigned i = 0; i <= n; i++) {
        hear(h, (uint16_t)i, now_s);
    }
    if (h->all.start_s && h->heard_s == now_s) {
        h->all_over_s = now_s;
        dm_health_close(h, DM_GAPS_ALL, DM_TROUBLE_GAP, now_s);
    }
    if (sec->late) {
        int64_t from_s = sec->late_us / 1000000;
        h->late_by_s = MAX(h->late_by_s, now_s - from_s);
        dm_gaps_note(&h->gaps, DM_GAP_LATE, from_s, now_s);
    }
    if (sec->lost || forgotten != h->forgotten) {
        dm_gaps_note(&h->gaps, DM_GAP_LOST, now_s, now_s);
        h->forgotten = forgotten;
    }
}

/* ---- minutes ---- */

/* Whether what a source does is told of already, or belongs to what is told of all. */
static bool is_covered(const struct dm_health *h, const struct dm_source *src, int64_t now_s)
{
    double least = h->cfg->det[DM_DET_feed_gap].opt[DM_FEED_GAP_LEAST];

    return is_open(src, DM_TROUBLE_GAP) || h->all.start_s ||
           (double)(now_s - h->all_over_s) < least;
}

static unsigned known_sources(const struct dm_health *h)
{
    unsigned n = 0;

    for (unsigned i = 0; i <= h->top; i++) {
        n += h->source[i] && (h->source[i]->flow[0].known || h->source[i]->flow[1].known);
    }
    return n;
}

static void tell_gap(struct dm_health *h, uint16_t host, unsigned streams, int64_t from_s,
                     int64_t now_s)
{
    struct dm_open how = {.start_s = from_s, .which = (uint8_t)streams};

    if (h->heard_s - from_s <= AT_ONCE_S && known_sources(h) > 1) {
        dm_health_open(h, DM_GAPS_ALL, DM_TROUBLE_GAP, &how, now_s);
    } else {
        dm_health_open(h, host, DM_TROUBLE_GAP, &how, now_s);
    }
}

/* Queries have ceased, and other lines of the name server have taken their place. */
static bool is_replaced(const struct dm_health *h, const struct dm_flow *dns)
{
    double share = h->cfg->det[DM_DET_format_drift].opt[DM_DRIFT_REPLACED];

    return dm_health_runs(h, DM_DET_format_drift) && dns->others >= share * dns->expected;
}

/* Whether a log host's queries are missing because they are not understood; told once. */
static bool has_drifted(struct dm_health *h, uint16_t host, int64_t end_s)
{
    struct dm_source *src = h->source[host];
    const struct dm_flow *dns = &src->flow[DM_STREAM_DNS];

    if (is_open(src, DM_TROUBLE_DRIFT) || is_open(src, DM_TROUBLE_WORDS)) {
        return true;
    }
    if (!is_replaced(h, dns)) {
        return false;
    }
    struct dm_open how = {.start_s = dns->last_s};
    dm_health_open(h, host, DM_TROUBLE_WORDS, &how, end_s);
    return true;
}

static void judge(struct dm_health *h, uint16_t host, int64_t end_s)
{
    const struct dm_det_params *par = &h->cfg->det[DM_DET_feed_gap];
    struct dm_source *src = h->source[host];
    unsigned streams = 0;
    int64_t from_s = INT64_MAX;

    for (unsigned i = 0; i < DM_STREAM_OTHER; i++) {
        struct dm_flow *f = &src->flow[i];
        if (!f->usual || !dm_flow_is_impossible(f, par, end_s)) {
            continue;
        }
        f->silent = true;
        h->gaps.silent[host] |= (uint8_t)(1U << i);
        if (i == DM_STREAM_DNS && has_drifted(h, host, end_s)) {
            continue;
        }
        streams |= 1U << i;
        from_s = MIN(from_s, f->last_s);
    }
    if (is_open(src, DM_TROUBLE_GAP)) {
        src->open[DM_TROUBLE_GAP].which |= (uint8_t)streams;
    } else if (streams && dm_health_runs(h, DM_DET_feed_gap) && !is_covered(h, src, end_s)) {
        tell_gap(h, host, streams, from_s, end_s);
    }
}

/* Half of a minute's lines came when their time was over. */
static void judge_clock(struct dm_health *h, uint16_t host, int64_t end_s)
{
    struct dm_pulse *p = &h->pulse[host];
    bool open = is_open(h->source[host], DM_TROUBLE_CLOCK), late = p->late * 2 >= p->useful;

    if (!open && late && p->late >= CLOCK_LINES && dm_health_runs(h, DM_DET_feed_gap)) {
        struct dm_open how = {.start_s = end_s - MINUTE_S, .share = (double)h->late_by_s};
        dm_health_open(h, host, DM_TROUBLE_CLOCK, &how, end_s);
    } else if (open && p->useful > 0 && !late) {
        dm_health_close(h, host, DM_TROUBLE_CLOCK, end_s);
    }
}

static void end_minute(struct dm_health *h, uint16_t host, int64_t end_s, unsigned slot)
{
    struct dm_source *src = h->source[host];
    double busy = h->cfg->det[DM_DET_feed_gap].opt[DM_FEED_GAP_BUSY];

    for (unsigned i = 0; i < DM_STREAM_OTHER; i++) {
        struct dm_flow *f = &src->flow[i];
        if (f->usual) {
            dm_flow_minute(f, slot, busy, src->others);
        }
    }
    src->others = 0;
    judge_clock(h, host, end_s);
    dm_health_drift(h, host, end_s);
    h->pulse[host].useful = h->pulse[host].late = 0;
}

void dm_health_minute(struct dm_health *h, int64_t end_s, unsigned slot)
{
    if (!dm_health_runs(h, DM_DET_feed_gap) && !dm_health_runs(h, DM_DET_format_drift)) {
        return; /* and feeds do not tell of lines that nobody reads */
    }
    for (unsigned i = 0; i <= h->top; i++) {
        if (h->source[i]) {
            end_minute(h, (uint16_t)i, end_s, slot);
        }
    }
    for (unsigned i = 0; i <= h->top; i++) {
        if (h->source[i]) {
            judge(h, (uint16_t)i, end_s);
        }
    }
    h->late_by_s = 0;
}

void dm_health_finish(struct dm_health *h, int64_t now_s)
{
    if (h->all.start_s) {
        dm_health_close(h, DM_GAPS_ALL, DM_TROUBLE_GAP, now_s);
    }
    for (unsigned i = 0; i <= h->top; i++) {
        for (int k = 0; h->source[i] && k < DM_TROUBLE_COUNT; k++) {
            if (is_open(h->source[i], (enum dm_trouble)k)) {
                dm_health_close(h, (uint16_t)i, (enum dm_trouble)k, now_s);
            }
        }
    }
}
