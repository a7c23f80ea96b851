/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * reject-surge: a mail server refuses much more than it does at this hour, by reason.
 *
 * Method:  a Poisson CUSUM over minutes (lib/detect/surge) for each of the papers' three reasons:
 *          unknown user, relaying, recipient. What kind of surge it is, is told by who drives it
 * and how many different recipients it is about: one client is smtp-dos's to name; few recipients,
 * asked for by many, are accounts that are gone ("simple error" in S2); many, each asked for about
 * once, are somebody guessing addresses: only that is an alarm. Source:  S2's table (13 April and 5
 * July 2003); doc/SCIENCE.md A.9, D.1 (I16, I17).
 *
 * LIMITS
 * Misses:  fewer than 2.5 times the normal number; a rise over weeks.
 * Innocent look-alikes: deleted accounts (said so, at notice); a partner's old address book.
 * Few and many recipients cannot be told apart before some hundred rejects: until then a notice.
 * Numbers of recipients are estimates (13 %, one deviation).
 */
#include "detect/detector.h"

#include <math.h>
#include <stdio.h>

#include "detect/peers.h"
#include "detect/samples.h"
#include "detect/surge.h"

enum { THRESHOLD, FACTOR, UNKNOWN, LEAST, SHARE, GUESSES, DISTINCT };

static const struct dm_option options[] = {
    [THRESHOLD] = {"threshold", DM_OPT_NUMBER, "10", 1, 1000, "nats",
                   "Score at which more rejects than normal are a surge.",
                   "doc/SCIENCE.md A.6: h = 10"},
    [FACTOR] = {"surge", DM_OPT_NUMBER, "5", 1.1, 1000, "times normal",
                "Rejects of one reason that the CUSUM looks for; 2.5 times normal is found in the "
                "end.",
                "doc/SCIENCE.md A.6: 5 * lambda0"},
    [UNKNOWN] = {"unknown-rate", DM_OPT_NUMBER, "2", 0.01, 1e6, "rejects a minute",
                 "Taken for normal at an hour of which nothing has been learned yet.",
                 "own choice: five a minute are a third of the connections of the papers' server "
                 "(doc/SCIENCE.md A.8)"},
    [LEAST] = {"rejects", DM_OPT_COUNT, "50", 1, 1e6, "rejects", "Fewest rejects of a surge.",
               "own choice: a list with some dozen dead addresses is no surge; measured with "
               "test_server_rules: five notices in eight days at 30, three at 50"},
    [SHARE] = {"share", DM_OPT_NUMBER, "0.5", 0.05, 1, "0..1",
               "Share of all rejects that makes a single client their cause.",
               "doc/SCIENCE.md A.10"},
    [GUESSES] = {"guesses", DM_OPT_COUNT, "500", 10, 1e6, "rejects",
                 "Rejects of a surge before so many different recipients can be an alarm.",
                 "own choice: of 1,000 deleted accounts 500 rejects hit 390 (0.79)"},
    [DISTINCT] = {"distinct", DM_OPT_NUMBER, "0.8", 0, 2, "0..1",
                  "Different recipients for each reject, at least, to be guessing.",
                  "own choice: guessing is 1.0, and the estimate is off by 0.13"},
};

/* A normal rate is never taken for less, rejects a minute: a sleeping server has a baseline of 0.
 */
#define LEAST_RATE 0.2

enum { USER_UNKNOWN, RELAY_DENIED, RECIPIENT, REASONS };
static const char *const classes[] = {[USER_UNKNOWN] = "user-unknown-surge",
                                      [RELAY_DENIED] = "relay-denied-surge",
                                      [RECIPIENT] = "recipient-rejected-surge",
                                      NULL};
static const enum dm_reject_reason reasons[REASONS] = {
    [USER_UNKNOWN] = DM_REJ_USER_UNKNOWN,
    [RELAY_DENIED] = DM_REJ_RELAY_DENIED,
    [RECIPIENT] = DM_REJ_RECIPIENT,
};

struct state {
    struct dm_peers peers;
    struct dm_surge surge[REASONS];
    struct dm_hll recipients[REASONS]; /* of the surge */
    uint8_t level, reason;
    int64_t start_us;
    /* as of the last minute in which it went on: */
    double n, score, usual, different; /* rejects; nats; a minute, below 0: unknown; recipients */
    bool driven;
    struct dm_addr driver;
    struct dm_samples *samples; /* who was refused most then */
    struct dm_figures figures;
    char detail[512];
};

static void server_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                       const struct dm_obs *obs)
{
    struct state *st = state;

    dm_peers_see(&st->peers, ctx->site, srv, obs);
    for (int i = 0; i < REASONS && obs->kind == DM_OBS_REJECT && obs->reg; i++) {
        if (obs->type == reasons[i]) {
            dm_hll_add(&st->recipients[i], obs->reg);
        }
    }
}

