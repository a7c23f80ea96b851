/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The witnesses of backscatter. Each is a small test against the hour's baseline; none is a
 * finding. What looks like an attack is not learned (lib/detect/normal).
 *
 * LIMITS: a source that was silent for twelve hours counts as not there; before that its silence
 * counts as silence.
 * Source: doc/SCIENCE.md A.6, A.8, C5.
 */
#include "detect/flood.h"

#include <math.h>
#include <string.h>

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

void dm_flood_see(const struct dm_detect_ctx *ctx, const struct dm_server *srv, struct dm_flood *f,
                  const struct dm_obs *obs)
{
    if (!(obs->marks & DM_MARK_MAIL)) {
        return;
    }
    dm_peers_see(&f->peers, ctx->site, srv, obs);
    if (obs->kind == DM_OBS_REJECT && obs->type == DM_REJ_USER_UNKNOWN && obs->reg) {
        dm_hll_add(&f->recipients, obs->reg);
    }
}

/* ---- the minute's numbers ---- */

static void add_sums(struct dm_flood *f, const struct dm_mail_counts *m)
{
    const double keep = exp(-1 / SHARE_MIN);
    struct dm_flood_sums *s = &f->sums;

    s->queries = s->queries * keep + dm_mail_queries(m);
    s->unresolved = s->unresolved * keep + m->unresolved;
    s->nxdomain = s->nxdomain * keep + m->nxdomain;
    s->answers = s->answers * keep + (double)m->nxdomain + m->answered;
    s->connections = s->connections * keep + m->connections;
    s->messages = s->messages * keep + m->messages;
}

/* Pairs of all and unresolved queries, a minute each. The day's begin with the day: its counts are
 * those of the minute then. */
static void add_pair(struct dm_flood *f, const struct dm_server *srv,
                     const struct dm_mail_counts *m)
{
    double x = dm_mail_queries(m), y = m->unresolved;

    if (memcmp(&srv->day, m, sizeof *m) == 0) {
        f->day = (struct dm_moments){0};
    }
    dm_moments_add(&f->hour, x, y, exp(-1 / R2_MIN));
    dm_moments_add(&f->day, x, y, 1);
}

static void note_sources(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                         const struct dm_mail_counts *m)
{
    if (m->connections || m->messages || dm_mail_rejects(m)) {
        f->mail_us = ctx->now_us;
    }
    if (dm_mail_queries(m)) {
        f->dns_us = ctx->now_us;
    }
}

static bool is_there(const struct dm_detect_ctx *ctx, int64_t last_us)
{
    return last_us > 0 && ctx->now_us - last_us <= ABSENT_S * US;
}

/* ---- witnesses ---- */

static unsigned ask_unresolved(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                               const struct dm_flood_how *how, const struct dm_mail_counts *m,
                               bool learn)
{
    const struct dm_flood_sums *s = &f->sums;
    struct dm_surge_how surge = {.h = how->threshold,
                                 .factor = how->surge,
                                 .least = UNRESOLVED_LEAST,
                                 .unknown = UNRESOLVED_LEAST,
                                 /* 0.2 of the usual number of queries a minute */
                                 .floor = how->share * s->queries / SHARE_MIN};
    bool surges = dm_surge_minute(&f->unresolved, &surge, ctx->slot, ctx->now_us - 60 * US,
                                  m->unresolved, learn);

    f->share = s->queries > 0 ? s->unresolved / s->queries : NAN;
    return surges && f->unresolved.run_n >= how->least && f->share >= how->share ? DM_W_UNRESOLVED
                                                                                 : 0;
}

static unsigned ask_dns(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                        const struct dm_flood_how *how, const struct dm_mail_counts *m, bool learn)
{
    const struct dm_flood_sums *s = &f->sums;
    struct dm_surge_how surge = {
        .h = how->threshold, .factor = how->surge, .least = NOVEL_LEAST, .unknown = NOVEL_UNKNOWN};
    double usual, nx = 0;
    unsigned seen = 0;

    if (dm_surge_minute(&f->novel, &surge, ctx->slot, ctx->now_us - 60 * US, m->novel, learn)) {
        seen |= DM_W_NOVEL;
    }
    dm_normal_share(&f->nxdomain, ctx->slot, &nx);
    if (s->answers >= ANSWERS_LEAST &&
        s->nxdomain >= fmax(how->nx_share, fmin(2 * nx, 0.9)) * s->answers) {
        seen |= DM_W_NXDOMAIN;
    }
    if (dm_normal_rate(&f->queries, ctx->slot, &usual) &&
        s->queries >= QUERIES_GROWTH * SHARE_MIN * fmax(1, usual)) {
        seen |= DM_W_QUERIES;
    }
    return seen;
}

static unsigned ask_users(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                          const struct dm_flood_how *how, const struct dm_mail_counts *m,
                          bool learn)
{
    struct dm_surge_how surge = {.h = how->threshold,
                                 .factor = how->surge,
                                 .least = USER_LEAST,
                                 .unknown = USER_UNKNOWN_RATE};
    unsigned seen = 0;

    if (dm_surge_minute(&f->users, &surge, ctx->slot, ctx->now_us - 60 * US,
                        m->rejects[DM_REJ_USER_UNKNOWN], learn)) {
        seen |= DM_W_USERS;
    }
    if (f->users.score <= 0) {
        dm_hll_reset(&f->recipients);
    }
    if (f->users.run_n >= how->guesses &&
        dm_hll_estimate(&f->recipients) * DM_HLL_UPPER >= how->distinct * f->users.run_n) {
        seen |= DM_W_GUESSES;
    }
    return seen | (f->users.known ? DM_W_KNOWN : 0);
}

