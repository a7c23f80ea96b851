/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mail-regression: how many DNS look-ups a mail server makes for each SMTP connection, and when
 * that is no longer so: a flood of mail that it refuses, an explosion of mail that it sends, or
 * look-ups that no mail explains.
 *
 * Method:  bins of ten minutes, D_q = m·N_c + m_POP3·N_p + intercept by least squares with
 *          coefficients >= 0, forgetting by half in seven days, one model of working days and one
 *          of holidays (mail_habit.h). The innovation of each new bin (against the fit without it),
 *          in deviations that grow with it and without what it inherits (stats/noise.h), feeds a
 *          two-sided CUSUM, k = 0.5, h = 6. Over h, the slope of the last two hours and what the
 *          connections brought say what it is: messages missing: an inbound flood; far above m and
 *          more messages from inside: outbound mail; else look-ups that mail does not explain.
 * Source:  S2, S4 Figure 2 (17 March 2003: D_q = 8.8·N_c + N_p, R² = 0.918); doc/SCIENCE.md A.7.
 *
 * It learns for seven days, so that it has seen each day of a week, and from 144 bins at the least
 * (S4's own sample): at its R² the prediction three deviations from the mean is then off by a
 * quarter of sigma, half of what the CUSUM allows. It learns nothing from bins while the CUSUM is
 * over 0.45 h, with fewer than 5 connections (they teach the intercept only), or of a log that was
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
#include "detect/mail_habit.h"
#include "stats/cusum.h"
#include "stats/mail_model.h"
#include "stats/moments.h"
#include "stats/regress.h"
#include "stats/slots.h"
#include "util/text.h"

/* Connections in a bin below which it teaches nothing (doc/SCIENCE.md E.2: wind-up). */
#define CONNECTIONS_MIN 5.0
/* Messages fall if fewer than this share of the expected arrive (own choice: A.8's smallest
 * abnormal day has 0.6 of the normal). */
#define YIELD_FALLS 0.75
/* What the connections explain of the last two hours' look-ups if those rise with them: own choice.
 */
#define TOGETHER_R2 0.5
/* Messages are too few or too many by so many deviations of a Poisson count (doc/SCIENCE.md A.8).
 */
#define WITNESS_SD 3.0
/* Most that a bin adds to the CUSUM, deviations: two bins stay under h = 6, so that a deviation is
 * one that lasts for half an hour, as far as it is not small (own choice: 2·(3.4 - 0.5) < 6 <
 * 3·(3.4 - 0.5)). */
#define STEP_MAX 3.4
/* More look-ups without more mail have no second witness: the score must be this much of the
 * threshold. 8.4 comes by chance once in 14,600 bins, a hundred days, 6 once in 1,290 (Siegmund);
 * three bins of STEP_MAX are 8.7. */
#define RESIDUAL_SCORE 1.4
/* Most that a side of the CUSUM keeps, of the threshold: it is over an hour or two after its cause.
 */
#define SCORE_CAP 2.0
/* Part of the threshold over which nothing is learned: one bin of STEP_MAX reaches 0.48 (E.1: what
 * may be an attack must not become normal). */
#define FREEZE 0.45
/* Look-ups of a connection that brings nothing: PTR and A (A.7). */
#define REFUSED 2.0
/* How far from m toward that the slope of a flood lies, of the way (own choice; half, the flood of
 * doc/SCIENCE.md A.7 whose senders are not looked up, is not asked of one whose senders are). */
#define FLOOD_FALLS 0.25

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
                       "Share of received messages (q); auto measures it in the log, 0.5 is what "
                       "the papers assume.",
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
    struct dm_mail_habit habit[2]; /* of working days, of holidays */
    struct dm_moments local;       /* queries over connections, the last hours */
    struct dm_cusum_gauss cusum;
    /* since the deviation began: there were, the connections promise */
    double messages, messages_expected, outbound, outbound_expected;
    int64_t first_s; /* the model's first bin; 0: none */
    int64_t since_s; /* bin in which the deviation began; 0: there is none */
    uint8_t class;   /* enum class of the deviation */
    uint8_t told;    /* that of the incident, which outlives it */
    int64_t told_s;  /* since_s of the incident */
    struct said said;
};

static struct dm_regress_how how_to_solve(const struct dm_det_params *par)
{
    double m_pop3 = par->opt[M_POP3];

    return (struct dm_regress_how){.fix_m2 = !isnan(m_pop3), .m2 = isnan(m_pop3) ? 0 : m_pop3};
}

/* ---- learning ---- */

