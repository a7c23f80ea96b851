/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who is on the campus: classes, addresses, DHCP, and what everybody looks up all day.
 *
 * Source: doc/SCIENCE.md D.1 for numbers and rates (all "design assumptions"). Own choice, because
 * nothing is known: 3 % of the PCs run a tool that asks for strangers' addresses (PTR), 30 % are
 * Macs (DNS-SD), one application server in four is not in [roles], everything else is.
 * LIMITS: rates are those behind the client's own cache; no IPv6 clients.
 */
#include <math.h>
#include <stdlib.h>

#include "gen.h"

const char *const role_names[ROLE_COUNT] = {"pc",   "phone",     "iot",      "server",  "mta",
                                            "list", "forwarder", "resolver", "monitor", "llmnr"};

/* Of 10,000; first address; look-ups a day, its lognormal sigma. */
static const struct {
    double n, per_day, sigma;
    uint32_t net;
} classes[ROLE_COUNT] = {
    [ROLE_PC] = {5500, 2500, 0.8, 0x0a010000},
    [ROLE_PHONE] = {3400, 1500, 0.7, 0x0a060000},
    [ROLE_IOT] = {800, 400, 1.2, 0x0a0a0000},
    [ROLE_SERVER] = {150, 5000, 0.5, 0x0a0b0000},
    [ROLE_MTA] = {30, 0, 0, 0xc0000218},
    [ROLE_LIST] = {5, 0, 0, 0xc0000258},
    [ROLE_FORWARDER] = {15, 200000, 0.1, 0x0a0c0000},
    [ROLE_RESOLVER] = {5, 200000, 0.1, 0xc000023b},
    [ROLE_MONITOR] = {10, 100, 0.1, 0xc0000262},
    [ROLE_LLMNR] = {2, 300, 0.1, 0x0a0d0000},
};
#define DHCP_SWAP 0.1 /* of the pairs, at the end of each lease of 8 h */
/* Thinned forwarders keep this share: enough that a user's mail.X is not their only look-up. */
#define FORWARDER_THIN 0.2

struct client *clients;
uint32_t clients_count, role_first[ROLE_COUNT + 1];

static void make_client(uint32_t i, enum role role)
{
    struct rng r = rng_of(1, i);
    struct client *c = &clients[i];
    uint32_t k = i - role_first[role];

    *c = (struct client){.role = role, .partner = i};
    c->ip = classes[role].net + 1 + (role == ROLE_PC || role == ROLE_PHONE ? k + k / 250 * 6 : k);
    c->per_day = classes[role].per_day * exp(classes[role].sigma * rng_normal(&r));
    c->bulk = rng_of(2, i);
    c->mac = role == ROLE_PC && rng_chance(&r, 0.3);
    c->ptr_tool = role == ROLE_SERVER || (role == ROLE_PC && rng_chance(&r, 0.03));
    c->listed = role != ROLE_SERVER || k % 4 != 3;
    if (role == ROLE_PC || role == ROLE_PHONE) {
        c->partner = i - k + (k ^ 1);
    }
}

void population_make(void)
{
    uint32_t n[ROLE_COUNT];

    for (int role = 0; role < ROLE_COUNT; role++) {
        double share = classes[role].n * opt.clients / 10000;
        n[role] = share < 1 ? 1 : (uint32_t)(share + 0.5);
        n[role] += role <= ROLE_PHONE ? n[role] & 1 : 0; /* pairs for DHCP */
        if (role == ROLE_MTA && n[role] < opt.big) {
            n[role] = opt.big;
        }
        role_first[role] = clients_count;
        clients_count += n[role];
    }
    role_first[ROLE_COUNT] = clients_count;
    clients = calloc(clients_count, sizeof *clients);
    if (!clients) {
        abort();
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        for (uint32_t i = role_first[role]; i < role_first[role + 1]; i++) {
            make_client(i, (enum role)role);
        }
    }
}

void population_lease(int64_t t)
{
    for (uint32_t i = 0; i < clients_count; i += 2) {
        struct client *c = &clients[i];
        struct rng r = rng_of(3, i ^ (uint32_t)(t / HOUR) << 8);
        if (c->partner == i + 1 && rng_chance(&r, DHCP_SWAP)) {
            c->swapped = !c->swapped;
            clients[i + 1].swapped = c->swapped;
        }
    }
}

uint32_t client_ip(uint32_t cli)
{
    return clients[clients[cli].swapped ? clients[cli].partner : cli].ip;
}

static void keep(struct client *c, int64_t from, int64_t to)
{
    uint32_t i = 0;

    while (i < c->keeps && (from > c->keep[i].to || to < c->keep[i].from)) {
        i++;
    }
    if (i == c->keeps && i < KEEPS) {
        c->keep[c->keeps].from = from;
        c->keep[c->keeps++].to = to;
    }
    i -= i == KEEPS; /* the last one takes what finds no place */
    c->keep[i].from = from < c->keep[i].from ? from : c->keep[i].from;
    c->keep[i].to = to > c->keep[i].to ? to : c->keep[i].to;
}

