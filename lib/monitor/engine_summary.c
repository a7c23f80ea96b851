/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * daily-summary: one event for the site and one for each mail server that did anything, when the
 * local day ends or the input of a replay does. A day of which nothing was seen has none.
 *
 * Method:  counts are what clients, mail servers and the engine hold of the day anyway; only how
 *          names begin is counted for this alone (client/names.h). A mail server's further figures
 *          are those that the rules about it know.
 * Source:  S0 2.2, S1 Figure 2; doc/SCIENCE.md A.1, A.5 to A.11.
 *
 * LIMITS: a client that was forgotten during the day is missing in the lists of leaders, and
 * counted again when it comes back: the event is lossy then. Clients in the sentence are those that
 * asked.
 */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "incident/compose.h"
#include "monitor/engine_parts.h"

/* Leaders that the sentence names; the lists have all ten. */
#define NAMED 3

/* The day that is told of. */
struct day {
    int32_t number;       /* since 1970 */
    int64_t from_s, to_s; /* as far as it was seen */
    char text[16];        /* 2004-01-28 */
};

/* ---- what is counted for the summary alone ---- */

void dm_engine_see_name(struct dm_engine *en, struct dm_client *cli, const struct dm_obs *obs,
                        struct dm_slice name)
{
    bool late = cli->today.a > (obs->type == DM_TYPE_A);

    if (!en->cfg->enabled[DM_DET_daily_summary]) {
        return;
    }
    if ((obs->marks & DM_MARK_KEYWORD) && !dm_role_is_exempt((enum dm_role)cli->role) &&
        !dm_client_is_resolver(cli)) {
        cli->prefix_slot = dm_names_keyword(&en->names, cli->prefix_slot, &cli->addr, late);
    }
    if (obs->prefix[0]) {
        struct dm_names_item item = {name.n ? dm_hash_nocase(&en->key, name.p, name.n) : obs->reg,
                                     obs->prefix};
        cli->prefix_slot = dm_names_add(&en->names, cli->prefix_slot, &cli->addr, late, item);
    }
}

void dm_engine_new_day(struct dm_engine *en)
{
    en->today = (struct dm_engine_day){0};
    dm_names_clear(&en->names);
    for (uint16_t i = 1; i <= dm_server_count(en->servers); i++) {
        dm_server_at(en->servers, i)->day = (struct dm_mail_counts){0};
    }
}

/* ---- an event ---- */

static struct day look_at_day(struct dm_engine *en, int32_t number)
{
    struct dm_zone *zone = dm_site_zone(en->cfg->site);
    struct day d = {.number = number};
    int y, m, dom;

    d.from_s = MAX(en->begun_s, dm_zone_day_start(zone, &en->zone_cache, number));
    d.to_s = MIN(en->now_s, dm_zone_day_start(zone, &en->zone_cache, number + 1));
    d.to_s = MAX(d.to_s, d.from_s);
    dm_civil_from_days(number, &y, &m, &dom);
    g_snprintf(d.text, sizeof d.text, "%04d-%02d-%02d", y, m, dom);
    return d;
}

/* @subject: "" for the site.   Returns: NULL without memory. */
static struct dnsmon_event *make_event(const struct dm_engine *en, const struct day *d,
                                       const char *subject, const struct dm_type_counts *count)
{
    struct dnsmon_event *ev = dm_event_new();
    char text[DM_SERVER_NAME + 64];

    if (!ev) {
        return NULL;
    }
    dm_compose_rule(ev, DM_DET_daily_summary);
    g_snprintf(text, sizeof text, "%s|%s|%" PRId32, ev->rule_id, subject, d->number);
    dm_compose_hash(text, ev->id);
    ev->time_us = en->now_s * 1000000;
    ev->state = DM_STATE_CLOSE;
    ev->level = DNSMON_INFO;
    ev->start_us = ev->window_start_us = d->from_s * 1000000;
    ev->end_us = d->to_s * 1000000;
    ev->window_s = (uint32_t)MAX(1, d->to_s - d->from_s);
    ev->has_count = true;
    ev->count = *count;
    return ev;
}

/* Takes the event and the sentence. */
static void send(struct dm_engine *en, struct dnsmon_event *ev, char *sentence)
{
    ev->reason = sentence;
    dm_incidents_told(en->incidents, DM_DET_daily_summary);
    en->emit(en->user, ev);
}

/* "190,233" */
static void put_number(struct dm_buf *s, uint64_t n)
{
    char digits[24];
    size_t len = (size_t)g_snprintf(digits, sizeof digits, "%" PRIu64, n);

    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0) {
            dm_buf_char(s, ',');
        }
        dm_buf_char(s, digits[i]);
    }
}

/* "1 client", "812 clients" */
static void put_many(struct dm_buf *s, uint64_t n, const char *one, const char *many)
{
    put_number(s, n);
    dm_buf_printf(s, " %s", n == 1 ? one : many);
}

