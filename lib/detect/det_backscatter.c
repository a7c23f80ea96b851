/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * backscatter: a mail server is flooded from many addresses with mail to users it does not have, or
 * from senders that do not exist.
 *
 * Method:  witnesses, once a minute. In the server's DNS queries: names that its search list made
 *          of strangers' domains surge (CUSUM against the hour's baseline) and are a fifth of all
 *          queries, the papers' sign; or, without search list, MX of domains that no mail server
 *          asked for lately surge and many answers are "no such name". In its log: rejects for
 *          unknown users surge, and many different peers come of which none dominates, against
 *          their baselines; fewer messages come out of the connections than usual. An alarm needs
 *          both sides; which of them, is_backscatter() says. Who is told of one side only, is told
 *          so. r2 of unresolved against all queries in a minute's bins is attached, not required.
 * Source:  S3; doc/SCIENCE.md A.6, A.8, C5, D.1 (I14, I15).
 *
 * LIMITS
 * Misses:  bounces to one forged address only (reject-surge tells of them); a modern attack on a
 *          server of whose hour nothing is known yet, the first day that is.
 * Innocent look-alikes and what tells them apart: newsletters and list bursts ask for new domains,
 * but nobody is rejected; on Monday morning everything rises, but not the shares; deleted accounts
 * are few recipients; one client that dominates is smtp-dos's matter.
 */
#include "detect/detector.h"

#include <math.h>
#include <stdio.h>

#include "detect/peers.h"
#include "detect/surge.h"
#include "stats/moments.h"

enum { THRESHOLD, SURGE, SHARE, LEAST, NX_SHARE, DROP, PEERS, PEER_GROWTH, GUESSES, DISTINCT, R2 };

static const struct dm_option options[] = {
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "10", 1, 1000, "nats",
                   "Score of each CUSUM at which it is a surge.", "doc/SCIENCE.md A.6: h = 10"},
    [SURGE] = {"surge", DM_OPT_NUMBER, "5", 1.1, 1000, "times normal", "What the CUSUMs look for.",
               "doc/SCIENCE.md A.6: lambda1 = 5 * lambda0"},
    [SHARE] = {"share", DM_OPT_NUMBER, "0.2", 0.001, 1, "0..1",
               "Share of unresolved names in the server's queries, of ten minutes.",
               "doc/SCIENCE.md A.6"},
    [LEAST] = {"unresolved", DM_OPT_COUNT, "20", 1, 1e6, "queries",
               "Fewest unresolved names of a surge.",
               "own choice: a server that asks for fifty names in ten minutes is asleep"},
    [NX_SHARE] =
        {"nxdomain-share", DM_OPT_NUMBER, "0.3", 0.001, 1, "0..1",
         "Share of \"no such name\" in the server's answers, of ten minutes, if answers are "
         "logged; and twice what is usual at this hour.",
         "own choice: block lists answer a clean peer with it, so it is never small"},
    [DROP] = {"efficiency-drop", DM_OPT_NUMBER, "0.5", 0, 1, "times normal",
              "Messages for each connection, of ten minutes, at which efficiency has dropped.",
              "doc/SCIENCE.md A.8: alpha1 = 0.5 * alpha0"},
    [PEERS] = {"peers", DM_OPT_COUNT, "30", 2, 1e6, "peers",
               "Fewest different peers in five minutes.",
               "own choice: more than a small server's usual senders"},
    [PEER_GROWTH] = {"peer-growth", DM_OPT_NUMBER, "2", 1, 1000, "times normal",
                     "Growth of the number of different peers.",
                     "own choice: four deviations of the estimate (13 %)"},
    [GUESSES] = {"guesses", DM_OPT_COUNT, "100", 1, 1e6, "rejects",
                 "Rejects for unknown users before their recipients count as many.",
                 "own choice: of 40 deleted accounts 100 rejects hit 37 (0.37)"},
    [DISTINCT] = {"distinct", DM_OPT_NUMBER, "0.7", 0, 2, "0..1",
                  "Different recipients for each of these rejects, at least.",
                  "own choice: guessing is 1.0, and the estimate is off by 0.13"},
    [R2] = {"r2", DM_OPT_NUMBER, "0.95", 0, 1, "0..1",
            "From here on the correlation is said to confirm it.", "doc/SCIENCE.md A.6 (iii)"},
};

