/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mail-regression: how many DNS look-ups a mail server makes for each SMTP connection, and when
 * that is no longer so: a flood of mail that it refuses, an explosion of mail that it sends, or
 * look-ups that no mail explains.
 *
 * Method:  bins of ten minutes, D_q = m·N_c + m_POP3·N_p + intercept by least squares with
 *          coefficients >= 0, forgetting by half in seven days. The standardised innovation of each
 *          new bin (against the fit without it) feeds a two-sided CUSUM, k = 0.5, h = 6. Over h,
 * the slope of the last two hours says what it is: toward 2, and messages missing: an inbound
 *          flood, because a refused connection costs PTR and A only; far above m: outbound mail;
 *          more look-ups without more connections: another client on the machine.
 * Source:  S2, S4 Figure 2 (17 March 2003: D_q = 8.8·N_c + N_p, R² = 0.918); doc/SCIENCE.md A.7.
 *
 * It learns for seven days, so that it has seen each day of a week, and from 144 bins at the least
 * (S4's own sample): at its R² the prediction three deviations from the mean is then off by a
 * quarter of sigma, half of what the CUSUM allows. It learns nothing from bins while the CUSUM is
 * over h, with fewer than 5 connections (they teach the intercept only), or of a log that was
 * silent. A deviation that lasts longer than `relearn` is the new normal: the model begins anew.
 *
 * LIMITS
 * Misses:  what grows slower than the model forgets; fewer look-ups without a flood (a cache, or a
 *          log that loses lines) is no finding, it only stops the learning.
 * Innocent look-alikes: a newsletter (outbound-explosion: [roles] list-hosts is another machine),
 *          a new content filter with its own look-ups (residual, until it is learned again).
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/mail_bin.h"
#include "stats/cusum.h"
#include "stats/mail_model.h"
#include "stats/moments.h"
#include "stats/regress.h"
#include "util/text.h"

/* Bins that a fit must rest on before it is believed: see above. */
#define BINS_MIN 144
/* Connections in a bin below which it teaches nothing (doc/SCIENCE.md E.2: wind-up). */
#define CONNECTIONS_MIN 5.0
/* Messages fall if fewer than this share of the expected arrive (own choice: A.8's smallest
 * abnormal day has 0.6 of the normal). */
#define YIELD_FALLS 0.75
/* What the connections explain of the last two hours' look-ups if those rise with them: own choice.
 */
#define TOGETHER_R2 0.5
/* More look-ups without more connections have no second witness: the score must be this much of the
 * threshold. 9 instead of 6 deviations come by chance once a year, not twice a month (Siegmund). */
#define RESIDUAL_SCORE 1.5
/* Most that a side of the CUSUM keeps, of the threshold: it is over an hour or two after its cause.
 */
#define SCORE_CAP 2.0
/* Look-ups of a connection that brings nothing: PTR and A (A.7). */
#define REFUSED 2.0

enum {
    HALF_LIFE,
    LOCAL,
    LEARNING,
    RELEARN,
    THRESHOLD,
    SHIFT,
    M_POP3,
    QUERIES_PER_DOMAIN,
    INBOUND_SHARE
};

static const struct dm_option options[] = {
    [HALF_LIFE] = {"half-life", DM_OPT_DURATION, "7d", 3600, 3.2e7, "s",
                   "Time in which the model forgets half of what it learned.",
                   "doc/SCIENCE.md A.7: 7 days, a factor of 0.99931 a bin"},
    [LOCAL] = {"local-half-life", DM_OPT_DURATION, "2h", 600, 86400, "s",
               "The same for the slope that tells what a deviation is.", "doc/SCIENCE.md A.7: 2 h"},
    [LEARNING] = {"learning", DM_OPT_DURATION, "7d", 0, 3.2e7, "s",
                  "Time before the model may speak; it also needs 144 bins.",
                  "each day of a week once; 144 bins: S4 Figure 2"},
    [RELEARN] = {"relearn", DM_OPT_DURATION, "3d", 3600, 3.2e7, "s",
                 "A deviation that lasts longer is the new normal: the model begins anew.",
                 "own choice: longer than a weekend"},
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "6", 1, 1000, "standard deviations",
                   "Score of the CUSUM at which a deviation is one.",
                   "doc/SCIENCE.md A.7, E.1: h = 6"},
    [SHIFT] = {"shift", DM_OPT_NUMBER, "0.5", 0.01, 10, "standard deviations",
               "Half of the smallest lasting deviation that is looked for.",
               "doc/SCIENCE.md A.7, E.1: k = 0.5"},
    [M_POP3] = {"pop3-queries", DM_OPT_NUMBER, "auto", 0, 1000, "queries",
                "Look-ups of a POP3 log-in; auto estimates them, 1 is the papers' fixed value.",
                "doc/SCIENCE.md A.7: m_POP3 free, or 1"},
    [QUERIES_PER_DOMAIN] = {"queries-per-domain", DM_OPT_NUMBER, "2", 0.1, 100, "queries",
                            "Look-ups for each domain that a message goes to (k).",
                            "S4: 2 (MX and A); S2: 2 or 4; doc/SCIENCE.md A.7"},
    [INBOUND_SHARE] = {"inbound-share", DM_OPT_NUMBER, "auto", 0, 0.99, "0..1",
                       "Share of connections that send no message out (q); auto measures it in the "
                       "log, 0.5 is what the papers assume.",
                       "doc/SCIENCE.md A.7: q as measured"},
};

