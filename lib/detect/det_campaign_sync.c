/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * campaign-sync: the machines that mail strangers and those that knock at Windows services rise and
 * fall together, day by day: one campaign does both.
 *
 * Method:  X = clients a day that are listed under no role and asked MX of a domain that no mail
 *          server of the site asked for in 30 days; Y = sources a day of tcp-probe's attempts. The
 *          correlation of log1p of both over 14 days, the week's cycle taken away; it begins when r
 *          is 0.8 on two days in a row and ends when r is below 0.5 (synchrony.c).
 * Source:  S1: client MX and SAW curves synchronise from 2005-08-23 to 2006-02-27; doc/SCIENCE.md
 *          A.12 (b), F 13.
 *
 * LIMITS
 * Misses:  a campaign without probes or without mail, one of a few machines (r of counts of one and
 *          two is noise), anything in the first two weeks of a log.
 * Innocent look-alikes: an event that brings many visitors (both counts rise); then neither
 *          mass-mailer nor tcp-probe names anybody, so look whether they do.
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/probe.h"
#include "detect/synchrony.h"
#include "util/hash.h"
#include "util/recent.h"
#include "util/set.h"

/* Clients counted a day, 8 bytes each (own choice: an outbreak of the size of S4's 800 a day twenty
 * times over). */
#define CLIENTS_MAX 16384

enum { WINDOW, START, DAYS, END, CLIENTS };

static const struct dm_option options[] = {
    [WINDOW] = {"window", DM_OPT_COUNT, "14", 5, DM_SYNCHRONY_MAX, "days",
                "Days over which the two series are compared.", "doc/SCIENCE.md A.12: n = 14"},
    [START] = {"start", DM_OPT_NUMBER, "0.8", 0.1, 0.99, "r",
               "Correlation from which on they are in step.",
               "doc/SCIENCE.md A.12: r >= 0.8, t = 4.62"},
    [DAYS] = {"days", DM_OPT_COUNT, "2", 1, 14, "days",
              "Days in a row with that correlation before it is reported.",
              "measured, see doc/detectors/campaign-sync.md: A.12's 3 starts late"},
    [END] = {"end", DM_OPT_NUMBER, "0.5", -0.9, 0.99, "r", "Correlation below which it is over.",
             "doc/SCIENCE.md A.12: r < 0.5"},
    [CLIENTS] = {"clients", DM_OPT_COUNT, "3", 0, 1000, "clients a day",
                 "Fewest of each kind on a day on which it begins.",
                 "own choice: one machine that does both is bot-join's"},
};

struct state {
    struct dm_set mailing, probing; /* today's clients */
    struct dm_synchrony sync;
    int64_t start_us; /* first day of the window in which it began */
    uint32_t x, y;    /* of the last day */
};

static void count(const struct dm_detect_ctx *ctx, struct dm_set *set, const struct dm_obs *obs)
{
    if (set->max == 0) {
        dm_set_init(set, CLIENTS_MAX);
    }
    dm_detect_set_add(ctx->clients, set, dm_hash_beside(obs->hash, obs->client.b));
}

static void site_see(const struct dm_detect_ctx *ctx, void *state, const struct dm_client *cli,
                     const struct dm_obs *obs)
{
    struct state *st = state;

    if (!cli || cli->role == DM_ROLE_MONITOR) {
        return;
    }
    if (dm_probe_is(ctx, obs)) {
        count(ctx, &st->probing, obs);
    } else if ((obs->marks & DM_MARK_MX) && obs->reg && cli->role == DM_ROLE_USER &&
               !dm_recent_has(ctx->mail_asked, obs->reg, ctx->now_us / 1000000)) {
        count(ctx, &st->mailing, obs);
    }
}

static bool site_day(const struct dm_detect_ctx *ctx, void *state, int32_t day)
{
    struct state *st = state;
    const double *opt = ctx->par->opt;
    struct dm_synchrony_rule rule = {(uint32_t)opt[WINDOW], (uint32_t)opt[DAYS], opt[START],
                                     opt[END]};
    bool before = st->sync.active;

    st->x = dm_set_count(&st->mailing);
    st->y = dm_set_count(&st->probing);
    dm_detect_set_clear(ctx->clients, &st->mailing);
    dm_detect_set_clear(ctx->clients, &st->probing);
    dm_synchrony_add(&st->sync, &rule, st->x, st->y, dm_site_is_holiday(ctx->site, day));
    if (st->sync.active && !before) {
        st->sync.active = st->x >= opt[CLIENTS] && st->y >= opt[CLIENTS];
        st->start_us = ctx->now_us - (int64_t)opt[WINDOW] * 86400 * 1000000;
    }
    return st->sync.active;
}

static const char *const classes[] = {"synchronised-campaign", NULL};

static void site_finding(const struct dm_detect_ctx *ctx, const void *state, struct dm_finding *ret)
{
    const struct state *st = state;

    *ret = (struct dm_finding){
        .level = DNSMON_NOTICE,
        .class_name = classes[0],
        .score = st->sync.r,
        .threshold = ctx->par->opt[START],
        .llr = NAN,
        .start_us = st->start_us,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    char r[G_ASCII_DTOSTR_BUF_SIZE];

    (void)today;
    g_ascii_formatd(r, sizeof r, "%.2f", f->score);
    dm_buf_printf(out,
                  "The number of machines that mail strangers and the number of those "
                  "that try Windows services rise and fall together from day to day "
                  "(correlation %s): one campaign probably does both. Clean the machines "
                  "that mass-mailer and tcp-probe name together.",
                  r);
}

static void closed(void *state)
{
    struct state *st = state;

    st->sync.active = false;
    st->sync.high = 0;
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_detect_set_clear(clients, &st->mailing);
    dm_detect_set_clear(clients, &st->probing);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    DM_PACK(out, st->start_us);
    DM_PACK(out, st->x);
    DM_PACK(out, st->y);
    dm_synchrony_pack(out, &st->sync);
    dm_pack_set(out, &st->mailing);
    dm_pack_set(out, &st->probing);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    st->start_us = dm_unpack_us(in);
    DM_UNPACK(in, st->x);
    DM_UNPACK(in, st->y);
    dm_synchrony_unpack(in, &st->sync);
    dm_set_init(&st->mailing, CLIENTS_MAX);
    int rc = dm_detect_set_load(clients, &st->mailing, in);
    if (rc == 0) {
        dm_set_init(&st->probing, CLIENTS_MAX);
        rc = dm_detect_set_load(clients, &st->probing, in);
    }
    return rc;
}

const struct dm_detector dm_detector_campaign_sync = {
    .id = "campaign-sync",
    .name = "Synchronised campaign",
    .summary = "The number of clients that mail strangers and that of machines that probe Windows "
               "services rise and fall together from day to day (S1).",
    .subject = DM_SUBJECT_SITE,
    .marks = DM_MARK_MX | DM_MARK_TCP,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .site_see = site_see,
    .site_day = site_day,
    .site_finding = site_finding,
    .describe = describe,
    .closed = closed,
    .clear = clear,
    .save = save,
    .load = load,
};
