/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages that arrive as fields already: rsyslog's $! tree, syslog-ng's name-value pairs, and what
 * `dnsmon parse` prints.
 *
 * Method. json-c reads the object, strictly and to a bounded depth; it is held until the next one
 * so that the record's slices can point into it. Texts are rows of a table: where they go, their
 * ECS path, their short name; json_field.c finds them.
 *
 * LIMITS: of a key that stands twice in an object the last one counts, as json-c reads it. Numbers
 * may be strings of digits, because mmnormalize and syslog-ng make all values strings; nothing else
 * is converted. A class that is not there is IN. A row in parsers.def it has for its counters and
 * name alone: no program's text is ever taken for JSON.
 * Source: doc/FORMATS.md; Elastic Common Schema 8.11 (dns, client, source, destination, email).
 */
#include "parse/parse_json.h"

#include <stddef.h>

#include <glib.h>
#include <json-c/json.h>

#include "dns/rrtype.h"
#include "parse/flags.h"
#include "parse/passed.h"
#include "parse/json_field.h"

#define US 1000000

/* A text and where in the record it goes. */
struct text_row {
    size_t offset;
    struct dm_json_keys keys;
};

#define TEXT(field, ...)                                                                           \
    {                                                                                              \
        offsetof(struct dm_record, field),                                                         \
        {                                                                                          \
            {                                                                                      \
                __VA_ARGS__                                                                        \
            }                                                                                      \
        }                                                                                          \
    }

static const struct text_row dns_texts[] = {
    TEXT(qname, "dns.question.name", "qname"),
    TEXT(qtype, "dns.question.type", "qtype"),
    TEXT(qclass, "dns.question.class", "qclass"),
    TEXT(rcode, "dns.response_code", "rcode"),
    TEXT(flags, "flags"),
    TEXT(view, "view"),
    TEXT(signer, "signer"),
    TEXT(client_ptr, "client_ptr"),
    TEXT(server, "server"),
    TEXT(ecs, "ecs"),
    TEXT(zone, "zone"),
};

static const struct text_row mail_texts[] = {
    TEXT(queue_id, "email.local_id", "queue_id", "qid"),
    TEXT(peer_name, "host"),
    TEXT(sender, "sender"),
    TEXT(recipient, "recipient"),
    TEXT(action, "action"),
    TEXT(state, "state"),
    TEXT(dsn, "dsn"),
    TEXT(what, "what"),
    TEXT(text, "text"),
    TEXT(proto, "proto"),
    TEXT(helo, "helo"),
    TEXT(relay, "relay"),
    TEXT(status, "status"),
    TEXT(sasl_user, "sasl_user"),
};

static const struct text_row packet_texts[] = {
    TEXT(service, "service"),
    TEXT(peer_name, "host"),
    TEXT(action, "event.action", "action"),
};

static const struct dm_json_keys time_keys = {{"@timestamp", "time"}};
static const struct dm_json_keys kind_keys = {{"kind"}};
static const struct dm_json_keys host_keys = {{"log_host"}};
static const struct dm_json_keys program_keys = {{"prog"}};
static const struct dm_json_keys client_keys = {{"client.ip", "source.ip", "client"}};
static const struct dm_json_keys peer_keys = {{"peer"}};
static const struct dm_json_keys port_keys = {{"client.port", "source.port", "port"}};
static const struct dm_json_keys transport_keys = {{"network.transport", "transport"}};
static const struct dm_json_keys server_port_keys = {{"server_port"}};
static const struct dm_json_keys dst_keys = {{"destination.ip", "dst"}};
static const struct dm_json_keys dport_keys = {{"destination.port", "dport"}};
static const struct dm_json_keys reason_keys = {{"reason"}};
static const struct dm_json_keys code_keys = {{"code"}};
static const struct dm_json_keys size_keys = {{"size"}};
static const struct dm_json_keys nrcpt_keys = {{"nrcpt"}};

static bool get_texts(struct json_object *obj, const struct text_row *rows, size_t n,
                      struct dm_record *rec)
{
    for (size_t i = 0; i < n; i++) {
        struct dm_slice *field = (struct dm_slice *)((char *)rec + rows[i].offset);
        if (!dm_json_text(obj, &rows[i].keys, field)) {
            return false;
        }
    }
    return true;
}

/* An address that may be missing.  Returns: whether it is one, or missing. */
static bool get_addr(struct json_object *obj, const struct dm_json_keys *keys,
                     struct dm_slice *ret_text, struct dm_addr *ret, bool *ret_has)
{
    if (!dm_json_text(obj, keys, ret_text)) {
        return false;
    }
    *ret_has = dm_field_printed(*ret_text);
    return !*ret_has || dm_addr_parse(*ret_text, ret) == 0;
}

