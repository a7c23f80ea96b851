/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A finding is one piece of memory: the time, the level, and four texts, each with its NUL. The
 * bytes are also what a journal keeps, so that an event that nobody has taken yet survives the
 * process, and can then go to another kind of destination than it was meant for.
 *
 * RFC 5424: facility local0 and the severities are those of omdnsmon; PROCID is "-", since an event
 * that is sent again after a crash must be the same. No BOM: rsyslog and syslog-ng would show it.
 *
 * LIMITS: the blob fits one machine's byte order.
 * Source: RFC 5424 6, RFC 6587 3.4.1, plugin/rsyslog/inject.c.
 */
#include "finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

/** In front of the texts. */
struct fixed {
    int64_t time_us;
    int64_t level;
};

uint64_t finding_hash(uint64_t seed, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = seed ? seed : 0xcbf29ce484222325u;

    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 0x100000001b3u;
    }
    return h;
}

/* The text at *@at and its NUL.  Returns: NULL if there is none. */
static const char *next_text(const struct finding *f, size_t *at)
{
    const char *p = f->blob + *at;
    const char *end = memchr(p, '\0', f->n - *at);

    *at = end ? (size_t)(end - f->blob) + 1 : f->n;
    return end ? p : NULL;
}

/* Find the texts in the blob.  Returns: whether it is whole. */
static bool index_blob(struct finding *f)
{
    struct fixed fixed;
    size_t at = sizeof fixed;

    memcpy(&fixed, f->blob, sizeof fixed);
    f->time_us = fixed.time_us;
    f->level = (int)fixed.level;
    f->rule = next_text(f, &at);
    f->sd = next_text(f, &at);
    f->text = next_text(f, &at);
    f->json = next_text(f, &at);
    if (!f->json || at != f->n) {
        return false;
    }
    f->hash = finding_hash(0, f->json, strlen(f->json));
    return true;
}

struct finding *finding_read(const char *blob, size_t n)
{
    struct finding *f = n > sizeof(struct fixed) ? malloc(sizeof *f + n) : NULL;

    if (!f) {
        return NULL;
    }
    f->next = NULL;
    f->n = n;
    memcpy(f->blob, blob, n);
    if (!index_blob(f)) {
        free(f);
        return NULL;
    }
    return f;
}

struct finding *finding_copy(const dnsmon_event_t *ev)
{
    const char *texts[] = {dnsmon_event_rule(ev), dnsmon_event_sd(ev), dnsmon_event_text(ev),
                           dnsmon_event_json(ev)};
    struct fixed fixed = {dnsmon_event_time_us(ev), dnsmon_event_level(ev)};
    size_t n = sizeof fixed, at = sizeof fixed;

    for (int i = 0; i < 4; i++) {
        if (!texts[i]) {
            return NULL;
        }
        n += strlen(texts[i]) + 1;
    }
    struct finding *f = malloc(sizeof *f + n);
    if (!f) {
        return NULL;
    }
    f->next = NULL;
    f->n = n;
    memcpy(f->blob, &fixed, sizeof fixed);
    for (int i = 0; i < 4; i++) {
        size_t len = strlen(texts[i]) + 1;
        memcpy(f->blob + at, texts[i], len);
        at += len;
    }
    index_blob(f);
    return f;
}

static int severity(int level)
{
    return level == DNSMON_ALARM ? LOG_ALERT : level == DNSMON_NOTICE ? LOG_NOTICE : LOG_INFO;
}

/* "<129>1 2004-01-28T01:11:12.000000Z ns1 dnsmon - mass-mailer [dnsmon@32473 ...] TEXT" */
static char *syslog_message(const struct finding *f, const char *body, const char *host)
{
    time_t seconds = (time_t)(f->time_us / 1000000 - (f->time_us % 1000000 < 0));
    long us = (long)(f->time_us - (int64_t)seconds * 1000000);
    size_t cap = strlen(body) + strlen(f->sd) + strlen(f->rule) + strlen(host) + 128;
    char *message = malloc(cap);
    char stamp[64] = "";
    struct tm tm;

    if (!message) {
        return NULL;
    }
    if (gmtime_r(&seconds, &tm)) {
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    }
    snprintf(message, cap, "<%d>1 %s.%06ldZ %s dnsmon - %s %s %s", LOG_LOCAL0 | severity(f->level),
             stamp, us, host, f->rule, f->sd, body);
    return message;
}

char *finding_message(const struct finding *f, enum finding_form form, bool text, const char *host,
                      size_t *ret_n)
{
    const char *body = text ? f->text : f->json;
    char *message = form == FINDING_LINE ? strdup(body) : syslog_message(f, body, host);
    size_t cap = message ? strlen(message) + 32 : 0;
    char *framed = message ? malloc(cap) : NULL;

    if (framed) {
        int n = form == FINDING_COUNTED  ? snprintf(framed, cap, "%zu %s", cap - 32, message)
                : form == FINDING_SYSLOG ? snprintf(framed, cap, "%s", message)
                                         : snprintf(framed, cap, "%s\n", message);
        *ret_n = (size_t)n;
    }
    free(message);
    return framed;
}
