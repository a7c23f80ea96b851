/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What innocent clients do that a detector may look at: mail accounts being set up, tools and
 * servers that ask for MX, mail clients' servers, names that happen to begin with "mail", bursts of
 * dig, list hosts, monitors, leaked single-label names, a mistyped file server.
 *
 * Source: doc/SCIENCE.md D.1 and C7-C10, D.4 for the bursts of dig (up to 12 domains an hour at
 * --scale-benign 2). Own choice, because nothing is known: how often a mail client asks (6 a day),
 * that one look-up in a thousand is for mail.X or the like, that 0.4 % of the PCs are an
 * administrator's, that three of five addresses which a server validates are at a big
 * provider, that a downstream resolver asks for a thousand MX a day.
 */
#include <math.h>
#include <stdlib.h>

#include "gen.h"

static void look_up(int64_t t, uint32_t ip, uint16_t label, enum base base, uint32_t n)
{
    query(t, ip, Q_A, label, base, n);
    query(t, ip, Q_AAAA, label, base, n);
}

/* ---- mail accounts ---- */

/* An account set-up: one to three domains, MX twice, then the usual names of their servers. */
static void set_up(struct stream *s, int64_t t)
{
    struct rng r = rng_of(21, s->cli ^ (uint32_t)(t / SECOND) << 8);
    uint32_t ip = client_ip(s->cli), n = 1 + rng_below(&r, 3);

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    for (uint32_t i = 0; i < n; i++) {
        bool big = rng_chance(&r, 0.6);
        enum base base = big ? BASE_FREEMAIL : BASE_DOMAIN;
        uint32_t d = rng_zipf(&r, big ? FREEMAIL : KEYWORD_DOMAINS);
        int64_t at = t + (int64_t)i * 40 * SECOND;
        query(at, ip, Q_MX, L_NONE, base, d);
        query(at + 9 * SECOND, ip, Q_MX, L_NONE, base, d);
        look_up(at + 1, ip, L_AUTOCONFIG, base, d);
        look_up(at + 2, ip, L_AUTODISCOVER, base, d);
        look_up(at + 3 * SECOND, ip, L_IMAP, base, d);
        look_up(at + 3 * SECOND, ip, L_SMTP, base, d);
        look_up(at + 3 * SECOND, ip, L_MAIL, base, d);
    }
}

/* Two set-ups within five days may add up to a finding: thinning must spare that client then. */
static void keep_close_set_ups(const struct stream *made)
{
    struct stream s = *made;
    int64_t before = -30 * DAY;

    while (s.next < run_end()) {
        if (s.next - before < 5 * DAY) {
            client_keep(s.cli, before, s.next);
        }
        before = s.next;
        s.next = calendar_gap(&s.rng, s.next, s.per_hour);
    }
}

static void mail_client(struct stream *s, int64_t t)
{
    static const uint16_t labels[] = {L_IMAP, L_SMTP, L_MAIL};
    uint32_t account = rng_below(&s->rng, s->b);

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    look_up(t, client_ip(s->cli), labels[rng_below(&s->rng, 3)], BASE_FREEMAIL,
            (s->a + account * 7) % FREEMAIL);
}

/* A web page of a site that is called mail.X, ns1.X, smtp.X. */
static void stray_name(struct stream *s, int64_t t)
{
    static const uint16_t labels[] = {L_MAIL, L_MAIL, L_MAIL, L_SMTP, L_NS1, L_MX1};
    uint16_t label = labels[rng_below(&s->rng, 6)];
    uint32_t d = rng_zipf(&s->rng, KEYWORD_DOMAINS);

    look_up(t, client_ip(s->cli), label, BASE_DOMAIN, d);
    s->next = calendar_gap(&s->rng, t, s->per_hour);
}

#define CROWD 5
#define CROWD_SPAN (30 * MINUTE)

/* Five such names within half an hour: with the three of a mail client a run of eight, which a scan
 * is made of, were it not for the other look-ups beside it. Thinning must spare those. (A run of n
 * names that reaches keyword-scan's threshold takes at most 5.48 n - 14 minutes, so it has five in
 * some half an hour.) */
