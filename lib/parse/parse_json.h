/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages that somebody else has parsed: one JSON object each (doc/FORMATS.md).
 */
#ifndef DM_PARSE_PARSE_JSON_H
#define DM_PARSE_PARSE_JSON_H

#include "parse/parser.h"

struct json_object;
struct json_tokener;

/** Longest object that is read, bytes (own choice: a name is at most 1003, Postfix's longest line
 * about 4 KiB; there is room for what rsyslog's $! carries besides). */
#define DM_JSON_MAX (1 << 20)
/** Deepest nesting; our own keys need 3 (own choice: $! trees of real sites have fewer than 10). */
#define DM_JSON_DEPTH 16

/** What reading objects needs to remember: all zero is a good start. Belongs to one feed. */
struct dm_json {
    struct json_tokener *tokener;
    struct json_object *object; /**< the last one read: the record's slices point into it */
};

/**
 * dm_parse_json() - read one object into a record. Never guesses: an unknown kind, a client that
 * is none, a value of another type than its key has, are malformed.
 * @json:    its strings are the record's until the next call or dm_json_clear().
 * @time_us: the time that the host knows, 0: none; a time in the object wins.
 * @host:    the host that the host program knows; if empty, that of the object.
 * @text:    the object and nothing else but blanks around it.
 * @ret_why: a constant sentence if the answer is not DM_PARSE_RECORD; may be NULL.
 * Returns:  DM_PARSE_RECORD (DM_REC_NONE where "kind" is null) or DM_PARSE_MALFORMED; counted.
 * Cost:     allocates.
 */
enum dm_verdict dm_parse_json(struct dm_parse_ctx *ctx, struct dm_json *json, int64_t time_us,
                              struct dm_slice host, struct dm_slice text, struct dm_record *rec,
                              const char **ret_why);

/** dm_json_clear() - release what is held; the strings of the last record are gone. */
void dm_json_clear(struct dm_json *json);

#endif
