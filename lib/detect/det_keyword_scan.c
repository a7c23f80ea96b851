/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * keyword-scan: a client guesses mail servers by their names, mail.X, smtp.X, mx1.X, over many X.
 *
 * Method:  an A or AAAA query whose first label is one of the papers' words counts for its
 *          registered domain ("base"). A Poisson CUSUM looks for 60 new bases an hour against one
 *          in four hours; it alarms from 8 bases on, if at least 15 % of the client's A and AAAA
 *          queries since the first hit were hits. Distinct bases, not queries: a mail client that
 *          is set up tries many words on one base, a worm few words on many.
 *          The A behind the client's own MX query is an answer followed, and no hit (follow.h).
 * Source:  S0 3.2 (Mydoom's list), S1 Figures 2-3 (Mytob, six words); doc/SCIENCE.md A.5.
 *
 * LIMITS
 * Misses:  a bot that asks MX and follows the answer (mass-mailer finds it), one that hides its
 *          hits among six times as many other look-ups, fewer than about 8 bases an hour.
 * Innocent look-alikes: a survey of mail servers, a web crawler's resolver (configure [roles]
 *          resolvers), a branch office behind one address ([roles] forwarders).
 */
#include "detect/detector.h"

#include <math.h>

#include "stats/cusum.h"
#include "detect/follow.h"
#include "detect/relay_llr.h"
#include "detect/samples.h"
#include "util/set.h"

/* As in det_mass_mailer.c; Mytob's 32,721 queries went to several thousand bases. */
#define BASES_MAX 4096
#define SCORE_CAP 3.0
#define SAMPLE_FROM 3
#define KEEP_S 86400

enum { THRESHOLD, BASES, SHARE, BASELINE, SCAN, FORWARDER_HOSTS, EVENTS_A_DAY, ROLE_BASES };
enum { H };

static const struct dm_option options[] = {
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "auto", 1, 1000, "nats",
                   "Score at which a client is reported; auto derives it from [detectors] budget.",
                   "doc/SCIENCE.md A.5: h = 14 = ln(events-a-day * 10^4 / budget) at budget 0.1"},
    [BASES] = {"bases", DM_OPT_COUNT, "8", 1, 4096, "registered domains",
               "Fewest different bases of a run.", "doc/SCIENCE.md A.5: k_min = 8; C7"},
    [SHARE] = {"share", DM_OPT_NUMBER, "0.15", 0, 1, "0..1",
               "Smallest share of hits in the client's A and AAAA queries since its first hit.",
               "doc/SCIENCE.md A.5; Mytob's was 0.70"},
    [BASELINE] = {"baseline-rate", DM_OPT_RATE, "0.25/h", 1e-4, 1000, "new bases an hour",
                  "What an innocent client does.", "doc/SCIENCE.md A.5: lambda0 = 0.25/h"},
    [SCAN] = {"scan-rate", DM_OPT_RATE, "60/h", 0.01, 1e6, "new bases an hour",
              "Rate of a scan that the CUSUM looks for.", "doc/SCIENCE.md A.5: lambda1 = 60/h"},
    [FORWARDER_HOSTS] = {"forwarder-hosts", DM_OPT_COUNT, "100", 1, 1e6, "hosts",
                         "How many hosts stand behind each of [roles] forwarders.",
                         "doc/SCIENCE.md D.1, C11"},
    [EVENTS_A_DAY] = {"events-a-day", DM_OPT_NUMBER, "12", 0.01, 1e6, "1/day",
                      "Informative events of an innocent client a day, from which the threshold "
                      "is derived.",
                      "twice lambda0 a day; gives A.5's h = 14 at budget 0.1"},
    [ROLE_BASES] = {"role-bases", DM_OPT_COUNT, "64", 1, 4096, "registered domains",
                    "Bases of a run from which a guessed role (monitor, mail host, resolver by its "
                    "NS, DS and DNSKEY) no longer lowers an alarm to a notice.",
                    "as mass-mailer's role-domains"},
};

