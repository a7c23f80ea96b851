/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A record as JSON, for people and for tests: every field of its kind, null where it was not
 * printed.
 *
 * LIMITS: for `dnsmon parse` only; it allocates.
 * Source: doc/FORMATS.md; the keys of corpus/expect.jsonl, which names the queue id "qid" and the
 * mail peer "client", beside doc/FORMATS.md's "queue_id" and "peer".
 */
#include "parse/record_json.h"

#include <stdio.h>
#include <stdlib.h>

#include <glib.h>
#include <json-c/json.h>

#include "util/buf.h"
#include "util/text.h"

static bool is_hex(char c)
{
    return g_ascii_isxdigit(c);
}

/* Bytes of the character at the front of @s if it may go to a terminal as JSON; 0: not. */
static size_t shown_len(struct dm_slice s)
{
    unsigned char first = (unsigned char)s.p[0];

    return first < 0x7f ? 1 : first == 0x7f ? 0 : dm_text_shown_length(s);
}

/* A backslash that would be taken for one of ours. */
static bool looks_escaped(struct dm_slice s)
{
    return s.n >= 4 && s.p[0] == '\\' && s.p[1] == 'x' && is_hex(s.p[2]) && is_hex(s.p[3]);
}

static void append_escaped(struct dm_buf *out, struct dm_slice s)
{
    while (s.n > 0) {
        size_t n = looks_escaped(s) ? 0 : shown_len(s);
        if (n > 0) {
            dm_buf_add(out, dm_slice_head(s, n));
        } else {
            n = 1;
            dm_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
        }
        s = dm_slice_skip(s, n);
    }
}

/* Without memory the value is left out. */
static void put(struct json_object *obj, const char *key, struct json_object *value)
{
    if (json_object_object_add_ex(obj, key, value, JSON_C_OBJECT_KEY_IS_CONSTANT) < 0) {
        json_object_put(value);
    }
}

static void append(struct json_object *array, struct json_object *value)
{
    if (json_object_array_add(array, value) < 0) {
        json_object_put(value);
    }
}

static struct json_object *text_of(struct dm_slice s, bool lower)
{
    if (!dm_field_printed(s)) {
        return NULL;
    }
    struct dm_buf out = {0};
    append_escaped(&out, s);
    size_t len = out.n;
    char *text = dm_buf_take(&out);
    if (!text) {
        return NULL;
    }
    for (size_t i = 0; lower && i < len; i++) {
        text[i] = g_ascii_tolower(text[i]);
    }
    struct json_object *obj = json_object_new_string_len(text, (int)len);
    free(text);
    return obj;
}

static void add_text(struct json_object *obj, const char *key, struct dm_slice s)
{
    put(obj, key, text_of(s, false));
}

/* Like add_text(), but an empty text is left out. */
static void add_some(struct json_object *obj, const char *key, struct dm_slice s)
{
    if (s.n > 0) {
        add_text(obj, key, s);
    }
}

/* A number; null if it is @none. */
static void add_number(struct json_object *obj, const char *key, int64_t v, int64_t none)
{
    put(obj, key, v == none ? NULL : json_object_new_int64(v));
}

static void add_name(struct json_object *obj, const char *key, const char *name)
{
    put(obj, key, name ? json_object_new_string(name) : NULL);
}

static void add_time(struct json_object *obj, int64_t time_us)
{
    char text[64];
    int year, month, day;
    int64_t s = time_us / 1000000, days = s / 86400;
    int of_day = (int)(s % 86400);

    if (time_us <= 0) {
        put(obj, "time", NULL);
        return;
    }
    dm_civil_from_days(days, &year, &month, &day);
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
             of_day / 3600, of_day / 60 % 60, of_day % 60, (int)(time_us % 1000000));
    add_name(obj, "time", text);
}

static void add_client(struct json_object *obj, const struct dm_record *rec)
{
    put(obj, "client", rec->has_client ? text_of(rec->client_text, false) : NULL);
    /* BIND always prints a port, and 0 for a client that has gone; nobody else prints 0. */
    bool bind = rec->has_client && rec->parser && strcmp(rec->parser, "bind") == 0;
    add_number(obj, "port", rec->client_port, bind ? -1 : 0);
}

