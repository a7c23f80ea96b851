/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a report keeps of a stream of events: each incident's last word, each day's summary.
 */
#ifndef DM_PLUGIN_DNSMON_DIGEST_H
#define DM_PLUGIN_DNSMON_DIGEST_H

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/** Most that is kept of each kind (own choice: more than anybody reads; 20 MB). */
#define DIGEST_INCIDENTS 2000
#define DIGEST_DAYS 400
#define DIGEST_SERVER_DAYS 3200
#define DIGEST_FEED 500

/** One incident, or one day of the site or of a mail server. */
struct entry {
    struct json_object *ev; /**< its last event */
    int level;              /**< highest: 0 info, 1 notice, 2 alarm */
    int64_t time_us;        /**< of that event */
    uint64_t events;        /**< that it had */
};

struct digest {
    GHashTable *by_id;         /**< id to struct entry */
    GPtrArray *incidents;      /**< struct entry, all entries are by_id's; see digest_sort() */
    GPtrArray *days;           /**< of the site, in order */
    GPtrArray *server_days;    /**< of mail servers, in order */
    GPtrArray *feed;           /**< what is wrong with the feed */
    struct json_object *names; /**< the day's summary whose prefix table is shown; NULL: none */
    uint64_t names_score;
    uint64_t events, foreign;  /**< events read; lines that are none */
    uint64_t dropped;          /**< for which there was no place */
    int64_t first_us, last_us; /**< of all events; first_us 0: none */
};

struct digest *digest_new(void);
void digest_free(struct digest *d);

/** digest_add() - one event as JSON.   Returns: whether it is one; else it is counted. */
bool digest_add(struct digest *d, const char *json, size_t n);

/** digest_is_event() - whether a line looks like an event. */
bool digest_is_event(const char *line, size_t n);

/** digest_sort() - the worst incidents first, days by date. */
void digest_sort(struct digest *d);

/* ---- reading an event ---- */

/** event_at() - the value of a path such as "dnsmon.count.mx".   Returns: borrowed; NULL. */
struct json_object *event_at(struct json_object *ev, const char *path);

/** event_text() - of a string without NUL; "" if there is none.   event_number() - NAN if none. */
const char *event_text(struct json_object *ev, const char *path);
double event_number(struct json_object *ev, const char *path);

/** event_time() - ISO 8601 UTC to µs since 1970; 0: none. */
int64_t event_time(struct json_object *ev, const char *path);

/** event_date() - the local date of a summary, "2004-01-28"; "" if it does not say.
 * Returns: @ret. */
const char *event_date(struct json_object *ev, char ret[11]);

/** event_server() - the name by which a mail server's summary is known: its address, or its log
 * host; "" for the site's. */
const char *event_server(struct json_object *ev);

#endif
