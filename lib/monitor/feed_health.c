/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Of lines that become no observation the monitor learns what feed health needs (health.h), in
 * such a way that it does not depend on how lines are dealt to feeds: of a malformed line
 * everything, of others that there was one in this second, and in one second of SAMPLE_S each of
 * them with its beginning.
 *
 * LIMITS: which stream a line belongs to that says nothing is known by its parser.
 */
#include "monitor/feed_parts.h"

/* Lines that say nothing are kept with their beginning in one second of so many (own choice: four
 * or five such seconds in the shortest silence that is told of, 1.6 % of such lines). */
#define SAMPLE_S 64
/* Bytes of a line that are kept (own choice: header and question of a query; evidence has 256). */
#define SAMPLE_LEN 200

/* By name, because parsers are many and two or three words tell the others apart. */
void dm_feed_name_streams(struct dnsmon_feed *feed)
{
    static const struct {
        const char *parser;
        enum dm_stream_kind stream;
    } rows[] = {
        {"postfix", DM_STREAM_MAIL}, {"dovecot", DM_STREAM_MAIL},  {"qpopper", DM_STREAM_MAIL},
        {"courier", DM_STREAM_MAIL}, {"netfilter", DM_STREAM_TCP}, {"pf", DM_STREAM_TCP},
        {"iplog", DM_STREAM_TCP},
    };

    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        feed->stream_of[i] = DM_STREAM_OTHER;
        for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
            if (strcmp(dm_parsers[i]->name, rows[k].parser) == 0) {
                feed->stream_of[i] = (uint8_t)rows[k].stream;
            }
        }
    }
}

static bool wants_health(const struct dnsmon_feed *feed, const struct dm_record *rec)
{
    return (feed->observer.wanted & DM_MARK_HEALTH) && rec->time_us > 0 &&
           rec->time_us < DM_OBSERVE_MAX_S * 1000000;
}

static unsigned parser_id(const struct dm_record *rec)
{
    unsigned id = 0;

    while (id < DM_PARSER_COUNT && dm_parsers[id]->name != rec->parser) {
        id++;
    }
    return id;
}

/* An observation with the beginning of a line. */
static void put_sample(struct dnsmon_feed *feed, struct dm_obs *obs, struct dm_slice line)
{
    obs->marks = DM_MARK_HEALTH;
    obs->reg = dm_hash(&feed->observer.key, line.p, line.n);
    dm_feed_put(feed, obs, dm_slice_head(line, SAMPLE_LEN));
}

void dm_feed_tell_malformed(struct dnsmon_feed *feed, const struct dm_record *rec,
                            struct dm_slice line)
{
    if (wants_health(feed, rec)) {
        struct dm_obs obs = {.time_us = rec->time_us,
                             .kind = DM_OBS_BAD,
                             .type = (uint16_t)parser_id(rec),
                             .host =
                                 dm_feed_host(feed, rec->host, false)->number & DM_OBS_HOST_MASK};
        put_sample(feed, &obs, line);
    }
}

static enum dm_stream_kind stream_of(const struct dnsmon_feed *feed, const struct dm_record *rec)
{
    switch (rec->kind) {
    case DM_REC_QUERY:
    case DM_REC_RESPONSE:
        return DM_STREAM_DNS;
    case DM_REC_TCP_ATTEMPT:
        return DM_STREAM_TCP;
    case DM_REC_SMTP_CONNECT:
    case DM_REC_SMTP_DISCONNECT:
    case DM_REC_SMTP_CLIENT:
    case DM_REC_SMTP_REJECT:
    case DM_REC_SMTP_FROM:
    case DM_REC_SMTP_TO:
    case DM_REC_POP3_LOGIN:
        return DM_STREAM_MAIL;
    default: {
        unsigned id = parser_id(rec);
        return id < DM_PARSER_COUNT ? feed->stream_of[id] : DM_STREAM_OTHER;
    }
    }
}

void dm_feed_tell_alive(struct dnsmon_feed *feed, const struct dm_record *rec, struct dm_slice line)
{
    if (!wants_health(feed, rec)) {
        return;
    }
    enum dm_stream_kind stream = stream_of(feed, rec);
    struct dm_feed_host *h = dm_feed_host(feed, rec->host, rec->parser == NULL);
    int64_t second = rec->time_us / 1000000;
    bool sample = stream == DM_STREAM_OTHER && second % SAMPLE_S == 0;
    if (!h || (!sample && h->alive_s[stream] == second)) {
        return;
    }
    h->alive_s[stream] = second;
    struct dm_obs obs = {.time_us = rec->time_us,
                         .kind = DM_OBS_ALIVE,
                         .type = (uint16_t)stream,
                         .bits = rec->parser ? 0 : DM_OBS_NO_CLOCK,
                         .host = h->number & DM_OBS_HOST_MASK};
    if (sample) {
        put_sample(feed, &obs, line);
    } else {
        dm_feed_put(feed, &obs, DM_SLICE(""));
    }
}