static void put_types(struct dm_buf *s, const struct dm_type_counts *c)
{
    const struct {
        const char *name;
        uint32_t n;
    } types[] = {
        {"A", c->a}, {"AAAA", c->aaaa}, {"MX", c->mx}, {"PTR", c->ptr}, {"other", c->other}};

    dm_buf_text(s, " (");
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        dm_buf_text(s, i ? ", " : "");
        put_number(s, types[i].n);
        dm_buf_printf(s, " %s", types[i].name);
    }
    dm_buf_char(s, ')');
}

/* ---- the site ---- */

static void put_leaders(struct dm_buf *s, const char *what, const struct dm_event_top *top,
                        unsigned n)
{
    char addr[DM_ADDR_STRLEN];

    for (unsigned i = 0; i < MIN(n, NAMED); i++) {
        dm_buf_text(s, i ? ", " : what);
        dm_buf_printf(s, "%s (", dm_addr_text(&top[i].addr, addr));
        put_number(s, top[i].count);
        dm_buf_char(s, ')');
    }
}

static bool leads(uint64_t count, const struct dm_addr *addr, const struct dm_event_top *over)
{
    return count != over->count ? count > over->count
                                : memcmp(addr->b, over->addr.b, sizeof addr->b) < 0;
}

/* Put a client where it belongs among at most DM_TOP_MAX, most first, of equals by address. */
static void rank(struct dm_event_top *top, unsigned *n, const struct dm_addr *addr, uint64_t count)
{
    unsigned at = *n;

    if (count == 0) {
        return;
    }
    while (at > 0 && leads(count, addr, &top[at - 1])) {
        at--;
    }
    if (at == DM_TOP_MAX) {
        return;
    }
    *n = MIN(*n + 1, DM_TOP_MAX);
    memmove(&top[at + 1], &top[at], (*n - at - 1) * sizeof top[0]);
    top[at] = (struct dm_event_top){*addr, count};
}

/* The leaders of the day.   Returns: clients that asked anything. */
static uint64_t rank_clients(struct dm_engine *en, int32_t day, struct dm_event_summary *sum)
{
    uint64_t asked = 0;
    const struct dm_client *c;

    for (dm_index at = 0; (c = dm_client_next(en->clients, &at)) != NULL;) {
        uint64_t total = c->day == day ? dm_type_sum(&c->today) : 0;
        if (total) {
            asked++;
            rank(sum->mx, &sum->n_mx, &c->addr, c->today.mx);
            rank(sum->total, &sum->n_total, &c->addr, total);
        }
    }
    return asked;
}

static void take_prefixes(struct dm_prefixes *p, struct dm_event_prefixes *ret)
{
    struct dm_prefix_row row[DM_PREFIX_ROWS];

    for (unsigned len = 1; len <= DM_PREFIX_LENGTHS; len++) {
        unsigned n = ret->n[len - 1] = dm_prefixes_top(p, len, DM_PREFIX_ROWS, row);
        for (unsigned i = 0; i < n; i++) {
            memcpy(ret->row[len - 1][i].text, row[i].text, DM_PREFIX_LENGTHS);
            ret->row[len - 1][i].count = row[i].count;
        }
    }
}

/* Returns: whether names are missing. */
static bool count_list(struct dm_names_list *list, struct dm_event_prefixes *ret)
{
    struct dm_prefixes p;
    bool lossy = list->lossy;

    dm_prefixes_init(&p, DM_NAMES_PREFIXES);
    lossy |= dm_names_count(list, &p) < 0 || !dm_prefixes_exact(&p);
    take_prefixes(&p, ret);
    dm_prefixes_clear(&p);
    return lossy;
}

/* Returns: whether names are missing. */
static bool add_prefixes(struct dm_engine *en, struct dm_event_summary *sum)
{
    struct dm_names_client *busiest = dm_names_busiest(&en->names);
    bool lossy = count_list(&en->names.site, &sum->site_prefix);

    sum->prefix = sum->site_prefix;
    if (busiest) {
        lossy |= count_list(&busiest->list, &sum->prefix);
        sum->has_prefix_client = true;
        sum->prefix_client = busiest->addr;
    }
    return lossy;
}

static void relate(struct dm_event_summary *sum, const struct dm_addr *addr)
{
    for (unsigned i = 0; i < sum->n_related; i++) {
        if (dm_addr_eq(&sum->related[i], addr)) {
            return;
        }
    }
    sum->related[sum->n_related++] = *addr;
}

static void relate_all(struct dm_event_summary *sum)
{
    for (unsigned i = 0; i < sum->n_mx; i++) {
        relate(sum, &sum->mx[i].addr);
    }
    for (unsigned i = 0; i < sum->n_total; i++) {
        relate(sum, &sum->total[i].addr);
    }
    if (sum->has_prefix_client) {
        relate(sum, &sum->prefix_client);
    }
}

static char *tell_site(const struct day *d, const struct dnsmon_event *ev, uint64_t clients)
{
    const struct dm_event_summary *sum = ev->summary;
    struct dm_buf s = {0};
    char addr[DM_ADDR_STRLEN];

    dm_buf_printf(&s, "On %s ", d->text);
    put_many(&s, clients, "client", "clients");
    dm_buf_text(&s, " asked ");
    put_many(&s, dm_type_sum(&ev->count), "question", "questions");
    put_types(&s, &ev->count);
    put_leaders(&s, "; most MX: ", sum->mx, sum->n_mx);
    put_leaders(&s, "; most of all: ", sum->total, sum->n_total);
    if (sum->has_prefix_client) {
        dm_buf_printf(&s, "; most names of mail servers: %s",
                      dm_addr_text(&sum->prefix_client, addr));
    }
    dm_buf_text(&s, ".");
    return dm_buf_take(&s);
}

