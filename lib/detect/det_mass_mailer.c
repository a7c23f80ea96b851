/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mass-mailer: a client that is no mail server asks for the mail servers of ever new domains.
 *
 * Method:  novelty, not volume. An MX query counts when the client never asked for this registered
 *          domain before, no mail server or list host of the site did in the last 30 days, and it
 * is a real domain (not single-label, not the site's own, not an address). Three Poisson CUSUMs
 * look for 60, 6 and 1 such domains an hour. Score over the threshold and 8 new domains: notice;
 * 16: alarm (or 8 with 4 nats of other evidence). Hints of a careless program (hints.c) add to the
 * score of a run and never begin one. Which kind it is, worm or relay, is the likelihood ratio of
 * relay_llr.c, and it abstains while that is small. A guessed role (client/guess.h) lowers the
 * level or scales the baseline. Source:  doc/SCIENCE.md E.6, A.3, E.1; novelty rules C7-C10, roles
 * 0.4; papers S0 3-4.
 *
 * LIMITS
 * Misses:  a worm that asks no MX at all (keyword-scan finds those that guess names), one that asks
 *          only for domains that the site's mail servers ask too, one that uses another resolver or
 *          DNS over HTTPS, fewer than one new domain in 3.3 hours.
 * Innocent look-alikes: a web server that checks addresses ([roles] app-servers raises its
 *          baseline), an administrator with dig in a loop, a new mail server nobody registered
 *          (which is what class unregistered-mail-host says), a branch office behind one address
 *          ([roles] forwarders).
 */
#include "detect/detector.h"

#include <math.h>

#include "stats/cusum.h"
#include "detect/hints.h"
#include "detect/relay_llr.h"
#include "detect/samples.h"
#include "util/recent.h"
#include "util/set.h"

#define RATES 3
/* Domains in one of two generations, which bounds a state to 64 KiB (own choice). A client that
 * fills one forgets the older one: an app server with three new domains an hour does so in a month.
 */
#define KNOWN_MAX 2048
/* The score is not kept above this multiple of the threshold, so that an incident can end: a day of
 * outbreak would take a week to decay otherwise (own choice). */
#define SCORE_CAP 3.0
/* Samples are kept from this new domain on: one or two are an account set-up (C7). */
#define SAMPLE_FROM 3
/* N7-N8: "evidence >= 4 nats promotes a notice to an alarm at once". */
#define PROMOTE_NATS 4.0
/* E.6: "same minute-cluster already gave 3 novel: w = 1/2". */
#define BURST 3
#define BURST_WEIGHT 0.5
/* Suspicion outlives its cause by this, s (C16: TTL 24 h). */
#define KEEP_S 86400

enum {
    THRESHOLD,
    NOTICE_DOMAINS,
    ALARM_DOMAINS,
    BASELINE,
    FAST,
    MEDIUM,
    SLOW,
    APP_BASELINE,
    FORWARDER_HOSTS,
    EVENTS_A_DAY,
    ROLE_DOMAINS
};
enum { H }; /* derived */

static const struct dm_option options[] = {
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "auto", 1, 1000, "nats",
                   "Score at which a client is reported; auto derives it from [detectors] budget.",
                   "doc/SCIENCE.md E.1: ln(3 * events-a-day * 10^4 / budget) = 14.9 at budget 0.1"},
    [NOTICE_DOMAINS] = {"notice-domains", DM_OPT_COUNT, "8", 1, 4096, "new registered domains",
                        "Fewest new domains of a run for level notice.",
                        "doc/SCIENCE.md D.4: K_min 8, 0.29 episodes a day in 10,000 clients"},
    [ALARM_DOMAINS] = {"alarm-domains", DM_OPT_COUNT, "16", 1, 4096, "new registered domains",
                       "Fewest new domains of a run for level alarm.",
                       "doc/SCIENCE.md D.4: K_min 16, no end-user client in 14 days"},
    [BASELINE] = {"baseline-rate", DM_OPT_RATE, "1/d", 1e-4, 1000, "new registered domains an hour",
                  "What an innocent client does.", "doc/SCIENCE.md E.1: lambda0 = 1/24 h"},
    [FAST] = {"fast-rate", DM_OPT_RATE, "60/h", 0.01, 1e6, "new registered domains an hour",
              "Rate that the fastest of the three CUSUMs looks for.", "doc/SCIENCE.md E.1"},
    [MEDIUM] = {"medium-rate", DM_OPT_RATE, "6/h", 0.01, 1e6, "new registered domains an hour",
                "Rate that the second CUSUM looks for.", "doc/SCIENCE.md E.1"},
    [SLOW] = {"slow-rate", DM_OPT_RATE, "1/h", 0.01, 1e6, "new registered domains an hour",
              "Rate that the slowest CUSUM looks for.", "doc/SCIENCE.md E.1"},
    [APP_BASELINE] = {"app-server-rate", DM_OPT_RATE, "4/h", 1e-4, 1000,
                      "new registered domains an hour", "Baseline of [roles] app-servers.",
                      "doc/SCIENCE.md C8: learned lambda0 <= 4/h; its upper bound"},
    [FORWARDER_HOSTS] = {"forwarder-hosts", DM_OPT_COUNT, "100", 1, 1e6, "hosts",
                         "How many hosts stand behind each of [roles] forwarders: its baseline is "
                         "that many times the ordinary one.",
                         "doc/SCIENCE.md D.1: branch offices of 100 hosts; C11"},
    [EVENTS_A_DAY] = {"events-a-day", DM_OPT_NUMBER, "10", 0.01, 1e6, "1/day",
                      "Informative events of an innocent client a day, from which the threshold "
                      "is derived.",
                      "doc/SCIENCE.md E.1: h = ln(1e6) + ln 3 at budget 0.1"},
    [ROLE_DOMAINS] =
        {"role-domains", DM_OPT_COUNT, "64", 1, 4096, "new registered domains",
         "New domains of a run from which a guessed role (monitor, mail host, resolver "
         "by its NS, DS and DNSKEY) no longer lowers an alarm to a notice.",
         "own choice, because a role can be put on: four times alarm-domains"},
};

