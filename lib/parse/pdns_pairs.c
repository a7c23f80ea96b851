/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * PowerDNS' structured lines: msg="Question" ... qname="www.example" qtype="A" remote="IP:PORT".
 *
 * Method. One pass from the left over key="value" pairs; in a value a quote and a backslash have a
 * backslash in front (C++ std::quoted), so no name can end its value or bring a key of its own.
 * What msg says decides what the line is; the order of the keys does not matter.
 *
 * LIMITS: a name's other bytes are escaped as BIND does it before they are quoted, so a backslash
 * of the name's escape is doubled; dm_qname_quoted() undoes that. The class is not printed.
 * Source: PowerDNS recursordist/rec-main.cc (loggerBackend), pdns_recursor.cc, rec-tcp.cc,
 * auth-main.cc, tcpreceiver.cc.
 */
#include "parse/pdns_pairs.h"

#include <stddef.h>

#include "dns/rrtype.h"
#include "parse/dnsline.h"
#include "parse/qname.h"
#include "parse/scan.h"

/* The values that anybody reads; empty and NULL: not there. */
struct pairs {
    struct dm_slice msg, subsystem, qname, qtype, remote, source, ecs, proto, rcode, answers,
        additional, query, type;
};

/* Where the value of @key goes; NULL: nowhere. */
static struct dm_slice *place_of(struct pairs *p, struct dm_slice key)
{
    static const struct {
        const char *key;
        size_t len, at;
    } rows[] = {
#define ROW(key) {#key, sizeof #key - 1, offsetof(struct pairs, key)}
        ROW(msg),    ROW(subsystem), ROW(qname),      ROW(qtype), ROW(remote),
        ROW(source), ROW(ecs),       ROW(proto),      ROW(rcode), ROW(answers),
        ROW(query),  ROW(type),      ROW(additional),
#undef ROW
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].len == key.n && memcmp(rows[i].key, key.p, key.n) == 0) {
            return (struct dm_slice *)(void *)((char *)p + rows[i].at);
        }
    }
    return NULL;
}

/* key="value" off the front of @s, with the blanks behind it.  Returns: whether it is whole. */
static bool take_pair(struct dm_slice *s, struct dm_slice *ret_key, struct dm_slice *ret_value)
{
    size_t eq = dm_slice_find(*s, '=');
    size_t i = eq + 2;

    if (eq == 0 || eq + 1 >= s->n || s->p[eq + 1] != '"') {
        return false;
    }
    while (i < s->n && s->p[i] != '"') {
        i += s->p[i] == '\\' ? 2 : 1;
    }
    if (i >= s->n) {
        return false;
    }
    *ret_key = dm_slice_head(*s, eq);
    *ret_value = (struct dm_slice){s->p + eq + 2, i - eq - 2};
    *s = dm_slice_skip(*s, i + 1);
    while (dm_slice_drop(s, DM_SLICE(" "))) {
    }
    return true;
}

/* All pairs, the first of each key.  Returns: whether there is nothing else. */
static bool read_pairs(struct dm_slice s, struct pairs *ret)
{
    struct dm_slice key, value;

    memset(ret, 0, sizeof *ret);
    while (s.n > 0) {
        if (!take_pair(&s, &key, &value)) {
            return false;
        }
        struct dm_slice *to = place_of(ret, key);
        if (to && !to->p) {
            *to = value;
        }
    }
    return true;
}

bool dm_pdns_remote(struct dm_slice s, struct dm_record *rec)
{
    size_t proxied = dm_slice_find_text(s, DM_SLICE(" (proxied by "));
    size_t arrow = dm_slice_find_text(s, DM_SLICE("<-"));

    if (proxied < s.n) {
        return s.p[s.n - 1] == ')' && dm_question_endpoint(rec, dm_slice_head(s, proxied));
    }
    rec->ecs = arrow < s.n ? dm_slice_skip(s, arrow + 2) : (struct dm_slice){NULL, 0};
    s = dm_slice_head(s, arrow);
    size_t open = dm_slice_find(s, '(');
    if (open < s.n) {
        if (s.p[s.n - 1] != ')') {
            return false;
        }
        s = (struct dm_slice){s.p + open + 1, s.n - open - 2};
    }
    return dm_question_endpoint(rec, s);
}

