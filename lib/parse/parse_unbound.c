/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Unbound: log-queries, log-replies (with or without log-tag-queryreply, log-destaddr) and
 * log-local-actions.
 *
 *     [[EPOCH] IDENT][[PID:TID] ]info|query|reply:
 *     IP NAME. TYPE CLASS
 *     IP NAME. TYPE CLASS RCODE SECS.USEC CACHED SIZE[ on udp|tcp|dot|doh ADDR PORT]
 *     IP - - - RCODE - - -[ on ...]
 *     ZONE ACTION IP@PORT NAME. TYPE CLASS
 *
 * Who chooses which byte: the client is in front of the name, or behind words that the server's
 * configuration holds, and a byte of a name outside letters, digits, '-', '_' and '*' is printed as
 * '?'. So a name has no blank, and a line is taken apart by its blanks.
 *
 * "info:" may be a query, a reply, a local action or anything else: an address as the first word
 * and a class as the fourth decide. A local action is a response without a code, not a query,
 * because log-queries prints the query itself; what detectors read is that one, or the reply.
 *
 * LIMITS: a reply that was cut behind its class reads as a query; '?' for a byte cannot be undone,
 * so two names may become one.
 * Source: Unbound util/net_help.c (log_query_in), util/data/msgreply.c (log_reply_info),
 * services/localzone.c (lz_inform_print), util/log.c (frame), util/data/dname.c (dname_str).
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/scan.h"

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("unbound")) ? 1 : -1;
}

/* "[PID:TID] " off the front of @s.  Returns: whether. */
static bool take_pid(struct dm_slice *s)
{
    if (!dm_slice_starts(*s, DM_SLICE("["))) {
        return false;
    }
    size_t colon = dm_slice_find(*s, ':');
    size_t close = dm_slice_find(*s, ']');
    if (colon > close || close + 1 >= s->n || s->p[close + 1] != ' ' ||
        dm_slice_find(*s, ' ') < close) {
        return false;
    }
    *s = dm_slice_skip(*s, close + 2);
    return true;
}

/* "SECS.USEC" */
static bool is_seconds(struct dm_slice w)
{
    struct dm_slice t = w;
    uint32_t v;

    return dm_line_number(&t, 9, &v) && dm_slice_drop(&t, DM_SLICE(".")) &&
           dm_line_number(&t, 6, &v) && t.n == 0;
}

/* "on PROTO ADDR PORT" or nothing, up to the end of the line.  Returns: whether. */
static bool read_destination(struct dm_slice s, struct dm_record *rec)
{
    uint32_t port;

    if (s.n == 0) {
        return true;
    }
    struct dm_slice on = dm_slice_take_word(&s), proto = dm_slice_take_word(&s);
    rec->server = dm_slice_take_word(&s);
    if (!dm_slice_eq(on, DM_SLICE("on")) || proto.n == 0 || rec->server.n == 0 ||
        !dm_line_all_number(s, &port) || port > UINT16_MAX) {
        return false;
    }
    rec->server_port = (uint16_t)port;
    if (dm_slice_eq(proto, DM_SLICE("tcp")) || dm_slice_eq(proto, DM_SLICE("dot")) ||
        dm_slice_eq(proto, DM_SLICE("doh"))) {
        rec->flag_bits |= DM_QF_TCP;
    }
    return true;
}

/* "RCODE SECS.USEC CACHED SIZE[ on ...]" up to the end of the line.  Returns: whether. */
static bool read_answer(struct dm_slice s, struct dm_record *rec)
{
    uint32_t cached, bytes;

    dm_question_rcode(rec, dm_slice_take_word(&s));
    rec->took = dm_slice_take_word(&s);
    if (rec->rcode.n == 0 || !is_seconds(rec->took) ||
        !dm_line_all_number(dm_slice_take_word(&s), &cached) ||
        !dm_line_all_number(dm_slice_take_word(&s), &bytes)) {
        return false;
    }
    rec->cached = cached != 0;
    rec->reply_bytes = bytes;
    rec->more |= DM_MORE_REPLY;
    return read_destination(s, rec);
}