/* Answer, authority, additional; null if none was printed, or only that one. */
static void add_counts(struct json_object *obj, const int32_t counts[3])
{
    struct json_object *array = NULL;

    if (counts[0] >= 0 || counts[1] >= 0 || counts[2] >= 0) {
        array = json_object_new_array();
        for (int i = 0; i < 3; i++) {
            append(array, counts[i] < 0 ? NULL : json_object_new_int(counts[i]));
        }
    }
    put(obj, "counts", array);
}

/* What only some servers print; no key where it was not. */
static void add_more(struct json_object *obj, const struct dm_record *rec)
{
    if (rec->more & DM_MORE_ZONE) {
        add_text(obj, "zone", rec->zone);
        add_text(obj, "action", rec->zone_action);
    }
    if (rec->more & DM_MORE_REPLY) {
        add_text(obj, "took", rec->took);
        put(obj, "cached", json_object_new_int(rec->cached));
        add_number(obj, "size", rec->reply_bytes, -1);
    }
}

static void add_dns(struct json_object *obj, const struct dm_record *rec)
{
    bool flags = rec->flag_bits & DM_QF_PRINTED;

    add_client(obj, rec);
    add_text(obj, "client_ptr", rec->client_ptr);
    add_text(obj, "signer", rec->signer);
    add_text(obj, "view", rec->view);
    add_text(obj, "qname", rec->qname);
    put(obj, "qname_lc", text_of(rec->qname, true));
    add_text(obj, "qclass", rec->qclass);
    add_text(obj, "qtype", rec->qtype);
    add_text(obj, "flags", rec->flags);
    put(obj, "rd", flags ? json_object_new_boolean((rec->flag_bits & DM_QF_RD) != 0) : NULL);
    if ((rec->flag_bits & DM_QF_TCP) && dm_slice_find(rec->flags, 'T') == rec->flags.n) {
        add_name(obj, "transport", "tcp"); /* where no flag says so */
    }
    add_text(obj, "server", rec->server);
    if (rec->server_port) {
        add_number(obj, "server_port", rec->server_port, 0);
    }
    add_text(obj, "ecs", rec->ecs);
    if (rec->kind == DM_REC_RESPONSE) {
        add_text(obj, "rcode", rec->rcode);
        add_counts(obj, rec->counts);
    }
    add_more(obj, rec);
}

static void add_pair(struct json_object *obj, const char *key, uint32_t ok, uint32_t all)
{
    struct json_object *pair = json_object_new_array();

    append(pair, json_object_new_int64(ok));
    append(pair, json_object_new_int64(all));
    put(obj, key, pair);
}

static void add_smtp_counts(struct json_object *obj, const struct dm_smtp_counts *c)
{
    struct json_object *counts = NULL;

    if (c->printed) {
        counts = json_object_new_object();
        add_pair(counts, "mail", c->mail_ok, c->mail_all);
        add_pair(counts, "rcpt", c->rcpt_ok, c->rcpt_all);
        add_pair(counts, "data", c->data_ok, c->data_all);
        add_pair(counts, "commands", c->commands_ok, c->commands_all);
    }
    put(obj, "counts", counts);
}

static void add_reject(struct json_object *obj, const struct dm_record *rec)
{
    add_text(obj, "action", rec->action);
    add_text(obj, "state", rec->state);
    add_number(obj, "code", rec->code, 0);
    add_text(obj, "dsn", rec->dsn);
    add_text(obj, "what", rec->what);
    add_text(obj, "text", rec->text);
    add_name(obj, "reason", dm_reject_reason_name(rec->reason));
    add_text(obj, "sender", rec->sender);
    add_text(obj, "recipient", rec->recipient);
    add_text(obj, "proto", rec->proto);
    add_text(obj, "helo", rec->helo);
}

static void add_peer(struct json_object *obj, const struct dm_record *rec)
{
    add_text(obj, "host", rec->peer_name);
    add_client(obj, rec);
    put(obj, "peer", rec->has_client ? text_of(rec->client_text, false) : NULL);
}

