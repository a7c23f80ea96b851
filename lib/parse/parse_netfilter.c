/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Linux packet filters: the LOG target of iptables and nftables, ufw and Shorewall on top of it,
 * ulogd's syslog output.
 *
 *     PREFIX IN=eth0 OUT= MAC=... SRC=A DST=B LEN=n ... PROTO=TCP SPT=n DPT=n ... SYN URGP=0
 *
 * Method. PREFIX is the operator's and may abut "IN=", so the first "IN=" that is followed by an
 * interface name and " OUT=" begins the packet. From there the words are read once, up to the first
 * that begins with '[': behind it an ICMP error repeats a packet of somebody else. Of a key that
 * stands twice the first counts. A TCP packet with SYN and without ACK is an attempt; all others
 * are the program's own lines of no use.
 *
 * The prefix often says what became of the packet; parse/passed.h reads that.
 *
 * LIMITS: a packet that passes two chains is logged twice and counts twice. UDP and ICMP are not
 * read. The kernel prints what a USB device calls itself too; who can plug one in could forge a
 * packet.
 * Source: Linux net/netfilter/nf_log_syslog.c; doc/FORMATS.md.
 */
#include "parse/parser.h"
#include "parse/passed.h"
#include "parse/scan.h"

/* Longest name of a network interface, bytes (Linux include/uapi/linux/if.h IFNAMSIZ, less NUL). */
#define INTERFACE_MAX 15

/* What the words of one packet say. */
struct packet {
    struct dm_slice src, dst, proto, spt, dpt;
    bool syn, ack;
};

/* Where "IN=IF OUT=" is in @s.  Returns: its offset, s.n if it is nowhere. */
static size_t find_packet(struct dm_slice s)
{
    for (size_t at = dm_slice_find_text(s, DM_SLICE("IN=")); at < s.n;
         at += 1 + dm_slice_find_text(dm_slice_skip(s, at + 1), DM_SLICE("IN="))) {
        struct dm_slice rest = dm_slice_skip(s, at + 3);
        size_t end = dm_slice_find(dm_slice_head(rest, INTERFACE_MAX + 1), ' ');
        if (dm_slice_starts(dm_slice_skip(rest, end), DM_SLICE(" OUT="))) {
            return at;
        }
    }
    return s.n;
}

/* "KEY=VALUE": VALUE, if this is the first word with KEY. */
static void take_value(struct dm_slice word, struct dm_slice key, struct dm_slice *ret)
{
    if (ret->p == NULL && dm_slice_drop(&word, key)) {
        *ret = word;
    }
}

static void read_words(struct dm_slice s, struct packet *ret)
{
    while (s.n > 0 && s.p[0] != '[') {
        struct dm_slice word = dm_slice_take_word(&s);
        take_value(word, DM_SLICE("SRC="), &ret->src);
        take_value(word, DM_SLICE("DST="), &ret->dst);
        take_value(word, DM_SLICE("PROTO="), &ret->proto);
        take_value(word, DM_SLICE("SPT="), &ret->spt);
        take_value(word, DM_SLICE("DPT="), &ret->dpt);
        ret->syn = ret->syn || dm_slice_eq(word, DM_SLICE("SYN"));
        ret->ack = ret->ack || dm_slice_eq(word, DM_SLICE("ACK"));
    }
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    struct packet packet = {0};
    size_t at = find_packet(s);

    (void)clock;
    if (at == s.n) {
        return DM_PARSE_OTHER;
    }
    read_words(dm_slice_skip(s, at), &packet);
    if (!dm_slice_eq(packet.proto, DM_SLICE("TCP")) || !packet.syn || packet.ack) {
        return DM_PARSE_RECORD;
    }
    dm_record_clear_packet(rec);
    if (dm_addr_parse(packet.src, &rec->client) < 0 || dm_addr_parse(packet.dst, &rec->dst) < 0 ||
        !dm_port_parse(packet.spt, &rec->client_port) ||
        !dm_port_parse(packet.dpt, &rec->dst_port)) {
        *ret_why = "a TCP packet whose SRC, DST, SPT or DPT is no address and port";
        return DM_PARSE_MALFORMED;
    }
    rec->kind = DM_REC_TCP_ATTEMPT;
    rec->client_text = packet.src;
    rec->has_client = rec->has_dst = true;
    rec->service = packet.dpt;
    rec->action = dm_passed_word(dm_slice_head(s, at), &rec->passed);
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    if (program.n == 0) {
        return -1;
    }
    return dm_slice_eq(program, DM_SLICE("kernel")) || dm_slice_eq(program, DM_SLICE("ufw")) ||
           dm_slice_eq(program, DM_SLICE("ulogd")) || dm_slice_eq(program, DM_SLICE("iptables")) ||
           dm_slice_eq(program, DM_SLICE("nftables"));
}

const struct dm_parser dm_parser_netfilter = {"netfilter", claims, parse};
