/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Monitor: 80 % of the marked queries are for at most eight registered domains, and the gaps
 * between bursts have a coefficient of variation below 0.3. Mail host: external PTR, and more than
 * 5 % of all it ever asked is DMARC, DKIM, MTA-STS, TLSA or a block list: of all, so that a PC that
 * has browsed for a day does not look like a mail server in its first hours as a relay. Forwarder:
 * the site's mix of types (Kullback-Leibler), and many times the queries of the mean client.
 *
 * LIMITS: a log without flags cannot tell a resolver from who asks for 3 % NS on purpose: there it
 * stays a notice (tests/golden/test_traps.sh has such a resolver). The names of a monitor are its
 * first eight; when others outnumber them the count begins anew with the next ones. The mean client
 * is above the median, so that hosts are underestimated. Source: doc/SCIENCE.md 0.4.
 */
#include "client/guess.h"

#include <glib.h>
#include <math.h>

#include "client/client.h"
#include "dns/rrtype.h"

/* 0.4: "80 % of queries on at most 8 names, coefficient of variation < 0.3". */
#define MONITOR_SHARE 0.8
#define MONITOR_CV 0.3
/* Bursts before their regularity is judged (own choice: 0.3 is then known to within a sixth). */
#define MONITOR_POLLS 20
/* What belongs to one burst, s (own choice: five names one after the other). */
#define BURST_S 2
/* Gaps that the mean remembers: a day of one each five minutes. */
#define POLLS_MAX 288
/* 0.4: "share > 5 %". */
#define MAIL_SHARE 0.05
/* Queries before that (own choice: eight messages of a mail server, which is before mass-mailer's
 * first notice; with DM_ROLE_MIN_QUERIES seven of nine unlisted mail servers of tests/eval were an
 * alarm before they had asked enough to be told). */
#define MAIL_MIN 20

static void count_name(struct dm_guess *g, uint32_t name)
{
    for (int i = 0; i < DM_GUESS_NAMES; i++) {
        if (g->name[i] == 0) {
            g->name[i] = name;
        }
        if (g->name[i] == name) {
            g->listed++;
            return;
        }
    }
    if (++g->rest > g->listed) {
        memset(g->name, 0, sizeof g->name);
        g->listed = g->rest = 0;
    }
}

/* Welford's update; of a long past the older gaps fade. */
static void count_gap(struct dm_guess *g, uint32_t now_s)
{
    if (g->poll_s && now_s < g->poll_s + BURST_S) {
        return;
    }
    if (g->poll_s) {
        float gap = (float)(now_s - g->poll_s), off = gap - g->gap_s;
        if (g->polls == POLLS_MAX) {
            g->polls /= 2;
            g->gap_m2 /= 2;
        }
        g->polls++;
        g->gap_s += off / (float)g->polls;
        g->gap_m2 += off * (gap - g->gap_s);
    }
    g->poll_s = now_s;
}

void dm_guess_add(struct dm_guess *g, const struct dm_obs *obs)
{
    g->rd += (obs->bits & DM_OBS_RD) != 0;
    if (obs->marks & (DM_MARK_MAILPOLICY | DM_MARK_DNSBL)) {
        g->policy += g->policy < UINT32_MAX;
    }
    if (obs->reg && (obs->marks & (DM_MARK_MX | DM_MARK_KEYWORD))) {
        count_name(g, (uint32_t)(obs->reg >> 32) | 1);
        count_gap(g, (uint32_t)(obs->time_us / 1000000));
    }
}

static bool is_monitor(const struct dm_guess *g)
{
    double all = (double)g->listed + (double)g->rest;

    return g->polls >= MONITOR_POLLS && (double)g->listed >= MONITOR_SHARE * all &&
           g->gap_m2 < MONITOR_CV * MONITOR_CV * g->gap_s * g->gap_s * (float)g->polls;
}