static void add_mail(struct json_object *obj, const struct dm_record *rec)
{
    add_text(obj, "qid", rec->queue_id);
    add_text(obj, "queue_id", rec->queue_id);
    if (rec->kind != DM_REC_SMTP_FROM && rec->kind != DM_REC_SMTP_TO) {
        add_peer(obj, rec);
    }
    if (rec->kind == DM_REC_SMTP_DISCONNECT) {
        add_smtp_counts(obj, &rec->smtp);
    } else if (rec->kind == DM_REC_SMTP_REJECT) {
        add_reject(obj, rec);
    } else if (rec->kind == DM_REC_SMTP_FROM) {
        add_text(obj, "sender", rec->sender);
        add_number(obj, "size", rec->size_bytes, -1);
        add_number(obj, "nrcpt", rec->nrcpt, -1);
        add_text(obj, "status", rec->status);
    } else if (rec->kind == DM_REC_SMTP_TO) {
        add_text(obj, "recipient", rec->recipient);
        add_text(obj, "relay", rec->relay);
        add_text(obj, "dsn", rec->dsn);
        add_text(obj, "status", rec->status);
        add_text(obj, "text", rec->text);
    }
    add_some(obj, "sasl_user", rec->sasl_user);
    if (rec->ambiguous) {
        put(obj, "ambiguous", json_object_new_boolean(1));
    }
}

static void add_target(struct json_object *obj, const struct dm_record *rec)
{
    char text[DM_ADDR_STRLEN];

    if (dm_field_printed(rec->peer_name)) {
        add_text(obj, "host", rec->peer_name);
    }
    add_client(obj, rec);
    add_text(obj, "service", rec->service);
    add_name(obj, "dst", rec->has_dst ? dm_addr_text(&rec->dst, text) : NULL);
    add_number(obj, "dport", rec->dst_port, 0);
    add_some(obj, "action", rec->action);
}

/* One key of a note. */
struct note_row {
    const char *key;
    size_t offset;
};

#define FIELD(key, field)                                                                          \
    {                                                                                              \
        key, offsetof(struct dm_record, field)                                                     \
    }

static const struct note_row denied_rows[] = {
    FIELD("signer", signer), FIELD("view", view),          FIELD("qname", qname),
    FIELD("op", note.op),    FIELD("name", note.name),     FIELD("qtype", qtype),
    FIELD("qclass", qclass), FIELD("reason", note.reason), {NULL, 0},
};
static const struct note_row failed_rows[] = {
    FIELD("signer", signer),      FIELD("view", view),      FIELD("qname", qname),
    FIELD("result", note.result), FIELD("name", note.name), FIELD("qclass", qclass),
    FIELD("qtype", qtype),        FIELD("at", note.at),     {NULL, 0},
};
static const struct note_row rrl_rows[] = {
    FIELD("view", view),      FIELD("qname", qname),
    FIELD("action", note.op), FIELD("result", note.result),
    FIELD("net", note.net),   FIELD("rrl_name", note.name),
    FIELD("qclass", qclass),  FIELD("qtype", qtype),
    FIELD("hash", note.hash), {NULL, 0},
};
static const struct note_row rpz_rows[] = {
    FIELD("view", view),
    FIELD("qname", qname),
    FIELD("trigger", note.trigger),
    FIELD("policy", note.policy),
    FIELD("name", note.name),
    FIELD("qtype", qtype),
    FIELD("qclass", qclass),
    FIELD("via", note.via),
    FIELD("cname", note.target),
    {NULL, 0},
};
static const struct note_row resolving_rows[] = {
    FIELD("result", note.result),
    FIELD("name", note.name),
    FIELD("qtype", qtype),
    FIELD("qclass", qclass),
    FIELD("server", server),
    FIELD("reason", note.reason),
    {NULL, 0},
};