static void summarise_site(struct dm_engine *en, const struct day *d)
{
    struct dnsmon_event *ev = make_event(en, d, "", &en->today.mix.count);

    if (!ev) {
        return;
    }
    ev->summary = calloc(1, sizeof *ev->summary);
    if (!ev->summary) {
        dnsmon_event_free(ev);
        return;
    }
    uint64_t clients = rank_clients(en, d->number, ev->summary) + en->today.evicted;
    ev->lossy = add_prefixes(en, ev->summary) || en->today.evicted || en->today.names_lost;
    relate_all(ev->summary);
    send(en, ev, tell_site(d, ev, clients));
}

/* ---- a mail server ---- */

static bool did_anything(const struct dm_mail_counts *day)
{
    static const struct dm_mail_counts nothing;

    return memcmp(day, &nothing, sizeof nothing) != 0;
}

static bool has_mail(const struct dm_mail_counts *c)
{
    return c->connections || c->messages || c->inbound || c->outbound || c->pop3 ||
           dm_mail_rejects(c);
}

static struct dm_figures own_figures(const struct dm_mail_counts *c)
{
    double queries = dm_mail_queries(c), connections = c->connections;
    struct dm_figures f = {
        .groups = DM_FIG_UNRESOLVED,
        .connections = connections,
        .messages = c->messages,
        .efficiency = connections > 0 ? c->messages / connections : NAN,
        .peers = NAN,
        .unresolved_total = queries,
        .unresolved = c->unresolved,
        .unresolved_share = queries > 0 ? c->unresolved / queries : NAN,
        .unresolved_r2 = NAN,
    };

    if (has_mail(c)) {
        f.groups |= DM_FIG_MAIL;
        dm_figures_rejects(c, &f);
    }
    return f;
}

/* What the rules about mail servers know beside. */
static void add_figures(struct dm_engine *en, struct dm_server *srv, struct dm_figures *ret)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (dm_engine_runs(en, i, DM_SUBJECT_SERVER) && dm_detectors[i]->server_figures) {
            struct dm_detect_ctx ctx = dm_engine_context(en, (enum dm_detector_id)i);
            dm_detectors[i]->server_figures(&ctx, srv,
                                            dm_engine_state(en, dm_server_states(srv), i), ret);
        }
    }
}

static char *tell_server(const struct day *d, const struct dm_server *srv)
{
    const struct dm_mail_counts *c = &srv->day;
    struct dm_buf s = {0};

    dm_buf_printf(&s, "On %s mail server %s ", d->text, srv->name);
    if (has_mail(c)) {
        dm_buf_text(&s, "had ");
        put_many(&s, c->connections, "connection", "connections");
        dm_buf_text(&s, ", accepted ");
        put_many(&s, c->messages, "message", "messages");
        dm_buf_text(&s, " and refused ");
        put_number(&s, dm_mail_rejects(c));
        dm_buf_text(&s, "; it ");
    }
    dm_buf_text(&s, "asked ");
    put_many(&s, dm_mail_queries(c), "question", "questions");
    put_types(&s, &c->dns);
    if (c->unresolved) {
        dm_buf_text(&s, ", of them ");
        put_number(&s, c->unresolved);
        dm_buf_text(&s, " for strangers' names under the site's own domains");
    }
    dm_buf_text(&s, ".");
    return dm_buf_take(&s);
}

static void summarise_server(struct dm_engine *en, const struct day *d, struct dm_server *srv)
{
    struct dnsmon_event *ev = make_event(en, d, srv->name, &srv->day.dns);

    if (!ev) {
        return;
    }
    ev->has_host = srv->has_addr;
    ev->host = srv->addr;
    const char *manager = srv->has_addr ? dm_site_manager(en->cfg->site, &srv->addr) : NULL;
    g_strlcpy(ev->manager, manager ? manager : "", sizeof ev->manager);
    g_strlcpy(ev->observer, dm_server_log_host(en->servers, srv), sizeof ev->observer);
    ev->figures = own_figures(&srv->day);
    add_figures(en, srv, &ev->figures);
    send(en, ev, tell_server(d, srv));
}

void dm_engine_summary(struct dm_engine *en, int32_t day)
{
    if (en->now_s == INT64_MIN || !en->cfg->enabled[DM_DET_daily_summary]) {
        return;
    }
    struct day d = look_at_day(en, day);
    if (dm_type_sum(&en->today.mix.count) > 0) {
        summarise_site(en, &d);
    }
    for (uint16_t i = 0; i < dm_server_count(en->servers); i++) {
        struct dm_server *srv = dm_server_at(en->servers, dm_server_by_name(en->servers, i));
        if (did_anything(&srv->day)) {
            summarise_server(en, &d, srv);
        }
    }
}
