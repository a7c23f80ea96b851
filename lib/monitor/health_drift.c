/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The share of a log host's lines that a parser calls its own but malformed.
 *
 * Method. Malformed and useful lines are counted exactly, minute by minute. The share of the last
 * minutes (halved every five) is compared with a fixed limit and with the usual share (halved every
 * day that has lines); while it is above, the usual share stands still. It falls again when it is
 * below half of the limit it was above.
 *
 * LIMITS: useful are the lines that become observations; those of clients outside the site do not,
 * so behind a server that mostly serves others the share is too large, and so is the usual one.
 * Source: doc/SCIENCE.md C21; thresholds lib/detect/det_format_drift.c.
 */
#include "monitor/health_parts.h"

/* 0.5^(1/5): half after five minutes; 0.5^(1/1440): half after a day of minutes with lines. */
#define RECENT 0.8705506F
#define USUAL 0.9995188F

static double share_of(float bad, float useful)
{
    return bad + useful > 0 ? (double)(bad / (bad + useful)) : 0;
}

static void judge(struct dm_health *h, uint16_t host, unsigned parser, int64_t end_s)
{
    const double *opt = h->cfg->det[DM_DET_format_drift].opt;
    struct dm_source *src = h->source[host];
    struct dm_open *open = &src->open[DM_TROUBLE_DRIFT];
    double share = share_of(src->recent_bad[parser], src->recent_useful);
    double now = share_of((float)src->bad[parser], (float)h->pulse[host].useful);
    double usual = share_of(src->usual_bad[parser], src->usual_useful);
    double limit = MAX(opt[DM_DRIFT_SHARE], MIN(opt[DM_DRIFT_TIMES] * usual, 1));

    if (open->start_s) {
        open->share = MAX(open->share, open->which == parser ? share : 0);
        if (open->which == parser && share < open->limit / 2) {
            dm_health_close(h, host, DM_TROUBLE_DRIFT, end_s);
        }
        return;
    }
    if (src->open[DM_TROUBLE_WORDS].start_s == 0 && share >= limit &&
        (double)src->recent_bad[parser] >= opt[DM_DRIFT_LINES] &&
        dm_health_runs(h, DM_DET_format_drift)) {
        struct dm_open how = {.start_s = end_s - 60,
                              .share = MAX(share, now),
                              .limit = limit,
                              .which = (uint8_t)parser};
        dm_health_open(h, host, DM_TROUBLE_DRIFT, &how, end_s);
    }
}

void dm_health_drift(struct dm_health *h, uint16_t host, int64_t end_s)
{
    struct dm_source *src = h->source[host];
    float useful = (float)h->pulse[host].useful;
    bool learn = src->open[DM_TROUBLE_DRIFT].start_s == 0;
    uint32_t lines = h->pulse[host].useful;

    src->recent_useful = src->recent_useful * RECENT + useful;
    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        src->recent_bad[i] = src->recent_bad[i] * RECENT + (float)src->bad[i];
        lines += src->bad[i];
        judge(h, host, i, end_s);
    }
    if (learn && lines > 0) {
        src->usual_useful = src->usual_useful * USUAL + useful;
        for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
            src->usual_bad[i] = src->usual_bad[i] * USUAL + (float)src->bad[i];
        }
    }
    memset(src->bad, 0, sizeof src->bad);
}