static const struct note_row warning_rows[] = {
    FIELD("what", what),
    FIELD("text", text),
    {NULL, 0},
};
static const struct note_row session_rows[] = {
    FIELD("what", what),
    FIELD("after", note.at),
    FIELD("text", text),
    {NULL, 0},
};
static const struct note_row message_id_rows[] = {
    FIELD("message_id", note.name),
    {NULL, 0},
};
static const struct note_row removed_rows[] = {
    {NULL, 0},
};
static const struct note_row bounce_rows[] = {
    FIELD("what", what),
    FIELD("notification_id", note.name),
    {NULL, 0},
};
static const struct note_row screen_rows[] = {
    FIELD("op", note.op),
    FIELD("detail", note.result),
    FIELD("text", text),
    {NULL, 0},
};
static const struct note_row rate_rows[] = {
    FIELD("what", what),
    FIELD("service", service),
    {NULL, 0},
};

static void add_rows(struct json_object *obj, const struct dm_record *rec,
                     const struct note_row *rows)
{
    for (; rows->key; rows++) {
        add_text(obj, rows->key, *(const struct dm_slice *)((const char *)rec + rows->offset));
    }
}

/* BIND's lines of no use. */
static void add_bind_note(struct json_object *obj, const struct dm_record *rec)
{
    static const struct note_row *const rows[] = {denied_rows, failed_rows, rrl_rows, rpz_rows,
                                                  resolving_rows};

    add_client(obj, rec);
    add_rows(obj, rec, rows[rec->kind - DM_REC_BIND_DENIED]);
    if (rec->kind == DM_REC_BIND_DENIED) {
        put(obj, "cache", json_object_new_boolean(rec->note.cache));
    }
}

/* Postfix's lines of no use. */
static void add_postfix_note(struct json_object *obj, const struct dm_record *rec)
{
    static const struct note_row *const rows[] = {warning_rows,    session_rows, session_rows,
                                                  message_id_rows, removed_rows, bounce_rows,
                                                  screen_rows,     rate_rows};

    add_text(obj, "qid", rec->queue_id);
    if (rec->has_client) {
        add_peer(obj, rec);
    }
    add_rows(obj, rec, rows[rec->kind - DM_REC_SMTP_WARNING]);
    if (rec->kind == DM_REC_SMTP_RATE) {
        add_number(obj, "count", rec->note.count, -1);
        add_number(obj, "seconds", rec->note.per_s, 0);
    }
}

static void add_kind(struct json_object *obj, const struct dm_record *rec)
{
    switch (rec->kind) {
    case DM_REC_QUERY:
    case DM_REC_RESPONSE:
        add_dns(obj, rec);
        break;
    case DM_REC_TCP_ATTEMPT:
        add_target(obj, rec);
        break;
    case DM_REC_BIND_DENIED:
    case DM_REC_BIND_FAILED:
    case DM_REC_BIND_RRL:
    case DM_REC_BIND_RPZ:
    case DM_REC_BIND_RESOLVING:
        add_bind_note(obj, rec);
        break;
    case DM_REC_SMTP_WARNING:
    case DM_REC_SMTP_PIPELINING:
    case DM_REC_SMTP_LOST:
    case DM_REC_SMTP_MESSAGE_ID:
    case DM_REC_SMTP_REMOVED:
    case DM_REC_SMTP_BOUNCE:
    case DM_REC_SMTP_SCREEN:
    case DM_REC_SMTP_RATE:
        add_postfix_note(obj, rec);
        break;
    case DM_REC_NONE:
    case DM_REC_COUNT:
        break;
    default:
        add_mail(obj, rec);
    }
}

char *dm_record_json(const struct dm_record *rec, enum dm_verdict verdict, const char *why)
{
    struct json_object *obj = json_object_new_object();

    if (!obj) {
        return NULL;
    }
    bool none = verdict != DM_PARSE_RECORD || rec->kind == DM_REC_NONE;
    add_name(obj, "kind", none ? NULL : dm_record_kind_name(rec->kind));
    add_name(obj, "parser", rec->parser);
    add_time(obj, rec->time_us);
    add_some(obj, "log_host", rec->host);
    add_some(obj, "prog", rec->program);
    if (none) {
        add_name(obj, "why",
                 verdict == DM_PARSE_RECORD ? "a line of this program that is of no use"
                 : why                      ? why
                                            : "not understood");
    } else {
        add_kind(obj, rec);
    }
    int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    const char *text = json_object_to_json_string_ext(obj, flags);
    char *copy = text ? strdup(text) : NULL;
    json_object_put(obj);
    return copy;
}
