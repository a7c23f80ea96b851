/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * smtp-dos: one client dominates a mail server and gets hardly anything in.
 *
 * Method:  Space-Saving over the peers of the last five to ten minutes (lib/detect/peers). A peer
 *          dominates if it brought half of all connections or half of all rejects, got at most a
 *          quarter of the usual messages in for each attempt, and alone brought as much as
 * everybody does at this hour; in at least three minutes of its own, so that one message to a list
 * of dead addresses is nothing. Several times the usual is smtp-dos, less strange-smtp-client.
 * Source:  S2 "strange SMTP client", S3 Fig. 5; doc/SCIENCE.md A.6, A.10.
 *
 * LIMITS
 * Misses:  an attack from many addresses (backscatter, reject-surge), one slower than 30 attempts
 * in the window. Two clients that take turns are one incident after the other. Innocent
 * look-alikes: a provider's relay gets its messages in and is none. A partner whose server tries a
 * dead address again and again looks like one on a small server: a notice.
 */
#include "detect/detector.h"

#include <math.h>
#include <stdio.h>

#include "detect/normal.h"
#include "detect/peers.h"

enum { SHARE, EFFICIENCY, LEAST, ALARM_LEAST, SURGE, MINUTES };

static const struct dm_option options[] = {
    [SHARE] = {"share", DM_OPT_NUMBER, "0.5", 0.05, 1, "0..1",
               "Share of all connections, or of all rejects, that makes a client dominant.",
               "doc/SCIENCE.md A.10"},
    [EFFICIENCY] = {"efficiency", DM_OPT_NUMBER, "0.25", 0, 10, "times normal",
                    "Most messages for each of its attempts, in terms of the server's normal "
                    "efficiency (learned; before that 0.70, on holidays 0.35).",
                    "doc/SCIENCE.md A.10: a quarter; A.8"},
    [LEAST] = {"attempts", DM_OPT_COUNT, "30", 1, 1e6, "attempts",
               "Fewest connections, or rejects, of a client in the window of 5 to 10 minutes.",
               "own choice: S2's 13,505 rejects of a day reach it within four minutes"},
    [ALARM_LEAST] = {"alarm-attempts", DM_OPT_COUNT, "60", 1, 1e6, "attempts",
                     "The same, for smtp-dos.",
                     "own choice: six a minute keep one smtpd process busy all the time"},
    [SURGE] =
        {"surge", DM_OPT_NUMBER, "2", 1, 1000, "times normal",
         "How many times the connections, or rejects, of all clients together at this hour it "
         "must bring alone to be smtp-dos.",
         "own choice: the paper's client brought 8 times a Saturday's connections "
         "(doc/SCIENCE.md A.8)"},
    [MINUTES] = {"minutes", DM_OPT_COUNT, "3", 1, 60, "minutes",
                 "In how many minutes it must have come while it dominated.",
                 "own choice: one message to many recipients takes one or two"},
};

/* Attempts a minute that are taken for normal where nothing has been learned: not many, so that the
 * first day has findings, and not few, so that they are no alarms unless it is a flood. */
#define UNKNOWN_A_MIN 5.0
#define WEEKDAY_EFFICIENCY 0.70
#define HOLIDAY_EFFICIENCY 0.35

enum { STRANGE, DOS };
static const char *const classes[] = {[STRANGE] = "strange-smtp-client", [DOS] = "smtp-dos", NULL};

/* What is said of one client: two places, because the incident about the last one is closed, and
 * its event written, when the next one has been found. */
struct said {
    char suggest[96];
    char detail[512];
};

struct state {
    struct dm_peers peers;
    struct dm_normal connections, rejects, efficiency;
    struct dm_addr suspect; /* dominant now */
    uint8_t minutes;        /* in which it came */
    int64_t suspect_us;     /* since when */
    uint8_t level, class_number;
    struct dm_peer peer; /* of the open incident */
    int64_t start_us;
    bool switching; /* that one gives way to another */
    uint8_t place;
    struct said said[2];
    struct dm_figures figures;
};

static void server_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                       const struct dm_obs *obs)
{
    struct state *st = state;

    if (obs->marks & DM_MARK_MAIL) {
        dm_peers_see(&st->peers, ctx->site, srv, obs);
    }
}

