/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * PowerDNS: the Recursor's questions (3.x to 5.x) and the Authoritative Server's (2.9 to 5.x).
 *
 *     [STAMP ]T [MT/N] [TCP ]question for 'NAME|TYPE' from IP[:PORT][ (proxied by IP:PORT)][ (ecs
 * E)] [STAMP ]msg="Question" ... qname="NAME" qtype="TYPE" remote="IP:PORT"      pdns_pairs.c
 *     [STAMP ][TCP ]Remote IP[(INNER)][<-ECS] wants 'NAME|TYPE', do = B, bufsize = N[ (N)][: TEXT]
 *
 * Who chooses which byte. From 4.0 on a name's bytes outside 0x21..0x7e are "\DDD", '.' and '\'
 * have a backslash, all else is itself, "'" and '|' too. The Recursor prints the client behind the
 * name:
 * "' from " has a blank, a name has none, and the last one of the line counts; only the server's
 * own words follow it. The Authoritative Server prints the client in front.
 *
 * LIMITS: before 4.0 a name may hold blanks, so a cut line of a 3.x Recursor may name a client that
 * the name holds. A query that the packet cache answers prints no name in the classic form. The
 * class is not printed: IN is assumed. Answers are read in the structured form only, where they
 * name the client. Source: PowerDNS pdns_recursor.cc of 3.7.4, 4.1, 4.6 and 5.x, auth-main.cc,
 * common_startup.cc, tcpreceiver.cc, dnspacket.cc (getRemoteString), dnsname.cc
 * (appendEscapedLabel).
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/pdns_pairs.h"
#include "parse/qname.h"
#include "parse/scan.h"

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("pdns")) ? 1 : -1;
}

/* "NAME|TYPE": the last '|', since no type has one.  Returns: whether. */
static bool read_question(struct dm_slice s, struct dm_record *rec)
{
    size_t bar = dm_slice_find_last(s, DM_SLICE("|"));

    rec->qname = dm_slice_head(s, bar);
    dm_question_class_in(rec);
    return bar > 0 && bar < s.n && bar <= DM_QNAME_TEXT &&
           dm_question_type(rec, dm_slice_skip(s, bar + 1));
}

/* "IP:PORT[ (proxied by ...)][ (ecs E)]" up to the end of the line.  Returns: whether. */
static bool read_from(struct dm_slice s, struct dm_record *rec)
{
    size_t ecs = dm_slice_find_text(s, DM_SLICE(" (ecs "));

    if (ecs < s.n) {
        if (s.p[s.n - 1] != ')') {
            return false;
        }
        struct dm_slice net = {s.p + ecs + 6, s.n - ecs - 7};
        s = dm_slice_head(s, ecs);
        if (!dm_pdns_remote(s, rec)) {
            return false;
        }
        rec->ecs = net;
        return true;
    }
    return dm_pdns_remote(s, rec);
}

/* What follows "question for '".  Returns: the verdict. */
static enum dm_verdict read_recursor(struct dm_slice s, struct dm_record *rec, const char **ret_why)
{
    size_t from = dm_slice_find_last(s, DM_SLICE("' from "));

    if (from == s.n || !read_from(dm_slice_skip(s, from + 7), rec)) {
        *ret_why = "behind the last \"' from \" there is no address";
        return DM_PARSE_MALFORMED;
    }
    if (!read_question(dm_slice_head(s, from), rec)) {
        *ret_why = "between the quotes there is no name, '|' and type";
        return DM_PARSE_MALFORMED;
    }
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

/* "T [MT/N] " off the front of @s.  Returns: whether. */
static bool take_thread(struct dm_slice *s)
{
    struct dm_slice t = *s;
    uint32_t n;

    if (!dm_line_number(&t, 9, &n) || !dm_slice_drop(&t, DM_SLICE(" ["))) {
        return false;
    }
    size_t close = dm_slice_find(t, ']');
    struct dm_slice in = dm_slice_head(t, close);
    if (!dm_line_number(&in, 9, &n) ||
        (in.n > 0 && (!dm_slice_drop(&in, DM_SLICE("/")) || !dm_line_all_number(in, &n)))) {
        return false;
    }
    t = dm_slice_skip(t, close + 1);
    if (!dm_slice_drop(&t, DM_SLICE(" "))) {
        return false;
    }
    *s = t;
    return true;
}

/* The Recursor's other lines about a question, which name no client or no name. @thread: the text
 * stands behind "T [MT/N] "; else "T " is still in front. */
static bool is_answer(struct dm_slice s, bool thread)
{
    uint32_t n;

    if (thread) {
        return dm_slice_starts(s, DM_SLICE("answer to "));
    }
    return dm_line_number(&s, 9, &n) && dm_slice_drop(&s, DM_SLICE(" ")) &&
           (dm_slice_starts(s, DM_SLICE("question answered from packet cache ")) ||
            dm_slice_starts(s, DM_SLICE("TCP question answered from packet cache ")));
}

/* What follows "Remote ". @own: the line is PowerDNS' beyond doubt. */
static enum dm_verdict read_auth(struct dm_slice s, bool own, struct dm_record *rec,
                                 const char **ret_why)
{
    size_t wants = dm_slice_find_text(s, DM_SLICE(" wants '"));
    struct dm_slice rest = dm_slice_skip(s, wants + 8);
    size_t end = dm_slice_find_last(rest, DM_SLICE("', do = "));

    if (wants == s.n || !dm_pdns_remote(dm_slice_head(s, wants), rec)) {
        *ret_why = "behind \"Remote\" there is no address";
        return own ? DM_PARSE_MALFORMED : DM_PARSE_OTHER;
    }
    if (end == rest.n || !read_question(dm_slice_head(rest, end), rec)) {
        *ret_why = "between the quotes there is no name, '|' and type";
        return DM_PARSE_MALFORMED;
    }
    if (dm_slice_starts(dm_slice_skip(rest, end + 8), DM_SLICE("1"))) {
        rec->flag_bits |= DM_QF_DO;
    }
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    bool own = claims(rec->program) > 0;

    dm_line_stamp(&s, clock, rec);
    if (dm_slice_starts(s, DM_SLICE("msg=\""))) {
        dm_question_clear(rec);
        return dm_pdns_pairs(s, own, rec, ret_why);
    }
    bool thread = take_thread(&s);
    uint16_t tcp = dm_slice_drop(&s, DM_SLICE("TCP ")) ? DM_QF_TCP : 0;
    if ((own || thread) && dm_slice_drop(&s, DM_SLICE("question for '"))) {
        dm_question_clear(rec);
        rec->flag_bits = tcp;
        return read_recursor(s, rec, ret_why);
    }
    if (!thread && dm_slice_drop(&s, DM_SLICE("Remote "))) {
        dm_question_clear(rec);
        rec->flag_bits = tcp;
        return read_auth(s, own, rec, ret_why);
    }
    return own || is_answer(s, thread) ? DM_PARSE_RECORD : DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_pdns = {"pdns", claims, parse};