struct state {
    struct dm_set known[2]; /* registered domains it asked MX for: of late, and before that */
    struct dm_samples *samples;
    struct dm_relay_llr llr; /* since the run began */
    struct dm_hints hints;
    int64_t t_us;     /* of the scores */
    int64_t start_us; /* first new domain of the run */
    float score[RATES];
    uint32_t run;       /* new domains of the run; 0: no run */
    uint32_t verified;  /* of them */
    int32_t minute;     /* of the last new domain, since 1970 */
    uint16_t in_minute; /* new domains of that minute */
    uint8_t level;      /* enum dnsmon_level reached in this run; 0: none yet */
    bool worm;          /* "looks up no peers" has been said of a log without a hole */
    int64_t llr_us;     /* first look-up that counts in llr */
};

static void prepare(struct dm_det_params *par, double budget)
{
    par->derived[H] = isnan(par->opt[THRESHOLD])
                          ? dm_cusum_threshold(RATES, par->opt[EVENTS_A_DAY], budget)
                          : par->opt[THRESHOLD];
}

static double baseline(const struct dm_detect_ctx *ctx, const struct dm_client *cli)
{
    const double *opt = ctx->par->opt;

    switch (cli->role) {
    case DM_ROLE_APP_SERVER:
        return opt[APP_BASELINE];
    case DM_ROLE_FORWARDER:
        return opt[BASELINE] * opt[FORWARDER_HOSTS];
    default:
        return opt[BASELINE] * dm_guess_hosts(cli, dm_client_suspect(ctx->clients, cli), ctx->mix,
                                              opt[FORWARDER_HOSTS]);
    }
}

static float best_score(const struct state *st)
{
    float best = 0;

    for (int i = 0; i < RATES; i++) {
        best = MAX(best, st->score[i]);
    }
    return best;
}

