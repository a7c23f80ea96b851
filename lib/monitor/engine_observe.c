/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Order of work for a second: the unmarked queries are counted, then the unmarked answers; the
 * marked observations are counted and shown to the detectors that read their marks.
 *
 * Of a second it is known who comes next: a client's slot, then the client, and the place of a name
 * among the day's are fetched before their turn. What is the same for a row of lines of one log
 * host is said once.
 *
 * An answer is the second line about a question, unless the log host prints answers only: then it
 * stands for the query.
 *
 * LIMITS: a log host that begins to print queries as well is believed from the first one on.
 */
#include "monitor/engine.h"

#include <glib.h>

#include "client/client_table_parts.h"
#include "dns/rrtype.h"
#include "monitor/engine_parts.h"

/* How many observations ahead a client's slot, and then the client, is brought into the cache: a
 * fetch from memory takes as long as several observations. NEAR is a power of two. */
#define FAR 16
#define NEAR 8
/* A log host that printed no query for so long prints answers only, s (own choice: twice the length
 * of a quiet spell on a small network at night). */
#define ANSWERS_ONLY_S 600

static inline void look_up_role(struct dm_engine *en, struct dm_client *cli)
{
    if (cli->site_gen != en->site_gen) {
        cli->site_gen = en->site_gen;
        cli->role = (uint8_t)dm_site_role(en->cfg->site, &cli->addr);
        cli->server =
            cli->role == DM_ROLE_MAIL_SERVER ? dm_server_of_addr(en->servers, &cli->addr) : 0;
    }
}

static void begin_day(struct dm_engine *en, struct dm_client *cli)
{
    cli->day = en->day;
    dm_client_rest(en->clients, cli)->day_first_s = (uint32_t)en->now_s;
    cli->today = (struct dm_type_counts){0};
    cli->refused = 0;
    en->today.mix.clients++;
}

static void halve_shares(struct dm_client *cli)
{
    cli->seen /= 2;
    cli->rd_off /= 2;
    cli->infra /= 2;
    cli->ptr_ext /= 2;
    cli->other /= 2;
}

/* Few have any of the first three. */
static inline void count_shares(struct dm_client *cli, const struct dm_obs *obs, unsigned number)
{
    if (cli->seen == UINT16_MAX) {
        halve_shares(cli);
    }
    cli->seen++;
    cli->other += number == DM_COUNT_OTHER;
    if ((obs->bits & (DM_OBS_RD_OFF | DM_OBS_INFRA)) | (obs->marks & DM_MARK_PTR_EXT)) {
        cli->rd_off += (obs->bits & DM_OBS_RD_OFF) != 0;
        cli->infra += (obs->bits & DM_OBS_INFRA) != 0;
        cli->ptr_ext += (obs->marks & DM_MARK_PTR_EXT) != 0;
    }
}

static inline void count_query(struct dm_engine *en, struct dm_client *cli,
                               const struct dm_obs *obs)
{
    unsigned number = dm_type_number(obs->type);
    uint32_t *of_site = dm_type_at(&en->today.mix.count, number);

    count_shares(cli, obs, number);
    *of_site += *of_site < UINT32_MAX;
    ++*dm_type_at(&cli->today, number);
    if (en->recorder) {
        dm_watch_question(en->recorder->watch, obs, en->now_s);
    }
    if (cli->suspect) {
        dm_suspect_count(dm_client_suspect(en->clients, cli), obs);
    }
}

/* Whether this is a question: a query, or the answer of a log host that prints no queries. */
static bool is_question(struct dm_engine *en, const struct dm_obs *obs)
{
    unsigned host = MIN(obs->host, DM_INTERN_MAX);

    if (obs->kind == DM_OBS_QUERY) {
        en->query_s[host] = en->now_s;
        return true;
    }
    return obs->kind == DM_OBS_RESPONSE && en->now_s - en->query_s[host] >= ANSWERS_ONLY_S;
}

/* The client of an observation, with its counts up to date.
 * @first: most probably it; or NULL.   Returns: NULL without room. */
