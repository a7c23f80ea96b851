/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The infections I1 to I13 and I18 to I24, each superimposed on an innocent client at a random
 * start. Numbers of queries are expectations: arrivals are Poisson.
 *
 * Source: doc/SCIENCE.md D.1; the tables of A.3 for I1-I5 (their exact numbers are tests/golden's);
 * the whole day for the papers' cases, whose hours are not given. Own choice, because
 * nothing is known: one query in ten of the papers' cases repeats a domain, one domain in ten is at
 * a big provider, one is among those that the site's people write to; so 0.73 of the MX are for a
 * domain that is new, as D.4 has it, whose times these are (8 new domains of 54 MX an hour in 0.21
 * h). A bot follows four of five MX by an A.
 */
#include <stdlib.h>
#include <string.h>

#include "gen.h"

enum style {
    STYLE_FOLLOW,  /* A of the mail server that MX named */
    STYLE_MYDOOM,  /* A of guessed names under the domains */
    STYLE_RELAY,   /* as FOLLOW, and PTR of its peers */
    STYLE_TRIE,    /* A only, S1 Figure 2 */
    STYLE_MODERN,  /* a mail server of today: SPF, DMARC, DNSBL, TLSA */
    STYLE_LOOPBACK /* one PTR of 127.0.0.1 in front */
};

struct phase {
    double at_h, hours;
    uint32_t mx, a, ptr;
};

/* free and known: shares of the domains at big providers, and of what the site's people ask for. */
struct bot {
    uint8_t no;
    const char *id, *truth;
    enum style style;
    double free, known, repeat;
    struct phase phases[3];
};

#define WORM "mass-mailing-worm"
static const struct bot bots[] = {
    {1,
     "I1",
     WORM,
     STYLE_FOLLOW,
     0.1,
     0.1,
     0.1,
     {{0, 3.5, 190, 36, 0}, {16, 9, 335, 89, 0}, {40, 9, 422, 201, 0}}},
    {2, "I2", WORM, STYLE_MYDOOM, 0.1, 0.1, 0.1, {{0, 24, 807, 4823, 0}}},
    {3, "I3", WORM, STYLE_LOOPBACK, 0.1, 0.1, 0.1, {{0, 6, 360, 40, 0}}},
    {4, "I4", "spam-relay", STYLE_RELAY, 0.1, 0.1, 0.1, {{0, 24, 2922, 6755, 139}}},
    {5, "I5", "bot-worm", STYLE_TRIE, 0, 0, 0, {{0, 5.5, 0, 32721, 7}}},
    {6, "I6", WORM, STYLE_FOLLOW, 0.1, 0.1, 0.1, {{0, 24, 480, 384, 0}}},
    {7, "I7", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 24, 480, 384, 0}}},
    {8, "I8", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 48, 288, 230, 0}}},
    {9, "I9", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 96, 192, 154, 0}}},
    {10, "I10", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 312, 156, 125, 0}}},
    {11, "I11", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 24, 480, 384, 0}}},
    {13, "I13", "spam-relay", STYLE_MODERN, 0.3, 0.3, 0, {{0, 24, 360, 360, 360}}},
    {24, "I24", WORM, STYLE_FOLLOW, 0.4, 0, 0, {{0, 240, 50, 40, 0}}},
    {24, "I24f", WORM, STYLE_FOLLOW, 1, 0, 0, {{0, 24, 480, 384, 0}}},
};
#define BOTS (sizeof bots / sizeof bots[0])

/* The domain of the next message, remembered in s->a (number) and s->b (base). */
static bool next_domain(struct stream *s, const struct bot *bot)
{
    double x = rng_unit(&s->rng);

    if (bot->repeat > 0 && s->b && rng_chance(&s->rng, bot->repeat)) {
        return false;
    }
    s->b = 1 + (x < bot->free ? BASE_FREEMAIL : BASE_DOMAIN);
    if (x < bot->free) {
        s->a = rng_zipf(&s->rng, FREEMAIL);
        return false;
    }
    if (x < bot->free + bot->known) {
        s->a = rng_zipf(&s->rng, KEYWORD_DOMAINS);
        return false;
    }
    s->a = rng_below(&s->rng, SPAM_DOMAINS);
    return true;
}

static void modern_message(struct stream *s, int64_t t, uint32_t ip)
{
    uint32_t peer = peer_ip(rng_below(&s->rng, PEERS));

    query(t, ip, Q_PTR, L_NONE, BASE_REVERSE, peer);
    query(t + 5, ip, Q_A, L_NONE, BASE_DNSBL, peer);
    query(t + 80, ip, Q_TXT, L_NONE, BASE_DOMAIN, peer & 0xffff);
    query(t + 81, ip, Q_TXT, L_DMARC, BASE_DOMAIN, peer & 0xffff);
}

