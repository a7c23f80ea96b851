/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A feed: the part of the chain that every line passes and that needs no lock. Line, header,
 * parser, record, observation, batch.
 *
 * A held feed (dnsmon_feed_hold()) touches nothing shared between two flushes: its log hosts have
 * numbers of its own, which become the monitor's at the flush. So what comes of its lines depends
 * on the order of the flushes alone, not on when which thread parsed them.
 *
 * Many lines at a time (dnsmon_feed_lines()) are what they are one by one, but the usual ones among
 * them are read without a look for their ends: most of a file is never searched for newlines.
 *
 * LIMITS: a batch that cannot grow for want of memory loses the observation, and counts it as
 * unread.
 */
#include <stdlib.h>

#include "monitor/feed_parts.h"
#include "parse/parse_json.h"
#include "parse/record_json.h"

/* Observations in a batch: 32 KiB, so it stays in the cache while it is filled and handed over. */
#define BATCH_OBS 512
/* Use the monitor's configuration of now. */
static void take_config(struct dnsmon_feed *feed)
{
    struct dnsmon_monitor *mon = feed->mon;
    struct dnsmon_config *old = feed->cfg;

    g_mutex_lock(&mon->lock);
    feed->cfg = dm_config_ref(mon->cfg);
    feed->gen = g_atomic_int_get(&mon->gen);
    feed->observer.key = mon->key;
    feed->numbers = mon->hosts;
    g_mutex_unlock(&mon->lock);
    feed->observer.site = feed->cfg->site;
    feed->observer.tables.made_for = 0;
    feed->observer.signatures = feed->cfg->signatures;
    feed->observer.wanted = dm_engine_marks(feed->cfg);
    feed->parse.clock.zone = dm_site_zone(feed->cfg->site);
    feed->parse.clock.cache = (struct dm_zone_cache){0};
    dm_clock_forget(&feed->parse.clock);
    dm_feed_forget_hosts(feed); /* a state file brings its own numbers */
    dnsmon_config_free(old);
}

static void follow_monitor(struct dnsmon_feed *feed)
{
    if (feed->gen != g_atomic_int_get(&feed->mon->gen)) {
        take_config(feed);
    }
}

int dnsmon_feed_new(dnsmon_monitor_t *mon, dnsmon_feed_t **ret_feed)
{
    struct dnsmon_feed *feed = g_try_new0(struct dnsmon_feed, 1);

    if (!feed) {
        return DNSMON_ENOMEM;
    }
    feed->mon = mon;
    feed->parse.brief = true;
    dm_feed_name_streams(feed);
    feed->observer.psl = mon->psl;
    g_mutex_lock(&mon->lock);
    feed->parse.clock.year = mon->year;
    g_mutex_unlock(&mon->lock);
    take_config(feed);
    *ret_feed = feed;
    return 0;
}

void dnsmon_feed_free(dnsmon_feed_t *feed)
{
    if (feed) {
        dnsmon_feed_flush(feed, feed->wall_us);
        dm_batch_clear(&feed->batch);
        dm_intern_free(feed->own_hosts);
        dm_json_clear(&feed->json);
        dnsmon_config_free(feed->cfg);
        g_free(feed);
    }
}

int dnsmon_feed_flush(dnsmon_feed_t *feed, int64_t wall_us)
{
    if (feed->own_hosts) {
        dm_feed_share_hosts(feed);
    }
    feed->wall_us = wall_us;
    dm_clock_see(&feed->parse.clock, wall_us); /* raw lines: what year it is */
    feed->counts.parse = feed->parse.counts;
    dm_monitor_take(feed->mon, &feed->batch, &feed->counts, &feed->observer.key, feed->numbers,
                    wall_us);
    memset(&feed->parse.counts, 0, sizeof feed->parse.counts);
    follow_monitor(feed);
    return g_atomic_int_get(&feed->mon->waiting);
}

int dnsmon_feed_hold(dnsmon_feed_t *feed)
{
    if (feed->own_hosts) {
        return 0;
    }
    dnsmon_feed_flush(feed, feed->wall_us);
    dm_feed_forget_hosts(feed);
    feed->own_hosts = dm_intern_new();
    return feed->own_hosts ? 0 : DNSMON_ENOMEM;
}

void dnsmon_feed_follow(dnsmon_feed_t *feed, const dnsmon_feed_t *from)
{
    struct dm_zone *zone = feed->parse.clock.zone;

    feed->parse.clock = from->parse.clock;
    feed->parse.clock.zone = zone;
    feed->parse.clock.cache = (struct dm_zone_cache){0};
    feed->parse.last = from->parse.last;
}