/* "- - RCODE - - -[ ][ on ...]" behind the first dash: a packet whose question was unreadable. */
static bool read_unreadable(struct dm_slice s, struct dm_record *rec)
{
    if (!dm_slice_drop(&s, DM_SLICE("- - "))) {
        return false;
    }
    dm_question_rcode(rec, dm_slice_take_word(&s));
    if (rec->rcode.n == 0 || !dm_slice_drop(&s, DM_SLICE("- - -"))) {
        return false;
    }
    dm_slice_drop(&s, DM_SLICE(" "));
    rec->qname = (struct dm_slice){NULL, 0};
    rec->kind = DM_REC_RESPONSE;
    return read_destination(s, rec);
}

/* What follows "IP ", up to the end of the line.  @tag: what the line's tag says, NONE for "info".
 * Returns: whether it is a query or a reply. */
static bool read_question(struct dm_slice s, enum dm_record_kind tag, struct dm_record *rec)
{
    rec->qname = dm_slice_take_word(&s);
    if (dm_slice_eq(rec->qname, DM_SLICE("-"))) {
        return tag != DM_REC_QUERY && read_unreadable(s, rec);
    }
    if (rec->qname.n == 0 || !dm_question_type(rec, dm_slice_take_word(&s)) ||
        !dm_question_class(rec, dm_slice_take_word(&s))) {
        return false;
    }
    rec->kind = s.n > 0 ? DM_REC_RESPONSE : DM_REC_QUERY;
    if (tag != DM_REC_NONE && tag != rec->kind) {
        return false;
    }
    return s.n == 0 || read_answer(s, rec);
}

/* "ZONE ACTION IP@PORT NAME TYPE CLASS" and nothing behind.  Returns: whether. */
static bool read_local(struct dm_slice s, struct dm_record *rec)
{
    rec->zone = dm_slice_take_word(&s);
    rec->zone_action = dm_slice_take_word(&s);
    struct dm_slice peer = dm_slice_take_word(&s);
    size_t at = dm_slice_find(peer, '@');
    rec->qname = dm_slice_take_word(&s);

    if (rec->zone.n == 0 || rec->zone_action.n == 0 || rec->qname.n == 0 ||
        !dm_question_client(rec, dm_slice_head(peer, at)) ||
        !dm_question_port(rec, dm_slice_skip(peer, at + 1)) ||
        !dm_question_type(rec, dm_slice_take_word(&s)) || !dm_question_class(rec, s)) {
        return false;
    }
    rec->more |= DM_MORE_ZONE;
    rec->kind = DM_REC_RESPONSE;
    return true;
}

/* What follows the tag. @own: the line is Unbound's beyond doubt. */
static enum dm_verdict read_text(struct dm_slice s, enum dm_record_kind tag, bool own,
                                 struct dm_record *rec, const char **ret_why)
{
    struct dm_slice rest = s;

    dm_question_clear(rec);
    if (dm_question_client(rec, dm_slice_take_word(&rest))) {
        if (read_question(rest, tag, rec)) {
            rec->has_client = true;
            return DM_PARSE_RECORD;
        }
        if (own) {
            *ret_why = "behind the client there is no name, type and class, or a broken answer";
            return DM_PARSE_MALFORMED;
        }
    } else if (tag == DM_REC_NONE && read_local(s, rec)) {
        rec->has_client = true;
        return DM_PARSE_RECORD;
    }
    rec->kind = DM_REC_NONE;
    return own ? DM_PARSE_RECORD : DM_PARSE_OTHER;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    bool own = claims(rec->program) > 0;

    if (dm_line_frame(&s, clock, rec)) {
        own = own || claims(rec->program) > 0;
    }
    own = take_pid(&s) || own;
    if (dm_slice_drop(&s, DM_SLICE("info: "))) {
        return read_text(s, DM_REC_NONE, own, rec, ret_why);
    }
    if (dm_slice_drop(&s, DM_SLICE("query: "))) {
        return read_text(s, DM_REC_QUERY, own, rec, ret_why);
    }
    if (dm_slice_drop(&s, DM_SLICE("reply: "))) {
        return read_text(s, DM_REC_RESPONSE, own, rec, ret_why);
    }
    return claims(rec->program) > 0 ? DM_PARSE_RECORD : DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_unbound = {"unbound", claims, parse};
