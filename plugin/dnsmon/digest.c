/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: events of one id replace each other, so the last word stays, with the highest level and
 * the evidence that there ever was. Prefix lists are large, so those of one day only are kept: that
 * on which a client asked for the most names of mail servers.
 *
 * LIMITS: events with more than 16 levels of JSON are none. Of an incident whose first event is not
 * in the input only the rest is told.
 * Source: doc/EVENTS.md.
 */
#define _GNU_SOURCE
#include "digest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define JSON_DEPTH 16
/* As --year. */
#define YEAR_MAX 2199

/* ---- reading an event ---- */

struct json_object *event_at(struct json_object *ev, const char *path)
{
    char key[32];

    while (ev && *path) {
        size_t n = strcspn(path, ".");
        if (n >= sizeof key || !json_object_is_type(ev, json_type_object)) {
            return NULL;
        }
        memcpy(key, path, n);
        key[n] = '\0';
        ev = json_object_object_get(ev, key);
        path += n + (path[n] == '.');
    }
    return ev;
}

const char *event_text(struct json_object *ev, const char *path)
{
    struct json_object *o = event_at(ev, path);

    return json_object_is_type(o, json_type_string) ? json_object_get_string(o) : "";
}

double event_number(struct json_object *ev, const char *path)
{
    struct json_object *o = event_at(ev, path);

    return json_object_is_type(o, json_type_int) || json_object_is_type(o, json_type_double)
               ? json_object_get_double(o)
               : NAN;
}

int64_t event_time(struct json_object *ev, const char *path)
{
    struct tm tm = {0};
    int ms;

    if (sscanf(event_text(ev, path), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &tm.tm_year, &tm.tm_mon,
               &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7 ||
        tm.tm_year < 1970 || tm.tm_year > YEAR_MAX || tm.tm_mon < 1 || tm.tm_mon > 12 ||
        tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 ||
        tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60 || ms < 0) {
        return 0;
    }
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return ((int64_t)timegm(&tm) * 1000 + ms) * 1000;
}

/* The sentence begins "On 2004-01-28 ": the window's times are UTC and would not say. */
const char *event_date(struct json_object *ev, char ret[11])
{
    const char *reason = event_text(ev, "event.reason");
    int y, m, d, n = 0;

    ret[0] = '\0';
    if (sscanf(reason, "On %4d-%2d-%2d%n", &y, &m, &d, &n) == 3 && n == 13 && y >= 0 && m >= 1 &&
        m <= 12 && d >= 1 && d <= 31) {
        g_snprintf(ret, 11, "%04d-%02d-%02d", y, m, d);
    }
    return ret;
}

const char *event_server(struct json_object *ev)
{
    const char *ip = event_text(ev, "host.ip");

    if (event_at(ev, "dnsmon.top")) {
        return "";
    }
    return *ip ? ip : event_text(ev, "observer.hostname");
}

/* ---- keeping ---- */

static void free_entry(void *p)
{
    struct entry *e = p;

    json_object_put(e->ev);
    g_free(e);
}

struct digest *digest_new(void)
{
    struct digest *d = g_new0(struct digest, 1);

    d->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_entry);
    d->incidents = g_ptr_array_new();
    d->days = g_ptr_array_new();
    d->server_days = g_ptr_array_new();
    d->feed = g_ptr_array_new();
    return d;
}

void digest_free(struct digest *d)
{
    if (d) {
        json_object_put(d->names);
        g_ptr_array_free(d->incidents, TRUE);
        g_ptr_array_free(d->days, TRUE);
        g_ptr_array_free(d->server_days, TRUE);
        g_ptr_array_free(d->feed, TRUE);
        g_hash_table_destroy(d->by_id);
        g_free(d);
    }
}

static int level_of(struct json_object *ev)
{
    const char *level = event_text(ev, "dnsmon.level");

    return strcmp(level, "alarm") == 0 ? 2 : strcmp(level, "notice") == 0;
}

/* Different names of a list that begin so. */
static uint64_t count_prefix(struct json_object *ev, const char *path, const char *prefix)
{
    struct json_object *list = event_at(ev, path);

    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        double n = event_number(one, "count");
        if (strcmp(event_text(one, "prefix"), prefix) == 0) {
            return n > 0 && n < 1e12 ? (uint64_t)n : 0;
        }
    }
    return 0;
}

/* Names of mail servers among those of a day's busiest client; without one a day has 1. */
static uint64_t score_names(struct json_object *ev)
{
    if (!*event_text(ev, "dnsmon.prefix.client")) {
        return event_at(ev, "dnsmon.prefix.1") ? 1 : 0;
    }
    return 2 + count_prefix(ev, "dnsmon.prefix.4", "mail") +
           count_prefix(ev, "dnsmon.prefix.4", "smtp") + count_prefix(ev, "dnsmon.prefix.2", "mx") +
           count_prefix(ev, "dnsmon.prefix.4", "rela");
}