/* What the message says: QUERY, RESPONSE, or NONE. */
static enum dm_record_kind kind_of(struct dm_slice msg)
{
    static const char *const queries[] = {
        "Question",
        "Question answered from packet cache",
        "TCP question answered from packet cache",
        "Query received",
        "Received TCP query",
    };

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        if (dm_slice_eq(msg, dm_slice_make(queries[i], strlen(queries[i])))) {
            return DM_REC_QUERY;
        }
    }
    return dm_slice_eq(msg, DM_SLICE("Answer")) ? DM_REC_RESPONSE : DM_REC_NONE;
}

/* Code and counts of an answer.  Returns: whether the code is a number, or -1: nobody was asked (a
 * question of type 0). */
static bool read_answer(const struct pairs *p, struct dm_record *rec)
{
    uint32_t rcode, count;

    if (dm_slice_eq(p->rcode, DM_SLICE("-1"))) {
        return true;
    }
    if (!dm_line_all_number(p->rcode, &rcode) || rcode > UINT16_MAX) {
        return false;
    }
    rec->rcode_num = (int32_t)rcode;
    const char *name = dm_rcode_name((int)rcode, rec->qtype_text);
    rec->rcode = name == rec->qtype_text ? p->rcode : dm_slice_make(name, strlen(name));
    if (dm_line_all_number(p->answers, &count)) {
        rec->counts[0] = (int32_t)count;
    }
    if (dm_line_all_number(p->additional, &count)) {
        rec->counts[2] = (int32_t)count;
    }
    return true;
}

/* The client: of a packet cache hit always "source", since "remote" may be a proxy there. */
static bool read_client(const struct pairs *p, struct dm_record *rec)
{
    if (p->source.p || dm_slice_ends(p->msg, DM_SLICE(" packet cache"))) {
        return dm_pdns_remote(p->source, rec);
    }
    return dm_pdns_remote(p->remote, rec);
}

/* A question, whichever program's keys it has.  Returns: NULL, or why not. */
static const char *read_question(const struct pairs *p, struct dm_record *rec)
{
    struct dm_slice name = p->qname.p ? p->qname : p->query;
    struct dm_slice type = p->qname.p ? p->qtype : p->type;

    if (!read_client(p, rec)) {
        return "there is no client that is an address";
    }
    if (name.n == 0 || !dm_qname_quoted(rec, name) || !dm_question_type(rec, type)) {
        return "there is no name or no type";
    }
    if (p->ecs.n) {
        rec->ecs = p->ecs;
    }
    if (dm_slice_eq(p->proto, DM_SLICE("tcp"))) {
        rec->flag_bits |= DM_QF_TCP;
    }
    dm_question_class_in(rec);
    return NULL;
}

enum dm_verdict dm_pdns_pairs(struct dm_slice s, bool own, struct dm_record *rec,
                              const char **ret_why)
{
    struct pairs p;
    bool whole = read_pairs(s, &p);
    enum dm_record_kind kind = kind_of(p.msg);

    if (!own && p.subsystem.n == 0) {
        return DM_PARSE_OTHER;
    }
    if (kind == DM_REC_NONE) {
        return own ? DM_PARSE_RECORD : DM_PARSE_OTHER;
    }
    *ret_why = !whole ? "the line ends inside a pair of key and value" : read_question(&p, rec);
    if (!*ret_why && kind == DM_REC_RESPONSE && !read_answer(&p, rec)) {
        *ret_why = "the answer has no code";
    }
    if (*ret_why) {
        return DM_PARSE_MALFORMED;
    }
    rec->kind = kind;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}