/* With what hints add to it, as long as there is something to add to. */
static double full_score(const struct state *st, int64_t now_us)
{
    double best = (double)best_score(st);

    return best > 0 ? best + dm_hints_nats(&st->hints, now_us) : 0;
}

/* Let the scores forget until now. */
static void decay(const struct dm_detect_ctx *ctx, const struct dm_client *cli, struct state *st)
{
    double rate0 = baseline(ctx, cli);
    double hours = (double)MAX(0, ctx->now_us - st->t_us) / 3.6e9;

    for (int i = 0; i < RATES; i++) {
        st->score[i] = (float)dm_cusum_decay(st->score[i], rate0, ctx->par->opt[FAST + i], hours);
    }
    st->t_us = ctx->now_us;
}

/* How much a new domain weighs: half when it comes in a burst, as from a mail merge. */
static double burst_weight(const struct dm_detect_ctx *ctx, struct state *st)
{
    int32_t minute = (int32_t)(ctx->now_us / 60000000);

    if (minute != st->minute) {
        st->minute = minute;
        st->in_minute = 0;
    }
    st->in_minute += st->in_minute < UINT16_MAX;
    return st->in_minute > BURST ? BURST_WEIGHT : 1.0;
}

/* The class that the likelihood ratio says. "No peers looked up" needs a log without a hole: the
 * look-ups may be what is missing. What was said before the hole stands. */
static bool is_worm(const struct dm_detect_ctx *ctx, const struct state *st, double llr)
{
    return llr <= -DM_RELAY_VERDICT &&
           (st->worm || !dm_gaps_missing(ctx->gaps, st->llr_us, ctx->now_us));
}

/* Behind a hole in the log, what was not seen before it is no evidence: count anew from here. */
static void forget_absence(const struct dm_detect_ctx *ctx, struct dm_client *cli, struct state *st,
                           const struct dm_obs *obs)
{
    const struct dm_suspect *sus = dm_client_suspect(ctx->clients, cli);

    st->worm = is_worm(ctx, st, dm_relay_llr(&st->llr, sus));
    if (!st->worm && dm_relay_llr(&st->llr, sus) < 0 && st->llr_us < obs->time_us &&
        dm_gaps_missing(ctx->gaps, st->llr_us, ctx->now_us)) {
        dm_relay_llr_restart(&st->llr, sus, obs);
        st->llr_us = obs->time_us;
    }
}

static void count_new_domain(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                             struct state *st, const struct dm_obs *obs)
{
    double rate0 = baseline(ctx, cli), w;
    float cap = (float)(SCORE_CAP * ctx->par->derived[H]);

    decay(ctx, cli, st);
    if (best_score(st) <= 0 && st->level == 0) {
        st->run = 0;
        dm_samples_free(ctx->clients, &st->samples);
    }
    if (st->run++ == 0) {
        st->start_us = st->llr_us = obs->time_us;
        st->worm = false;
        st->verified = 0;
        dm_relay_llr_start(&st->llr, cli, dm_client_suspect(ctx->clients, cli), obs);
    }
    st->verified += (obs->bits & DM_OBS_VERIFIED) != 0;
    forget_absence(ctx, cli, st, obs);
    w = burst_weight(ctx, st);
    for (int i = 0; i < RATES; i++) {
        double nats = w * dm_cusum_weight(rate0, ctx->par->opt[FAST + i]);
        st->score[i] = MIN(st->score[i] + (float)nats, cap);
    }
    dm_hints_compare(&st->hints, dm_client_suspect(ctx->clients, cli), ctx->now_us);
    if (st->run >= SAMPLE_FROM) {
        dm_samples_add(ctx->clients, &st->samples, obs->time_us, obs->type, ctx->name);
    }
}