enum class { NONE, FLOOD, EXPLOSION, RESIDUAL };

static const char *const classes[] = {"inbound-flood", "outbound-explosion", "residual", NULL};

/* What a finding points to. */
struct said {
    struct dm_figures figures; /* first: the finding's pointer is one to this */
    double slope;              /* of the last two hours, queries a connection; NAN */
};

struct state {
    struct dm_mail_bin bin;
    struct dm_regress model;
    struct dm_moments yield;      /* messages over connections, as long as the model */
    struct dm_moments local;      /* queries over connections, the last hours */
    double connections, outbound; /* and messages sent out, faded as the model */
    struct dm_cusum_gauss cusum;
    double messages, expected; /* since the deviation began: there were, the connections promise */
    int64_t first_s;           /* the model's first bin; 0: none */
    int64_t since_s;           /* bin in which the deviation began; 0: there is none */
    uint32_t bins;             /* that the model learned from */
    uint8_t class;             /* enum class of the deviation */
    uint8_t told;              /* that of the incident, which outlives it */
    int64_t told_s;            /* since_s of the incident */
    struct said said;
};

static bool solve(const struct dm_det_params *par, const struct state *st,
                  struct dm_regress_fit *ret)
{
    double m_pop3 = par->opt[M_POP3];
    struct dm_regress_how how = {.fix_m2 = !isnan(m_pop3), .m2 = isnan(m_pop3) ? 0 : m_pop3};

    return dm_regress_solve(&st->model, &how, ret);
}

/* ---- learning ---- */

static void learn(const struct dm_det_params *par, struct state *st, const struct dm_mail_bin *bin)
{
    double forget = dm_stats_forget(par->opt[HALF_LIFE], DM_MAIL_BIN_S);

    if (bin->connections < CONNECTIONS_MIN ||
        !dm_regress_add(&st->model, bin->connections, bin->pop3, bin->queries, forget)) {
        return;
    }
    dm_moments_add(&st->yield, bin->connections, bin->messages, forget);
    st->connections = st->connections * forget + bin->connections;
    st->outbound = st->outbound * forget + bin->outbound;
    st->first_s = st->first_s ? st->first_s : bin->from_s;
    st->bins += st->bins < UINT32_MAX;
}

static void begin_anew(struct state *st)
{
    *st =
        (struct state){.bin = st->bin, .local = st->local, .told = st->told, .told_s = st->told_s};
}

static bool has_learned(const struct dm_det_params *par, const struct state *st,
                        const struct dm_mail_bin *bin)
{
    return st->bins >= BINS_MIN && (double)(bin->from_s - st->first_s) >= par->opt[LEARNING];
}

/* ---- deciding ---- */

/* Messages that so many connections bring normally. */
static double expected_messages(const struct state *st, double connections)
{
    double slope = dm_moments_slope(&st->yield);
    double mean = st->yield.mean_y - (isnan(slope) ? 0 : slope * st->yield.mean_x);

    return MAX(0.0, mean + (isnan(slope) ? 0 : slope * connections));
}

