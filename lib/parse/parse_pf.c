/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * OpenBSD's and FreeBSD's pf: filterlog of pfSense and OPNsense, and pflog as tcpdump prints it.
 *
 *     RULE,SUB,ANCHOR,TRACKER,IF,REASON,ACTION,in|out,4,TOS,ECN,TTL,ID,OFFSET,FLAGS,6,tcp,LENGTH,
 *         SRC,DST,SPORT,DPORT,DATALEN,TCPFLAGS,...
 *     RULE,SUB,ANCHOR,TRACKER,IF,REASON,ACTION,in|out,6,CLASS,FLOW,HOPS,tcp,6,LENGTH,
 *         SRC,DST,SPORT,DPORT,DATALEN,TCPFLAGS,...
 *     rule N/0(match): ACTION in|out on IF: [IP ]SRC.PORT > DST.PORT: Flags [S], ...
 *     rule N/0(match): ACTION in|out on IF: SRC.PORT > DST.PORT: S SEQ:SEQ(0)[ ack N] ...
 *
 * Method. Fields by their place; a TCP packet with SYN and without ACK is an attempt. Nothing in
 * front of the addresses is a stranger's choice.
 *
 * LIMITS: a packet that is logged at both interfaces counts twice, the second time with the
 * address that NAT gave it. tcpdump -v prints two lines a packet; neither has all, both are of no
 * use. Old tcpdump prints names without -n: a line without addresses is of no use.
 * Source: pfSense filterlog(8) and docs.netgate.com "Raw Filter Log Format"; tcpdump
 * print-pflog.c, print-tcp.c.
 */
#include "parse/parser.h"
#include "parse/passed.h"
#include "parse/scan.h"
#include "parse/service.h"

/* Fields of filterlog that are split off: up to TCPFLAGS of IPv4, and one more, so that flags with
 * a field behind them are known to be whole. */
#define FIELDS 25
/* Where filterlog has what; the version in front tells which row holds. */
enum field { F_ACTION = 6, F_DIR = 7, F_VERSION = 8 };
static const struct {
    unsigned proto_id, src, flags;
} places[] = {{15, 18, 23}, {13, 15, 20}};

/* Up to FIELDS fields between commas.  Returns: how many. */
static unsigned split(struct dm_slice s, struct dm_slice ret[FIELDS])
{
    unsigned n = 0;

    while (n < FIELDS) {
        ret[n] = dm_slice_head(s, dm_slice_find(s, ','));
        if (ret[n].n == s.n) {
            return n + 1;
        }
        s = dm_slice_skip(s, ret[n].n + 1);
        n++;
    }
    return n;
}

static bool has(struct dm_slice s, char c)
{
    return dm_slice_find(s, c) < s.n;
}

/* A packet's four fields are addresses and ports: it is an attempt. */
static bool fill(struct dm_record *rec, struct dm_slice src, struct dm_slice dst,
                 struct dm_slice sport, struct dm_slice dport)
{
    if (dm_addr_parse(src, &rec->client) < 0 || dm_addr_parse(dst, &rec->dst) < 0) {
        return false;
    }
    rec->kind = DM_REC_TCP_ATTEMPT;
    rec->client_text = src;
    rec->client_port = dm_service_port(sport);
    rec->dst_port = dm_service_port(dport);
    rec->service = dport;
    rec->has_client = rec->has_dst = true;
    return true;
}

static bool is_direction(struct dm_slice w)
{
    return dm_slice_eq(w, DM_SLICE("in")) || dm_slice_eq(w, DM_SLICE("out"));
}

