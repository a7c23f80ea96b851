/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * bot-join: one machine both asks for the mail servers of new domains and knocks at Windows
 * services. Each alone may be too little to speak of; together they are a bot.
 *
 * Method:  the evidence of rule mass-mailer (its score, when over a third of its threshold, with at
 *          least `domains` new domains) and of rule tcp-probe (destinations tried within its time)
 *          is kept for 24 h each, at its largest; both there, and their sum in nats over the
 *          threshold: alarm.
 * Source:  doc/SCIENCE.md A.12 (c); S1 (bots that mail and spread).
 *
 * A third of mass-mailer's threshold (4.97 nats) is a single new domain, and one attempt at a file
 * server is in many a packet filter's log: A.12's words alone would name every PC whose mail
 * account is being set up. So the sum has to reach a threshold of its own, and an account set-up's
 * one to three domains (C7) do not count.
 *
 * LIMITS
 * Misses:  what either rule does not see; nothing is joined if one of them is switched off.
 * Innocent look-alikes: a server that checks mail addresses and has file servers behind the packet
 *          filter; an unlisted mail server that is part of a Windows domain. Register both.
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/probe.h"
#include "detect/samples.h"
#include "stats/cusum.h"

/* Of the first kind of evidence at the most, so that the second has its place too. */
#define SAMPLES_EACH (DM_SAMPLES / 2)

enum { THRESHOLD, DOMAINS, MAIL_SHARE, WITHIN, EVENTS_A_DAY };
enum { H };

static const struct dm_option options[] = {
    [THRESHOLD] =
        {"threshold", DM_OPT_NUMBER, "auto", 1, 1000, "nats",
         "Sum of both rules' evidence at which a client is reported; auto derives it from "
         "[detectors] budget.",
         "doc/SCIENCE.md E.1: ln(events-a-day * 10^4 / budget) = 13.8 at budget 0.1"},
    [DOMAINS] = {"domains", DM_OPT_COUNT, "4", 1, 4096, "new registered domains",
                 "Fewest new domains in mass-mailer's run.",
                 "doc/SCIENCE.md C7: an account set-up asks for one to three"},
    [MAIL_SHARE] = {"mail-share", DM_OPT_NUMBER, "0.3333", 0, 1, "of mass-mailer's threshold",
                    "Smallest score of mass-mailer that counts.", "doc/SCIENCE.md A.12: h/3"},
    [WITHIN] = {"within", DM_OPT_DURATION, "24h", 60, 30 * 86400.0, "s",
                "How long evidence of one rule waits for the other's.",
                "doc/SCIENCE.md A.12: 24 h"},
    [EVENTS_A_DAY] = {"events-a-day", DM_OPT_NUMBER, "10", 0.01, 1e6, "1/day",
                      "Informative events of an innocent client a day, from which the threshold "
                      "is derived.",
                      "as mass-mailer's"},
};

/* Evidence of one rule. */
struct side {
    int64_t first_us, last_us;
    float nats; /* the most within the time */
};

struct state {
    struct side mail, tcp;
    struct dm_samples *samples;
    float score;      /* the most since the incident began */
    uint32_t domains; /* new, as of then */
    uint8_t level;
    uint8_t mails, tries; /* samples of each kind */
    bool verified;        /* mass-mailer's evidence is; a SYN can be forged */
};

static void prepare(struct dm_det_params *par, double budget)
{
    par->derived[H] = isnan(par->opt[THRESHOLD])
                          ? dm_cusum_threshold(1, par->opt[EVENTS_A_DAY], budget)
                          : par->opt[THRESHOLD];
}

static bool is_fresh(const struct dm_detect_ctx *ctx, const struct side *side)
{
    return side->nats > 0 && (double)(ctx->now_us - side->last_us) <= ctx->par->opt[WITHIN] * 1e6;
}

static void add(const struct dm_detect_ctx *ctx, struct side *side, const struct dm_obs *obs,
                double nats)
{
    if (!is_fresh(ctx, side)) {
        *side = (struct side){.first_us = obs->time_us};
    }
    side->last_us = obs->time_us;
    side->nats = MAX(side->nats, (float)nats);
}

static void keep_name(const struct dm_detect_ctx *ctx, struct state *st, const struct dm_obs *obs,
                      uint8_t *kept)
{
    if (*kept < SAMPLES_EACH) {
        dm_samples_add(ctx->clients, &st->samples, obs->time_us,
                       obs->kind == DM_OBS_TCP ? 0 : obs->type, ctx->name);
        ++*kept;
    }
}

