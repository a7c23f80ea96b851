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
#include <stdlib.h>

#include "detect/flood.h"

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

enum { UNRESOLVED_SURGE, BACKSCATTER };
static const char *const classes[] = {
    [UNRESOLVED_SURGE] = "unresolved-surge", [BACKSCATTER] = "backscatter-ddos", NULL};

struct state {
    struct dm_flood flood;
    uint16_t seen; /* witnesses since the incident began */
    uint8_t level, class_number;
    int64_t start_us;
    double score, r2, rejected; /* of the last minute in which it went on; r2: NAN if none */
    double share, peers;        /* most since it began: of unresolved queries; different peers */
    struct dm_figures figures;
    char detail[640];
};

static void server_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                       const struct dm_obs *obs)
{
    struct state *st = state;

    dm_flood_see(ctx, srv, &st->flood, obs);
}

/* ---- the verdict ---- */

/* Both sides say so. On the first day only the papers' sign is believed: shares of what is usual
 * mean nothing yet. */
static bool is_backscatter(unsigned seen)
{
    const unsigned flood = DM_W_USERS | DM_W_PEERS, modern = DM_W_NOVEL | DM_W_NXDOMAIN;

    if ((seen & flood) != flood) {
        return false;
    }
    if (seen & DM_W_UNRESOLVED) {
        return true;
    }
    if (!(seen & DM_W_KNOWN) || !(seen & DM_W_DROP)) {
        return false;
    }
    /* new and non-existing sender domains; or one of these or more queries at all, if the
     * recipients are no handful of deleted accounts; the same if its queries are in no log */
    return (seen & modern) == modern ||
           ((seen & DM_W_GUESSES) && (!(seen & DM_W_DNS) || (seen & (modern | DM_W_QUERIES))));
}

/* One side only. */
static bool is_unresolved_surge(unsigned seen)
{
    const unsigned modern = DM_W_NOVEL | DM_W_NXDOMAIN | DM_W_QUERIES;

    return !(seen & DM_W_DRIVEN) &&
           ((seen & DM_W_UNRESOLVED) || (!(seen & DM_W_MAIL) && (seen & modern) == modern));
}

static int level_of(unsigned seen, int class_number)
{
    if (class_number == BACKSCATTER) {
        return seen & DM_W_DNS ? DNSMON_ALARM : DNSMON_NOTICE;
    }
    return (seen & DM_W_UNRESOLVED) && !(seen & DM_W_MAIL) ? DNSMON_ALARM : DNSMON_NOTICE;
}

static int64_t earliest(const struct state *st, unsigned seen)
{
    int64_t t = INT64_MAX;

    t = seen & DM_W_UNRESOLVED ? MIN(t, st->flood.unresolved.run_us) : t;
    t = seen & DM_W_NOVEL ? MIN(t, st->flood.novel.run_us) : t;
    t = seen & DM_W_USERS ? MIN(t, st->flood.users.run_us) : t;
    return t;
}