/* Seconds since 1970, "1080000000" or "1080000000.25". */
static bool read_epoch(struct dm_slice s, int64_t *ret_us)
{
    size_t dot = dm_slice_find(s, '.');
    struct dm_slice part = dm_slice_skip(s, dot + 1);
    int64_t seconds, unit = US / 10, us = 0;

    if (dot > 10 || !dm_json_digits(dm_slice_head(s, dot), &seconds) ||
        (dot < s.n && part.n == 0)) {
        return false;
    }
    for (size_t i = 0; i < part.n; i++, unit /= 10) {
        if (part.p[i] < '0' || part.p[i] > '9') {
            return false;
        }
        us += (part.p[i] - '0') * unit;
    }
    *ret_us = seconds * US + us;
    return seconds > 0;
}

/* The object's time, if it has one, becomes rec->time_us.  Returns: whether it is one or missing.
 */
static bool get_time(struct json_object *obj, struct dm_clock *clock, struct dm_record *rec)
{
    struct json_object *value = dm_json_find(obj, &time_keys);

    if (!value) {
        return true;
    }
    if (!json_object_is_type(value, json_type_string) &&
        !json_object_is_type(value, json_type_int) &&
        !json_object_is_type(value, json_type_double)) {
        return false;
    }
    /* json-c keeps the digits of a number that it read, so no double comes between. */
    const char *text = json_object_get_string(value);
    if (!text) {
        return false;
    }
    struct dm_slice s = dm_slice_make(text, strlen(text));
    if (s.n >= 15 && (s.p[4] == '-' || s.p[8] == 'T')) {
        return dm_stamp_parse(clock, s, &rec->time_us) == s.n;
    }
    if (!read_epoch(s, &rec->time_us)) {
        return false;
    }
    dm_clock_see(clock, rec->time_us);
    return true;
}

static bool get_kind(struct json_object *obj, enum dm_record_kind *ret)
{
    struct dm_slice word;

    if (!dm_json_text(obj, &kind_keys, &word)) {
        return false;
    }
    for (int k = 1; k < DM_REC_COUNT; k++) {
        const char *name = dm_record_kind_name((enum dm_record_kind)k);
        if (name && dm_slice_eq(word, dm_slice_make(name, strlen(name)))) {
            *ret = (enum dm_record_kind)k;
            return true;
        }
    }
    return false;
}

static const char *read_client(struct json_object *obj, struct dm_record *rec)
{
    bool is_mail = rec->kind >= DM_REC_SMTP_CONNECT && rec->kind <= DM_REC_SMTP_TO;
    int64_t port;

    bool ok = get_addr(obj, &client_keys, &rec->client_text, &rec->client, &rec->has_client);
    if (ok && is_mail && !rec->has_client) {
        ok = get_addr(obj, &peer_keys, &rec->client_text, &rec->client, &rec->has_client);
    }
    if (!ok) {
        return "the client is no address";
    }
    if (!rec->has_client && rec->kind != DM_REC_SMTP_FROM && rec->kind != DM_REC_SMTP_TO) {
        return "there is no client";
    }
    if (!dm_json_number(obj, &port_keys, UINT16_MAX, 0, &port)) {
        return "the client's port is no number from 0 to 65535";
    }
    rec->client_port = (uint16_t)port;
    return NULL;
}

/* [answer, authority, additional] of a response, as `dnsmon parse` prints them; -1: not known. */
static bool get_sections(struct json_object *obj, int32_t ret[3])
{
    struct json_object *counts = dm_json_path(obj, "counts");

    ret[0] = ret[1] = ret[2] = -1;
    if (!counts) {
        return true;
    }
    if (!json_object_is_type(counts, json_type_array) || json_object_array_length(counts) != 3) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        struct json_object *n = json_object_array_get_idx(counts, i);
        int64_t v = n ? json_object_get_int64(n) : -1;
        if ((n && !json_object_is_type(n, json_type_int)) || v < -1 || v > UINT16_MAX) {
            return false;
        }
        ret[i] = (int32_t)v;
    }
    return true;
}

/* Whether it came over TCP, as far as its record says so. */
static bool is_tcp(struct json_object *obj)
{
    struct dm_slice word;

    return dm_json_text(obj, &transport_keys, &word) &&
           (dm_slice_eq(word, DM_SLICE("tcp")) || dm_slice_eq(word, DM_SLICE("TCP")));
}

