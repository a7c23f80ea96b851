/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The authorised mail servers on ordinary days: connections, messages, rejects, POP3 log-ins, and
 * the DNS queries that each of them costs.
 *
 * A connection is a transmission (from inside; 2 + k n queries) or a reception (2 queries), of
 * which some bring no message: scanners, rejects. k is 2 (MX and A), or 4 with --mta modern, where
 * a reception also asks for SPF, DMARC and a block list.
 *
 * Source: doc/SCIENCE.md A.7 (n = 6.8, q = 0.5, hence m = 8.8), A.8 (26,000 connections and 18,000
 * messages of the big server's weekday, 11,000 and 3,800 of its weekend day, hence q 0.8 there),
 * A.9 (16 relay denied, 2 recipient rejected a day). Own choice: the other servers have 1 % to 4 %
 * of that; 5 % of the empty connections end in user-unknown; three POP3 log-ins for ten
 * connections; half of the recipients are at twenty big providers.
 */
#include "gen.h"

#define BIG_PER_DAY 26000.0
/* A weekend day has 0.42 of a weekday's connections, people have 0.35. */
#define HOLIDAY_EXTRA 1.2
#define POP3_SHARE 0.3

struct mta mtas[MTAS_MAX];
uint32_t mtas_count;
static uint32_t numbers[MTAS_MAX]; /* connections so far, for queue ids */

uint32_t peer_ip(uint32_t i)
{
    return 0xc6120000 + 256 + i;
}

static void line(uint32_t mta, int64_t t, enum item_kind kind, uint32_t ip, uint16_t label,
                 uint8_t extra)
{
    queue_add((struct item){.t = t,
                            .kind = (uint8_t)kind,
                            .ip = ip,
                            .n = numbers[mta],
                            .label = label,
                            .host = (uint8_t)mta,
                            .extra = extra});
}

static void message(uint32_t mta, int64_t t, uint32_t peer, bool out, struct rng *r)
{
    uint16_t user = (uint16_t)rng_below(r, 8000);

    line(mta, t, ITEM_CONNECT, peer, 0, 0);
    line(mta, t + 40, ITEM_CLIENT, peer, 0, 0);
    line(mta, t + 150, ITEM_FROM, peer, 0, 0);
    line(mta, t + 260, ITEM_DISCONNECT, peer, 0, 1);
    line(mta, t + 900, ITEM_SENT, peer, user, out);
    line(mta, t + 901, ITEM_REMOVED, peer, 0, 0);
}

/* Who is it that connects: reverse and forward. */
static void greet(const struct mta *m, int64_t t, uint32_t peer)
{
    query(t, m->ip, Q_PTR, L_NONE, BASE_REVERSE, peer);
    query(t + 1, m->ip, Q_A, L_NONE, BASE_SITE, peer & 0xffffff);
}

static void destination(const struct mta *m, int64_t t, struct rng *r)
{
    bool big = rng_chance(r, 0.5);
    enum base base = big ? BASE_FREEMAIL : BASE_DOMAIN;
    uint32_t n = big ? rng_zipf(r, FREEMAIL) : rng_zipf(r, KEYWORD_DOMAINS);

    query(t, m->ip, Q_MX, L_NONE, base, n);
    query(t + 20, m->ip, Q_A, L_MX, base, n);
    if (opt.modern_mta) {
        query(t + 20, m->ip, Q_AAAA, L_MX, base, n);
        query(t + 40, m->ip, Q_TLSA, L_TLSA, base, n);
    }
}

static void transmit(struct mta *m, uint32_t mta, int64_t t, struct rng *r)
{
    uint32_t peer = client_ip(rng_below(r, role_first[ROLE_PC + 1]));
    uint32_t n = rng_poisson(r, MTA_N);

    greet(m, t, peer);
    message(mta, t, peer, true, r);
    for (uint32_t i = 0; i < n; i++) {
        destination(m, t + 300 + 15 * i, r);
    }
    if (!calendar_holiday(t)) {
        m->messages++;
        m->destinations += n;
        m->dns += 2 + n * (opt.modern_mta ? 4u : 2u);
    }
}

void mta_reject(uint32_t mta, int64_t t, uint32_t peer, enum item_kind why, uint32_t rcpt,
                struct rng *r)
{
    numbers[mta]++;
    greet(&mtas[mta], t, peer);
    line(mta, t, ITEM_CONNECT, peer, 0, 0);
    line(mta, t + 120 + rng_below(r, 100), why, peer, (uint16_t)rcpt, 0);
    line(mta, t + 260, ITEM_DISCONNECT, peer, 0, 2);
}

/* A connection that brings no message. */
static void nothing(struct mta *m, uint32_t mta, int64_t t, uint32_t peer, struct rng *r)
{
    double x = rng_unit(r);

    if (x < 0.0022) {
        mta_reject(mta, t, peer, x < 0.002 ? ITEM_RELAY_DENIED : ITEM_RCPT_REJECTED, 7, r);
    } else if (x < 0.05) {
        mta_reject(mta, t, peer, ITEM_USER_UNKNOWN, rng_below(r, 60000), r);
    } else {
        greet(m, t, peer);
        line(mta, t, ITEM_CONNECT, peer, 0, 0);
        line(mta, t + 200, ITEM_DISCONNECT, peer, 0, 0);
    }
}

static void receive(struct mta *m, uint32_t mta, int64_t t, struct rng *r)
{
    bool holiday = calendar_holiday(t);
    uint32_t i = rng_zipf(r, PEERS), peer = peer_ip(i);

    if (opt.modern_mta) {
        query(t + 2, m->ip, Q_A, L_NONE, BASE_DNSBL, peer);
        query(t + 90, m->ip, Q_TXT, L_NONE, BASE_DOMAIN, i);
        query(t + 91, m->ip, Q_TXT, L_DMARC, BASE_DOMAIN, i);
    }
    if (rng_chance(r, holiday ? m->background_holiday : m->background_weekday)) {
        nothing(m, mta, t, peer, r);
    } else {
        greet(m, t, peer);
        message(mta, t, peer, false, r);
        m->messages += !holiday;
    }
    if (!holiday) {
        m->received++;
        m->dns += opt.modern_mta ? 5 : 2;
    }
}

static void connection(struct stream *s, int64_t t)
{
    struct mta *m = &mtas[s->cli];
    bool holiday = calendar_holiday(t);

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    if (!holiday && rng_chance(&s->rng, 1 - 1 / HOLIDAY_EXTRA)) {
        return;
    }
    numbers[s->cli]++;
    m->connections += !holiday;
    if (rng_chance(&s->rng, holiday ? m->q_holiday : m->q_weekday)) {
        receive(m, s->cli, t, &s->rng);
    } else {
        transmit(m, s->cli, t, &s->rng);
    }
}

static void pop3(struct stream *s, int64_t t)
{
    struct mta *m = &mtas[s->cli];
    uint32_t peer = client_ip(rng_below(&s->rng, role_first[ROLE_PC + 1]));

    s->next = calendar_gap(&s->rng, t, s->per_hour);
    numbers[s->cli]++;
    query(t, m->ip, Q_PTR, L_NONE, BASE_REVERSE, peer);
    line(s->cli, t, ITEM_POP3, peer, (uint16_t)rng_below(&s->rng, 8000), 0);
    m->pop3 += !calendar_holiday(t);
}

void mta_make(void)
{
    mtas_count = role_first[ROLE_MTA + 1] - role_first[ROLE_MTA];
    for (uint32_t i = 0; i < mtas_count; i++) {
        struct rng r = rng_of(10, i);
        double share = i < opt.big ? 1 : 0.01 + 0.03 * rng_unit(&r);
        mtas[i] = (struct mta){.ip = clients[role_first[ROLE_MTA] + i].ip,
                               .per_hour = BIG_PER_DAY / 24 * share * opt.mail_scale,
                               .q_weekday = 0.5,
                               .q_holiday = 0.8,
                               .background_weekday = 0.6,
                               .background_holiday = 0.8125};
        struct stream *s = stream_add(connection, i, START, 11, i);
        s->per_hour = mtas[i].per_hour * HOLIDAY_EXTRA;
        s->next = calendar_gap(&s->rng, START, s->per_hour);
        s = stream_add(pop3, i, START, 12, i);
        s->per_hour = mtas[i].per_hour * POP3_SHARE;
        s->next = calendar_gap(&s->rng, START, s->per_hour);
    }
}
