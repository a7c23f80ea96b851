/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of rules about mail servers: minutes of one server's log and queries, in a monitor in
 * memory (monitor_run.h). The server is mx1, 192.0.2.25; its domain campus.test.
 */
#ifndef DM_UNIT_FLOOD_RUN_H
#define DM_UNIT_FLOOD_RUN_H

#include "monitor_run.h"

#define MAIL_SERVER "192.0.2.25"
#define MAIL_CONFIG "[roles]\nmail-servers = " MAIL_SERVER "\n[events]\nhold = 1h\n"

/* What happens in a minute. Peers are 2001:db8:KIND::N. */
struct mail_mix {
    unsigned connections, accepted; /* by peers in turn */
    unsigned peers;                 /* of how many; 0: as many as connections */
    unsigned kind;                  /* which family of addresses */
    unsigned unknown;               /* rejects for unknown users, by the same peers */
    unsigned recipients;            /* of how many different ones; 0: each its own */
    unsigned relay, refused;        /* rejects as relaying; for the recipient */
    unsigned queries;               /* PTR of the server */
    unsigned unresolved;            /* A of a stranger's domain with campus.test behind */
    unsigned novel;                 /* MX of new domains */
    unsigned nxdomain, answered;    /* answers, beside the queries */
};

/* One that counts up through a test, so that new things are new. */
static unsigned mail_serial;

static inline void mail_line(struct run *r, double at, const char *program, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static inline void mail_line(struct run *r, double at, const char *program, const char *format, ...)
{
    time_t t = RUN_DAY + (time_t)floor(at);
    char text[400], line[600];
    struct tm tm;
    va_list ap;

    va_start(ap, format);
    g_vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    gmtime_r(&t, &tm);
    g_snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02d.000Z mx1 postfix/%s[7]: %s",
               tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
               program, text);
    run_raw(r, line);
}

static inline void mail_connect(struct run *r, double at, const char *peer, bool accepted)
{
    mail_line(r, at, "smtpd", "connect from unknown[%s]", peer);
    if (accepted) {
        unsigned id = ++mail_serial;
        mail_line(r, at, "smtpd", "4A%08X: client=unknown[%s]", id, peer);
        mail_line(r, at, "qmgr", "4A%08X: from=<a@example.com>, size=100, nrcpt=1 (queue active)",
                  id);
    }
}

static inline void mail_reject(struct run *r, double at, const char *peer, const char *text,
                               unsigned recipient)
{
    mail_line(r, at, "smtpd",
              "NOQUEUE: reject: RCPT from unknown[%s]: 550 5.1.1 <u%u@campus.test>: %s; "
              "from=<a@example.com> to=<u%u@campus.test> proto=ESMTP helo=<x>",
              peer, recipient, text, recipient);
}

#define MAIL_UNKNOWN "Recipient address rejected: User unknown in local recipient table"
#define MAIL_RELAY "Relay access denied"
#define MAIL_REFUSED "Recipient address rejected: need fully-qualified address"

/* Any peer of a family (Fibonacci hashing of a number that counts up, so that no peer gets all the
 * rejects); one with as many peers as lines has new ones every minute. */
static inline const char *mail_peer(const struct mail_mix *m, char buf[64])
{
    unsigned peers = m->peers ? m->peers : 0xffff;

    g_snprintf(buf, 64, "2001:db8:%x::%x", m->kind + 1,
               1 + (mail_serial++ * 2654435769u >> 16) % peers);
    return buf;
}

static inline void mail_names(struct run *r, double at, unsigned n, const char *type,
                              const char *format)
{
    for (unsigned i = 0; i < n; i++) {
        char name[128];
        g_snprintf(name, sizeof name, "d%u%s", ++mail_serial, format);
        run_query(r, at, MAIL_SERVER, type, name);
    }
}

/* An answer line as BIND 9.20 prints it. */
static inline void mail_answers(struct run *r, double at, unsigned n, const char *rcode,
                                int records)
{
    time_t t = RUN_DAY + (time_t)at;
    struct tm tm;
    char line[400];

    gmtime_r(&t, &tm);
    for (unsigned i = 0; i < n; i++) {
        g_snprintf(line, sizeof line,
                   "%04d-%02d-%02dT%02d:%02d:%02d.000Z ns1 named[1]: responses: info: client "
                   "@0x1 " MAIL_SERVER "#1 (a%u.example): response: a%u.example IN A %s %d 0 1 + "
                   "(192.0.2.53)",
                   tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                   i, i, rcode, records);
        run_raw(r, line);
    }
}

/* Minute @minute after RUN_DAY. */
static inline void mail_minute(struct run *r, unsigned minute, const struct mail_mix *m)
{
    double at = minute * 60.0 + 1;
    char peer[64];

    for (unsigned i = 0; i < m->connections; i++) {
        mail_connect(r, at, mail_peer(m, peer), i < m->accepted);
    }
    for (unsigned i = 0; i < m->unknown; i++) {
        mail_reject(r, at, mail_peer(m, peer), MAIL_UNKNOWN,
                    m->recipients ? (minute * 7 + i) % m->recipients : ++mail_serial);
    }
    for (unsigned i = 0; i < m->relay; i++) {
        mail_reject(r, at, mail_peer(m, peer), MAIL_RELAY, 0);
    }
    for (unsigned i = 0; i < m->refused; i++) {
        mail_reject(r, at, mail_peer(m, peer), MAIL_REFUSED, i);
    }
    for (unsigned i = 0; i < m->queries; i++) {
        run_query(r, at, MAIL_SERVER, "PTR", "1.113.0.203.in-addr.arpa");
    }
    mail_names(r, at, m->unresolved, "A", ".example.com.campus.test");
    mail_names(r, at, m->novel, "MX", ".example");
    mail_answers(r, at, m->nxdomain, "NXDOMAIN", 0);
    mail_answers(r, at, m->answered, "NOERROR", 1);
}

/* The same minute again and again, from minute @from to before @to. */
static inline void mail_minutes(struct run *r, unsigned from, unsigned to, const struct mail_mix *m)
{
    for (unsigned i = from; i < to; i++) {
        mail_minute(r, i, m);
    }
}

/* An ordinary minute: ten connections of forty partners, seven messages, now and then a wrong
 * address, forty queries, two new domains. */
static inline void mail_ordinary(struct run *r, unsigned minute)
{
    struct mail_mix m = {.connections = 10,
                         .accepted = 7,
                         .peers = 40,
                         .unknown = minute % 5 == 0,
                         .relay = minute % 60 == 0,
                         .queries = 40,
                         .novel = 2,
                         .nxdomain = 4,
                         .answered = 36};
    mail_minute(r, minute, &m);
}

static inline void mail_ordinaries(struct run *r, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        mail_ordinary(r, i);
    }
}

/* Minutes from @from until the rule's first event, rounded down; -1: none. */
static inline int mail_minutes_to(const struct run *r, const char *rule, unsigned from)
{
    const struct dnsmon_event *ev = run_event(r, rule, 0);

    return ev ? (int)((ev->time_us / 1000000 - RUN_DAY) / 60 - (int64_t)from) : -1;
}

#endif