static void keep_crowds(const struct stream *made)
{
    struct stream s = *made;
    int64_t ring[CROWD] = {0};

    for (unsigned i = 0; s.next < run_end(); i = (i + 1) % CROWD) {
        ring[i] = s.next;
        if (s.next - ring[(i + 1) % CROWD] < CROWD_SPAN) {
            client_spare(s.cli, s.next - 2 * HOUR, s.next + 2 * HOUR);
        }
        rng_below(&s.rng, 6);
        rng_zipf(&s.rng, KEYWORD_DOMAINS);
        s.next = calendar_gap(&s.rng, s.next, s.per_hour);
    }
}

/* ---- those who ask for MX ---- */

/* A tool with one or two fixed names. */
static void tool(struct stream *s, int64_t t)
{
    s->next = calendar_gap(&s->rng, t, s->per_hour);
    query(t, client_ip(s->cli), Q_MX, L_NONE, BASE_DOMAIN, s->a + rng_below(&s->rng, s->b));
}

/* A server that checks the addresses which visitors enter (C8). */
static void validator(struct stream *s, int64_t t)
{
    bool big = rng_chance(&s->rng, 0.6);
    uint32_t ip = client_ip(s->cli);
    uint32_t d = rng_zipf(&s->rng, big ? FREEMAIL : KEYWORD_DOMAINS);

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    query(t, ip, Q_MX, L_NONE, big ? BASE_FREEMAIL : BASE_DOMAIN, d);
    if (rng_chance(&s->rng, 0.3)) {
        query(t + 30, ip, Q_A, L_MX, big ? BASE_FREEMAIL : BASE_DOMAIN, d);
    }
}

/* An administrator with dig: a few domains within an hour. */
static void dig_burst(struct stream *s, int64_t t)
{
    struct rng r = rng_of(22, s->cli ^ (uint32_t)(t / SECOND) << 8);
    uint32_t most = opt.scale > 1 ? 12 : 6, n = 1 + rng_below(&r, most);

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    for (uint32_t i = 0; i < n; i++) {
        int64_t at = t + rng_below(&r, HOUR);
        uint32_t d = rng_zipf(&r, KEYWORD_DOMAINS);
        query(at, client_ip(s->cli), Q_MX, L_NONE, BASE_DOMAIN, d);
        query(at + 20 * SECOND, client_ip(s->cli), Q_A, L_MX, BASE_DOMAIN, d);
    }
}

static void keep_bursts(const struct stream *made)
{
    struct stream s = *made;

    for (; s.next < run_end(); s.next = calendar_gap(&s.rng, s.next, s.per_hour)) {
        client_keep(s.cli, s.next, s.next + HOUR);
    }
}

/* A newsletter leaves: ten domains a second, each asked for once. */
static void newsletter(struct stream *s, int64_t t)
{
    uint32_t ip = client_ip(s->cli);
    uint32_t d = rng_zipf(&s->rng, KEYWORD_DOMAINS);

    if (s->a == 0) { /* begins at 10:00 or 16:00 */
        s->a = 500 + rng_below(&s->rng, 4500);
    }
    query(t, ip, Q_MX, L_NONE, BASE_DOMAIN, d);
    query(t + 30, ip, Q_A, L_MX, BASE_DOMAIN, d);
    s->next = t + 100;
    if (--s->a == 0) {
        int64_t ms = t % DAY;
        s->next = calendar_midnight(t) + (ms < 16 * HOUR ? 16 : 34) * HOUR;
    }
}

static void monitor(struct stream *s, int64_t t)
{
    for (uint32_t i = 0; i < s->b; i++) {
        query(t + i, client_ip(s->cli), Q_MX, L_NONE, BASE_DOMAIN, 100 + s->a + i);
        query(t + i, client_ip(s->cli), Q_A, L_MX, BASE_DOMAIN, 100 + s->a + i);
    }
    s->next = t + (s->a % 2 ? 60 : 300) * SECOND + rng_below(&s->rng, 500);
}

/* What the mail servers behind a downstream resolver ask for. */
static void resolver_mx(struct stream *s, int64_t t)
{
    s->next = calendar_gap(&s->rng, t, s->per_hour);
    query(t, client_ip(s->cli), (enum qtype)(Q_MX | Q_RD_OFF), L_NONE, BASE_DOMAIN,
          rng_zipf(&s->rng, KEYWORD_DOMAINS));
}

