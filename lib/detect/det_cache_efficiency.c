/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * cache-efficiency: how many of the look-ups that a mail server's traffic calls for its cache
 * spares the name server, and when that falls.
 *
 * Method:  DCE = 1 - D_obs / D_calc over bins of ten minutes; D_calc = m·N_c + m_POP3·N_p +
 *          intercept with coefficients that are frozen. An alarm when DCE lies 0.3 or more below
 * its own baseline for 30 minutes in a row, and the look-ups that are too many are three deviations
 * of what the bins vary by. Source:  S4 (11-16 March 2002, before and after a cache was put in);
 * doc/SCIENCE.md A.11.
 *
 * The coefficients: those of the configuration, where they were measured before the cache; else the
 * least-squares fit of the first seven days, each day of a week once. They never move by
 * themselves: raise `generation` and reload to have them fitted anew. DCE is then about 0 until
 * something changes. The baseline is 1 - ΣD_obs / ΣD_calc, forgotten by half in seven days, and is
 * not taught by bins of a fall; a fall that lasts longer than `relearn` is the new normal.
 *
 * LIMITS
 * Misses:  a fall below 0.3, or on a server with so little mail that 0.3 is noise.
 * Innocent look-alikes: a cache that was restarted (its DCE comes back within the hour), a new
 *          content filter, a fit from before a change of the mail system (DCE below 0: stale).
 */
#include "detect/detector.h"

#include <math.h>

#include "detect/mail_bin.h"
#include "stats/mail_model.h"
#include "stats/moments.h"
#include "stats/regress.h"
#include "util/text.h"

/* As in det_mail_regression.c. */
#define BINS_MIN 144
#define CONNECTIONS_MIN 5.0
/* Bins before the baseline is believed: a day (own choice). */
#define BASELINE_BINS 144
/* Bins of a fall that are kept, more are not needed to judge it: four hours. */
#define RUN_MAX 24

enum { M, M_POP3, INTERCEPT, LEARNING, GENERATION, FALL, LASTING, DEVIATIONS, HALF_LIFE, RELEARN };

static const struct dm_option options[] = {
    [M] = {"queries-per-connection", DM_OPT_NUMBER, "auto", 0.01, 1000, "queries",
           "Look-ups of an SMTP connection without a cache (m); auto fits it and the two below.",
           "doc/SCIENCE.md A.7; S4 measured 8.8"},
    [M_POP3] = {"pop3-queries", DM_OPT_NUMBER, "1", 0, 1000, "queries",
                "Look-ups of a POP3 log-in; read if queries-per-connection is given.",
                "doc/SCIENCE.md A.7: one PTR"},
    [INTERCEPT] = {"intercept", DM_OPT_NUMBER, "0", 0, 1e9, "queries",
                   "Look-ups in ten minutes without mail; read if queries-per-connection is given.",
                   "doc/SCIENCE.md A.7"},
    [LEARNING] = {"learning", DM_OPT_DURATION, "7d", 0, 3.2e7, "s",
                  "Time before the fit is frozen; it also needs 144 bins.",
                  "each day of a week once; doc/SCIENCE.md A.11: before the cache"},
    [GENERATION] = {"generation", DM_OPT_COUNT, "1", 0, 1e6, "-",
                    "Raise it to have the coefficients fitted anew.", "own choice"},
    [FALL] = {"fall", DM_OPT_NUMBER, "0.3", 0.01, 2, "1",
              "How far the efficiency falls below its baseline.", "doc/SCIENCE.md A.11: 0.3"},
    [LASTING] = {"lasting", DM_OPT_DURATION, "30m", 600, 14400, "s",
                 "For how long, in whole bins of ten minutes.", "doc/SCIENCE.md A.11: 30 min"},
    [DEVIATIONS] = {"deviations", DM_OPT_NUMBER, "3", 0, 100, "standard deviations",
                    "How much the look-ups must exceed what the bins vary by.",
                    "doc/SCIENCE.md A.8: 3 sigma"},
    [HALF_LIFE] = {"half-life", DM_OPT_DURATION, "7d", 3600, 3.2e7, "s",
                   "Time in which fit and baseline forget half.", "doc/SCIENCE.md A.7: 7 days"},
    [RELEARN] = {"relearn", DM_OPT_DURATION, "3d", 3600, 3.2e7, "s",
                 "A fall that lasts longer is the new normal.",
                 "own choice: longer than a weekend"},
};