/* A full batch is handed over. */
static void flush_full(struct dnsmon_feed *feed)
{
    if (feed->batch.n >= BATCH_OBS && !feed->own_hosts) {
        dnsmon_feed_flush(feed, feed->wall_us);
    }
}

int dm_feed_put(struct dnsmon_feed *feed, const struct dm_obs *obs, struct dm_slice text)
{
    if (dm_batch_add(&feed->batch, obs, text) < 0) {
        return DNSMON_ENOMEM;
    }
    flush_full(feed);
    return 0;
}

/* The end of the lock-free part: a record becomes an observation in the batch, written in its place
 * there, or is not read. @bare: it is of a line without a header, and the feed knows that. */
static DM_INLINE void observe(struct dnsmon_feed *feed, const struct dm_record *rec, bool bare,
                              struct dm_slice line)
{
    struct dm_batch *batch = &feed->batch;
    struct dm_name name;

    if (batch->n == 0) {
        follow_monitor(feed); /* a state file that was read meanwhile brings its own hash key */
    }
    if (dm_batch_reserve(batch, 1) < 0) {
        feed->counts.unread++;
        return;
    }
    struct dm_obs *obs = &batch->obs[batch->n];
    if (!dm_observe(&feed->observer, rec, obs, &name)) {
        feed->counts.unread++;
        dm_feed_tell_alive(feed, rec, line);
        return;
    }
    if (!bare && (rec->host.n || feed->other_host.number)) {
        obs->host = dm_feed_host(feed, rec->host, false)->number & DM_OBS_HOST_MASK;
    }
    if (!obs->marks) {
        dm_batch_keep_plain(batch, obs);
    } else if (dm_batch_keep(batch, dm_slice_make(name.text, name.len)) < 0) {
        feed->counts.unread++;
        return;
    }
    feed->counts.observed++; /* before the flush, which hands the counts over */
    flush_full(feed);
}

/* A line has been read.   Returns: whether it is a record. */
static int take(struct dnsmon_feed *feed, enum dm_verdict verdict, const struct dm_record *rec,
                struct dm_slice line)
{
    if (verdict == DM_PARSE_RECORD) {
        observe(feed, rec, false, line);
    } else if (verdict == DM_PARSE_MALFORMED) {
        dm_feed_tell_malformed(feed, rec, line);
    } else {
        dm_feed_tell_alive(feed, rec, line);
    }
    return verdict == DM_PARSE_RECORD;
}

int dnsmon_feed_message(dnsmon_feed_t *feed, int64_t time_us, const char *host, size_t host_len,
                        const char *program, size_t program_len, const char *msg, size_t msg_len)
{
    struct dm_record rec;

    enum dm_verdict v = dm_parse_message(&feed->parse, time_us, dm_slice_make(host, host_len),
                                         dm_slice_make(program, program_len),
                                         dm_slice_make(msg, msg_len), &rec, NULL);
    return take(feed, v, &rec, dm_slice_make(msg, msg_len));
}

int dnsmon_feed_json(dnsmon_feed_t *feed, int64_t time_us, const char *host, size_t host_len,
                     const char *json, size_t json_len)
{
    struct dm_record rec;

    enum dm_verdict v =
        dm_parse_json(&feed->parse, &feed->json, time_us, dm_slice_make(host, host_len),
                      dm_slice_make(json, json_len), &rec, NULL);
    return take(feed, v, &rec, dm_slice_make(json, json_len));
}

/* A raw line: a JSON object, or header and message. */
static enum dm_verdict read_line(struct dnsmon_feed *feed, struct dm_slice line,
                                 struct dm_record *rec, const char **ret_why)
{
    if (line.n > 0 && line.p[0] == '{') {
        return dm_parse_json(&feed->parse, &feed->json, 0, DM_SLICE(""), line, rec, ret_why);
    }
    return dm_parse_line(&feed->parse, line, rec, ret_why);
}

/* A raw line that is no bare one. */
static __attribute__((noinline)) int feed_other_line(struct dnsmon_feed *feed, struct dm_slice line)
{
    struct dm_record rec;
    enum dm_verdict v = read_line(feed, line, &rec, NULL);

    return take(feed, v, &rec, line);
}

/* A record of lines without headers, such as the parser that read the last line reads. */
static unsigned start_bare(struct dnsmon_feed *feed, struct dm_record *rec)
{
    unsigned id = feed->parse.last;

    rec->host = rec->program = DM_SLICE("");
    rec->parser = dm_parsers[id]->name;
    dm_feed_host(feed, rec->host, false); /* none: its number is 0 from now on */
    return id;
}

