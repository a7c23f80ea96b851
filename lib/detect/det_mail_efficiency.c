/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mail-efficiency: connections to a mail server that bring fewer messages than normal at this hour,
 * while the server asks for more names: mail that is refused or goes nowhere.
 *
 * Method:  α = N_f / N_c. Each minute's N_f of N_c is Binomial(N_c, α0); a CUSUM looks for
 *          α1 = max(α0 / 2, 0.02), h = 13.8 (one false alarm in e^13.8 = 10^6 connections at the
 *          most). α0 is that of the hour, weekday or holiday, and begins at the papers' 0.70 and
 *          0.35. It is an alarm only if the queries of the last ten minutes are three deviations,
 * or half, more than normal at this hour: "α decreases but DNS access increases" (S2). Source:  S2;
 * doc/SCIENCE.md A.8. N_c and N_f are counted in lib/server/ledger.c.
 *
 * From 0.70 to 0.35 it needs about 53 connections, from 0.35 to 0.21 295, to 0.11 91: minutes.
 * It is silent until it has seen 1,000 connections on this type of day, and the look-ups of the
 * hour or of a day of its type: a server that never had the papers' shares would be an alarm until
 * then. Later the papers' shares weigh as much as 50 connections. Nothing is learned from bins in
 * which both signs are there, unless they last longer than `relearn`.
 *
 * LIMITS
 * Misses:  refused mail that costs no look-ups (postscreen, a peer's address in a block list that
 * is cached), a fall below 0.02. Innocent look-alikes: a new peer that opens connections without
 * mail and is looked up each time (health checks: [roles] monitors leaves them out; regular ones
 * that nobody listed stay in, for a guessed role silences nothing, doc/SCIENCE.md 0.4).
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/efficiency.h"
#include "detect/mail_bin.h"
#include "stats/cusum.h"
#include "util/text.h"

/* Most that the score keeps, of the threshold: it is over soon after its cause. */
#define SCORE_CAP 3.0
/* Part of the threshold from which on, with more look-ups, nothing is learned (E.1: freeze). */
#define FREEZE 0.5

enum { THRESHOLD, WEEKDAY, HOLIDAY, FALL, LEAST, DEVIATIONS, TIMES, RELEARN };

static const struct dm_option options[] = {
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "13.8", 1, 1000, "nats",
                   "Score of the CUSUM from which on efficiency is low.",
                   "doc/SCIENCE.md A.8: h = 13.8 = ln 10^6"},
    [WEEKDAY] = {"weekday", DM_OPT_NUMBER, "0.70", 0.01, 1, "0..1",
                 "Messages for each connection on working days, until it has been learned.",
                 "S2: 0.70; doc/SCIENCE.md A.8"},
    [HOLIDAY] = {"holiday", DM_OPT_NUMBER, "0.35", 0.01, 1, "0..1",
                 "The same on weekends and holidays.", "S2: 0.35; doc/SCIENCE.md A.8"},
    [FALL] = {"fall", DM_OPT_NUMBER, "0.5", 0.01, 0.99, "1",
              "The fall that is looked for: to this part of the normal.",
              "doc/SCIENCE.md A.8: alpha1 = 0.5 alpha0"},
    [LEAST] = {"least", DM_OPT_NUMBER, "0.02", 0.0001, 0.5, "0..1",
               "Smallest efficiency that is looked for.", "doc/SCIENCE.md A.8: 0.02"},
    [DEVIATIONS] = {"deviations", DM_OPT_NUMBER, "3", 0, 100, "standard deviations",
                    "How far above normal the look-ups of ten minutes are.",
                    "doc/SCIENCE.md A.8: 3 sigma"},
    [TIMES] = {"times", DM_OPT_NUMBER, "1.5", 1, 100, "1",
               "Or how many times the normal of the hour.", "doc/SCIENCE.md A.8: 1.5"},
    [RELEARN] = {"relearn", DM_OPT_DURATION, "3d", 3600, 3.2e7, "s",
                 "What lasts longer is learned as the new normal.",
                 "own choice: longer than a weekend"},
};

static const char *const classes[] = {"low-efficiency", NULL};

struct said {
    struct dm_figures figures; /* first: the finding's pointer is one to this */
    double connections, messages, normal, slope;
};