static void learn(const struct dm_det_params *par, struct state *st, bool holiday,
                  const struct dm_mail_bin *bin, const struct dm_mail_judged *judged)
{
    double forget = dm_stats_forget(par->opt[HALF_LIFE], DM_MAIL_BIN_S);
    struct dm_regress_how how = how_to_solve(par);

    if (bin->connections < CONNECTIONS_MIN ||
        !dm_mail_habit_learn(&st->habit[holiday], &how, bin, judged, forget)) {
        return;
    }
    dm_mail_habit_fade(&st->habit[!holiday], forget);
    st->first_s = st->first_s ? st->first_s : bin->from_s;
}

static void begin_anew(struct state *st)
{
    *st =
        (struct state){.bin = st->bin, .local = st->local, .told = st->told, .told_s = st->told_s};
}

/* ---- deciding ---- */

/* Follow the deviation's beginning, and what its connections brought. */
static void follow(struct state *st, const struct dm_mail_habit *h, const struct dm_mail_bin *bin)
{
    if (st->cusum.up <= 0 && st->cusum.down <= 0) {
        st->since_s = 0;
        st->messages = st->messages_expected = st->outbound = st->outbound_expected = 0;
        return;
    }
    st->since_s = st->since_s ? st->since_s : bin->from_s;
    st->messages += bin->messages;
    st->messages_expected += dm_mail_habit_messages(h, bin->connections);
    st->outbound += bin->outbound;
    st->outbound_expected += dm_mail_habit_outbound(h, bin->connections);
}

static bool brings_few(const struct state *st)
{
    double e = st->messages_expected;

    return st->messages < YIELD_FALLS * e && st->messages < e - WITNESS_SD * sqrt(e);
}

static bool sends_more(const struct state *st)
{
    double e = st->outbound_expected;

    return st->outbound > e + WITNESS_SD * sqrt(MAX(e, 1.0));
}

/* What a deviation is, by the slope of the last hours and by what the connections brought.
 * @side: more (1) or fewer (-1) look-ups. */
static enum class diagnose(const struct dm_det_params *par, const struct state *st,
                           const struct dm_regress_fit *fit, int side) {
    double slope = dm_moments_slope(&st->local), spare = MAX(fit->m1 - REFUSED, 1.0);

    if (brings_few(st) && (side > 0 || slope <= fit->m1 - FLOOD_FALLS * spare)){return FLOOD;}
if (side < 0)
{
    return NONE;
}
/* m at q = 0 is 2 + 2·(m - 2) if q was 0.5: half of the way there */
if (sends_more(st) && dm_moments_r2(&st->local) >= TOGETHER_R2 && slope >= fit->m1 + spare / 2) {
    return EXPLOSION;
}
return st->cusum.up >= RESIDUAL_SCORE * par->opt[THRESHOLD] ? RESIDUAL : NONE;
}

static void decide(const struct dm_det_params *par, struct state *st,
                   const struct dm_regress_fit *fit, int side)
{
    if (side == 0) {
        st->class = NONE;
        return;
    }
    if (st->class == NONE) {
        st->class = (uint8_t)diagnose(par, st, fit, side);
    }
    if (st->class != NONE) {
        st->told = st->class;
        st->told_s = st->since_s;
    }
}

/* Compare a bin with its habit.   Returns: whether it may be learned. */
static bool judge(const struct dm_det_params *par, struct state *st, const struct dm_mail_habit *h,
                  const struct dm_mail_bin *bin, const struct dm_mail_judged *judged)
{
    double cap = SCORE_CAP * par->opt[THRESHOLD];

    if (st->since_s && (double)(bin->from_s - st->since_s) > par->opt[RELEARN] &&
        MAX(st->cusum.up, st->cusum.down) >= FREEZE * par->opt[THRESHOLD]) {
        begin_anew(st);
        return true;
    }
    if (!judged || (double)(bin->from_s - st->first_s) < par->opt[LEARNING]) {
        return st->class == NONE;
    }
    double z = CLAMP(judged->fresh, -STEP_MAX, STEP_MAX);
    int side = dm_cusum_gauss_add(&st->cusum, z, par->opt[SHIFT], par->opt[THRESHOLD]);
    st->cusum.up = MIN(st->cusum.up, cap);
    st->cusum.down = MIN(st->cusum.down, cap);
    follow(st, h, bin);
    decide(par, st, &judged->fit, side);
    return MAX(st->cusum.up, st->cusum.down) < FREEZE * par->opt[THRESHOLD];
}