static const char *read_dns(struct json_object *obj, struct dm_record *rec)
{
    int64_t port;

    if (!get_texts(obj, dns_texts, G_N_ELEMENTS(dns_texts), rec)) {
        return "a name, type, class, code or flag field is no text";
    }
    if (!dm_field_printed(rec->qname) || rec->qtype.n == 0) {
        return "there is no name or no type";
    }
    if (rec->qclass.n == 0) {
        rec->qclass = DM_SLICE("IN");
    }
    rec->qtype_code = dm_rrtype_number(rec->qtype);
    rec->qclass_code = dm_rrclass_number(rec->qclass);
    rec->flag_bits = 0;
    if (rec->flags.n && !dm_flags_read(rec->flags, &rec->flag_bits)) {
        return "the flags are not as BIND prints them";
    }
    rec->flag_bits |= is_tcp(obj) ? DM_QF_TCP : 0;
    if (!dm_json_number(obj, &server_port_keys, UINT16_MAX, 0, &port)) {
        return "server_port is no number from 0 to 65535";
    }
    rec->server_port = (uint16_t)port;
    if (!get_sections(obj, rec->counts)) {
        return "counts are not three numbers";
    }
    rec->more |= rec->zone.n ? DM_MORE_ZONE : 0;
    rec->rcode_num = rec->rcode.n ? dm_rcode_number(rec->rcode) : -1;
    return NULL;
}

static enum dm_reject_reason reason_of(struct dm_slice word)
{
    for (int r = 1; r < DM_REJ_COUNT; r++) {
        const char *name = dm_reject_reason_name((enum dm_reject_reason)r);
        if (name && dm_slice_eq(word, dm_slice_make(name, strlen(name)))) {
            return (enum dm_reject_reason)r;
        }
    }
    return word.n ? DM_REJ_OTHER : DM_REJ_NONE;
}

/* [accepted, all], as smtpd counts commands.  Returns: whether it is that. */
static bool get_pair(struct json_object *obj, const char *path, uint32_t *ret_ok, uint32_t *ret_all)
{
    struct json_object *pair = dm_json_path(obj, path);

    if (!json_object_is_type(pair, json_type_array) || json_object_array_length(pair) != 2) {
        return false;
    }
    int64_t ok = json_object_get_int64(json_object_array_get_idx(pair, 0));
    int64_t all = json_object_get_int64(json_object_array_get_idx(pair, 1));
    if (ok < 0 || all < ok || all > UINT32_MAX) {
        return false;
    }
    *ret_ok = (uint32_t)ok;
    *ret_all = (uint32_t)all;
    return true;
}

static bool get_smtp_counts(struct json_object *obj, struct dm_smtp_counts *c)
{
    *c = (struct dm_smtp_counts){0};
    if (!dm_json_path(obj, "counts")) {
        return true;
    }
    c->printed = true;
    return get_pair(obj, "counts.mail", &c->mail_ok, &c->mail_all) &&
           get_pair(obj, "counts.rcpt", &c->rcpt_ok, &c->rcpt_all) &&
           get_pair(obj, "counts.data", &c->data_ok, &c->data_all) &&
           get_pair(obj, "counts.commands", &c->commands_ok, &c->commands_all);
}

static const char *read_mail(struct json_object *obj, struct dm_record *rec)
{
    struct dm_slice reason;
    int64_t code, nrcpt;

    if (!get_texts(obj, mail_texts, G_N_ELEMENTS(mail_texts), rec) ||
        !dm_json_text(obj, &reason_keys, &reason)) {
        return "a mail field is no text";
    }
    if (!dm_json_number(obj, &code_keys, 999, 0, &code) ||
        !dm_json_number(obj, &size_keys, INT64_MAX, -1, &rec->size_bytes) ||
        !dm_json_number(obj, &nrcpt_keys, INT32_MAX, -1, &nrcpt)) {
        return "code, size or nrcpt is no number";
    }
    if (!get_smtp_counts(obj, &rec->smtp)) {
        return "the counts are not four pairs of numbers";
    }
    rec->code = (int32_t)code;
    rec->nrcpt = (int32_t)nrcpt;
    rec->reason = reason_of(reason);
    rec->ambiguous = dm_json_path(obj, "ambiguous") != NULL;
    return NULL;
}

static const char *read_target(struct json_object *obj, struct dm_record *rec)
{
    struct dm_slice text;
    int64_t port;

    if (!get_addr(obj, &dst_keys, &text, &rec->dst, &rec->has_dst) ||
        !dm_json_number(obj, &dport_keys, UINT16_MAX, 0, &port)) {
        return "the destination is no address and port";
    }
    if (!get_texts(obj, packet_texts, G_N_ELEMENTS(packet_texts), rec)) {
        return "host, service or action is no text";
    }
    (void)dm_passed_word(rec->action, &rec->passed);
    rec->dst_port = (uint16_t)port;
    return NULL;
}