static void single_labels(struct stream *s, int64_t t)
{
    s->next = t + rng_gap(&s->rng, s->per_hour);
    query(t, client_ip(s->cli), Q_MX, L_NONE, BASE_SINGLE, rng_below(&s->rng, 16));
}

/* Somebody mistypes a file server's name. */
static void mistyped(struct stream *s, int64_t t)
{
    s->next = calendar_gap(&s->rng, t, s->per_hour);
    queue_add((struct item){
        .t = t, .kind = ITEM_NETFILTER, .ip = client_ip(s->cli), .n = 0xc0000240, .label = 445});
}

/* ---- who does what ---- */

static struct stream *busy(step_fn step, uint32_t cli, uint32_t kind, double per_day)
{
    struct stream *s = stream_add(step, cli, START, kind, cli);

    s->per_hour = per_day * opt.scale / 24;
    s->next = calendar_gap(&s->rng, START, s->per_hour);
    return s;
}

static void make_person(uint32_t i, struct rng *r)
{
    bool pc = clients[i].role == ROLE_PC;

    if (pc) {
        keep_close_set_ups(busy(set_up, i, 30, 0.003));
    }
    if (rng_chance(r, 0.6)) {
        struct stream *s = busy(mail_client, i, 31, 6);
        s->a = rng_below(r, FREEMAIL);
        s->b = 1 + rng_below(r, 3);
    }
    keep_crowds(busy(stray_name, i, 32, clients[i].per_day * 0.001));
    if (pc && rng_chance(r, 0.02)) {
        struct stream *s = busy(tool, i, 33, 5 + rng_below(r, 16));
        s->a = rng_below(r, KEYWORD_DOMAINS - 2);
        s->b = 1 + rng_below(r, 2);
    }
    if (pc && rng_chance(r, 0.004)) {
        keep_bursts(busy(dig_burst, i, 34, 1.0 / 14));
    }
    if (pc && rng_chance(r, 0.002)) {
        busy(mistyped, i, 35, 1.0 / 7);
    }
}

/* A hundred people behind one address. */
static void make_forwarder(uint32_t i, struct rng *r)
{
    struct stream *s = busy(mail_client, i, 31, 600);

    s->a = 0;
    s->b = FREEMAIL;
    busy(set_up, i, 30, 0.3);
    busy(stray_name, i, 32, 200);
    s = busy(tool, i, 33, 24);
    s->a = rng_below(r, KEYWORD_DOMAINS - 2);
    s->b = 2;
}

static void make_machine(uint32_t i, struct rng *r)
{
    struct stream *s;

    switch (clients[i].role) {
    case ROLE_SERVER:
        /* 20 of 150; the first always, so that a small population has one */
        if ((i - role_first[ROLE_SERVER]) * 20 % 150 < 20) {
            busy(validator, i, 36, 20 * exp(rng_normal(r)));
            client_keep(i, START, run_end());
        }
        break;
    case ROLE_LIST:
        stream_add(newsletter, i, START + 10 * HOUR, 37, i);
        break;
    case ROLE_RESOLVER:
        busy(resolver_mx, i, 40, 1000);
        break;
    case ROLE_MONITOR:
        s = stream_add(monitor, i, START + rng_below(r, MINUTE), 38, i);
        s->a = i - role_first[ROLE_MONITOR];
        s->b = 1 + rng_below(r, 5);
        break;
    case ROLE_LLMNR:
        s = stream_add(single_labels, i, START, 39, i);
        s->per_hour = 2600.0 / 24 * opt.scale;
        break;
    default:
        break;
    }
}

void benign_make(void)
{
    for (uint32_t i = 0; i < clients_count; i++) {
        struct rng r = rng_of(20, i);
        if (clients[i].role == ROLE_PC || clients[i].role == ROLE_PHONE) {
            make_person(i, &r);
        } else if (clients[i].role == ROLE_FORWARDER) {
            make_forwarder(i, &r);
        } else {
            make_machine(i, &r);
        }
    }
}