static void ask_mx(struct stream *s, int64_t t, uint32_t ip, const struct bot *bot)
{
    bool novel = next_domain(s, bot);

    query(t, ip, Q_MX, L_NONE, (enum base)(s->b - 1), s->a);
    label_lookup(s->label, t, ip, novel);
    if (bot->style == STYLE_MODERN) {
        query(t + 30, ip, Q_TLSA, L_TLSA, (enum base)(s->b - 1), s->a);
    }
}

static void ask_a(struct stream *s, int64_t t, uint32_t ip, const struct bot *bot)
{
    static const uint16_t exchangers[] = {L_MX, L_IN, L_MX1, L_IN, L_WEB + 6, L_MAIL};
    uint16_t label = exchangers[rng_below(&s->rng, 6)];
    enum base base = s->b ? (enum base)(s->b - 1) : BASE_DOMAIN;
    bool novel = false;

    if (bot->style == STYLE_MYDOOM) {
        label = (uint16_t)(L_MYDOOM + rng_below(&s->rng, MYDOOM_WORDS));
    } else if (bot->style == STYLE_TRIE) {
        novel = rng_chance(&s->rng, 0.1); /* ten names a domain */
        s->a = novel || !s->a ? rng_below(&s->rng, SPAM_DOMAINS) : s->a;
        label = trie_label(&s->rng);
    }
    query(t, ip, Q_A, label, base, s->a);
    label_lookup(s->label, t, ip, novel);
}

/* One query of a phase: MX, A or PTR in the phase's proportion. */
static void bot_step(struct stream *s, int64_t t)
{
    const struct phase *p = s->spec;
    const struct bot *bot = &bots[s->label->no >> 16];
    uint32_t ip = client_ip(s->cli), x = rng_below(&s->rng, p->mx + p->a + p->ptr);

    s->next = t + rng_gap(&s->rng, s->per_hour);
    if (x < p->mx) {
        ask_mx(s, t, ip, bot);
    } else if (x < p->mx + p->a) {
        ask_a(s, t, ip, bot);
    } else if (bot->style == STYLE_MODERN) {
        modern_message(s, t, ip);
        label_lookup(s->label, t, ip, false);
    } else {
        query(t, ip, Q_PTR, L_NONE, BASE_REVERSE, peer_ip(rng_below(&s->rng, PEERS)));
        label_lookup(s->label, t, ip, false);
    }
}

static void loopback(struct stream *s, int64_t t)
{
    query(t, client_ip(s->cli), Q_PTR, L_NONE, BASE_LOOPBACK, 0);
    s->next = NEVER;
}

/* I6: the worm tries its neighbours, twenty a minute, to one of three ports. */
static void probe(struct stream *s, int64_t t)
{
    static const uint16_t ports[] = {135, 139, 445};

    s->next = t + rng_gap(&s->rng, s->per_hour);
    queue_add((struct item){.t = t,
                            .kind = s->b ? ITEM_IPLOG : ITEM_NETFILTER,
                            .ip = client_ip(s->cli),
                            .n = 0xc0000200 + rng_below(&s->rng, 256),
                            .label = ports[rng_below(&s->rng, 3)]});
}

/* ---- what no rule of this release looks for ---- */

struct other {
    uint8_t no;
    const char *id, *truth;
    double hours, per_hour;
};

static const struct other others[] = {
    {12, "I12", "none", 24, 3},      {18, "I18", "none", 6, 250},  {19, "I19", "none", 1, 18000},
    {20, "I20", "none", 12, 126},    {20, "I20", "none", 4, 900},  {20, "I20", "none", 1, 9000},
    {21, "I21", "none", 0.5, 18000}, {22, "I22", "none", 3, 2000}, {23, "I23", "none", 0.33, 72000},
};
#define OTHERS (sizeof others / sizeof others[0])