/* Whether one client is behind most rejects, whatever it gets in. */
static bool has_driver(const struct dm_detect_ctx *ctx, const struct state *st, struct dm_peer *ret)
{
    const struct dm_peers_limits limits = {2, ctx->par->opt[SHARE], INFINITY};

    return dm_peers_dominant(&st->peers, &limits, ret);
}

/* -1: none.  The reason of the open incident stays as long as it goes on. */
static int surging(const struct dm_detect_ctx *ctx, const struct state *st)
{
    const double *opt = ctx->par->opt;
    int best = -1;

    for (int i = 0; i < REASONS; i++) {
        const struct dm_surge *s = &st->surge[i];
        if (s->score < opt[THRESHOLD] || s->run_n < opt[LEAST]) {
            continue;
        }
        if (st->level > 0 && i == st->reason) {
            return i;
        }
        if (best < 0 || s->run_n > st->surge[best].run_n) {
            best = i;
        }
    }
    return best;
}

static bool is_guessing(const struct dm_detect_ctx *ctx, const struct state *st)
{
    return st->different * DM_HLL_UPPER >= ctx->par->opt[DISTINCT] * st->n;
}

/* Who was refused most in the last minutes. The incident may hold the pointer: it stays. */
static void keep_peers(const struct dm_detect_ctx *ctx, struct state *st)
{
    struct dm_peer top[DM_SAMPLES];
    unsigned n = dm_peers_most_rejected(&st->peers, top, DM_SAMPLES);
    char addr[DM_ADDR_STRLEN], text[DM_SAMPLE_LEN];

    if (st->samples) {
        st->samples->n = 0;
        memset(st->samples->item, 0, sizeof st->samples->item);
    }
    for (unsigned i = 0; i < n && top[i].rejects >= 2; i++) { /* one is nobody's habit */
        int len = g_snprintf(text, sizeof text, "%s: %.0f rejects",
                             dm_addr_text(&top[i].addr, addr), top[i].rejects);
        dm_samples_add(ctx->clients, &st->samples, top[i].last_s * 1000000, 0,
                       dm_slice_make(text, MIN((size_t)len, sizeof text - 1)));
    }
}

/* Take down what is to be said of this minute. */
static void judge(const struct dm_detect_ctx *ctx, struct state *st, int reason)
{
    const struct dm_surge *s = &st->surge[reason];
    struct dm_peer driver = {0};

    if (st->level == 0) {
        st->start_us = s->run_us;
    }
    st->reason = (uint8_t)reason;
    st->n = s->run_n;
    st->score = s->score;
    st->usual = s->known ? s->rate0 : -1;
    st->different = fmin(dm_hll_estimate(&st->recipients[reason]), s->run_n);
    st->driven = has_driver(ctx, st, &driver);
    st->driver = driver.addr;
    keep_peers(ctx, st);
    bool alarm = reason == USER_UNKNOWN && s->known && s->run_n >= ctx->par->opt[GUESSES] &&
                 is_guessing(ctx, st) && !st->driven;
    st->level = (uint8_t)MAX(st->level, alarm ? DNSMON_ALARM : DNSMON_NOTICE);
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;
    int64_t minute_us = ctx->now_us - 60 * G_GINT64_CONSTANT(1000000);
    const struct dm_surge_how how = {.h = ctx->par->opt[THRESHOLD],
                                     .factor = ctx->par->opt[FACTOR],
                                     .least = LEAST_RATE,
                                     .unknown = ctx->par->opt[UNKNOWN]};
    bool has_log = st->peers.who.total > 0;

    (void)srv;
    dm_peers_minute(&st->peers);
    for (int i = 0; i < REASONS; i++) {
        dm_surge_minute(&st->surge[i], &how, ctx->slot, minute_us, minute->rejects[reasons[i]],
                        has_log);
        if (st->surge[i].score <= 0) {
            dm_hll_reset(&st->recipients[i]);
        }
    }
    int reason = surging(ctx, st);
    if (reason >= 0) {
        judge(ctx, st, reason);
    }
    dm_peers_age(&st->peers);
    return reason >= 0;
}