int dnsmon_feed_line(dnsmon_feed_t *feed, const char *line, size_t len)
{
    struct dm_slice s = {line, len};
    struct dm_record rec;

    if (!dm_parse_bare_is(s)) {
        return feed_other_line(feed, s);
    }
    unsigned id = start_bare(feed, &rec);
    if (!dm_parse_usual(&feed->parse, id, s, &rec)) {
        return feed_other_line(feed, s);
    }
    feed->parse.counts.by[id][DM_PARSE_RECORD]++;
    observe(feed, &rec, true, s);
    return 1;
}

/* Lines without headers at the front of a text, as many as a parser's quick() reads.
 * Returns: what follows them. */
static const char *feed_bare(struct dnsmon_feed *feed, const char *p, const char *end,
                             int *ret_lines)
{
    struct dm_record rec;
    unsigned id = start_bare(feed, &rec);
    size_t n;

    if (!dm_parsers[id]->quick) {
        return p;
    }
    while (end - p >= DM_QUICK_ROOM && p[2] == '-' &&
           (n = dm_parsers[id]->quick(p, &feed->parse, &rec)) > 0) {
        feed->parse.counts.by[id][DM_PARSE_RECORD]++;
        ++*ret_lines;
        observe(feed, &rec, true, dm_slice_make(p, n));
        p += n + 1;
    }
    return p;
}

/* A line with a header that is known, at the front of a text, into @rec.
 * Returns: its length; 0 if a parser's quick() does not read it. */
static DM_INLINE size_t read_headed(struct dm_parse_ctx *ctx, const char *p, struct dm_record *rec)
{
    struct dm_header head;
    const struct dm_known_head *known =
        dm_known_head(&ctx->heads, &ctx->clock, dm_slice_make(p, DM_QUICK_ROOM), &head);

    if (!known || !dm_parsers[known->owner]->quick) {
        return 0;
    }
    rec->time_us = head.time_us;
    size_t n = dm_parsers[known->owner]->quick(head.msg.p, ctx, rec);
    if (n == 0) {
        return 0;
    }
    rec->host = head.host;
    rec->program = head.program;
    rec->parser = dm_parsers[known->owner]->name;
    ctx->last = known->owner; /* of lines that lost their header */
    ctx->counts.by[known->owner][DM_PARSE_RECORD]++;
    return (size_t)(head.msg.p - p) + n;
}

/* The same of lines with headers that are known. */
static const char *feed_headed(struct dnsmon_feed *feed, const char *p, const char *end,
                               int *ret_lines)
{
    struct dm_record rec;
    size_t n;

    while (end - p >= 2 * DM_QUICK_ROOM && (n = read_headed(&feed->parse, p, &rec)) > 0) {
        ++*ret_lines;
        observe(feed, &rec, false, dm_slice_make(p, n));
        p += n + 1;
    }
    return p;
}

/* The usual lines at the front of a text, read without looking for their ends.
 * Returns: what follows them. */
static const char *feed_usual(struct dnsmon_feed *feed, const char *p, const char *end,
                              int *ret_lines)
{
    const char *begin = p;

    if (end - p < DM_QUICK_ROOM || feed->parse.usual.missed == DM_USUAL_MISSES) {
        return p;
    }
    p = p[2] == '-' ? feed_bare(feed, p, end, ret_lines) : feed_headed(feed, p, end, ret_lines);
    if (p != begin) {
        feed->parse.usual.missed = 0;
    }
    return p;
}

int dnsmon_feed_lines(dnsmon_feed_t *feed, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    int records = 0;

    while (p < end) {
        p = feed_usual(feed, p, end, &records);
        struct dm_slice rest = {p, (size_t)(end - p)};
        size_t n = dm_slice_find(rest, '\n');
        if (rest.n > 0) {
            records += dnsmon_feed_line(feed, p, n);
            p += n + (n < rest.n);
        }
    }
    return records;
}

int dnsmon_feed_peek(dnsmon_feed_t *feed, const char *line, size_t len, int64_t *ret_time_us)
{
    struct dm_clock *clock = &feed->parse.clock;
    struct dm_parse_counts counts = feed->parse.counts;
    int64_t last_us = clock->last_us;
    struct dm_record rec;

    clock->last_us = 0;
    dm_clock_forget(clock);
    read_line(feed, dm_slice_make(line, len), &rec, NULL);
    feed->parse.counts = counts;
    if (clock->last_us == 0) {
        clock->last_us = last_us;
        return 0;
    }
    *ret_time_us = clock->last_us;
    return clock->text_len == DM_STAMP_YEARLESS ? 2 : 1;
}

char *dnsmon_parse_line(dnsmon_feed_t *feed, const char *line, size_t len)
{
    struct dm_record rec;
    const char *why = NULL;

    feed->parse.brief = false;
    enum dm_verdict v = read_line(feed, dm_slice_make(line, len), &rec, &why);
    feed->parse.brief = true;
    return dm_record_json(&rec, v, why);
}
