/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mx-census: the original rule. Count every client's MX queries of the local calendar day; report
 * it once when there are more than 50, and its A, MX and PTR counts again at the end of the day.
 *
 * Method:  one exact counter per client and type; authorised servers ([roles] mail-servers and
 *          list-hosts) and addresses outside the site are left out, nothing else.
 * Source:  S0 2.2 (mmwip); doc/SCIENCE.md A.1: strictly more than 50, MX lines per day.
 *
 * LIMITS
 * Misses:  a worm that brings its own list of mail servers and asks A only (Mytob), one that stays
 *          under 50 a day, one that waits for midnight.
 * Innocent look-alikes: monitors that ask the MX of a few names every minute, web servers that
 *          check addresses, hosts that leak single-label names. That is why its level is notice:
 *          on a simulated campus it names 14 innocent clients of 10,000 a day (D.4, B-1).
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/samples.h"

enum { OVER };

static const struct dm_option options[] = {
    [OVER] = {"over", DM_OPT_COUNT, "50", 1, 1e9, "MX queries a local day",
              "A client is reported when it has asked more than this.",
              "S0 2.2: frequency over 50"},
};

static const char *const classes[] = {"mx-over-threshold", NULL};

/* Made for clients that have verified questions, or are about to be reported. */
struct state {
    int32_t day;       /* local day of which all this is */
    uint32_t verified; /* MX queries of that day */
    struct dm_samples *samples;
};

/* @sample: near the threshold, its names are evidence. */
static void keep(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs,
                 bool sample)
{
    bool verified = obs->bits & DM_OBS_VERIFIED;
    struct state *st = sample || verified ? dm_detect_state(ctx, cli, obs) : NULL;

    if (!st) {
        return;
    }
    if (st->day != cli->day) { /* yesterday's incident is closed */
        dm_samples_free(ctx->clients, &st->samples);
        st->day = cli->day;
        st->verified = 0;
    }
    st->verified += verified;
    if (sample) {
        dm_samples_add(ctx->clients, &st->samples, obs->time_us, obs->type, ctx->name);
    }
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    if (cli->role == DM_ROLE_MAIL_SERVER || cli->role == DM_ROLE_LIST_HOST) {
        return false;
    }
    keep(ctx, cli, obs, cli->today.mx + (double)DM_SAMPLES > ctx->par->opt[OVER] + 1);
    return cli->today.mx > ctx->par->opt[OVER];
}

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    const struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);
    bool today = st && st->day == cli->day;

    *ret = (struct dm_finding){.level = DNSMON_NOTICE,
                               .class_name = "mx-over-threshold",
                               .score = cli->today.mx,
                               .threshold = ctx->par->opt[OVER],
                               .llr = NAN,
                               .start_us = (int64_t)dm_client_rest(ctx->clients, cli)->day_first_s *
                                           1000000,
                               .samples = today ? st->samples : NULL,
                               .verified = today && st->verified >= DM_VERIFIED_LEAST};
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    dm_buf_printf(out,
                  "asked for mail servers %u times today, more than %.0f; %u A and %u PTR "
                  "queries beside. A mail server, a monitor or a mass mailer: if it is no "
                  "registered server, look at it.",
                  today->mx, f->threshold, today->a, today->ptr);
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_samples_free(clients, &st->samples);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    DM_PACK(out, st->day);
    DM_PACK(out, st->verified);
    dm_samples_pack(out, st->samples);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    DM_UNPACK(in, st->day);
    DM_UNPACK(in, st->verified);
    return dm_samples_unpack(clients, &st->samples, in);
}

const struct dm_detector dm_detector_mx_census = {
    .id = "mx-census",
    .name = "MX census",
    .summary = "A client with more than 50 MX queries in a local day: the original rule of 2003, "
               "exact (S0 2.2).",
    .marks = DM_MARK_MX,
    .daily = true,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .update = update,
    .finding = finding,
    .describe = describe,
    .clear = clear,
    .save = save,
    .load = load,
};