/* Most messages for each attempt of a client that is not doing what others do. */
static double most_efficient(const struct dm_detect_ctx *ctx, const struct state *st)
{
    double normal = ctx->slot < DM_SLOTS / 2 ? WEEKDAY_EFFICIENCY : HOLIDAY_EFFICIENCY;

    dm_normal_share(&st->efficiency, ctx->slot, &normal);
    return normal * ctx->par->opt[EFFICIENCY];
}

static double expected(const struct dm_detect_ctx *ctx, const struct state *st,
                       const struct dm_normal *normal)
{
    double a_minute = UNKNOWN_A_MIN;

    dm_normal_rate(normal, ctx->slot, &a_minute);
    return a_minute * st->peers.minutes;
}

/* How many times what everybody brings: of the kind that it dominates, the larger. */
static double times_normal(const struct dm_detect_ctx *ctx, const struct state *st,
                           const struct dm_peer *p)
{
    double share = ctx->par->opt[SHARE], connections = 0, rejects = 0;

    if (p->connection_share >= share) {
        connections = p->connections / fmax(1, expected(ctx, st, &st->connections));
    }
    if (p->reject_share >= share) {
        rejects = p->rejects / fmax(1, expected(ctx, st, &st->rejects));
    }
    return fmax(connections, rejects);
}

/* -1: not worth telling. */
static int class_of(const struct dm_detect_ctx *ctx, const struct state *st,
                    const struct dm_peer *p)
{
    const double *opt = ctx->par->opt;
    double times = times_normal(ctx, st, p), attempts = dm_peer_attempts(p);

    if (attempts < opt[LEAST] || times < 1 || st->minutes < opt[MINUTES]) {
        return -1;
    }
    return attempts >= opt[ALARM_LEAST] && times >= opt[SURGE] ? DOS : STRANGE;
}

/* Who dominates, and in how many minutes it came meanwhile; whether anybody does. */
static bool follow_suspect(const struct dm_detect_ctx *ctx, struct state *st, struct dm_peer *ret)
{
    double share = ctx->par->opt[SHARE];
    const struct dm_peers_limits limits = {share, share, most_efficient(ctx, st)};
    bool any = dm_peers_dominant(&st->peers, &limits, ret) &&
               dm_peer_attempts(ret) >= ctx->par->opt[MINUTES];

    if (!any) {
        st->minutes = 0;
    } else if (st->minutes == 0 || !dm_addr_eq(&st->suspect, &ret->addr)) {
        st->suspect = ret->addr;
        st->suspect_us = ctx->now_us - 60 * G_GINT64_CONSTANT(1000000);
        st->minutes = 1;
    } else {
        bool came = ret->last_s >= ctx->now_us / 1000000 - 60;
        st->minutes = (uint8_t)MIN(st->minutes + came, UINT8_MAX);
    }
    return any;
}

static void learn(const struct dm_detect_ctx *ctx, struct state *st,
                  const struct dm_mail_counts *minute, bool calm)
{
    if (st->peers.who.total == 0) {
        return; /* no log, or nothing in it for long */
    }
    dm_normal_learn(&st->connections, ctx->slot, minute->connections, calm);
    dm_normal_learn(&st->rejects, ctx->slot, dm_mail_rejects(minute), calm);
    dm_normal_learn_share(&st->efficiency, ctx->slot, minute->messages, minute->connections, calm);
}

static void say(const struct dm_detect_ctx *ctx, const struct dm_server *srv, struct state *st)
{
    struct said *said = &st->said[st->place];
    const struct dm_peer *p = &st->peer;
    bool authorised = dm_site_inside(ctx->site, &p->addr);
    char addr[DM_ADDR_STRLEN];

    dm_addr_text(&p->addr, addr);
    g_snprintf(said->suggest, authorised ? 1 : sizeof said->suggest,
               "%s REJECT too many refused attempts", addr);
    g_snprintf(said->detail, sizeof said->detail,
               "%s %s: in the last minutes it made %.0f %% of all connections (%.0f) and caused "
               "%.0f %% of all rejects (%.0f), and got %.0f messages in. %s Today the server "
               "rejected %u for an unknown user, %u as relaying, %u for the recipient.",
               st->class_number == DOS ? "is being flooded by one client,"
                                       : "has one strange client,",
               addr, 100 * p->connection_share, p->connections, 100 * p->reject_share, p->rejects,
               p->accepted,
               authorised ? "It is one of your own addresses: look after that machine."
                          : "To refuse it, put the suggested line into the access(5) table of "
                            "check_client_access; nothing was changed.",
               srv->day.rejects[DM_REJ_USER_UNKNOWN], srv->day.rejects[DM_REJ_RELAY_DENIED],
               srv->day.rejects[DM_REJ_RECIPIENT]);
}