struct state {
    struct dm_mail_bin bin;
    struct dm_efficiency usual;
    uint32_t queries[DM_MAIL_BIN_MINUTES]; /* of the last minutes, a ring by minute */
    double ahead; /* messages of connections that were counted with another minute */
    double score; /* nats */
    double connections, messages; /* since the score left 0 */
    double normal;                /* α0 when it was last looked at */
    int64_t since_s;              /* when it left 0; 0: it has not */
    int64_t suspect_s;            /* since when nothing is learned; 0: it is */
    int64_t told_s;               /* since_s of the incident; 0: there is none */
    bool alarm;
    struct said said;
};

/* Queries of the last ten minutes, with this one. */
static double last_queries(struct state *st, int64_t minute, uint32_t queries)
{
    double sum = 0;

    st->queries[minute % DM_MAIL_BIN_MINUTES] = queries;
    for (int i = 0; i < DM_MAIL_BIN_MINUTES; i++) {
        sum += st->queries[i];
    }
    return sum;
}

/* A message is often taken up a minute after its connection: what one minute has too many of, the
 * next may have too few of, but never more than it has connections. */
static double match_messages(struct state *st, const struct dm_mail_counts *minute)
{
    double have = st->ahead + minute->messages, n = MIN(have, minute->connections);

    st->ahead = MIN(have - n, minute->connections);
    return n;
}

static void score(const struct dm_detect_ctx *ctx, struct state *st,
                  const struct dm_mail_counts *minute)
{
    const double *opt = ctx->par->opt;
    double prior = ctx->slot < DM_SLOTS / 2 ? opt[WEEKDAY] : opt[HOLIDAY];
    double normal = dm_efficiency_normal(&st->usual, ctx->slot, prior);
    double low = MAX(opt[FALL] * normal, opt[LEAST]), messages = match_messages(st, minute);

    st->normal = normal;
    if (low >= normal || !dm_efficiency_knows(&st->usual, ctx->slot)) {
        st->score = 0;
    } else {
        st->score = dm_cusum_binomial(st->score, minute->connections, messages, normal, low);
        st->score = MIN(st->score, SCORE_CAP * opt[THRESHOLD]);
    }
    if (st->score <= 0) {
        st->since_s = 0;
        st->connections = st->messages = 0;
        return;
    }
    st->since_s = st->since_s ? st->since_s : ctx->now_us / 1000000 - 60;
    st->connections += minute->connections;
    st->messages += minute->messages;
}

/* Whether what is seen now may be learned. */
static bool may_learn(const struct dm_detect_ctx *ctx, struct state *st, bool busy)
{
    int64_t now_s = ctx->now_us / 1000000;

    if (!busy || st->score < FREEZE * ctx->par->opt[THRESHOLD]) {
        st->suspect_s = 0;
        return true;
    }
    st->suspect_s = st->suspect_s ? st->suspect_s : now_s;
    return (double)(now_s - st->suspect_s) > ctx->par->opt[RELEARN];
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;
    struct dm_mail_bin bin;
    int64_t now_s = ctx->now_us / 1000000;
    const double *opt = ctx->par->opt;

    (void)srv;
    score(ctx, st, minute);
    double queries = last_queries(st, (now_s - 1) / 60, dm_mail_queries(minute));
    bool busy = dm_efficiency_is_busy(&st->usual, ctx->slot, queries, opt[DEVIATIONS], opt[TIMES]);
    bool was = st->alarm, full = dm_mail_bin_add(&st->bin, now_s, minute, &bin);
    st->alarm = busy && st->score >= opt[THRESHOLD];
    if (full && may_learn(ctx, st, busy) && dm_mail_bin_usable(&bin)) {
        dm_efficiency_learn(&st->usual, ctx->slot, &bin);
    }
    if (st->alarm && !st->told_s) {
        st->told_s = st->since_s;
    }
    bool say = st->alarm && (full || !was);
    if (say) {
        st->said = (struct said){.connections = st->connections,
                                 .messages = st->messages,
                                 .normal = st->normal,
                                 .slope = dm_efficiency_slope(&st->usual)};
    }
    return say;
}

/* ---- telling ---- */