#define US G_GINT64_CONSTANT(1000000)
/* A source of which nothing came for so long is not there, s (own choice: one night and more). */
#define ABSENT_S 43200
/* Time constants, minutes: of shares (A.6: 10) and of r2 (A.6: 60). */
#define SHARE_MIN 10.0
#define R2_MIN 60.0
/* What is taken for normal where nothing is known, and at least: a minute. A mail server asks for
 * next to no unresolved names, because it knows its subdomains (A.6); the others: own choice. */
#define UNRESOLVED_LEAST 0.1
#define NOVEL_LEAST 1.0
#define NOVEL_UNKNOWN 20.0
#define USER_LEAST 0.2
#define USER_UNKNOWN_RATE 2.0
/* Fewest answers, and connections, of ten minutes that make a share: own choice, 0.3 within 0.1. */
#define ANSWERS_LEAST 20.0
#define CONNECTIONS_LEAST 20.0
/* A.8: queries of ten minutes against the hour's. */
#define QUERIES_GROWTH 1.5

enum { UNRESOLVED_SURGE, BACKSCATTER };
static const char *const classes[] = {
    [UNRESOLVED_SURGE] = "unresolved-surge", [BACKSCATTER] = "backscatter-ddos", NULL};

/* What was seen; together they say what it is. */
enum witness {
    W_UNRESOLVED = 1 << 0, /* strangers' names with the site's domain behind */
    W_NOVEL = 1 << 1,      /* MX of new domains */
    W_NXDOMAIN = 1 << 2,
    W_QUERIES = 1 << 3, /* more queries of all kinds */
    W_USERS = 1 << 4,   /* rejects for unknown users */
    W_PEERS = 1 << 5,   /* many different peers, none dominates */
    W_DRIVEN = 1 << 6,  /* one dominates */
    W_DROP = 1 << 7,    /* efficiency */
    W_GUESSES = 1 << 8, /* the recipients are many */
    W_MAIL = 1 << 9,    /* there is a mail log */
    W_DNS = 1 << 10,    /* its queries are in the log */
    W_KNOWN = 1 << 11,  /* what is usual at this hour for rejects */
    W_ALL = (1 << 12) - 1
};

/* Sums that forget, time constant SHARE_MIN: they stand for the last ten minutes. */
struct sums {
    double queries, unresolved, nxdomain, answers, connections, messages;
};

struct state {
    struct dm_peers peers;
    struct dm_surge unresolved, novel, users;
    struct dm_normal queries, nxdomain, efficiency, distinct_peers;
    struct dm_hll recipients; /* of the surge of unknown users */
    struct dm_moments hour, day;
    struct sums sums;
    int64_t mail_us, dns_us; /* last minute in which there was any */
    uint16_t seen;           /* witnesses of the last minute in which it went on */
    uint8_t level, class_number;
    int64_t start_us;
    /* of that minute; share, r2: NAN if there is none */
    double score, share, r2, rejected, peers_now;
    struct dm_figures figures;
    char detail[640];
};

static void server_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                       const struct dm_obs *obs)
{
    struct state *st = state;

    if (!(obs->marks & DM_MARK_MAIL)) {
        return;
    }
    dm_peers_see(&st->peers, ctx->site, srv, obs);
    if (obs->kind == DM_OBS_REJECT && obs->type == DM_REJ_USER_UNKNOWN && obs->reg) {
        dm_hll_add(&st->recipients, obs->reg);
    }
}

/* ---- the minute's numbers ---- */

static void add_sums(struct state *st, const struct dm_mail_counts *m)
{
    const double keep = exp(-1 / SHARE_MIN);
    struct sums *s = &st->sums;

    s->queries = s->queries * keep + dm_mail_queries(m);
    s->unresolved = s->unresolved * keep + m->unresolved;
    s->nxdomain = s->nxdomain * keep + m->nxdomain;
    s->answers = s->answers * keep + (double)m->nxdomain + m->answered;
    s->connections = s->connections * keep + m->connections;
    s->messages = s->messages * keep + m->messages;
}

/* Pairs of all and unresolved queries, a minute each. The day's begin with the day: its counts are
 * those of the minute then. */
