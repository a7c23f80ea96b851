/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnstap as text: the short form of dnstap-read (BIND) and the quiet form of dnstap (Go).
 *
 *     STAMP CQ IP:PORT -> IP:PORT UDP 40b NAME/CLASS/TYPE
 *     HH:MM:SS.UUUUUU CQ IP UDP 40b "NAME." CLASS TYPE
 *
 * CQ and AQ are queries of clients: BIND writes AQ for one without RD, authoritative servers write
 * AQ. The others (CR, RQ, RR, FQ, SQ, UQ, ...) are of no use: a response's code is not printed.
 *
 * Who chooses which byte: the client is in front of the name. Class and type are the last two parts
 * of the line, neither has '/', '"' or a blank, so they are split from the right; a name's blank is
 * "\032" in the first form, a backslash and a blank in the second.
 *
 * LIMITS: the second form has no date: its time is that of the syslog header, or of the line
 * before. A client behind the first form's "?" (not recorded) is malformed. Source: BIND
 * lib/dns/dnstap.c (dns_dt_datatotext); golang-dnstap QuietTextFormat.go; miekg/dns.
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/scan.h"

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("dnstap")) ? 1 : -1;
}

/* "HH:MM:SS.UUUUUU", where unknown digits are '?'. */
static bool is_time_of_day(struct dm_slice w)
{
    static const char form[] = "00:00:00.000000";

    for (size_t i = 0; i < sizeof form - 1; i++) {
        char c = i < w.n ? w.p[i] : '\0';
        if (form[i] == '0' ? !((c >= '0' && c <= '9') || c == '?') : c != form[i]) {
            return false;
        }
    }
    return w.n == sizeof form - 1;
}

/* "CQ", "AR": whose message, Q or R. */
static bool is_type(struct dm_slice w)
{
    return w.n == 2 && memchr("CARFSTU", w.p[0], 7) != NULL && (w.p[1] == 'Q' || w.p[1] == 'R');
}

/* "IP:PORT": the last ':', since IPv6 has no brackets here.  Returns: whether. */
static bool read_peer(struct dm_slice w, struct dm_record *rec)
{
    size_t colon = dm_slice_find_last(w, DM_SLICE(":"));

    return colon < w.n && dm_question_client(rec, dm_slice_head(w, colon)) &&
           dm_question_port(rec, dm_slice_skip(w, colon + 1));
}

/* "UDP 40b " off the front of @s.  Returns: whether. */
static bool take_transport(struct dm_slice *s, struct dm_record *rec)
{
    struct dm_slice proto = dm_slice_take_word(s), size = dm_slice_take_word(s);
    uint32_t n;

    if (dm_slice_eq(proto, DM_SLICE("TCP")) || dm_slice_eq(proto, DM_SLICE("DOT")) ||
        dm_slice_eq(proto, DM_SLICE("DOH"))) {
        rec->flag_bits |= DM_QF_TCP;
    }
    return proto.n > 0 && dm_line_number(&size, 9, &n) && dm_slice_eq(size, DM_SLICE("b"));
}

/* "NAME@CLASS@TYPE" with '/' or ' ' for '@', up to the end of the line.  Returns: whether. */
static bool read_question(struct dm_slice s, struct dm_slice mark, struct dm_record *rec)
{
    size_t type = dm_slice_find_last(s, mark);
    struct dm_slice head = dm_slice_head(s, type);
    size_t class = dm_slice_find_last(head, mark);

    rec->qname = dm_slice_head(head, class);
    return type < s.n && class < head.n && rec->qname.n > 0 && rec->qname.n <= DM_QNAME_TEXT &&
           dm_question_class(rec, dm_slice_skip(head, class + 1)) &&
           dm_question_type(rec, dm_slice_skip(s, type + 1));
}

/* The first form behind its type.  Returns: whether. */
static bool read_bind(struct dm_slice s, struct dm_record *rec)
{
    if (!read_peer(dm_slice_take_word(&s), rec) || !dm_slice_drop(&s, DM_SLICE("-> "))) {
        return false;
    }
    struct dm_slice server = dm_slice_take_word(&s);
    size_t colon = dm_slice_find_last(server, DM_SLICE(":"));
    uint32_t port = 0;
    rec->server = dm_slice_head(server, colon);
    dm_line_all_number(dm_slice_skip(server, colon + 1), &port);
    rec->server_port = (uint16_t)(port <= UINT16_MAX ? port : 0);
    return take_transport(&s, rec) && read_question(s, DM_SLICE("/"), rec);
}

/* The second form behind its type.  Returns: whether. */
static bool read_go(struct dm_slice s, struct dm_record *rec)
{
    if (!dm_question_client(rec, dm_slice_take_word(&s)) || !take_transport(&s, rec) ||
        !dm_slice_drop(&s, DM_SLICE("\"")) || !read_question(s, DM_SLICE(" "), rec)) {
        return false;
    }
    bool quoted = dm_slice_ends(rec->qname, DM_SLICE("\"")) && rec->qname.n > 1;
    rec->qname.n -= quoted;
    return quoted;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    struct dm_slice rest = s;

    if (s.n == 0 || (s.p[0] != '?' && (s.p[0] < '0' || s.p[0] > '9'))) {
        return claims(rec->program) > 0 ? DM_PARSE_RECORD : DM_PARSE_OTHER;
    }
    bool go = is_time_of_day(dm_slice_take_word(&rest));

    if (!go) {
        rest = s;
        dm_line_stamp(&rest, clock, rec);
        if (rest.n == s.n) {
            return DM_PARSE_OTHER;
        }
    }
    struct dm_slice type = dm_slice_take_word(&rest);
    if (!is_type(type) || rest.n == 0) {
        return DM_PARSE_OTHER;
    }
    if (type.p[1] != 'Q' || (type.p[0] != 'C' && type.p[0] != 'A')) {
        return DM_PARSE_RECORD;
    }
    dm_question_clear(rec);
    if (!(go ? read_go(rest, rec) : read_bind(rest, rec))) {
        *ret_why = "behind the message type are not client, size, name, class and type";
        return DM_PARSE_MALFORMED;
    }
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

const struct dm_parser dm_parser_dnstap = {"dnstap", claims, parse};
