/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * iplog 2.2: TCP connection attempts.
 *
 *     TCP: SVC connection attempt [to D ]from [USER@]HOST:PORT
 *     TCP: to [D:]SVC from HOST:PORT
 *     HOST: IP, NAME or NAME (IP);  SVC: a number, a service name or "port N"
 *
 * Method. From the right: PORT is iplog's own number, and HOST the last word in front of it, or the
 * parentheses. USER is what the other host's ident server says, so it may hold " from ", '@' and
 * anything else; nothing is looked for in it.
 *
 * LIMITS: HOST printed as a NAME alone has no address: such a line is of no use. A name server can
 * call its host "192.0.2.66"; with a NAME alone this cannot be told from an address. UDP datagrams,
 * ICMP and iplog's own findings (port scans) are not read. A line that was cut inside USER is read
 * as what is left of it.
 * Source: iplog 2.2.3 (iplog_tcp.c, iplog_util.c); doc/FORMATS.md.
 */
#include "parse/parser.h"
#include "parse/scan.h"
#include "parse/service.h"

/* "HOST:PORT" up to the end of the line.  Returns: whether it is; has_client if there is an IP. */
static bool read_host(struct dm_slice s, struct dm_record *rec)
{
    size_t colon = dm_slice_find_last(s, DM_SLICE(":"));

    if (colon == s.n || !dm_port_parse(dm_slice_skip(s, colon + 1), &rec->client_port)) {
        return false;
    }
    s = dm_slice_head(s, colon);
    struct dm_slice ip = {NULL, 0};
    if (dm_slice_ends(s, DM_SLICE(")"))) {
        size_t open = dm_slice_find_last(s, DM_SLICE(" ("));
        if (open == s.n) {
            return false;
        }
        ip = dm_slice_head(dm_slice_skip(s, open + 2), s.n - open - 3);
        s = dm_slice_head(s, open);
    }
    size_t at = dm_slice_find_last(s, DM_SLICE("@"));
    s = at < s.n ? dm_slice_skip(s, at + 1) : s;
    size_t blank = dm_slice_find_last(s, DM_SLICE(" "));
    s = blank < s.n ? dm_slice_skip(s, blank + 1) : s;
    if (ip.p) {
        rec->peer_name = s;
    }
    rec->client_text = ip.p ? ip : s;
    rec->has_client = dm_addr_parse(rec->client_text, &rec->client) == 0;
    return rec->has_client || !ip.p;
}

/* "SVC connection attempt [to D ]from ".  Returns: whether it is off the front of @s. */
static bool take_long(struct dm_slice *s, struct dm_record *rec)
{
    size_t n = dm_slice_find_text(*s, DM_SLICE(" connection attempt "));
    struct dm_slice rest = dm_slice_skip(*s, n + 20);

    if (n == s->n) {
        return false;
    }
    rec->service = dm_slice_head(*s, n);
    if (dm_slice_drop(&rest, DM_SLICE("to "))) {
        struct dm_slice to = dm_slice_take_word(&rest);
        rec->has_dst = dm_addr_parse(to, &rec->dst) == 0;
    }
    *s = rest;
    return dm_slice_drop(s, DM_SLICE("from "));
}

/* "to [D:]SVC from ".  Returns: whether it is off the front of @s. */
static bool take_short(struct dm_slice *s, struct dm_record *rec)
{
    size_t n = dm_slice_find_text(*s, DM_SLICE(" from "));

    if (n == s->n || !dm_slice_drop(s, DM_SLICE("to "))) {
        return false;
    }
    struct dm_slice to = dm_slice_head(*s, n - 3);
    size_t colon = dm_slice_find_last(to, DM_SLICE(":"));
    rec->has_dst = colon < to.n && dm_addr_parse(dm_slice_head(to, colon), &rec->dst) == 0;
    rec->service = colon < to.n ? dm_slice_skip(to, colon + 1) : to;
    *s = dm_slice_skip(*s, n + 3);
    return true;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)clock;
    if (!dm_slice_drop(&s, DM_SLICE("TCP: "))) {
        return dm_slice_starts(s, DM_SLICE("UDP: ")) || dm_slice_starts(s, DM_SLICE("ICMP: "))
                   ? DM_PARSE_RECORD
                   : DM_PARSE_OTHER;
    }
    dm_record_clear_packet(rec);
    bool is_short = dm_slice_starts(s, DM_SLICE("to "));
    if (is_short ? !take_short(&s, rec) : !take_long(&s, rec)) {
        return DM_PARSE_OTHER;
    }
    if (!read_host(s, rec)) {
        *ret_why = "behind \"from\" is no host and port";
        return DM_PARSE_MALFORMED;
    }
    rec->dst_port = dm_service_port(rec->service);
    rec->kind = rec->has_client ? DM_REC_TCP_ATTEMPT : DM_REC_NONE;
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    return program.n == 0 ? -1 : dm_slice_eq(program, DM_SLICE("iplog"));
}

const struct dm_parser dm_parser_iplog = {"iplog", claims, parse};
