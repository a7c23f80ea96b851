/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of rules about mail servers: ten minutes of a server as lines of BIND, Postfix and
 * Dovecot, spread evenly over the seconds.
 */
#ifndef DM_UNIT_MAIL_RUN_H
#define DM_UNIT_MAIL_RUN_H

#include <unistd.h>

#include "monitor_run.h"

#define MAIL_SERVER "192.0.2.25"
#define MAIL_SITE "[roles]\nmail-servers = " MAIL_SERVER "\n"
#define MAIL_BIN 600

/* What a server does in ten minutes. */
struct mail_bin {
    unsigned connections, messages, pop3, queries;
    unsigned outbound; /* of the messages: from inside */
};

static inline void mail_stamp(char out[64], double at)
{
    time_t t = RUN_DAY + (time_t)at;
    struct tm tm;

    gmtime_r(&t, &tm);
    g_snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02dZ mx1", tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static inline void mail_line(struct run *r, double at, const char *rest)
{
    char line[512], stamp[64];

    mail_stamp(stamp, at);
    g_snprintf(line, sizeof line, "%s %s", stamp, rest);
    assert_true(dnsmon_feed_line(r->feed, line, strlen(line)) >= 0);
}

static inline void mail_query(struct run *r, double at, unsigned number)
{
    char name[64];

    g_snprintf(name, sizeof name, "host%u.example", number % 97);
    run_query(r, at, MAIL_SERVER, "A", name);
}

static inline void mail_connect(struct run *r, double at)
{
    mail_line(r, at, "postfix/smtpd[1]: connect from relay.example[203.0.113.9]");
}

/* The queue id is made of the time and @number. */
static inline void mail_message(struct run *r, double at, unsigned number, const char *peer)
{
    char text[256];
    unsigned id = (unsigned)at * 64 + number % 64;

    g_snprintf(text, sizeof text, "postfix/smtpd[1]: %010X: client=h.example[%s]", id, peer);
    mail_line(r, at, text);
    g_snprintf(text, sizeof text,
               "postfix/qmgr[2]: %010X: from=<a@b.example>, size=900, nrcpt=1 (queue active)", id);
    mail_line(r, at, text);
}

static inline void mail_pop3(struct run *r, double at)
{
    mail_line(r, at,
              "dovecot: pop3-login: Login: user=<u>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.25, "
              "mpid=9, session=<x>");
}

/* How many of @n come in second @s of the bin. */
static inline unsigned mail_due(unsigned n, unsigned s)
{
    return (unsigned)((uint64_t)n * (s + 1) / MAIL_BIN - (uint64_t)n * s / MAIL_BIN);
}

/* @at: seconds after RUN_DAY. */
static inline void mail_ten_minutes(struct run *r, unsigned at, const struct mail_bin *bin)
{
    unsigned sent = 0;

    for (unsigned s = 0; s < MAIL_BIN; s++) {
        for (unsigned i = mail_due(bin->queries, s); i > 0; i--) {
            mail_query(r, at + s, s * 31 + i);
        }
        for (unsigned i = mail_due(bin->connections, s); i > 0; i--) {
            mail_connect(r, at + s);
        }
        for (unsigned i = mail_due(bin->messages, s); i > 0; i--) {
            bool inside =
                sent * (uint64_t)bin->outbound / (bin->messages ? bin->messages : 1) !=
                (sent + 1) * (uint64_t)bin->outbound / (bin->messages ? bin->messages : 1);
            mail_message(r, at + s, sent++, inside ? "192.0.2.7" : "203.0.113.9");
        }
        for (unsigned i = mail_due(bin->pop3, s); i > 0; i--) {
            mail_pop3(r, at + s);
        }
    }
}

/* Save the monitor and go on with another one that loads the file. Call it before the first event.
 * @config: as for run_begin(). */
static inline void mail_reload(struct run *r, const char *config)
{
    char why[DNSMON_ERRLEN] = "", *path = g_strdup_printf("mail-state.%d", (int)getpid());

    dnsmon_feed_flush(r->feed, 0);
    if (dnsmon_monitor_save(r->mon, path, why, sizeof why) != 0) {
        fail_msg("%s", why);
    }
    dnsmon_feed_free(r->feed);
    assert_null(dnsmon_monitor_next_event(r->mon));
    dnsmon_monitor_free(r->mon);
    run_begin(r, config);
    dnsmon_feed_free(r->feed);
    if (dnsmon_monitor_load(r->mon, path, why, sizeof why) != 1) {
        fail_msg("%s", why);
    }
    assert_int_equal(dnsmon_feed_new(r->mon, &r->feed), 0);
    unlink(path);
    g_free(path);
}

/* Connections in a bin of an ordinary day: 24 at night to 66 at 15:00. */
static inline unsigned mail_usual(unsigned bin)
{
    return (unsigned)(45.5 - 21 * cos((bin % 144) * 2 * G_PI / 144 - G_PI / 4));
}

#endif