/* Two that swap addresses are one. */
void client_spare(uint32_t cli, int64_t from, int64_t to)
{
    keep(&clients[cli], from, to);
    if (clients[cli].partner != cli) {
        keep(&clients[clients[cli].partner], from, to);
    }
}

/* Such a window begins at a midnight, because events carry the counts of whole days; it ends when
 * the last event must have been sent: a score decays for two days, an incident is held for one. */
void client_keep(uint32_t cli, int64_t from, int64_t to)
{
    client_spare(cli, calendar_midnight(from) - DAY, to + 4 * DAY);
}

static bool is_kept(const struct client *c, int64_t t)
{
    for (uint32_t i = 0; i < c->keeps; i++) {
        if (t >= c->keep[i].from && t < c->keep[i].to) {
            return true;
        }
    }
    return false;
}

/* How much of its bulk look-ups is in the log now. */
static double thinned(const struct client *c, int64_t t)
{
    bool census = c->role == ROLE_MONITOR || c->role == ROLE_LLMNR; /* few look-ups, many MX */

    if (!opt.thin || census || is_kept(c, t)) {
        return 1;
    }
    return c->role == ROLE_FORWARDER ? FORWARDER_THIN : 0;
}

/* PTR, SRV and TXT of ordinary machines: printers and own neighbours, service discovery, a domain
 * controller; strangers only where a tool asks for them. */
static void odd_lookup(const struct client *c, uint32_t ip, int64_t t, struct rng *r)
{
    uint32_t x = rng_below(r, 6);

    if (x < 3 && c->ptr_tool && rng_chance(r, 0.3)) {
        query(t, ip, Q_PTR, L_NONE, BASE_REVERSE, peer_ip(rng_below(r, PEERS)));
    } else if (x < 3 && c->mac) {
        query(t, ip, Q_PTR, L_NONE, BASE_DNSSD, ip >> 8);
    } else if (x < 3) {
        query(t, ip, Q_PTR, L_NONE, BASE_REVERSE, (ip & 0xffffff00) + rng_below(r, 250));
    } else if (x < 5) {
        query(t, ip, Q_SRV, L_LDAP, BASE_SITE, 1);
    } else {
        query(t, ip, Q_TXT, L_NONE, BASE_DOMAIN, rng_zipf(r, 1000));
    }
}

/* Where a resolver asks for others: without recursion, and for the zones' own types. */
static void resolver_lookup(uint32_t ip, int64_t t, struct rng *r)
{
    static const uint8_t types[] = {Q_A, Q_A, Q_A, Q_AAAA, Q_AAAA, Q_NS, Q_DS, Q_SOA};

    query(t, ip, (enum qtype)(types[rng_below(r, 8)] | Q_RD_OFF), L_NONE, BASE_DOMAIN,
          rng_zipf(r, KEYWORD_DOMAINS));
}

/* One look-up is one name: A, mostly AAAA, often HTTPS (doc/SCIENCE.md D.1, types of raw queries).
 */
static void look_up(const struct client *c, uint32_t ip, int64_t t, struct rng *r)
{
    if (c->role == ROLE_RESOLVER) {
        resolver_lookup(ip, t, r);
        return;
    }
    if (rng_chance(r, 0.10)) {
        odd_lookup(c, ip, t, r);
        return;
    }
    bool fixed = c->role == ROLE_IOT || c->role == ROLE_MONITOR || c->role == ROLE_LLMNR;
    uint32_t domain = fixed ? ip % 1000 + rng_below(r, 5) : rng_zipf(r, KEYWORD_DOMAINS);
    uint16_t label = (uint16_t)(L_WEB + rng_below(r, 8));

    query(t, ip, Q_A, label, BASE_DOMAIN, domain);
    if (!fixed && rng_chance(r, 0.75)) {
        query(t, ip, Q_AAAA, label, BASE_DOMAIN, domain);
    }
    if (!fixed && rng_chance(r, c->role == ROLE_PHONE ? 0.75 : 0.45)) {
        query(t, ip, Q_HTTPS, label, BASE_DOMAIN, domain);
    }
}

void population_bulk(int64_t from)
{
    double activity = calendar_activity(from) * opt.scale * (double)SLICE / (double)DAY;

    for (uint32_t i = 0; i < clients_count; i++) {
        struct client *c = &clients[i];
        double share = thinned(c, from);
        if (share <= 0 || c->per_day <= 0) {
            continue;
        }
        /* Numbers of this client and slice only, so that thinning others, or this one at other
         * times, changes nothing. */
        struct rng r = {c->bulk.s ^ (uint64_t)from * 0x9e3779b97f4a7c15u};
        uint32_t ip = client_ip(i), n = rng_poisson(&r, c->per_day * activity * share);
        while (n--) {
            look_up(c, ip, from + rng_below(&r, SLICE), &r);
        }
    }
}
