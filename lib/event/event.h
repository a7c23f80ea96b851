/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An event: what leaves the library. Plain values, filled by incident/, encoded here in three
 * forms. The field names of the JSON are doc/EVENTS.md.
 */
#ifndef DM_EVENT_EVENT_H
#define DM_EVENT_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "server/figures.h"
#include "util/addr.h"
#include "util/buf.h"
#include "util/counts.h"

/** What an event says of its incident. */
enum dm_event_state { DM_STATE_OPEN, DM_STATE_UPDATE, DM_STATE_CLOSE };

/** Most evidence names that one event carries (doc/SCIENCE.md E.6: 8 samples). */
#define DM_EVIDENCE_MAX 8

struct dm_evidence {
    int64_t time_us;
    char name[256]; /**< normal form, may hold any byte that a client sent except NUL */
    uint16_t type;  /**< enum dm_rrtype */
};

/** One incident inside a roll-up. */
struct dm_rollup_item {
    struct dm_addr client;
    int level; /**< enum dnsmon_level */
    double score;
    bool verified; /**< as of the event */
    struct dm_type_counts count;
};

/** Rows of a daily summary's lists: clients (own choice: a page), prefixes of one length (the
 * longest column of Figure 2 of S1, doc/SCIENCE.md A.5). */
#define DM_TOP_MAX 10
#define DM_PREFIX_ROWS 22
#define DM_PREFIX_LENGTHS 5

/** A client and its queries. */
struct dm_event_top {
    struct dm_addr addr;
    uint64_t count;
};

/** How names begin: for each length 1..5 of a prefix the most frequent ones. */
struct dm_event_prefixes {
    unsigned n[DM_PREFIX_LENGTHS]; /**< rows of that length, at most DM_PREFIX_ROWS */
    struct dm_event_prefix {
        char text[DM_PREFIX_LENGTHS]; /**< as many bytes as the length says, any */
        uint32_t count;               /**< different names */
    } row[DM_PREFIX_LENGTHS][DM_PREFIX_ROWS];
};

/** What the site's daily summary has beside counts. */
struct dm_event_summary {
    unsigned n_mx, n_total;
    struct dm_event_top mx[DM_TOP_MAX], total[DM_TOP_MAX]; /**< most first */
    bool has_prefix_client;
    struct dm_addr prefix_client; /**< whose names `prefix` counts; else the site's */
    struct dm_event_prefixes prefix, site_prefix;
    unsigned n_related;
    struct dm_addr related[2 * DM_TOP_MAX + 1]; /**< every address above once */
};

struct dnsmon_event {
    int64_t time_us; /**< @timestamp: when the finding was made, the log's own time */
    enum dm_event_state state;
    enum dnsmon_level level;
    char id[33]; /**< the incident's: 32 hex digits, the same in all its events */
    int64_t start_us,
        end_us; /**< event.start, event.end: first and last thing that belongs to it */
    const char *rule_id, *rule_name; /**< constants */
    char class_name[64];             /**< dnsmon.class */
    char *reason; /**< one English sentence; owned, malloc(); may hold hostile bytes,
                       unescaped: the encoders escape */
    bool has_client;
    struct dm_addr client;
    bool has_host; /**< an event about a mail server: host.ip */
    struct dm_addr host;
    char observer[256];      /**< name of the log's host; "": none */
    char manager[256];       /**< "": none */
    bool notify;             /**< the manager should be told now */
    char suggest[512];       /**< ready line for an operator; "": none */
    double score, threshold; /**< threshold < 0: the rule has none, neither is printed */
    double llr;              /**< A.3 log-likelihood ratio relay against worm, nats; NAN: none */
    struct dm_type_counts count;
    bool has_count;
    uint32_t distinct_registered; /**< registered domains of the rule's names; 0: not printed */
    uint32_t distinct_max;     /**< where the set stops counting: value >= this means "or more" */
    struct dm_figures figures; /**< of a mail server; groups 0: none */
    struct dm_event_summary *summary; /**< of the site's day; owned, calloc(); NULL: none */
    int64_t window_start_us;
    uint32_t window_s;   /**< 0: no window printed */
    uint64_t suppressed; /**< repeats counted into this incident since its last event */
    bool lossy;
    bool has_verified, verified;   /**< of a client or mail server: enough of it cannot be forged */
    unsigned n_evidence;           /**< rows of `evidence` */
    struct dm_rollup_item *rollup; /**< owned, malloc(), clients distinct; NULL: not a roll-up */
    unsigned n_rollup;
    /* encoded forms, made when first asked for; owned */
    char *json, *text, *sd;
    bool texts_only;           /**< it has these, and level, time and rule, and nothing else */
    struct dm_buf field;       /**< the text of the field given out last; owned */
    struct dnsmon_event *next; /**< in the monitor's queue */
    /* not zeroed in a new event, but by dm_event_add_evidence() */
    struct dm_evidence evidence[DM_EVIDENCE_MAX];
};

/** dm_event_add_evidence() - one more row of evidence, all zero.   @ev: has fewer than
 * DM_EVIDENCE_MAX. */
static inline struct dm_evidence *dm_event_add_evidence(struct dnsmon_event *ev)
{
    struct dm_evidence *e = &ev->evidence[ev->n_evidence++];

    memset(e, 0, sizeof *e);
    return e;
}

/** dm_event_new() - an empty event, all zero, threshold -1, llr NAN.   Returns: NULL: no memory;
 * to be freed with dnsmon_event_free(). */
struct dnsmon_event *dm_event_new(void);

/** Room that most events' forms fit in, bytes: JSON, and the other two; own choice: they have 1,000
 * to 1,500, and 500 to 900. Blocks up to 1,032 bytes are those that glibc's malloc() keeps at hand.
 */
#define DM_EVENT_USUAL 1600
#define DM_EVENT_SHORT 1000

/** Encoders: each returns a NUL-terminated text owned by the caller (free()), NULL: no memory. */
char *dm_event_encode_json(const struct dnsmon_event *ev);
char *dm_event_encode_text(const struct dnsmon_event *ev);
char *dm_event_encode_sd(const struct dnsmon_event *ev);

/** dm_manual_events() - doc/EVENTS.md.   Returns: Markdown owned by the caller; NULL: no memory. */
char *dm_manual_events(void);

#endif