/* Whether this MX query is for a domain that says something about the client. */
static bool is_new(const struct dm_detect_ctx *ctx, struct state *st, const struct dm_obs *obs)
{
    if (obs->reg == 0 || dm_recent_has(ctx->mail_asked, obs->reg, ctx->now_us / 1000000)) {
        return false;
    }
    bool before = dm_set_has(&st->known[1], obs->reg);
    int rc = dm_detect_set_add(ctx->clients, &st->known[0], obs->reg);
    if (rc == DNSMON_ERANGE) {
        dm_detect_set_clear(ctx->clients, &st->known[1]);
        st->known[1] = st->known[0];
        dm_set_init(&st->known[0], KNOWN_MAX);
        rc = dm_detect_set_add(ctx->clients, &st->known[0], obs->reg);
    }
    return rc == 1 && !before;
}

/* A guessed role lowers an alarm; beyond some size only one that cannot be put on does. */
static bool is_lowered(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                       const struct state *st)
{
    enum dm_guess_role role = dm_detect_guess(ctx, cli);

    return dm_detect_is_sure(role) ||
           (role != DM_GUESS_NONE && st->run < ctx->par->opt[ROLE_DOMAINS]);
}

static void raise_level(const struct dm_detect_ctx *ctx, struct dm_client *cli, struct state *st)
{
    const struct dm_det_params *par = ctx->par;
    uint8_t level = 0;

    if (full_score(st, ctx->now_us) >= par->derived[H] && st->run >= par->opt[NOTICE_DOMAINS]) {
        bool promoted =
            (double)st->llr.modern_nats + dm_hints_nats(&st->hints, ctx->now_us) >= PROMOTE_NATS;
        level = st->run >= par->opt[ALARM_DOMAINS] || promoted ? DNSMON_ALARM : DNSMON_NOTICE;
        if (is_lowered(ctx, cli, st)) {
            level = DNSMON_NOTICE;
        }
    }
    st->level = MAX(st->level, level);
    if (best_score(st) > par->derived[H] / 3) {
        dm_client_keep(ctx->clients, cli, (uint32_t)(ctx->now_us / 1000000) + KEEP_S);
    }
}

/* Whether what the client does now belongs to its incident: while there is any score left. Else the
 * incident of a machine that has been cleaned would last for as long as it looks up a mail server.
 */
static bool goes_on(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    const struct state *st)
{
    struct state now = *st;

    if (st->level == 0) {
        return false;
    }
    decay(ctx, cli, &now);
    return best_score(&now) > 0;
}

static bool update_mx(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                      const struct dm_obs *obs)
{
    struct state *st = dm_detect_state(ctx, cli, obs);

    if (!st) {
        return false;
    }
    if (st->known[0].max == 0) {
        dm_set_init(&st->known[0], KNOWN_MAX);
    }
    if (is_new(ctx, st, obs)) {
        count_new_domain(ctx, cli, st, obs);
        raise_level(ctx, cli, st);
    }
    return goes_on(ctx, cli, st);
}

/* A root server's name makes the state, since Sobig asks for these before it mails. */
static void update_hint(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                        const struct dm_obs *obs)
{
    bool root = dm_hints_is_root(obs, ctx->name);

    if (root && ((obs->bits & DM_OBS_RD_OFF) || dm_client_may_be_resolver(cli))) {
        return;
    }
    struct state *st = dm_detect_state(ctx, cli, root ? obs : NULL);
    if (st) {
        dm_hints_add(&st->hints, obs, ctx->name);
    }
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    if (dm_role_is_exempt(cli->role)) {
        return false;
    }
    if (obs->marks & DM_MARK_MX) {
        return update_mx(ctx, cli, obs);
    }
    if (obs->marks & DM_MARK_HINT) {
        update_hint(ctx, cli, obs);
    }
    struct state *st = dm_detect_state(ctx, cli, NULL);
    if (!st || st->run == 0) {
        return false;
    }
    dm_relay_llr_add(&st->llr, obs);
    raise_level(ctx, cli, st);
    return goes_on(ctx, cli, st);
}

static const char *const classes[] = {"unregistered-mail-host", "spam-relay", "mass-mailing-worm",
                                      NULL};