static void fill(const struct dm_server *srv, struct dm_figures *ret)
{
    if (!(ret->groups & DM_FIG_MAIL)) {
        ret->peers = NAN;
    }
    ret->groups |= DM_FIG_MAIL;
    ret->connections = srv->day.connections;
    ret->messages = srv->day.messages;
    ret->efficiency = srv->day.connections > 0 ? ret->messages / ret->connections : NAN;
}

static void server_figures(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret)
{
    (void)ctx;
    (void)state;
    fill(srv, ret);
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state;

    fill(srv, &st->said.figures);
    *ret = (struct dm_finding){
        .level = DNSMON_ALARM,
        .class_name = classes[0],
        .score = st->score,
        .threshold = ctx->par->opt[THRESHOLD],
        .llr = NAN,
        .start_us = st->told_s * 1000000,
        .figures = &st->said.figures,
        .verified = true,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    const struct said *said = (const struct said *)(const void *)f->figures;

    char ratio[DM_NUMBER_STRLEN], normal[DM_NUMBER_STRLEN];

    (void)today;
    if (said && said->connections > 0) {
        dm_buf_printf(out,
                      "took %.0f messages from %.0f connections (%s each, normally %s "
                      "at this hour)",
                      said->messages, said->connections,
                      dm_text_number(said->messages / said->connections, ratio),
                      dm_text_number(said->normal, normal));
    } else {
        dm_buf_text(out, "took fewer messages from its connections than normal");
    }
    if (said && !isnan(said->slope)) {
        dm_buf_printf(out, "; before, a hundred connections more brought %.0f", 100 * said->slope);
    }
    dm_buf_text(out, ". Yet it asks for more names: somebody sends what it refuses. See which "
                     "peers and recipients its log rejects.");
}

static void closed(void *state)
{
    struct state *st = state;

    st->told_s = 0;
}

/* ---- state ---- */

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;
    uint8_t alarm = st->alarm;

    dm_mail_bin_pack(out, &st->bin);
    dm_efficiency_pack(out, &st->usual);
    DM_PACK(out, st->queries);
    DM_PACK(out, st->ahead);
    DM_PACK(out, st->score);
    DM_PACK(out, st->connections);
    DM_PACK(out, st->messages);
    DM_PACK(out, st->normal);
    DM_PACK(out, st->since_s);
    DM_PACK(out, st->suspect_s);
    DM_PACK(out, st->told_s);
    DM_PACK(out, alarm);
    DM_PACK(out, st->said.connections);
    DM_PACK(out, st->said.messages);
    DM_PACK(out, st->said.normal);
    DM_PACK(out, st->said.slope);
}

static double unpack_amount(struct dm_unpacker *in)
{
    double v = dm_unpack_double(in);

    dm_unpack_require(in, v >= 0, "mail-efficiency has a number below 0");
    return v;
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_mail_bin_unpack(in, &st->bin);
    dm_efficiency_unpack(in, &st->usual);
    DM_UNPACK(in, st->queries);
    st->ahead = unpack_amount(in);
    st->score = unpack_amount(in);
    st->connections = unpack_amount(in);
    st->messages = unpack_amount(in);
    st->normal = unpack_amount(in);
    st->since_s = dm_unpack_seconds(in);
    st->suspect_s = dm_unpack_seconds(in);
    st->told_s = dm_unpack_seconds(in);
    st->alarm = dm_unpack_bool(in);
    st->said.connections = unpack_amount(in);
    st->said.messages = unpack_amount(in);
    st->said.normal = unpack_amount(in);
    DM_UNPACK(in, st->said.slope);
    dm_unpack_require(in, !isinf(st->said.slope), "a slope of mail-efficiency is none");
    if (in->bad) {
        *st = (struct state){0};
    }
    return 0;
}

const struct dm_detector dm_detector_mail_efficiency = {
    .id = "mail-efficiency",
    .name = "Mail exchange efficiency",
    .summary = "A mail server's connections bring fewer messages than normal at this hour while it "
               "asks for more names (S2).",
    .subject = DM_SUBJECT_SERVER,
    .marks = DM_MARK_MAIL,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .server_minute = server_minute,
    .server_finding = server_finding,
    .server_figures = server_figures,
    .describe = describe,
    .closed = closed,
    .save = save,
    .load = load,
};