static bool is_mail_host(const struct dm_client *cli, const struct dm_suspect *sus)
{
    double all = (double)sus->guess.before + (double)dm_type_sum(&sus->total);

    return cli->ptr_ext > 0 && all >= MAIL_MIN && (double)sus->guess.policy > MAIL_SHARE * all;
}

enum dm_guess_role dm_guess_role(const struct dm_client *cli, const struct dm_suspect *sus)
{
    if (dm_client_is_resolver(cli)) {
        return sus && sus->guess.rd > dm_type_sum(&sus->total) / 2 ? DM_GUESS_INFRA
                                                                   : DM_GUESS_RESOLVER;
    }
    if (sus && is_mail_host(cli, sus)) { /* first: also one that is busy at regular times */
        return DM_GUESS_MAIL_HOST;
    }
    return sus && is_monitor(&sus->guess) ? DM_GUESS_MONITOR : DM_GUESS_NONE;
}

/* Kullback-Leibler divergence of two mixes, nats; half a query more of each type keeps it finite.
 */
static double divergence(const struct dm_type_counts *p, const struct dm_type_counts *q)
{
    const double a[] = {p->a, p->aaaa, p->mx, p->ptr, p->other};
    const double b[] = {q->a, q->aaaa, q->mx, q->ptr, q->other};
    double sum_a = 0, sum_b = 0, kl = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(a); i++) {
        sum_a += a[i] + 0.5;
        sum_b += b[i] + 0.5;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(a); i++) {
        double share = (a[i] + 0.5) / sum_a;
        kl += share * log(share * sum_b / (b[i] + 0.5));
    }
    return kl;
}

double dm_guess_hosts(const struct dm_client *cli, struct dm_suspect *sus,
                      const struct dm_site_mix *mix, double most)
{
    double mine = (double)dm_type_sum(&cli->today);

    if (mine >= DM_GUESS_QUERIES && mix->clients > 0) {
        double hosts = mine * mix->clients / MAX((double)dm_type_sum(&mix->count), 1);
        bool alike = divergence(&cli->today, &mix->count) < DM_GUESS_KL;
        sus->guess.hosts = hosts >= DM_GUESS_HOSTS && alike ? (uint16_t)MIN(hosts, UINT16_MAX) : 1;
        sus->guess.hosts_day = cli->day;
    }
    if (sus->guess.hosts == 0 || cli->day - sus->guess.hosts_day > 1) {
        return 1;
    }
    return CLAMP((double)sus->guess.hosts, 1, most);
}

void dm_guess_pack(struct dm_buf *out, const struct dm_guess *g)
{
    DM_PACK(out, g->name);
    DM_PACK(out, g->listed);
    DM_PACK(out, g->rest);
    DM_PACK(out, g->policy);
    DM_PACK(out, g->rd);
    DM_PACK(out, g->poll_s);
    DM_PACK(out, g->polls);
    DM_PACK(out, g->gap_s);
    DM_PACK(out, g->gap_m2);
    DM_PACK(out, g->before);
    DM_PACK(out, g->hosts_day);
    DM_PACK(out, g->hosts);
}

void dm_guess_unpack(struct dm_unpacker *in, struct dm_guess *ret)
{
    DM_UNPACK(in, ret->name);
    DM_UNPACK(in, ret->listed);
    DM_UNPACK(in, ret->rest);
    DM_UNPACK(in, ret->policy);
    DM_UNPACK(in, ret->rd);
    DM_UNPACK(in, ret->poll_s);
    DM_UNPACK(in, ret->polls);
    DM_UNPACK(in, ret->gap_s);
    DM_UNPACK(in, ret->gap_m2);
    DM_UNPACK(in, ret->before);
    DM_UNPACK(in, ret->hosts_day);
    DM_UNPACK(in, ret->hosts);
    dm_unpack_require(in,
                      isfinite(ret->gap_s) && isfinite(ret->gap_m2) && ret->polls <= POLLS_MAX &&
                          ret->hosts_day >= 0,
                      "a client's habits cannot be");
}