/* Follow the deviation's beginning, and what its connections brought. */
static void follow(struct state *st, const struct dm_mail_bin *bin)
{
    if (st->cusum.up <= 0 && st->cusum.down <= 0) {
        st->since_s = 0;
        st->messages = st->expected = 0;
        return;
    }
    st->since_s = st->since_s ? st->since_s : bin->from_s;
    st->messages += bin->messages;
    st->expected += expected_messages(st, bin->connections);
}

/* What a deviation is, by the slope of the last hours. @side: more (1) or fewer (-1) look-ups. */
static enum class diagnose(const struct dm_det_params *par, const struct state *st,
                           const struct dm_regress_fit *fit, int side) {
    double slope = dm_moments_slope(&st->local), spare = MAX(fit->m1 - REFUSED, 1.0);

    if (side > 0){bool together = dm_moments_r2(&st->local) >= TOGETHER_R2;
                  /* m at q = 0 is 2 + 2·(m - 2) if q was 0.5: half of the way there */
                  if (together && slope >= fit->m1 + spare / 2){return EXPLOSION;}
return st->cusum.up >= RESIDUAL_SCORE * par->opt[THRESHOLD] ? RESIDUAL : NONE;
}
bool few = st->messages < YIELD_FALLS * st->expected;
return few && slope <= (fit->m1 + REFUSED) / 2 ? FLOOD : NONE;
}

/* Compare a bin with the model.   Returns: whether it may be learned. */
static bool judge(const struct dm_det_params *par, struct state *st, const struct dm_mail_bin *bin)
{
    struct dm_regress_fit fit;
    double cap = SCORE_CAP * par->opt[THRESHOLD];

    if (!has_learned(par, st, bin) || !solve(par, st, &fit)) {
        return true;
    }
    double z = dm_regress_z(&fit, bin->connections, bin->pop3, bin->queries);
    int side = dm_cusum_gauss_add(&st->cusum, z, par->opt[SHIFT], par->opt[THRESHOLD]);
    st->cusum.up = MIN(st->cusum.up, cap);
    st->cusum.down = MIN(st->cusum.down, cap);
    follow(st, bin);
    if (side == 0) {
        st->class = NONE;
        return true;
    }
    if (st->class == NONE) {
        st->class = (uint8_t)diagnose(par, st, &fit, side);
    }
    if (st->class != NONE) {
        st->told = st->class;
        st->told_s = st->since_s;
    }
    if ((double)(bin->from_s - st->since_s) > par->opt[RELEARN]) {
        begin_anew(st);
    }
    return false;
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;
    struct dm_mail_bin bin;

    (void)srv;
    if (!dm_mail_bin_add(&st->bin, ctx->now_us / 1000000, minute, &bin) ||
        !dm_mail_bin_usable(&bin)) {
        return false;
    }
    dm_moments_add(&st->local, bin.connections, bin.queries,
                   dm_stats_forget(ctx->par->opt[LOCAL], DM_MAIL_BIN_S));
    if (judge(ctx->par, st, &bin)) {
        learn(ctx->par, st, &bin);
    }
    return st->class != NONE;
}

/* ---- telling ---- */

static double share_of_inbound(const struct dm_det_params *par, const struct state *st)
{
    return isnan(par->opt[INBOUND_SHARE]) ? dm_mail_model_q(st->connections, st->outbound)
                                          : par->opt[INBOUND_SHARE];
}

static void fill(const struct dm_det_params *par, const struct state *st, struct dm_figures *ret)
{
    struct dm_regress_fit fit = {.m1 = NAN, .m2 = NAN, .intercept = NAN, .r2 = NAN};

    (void)solve(par, st, &fit);
    ret->groups |= DM_FIG_REGRESSION;
    ret->m = fit.m1;
    ret->m_pop3 = fit.m2;
    ret->intercept = fit.intercept;
    ret->r2 = fit.r2;
    ret->q = share_of_inbound(par, st);
    ret->k = par->opt[QUERIES_PER_DOMAIN];
    ret->n = dm_mail_model_n(fit.m1, ret->k, ret->q);
    ret->bins = st->bins;
}

