/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * tcp-probe: a machine inside knocks at Windows services (TCP 135, 139, 445) of many others.
 *
 * Method:  the destinations that a client tried in the last ten minutes, each once. From `distinct`
 *          on (3) it is reported. With distinct=1 this is the rule of 2003: the first attempt is
 *          reported at once, and what follows within [events] hold is counted into that incident.
 * Source:  S4 (Welchia: TCP 135), S1 (SAW: 135, 139, 445); doc/SCIENCE.md A.12 (a).
 *
 * The sequential test of A.12 (TRW) would add ln 4 for each attempt that fails and take it away for
 * each that succeeds. Packet filters log attempts and not what becomes of them, so that only the
 * first half is there, and that is a count again: it adds nothing. The score is given in its nats
 * (1.39 a destination), so that rule bot-join can add it to mass-mailer's.
 *
 * LIMITS
 * Misses:  a worm slower than distinct - 1 destinations in ten minutes, other ports, what the
 *          packet filter does not see or log (the subnet's own traffic), sources outside.
 * Innocent look-alikes: a log of what the filter let through, if its prefix does not say so; a PC
 * whose file servers are behind the packet filter (one or two destinations), inventory and backup
 * servers, vulnerability scanners ([roles] monitors is for these).
 */
#include "detect/detector.h"

#include <math.h>
#include <string.h>

#include "detect/probe.h"
#include "detect/samples.h"

/* Destinations remembered: the largest `distinct`. */
#define PEERS_MAX 16
/* Suspicion outlives its cause by this, s (C16, A.12 (c): 24 h). */
#define KEEP_S 86400

enum { PORTS, DISTINCT, WITHIN };

static const struct dm_option options[] = {
    [PORTS] = {"ports", DM_OPT_PORTS, "135;139;445", 0, 0, "TCP ports",
               "Destination ports that count as a probe of a Windows service.",
               "doc/SCIENCE.md A.12: S4 has 135, S1 has 135, 139 and 445"},
    [DISTINCT] = {"distinct", DM_OPT_COUNT, "3", 1, PEERS_MAX, "destinations",
                  "Different destinations within the time that make a client reported; 1 is the "
                  "rule of 2003.",
                  "doc/SCIENCE.md A.12: 1 in S4; 3 spares mistyped names of file servers"},
    [WITHIN] = {"within", DM_OPT_DURATION, "10m", 1, 86400, "s", "The time for `distinct`.",
                "doc/SCIENCE.md A.12: 10 min"},
};

struct state {
    struct {
        uint32_t who;  /* of the destination's hash */
        uint32_t at_s; /* last tried */
    } peer[PEERS_MAX];
    struct dm_samples *samples;
    int64_t start_us; /* first attempt that belongs to it */
    uint32_t most;    /* destinations at once, at the most */
    uint8_t peers;
    uint8_t level;
};

static void forget_peer(struct state *st, unsigned i)
{
    st->peer[i] = st->peer[--st->peers];
}

static void forget_old(const struct dm_detect_ctx *ctx, struct state *st)
{
    double now_s = (double)(ctx->now_us / 1000000);

    for (unsigned i = st->peers; i-- > 0;) {
        if (now_s - st->peer[i].at_s > ctx->par->opt[WITHIN]) {
            forget_peer(st, i);
        }
    }
}

static unsigned oldest(const struct state *st)
{
    unsigned at = 0;

    for (unsigned i = 1; i < st->peers; i++) {
        at = st->peer[i].at_s < st->peer[at].at_s ? i : at;
    }
    return at;
}

/* Returns: whether the destination is new within the time. */
static bool remember(struct state *st, const struct dm_obs *obs)
{
    uint32_t who = (uint32_t)obs->reg, now_s = (uint32_t)(obs->time_us / 1000000);

    for (unsigned i = 0; i < st->peers; i++) {
        if (st->peer[i].who == who) {
            st->peer[i].at_s = now_s;
            return false;
        }
    }
    if (st->peers == PEERS_MAX) {
        forget_peer(st, oldest(st));
    }
    st->peer[st->peers].who = who;
    st->peer[st->peers].at_s = now_s;
    st->peers++;
    return true;
}

static void begin(const struct dm_detect_ctx *ctx, struct state *st, const struct dm_obs *obs)
{
    if (st->peers == 0 && st->level == 0) {
        dm_samples_free(ctx->clients, &st->samples);
        st->start_us = obs->time_us;
        st->most = 0;
    }
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    if (cli->role == DM_ROLE_MONITOR || !dm_probe_is(ctx, obs)) {
        return false;
    }
    struct state *st = dm_detect_state(ctx, cli, obs);
    if (!st) {
        return false;
    }
    forget_old(ctx, st);
    begin(ctx, st, obs);
    if (remember(st, obs)) {
        dm_samples_add(ctx->clients, &st->samples, obs->time_us, 0, ctx->name);
    }
    st->most = MAX(st->most, st->peers);
    dm_client_keep(ctx->clients, cli, (uint32_t)(ctx->now_us / 1000000) + KEEP_S);
    bool found = st->peers >= ctx->par->opt[DISTINCT];
    st->level = found ? DNSMON_ALARM : st->level;
    return found;
}

static const char *const classes[] = {"service-worm", NULL};

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);

    *ret = (struct dm_finding){
        .level = st->level,
        .class_name = classes[0],
        .score = DM_PROBE_NATS * st->most,
        .threshold = DM_PROBE_NATS * ctx->par->opt[DISTINCT],
        .llr = NAN,
        .start_us = st->start_us,
        .samples = st->samples,
    };
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    double n = round(f->score / DM_PROBE_NATS);

    (void)today;
    if (n <= 1) {
        dm_buf_text(out, "tried to reach a Windows service of another machine: ");
    } else {
        dm_buf_printf(
            out, "tried to reach Windows services of %s%.0f different machines within minutes: ",
            n >= PEERS_MAX ? "at least " : "", n);
    }
    dm_buf_text(out, "it behaves like a worm that looks for machines to infect. Take it off "
                     "the network and clean it, unless it is an inventory or backup server.");
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->most = 0;
    st->peers = 0;
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_samples_free(clients, &st->samples);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;

    DM_PACK(out, st->start_us);
    DM_PACK(out, st->most);
    DM_PACK(out, st->level);
    DM_PACK(out, st->peers);
    for (unsigned i = 0; i < st->peers; i++) {
        DM_PACK(out, st->peer[i].who);
        DM_PACK(out, st->peer[i].at_s);
    }
    dm_samples_pack(out, st->samples);
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;
    uint8_t n;

    st->start_us = dm_unpack_us(in);
    DM_UNPACK(in, st->most);
    DM_UNPACK(in, st->level);
    DM_UNPACK(in, n);
    dm_unpack_require(in, st->level <= DNSMON_ALARM && n <= PEERS_MAX && st->most <= PEERS_MAX,
                      "a number of tcp-probe is out of range");
    for (unsigned i = 0; i < n && !in->bad; i++) {
        DM_UNPACK(in, st->peer[i].who);
        DM_UNPACK(in, st->peer[i].at_s);
        st->peers++;
    }
    return dm_samples_unpack(clients, &st->samples, in);
}

const struct dm_detector dm_detector_tcp_probe = {
    .id = "tcp-probe",
    .name = "Probes of Windows services",
    .summary = "A machine inside tries TCP 135, 139 or 445 of several others within minutes: a "
               "worm that spreads by itself (S4 Welchia, S1 SAW).",
    .marks = DM_MARK_TCP,
    .options = options,
    .classes = classes,
    .n_options = G_N_ELEMENTS(options),
    .state_bytes = sizeof(struct state),
    .update = update,
    .finding = finding,
    .describe = describe,
    .closed = closed,
    .clear = clear,
    .save = save,
    .load = load,
};