/* @p is the client to name from now on. */
static void name_client(struct state *st, const struct dm_peer *p, int class_number)
{
    bool other = st->level > 0 && !dm_addr_eq(&st->peer.addr, &p->addr);

    if (st->level == 0 || other) {
        st->switching = other;
        st->place ^= 1;
        st->class_number = 0;
        st->level = 0;
        st->start_us = st->suspect_us;
    }
    st->peer = *p;
    st->class_number = (uint8_t)MAX(st->class_number, class_number);
    st->level = st->class_number == DOS ? DNSMON_ALARM : DNSMON_NOTICE;
}

static bool server_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute)
{
    struct state *st = state;
    struct dm_peer p;
    int class_number = -1;
    bool calm = true;

    (void)srv;
    st->switching = false;
    dm_peers_minute(&st->peers);
    if (follow_suspect(ctx, st, &p)) {
        class_number = class_of(ctx, st, &p);
        calm = dm_peer_attempts(&p) < ctx->par->opt[LEAST];
    }
    learn(ctx, st, minute, calm);
    dm_peers_age(&st->peers);
    if (class_number >= 0) {
        name_client(st, &p, class_number);
    }
    return class_number >= 0;
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
        .class_name = classes[st->class_number],
        .score = fmax(st->peer.connection_share, st->peer.reject_share),
        .threshold = ctx->par->opt[SHARE],
        .llr = NAN,
        .start_us = st->start_us,
        .figures = &st->figures,
        .suggest = st->said[st->place].suggest,
        .detail = st->said[st->place].detail,
        .verified = true,
        .has_peer = true,
        .peer = st->peer.addr,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    (void)today;
    dm_buf_text(out, f->detail ? f->detail : "has one client that gets hardly anything in.");
}

static void closed(void *state)
{
    struct state *st = state;

    if (st->switching) {
        st->switching = false; /* another client's incident opens */
    } else {
        st->level = 0;
        st->class_number = 0;
    }
}

static void save_peer(const struct dm_peer *p, struct dm_buf *out)
{
    DM_PACK(out, p->addr);
    DM_PACK(out, p->connections);
    DM_PACK(out, p->rejects);
    DM_PACK(out, p->accepted);
    DM_PACK(out, p->connection_share);
    DM_PACK(out, p->reject_share);
}

static void load_peer(struct dm_peer *p, struct dm_unpacker *in)
{
    double *const numbers[] = {&p->connections, &p->rejects, &p->accepted, &p->connection_share,
                               &p->reject_share};

    DM_UNPACK(in, p->addr);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        *numbers[i] = dm_unpack_double(in);
        dm_unpack_require(in, *numbers[i] >= 0, "a peer of smtp-dos cannot be");
    }
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    dm_peers_pack(out, &st->peers);
    dm_normal_pack(out, &st->connections);
    dm_normal_pack(out, &st->rejects);
    dm_normal_pack(out, &st->efficiency);
    DM_PACK(out, st->suspect);
    DM_PACK(out, st->minutes);
    DM_PACK(out, st->suspect_us);
    DM_PACK(out, st->level);
    DM_PACK(out, st->class_number);
    DM_PACK(out, st->start_us);
    save_peer(&st->peer, out);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;

    (void)clients;
    dm_peers_unpack(in, &st->peers);
    dm_normal_unpack(in, &st->connections);
    dm_normal_unpack(in, &st->rejects);
    dm_normal_unpack(in, &st->efficiency);
    DM_UNPACK(in, st->suspect);
    DM_UNPACK(in, st->minutes);
    st->suspect_us = dm_unpack_us(in);
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, st->class_number);
    st->start_us = dm_unpack_us(in);
    load_peer(&st->peer, in);
    if (!dm_unpack_require(in, st->level <= DNSMON_ALARM && st->class_number <= DOS,
                           "a level or class of smtp-dos is out of range")) {
        st->class_number = 0;
    }
    return 0;
}

const struct dm_detector dm_detector_smtp_dos = {
    .id = "smtp-dos",
    .name = "SMTP denial of service",
    .summary = "One client makes most of a mail server's connections or rejects and gets hardly "
               "anything in (S2, S3).",
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
    .save = save,
    .load = load,
};