static void ten_minutes(const struct dm_detect_ctx *ctx, struct state *st,
                        const struct dm_mail_bin *bin)
{
    bool holiday = ctx->slot >= DM_SLOTS_COUNT / 2;
    struct dm_mail_habit *h = &st->habit[holiday];
    struct dm_regress_how how = how_to_solve(ctx->par);
    struct dm_mail_judged now;
    bool has = dm_mail_habit_judge(h, &how, bin, &now);

    if (judge(ctx->par, st, h, bin, has ? &now : NULL)) {
        /* a model that began anew has nothing to compare with */
        learn(ctx->par, st, holiday, bin, has && h->bins > 0 ? &now : NULL);
    }
    dm_mail_habit_next(h, bin, has && h->bins > 0 ? &now : NULL);
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
    ten_minutes(ctx, st, &bin);
    return st->class != NONE;
}

/* ---- telling ---- */

/* Share of the connections that send nothing out: those that bring no message cost what a received
 * one does, so (m - 2) / (k·(1 - q)) is n with this q, not with received over all messages. */
static double share_of_inbound(const struct dm_det_params *par, double connections, double outbound)
{
    return isnan(par->opt[INBOUND_SHARE]) ? dm_mail_model_q(connections, outbound)
                                          : par->opt[INBOUND_SHARE];
}

/* The model of all days: that of both types, as if it had learned both. */
static void fill(const struct dm_det_params *par, const struct state *st, struct dm_figures *ret)
{
    struct dm_regress_fit fit = {.m1 = NAN, .m2 = NAN, .intercept = NAN, .r2 = NAN};
    const struct dm_mail_habit *a = &st->habit[0], *b = &st->habit[1];
    struct dm_regress both = a->model;
    struct dm_regress_how how = how_to_solve(par);

    dm_regress_merge(&both, &b->model);
    (void)dm_regress_solve(&both, &how, &fit);
    ret->groups |= DM_FIG_REGRESSION;
    ret->m = fit.m1;
    ret->m_pop3 = fit.m2;
    ret->intercept = fit.intercept;
    ret->r2 = fit.r2;
    ret->q = share_of_inbound(par, a->connections + b->connections, a->outbound + b->outbound);
    ret->k = par->opt[QUERIES_PER_DOMAIN];
    ret->n = dm_mail_model_n(fit.m1, ret->k, ret->q);
    ret->bins = (double)a->bins + b->bins;
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
        .verified = st->told == FLOOD || st->told == EXPLOSION, /* its log says so, too */
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    const struct said *said = (const struct said *)(const void *)f->figures;
    char m[DM_NUMBER_STRLEN], slope[DM_NUMBER_STRLEN];

    (void)today;
    dm_text_number(said ? said->figures.m : NAN, m);
    dm_text_number(said ? said->slope : NAN, slope);
    if (f->class_name == classes[FLOOD - 1]) {
        dm_buf_printf(out,
                      "gets many more connections, and they bring no mail: each costs "
                      "%s DNS look-ups instead of %s. It refuses a flood of mail; see "
                      "which peers and recipients its log rejects.",
                      slope, m);
    } else if (f->class_name == classes[EXPLOSION - 1]) {
        dm_buf_printf(out,
                      "makes %s DNS look-ups for each connection instead of %s: it "
                      "sends far more mail than usual. A relay that is abused, a stolen "
                      "password, a mailing list or a storm of bounces; look at its queue.",
                      slope, m);
    } else {
        dm_buf_printf(out,
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
    dm_mail_habit_pack(out, &st->habit[0]);
    dm_mail_habit_pack(out, &st->habit[1]);
    dm_moments_pack(out, &st->local);
    dm_cusum_gauss_pack(out, &st->cusum);
    DM_PACK(out, st->messages);
    DM_PACK(out, st->messages_expected);
    DM_PACK(out, st->outbound);
    DM_PACK(out, st->outbound_expected);
    DM_PACK(out, st->first_s);
    DM_PACK(out, st->since_s);
    DM_PACK(out, st->class);
    DM_PACK(out, st->told);
    DM_PACK(out, st->told_s);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_mail_bin_unpack(in, &st->bin);
    dm_mail_habit_unpack(in, &st->habit[0]);
    dm_mail_habit_unpack(in, &st->habit[1]);
    dm_moments_unpack(in, &st->local);
    dm_cusum_gauss_unpack(in, &st->cusum);
    st->messages = dm_unpack_double(in);
    st->messages_expected = dm_unpack_double(in);
    st->outbound = dm_unpack_double(in);
    st->outbound_expected = dm_unpack_double(in);
    st->first_s = dm_unpack_seconds(in);
    st->since_s = dm_unpack_seconds(in);
    DM_UNPACK(in, st->class);
    DM_UNPACK(in, st->told);
    st->told_s = dm_unpack_seconds(in);
    if (!dm_unpack_require(in,
                           st->class <= RESIDUAL && st->told <= RESIDUAL && st->messages >= 0 &&
                               st->messages_expected >= 0 && st->outbound >= 0 &&
                               st->outbound_expected >= 0,
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
