/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Events for the encoder tests: one with every field, one ordinary, and hostile ones.
 */
#ifndef DM_TESTS_EVENT_SAMPLE_H
#define DM_TESTS_EVENT_SAMPLE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "event/event.h"

/** 2004-01-28T01:11:12Z, the contract's example; `date -u -d @1075252272`. */
#define SAMPLE_TIME_US INT64_C(1075252272000000)

/** sample_ordinary() - the event of doc/EVENTS.md. */
static inline struct dnsmon_event *sample_ordinary(void)
{
    struct dnsmon_event *ev = dm_event_new();

    ev->time_us = SAMPLE_TIME_US;
    ev->level = DNSMON_ALARM;
    strcpy(ev->id, "00112233445566778899aabbccddeeff");
    ev->start_us = SAMPLE_TIME_US - INT64_C(10812000000);
    ev->end_us = SAMPLE_TIME_US;
    ev->rule_id = "mass-mailer";
    ev->rule_name = "Mass-mailing client";
    strcpy(ev->class_name, "mass-mailing-worm");
    ev->reason = strdup("807 MX and 4823 A in 3 h, no PTR");
    ev->has_client = true;
    dm_addr_parse(DM_SLICE("192.0.2.7"), &ev->client);
    strcpy(ev->observer, "ns1");
    strcpy(ev->manager, "netadmin-a@example.edu");
    ev->score = 21.4;
    ev->threshold = 14.9;
    ev->count = (struct dm_type_counts){.a = 4823, .mx = 807};
    ev->has_count = true;
    ev->distinct_registered = 412;
    ev->window_start_us = ev->start_us;
    ev->window_s = 10812;
    ev->has_verified = true;
    ev->n_evidence = 1;
    ev->evidence[0].time_us = SAMPLE_TIME_US;
    strcpy(ev->evidence[0].name, "example.com");
    ev->evidence[0].type = DM_TYPE_MX;
    return ev;
}

/** sample_figures() - every figure of a mail server, each another number. */
static inline struct dm_figures sample_figures(void)
{
    return (struct dm_figures){
        .groups =
            DM_FIG_MAIL | DM_FIG_REJECTS | DM_FIG_REGRESSION | DM_FIG_CACHE | DM_FIG_UNRESOLVED,
        .connections = 18000,
        .messages = 12600,
        .efficiency = 0.7,
        .peers = 1523,
        .user_unknown = 16,
        .relay_denied = 2,
        .recipient_rejected = 13505,
        .other = 4,
        .m = 8.8,
        .m_pop3 = 1,
        .intercept = 0.05,
        .r2 = 0.91834,
        .q = 0.5,
        .n = 6.8,
        .k = 2,
        .bins = 144,
        .cache_efficiency = -0.25,
        .unresolved_total = 40000,
        .unresolved = 8400,
        .unresolved_share = 0.21,
        .unresolved_r2 = 0.99934,
    };
}

/** sample_summary() - one row in every list; the prefixes are the first bytes of "mail.". */
static inline struct dm_event_summary *sample_summary(void)
{
    struct dm_event_summary *sum = calloc(1, sizeof *sum);

    sum->n_mx = sum->n_total = 1;
    dm_addr_parse(DM_SLICE("192.0.2.40"), &sum->mx[0].addr);
    sum->mx[0].count = 2922;
    dm_addr_parse(DM_SLICE("192.0.2.41"), &sum->total[0].addr);
    sum->total[0].count = UINT64_C(5000000000);
    sum->has_prefix_client = true;
    dm_addr_parse(DM_SLICE("192.0.2.42"), &sum->prefix_client);
    for (unsigned i = 0; i < DM_PREFIX_LENGTHS; i++) {
        sum->prefix.n[i] = sum->site_prefix.n[i] = 1;
        memcpy(sum->prefix.row[i][0].text, "mail.", DM_PREFIX_LENGTHS);
        memcpy(sum->site_prefix.row[i][0].text, "mail.", DM_PREFIX_LENGTHS);
        sum->prefix.row[i][0].count = 7000 - i;
        sum->site_prefix.row[i][0].count = 8000 - i;
    }
    sum->n_related = 3;
    sum->related[0] = sum->mx[0].addr;
    sum->related[1] = sum->total[0].addr;
    sum->related[2] = sum->prefix_client;
    return sum;
}