static void add_pair(struct state *st, const struct dm_server *srv, const struct dm_mail_counts *m)
{
    double x = dm_mail_queries(m), y = m->unresolved;

    if (memcmp(&srv->day, m, sizeof *m) == 0) {
        st->day = (struct dm_moments){0};
    }
    dm_moments_add(&st->hour, x, y, exp(-1 / R2_MIN));
    dm_moments_add(&st->day, x, y, 1);
}

static void note_sources(const struct dm_detect_ctx *ctx, struct state *st,
                         const struct dm_mail_counts *m)
{
    if (m->connections || m->messages || dm_mail_rejects(m)) {
        st->mail_us = ctx->now_us;
    }
    if (dm_mail_queries(m)) {
        st->dns_us = ctx->now_us;
    }
}

static bool is_there(const struct dm_detect_ctx *ctx, int64_t last_us)
{
    return last_us > 0 && ctx->now_us - last_us <= ABSENT_S * US;
}

/* ---- witnesses ---- */

static unsigned ask_unresolved(const struct dm_detect_ctx *ctx, struct state *st,
                               const struct dm_mail_counts *m, bool learn)
{
    const double *opt = ctx->par->opt;
    const struct sums *s = &st->sums;
    struct dm_surge_how how = {.h = opt[THRESHOLD],
                               .factor = opt[SURGE],
                               .least = UNRESOLVED_LEAST,
                               .unknown = UNRESOLVED_LEAST,
                               /* 0.2 of the usual number of queries a minute */
                               .floor = opt[SHARE] * s->queries / SHARE_MIN};
    bool surge = dm_surge_minute(&st->unresolved, &how, ctx->slot, ctx->now_us - 60 * US,
                                 m->unresolved, learn);

    st->share = s->queries > 0 ? s->unresolved / s->queries : NAN;
    return surge && st->unresolved.run_n >= opt[LEAST] && st->share >= opt[SHARE] ? W_UNRESOLVED
                                                                                  : 0;
}

static unsigned ask_dns(const struct dm_detect_ctx *ctx, struct state *st,
                        const struct dm_mail_counts *m, bool learn)
{
    const double *opt = ctx->par->opt;
    const struct sums *s = &st->sums;
    struct dm_surge_how how = {
        .h = opt[THRESHOLD], .factor = opt[SURGE], .least = NOVEL_LEAST, .unknown = NOVEL_UNKNOWN};
    double usual, nx = 0;
    unsigned seen = 0;

    if (dm_surge_minute(&st->novel, &how, ctx->slot, ctx->now_us - 60 * US, m->novel, learn)) {
        seen |= W_NOVEL;
    }
    dm_normal_share(&st->nxdomain, ctx->slot, &nx);
    if (s->answers >= ANSWERS_LEAST &&
        s->nxdomain >= fmax(opt[NX_SHARE], fmin(2 * nx, 0.9)) * s->answers) {
        seen |= W_NXDOMAIN;
    }
    if (dm_normal_rate(&st->queries, ctx->slot, &usual) &&
        s->queries >= QUERIES_GROWTH * SHARE_MIN * fmax(1, usual)) {
        seen |= W_QUERIES;
    }
    return seen;
}

static unsigned ask_users(const struct dm_detect_ctx *ctx, struct state *st,
                          const struct dm_mail_counts *m, bool learn)
{
    const double *opt = ctx->par->opt;
    struct dm_surge_how how = {.h = opt[THRESHOLD],
                               .factor = opt[SURGE],
                               .least = USER_LEAST,
                               .unknown = USER_UNKNOWN_RATE};
    unsigned seen = 0;

    if (dm_surge_minute(&st->users, &how, ctx->slot, ctx->now_us - 60 * US,
                        m->rejects[DM_REJ_USER_UNKNOWN], learn)) {
        seen |= W_USERS;
    }
    if (st->users.score <= 0) {
        dm_hll_reset(&st->recipients);
    }
    if (st->users.run_n >= opt[GUESSES] &&
        dm_hll_estimate(&st->recipients) >= opt[DISTINCT] * st->users.run_n) {
        seen |= W_GUESSES;
    }
    return seen | (st->users.known ? W_KNOWN : 0);
}