static const char *const classes[] = {"cache-drop", NULL};

/* Look-ups that were seen, and that the traffic calls for. */
struct pair {
    double observed, calculated;
};

struct said {
    struct dm_figures figures; /* first: the finding's pointer is one to this */
    double baseline;
};

struct state {
    struct dm_mail_bin bin;
    struct dm_regress model;   /* until it is frozen */
    struct dm_regress_fit fit; /* frozen: bins > 0 */
    int64_t first_s;           /* first bin that the model learned from; 0: none */
    uint32_t learned;          /* bins of it */
    uint32_t generation;
    struct pair base;         /* faded */
    struct dm_moments spread; /* x: what the baseline does not explain, queries a bin */
    uint32_t based;           /* bins of both */
    struct pair run[RUN_MAX]; /* the latest bins of a fall, a ring */
    uint32_t falls;           /* bins of the fall that goes on */
    int64_t since_s;          /* its first; that of the incident as long as there is one */
    int32_t day;              /* local day of the sums below */
    struct pair today;
    bool alarm;
    bool told; /* there is an incident */
    double told_efficiency, told_score;
    struct said said;
};

/* ---- the frozen model ---- */

static void start_generation(const struct dm_det_params *par, struct state *st)
{
    uint32_t now = (uint32_t)par->opt[GENERATION];

    if (st->generation != now) {
        *st = (struct state){.generation = now,
                             .bin = st->bin,
                             .told = st->told,
                             .told_efficiency = st->told_efficiency,
                             .since_s = st->since_s};
    }
}

static void learn(const struct dm_det_params *par, struct state *st, const struct dm_mail_bin *bin)
{
    struct dm_regress_how how = {0};
    struct dm_regress_fit fit;
    double forget = dm_stats_forget(par->opt[HALF_LIFE], DM_MAIL_BIN_S);

    if (!dm_regress_add(&st->model, bin->connections, bin->pop3, bin->queries, forget)) {
        return;
    }
    st->first_s = st->first_s ? st->first_s : bin->from_s;
    st->learned++;
    if (st->learned >= BINS_MIN &&
        (double)(bin->from_s - st->first_s) >= par->opt[LEARNING] - DM_MAIL_BIN_S &&
        dm_regress_solve(&st->model, &how, &fit) && isfinite(fit.sigma)) {
        st->fit = fit;
    }
}

/* What a bin's traffic calls for.   Returns: NAN before anything is frozen. */
static double calculate(const struct dm_det_params *par, const struct state *st,
                        const struct dm_mail_bin *bin)
{
    struct dm_regress_fit given = {
        .m1 = par->opt[M], .m2 = par->opt[M_POP3], .intercept = par->opt[INTERCEPT]};

    if (!isnan(par->opt[M])) {
        return dm_regress_predict(&given, bin->connections, bin->pop3);
    }
    return st->fit.bins > 0 ? dm_regress_predict(&st->fit, bin->connections, bin->pop3) : NAN;
}

/* ---- deciding ---- */

static double efficiency(const struct pair *p)
{
    return dm_mail_model_cache(p->observed, p->calculated);
}

/* Look-ups of a bin or more beyond what the baseline lets through. */
static double excess(const struct state *st, const struct pair *p)
{
    return p->observed - st->base.observed / st->base.calculated * p->calculated;
}

static void teach_baseline(const struct dm_det_params *par, struct state *st,
                           const struct pair *now)
{
    double forget = dm_stats_forget(par->opt[HALF_LIFE], DM_MAIL_BIN_S);

    st->base.observed = st->base.observed * forget + now->observed;
    st->base.calculated = st->base.calculated * forget + now->calculated;
    dm_moments_add(&st->spread, excess(st, now), 0, forget);
    st->based += st->based < UINT32_MAX;
}

/* The last bins of the fall together, at most @n of them. */
static struct pair latest(const struct state *st, uint32_t n)
{
    struct pair sum = {0, 0};

    for (uint32_t i = 0; i < MIN(n, MIN(st->falls, RUN_MAX)); i++) {
        const struct pair *p = &st->run[(st->falls - 1 - i) % RUN_MAX];
        sum.observed += p->observed;
        sum.calculated += p->calculated;
    }
    return sum;
}