/** sample_full() - a value for every row of the table. */
static inline struct dnsmon_event *sample_full(void)
{
    struct dnsmon_event *ev = sample_ordinary();

    ev->has_host = true;
    dm_addr_parse(DM_SLICE("192.0.2.25"), &ev->host);
    strcpy(ev->suggest, "192.0.2.7 REJECT");
    ev->llr = -79.7;
    ev->distinct_max = 412;
    ev->suppressed = 3;
    ev->lossy = ev->verified = true;
    ev->notify = true;
    ev->n_rollup = 2;
    ev->rollup = calloc(2, sizeof *ev->rollup);
    dm_addr_parse(DM_SLICE("192.0.2.8"), &ev->rollup[0].client);
    ev->rollup[0].level = DNSMON_ALARM;
    ev->rollup[0].score = 30;
    ev->rollup[0].verified = true;
    ev->rollup[0].count.mx = 51;
    dm_addr_parse(DM_SLICE("2001:db8::9"), &ev->rollup[1].client);
    ev->rollup[1].level = DNSMON_NOTICE;
    ev->rollup[1].score = 15.25;
    ev->figures = sample_figures();
    ev->summary = sample_summary();
    return ev;
}

/** sample_random() - the next number of a xorshift64 row; @state is never 0. */
static inline uint64_t sample_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/** Pieces that break careless encoders; the rest of a hostile text is random bytes. */
static const char *const sample_pieces[] = {
    "\"",
    "\\",
    "]",
    "\n",
    "\r",
    "\x1b[2J",
    "\x7f",
    " client=198.51.100.1",
    ": ",
    "</script>",
    "\xc0\xaf",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xe2\x80\xa8",
    "\xe2\x80\xae",
    "\xc2\x9b",
    "\xe2\x80\x8b",
    "\xef\xbb\xbf",
    "\xf0\x9f\x90\x9b",
    "\xe6\x97\xa5",
    "\\x41",
    "\\u0000",
    ",",
    "\t",
};

/** sample_hostile_text() - fill @out with hostile bytes other than NUL; sometimes to the brim. */
static inline void sample_hostile_text(uint64_t *state, char *out, size_t size)
{
    size_t n = 0, want = sample_random(state) % size;

    while (n < want) {
        const char *piece =
            sample_pieces[sample_random(state) % (sizeof sample_pieces / sizeof *sample_pieces)];
        size_t len = strlen(piece);

        if (sample_random(state) % 2 && n + len <= want) {
            memcpy(out + n, piece, len);
            n += len;
        } else {
            out[n++] = (char)(sample_random(state) % 255 + 1);
        }
    }
    out[n] = '\0';
}

/** sample_hostile() - a full event with hostile bytes in every text. */
static inline struct dnsmon_event *sample_hostile(uint64_t *state)
{
    struct dnsmon_event *ev = sample_full();

    free(ev->reason);
    ev->reason = malloc(600);
    sample_hostile_text(state, ev->reason, 600);
    sample_hostile_text(state, ev->class_name, sizeof ev->class_name);
    sample_hostile_text(state, ev->observer, sizeof ev->observer);
    sample_hostile_text(state, ev->manager, sizeof ev->manager);
    sample_hostile_text(state, ev->suggest, sizeof ev->suggest);
    for (unsigned i = 0; i < DM_PREFIX_LENGTHS; i++) {
        for (unsigned j = 0; j < DM_PREFIX_LENGTHS; j++) {
            ev->summary->prefix.row[i][0].text[j] = (char)sample_random(state);
        }
    }
    ev->n_evidence = 0;
    for (unsigned i = 0; i < DM_EVIDENCE_MAX; i++) {
        struct dm_evidence *e = dm_event_add_evidence(ev);

        sample_hostile_text(state, e->name, sizeof e->name);
        e->type = (uint16_t)sample_random(state);
    }
    return ev;
}

/** sample_unescape() - undo \\ and \xHH in place.   Returns: bytes left; (size_t)-1: malformed. */
static inline size_t sample_unescape(char *text)
{
    size_t n = 0;

    for (const char *p = text; *p; p++) {
        if (*p != '\\') {
            text[n++] = *p;
        } else if (p[1] == '\\') {
            text[n++] = *++p;
        } else if (p[1] == 'x' && p[2] && p[3]) {
            char hex[3] = {p[2], p[3], '\0'};

            text[n++] = (char)strtol(hex, NULL, 16);
            p += 3;
        } else {
            return (size_t)-1;
        }
    }
    text[n] = '\0';
    return n;
}

/** sample_seed() - DNSMON_TEST_SEED, else a fixed one; printed, so that a failure can be had again.
 */
static inline uint64_t sample_seed(void)
{
    const char *text = getenv("DNSMON_TEST_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : UINT64_C(20040128);

    printf("seed: DNSMON_TEST_SEED=%" PRIu64 "\n", seed);
    return seed ? seed : 1;
}

/** Random events a test tries. */
#define SAMPLE_ROUNDS 2000

#endif
