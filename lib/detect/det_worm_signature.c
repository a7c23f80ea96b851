/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * worm-signature: a client asks, step by step, for what a known worm asks for.
 *
 * Method:  the signatures of [signatures] (stream/signature.h), each followed by a tracker of the
 *          client's (tracker.c). Of several that are complete the last one of the configuration is
 *          told. The score is the median of how often each name was asked: the number of copies
 *          that run, since each of them asks once.
 * Source:  S0 3.1 to 3.3: Sobig.F, Mydoom.A, Netsky.C; doc/SCIENCE.md A.4, F 3.
 *
 * Level notice: a signature supports what mass-mailer, keyword-scan and tcp-probe find. Resolvers
 * are silent: configured ones, those that ask like one, and every query without RD. A client of
 * which 3 in 100 queries ask NS, DS or DNSKEY counts as one here from its first query on, so that
 * priming (". NS", then the root servers' addresses) is no Sobig.
 *
 * LIMITS
 * Misses:  everything that is not written down. Worms change faster than signatures.
 * Innocent look-alikes: an administrator who looks at the root servers with dig. Retries of a slow
 *          server ask each name twice, too, and then sobig-f is called sobig-c.
 */
#include "detect/detector.h"

#include <math.h>
#include <string.h>

#include "detect/samples.h"
#include "detect/tracker.h"
#include "dns/rrtype.h"

/* An unfinished run's names are evidence for so long, µs (own choice: the longest window of a
 * shipped signature, four times). */
#define SAMPLES_US (3600 * 1000000LL)

struct state {
    struct dm_tracker *track; /* owned, @room of them, charged to the clients */
    struct dm_samples *samples;
    int64_t start_us;
    int64_t sample_us; /* of the last sample */
    uint32_t times;    /* the most copies */
    uint32_t verified; /* names that belong to a signature, since there are samples */
    uint8_t n, room;
    uint8_t level;
    char class_name[DM_SIG_NAME_MAX + 1]; /* "": none yet */
};

/* A step's type may be one whose queries are not counted one by one. */
static bool is_first_today(const struct dm_client *cli, const struct dm_obs *obs)
{
    struct dm_type_counts today = cli->today;

    return *dm_type_column(&today, obs->type) == 1;
}

/* The tracker of a signature.   Returns: NULL if there is none. */
static struct dm_tracker *find(const struct state *st, uint64_t id)
{
    for (unsigned i = 0; i < st->n; i++) {
        if (st->track[i].id == id) {
            return &st->track[i];
        }
    }
    return NULL;
}

static bool grow(struct dm_client_table *clients, struct state *st, unsigned room)
{
    ptrdiff_t more = (ptrdiff_t)((room - st->room) * sizeof st->track[0]);

    if (dm_client_charge(clients, more) < 0) {
        return false;
    }
    struct dm_tracker *track = g_try_renew(struct dm_tracker, st->track, room);
    if (!track) {
        dm_client_charge(clients, -more);
        return false;
    }
    st->track = track;
    st->room = (uint8_t)room;
    return true;
}

/* Returns: a new tracker; NULL without room. */
static struct dm_tracker *make(struct dm_client_table *clients, struct state *st, uint64_t id)
{
    if (st->n == DM_SIG_MAX || (st->n == st->room && !grow(clients, st, st->room + 1u))) {
        return NULL;
    }
    st->track[st->n] = (struct dm_tracker){.id = id};
    return &st->track[st->n++];
}

/* Trackers of signatures that the configuration does not have any more. */
static void drop_strangers(const struct dm_signatures *set, struct state *st)
{
    for (unsigned i = st->n; i-- > 0;) {
        bool known = false;
        for (unsigned s = 0; s < dm_signatures_count(set) && !known; s++) {
            known = dm_signatures_at(set, s)->id == st->track[i].id;
        }
        if (!known) {
            st->track[i] = st->track[--st->n];
        }
    }
}

static struct dm_tracker *tracker_of(const struct dm_detect_ctx *ctx, struct state *st, uint64_t id)
{
    struct dm_tracker *t = find(st, id);

    if (!t && st->n == dm_signatures_count(ctx->signatures)) {
        drop_strangers(ctx->signatures, st);
    }
    return t ? t : make(ctx->clients, st, id);
}

/* A class's place in the configuration; -1: it is not in it. */
static int rank_of(const struct dm_signatures *set, const char *class_name)
{
    int rank = -1;

    for (unsigned i = 0; i < dm_signatures_count(set); i++) {
        rank = strcmp(dm_signatures_at(set, i)->name, class_name) == 0 ? (int)i : rank;
    }
    return rank;
}

static void keep_name(const struct dm_detect_ctx *ctx, struct state *st, const struct dm_obs *obs)
{
    if (st->level == 0 && obs->time_us - st->sample_us > SAMPLES_US) {
        dm_samples_free(ctx->clients, &st->samples);
        st->verified = 0;
    }
    st->verified += (obs->bits & DM_OBS_VERIFIED) != 0;
    dm_samples_add(ctx->clients, &st->samples, obs->time_us, obs->type, ctx->name);
    st->sample_us = obs->time_us;
}

static void conclude(const struct dm_detect_ctx *ctx, struct state *st,
                     const struct dm_signature *sig, const struct dm_tracker *t, unsigned times)
{
    if (st->level == 0) {
        st->start_us = t->start_us;
        st->times = 0;
    }
    if (rank_of(ctx->signatures, sig->name) >= rank_of(ctx->signatures, st->class_name)) {
        memcpy(st->class_name, sig->name, sizeof st->class_name);
    }
    st->level = DNSMON_NOTICE;
    st->times = MAX(st->times, times);
}

/* Returns: whether a signature is complete. */
static bool follow(const struct dm_detect_ctx *ctx, struct state *st, const struct dm_obs *obs,
                   bool is_first)
{
    bool done = false, kept = false;

    for (unsigned i = 0; i < dm_signatures_count(ctx->signatures); i++) {
        const struct dm_signature *sig = dm_signatures_at(ctx->signatures, i);
        struct dm_tracker *t = find(st, sig->id);
        unsigned times = 0;
        if (!t && dm_tracker_begins(sig, obs, ctx->name, is_first)) {
            t = tracker_of(ctx, st, sig->id);
        }
        if (!t) {
            continue;
        }
        enum dm_tracker_said said = dm_tracker_add(t, sig, obs, ctx->name, is_first, &times);
        /* One or two names are nobody's signature, and evidence takes memory. */
        if (said != DM_TRACK_NOTHING && !kept && (t->step > 0 || t->n > 1)) {
            keep_name(ctx, st, obs);
            kept = true;
        }
        if (said == DM_TRACK_DONE) {
            conclude(ctx, st, sig, t, times);
            done = true;
        }
    }
    return done;
}

static bool begins_any(const struct dm_detect_ctx *ctx, const struct dm_obs *obs, bool is_first)
{
    bool begins = false;

    for (unsigned i = 0; i < dm_signatures_count(ctx->signatures) && !begins; i++) {
        begins = dm_tracker_begins(dm_signatures_at(ctx->signatures, i), obs, ctx->name, is_first);
    }
    return begins;
}

static bool update(const struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs)
{
    if (dm_role_is_exempt(cli->role) || (obs->bits & DM_OBS_RD_OFF) ||
        dm_client_may_be_resolver(cli)) {
        return false;
    }
    bool is_first = is_first_today(cli, obs);
    struct state *st = dm_detect_state(ctx, cli, begins_any(ctx, obs, is_first) ? obs : NULL);
    return st && follow(ctx, st, obs, is_first);
}

static const char *const classes[] = {"sobig-f", "sobig-c", "mydoom-a", "netsky-c", NULL};

static void finding(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret)
{
    struct state *st = dm_detect_state(ctx, (struct dm_client *)cli, NULL);

    *ret = (struct dm_finding){
        .level = st->level,
        .score = st->times,
        .threshold = 1,
        .llr = NAN,
        .start_us = st->start_us,
        .samples = st->samples,
        .verified = st->verified >= DM_VERIFIED_LEAST,
    };
    memcpy(ret->own_class, st->class_name, sizeof ret->own_class);
}

static void describe(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out)
{
    dm_buf_printf(out, "asked for names in the way of the worm %s", dm_finding_class(f));
    if (f->score >= 2) {
        dm_buf_printf(out, ", each of them %.0f times, as if %.0f copies ran on it", f->score,
                      f->score);
    }
    dm_buf_printf(out,
                  " (today %u MX, %u A, %u PTR queries). This supports what other rules "
                  "say of it; alone it may be an administrator at work: look at it.",
                  today->mx, today->a, today->ptr);
}

static void closed(void *state)
{
    struct state *st = state;

    st->level = 0;
    st->class_name[0] = '\0';
    st->times = 0;
    st->sample_us = 0;
    st->n = 0;
}

static void clear(struct dm_client_table *clients, void *state)
{
    struct state *st = state;

    dm_client_charge(clients, -(ptrdiff_t)(st->room * sizeof st->track[0]));
    g_free(st->track);
    st->track = NULL;
    st->n = st->room = 0;
    dm_samples_free(clients, &st->samples);
}

static void save(const void *state, struct dm_buf *out)
{
    const struct state *st = state;
    uint8_t len = (uint8_t)strlen(st->class_name);

    DM_PACK(out, st->start_us);
    DM_PACK(out, st->sample_us);
    DM_PACK(out, st->times);
    DM_PACK(out, st->verified);
    DM_PACK(out, st->level);
    DM_PACK(out, len);
    dm_pack(out, st->class_name, len);
    DM_PACK(out, st->n);
    for (unsigned i = 0; i < st->n; i++) {
        dm_tracker_pack(out, &st->track[i]);
    }
    dm_samples_pack(out, st->samples);
}

static void load_class(struct dm_unpacker *in, struct state *st)
{
    struct dm_finding f = {.own_class = ""};
    char name[UINT8_MAX + 1] = "";
    uint8_t len;

    DM_UNPACK(in, len);
    dm_unpack(in, name, len);
    bool good = len > 0 && dm_finding_set_class(&f, DM_DET_worm_signature, name);
    if (dm_unpack_require(in, good || (len == 0 && st->level == 0),
                          "a class of worm-signature cannot be")) {
        memcpy(st->class_name, f.own_class, sizeof st->class_name);
    }
}

static int load(struct dm_client_table *clients, void *state, struct dm_unpacker *in)
{
    struct state *st = state;
    uint8_t n;

    st->start_us = dm_unpack_us(in);
    st->sample_us = dm_unpack_us(in);
    DM_UNPACK(in, st->times);
    DM_UNPACK(in, st->verified);
    DM_UNPACK(in, st->level);
    dm_unpack_require(in, st->level <= DNSMON_ALARM, "a level of worm-signature is out of range");
    load_class(in, st);
    DM_UNPACK(in, n);
    dm_unpack_require(in, n <= DM_SIG_MAX, "a client of worm-signature has too many trackers");
    if (n > 0 && !in->bad && !grow(clients, st, n)) {
        return DNSMON_ENOMEM;
    }
    for (; st->n < n && !in->bad; st->n++) {
        st->track[st->n] = (struct dm_tracker){0};
        dm_tracker_unpack(in, &st->track[st->n]);
    }
    return dm_samples_unpack(clients, &st->samples, in);
}

const struct dm_detector dm_detector_worm_signature = {
    .id = "worm-signature",
    .name = "Signature of a known worm",
    .summary = "A client asks step by step for what a known worm asks for; the signatures are in "
               "[signatures] (S0 3).",
    .marks = DM_MARK_SIGNATURE,
    .classes = classes,
    .own_classes = true,
    .state_bytes = sizeof(struct state),
    .update = update,
    .finding = finding,
    .describe = describe,
    .closed = closed,
    .clear = clear,
    .save = save,
    .load = load,
};