/* Returns: whether the observation is evidence. */
static bool look(const struct dm_detect_ctx *ctx, struct dm_client *cli, struct state *st,
                 const struct dm_obs *obs)
{
    struct dm_finding f;

    if (obs->kind == DM_OBS_TCP) {
        if (!dm_probe_is(ctx, obs) || !dm_detect_ask(ctx, cli, DM_DET_tcp_probe, &f) ||
            !(f.score > 0)) {
            return false;
        }
        add(ctx, &st->tcp, obs, f.score);
        keep_name(ctx, st, obs, &st->tries);
        return true;
    }
    if (!dm_detect_ask(ctx, cli, DM_DET_mass_mailer, &f) || f.distinct < ctx->par->opt[DOMAINS] ||
        !(f.score > f.threshold * ctx->par->opt[MAIL_SHARE])) {
        return false;
    }
    add(ctx, &st->mail, obs, f.score);
    st->domains = f.distinct;
    st->verified = f.verified;
    keep_name(ctx, st, obs, &st->mails);
    return true;
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    if (dm_role_is_exempt(cli->role)) {
        return false;
    }
    struct state *st = dm_detect_state(ctx, cli, NULL);
    if (!st || !look(ctx, cli, st, obs) || !is_fresh(ctx, &st->mail) || !is_fresh(ctx, &st->tcp)) {
        return false;
    }
    float score = st->mail.nats + st->tcp.nats;
    if ((double)score < ctx->par->derived[H]) {
        return false;
    }
    st->score = MAX(st->score, score);
    bool lowered = dm_client_is_resolver(cli) || dm_detect_guess(ctx, cli) == DM_GUESS_MAIL_LOG;
    st->level = lowered ? MAX(st->level, DNSMON_NOTICE) : DNSMON_ALARM;
    return true;
}

static const char *const classes[] = {"bot-worm", NULL};

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);

    *ret = (struct dm_finding){
        .level = st->level,
        .class_name = classes[0],
        .score = (double)st->score,
        .threshold = ctx->par->derived[H],
        .llr = NAN,
        .distinct = st->domains,
        .start_us = MIN(st->mail.first_us, st->tcp.first_us),
        .samples = st->samples,
        .verified = st->verified,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    dm_buf_printf(out,
                  "asked for the mail servers of %u domains that it never asked for "
                  "before (today %u MX queries) and tried Windows services of other "
                  "machines within a day: it behaves like a bot that mails and spreads. "
                  "Take it off the network and clean it.",
                  f->distinct, today->mx);
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->score = 0;
    st->mail = st->tcp = (struct side){0};
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_samples_free(clients, &st->samples);
}

static void save_side(struct dm_buf *out, const struct side *side)
{
    DM_PACK(out, side->first_us);
    DM_PACK(out, side->last_us);
    DM_PACK(out, side->nats);
}

static void load_side(struct dm_unpacker *in, struct side *side)
{
    side->first_us = dm_unpack_us(in);
    side->last_us = dm_unpack_us(in);
    DM_UNPACK(in, side->nats);
    dm_unpack_require(in, isfinite(side->nats), "a score of bot-join is none");
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    save_side(out, &st->mail);
    save_side(out, &st->tcp);
    DM_PACK(out, st->score);
    DM_PACK(out, st->domains);
    DM_PACK(out, st->verified);
    DM_PACK(out, st->level);
    DM_PACK(out, st->mails);
    DM_PACK(out, st->tries);
    dm_samples_pack(out, st->samples);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    load_side(in, &st->mail);
    load_side(in, &st->tcp);
    DM_UNPACK(in, st->score);
    DM_UNPACK(in, st->domains);
    st->verified = dm_unpack_bool(in);
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, st->mails);
    DM_UNPACK(in, st->tries);
    dm_unpack_require(in, isfinite(st->score) && st->level <= DNSMON_ALARM,
                      "a score or level of bot-join is out of range");
    return dm_samples_unpack(clients, &st->samples, in);
}

const struct dm_detector dm_detector_bot_join = {
    .id = "bot-join",
    .name = "Bot that mails and spreads",
    .summary = "A client with evidence both of mass-mailer and of tcp-probe within a day, each "
               "perhaps too little alone (doc/SCIENCE.md A.12).",
    .marks = DM_MARK_MX | DM_MARK_TCP,
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