static unsigned ask_peers(const struct dm_detect_ctx *ctx, struct state *st)
{
    /* half of all, and a quarter of the usual efficiency at most (A.10) */
    const struct dm_peers_limits limits = {0.5, 0.5, 0.17};
    const double *opt = ctx->par->opt;
    struct dm_peer driver;
    double usual = 0;

    st->peers_now = dm_peers_distinct(&st->peers);
    dm_normal_rate(&st->distinct_peers, ctx->slot, &usual);
    if (dm_peers_dominant(&st->peers, &limits, &driver)) {
        return W_DRIVEN;
    }
    return st->peers_now >= fmax(opt[PEERS], opt[PEER_GROWTH] * usual) ? W_PEERS : 0;
}

static unsigned ask_efficiency(const struct dm_detect_ctx *ctx, const struct state *st)
{
    const struct sums *s = &st->sums;
    double usual;

    return s->connections >= CONNECTIONS_LEAST &&
                   dm_normal_share(&st->efficiency, ctx->slot, &usual) &&
                   s->messages <= ctx->par->opt[DROP] * usual * s->connections
               ? W_DROP
               : 0;
}

static void learn_rest(const struct dm_detect_ctx *ctx, struct state *st,
                       const struct dm_mail_counts *m, unsigned seen, bool calm)
{
    if (seen & W_DNS) {
        dm_normal_learn(&st->queries, ctx->slot, dm_mail_queries(m), calm);
        dm_normal_learn_share(&st->nxdomain, ctx->slot, m->nxdomain,
                              (double)m->nxdomain + m->answered, calm);
    }
    if (seen & W_MAIL) {
        dm_normal_learn_share(&st->efficiency, ctx->slot, m->messages, m->connections, calm);
        dm_normal_learn(&st->distinct_peers, ctx->slot, st->peers_now, calm);
    }
}

/* ---- the verdict ---- */

/* Both sides say so. On the first day only the papers' sign is believed: shares of what is usual
 * mean nothing yet. */
static bool is_backscatter(unsigned seen)
{
    const unsigned flood = W_USERS | W_PEERS, modern = W_NOVEL | W_NXDOMAIN;

    if ((seen & flood) != flood) {
        return false;
    }
    if (seen & W_UNRESOLVED) {
        return true;
    }
    if (!(seen & W_KNOWN) || !(seen & W_DROP)) {
        return false;
    }
    /* new and non-existing sender domains; or one of these or more queries at all, if the
     * recipients are no handful of deleted accounts; the same if its queries are in no log */
    return (seen & modern) == modern ||
           ((seen & W_GUESSES) && (!(seen & W_DNS) || (seen & (modern | W_QUERIES))));
}

/* One side only. */
static bool is_unresolved_surge(unsigned seen)
{
    const unsigned modern = W_NOVEL | W_NXDOMAIN | W_QUERIES;

    return !(seen & W_DRIVEN) &&
           ((seen & W_UNRESOLVED) || (!(seen & W_MAIL) && (seen & modern) == modern));
}

static int level_of(unsigned seen, int class_number)
{
    if (class_number == BACKSCATTER) {
        return seen & W_DNS ? DNSMON_ALARM : DNSMON_NOTICE;
    }
    return (seen & W_UNRESOLVED) && !(seen & W_MAIL) ? DNSMON_ALARM : DNSMON_NOTICE;
}

static int64_t earliest(const struct state *st, unsigned seen)
{
    int64_t t = INT64_MAX;

    t = seen & W_UNRESOLVED ? MIN(t, st->unresolved.run_us) : t;
    t = seen & W_NOVEL ? MIN(t, st->novel.run_us) : t;
    t = seen & W_USERS ? MIN(t, st->users.run_us) : t;
    return t;
}