static void server_figures(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret)
{
    (void)srv;
    fill(ctx->par, state, ret);
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state;

    (void)srv;
    st->said = (struct said){.slope = dm_moments_slope(&st->local)};
    fill(ctx->par, st, &st->said.figures);
    *ret = (struct dm_finding){
        .level = st->told == RESIDUAL ? DNSMON_NOTICE : DNSMON_ALARM,
        .class_name = classes[st->told == NONE ? 0 : st->told - 1],
        .score = MAX(st->cusum.up, st->cusum.down),
        .threshold = ctx->par->opt[THRESHOLD],
        .llr = NAN,
        .start_us = st->told_s * 1000000,
        .figures = &st->said.figures,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today, GString *out)
{
    const struct said *said = (const struct said *)(const void *)f->figures;
    char m[DM_NUMBER_STRLEN], slope[DM_NUMBER_STRLEN];

    (void)today;
    dm_text_number(said ? said->figures.m : NAN, m);
    dm_text_number(said ? said->slope : NAN, slope);
    if (f->class_name == classes[FLOOD - 1]) {
        g_string_append_printf(out,
                               "gets many more connections, and they bring no mail: each costs "
                               "%s DNS look-ups instead of %s. It refuses a flood of mail; see "
                               "which peers and recipients its log rejects.",
                               slope, m);
    } else if (f->class_name == classes[EXPLOSION - 1]) {
        g_string_append_printf(out,
                               "makes %s DNS look-ups for each connection instead of %s: it "
                               "sends far more mail than usual. A relay that is abused, a stolen "
                               "password, a mailing list or a storm of bounces; look at its queue.",
                               slope, m);
    } else {
        g_string_append_printf(out,
                               "makes more DNS look-ups than its mail explains (usually %s for "
                               "each connection). Something else on that machine asks: a filter, a "
                               "scanner, a web application that sends mail past the log.",
                               m);
    }
}

static void closed(void *state)
{
    struct state *st = state;

    st->told = NONE;
    st->told_s = 0;
}

/* ---- state ---- */

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    dm_mail_bin_pack(out, &st->bin);
    dm_regress_pack(out, &st->model);
    dm_moments_pack(out, &st->yield);
    dm_moments_pack(out, &st->local);
    DM_PACK(out, st->connections);
    DM_PACK(out, st->outbound);
    dm_cusum_gauss_pack(out, &st->cusum);
    DM_PACK(out, st->messages);
    DM_PACK(out, st->expected);
    DM_PACK(out, st->first_s);
    DM_PACK(out, st->since_s);
    DM_PACK(out, st->bins);
    DM_PACK(out, st->class);
    DM_PACK(out, st->told);
    DM_PACK(out, st->told_s);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_mail_bin_unpack(in, &st->bin);
    dm_regress_unpack(in, &st->model);
    dm_moments_unpack(in, &st->yield);
    dm_moments_unpack(in, &st->local);
    st->connections = dm_unpack_double(in);
    st->outbound = dm_unpack_double(in);
    dm_cusum_gauss_unpack(in, &st->cusum);
    st->messages = dm_unpack_double(in);
    st->expected = dm_unpack_double(in);
    st->first_s = dm_unpack_seconds(in);
    st->since_s = dm_unpack_seconds(in);
    DM_UNPACK(in, st->bins);
    DM_UNPACK(in, st->class);
    DM_UNPACK(in, st->told);
    st->told_s = dm_unpack_seconds(in);
    if (!dm_unpack_require(in,
                           st->class <= RESIDUAL && st->told <= RESIDUAL && st->connections >= 0 &&
                               st->outbound >= 0 && st->messages >= 0 && st->expected >= 0,
                           "mail-regression has counts or a class that cannot be")) {
        *st = (struct state){0};
    }
    return 0;
}

const struct dm_detector dm_detector_mail_regression = {
    .id = "mail-regression",
    .name = "DNS look-ups of mail",
    .summary = "A mail server's DNS look-ups no longer follow its connections: an inbound flood, "
               "an outbound explosion, or look-ups without mail (S2, S4).",
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