static void keep_names(struct digest *d, struct json_object *ev)
{
    uint64_t score = score_names(ev);
    struct json_object *dnsmon = event_at(ev, "dnsmon");

    if (score > d->names_score) {
        d->names_score = score;
        json_object_put(d->names);
        d->names = json_object_new_object();
        json_object_object_add(d->names, "event", json_object_get(event_at(ev, "event")));
        struct json_object *prefix = json_object_new_object();
        json_object_object_add(prefix, "prefix", json_object_get(event_at(ev, "dnsmon.prefix")));
        json_object_object_add(d->names, "dnsmon", prefix);
    }
    if (dnsmon) {
        json_object_object_del(dnsmon, "prefix");
    }
}

/* The list that an event belongs to, and how long it may be. */
static GPtrArray *list_of(struct digest *d, struct json_object *ev, guint *ret_max)
{
    const char *rule = event_text(ev, "rule.id");
    bool site = *event_server(ev) == '\0';

    if (strcmp(rule, "daily-summary") == 0) {
        *ret_max = site ? DIGEST_DAYS : DIGEST_SERVER_DAYS;
        return site ? d->days : d->server_days;
    }
    if (strcmp(rule, "feed-gap") == 0 || strcmp(rule, "format-drift") == 0 ||
        strcmp(rule, "table-full") == 0) {
        *ret_max = DIGEST_FEED;
        return d->feed;
    }
    *ret_max = DIGEST_INCIDENTS;
    return d->incidents;
}

/* Another event of the same id: the later one stays. */
static void replace(struct entry *e, struct json_object *ev, int64_t time_us)
{
    struct json_object *evidence = event_at(e->ev, "dnsmon.evidence"), *to = event_at(ev, "dnsmon");

    e->events++;
    if (time_us < e->time_us) {
        json_object_put(ev);
        return;
    }
    if (evidence && to && !event_at(ev, "dnsmon.evidence")) {
        json_object_object_add(to, "evidence", json_object_get(evidence));
    }
    json_object_put(e->ev);
    e->ev = ev;
    e->time_us = time_us;
}

static void keep(struct digest *d, struct json_object *ev)
{
    const char *id = event_text(ev, "event.id");
    int64_t time_us = event_time(ev, "@timestamp");
    struct entry *e = *id ? g_hash_table_lookup(d->by_id, id) : NULL;
    guint max;
    GPtrArray *list = list_of(d, ev, &max);

    if (list == d->days) {
        keep_names(d, ev);
    }
    if (e) {
        e->level = MAX(e->level, level_of(ev));
        replace(e, ev, time_us);
        return;
    }
    if (list->len >= max) {
        d->dropped++;
        json_object_put(ev);
        return;
    }
    e = g_new(struct entry, 1);
    *e = (struct entry){.ev = ev, .level = level_of(ev), .time_us = time_us, .events = 1};
    g_ptr_array_add(list, e);
    g_hash_table_insert(d->by_id,
                        *id ? g_strdup(id) : g_strdup_printf("#%" G_GUINT64_FORMAT, d->events), e);
}

bool digest_is_event(const char *line, size_t n)
{
    return n > 0 && line[0] == '{' && memmem(line, n, "\"module\":\"dnsmon\"", 17) != NULL;
}

bool digest_add(struct digest *d, const char *json, size_t n)
{
    struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH);
    struct json_object *ev = n <= G_MAXINT ? json_tokener_parse_ex(tok, json, (int)n) : NULL;

    json_tokener_free(tok);
    if (!ev || strcmp(event_text(ev, "event.module"), "dnsmon") != 0) {
        json_object_put(ev);
        d->foreign++;
        return false;
    }
    int64_t time_us = event_time(ev, "@timestamp"), start_us = event_time(ev, "event.start");
    int64_t first_us = start_us && start_us < time_us ? start_us : time_us;
    d->events++;
    if (time_us) {
        d->first_us = d->first_us == 0 ? first_us : MIN(d->first_us, first_us);
        d->last_us = MAX(d->last_us, time_us);
    }
    keep(d, ev);
    return true;
}

/* ---- order ---- */

static int compare_numbers(double a, double b)
{
    return a > b ? -1 : a < b;
}

static int compare_incidents(const void *pa, const void *pb)
{
    const struct entry *a = *(struct entry *const *)pa, *b = *(struct entry *const *)pb;
    int by = b->level - a->level;

    by = by ? by
            : compare_numbers(event_number(a->ev, "event.risk_score"),
                              event_number(b->ev, "event.risk_score"));
    by = by ? by : strcmp(event_text(a->ev, "event.start"), event_text(b->ev, "event.start"));
    return by ? by : strcmp(event_text(a->ev, "event.id"), event_text(b->ev, "event.id"));
}

static int compare_days(const void *pa, const void *pb)
{
    const struct entry *a = *(struct entry *const *)pa, *b = *(struct entry *const *)pb;
    int by = a->time_us < b->time_us ? -1 : a->time_us > b->time_us;

    return by ? by : strcmp(event_server(a->ev), event_server(b->ev));
}

void digest_sort(struct digest *d)
{
    g_ptr_array_sort(d->incidents, compare_incidents);
    g_ptr_array_sort(d->days, compare_days);
    g_ptr_array_sort(d->server_days, compare_days);
    g_ptr_array_sort(d->feed, compare_days);
}