static void judge(struct state *st, unsigned seen, int class_number)
{
    if (st->level == 0) {
        st->start_us = earliest(st, seen);
        st->class_number = (uint8_t)class_number;
        st->seen = 0;
    }
    st->seen |= (uint16_t)seen;
    st->class_number = (uint8_t)MAX(st->class_number, class_number);
    st->level = (uint8_t)MAX(st->level, level_of(seen, class_number));
    st->score = fmax(st->unresolved.score, fmax(st->novel.score, st->users.score));
    st->r2 = dm_moments_r2(&st->hour);
    st->rejected = st->users.run_n;
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;

    add_sums(st, minute);
    add_pair(st, srv, minute);
    note_sources(ctx, st, minute);
    dm_peers_minute(&st->peers);
    unsigned seen = is_there(ctx, st->mail_us) ? W_MAIL : 0;
    seen |= is_there(ctx, st->dns_us) ? W_DNS : 0;
    seen |= ask_unresolved(ctx, st, minute, seen & W_DNS);
    seen |= ask_dns(ctx, st, minute, seen & W_DNS);
    seen |= ask_users(ctx, st, minute, seen & W_MAIL);
    seen |= ask_peers(ctx, st) | ask_efficiency(ctx, st);
    int class_number = is_backscatter(seen) ? BACKSCATTER : UNRESOLVED_SURGE;
    bool found = class_number == BACKSCATTER || is_unresolved_surge(seen);
    learn_rest(ctx, st, minute, seen, !found && !(seen & (W_UNRESOLVED | W_USERS | W_NOVEL)));
    dm_peers_age(&st->peers);
    if (found) {
        judge(st, seen, class_number);
    }
    return found;
}

/* ---- what is said ---- */

static void fill_unresolved(const struct dm_server *srv, double r2, struct dm_figures *ret)
{
    ret->groups |= DM_FIG_UNRESOLVED;
    ret->unresolved_total = dm_mail_queries(&srv->day);
    ret->unresolved = srv->day.unresolved;
    ret->unresolved_share =
        ret->unresolved_total > 0 ? ret->unresolved / ret->unresolved_total : NAN;
    ret->unresolved_r2 = r2;
}

static void say_dns(const struct dm_detect_ctx *ctx, const struct state *st, GString *s)
{
    char r2[G_ASCII_DTOSTR_BUF_SIZE];

    if (st->seen & W_UNRESOLVED) {
        g_string_append_printf(s,
                               "it asks for domains that do not exist (%.0f %% of its queries "
                               "are strangers' names with yours behind them",
                               100 * (st->share >= 0 ? st->share : 0));
        if (st->r2 >= ctx->par->opt[R2]) {
            g_string_append_printf(s, ", and they rise and fall with all its queries, r2 = %s",
                                   g_ascii_formatd(r2, sizeof r2, "%.3f", st->r2));
        }
        g_string_append(s, ")");
    } else if (!(st->seen & W_DNS)) {
        g_string_append(s, "its DNS queries are in no log that is read here");
    } else if (st->seen & (W_NOVEL | W_NXDOMAIN)) {
        g_string_append(s, "it asks for many domains that it never had to do with");
        g_string_append(s, st->seen & W_NXDOMAIN ? " or that do not exist" : "");
    } else {
        g_string_append(s, "it asks much more than usual");
    }
}

static void say_mail(const struct state *st, GString *s)
{
    if (st->class_number == BACKSCATTER) {
        g_string_append_printf(s,
                               "%.0f recipients it does not know were rejected, from about %.0f "
                               "peers in five minutes of which none stands out",
                               st->rejected, st->peers_now);
        g_string_append(s, st->seen & W_DROP ? ", and few connections bring a message" : "");
    } else if (st->seen & W_MAIL) {
        g_string_append(s, "its mail log shows no flood: look for a program on it that asks for "
                           "these names, or for mail it sends");
    } else {
        g_string_append(s, "its mail log is not read here, so nothing confirms it");
    }
}

static void say(const struct dm_detect_ctx *ctx, struct state *st)
{
    GString *s = g_string_new(st->class_number == BACKSCATTER
                                  ? "is flooded by mail from many addresses (backscatter, or "
                                    "guessed recipients behind forged senders): "
                                  : "looks up what forged senders would make it look up: ");

    say_dns(ctx, st, s);
    g_string_append(s, "; ");
    say_mail(st, s);
    g_string_append(s, st->class_number == BACKSCATTER
                           ? ". Refuse unknown recipients and senders early; no single client can "
                             "be blocked."
                           : ".");
    g_strlcpy(st->detail, s->str, sizeof st->detail);
    g_string_free(s, TRUE);
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state; /* what is said is kept in it */

    st->figures = (struct dm_figures){0};
    dm_figures_rejects(&srv->day, &st->figures);
    fill_unresolved(srv, st->r2, &st->figures);
    say(ctx, st);
    *ret = (struct dm_finding){
        .level = st->level,
        .class_name = classes[st->class_number],
        .score = st->score,
        .threshold = ctx->par->opt[THRESHOLD],
        .llr = NAN,
        .start_us = st->start_us,
        .figures = &st->figures,
        .detail = st->detail,
    };
}