static uint32_t lasting_bins(const struct dm_det_params *par)
{
    return (uint32_t)ceil(par->opt[LASTING] / DM_MAIL_BIN_S);
}

/* One more bin of a fall. */
static void fall_on(const struct dm_det_params *par, struct state *st, const struct pair *now,
                    const struct dm_mail_bin *bin)
{
    uint32_t n = lasting_bins(par);

    if (st->falls == 0 && !st->told) {
        st->since_s = bin->from_s;
    }
    st->run[st->falls++ % RUN_MAX] = *now;
    struct pair together = latest(st, n);
    double limit = par->opt[DEVIATIONS] * dm_moments_sd_x(&st->spread) * sqrt(n);
    st->alarm = st->falls >= n && excess(st, &together) > limit;
    if (st->alarm) {
        st->told = true;
        st->told_efficiency = efficiency(&together);
        st->told_score = 1 - st->base.observed / st->base.calculated - st->told_efficiency;
    }
    if ((double)st->falls * DM_MAIL_BIN_S > par->opt[RELEARN]) {
        st->base = (struct pair){0, 0};
        st->spread = (struct dm_moments){0};
        st->based = st->falls = 0;
        st->alarm = false;
    }
}

static void judge(const struct dm_det_params *par, struct state *st, const struct pair *now,
                  const struct dm_mail_bin *bin)
{
    bool ready = st->based >= BASELINE_BINS;
    /* each bin carries its part of the deviations, so that two of a newsletter and a noisy one are
     * no half hour */
    double part = par->opt[DEVIATIONS] * dm_moments_sd_x(&st->spread) / sqrt(lasting_bins(par));
    bool fall = ready && efficiency(now) <= efficiency(&st->base) - par->opt[FALL] &&
                excess(st, now) >= part;

    if (fall) {
        fall_on(par, st, now, bin);
        return;
    }
    if (st->falls == 1) { /* noise has single ones: it is what the spread is of */
        struct pair single = st->run[0];
        teach_baseline(par, st, &single);
    }
    st->falls = 0;
    st->alarm = false;
    teach_baseline(par, st, now);
}

static int32_t local_day(const struct dm_detect_ctx *ctx, int64_t at_s)
{
    struct dm_zone_cache cache = {0};

    return dm_zone_day(dm_site_zone(ctx->site), &cache, at_s);
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;
    struct dm_mail_bin bin;

    (void)srv;
    start_generation(ctx->par, st);
    if (!dm_mail_bin_add(&st->bin, ctx->now_us / 1000000, minute, &bin) ||
        !dm_mail_bin_usable(&bin) || bin.connections < CONNECTIONS_MIN) {
        return false;
    }
    struct pair now = {bin.queries, calculate(ctx->par, st, &bin)};
    if (!(now.calculated > 0)) {
        learn(ctx->par, st, &bin);
        return false;
    }
    int32_t day = local_day(ctx, bin.from_s);
    if (day != st->day) {
        st->day = day;
        st->today = (struct pair){0, 0};
    }
    st->today.observed += now.observed;
    st->today.calculated += now.calculated;
    judge(ctx->par, st, &now, &bin);
    return st->alarm;
}

/* ---- telling ---- */