static unsigned ask_peers(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                          const struct dm_flood_how *how)
{
    /* half of all, and a quarter of the usual efficiency at most (A.10) */
    const struct dm_peers_limits limits = {0.5, 0.5, 0.17};
    struct dm_peer driver;
    double usual = 0;

    f->peers_now = dm_peers_distinct(&f->peers);
    dm_normal_rate(&f->distinct_peers, ctx->slot, &usual);
    if (dm_peers_dominant(&f->peers, &limits, &driver)) {
        return DM_W_DRIVEN;
    }
    return f->peers_now >= fmax(how->peers, how->peer_growth * usual) ? DM_W_PEERS : 0;
}

static unsigned ask_efficiency(const struct dm_detect_ctx *ctx, const struct dm_flood *f,
                               const struct dm_flood_how *how)
{
    const struct dm_flood_sums *s = &f->sums;
    double usual;

    return s->connections >= CONNECTIONS_LEAST &&
                   dm_normal_share(&f->efficiency, ctx->slot, &usual) &&
                   s->messages <= how->drop * usual * s->connections
               ? DM_W_DROP
               : 0;
}

unsigned dm_flood_minute(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                         struct dm_flood *f, const struct dm_flood_how *how,
                         const struct dm_mail_counts *minute)
{
    add_sums(f, minute);
    add_pair(f, srv, minute);
    note_sources(ctx, f, minute);
    dm_peers_minute(&f->peers);
    unsigned seen = is_there(ctx, f->mail_us) ? DM_W_MAIL : 0;
    seen |= is_there(ctx, f->dns_us) ? DM_W_DNS : 0;
    seen |= ask_unresolved(ctx, f, how, minute, seen & DM_W_DNS);
    seen |= ask_dns(ctx, f, how, minute, seen & DM_W_DNS);
    seen |= ask_users(ctx, f, how, minute, seen & DM_W_MAIL);
    seen |= ask_peers(ctx, f, how) | ask_efficiency(ctx, f, how);
    dm_peers_age(&f->peers);
    return seen;
}

void dm_flood_learn(const struct dm_detect_ctx *ctx, struct dm_flood *f,
                    const struct dm_mail_counts *m, unsigned seen, bool found)
{
    bool calm = !found && !(seen & (DM_W_UNRESOLVED | DM_W_USERS | DM_W_NOVEL));

    if (seen & DM_W_DNS) {
        dm_normal_learn(&f->queries, ctx->slot, dm_mail_queries(m), calm);
        dm_normal_learn_share(&f->nxdomain, ctx->slot, m->nxdomain,
                              (double)m->nxdomain + m->answered, calm);
    }
    if (seen & DM_W_MAIL) {
        dm_normal_learn_share(&f->efficiency, ctx->slot, m->messages, m->connections, calm);
        dm_normal_learn(&f->distinct_peers, ctx->slot, f->peers_now, calm);
    }
}

/* ---- state file ---- */

void dm_flood_pack(struct dm_buf *out, const struct dm_flood *f)
{
    dm_peers_pack(out, &f->peers);
    dm_surge_pack(out, &f->unresolved);
    dm_surge_pack(out, &f->novel);
    dm_surge_pack(out, &f->users);
    dm_normal_pack(out, &f->queries);
    dm_normal_pack(out, &f->nxdomain);
    dm_normal_pack(out, &f->efficiency);
    dm_normal_pack(out, &f->distinct_peers);
    dm_hll_pack(out, &f->recipients);
    dm_moments_pack(out, &f->hour);
    dm_moments_pack(out, &f->day);
    DM_PACK(out, f->sums);
    DM_PACK(out, f->mail_us);
    DM_PACK(out, f->dns_us);
    DM_PACK(out, f->share);
    DM_PACK(out, f->peers_now);
}

static void load_sums(struct dm_flood_sums *s, struct dm_unpacker *in)
{
    double *const numbers[] = {&s->queries, &s->unresolved,  &s->nxdomain,
                               &s->answers, &s->connections, &s->messages};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        *numbers[i] = dm_unpack_double(in);
        dm_unpack_require(in, *numbers[i] >= 0, "a sum of a flood cannot be");
    }
}

void dm_flood_unpack(struct dm_unpacker *in, struct dm_flood *f)
{
    dm_peers_unpack(in, &f->peers);
    dm_surge_unpack(in, &f->unresolved);
    dm_surge_unpack(in, &f->novel);
    dm_surge_unpack(in, &f->users);
    dm_normal_unpack(in, &f->queries);
    dm_normal_unpack(in, &f->nxdomain);
    dm_normal_unpack(in, &f->efficiency);
    dm_normal_unpack(in, &f->distinct_peers);
    dm_hll_unpack(in, &f->recipients);
    dm_moments_unpack(in, &f->hour);
    dm_moments_unpack(in, &f->day);
    load_sums(&f->sums, in);
    f->mail_us = dm_unpack_us(in);
    f->dns_us = dm_unpack_us(in);
    DM_UNPACK(in, f->share);
    dm_unpack_require(in, !isinf(f->share), "a share is none");
    f->peers_now = dm_unpack_double(in);
}