/* What the kind needs.  Returns: NULL; else why not. */
static const char *read_fields(struct json_object *obj, struct dm_record *rec)
{
    const char *why = read_client(obj, rec);

    if (why) {
        return why;
    }
    switch (rec->kind) {
    case DM_REC_QUERY:
    case DM_REC_RESPONSE:
        return read_dns(obj, rec);
    case DM_REC_TCP_ATTEMPT:
        return read_target(obj, rec);
    default:
        return read_mail(obj, rec);
    }
}

/* The whole object.  Returns: NULL; else why not. */
static const char *read_object(struct json_object *obj, struct dm_clock *clock,
                               struct dm_record *rec)
{
    struct dm_slice host;
    struct json_object *kind;

    if (!dm_json_text(obj, &host_keys, &host) || !dm_json_text(obj, &program_keys, &rec->program)) {
        return "log_host or prog is no text";
    }
    rec->host = rec->host.n ? rec->host : host;
    if (!get_time(obj, clock, rec)) {
        return "the time is neither ISO 8601 nor seconds since 1970";
    }
    if (json_object_object_get_ex(obj, "kind", &kind) && !kind) {
        return NULL; /* what `dnsmon parse` says of a line that is none */
    }
    if (!get_kind(obj, &rec->kind)) {
        return "kind is none that this program knows";
    }
    if (!dm_record_is_used(rec->kind)) {
        rec->kind = DM_REC_NONE; /* what `dnsmon parse` shows and no detector reads */
        return NULL;
    }
    return read_fields(obj, rec);
}

/* The text as an object, which @json holds.  Returns: NULL; else why not. */
static const char *hold_object(struct dm_json *json, struct dm_slice text)
{
    if (!json->tokener) {
        json->tokener = json_tokener_new_ex(DM_JSON_DEPTH);
    }
    if (!json->tokener) {
        return "there was no memory for it";
    }
    if (text.n > DM_JSON_MAX) {
        return "it is longer than 1 MiB";
    }
    if (!dm_json_has_room(text.n)) {
        return "there was no memory for it";
    }
    json_tokener_reset(json->tokener);
    json_tokener_set_flags(json->tokener, JSON_TOKENER_STRICT);
    json->object = json_tokener_parse_ex(json->tokener, text.p, (int)text.n);
    if (!json->object) {
        return "it is no complete JSON, or nested too deeply";
    }
    if (json_tokener_get_parse_end(json->tokener) < text.n) {
        return "something stands behind the object";
    }
    return json_object_is_type(json->object, json_type_object) ? NULL : "it is no object";
}

static void drop_object(struct dm_json *json)
{
    json_object_put(json->object);
    json->object = NULL;
}

void dm_json_clear(struct dm_json *json)
{
    drop_object(json);
    if (json->tokener) {
        json_tokener_free(json->tokener);
    }
    json->tokener = NULL;
}

/* Blanks, line ends and NULs behind, as transports leave them. */
static struct dm_slice trim(struct dm_slice s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\0' ||
                       s.p[s.n - 1] == ' ')) {
        s.n--;
    }
    return s;
}

enum dm_verdict dm_parse_json(struct dm_parse_ctx *ctx, struct dm_json *json, int64_t time_us,
                              struct dm_slice host, struct dm_slice text, struct dm_record *rec,
                              const char **ret_why)
{
    drop_object(json);
    dm_clock_see(&ctx->clock, time_us);
    *rec = (struct dm_record){.time_us = time_us, .host = host, .parser = "json"};
    const char *why = hold_object(json, trim(text));
    if (!why) {
        why = read_object(json->object, &ctx->clock, rec);
    }
    enum dm_verdict v = why ? DM_PARSE_MALFORMED : DM_PARSE_RECORD;
    if (why) {
        rec->kind = DM_REC_NONE;
        rec->has_client = false;
        if (ret_why) {
            *ret_why = why;
        }
    }
    if (rec->time_us == 0) {
        rec->time_us = ctx->clock.last_us;
    }
    ctx->counts.by[DM_PARSER_json][v]++;
    return v;
}

static int claims(struct dm_slice program)
{
    (void)program;
    return 0;
}

static enum dm_verdict parse(struct dm_slice msg, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)msg;
    (void)clock;
    (void)rec;
    (void)ret_why;
    return DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_json = {"json", claims, parse};