static void server_figures(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret)
{
    const struct state *st = state;

    (void)srv;
    /* of the day that ends now, not of an earlier one on which there was mail */
    bool current = st->day == local_day(ctx, ctx->now_us / 1000000 - 1);
    ret->groups |= DM_FIG_CACHE;
    ret->cache_efficiency = current ? efficiency(&st->today) : NAN;
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state;

    (void)srv;
    st->said = (struct said){.baseline = st->told_efficiency + st->told_score};
    st->said.figures.groups = DM_FIG_CACHE;
    st->said.figures.cache_efficiency = st->told_efficiency;
    *ret = (struct dm_finding){
        .level = DNSMON_ALARM,
        .class_name = classes[0],
        .score = st->told_score,
        .threshold = ctx->par->opt[FALL],
        .llr = NAN,
        .start_us = st->since_s * 1000000,
        .figures = &st->said.figures,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    const struct said *said = (const struct said *)(const void *)f->figures;

    char from[DM_NUMBER_STRLEN], to[DM_NUMBER_STRLEN];

    (void)today;
    dm_buf_printf(out,
                  "asks the name server for far more than usual for its mail: the "
                  "efficiency of its DNS cache fell from %s to %s. Names that no "
                  "cache can know (forged senders, random subdomains), or a cache that "
                  "is off.",
                  dm_text_number(said ? said->baseline : NAN, from),
                  dm_text_number(said ? said->figures.cache_efficiency : NAN, to));
    if (said && said->figures.cache_efficiency < 0) {
        dm_buf_text(out, " Below zero it asks for more than the model allows even without a "
                         "cache: something else asks, or the model is out of date (raise "
                         "generation).");
    }
}

static void closed(void *state)
{
    struct state *st = state;

    st->told = false;
}

/* ---- state ---- */

static void pack_pair(struct dm_buf *out, const struct pair *p)
{
    DM_PACK(out, p->observed);
    DM_PACK(out, p->calculated);
}

static void unpack_pair(struct dm_unpacker *in, struct pair *p)
{
    p->observed = dm_unpack_double(in);
    p->calculated = dm_unpack_double(in);
    dm_unpack_require(in, p->observed >= 0 && p->calculated >= 0,
                      "cache-efficiency has sums that cannot be");
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;
    uint8_t alarm = st->alarm, told = st->told;

    dm_mail_bin_pack(out, &st->bin);
    dm_regress_pack(out, &st->model);
    DM_PACK(out, st->fit.m1);
    DM_PACK(out, st->fit.m2);
    DM_PACK(out, st->fit.intercept);
    DM_PACK(out, st->fit.bins);
    DM_PACK(out, st->first_s);
    DM_PACK(out, st->learned);
    DM_PACK(out, st->generation);
    pack_pair(out, &st->base);
    dm_moments_pack(out, &st->spread);
    DM_PACK(out, st->based);
    for (int i = 0; i < RUN_MAX; i++) {
        pack_pair(out, &st->run[i]);
    }
    DM_PACK(out, st->falls);
    DM_PACK(out, st->since_s);
    DM_PACK(out, st->day);
    pack_pair(out, &st->today);
    DM_PACK(out, alarm);
    DM_PACK(out, told);
    DM_PACK(out, st->told_efficiency);
    DM_PACK(out, st->told_score);
}

static void unpack_fit(struct dm_unpacker *in, struct dm_regress_fit *fit)
{
    fit->m1 = dm_unpack_double(in);
    fit->m2 = dm_unpack_double(in);
    fit->intercept = dm_unpack_double(in);
    fit->bins = dm_unpack_double(in);
    dm_unpack_require(in, fit->m1 >= 0 && fit->m2 >= 0 && fit->intercept >= 0 && fit->bins >= 0,
                      "cache-efficiency has a model that cannot be");
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_mail_bin_unpack(in, &st->bin);
    dm_regress_unpack(in, &st->model);
    unpack_fit(in, &st->fit);
    st->first_s = dm_unpack_seconds(in);
    DM_UNPACK(in, st->learned);
    DM_UNPACK(in, st->generation);
    unpack_pair(in, &st->base);
    dm_moments_unpack(in, &st->spread);
    DM_UNPACK(in, st->based);
    for (int i = 0; i < RUN_MAX; i++) {
        unpack_pair(in, &st->run[i]);
    }
    DM_UNPACK(in, st->falls);
    st->since_s = dm_unpack_seconds(in);
    DM_UNPACK(in, st->day);
    unpack_pair(in, &st->today);
    st->alarm = dm_unpack_bool(in);
    st->told = dm_unpack_bool(in);
    st->told_efficiency = dm_unpack_double(in);
    st->told_score = dm_unpack_double(in);
    if (!dm_unpack_require(in, st->based == 0 || st->base.calculated > 0,
                           "cache-efficiency has a baseline of nothing")) {
        *st = (struct state){0};
    }
    return 0;
}

const struct dm_detector dm_detector_cache_efficiency = {
    .id = "cache-efficiency",
    .name = "DNS cache efficiency",
    .summary = "A mail server's DNS cache spares the name server far fewer look-ups than before: "
               "names that nobody can have cached, or no cache any more (S4).",
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