/* The day's own r2 is the papers' figure: all its minutes weigh the same. */
static void server_figures(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret)
{
    const struct state *st = state;

    (void)ctx;
    fill_unresolved(srv, dm_moments_r2(&st->day), ret);
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today, GString *out)
{
    (void)today;
    g_string_append(out, f->detail ? f->detail : "is flooded by mail from many addresses.");
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->seen = 0;
}

/* ---- state file ---- */

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    dm_peers_pack(out, &st->peers);
    dm_surge_pack(out, &st->unresolved);
    dm_surge_pack(out, &st->novel);
    dm_surge_pack(out, &st->users);
    dm_normal_pack(out, &st->queries);
    dm_normal_pack(out, &st->nxdomain);
    dm_normal_pack(out, &st->efficiency);
    dm_normal_pack(out, &st->distinct_peers);
    dm_hll_pack(out, &st->recipients);
    dm_moments_pack(out, &st->hour);
    dm_moments_pack(out, &st->day);
    DM_PACK(out, st->sums);
    DM_PACK(out, st->mail_us);
    DM_PACK(out, st->dns_us);
    DM_PACK(out, st->seen);
    DM_PACK(out, st->level);
    DM_PACK(out, st->class_number);
    DM_PACK(out, st->start_us);
    DM_PACK(out, st->score);
    DM_PACK(out, st->share);
    DM_PACK(out, st->r2);
    DM_PACK(out, st->rejected);
    DM_PACK(out, st->peers_now);
}

static void load_sums(struct sums *s, struct dm_unpacker *in)
{
    double *const numbers[] = {&s->queries, &s->unresolved,  &s->nxdomain,
                               &s->answers, &s->connections, &s->messages};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        *numbers[i] = dm_unpack_double(in);
        dm_unpack_require(in, *numbers[i] >= 0, "a sum of backscatter cannot be");
    }
}

static void load_verdict(struct state *st, struct dm_unpacker *in)
{
    DM_UNPACK(in, st->seen);
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, st->class_number);
    st->start_us = dm_unpack_us(in);
    st->score = dm_unpack_double(in);
    DM_UNPACK(in, st->share);
    DM_UNPACK(in, st->r2);
    st->rejected = dm_unpack_double(in);
    st->peers_now = dm_unpack_double(in);
    dm_unpack_require(in, !isinf(st->share) && !isinf(st->r2), "a number is none");
    if (!dm_unpack_require(in,
                           st->level <= DNSMON_ALARM && st->class_number <= BACKSCATTER &&
                               (st->seen & ~W_ALL) == 0,
                           "a level or class of backscatter is out of range")) {
        st->class_number = 0;
    }
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_peers_unpack(in, &st->peers);
    dm_surge_unpack(in, &st->unresolved);
    dm_surge_unpack(in, &st->novel);
    dm_surge_unpack(in, &st->users);
    dm_normal_unpack(in, &st->queries);
    dm_normal_unpack(in, &st->nxdomain);
    dm_normal_unpack(in, &st->efficiency);
    dm_normal_unpack(in, &st->distinct_peers);
    dm_hll_unpack(in, &st->recipients);
    dm_moments_unpack(in, &st->hour);
    dm_moments_unpack(in, &st->day);
    load_sums(&st->sums, in);
    st->mail_us = dm_unpack_us(in);
    st->dns_us = dm_unpack_us(in);
    load_verdict(st, in);
    return 0;
}

const struct dm_detector dm_detector_backscatter = {
    .id = "backscatter",
    .name = "Backscatter",
    .summary = "A mail server is flooded from many addresses with mail for unknown users or from "
               "senders that do not exist: its DNS queries and its log say so together (S3).",
    .subject = DM_SUBJECT_SERVER,
    .marks = DM_MARK_MAIL | DM_MARK_SITE_NAME | DM_MARK_MX,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .server_see = server_see,
    .server_minute = server_minute,
    .server_finding = server_finding,
    .server_figures = server_figures,
    .describe = describe,
    .closed = closed,
    .save = save,
    .load = load,
};