static void other_step(struct stream *s, int64_t t)
{
    const struct other *o = s->spec;
    uint32_t ip = client_ip(s->cli), x = (uint32_t)rng_next(&s->rng);

    s->next = t + rng_gap(&s->rng, s->per_hour);
    s->a++;
    switch (o->no) {
    case 12:
        query(t, ip, Q_A, L_WEB, BASE_DOMAIN, SPAM_DOMAINS + s->b);
        break;
    case 18:
        query(t, ip, Q_A, L_NONE, BASE_DGA, x);
        break;
    case 19:
        query(t, ip, Q_A, (uint16_t)(s->b & 1023), BASE_RANDOM, x);
        break;
    case 20:
        query(t, ip, Q_TXT, (uint16_t)(s->b & 1023), BASE_EXFIL, x);
        break;
    case 21:
        query(t, ip, Q_PTR, L_NONE, BASE_REVERSE, peer_ip((s->b & 1 ? x : s->a) & 0xffff));
        break;
    case 22:
        query(t, ip, s->a & 1 ? Q_PTR : Q_A, L_NONE, s->a & 1 ? BASE_REVERSE : BASE_DOMAIN,
              s->a & 1 ? peer_ip(s->b & 0xffff) : 77);
        break;
    default:
        query(t, ip, Q_ANY, L_NONE, BASE_DOMAIN, 5);
        break;
    }
    label_lookup(s->label, t, ip, false);
}

/* ---- who and when ---- */

/* A client that nothing has befallen; a server for relays (UNIX-like hosts, S0), a forwarder for
 * I11, else a PC. */
static uint32_t pick_host(struct rng *r, uint8_t no)
{
    enum role role = no == 11 ? ROLE_FORWARDER : ROLE_PC;
    uint32_t first = role_first[role], n = role_first[role + 1] - first, i, tries = 0;

    do {
        i = first + rng_below(r, n);
    } while (clients[i].infected && ++tries < 1000);
    clients[i].infected = true;
    clients[clients[i].partner].infected = true; /* their addresses may be swapped */
    return i;
}

/* Not in the first day, so that the mail servers have asked for their daily names. */
static int64_t pick_start(struct rng *r, double hours)
{
    int64_t from = START + DAY, to = run_end() - (int64_t)(hours * (double)HOUR) - 2 * HOUR;

    if (to < from + HOUR) {
        to = from + HOUR;
    }
    return from + (int64_t)(rng_unit(r) * (double)(to - from));
}

static double hours_of(const struct bot *bot)
{
    double end = 0;

    for (int i = 0; i < 3 && bot->phases[i].hours > 0; i++) {
        end = bot->phases[i].at_h + bot->phases[i].hours;
    }
    return end;
}

static void add_phases(const struct bot *bot, struct label *l, uint32_t cli, uint32_t key)
{
    for (uint32_t i = 0; i < 3 && bot->phases[i].hours > 0; i++) {
        const struct phase *p = &bot->phases[i];
        int64_t at = l->start + (int64_t)(p->at_h * (double)HOUR);
        struct stream *s = stream_add(bot_step, cli, at, 41, key << 2 | i);
        s->end = at + (int64_t)(p->hours * (double)HOUR);
        s->per_hour = (p->mx + p->a + p->ptr) / p->hours;
        s->label = l;
        s->spec = p;
    }
}

static void infect(const struct bot *bot, uint32_t no)
{
    uint32_t key = (uint32_t)(bot - bots) << 16 | no;
    struct rng r = rng_of(40, key);
    uint32_t cli = pick_host(&r, bot->no);
    double hours = hours_of(bot);
    int64_t at = pick_start(&r, hours), end = at + (int64_t)(hours * (double)HOUR);
    struct label *l = label_new(bot->id, bot->truth, key, at, end);

    l->ptr_tool = clients[cli].ptr_tool || clients[clients[cli].partner].ptr_tool;
    client_keep(cli, at, end);
    add_phases(bot, l, cli, key);
    if (bot->style == STYLE_LOOPBACK) {
        stream_add(loopback, cli, at + 20 * SECOND, 42, key);
    }
    if (bot->no == 6) {
        struct stream *s = stream_add(probe, cli, at, 43, key);
        s->per_hour = 1200;
        s->end = end;
        s->b = no & 1;
    }
}

static void misuse(const struct other *o, uint32_t no)
{
    uint32_t key = (uint32_t)(o - others) << 16 | no;
    struct rng r = rng_of(44, key);
    uint32_t cli = pick_host(&r, o->no);
    int64_t at = pick_start(&r, o->hours), end = at + (int64_t)(o->hours * (double)HOUR);
    struct stream *s = stream_add(other_step, cli, at, 45, key);

    s->label = label_new(o->id, o->truth, key, at, end);
    s->spec = o;
    s->end = end;
    s->per_hour = o->per_hour;
    s->b = rng_below(&r, 1 << 16);
    client_keep(cli, at, end);
}

void infections_make(void)
{
    for (uint32_t no = 0; no < opt.starts; no++) {
        for (size_t i = 0; i < BOTS; i++) {
            if (opt.infect[bots[i].no]) {
                infect(&bots[i], no);
            }
        }
        for (size_t i = 0; i < OTHERS; i++) {
            if (opt.infect[others[i].no]) {
                misuse(&others[i], no);
            }
        }
    }
}