struct state {
    struct dm_set bases; /* of the run */
    struct dm_samples *samples;
    struct dm_relay_llr llr;
    struct dm_follow follow;
    int64_t t_us;     /* of the score */
    int64_t start_us; /* first hit of the run */
    float score;
    uint32_t hits;     /* of the run */
    uint32_t verified; /* bases of the run */
    uint8_t level;
};

static void prepare(struct dm_det_params *par, double budget)
{
    par->derived[H] = isnan(par->opt[THRESHOLD])
                          ? dm_cusum_threshold(1, par->opt[EVENTS_A_DAY], budget)
                          : par->opt[THRESHOLD];
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_detect_set_clear(clients, &st->bases);
    dm_samples_free(clients, &st->samples);
}

static void begin_run(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                      struct state *st, const struct dm_obs *obs)
{
    clear(ctx->clients, st);
    dm_set_init(&st->bases, BASES_MAX);
    dm_relay_llr_start(&st->llr, cli, dm_client_suspect(ctx->clients, cli), obs);
    st->start_us = obs->time_us;
    st->hits = st->verified = 0;
}

static double baseline(const struct dm_detect_ctx *ctx, const struct dm_client *cli)
{
    double most = ctx->par->opt[FORWARDER_HOSTS];

    return ctx->par->opt[BASELINE] *
           (cli->role == DM_ROLE_FORWARDER
                ? most
                : dm_guess_hosts(cli, dm_client_suspect(ctx->clients, cli), ctx->mix, most));
}

static float score_now(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                       const struct state *st)
{
    double hours = (double)MAX(0, ctx->now_us - st->t_us) / 3.6e9;

    return (float)dm_cusum_decay(st->score, baseline(ctx, cli), ctx->par->opt[SCAN], hours);
}

/* Count a hit; a base that is new to the run adds to the score. */
static void count_hit(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                      struct state *st, const struct dm_obs *obs)
{
    double rate0 = baseline(ctx, cli), rate1 = ctx->par->opt[SCAN];

    st->score = score_now(ctx, cli, st);
    st->t_us = ctx->now_us;
    if ((st->score <= 0 && st->level == 0) || st->bases.max == 0) {
        begin_run(ctx, cli, st, obs);
    }
    st->hits++;
    if (dm_detect_set_add(ctx->clients, &st->bases, obs->reg) == 1) {
        st->verified += (obs->bits & DM_OBS_VERIFIED) != 0;
        st->score += (float)dm_cusum_weight(rate0, rate1);
        st->score = MIN(st->score, (float)(SCORE_CAP * ctx->par->derived[H]));
        if (dm_set_count(&st->bases) >= SAMPLE_FROM) {
            dm_samples_add(ctx->clients, &st->samples, obs->time_us, obs->type, ctx->name);
        }
    }
}

static double hit_share(const struct state *st, const struct dm_suspect *sus)
{
    double all =
        (double)(sus->total.a - st->llr.start.a) + (double)(sus->total.aaaa - st->llr.start.aaaa);

    return all > 0 ? st->hits / all : 1.0;
}

/* A guessed role lowers an alarm; beyond some size only one that cannot be put on does. */
static bool is_lowered(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                       const struct state *st)
{
    enum dm_guess_role role = dm_detect_guess(ctx, cli);

    return dm_detect_is_sure(role) ||
           (role != DM_GUESS_NONE && dm_set_count(&st->bases) < ctx->par->opt[ROLE_BASES]);
}