static enum dm_verdict read_filterlog(struct dm_slice s, struct dm_record *rec,
                                      const char **ret_why)
{
    struct dm_slice f[FIELDS];
    unsigned n = split(s, f);

    if (n <= F_VERSION || !is_direction(f[F_DIR]) || f[F_VERSION].n != 1 ||
        (f[F_VERSION].p[0] != '4' && f[F_VERSION].p[0] != '6')) {
        return DM_PARSE_OTHER;
    }
    unsigned v6 = f[F_VERSION].p[0] == '6';
    unsigned src = places[v6].src, flags = places[v6].flags;
    if (n <= places[v6].proto_id || !dm_slice_eq(f[places[v6].proto_id], DM_SLICE("6"))) {
        return DM_PARSE_RECORD;
    }
    if (n <= flags + 1) {
        *ret_why = "a TCP packet that ends before its flags";
        return DM_PARSE_MALFORMED;
    }
    if (!has(f[flags], 'S') || has(f[flags], 'A') || has(f[flags], '.')) {
        return DM_PARSE_RECORD;
    }
    if (!dm_port_parse(f[src + 2], &rec->client_port) ||
        !dm_port_parse(f[src + 3], &rec->dst_port) ||
        !fill(rec, f[src], f[src + 1], f[src + 2], f[src + 3])) {
        *ret_why = "a TCP packet whose source or destination is no address and port";
        return DM_PARSE_MALFORMED;
    }
    rec->action = dm_passed_word(f[F_ACTION], &rec->passed);
    return DM_PARSE_RECORD;
}

/* "Flags [S]," or "S SEQ:SEQ(0) ..." without " ack". */
static bool is_attempt(struct dm_slice s)
{
    if (dm_slice_drop(&s, DM_SLICE("Flags ["))) {
        struct dm_slice flags = dm_slice_head(s, dm_slice_find(s, ']'));
        return flags.n < s.n && has(flags, 'S') && !has(flags, '.');
    }
    struct dm_slice flags = dm_slice_take_word(&s);
    dm_slice_take_word(&s);
    struct dm_slice third = dm_slice_take_word(&s);
    return flags.n > 0 && flags.n < 8 && flags.p[0] == 'S' && s.n > 0 &&
           !dm_slice_eq(third, DM_SLICE("ack"));
}

/* "ADDRESS.PORT" */
static void split_port(struct dm_slice s, struct dm_slice *ret_addr, struct dm_slice *ret_port)
{
    size_t dot = dm_slice_find_last(s, DM_SLICE("."));

    *ret_addr = dm_slice_head(s, dot);
    *ret_port = dm_slice_skip(s, dot + 1);
}

/* What follows "rule "; a packet that is not TCP, or has only names, is of no use. */
static enum dm_verdict read_pflog(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice src, sport, dst, dport;
    size_t colon = dm_slice_find_text(s, DM_SLICE(": "));
    struct dm_slice rest = dm_slice_skip(s, colon + 2);

    struct dm_slice action = dm_slice_take_word(&rest);
    if (colon == s.n || !is_direction(dm_slice_take_word(&rest)) ||
        !dm_slice_drop(&rest, DM_SLICE("on "))) {
        return DM_PARSE_OTHER;
    }
    size_t arrow = dm_slice_find_text(rest, DM_SLICE(" > "));
    if (arrow == rest.n) {
        return DM_PARSE_RECORD;
    }
    struct dm_slice left = dm_slice_head(rest, arrow);
    size_t blank = dm_slice_find_last(left, DM_SLICE(" "));
    rest = dm_slice_skip(rest, arrow + 3);
    size_t end = dm_slice_find_text(rest, DM_SLICE(": "));
    if (blank < left.n && end < rest.n && is_attempt(dm_slice_skip(rest, end + 2))) {
        split_port(dm_slice_skip(left, blank + 1), &src, &sport);
        split_port(dm_slice_head(rest, end), &dst, &dport);
        if (fill(rec, src, dst, sport, dport)) {
            rec->action = dm_passed_word(action, &rec->passed);
        }
    }
    return DM_PARSE_RECORD;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    struct dm_slice rest = s;

    (void)clock;
    dm_record_clear_packet(rec);
    if (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9') {
        dm_slice_take_word(&rest); /* tcpdump's own time */
    }
    if (dm_slice_drop(&rest, DM_SLICE("rule "))) {
        return read_pflog(rest, rec);
    }
    return read_filterlog(s, rec, ret_why);
}

static int claims(struct dm_slice program)
{
    if (program.n == 0) {
        return -1;
    }
    return dm_slice_eq(program, DM_SLICE("filterlog")) || dm_slice_eq(program, DM_SLICE("pf")) ||
           dm_slice_eq(program, DM_SLICE("pflog")) || dm_slice_eq(program, DM_SLICE("pflogd"));
}

const struct dm_parser dm_parser_pf = {"pf", claims, parse};
