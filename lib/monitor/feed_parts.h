/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a feed is made of: for the files feed*.c alone.
 */
#ifndef DM_MONITOR_FEED_PARTS_H
#define DM_MONITOR_FEED_PARTS_H

#include "monitor/monitor.h"
#include "parse/parse_json.h"

/* Log hosts whose number a feed remembers; a central log host has a handful of name servers. */
#define DM_FEED_HOSTS 16
#define DM_FEED_HOST_LEN 64

/** A log host whose number is remembered. */
struct dm_feed_host {
    int64_t alive_s[DM_STREAM_COUNT]; /* last seconds of which the monitor was told */
    uint16_t number;
    uint8_t len;
    char text[DM_FEED_HOST_LEN];
};

/** Behind dnsmon_feed_t. */
struct dnsmon_feed {
    struct dnsmon_monitor *mon;
    struct dnsmon_config *cfg;
    int gen;
    struct dm_observer observer;
    struct dm_parse_ctx parse;
    struct dm_feed_counts counts;
    struct dm_batch batch;
    struct dm_feed_host hosts[DM_FEED_HOSTS];
    struct dm_feed_host other_host; /* no name, or too long a one */
    uint8_t
        stream_of[DM_PARSER_COUNT];  /* enum dm_stream_kind of a parser's lines that say nothing */
    const struct dm_intern *numbers; /* the monitor's; what the batch's host numbers are of */
    struct dm_intern *own_hosts;     /* of a held feed since its last flush; else NULL */
    struct dm_json json;             /* holds the strings of the JSON object that is being read */
    int64_t wall_us;
};

/** dm_feed_host() - the number of a log host, and what is known of it.
 * @weak:   only a line of an unknown program names it.
 * Returns: NULL if that is not enough. */
struct dm_feed_host *dm_feed_host(struct dnsmon_feed *feed, struct dm_slice name, bool weak);

/** dm_feed_forget_hosts() - numbers have changed. */
void dm_feed_forget_hosts(struct dnsmon_feed *feed);

/** dm_feed_share_hosts() - a held feed's host numbers become the monitor's; takes its lock. */
void dm_feed_share_hosts(struct dnsmon_feed *feed);

/** dm_feed_put() - an observation into the batch.   @text: the name, or what stands for it.
 * Returns: 0; DNSMON_ENOMEM. */
int dm_feed_put(struct dnsmon_feed *feed, const struct dm_obs *obs, struct dm_slice text);

/** dm_feed_name_streams() - for each parser, what its lines that say nothing are a sign of. */
void dm_feed_name_streams(struct dnsmon_feed *feed);

/** dm_feed_tell_malformed() - a line that a parser knows and cannot read. */
void dm_feed_tell_malformed(struct dnsmon_feed *feed, const struct dm_record *rec,
                            struct dm_slice line);

/** dm_feed_tell_alive() - a line that became no observation is a sign of life still. */
void dm_feed_tell_alive(struct dnsmon_feed *feed, const struct dm_record *rec,
                        struct dm_slice line);

#endif
