/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What befalls mail servers: backscatter in the papers' form and in today's, one client that
 * floods (SMTP-DoS), and its innocent twin, deleted accounts that many still write to.
 *
 * Source: S3 (31 August 2004: unresolved and total queries rise together), doc/SCIENCE.md A.6, A.8,
 * A.9 (13,505 and 32,028 user-unknown on a Sunday and a Saturday), C5 for today's form.
 * Own choice, because the papers give days: backscatter is one connection a second for six hours,
 * from 20,000 hosts; the flood of a day comes within twelve hours; the deleted accounts are 30.
 * LIMITS: with D.1's 11,000 connections of a weekend day the efficiency of such a day is 0.16, not
 * the paper's 0.21, whose servers had fewer. Only the servers of --big size are attacked, one
 * attack in three days.
 */
#include "gen.h"

struct attack {
    uint8_t no;
    const char *id, *truth;
    double hours;
    uint32_t rejects;
    int weekday; /* 5 Saturday, 6 Sunday, -1 any */
};

/* Those that need a weekend day first. */
static const struct attack attacks[] = {
    {16, "I16a", "smtp-dos", 12, 13505, 6},          {16, "I16b", "smtp-dos", 12, 32028, 5},
    {17, "I17", "user-unknown-surge", 12, 13505, 6}, {14, "I14", "backscatter-ddos", 6, 21600, -1},
    {15, "I15", "backscatter-ddos", 6, 21600, -1},
};
#define ATTACKS (sizeof attacks / sizeof attacks[0])
#define BOUNCERS 20000
#define FORGED 20000
#define DELETED 30
#define DAYS_MAX 366

static bool taken[MTAS_MAX][DAYS_MAX + 2];

/* The sender's domain does not exist: the resolver library of the papers' days tries the local
 * suffix too, MX and A. */
static void check_forged(struct stream *s, int64_t t, uint32_t ip)
{
    uint32_t n = rng_zipf(&s->rng, FORGED);

    query(t + 30, ip, Q_MX, L_NONE, BASE_FORGED, n);
    query(t + 50, ip, Q_MX, L_NONE, BASE_FORGED_SEARCH, n);
    query(t + 70, ip, Q_A, L_NONE, BASE_FORGED, n);
    query(t + 90, ip, Q_A, L_NONE, BASE_FORGED_SEARCH, n);
}

static void check_modern(struct stream *s, int64_t t, uint32_t ip, uint32_t peer)
{
    uint32_t n = rng_below(&s->rng, SPAM_DOMAINS);

    query(t + 5, ip, Q_A, L_NONE, BASE_DNSBL, peer);
    query(t + 30, ip, Q_MX, L_NONE, BASE_DOMAIN, n);
    query(t + 50, ip, Q_A, L_NONE, BASE_DOMAIN, n);
    query(t + 50, ip, Q_AAAA, L_NONE, BASE_DOMAIN, n);
    query(t + 60, ip, Q_TXT, L_NONE, BASE_DOMAIN, n);
}

static void attack_step(struct stream *s, int64_t t)
{
    const struct attack *a = s->spec;
    uint32_t ip = mtas[s->cli].ip;
    uint32_t peer = a->no == 16 ? s->label->peer : peer_ip(rng_below(&s->rng, BOUNCERS));
    uint32_t rcpt = a->no == 17 ? 60001 + rng_below(&s->rng, DELETED) : rng_below(&s->rng, 60000);

    s->next = t + rng_gap(&s->rng, s->per_hour);
    mta_reject(s->cli, t, peer, ITEM_USER_UNKNOWN, rcpt, &s->rng);
    if (a->no == 14 || a->no == 16) {
        check_forged(s, t, ip);
    } else if (a->no == 15) {
        check_modern(s, t, ip, peer);
    } else {
        query(t + 30, ip, Q_MX, L_NONE, BASE_FREEMAIL, rng_zipf(&s->rng, FREEMAIL));
    }
    label_lookup(s->label, t, ip, false);
}

static bool fits(uint32_t mta, uint32_t day, int weekday)
{
    return (weekday < 0 || (int)(day % 7) == weekday) && !taken[mta][day] && !taken[mta][day + 1] &&
           !taken[mta][day + 2];
}

/* A server and a day that nothing else befalls, nor the days beside it.  Returns: whether any. */
static bool pick_day(struct rng *r, int weekday, uint32_t *mta, uint32_t *day)
{
    for (int tries = 0; tries < 2000 && opt.days > 2; tries++) {
        *mta = rng_below(r, opt.big);
        *day = 1 + rng_below(r, opt.days - 1);
        if (fits(*mta, *day, weekday)) {
            taken[*mta][*day + 1] = true;
            return true;
        }
    }
    return false;
}

static void attack(const struct attack *a, uint32_t no)
{
    uint32_t key = (uint32_t)(a - attacks) << 16 | no, mta, day;
    struct rng r = rng_of(50, key);

    if (!pick_day(&r, a->weekday, &mta, &day)) {
        return;
    }
    int64_t at = START + day * DAY + (int64_t)(rng_unit(&r) * (24 - a->hours) * (double)HOUR);
    struct stream *s = stream_add(attack_step, mta, at, 51, key);
    s->end = at + (int64_t)(a->hours * (double)HOUR);
    s->per_hour = a->rejects / a->hours;
    s->spec = a;
    s->label = label_new(a->id, a->truth, key, at, s->end);
    s->label->server = mta + 1;
    s->label->peer = a->no == 16 ? peer_ip(40000 + rng_below(&r, 20000)) : 0;
}

void mail_attacks_make(void)
{
    for (uint32_t no = 0; no < opt.starts; no++) {
        for (size_t i = 0; i < ATTACKS; i++) {
            if (opt.infect[attacks[i].no]) {
                attack(&attacks[i], no);
            }
        }
    }
}