static const char *class_of(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                            const struct state *st, double llr)
{
    enum dm_guess_role role = dm_detect_guess(ctx, cli);
    bool guessed = dm_detect_is_sure(role) || role == DM_GUESS_INFRA ||
                   (role != DM_GUESS_NONE && st->level < DNSMON_ALARM);

    if (guessed) {
        return classes[0];
    }
    return llr >= DM_RELAY_VERDICT ? classes[1] : is_worm(ctx, st, llr) ? classes[2] : classes[0];
}

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);
    double llr = dm_relay_llr(&st->llr, dm_client_suspect(ctx->clients, cli));

    *ret = (struct dm_finding){.level = st->level,
                               .class_name = class_of(ctx, cli, st, llr),
                               .score = full_score(st, ctx->now_us),
                               .threshold = ctx->par->derived[H],
                               .llr = llr,
                               .distinct = st->run,
                               .start_us = st->start_us,
                               .samples = st->samples,
                               .verified = st->verified >= DM_VERIFIED_LEAST};
}

static const char *advice(const char *class_name)
{
    if (strcmp(class_name, "mass-mailing-worm") == 0) {
        return "It looks up no peers, so it behaves like a mass-mailing worm: take it off the "
               "network and clean it.";
    }
    if (strcmp(class_name, "spam-relay") == 0) {
        return "It also looks its peers up as a mail server does, so it is probably misused as a "
               "spam relay: stop its mail service and look for an intruder.";
    }
    return "It sends mail like a server but is not registered as one: ask its owner; if nobody "
           "runs "
           "a mail server there, treat it as infected.";
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    dm_buf_printf(out,
                  "asked for the mail servers of %u domains that it never asked for before "
                  "(today %u MX, %u A, %u PTR queries). %s",
                  f->distinct, today->mx, today->a, today->ptr, advice(f->class_name));
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->run = 0;
    memset(st->score, 0, sizeof st->score);
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_detect_set_clear(clients, &st->known[0]);
    dm_detect_set_clear(clients, &st->known[1]);
    dm_samples_free(clients, &st->samples);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    DM_PACK(out, st->t_us);
    DM_PACK(out, st->start_us);
    DM_PACK(out, st->score);
    DM_PACK(out, st->run);
    DM_PACK(out, st->verified);
    DM_PACK(out, st->minute);
    DM_PACK(out, st->in_minute);
    DM_PACK(out, st->level);
    DM_PACK(out, st->worm);
    DM_PACK(out, st->llr_us);
    dm_relay_llr_pack(out, &st->llr);
    dm_hints_pack(out, &st->hints);
    dm_samples_pack(out, st->samples);
    dm_pack_set(out, &st->known[0]);
    dm_pack_set(out, &st->known[1]);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    st->t_us = dm_unpack_us(in);
    st->start_us = dm_unpack_us(in);
    for (int i = 0; i < RATES; i++) {
        DM_UNPACK(in, st->score[i]);
        dm_unpack_require(in, isfinite(st->score[i]), "a score of mass-mailer is none");
    }
    DM_UNPACK(in, st->run);
    DM_UNPACK(in, st->verified);
    DM_UNPACK(in, st->minute);
    DM_UNPACK(in, st->in_minute);
    DM_UNPACK(in, st->level);
    dm_unpack_require(in, st->level <= DNSMON_ALARM, "a level of mass-mailer is out of range");
    st->worm = dm_unpack_bool(in);
    st->llr_us = dm_unpack_us(in);
    dm_relay_llr_unpack(in, &st->llr);
    dm_hints_unpack(in, &st->hints);
    int rc = dm_samples_unpack(clients, &st->samples, in);
    for (int i = 0; i < 2 && rc == 0; i++) {
        dm_set_init(&st->known[i], KNOWN_MAX);
        rc = dm_detect_set_load(clients, &st->known[i], in);
    }
    return rc;
}

const struct dm_detector dm_detector_mass_mailer = {
    .id = "mass-mailer",
    .name = "Mass-mailing client",
    .summary =
        "A client that is no mail server asks for the mail servers of ever new domains; worm "
        "and relay are told apart (S0 3-4, doc/SCIENCE.md E.6).",
    .marks = DM_MARK_MX | DM_MARK_HINT | DM_RELAY_MARKS,
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