static void judge(struct state *st, unsigned seen, int class_number)
{
    if (st->level == 0) {
        st->start_us = earliest(st, seen);
        st->class_number = (uint8_t)class_number;
        st->seen = 0;
        st->share = st->peers = 0;
    }
    st->share = fmax(st->share, st->flood.share);
    st->peers = fmax(st->peers, st->flood.peers_now);
    st->seen |= (uint16_t)seen;
    st->class_number = (uint8_t)MAX(st->class_number, class_number);
    st->level = (uint8_t)MAX(st->level, level_of(seen, class_number));
    st->score =
        fmax(st->flood.unresolved.score, fmax(st->flood.novel.score, st->flood.users.score));
    st->r2 = dm_moments_r2(&st->flood.hour);
    st->rejected = st->flood.users.run_n;
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    const double *opt = ctx->par->opt;
    const struct dm_flood_how how = {.threshold = opt[THRESHOLD],
                                     .surge = opt[SURGE],
                                     .share = opt[SHARE],
                                     .least = opt[LEAST],
                                     .nx_share = opt[NX_SHARE],
                                     .drop = opt[DROP],
                                     .peers = opt[PEERS],
                                     .peer_growth = opt[PEER_GROWTH],
                                     .guesses = opt[GUESSES],
                                     .distinct = opt[DISTINCT]};
    struct state *st = state;
    unsigned seen = dm_flood_minute(ctx, srv, &st->flood, &how, minute);
    int class_number = is_backscatter(seen) ? BACKSCATTER : UNRESOLVED_SURGE;
    bool found = class_number == BACKSCATTER || is_unresolved_surge(seen);

    dm_flood_learn(ctx, &st->flood, minute, seen, found);
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

static void say_dns(const struct dm_detect_ctx *ctx, const struct state *st, struct dm_buf *s)
{
    char r2[G_ASCII_DTOSTR_BUF_SIZE];

    if (st->seen & DM_W_UNRESOLVED) {
        dm_buf_printf(s,
                      "it asks for domains that do not exist (up to %.0f %% of its queries "
                      "are strangers' names with yours behind them",
                      100 * st->share);
        if (st->r2 >= ctx->par->opt[R2]) {
            dm_buf_printf(s, ", and they rise and fall with all its queries, r2 = %s",
                          g_ascii_formatd(r2, sizeof r2, "%.3f", st->r2));
        }
        dm_buf_text(s, ")");
    } else if (!(st->seen & DM_W_DNS)) {
        dm_buf_text(s, "its DNS queries are in no log that is read here");
    } else if (st->seen & (DM_W_NOVEL | DM_W_NXDOMAIN)) {
        dm_buf_text(s, "it asks for many domains that it never had to do with");
        dm_buf_text(s, st->seen & DM_W_NXDOMAIN ? " or that do not exist" : "");
    } else {
        dm_buf_text(s, "it asks much more than usual");
    }
}

static void say_mail(const struct state *st, struct dm_buf *s)
{
    if (st->class_number == BACKSCATTER) {
        dm_buf_printf(s,
                      "%.0f recipients it does not know were rejected, from about %.0f "
                      "peers in five minutes of which none stands out",
                      st->rejected, st->peers);
        dm_buf_text(s, st->seen & DM_W_DROP ? ", and few connections bring a message" : "");
    } else if (st->seen & DM_W_MAIL) {
        dm_buf_text(s, "its mail log shows no flood: look for a program on it that asks for "
                       "these names, or for mail it sends");
    } else {
        dm_buf_text(s, "its mail log is not read here, so nothing confirms it");
    }
}

static void say(const struct dm_detect_ctx *ctx, struct state *st)
{
    struct dm_buf s = {0};

    dm_buf_text(&s, st->class_number == BACKSCATTER
                        ? "is flooded by mail from many addresses (backscatter, or "
                          "guessed recipients behind forged senders): "
                        : "looks up what forged senders would make it look up: ");

    say_dns(ctx, st, &s);
    dm_buf_text(&s, "; ");
    say_mail(st, &s);
    dm_buf_text(&s, st->class_number == BACKSCATTER
                        ? ". Refuse unknown recipients and senders early; no single client can "
                          "be blocked."
                        : ".");
    char *text = dm_buf_take(&s);
    g_strlcpy(st->detail, text ? text : "", sizeof st->detail);
    free(text);
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state; /* what is said is kept in it */

    st->figures = (struct dm_figures){0};
    if (st->seen & DM_W_MAIL) {
        dm_figures_rejects(&srv->day, &st->figures);
    }
    if (st->seen & DM_W_DNS) {
        fill_unresolved(srv, st->r2, &st->figures);
    }
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
        .verified = st->class_number == BACKSCATTER, /* its log says so, too */
    };
}

/* The day's own r2 is the papers' figure: all its minutes weigh the same. */
static void server_figures(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret)
{
    const struct state *st = state;

    (void)ctx;
    fill_unresolved(srv, dm_moments_r2(&st->flood.day), ret);
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    (void)today;
    dm_buf_text(out, f->detail ? f->detail : "is flooded by mail from many addresses.");
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

    dm_flood_pack(out, &st->flood);
    DM_PACK(out, st->seen);
    DM_PACK(out, st->level);
    DM_PACK(out, st->class_number);
    DM_PACK(out, st->start_us);
    DM_PACK(out, st->score);
    DM_PACK(out, st->r2);
    DM_PACK(out, st->rejected);
    DM_PACK(out, st->share);
    DM_PACK(out, st->peers);
}

static void load_verdict(struct state *st, struct dm_unpacker *in)
{
    DM_UNPACK(in, st->seen);
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, st->class_number);
    st->start_us = dm_unpack_us(in);
    st->score = dm_unpack_double(in);
    DM_UNPACK(in, st->r2);
    st->rejected = dm_unpack_double(in);
    st->share = dm_unpack_double(in);
    st->peers = dm_unpack_double(in);
    dm_unpack_require(in, !isinf(st->r2), "a number is none");
    if (!dm_unpack_require(in,
                           st->level <= DNSMON_ALARM && st->class_number <= BACKSCATTER &&
                               (st->seen & ~DM_W_ALL) == 0,
                           "a level or class of backscatter is out of range")) {
        st->class_number = 0;
    }
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_flood_unpack(in, &st->flood);
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