static void raise_level(const struct dm_detect_ctx *ctx, struct dm_client *cli, struct state *st)
{
    const struct dm_det_params *par = ctx->par;

    const struct dm_suspect *sus = dm_client_suspect(ctx->clients, cli);
    if (st->score >= par->derived[H] && dm_set_count(&st->bases) >= par->opt[BASES] &&
        hit_share(st, sus) >= par->opt[SHARE]) {
        /* A mail server follows MX answers to hosts named mail and mx1; mass-mailer judges it. */
        bool server = dm_relay_llr(&st->llr, sus) >= DM_RELAY_VERDICT;
        uint8_t level = server || is_lowered(ctx, cli, st) ? DNSMON_NOTICE : DNSMON_ALARM;
        st->level = MAX(st->level, level);
    }
    if (st->score > par->derived[H] / 3) {
        dm_client_keep(ctx->clients, cli, (uint32_t)(ctx->now_us / 1000000) + KEEP_S);
    }
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    bool hit = obs->marks & DM_MARK_KEYWORD, mx = (obs->marks & DM_MARK_MX) && obs->reg;

    if (dm_role_is_exempt(cli->role)) {
        return false;
    }
    struct state *st = dm_detect_state(ctx, cli, hit || mx ? obs : NULL);
    if (!st) {
        return false;
    }
    if (mx) {
        dm_follow_asked(&st->follow, obs->reg, ctx->now_us / 1000000);
    }
    hit = hit && !dm_follow_is(&st->follow, obs->reg, ctx->name, ctx->now_us / 1000000);
    if (hit) {
        count_hit(ctx, cli, st, obs);
        raise_level(ctx, cli, st);
    } else if (st->hits) {
        dm_relay_llr_add(&st->llr, obs);
    }
    /* While there is any score left: a machine that has been cleaned still asks for its mail
     * server. */
    return st->level > 0 && score_now(ctx, cli, st) > 0;
}

static const char *const classes[] = {"bot-worm", NULL};

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);

    *ret = (struct dm_finding){
        .level = st->level,
        .class_name = classes[0],
        .score = st->score,
        .threshold = ctx->par->derived[H],
        .llr = dm_relay_llr(&st->llr, dm_client_suspect(ctx->clients, cli)),
        .distinct = dm_set_count(&st->bases),
        .distinct_max = BASES_MAX,
        .start_us = st->start_us,
        .samples = st->samples,
        .verified = st->verified >= DM_VERIFIED_LEAST,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    dm_buf_printf(out,
                  "guessed the names of mail servers (mail., smtp., mx., relay. ...) in "
                  "%s%u domains (today %u A, %u AAAA, %u MX, %u PTR queries): it behaves "
                  "like a bot or worm that looks for servers to send through. Take it off "
                  "the network and clean it.",
                  f->distinct >= f->distinct_max ? "more than " : "", f->distinct, today->a,
                  today->aaaa, today->mx, today->ptr);
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->score = 0;
    st->hits = 0;
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    DM_PACK(out, st->t_us);
    DM_PACK(out, st->start_us);
    DM_PACK(out, st->score);
    DM_PACK(out, st->hits);
    DM_PACK(out, st->verified);
    DM_PACK(out, st->level);
    dm_relay_llr_pack(out, &st->llr);
    dm_follow_pack(out, &st->follow);
    dm_samples_pack(out, st->samples);
    dm_pack_set(out, &st->bases);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    st->t_us = dm_unpack_us(in);
    st->start_us = dm_unpack_us(in);
    DM_UNPACK(in, st->score);
    DM_UNPACK(in, st->hits);
    DM_UNPACK(in, st->verified);
    DM_UNPACK(in, st->level);
    dm_unpack_require(in, isfinite(st->score) && st->level <= DNSMON_ALARM,
                      "a score or level of keyword-scan is out of range");
    dm_relay_llr_unpack(in, &st->llr);
    dm_follow_unpack(in, &st->follow);
    int rc = dm_samples_unpack(clients, &st->samples, in);
    if (rc == 0) {
        dm_set_init(&st->bases, BASES_MAX);
        rc = dm_detect_set_load(clients, &st->bases, in);
    }
    if (dm_set_count(&st->bases) == 0) {
        dm_unpack_require(in, rc < 0 || st->level == 0, "keyword-scan reports a run of nothing");
        st->bases.max = 0; /* no run yet: the next hit begins one */
    }
    return rc;
}

const struct dm_detector dm_detector_keyword_scan = {
    .id = "keyword-scan",
    .name = "Mail-server name scan",
    .summary =
        "A client asks for mail., smtp., mx., ns., gate., relay. over many domains: bots and "
        "worms that bring no MX look-ups (S1, S0 3.2).",
    .marks = DM_MARK_KEYWORD | DM_MARK_MX | DM_RELAY_MARKS,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .prepare = prepare,
    .update = update,
    .finding = finding,
    .describe = describe,
    .closed = closed,
    .clear = clear,
    .save = save,
    .load = load,
};