static inline __attribute__((always_inline)) struct dm_client *
count(struct dm_engine *en, const struct dm_obs *obs, struct dm_client *first, bool question)
{
    struct dm_client *cli = first;
    uint32_t now_s = (uint32_t)en->now_s;

    if (!dm_client_again(first, &obs->client, now_s)) {
        cli = dm_client_get_hashed(en->clients, &obs->client, obs->hash, now_s);
    }
    if (!cli) {
        return NULL;
    }
    look_up_role(en, cli);
    if (cli->day != en->day) {
        begin_day(en, cli);
    }
    if (question) {
        count_query(en, cli, obs);
    }
    return cli;
}

static inline void count_plain(struct dm_engine *en, const struct dm_obs *obs,
                               struct dm_client *first, bool question)
{
    struct dm_client *cli = count(en, obs, first, question);

    if (!cli) {
        return;
    }
    if (cli->server) {
        dm_engine_see_server(en, cli->server, obs, question, DM_SLICE(""));
    }
    if (obs->prefix[0] && question && !dm_names_is_known(&en->names, cli->prefix_slot, obs->reg)) {
        dm_engine_see_name(en, cli, obs, DM_SLICE(""));
    }
}

static void report(struct dm_engine *en, enum dm_detector_id det, struct dm_client *cli,
                   const struct dm_obs *obs)
{
    struct dm_detect_ctx ctx = dm_engine_context(en, det);
    struct dm_finding f;

    /* A detector without a state of its own may report a client that has no block yet. */
    if (!dm_detect_state(&ctx, cli, obs)) {
        return;
    }
    dm_detectors[det]->finding(&ctx, cli, &f);
    struct dm_slots *slots = dm_slots_of(dm_client_suspect(en->clients, cli));
    struct dm_report rep = {
        .det = det,
        .who = {.has_client = true, .client = cli->addr},
        .finding = &f,
        .day = {cli->today, cli->day,
                (int64_t)dm_client_rest(en->clients, cli)->day_first_s * 1000000},
        .now_us = obs->time_us,
        .host = obs->host,
    };
    dm_incidents_report(en->incidents, &slots->incident[det], &rep);
    dm_client_keep(en->clients, cli, (uint32_t)(en->now_s + (int64_t)en->cfg->rates.hold_s + 3600));
}

static void show(struct dm_engine *en, struct dm_client *cli, const struct dm_obs *obs,
                 struct dm_slice name)
{
    uint32_t rules = dm_engine_readers(en, DM_SUBJECT_CLIENT, obs->marks);

    for (; rules; rules &= rules - 1) {
        enum dm_detector_id i = (enum dm_detector_id)__builtin_ctz(rules);
        struct dm_detect_ctx ctx = dm_engine_context(en, i);
        ctx.now_us = obs->time_us;
        ctx.name = name;
        if (dm_detectors[i]->update(&ctx, cli, obs)) {
            report(en, i, cli, obs);
        }
    }
}

/* What the site's mail servers ask for is no news when others ask for it (doc/SCIENCE.md C8). */
static void remember_mail_asked(struct dm_engine *en, const struct dm_obs *obs)
{
    if ((obs->marks & DM_MARK_MX) && obs->reg) {
        dm_recent_add(&en->mail_asked, obs->reg, en->now_s);
    }
}

static void show_client(struct dm_engine *en, const struct dm_obs *obs, struct dm_slice name)
{
    bool question = obs->kind == DM_OBS_TCP ? false : is_question(en, obs);
    struct dm_client *cli = count(en, obs, NULL, question);

    if (!cli) {
        return;
    }
    if (cli->server) {
        dm_engine_see_server(en, cli->server, obs, question, name);
    }
    if (question && (obs->prefix[0] || (obs->marks & DM_MARK_KEYWORD))) {
        dm_engine_see_name(en, cli, obs, name);
    }
    if (question || obs->kind == DM_OBS_TCP) {
        show(en, cli, obs, name);
        dm_engine_see_site(en, cli, obs, name);
    }
    if ((cli->role == DM_ROLE_MAIL_SERVER || cli->role == DM_ROLE_LIST_HOST) && question) {
        remember_mail_asked(en, obs);
    }
}