static void say_why(const struct dm_detect_ctx *ctx, const struct state *st, char *buf, size_t size)
{
    char addr[DM_ADDR_STRLEN];

    if (st->driven) {
        g_snprintf(buf, size, "Most of it comes from one client, %s: see rule smtp-dos.",
                   dm_addr_text(&st->driver, addr));
    } else if (st->reason == RELAY_DENIED) {
        g_snprintf(buf, size,
                   "No single client drives it: strangers try to send through this server and are "
                   "refused; nothing needs to be done.");
    } else if (st->reason == RECIPIENT) {
        g_snprintf(buf, size,
                   "No single client drives it; about %.0f recipients: look at the text of these "
                   "rejects in the mail log.",
                   st->different);
    } else if (is_guessing(ctx, st) && st->n < ctx->par->opt[GUESSES]) {
        g_snprintf(buf, size,
                   "No single client drives it; about %.0f recipients, each asked for about once: "
                   "deleted accounts, or somebody begins to guess addresses.",
                   st->different);
    } else if (is_guessing(ctx, st)) {
        g_snprintf(buf, size,
                   "No single client drives it; about %.0f recipients, each asked for about once: "
                   "somebody is guessing addresses.",
                   st->different);
    } else {
        g_snprintf(buf, size,
                   "No single client drives it; about %.0f recipients: probably deleted accounts, "
                   "or addresses that a spammer forges as senders.",
                   st->different);
    }
}

static void say(const struct dm_detect_ctx *ctx, const struct dm_server *srv, struct state *st)
{
    static const char *const what[REASONS] = {[USER_UNKNOWN] = "for an unknown user",
                                              [RELAY_DENIED] = "as relaying",
                                              [RECIPIENT] = "because of the recipient"};
    char number[G_ASCII_DTOSTR_BUF_SIZE], why[256], usual[64] = "nothing is known yet of this hour";

    if (st->usual >= 0) {
        g_snprintf(usual, sizeof usual, "usual at this hour: %s a minute",
                   g_ascii_formatd(number, sizeof number, "%.1f", st->usual));
    }
    say_why(ctx, st, why, sizeof why);
    g_snprintf(st->detail, sizeof st->detail,
               "rejects unusually much %s: %.0f since it began (%s). %s Today: %u for an unknown "
               "user, %u as relaying, %u for the recipient, %.0f others.",
               what[st->reason], st->n, usual, why, srv->day.rejects[DM_REJ_USER_UNKNOWN],
               srv->day.rejects[DM_REJ_RELAY_DENIED], srv->day.rejects[DM_REJ_RECIPIENT],
               st->figures.other);
}

static void server_finding(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret)
{
    struct state *st = (struct state *)state; /* what is said is kept in it */

    st->figures = (struct dm_figures){0};
    dm_figures_rejects(&srv->day, &st->figures);
    say(ctx, srv, st);
    *ret = (struct dm_finding){
        .level = st->level,
        .class_name = classes[st->reason],
        .score = st->score,
        .threshold = ctx->par->opt[THRESHOLD],
        .llr = NAN,
        .start_us = st->start_us,
        .figures = &st->figures,
        .detail = st->detail,
        .samples = st->samples,
        .verified = true,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    (void)today;
    dm_buf_text(out, f->detail ? f->detail : "rejects unusually much.");
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_samples_free(clients, &st->samples);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    dm_peers_pack(out, &st->peers);
    for (int i = 0; i < REASONS; i++) {
        dm_surge_pack(out, &st->surge[i]);
        dm_hll_pack(out, &st->recipients[i]);
    }
    DM_PACK(out, st->level);
    DM_PACK(out, st->reason);
    DM_PACK(out, st->start_us);
    DM_PACK(out, st->n);
    DM_PACK(out, st->score);
    DM_PACK(out, st->usual);
    DM_PACK(out, st->different);
    DM_PACK(out, st->driven);
    DM_PACK(out, st->driver);
    dm_samples_pack(out, st->samples);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    dm_peers_unpack(in, &st->peers);
    for (int i = 0; i < REASONS; i++) {
        dm_surge_unpack(in, &st->surge[i]);
        dm_hll_unpack(in, &st->recipients[i]);
    }
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, st->reason);
    st->start_us = dm_unpack_us(in);
    st->n = dm_unpack_double(in);
    st->score = dm_unpack_double(in);
    st->usual = dm_unpack_double(in);
    st->different = dm_unpack_double(in);
    st->driven = dm_unpack_bool(in);
    DM_UNPACK(in, st->driver);
    if (!dm_unpack_require(in, st->level <= DNSMON_ALARM && st->reason < REASONS,
                           "a level or class of reject-surge is out of range")) {
        st->reason = 0;
    }
    return dm_samples_unpack(clients, &st->samples, in);
}

const struct dm_detector dm_detector_reject_surge = {
    .id = "reject-surge",
    .name = "Surge of rejects",
    .summary = "A mail server refuses much more than usual at this hour, by reason; deleted "
               "accounts are told apart from an attack (S2).",
    .subject = DM_SUBJECT_SERVER,
    .marks = DM_MARK_MAIL,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .server_see = server_see,
    .server_minute = server_minute,
    .server_finding = server_finding,
    .describe = describe,
    .closed = closed,
    .clear = clear,
    .save = save,
    .load = load,
};