static void show_marked(struct dm_engine *en, const struct dm_obs *obs, struct dm_slice name)
{
    if (obs->marks & DM_MARK_HEALTH) {
        dm_health_see(en->health, obs, name, en->now_s);
        return;
    }
    dm_health_lines(en->pulses, obs, 1, (obs->bits & DM_OBS_LATE) != 0, en->now_s);
    if (obs->marks & DM_MARK_SITE_NAME) {
        dm_engine_learn_name(en, obs, name);
    }
    if (obs->marks & DM_MARK_MAIL) {
        dm_engine_see_server(en, dm_server_of_host(en->servers, obs->host), obs, false, name);
        dm_engine_see_site(en, NULL, obs, name);
    } else {
        show_client(en, obs, name);
    }
}

/* An unmarked observation that is no query. */
static void see_other(struct dm_engine *en, const struct dm_obs *obs, size_t *answers)
{
    if (obs->kind == DM_OBS_ALIVE) {
        dm_health_see(en->health, obs, DM_SLICE(""), en->now_s);
    }
    *answers += obs->kind == DM_OBS_RESPONSE;
}

/* Bring into the cache the slot and the name's place that counting this one will touch. */
static inline __attribute__((always_inline)) void fetch_far(struct dm_engine *en,
                                                            const struct dm_obs *obs)
{
    dm_client_fetch_slot(en->clients, obs->hash);
    if (obs->prefix[0]) {
        dm_set_prefetch(&en->names.site.seen, obs->reg);
    }
}

/* Unmarked observations in a row of one log host and kind, for which some things are said once. */
struct run {
    const struct dm_obs *like; /* NULL: none yet */
    bool counts;               /* is of the kind that is counted now */
    bool question;
    uint32_t n, late;
};

static inline bool is_of_run(const struct run *run, const struct dm_obs *obs)
{
    return run->like && run->like->host == obs->host && run->like->kind == obs->kind;
}

static void end_run(struct dm_engine *en, struct run *run)
{
    if (run->n) {
        dm_health_lines(en->pulses, run->like, run->n, run->late, en->now_s);
    }
    *run = (struct run){0};
}

static void begin_run(struct dm_engine *en, struct run *run, const struct dm_obs *obs,
                      unsigned kind)
{
    end_run(en, run);
    run->like = obs;
    run->counts = obs->kind == kind;
    run->question = run->counts && is_question(en, obs);
}

/* Bring into the cache what counting a second will touch: FAR ahead the slot, NEAR ahead the
 * client. */
static void fetch_first(struct dm_engine *en, const struct dm_batch *batch,
                        struct dm_client *first[NEAR])
{
    for (size_t i = 0; i < MIN(FAR, batch->n); i++) {
        fetch_far(en, &batch->obs[i]);
    }
    for (size_t i = 0; i < MIN(NEAR, batch->n); i++) {
        first[i] = dm_client_fetch(en->clients, batch->obs[i].hash);
    }
}

/* Unmarked observations of one kind, and signs of life beside queries.
 * Returns: how many answers there are beside queries. */
static size_t count_kind(struct dm_engine *en, const struct dm_batch *batch, enum dm_obs_kind kind)
{
    struct dm_client *first[NEAR]; /* most probably the clients of this one and the next */
    struct run run = {0};
    size_t answers = 0;

    fetch_first(en, batch, first);
    for (size_t i = 0; i < batch->n; i++) {
        const struct dm_obs *obs = &batch->obs[i];
        struct dm_client *own = first[i % NEAR];
        if (i + FAR < batch->n) {
            fetch_far(en, obs + FAR);
        }
        if (i + NEAR < batch->n) {
            first[i % NEAR] = dm_client_fetch(en->clients, obs[NEAR].hash);
        }
        if (obs->marks) {
            continue;
        }
        if (!is_of_run(&run, obs)) {
            begin_run(en, &run, obs, kind);
        }
        if (run.counts) {
            run.n++;
            run.late += (obs->bits & DM_OBS_LATE) != 0;
            count_plain(en, obs, own, run.question);
        } else if (kind == DM_OBS_QUERY) {
            see_other(en, obs, &answers);
        }
    }
    end_run(en, &run);
    return answers;
}

void dm_engine_observe(struct dm_engine *en, const struct dm_second *sec)
{
    if (count_kind(en, &sec->batch, DM_OBS_QUERY) > 0) {
        count_kind(en, &sec->batch, DM_OBS_RESPONSE);
    }
    for (size_t i = 0; i < sec->n_marked; i++) {
        show_marked(en, &sec->marked[i], dm_batch_name(&sec->batch, &sec->marked[i]));
    }
}
