/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Packet filters (netfilter, pf, iplog): a table of lines with the parse worked out by hand from
 * the programs' formats, each line cut at every byte, and random bytes.
 */
#include "parse_case.h"

#include "testlib.h"

/* @client NULL: a line of no use. */
struct packet_case {
    const char *name, *program, *msg;
    const char *parser, *client, *dst, *host, *service;
    int port, dport;
    enum dm_verdict verdict;
};

#define NF "netfilter"
#define TCP_V4                                                                                     \
    "LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=18431 DF PROTO=TCP SPT=4444 DPT=25 WINDOW=65535 "         \
    "RES=0x00 "

static const struct packet_case cases[] = {
    {"iptables", "kernel",
     "[1234.567890] fw: IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=192.0.2.7 "
     "DST=198.51.100.1 " TCP_V4 "SYN URGP=0",
     NF, "192.0.2.7", "198.51.100.1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"the prefix abuts", "kernel",
     "DROPIN=eth0 OUT=eth1 SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4 "SYN URGP=0 ", NF, "192.0.2.7",
     "198.51.100.1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"a prefix that holds IN= and SRC=", "kernel",
     "PLUGIN=a SRC=203.0.113.9 IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4 "SYN URGP=0",
     NF, "192.0.2.7", "198.51.100.1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"ufw, sequence numbers: ACK= is not ACK", "kernel",
     "[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=60 PROTO=TCP SPT=4444 DPT=135 "
     "SEQ=1 ACK=0 WINDOW=1 RES=0x00 CWR ECE SYN URGP=0 OPT (020405B4)",
     NF, "192.0.2.7", "198.51.100.1", NULL, "135", 4444, 135, DM_PARSE_RECORD},
    {"an answer: SYN and ACK", "kernel",
     "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4 "ACK SYN URGP=0", NF, NULL, NULL, NULL,
     NULL, 0, 0, DM_PARSE_RECORD},
    {"no SYN", "kernel", "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4 "ACK FIN URGP=0", NF,
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"UDP", "kernel",
     "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=60 PROTO=UDP SPT=4444 DPT=53 LEN=40", NF,
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"IPv6", "kernel",
     "nft: IN=eth0 OUT= MAC= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 "
     "DST=2001:0db8:0000:0000:0000:0000:0000:0001 LEN=80 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=TCP "
     "SPT=4444 DPT=445 WINDOW=64800 RES=0x00 SYN URGP=0",
     NF, "2001:db8::7", "2001:db8::1", NULL, "445", 4444, 445, DM_PARSE_RECORD},
    {"an ICMP error's inner packet is not the packet", "kernel",
     "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=88 PROTO=ICMP TYPE=3 CODE=1 "
     "[SRC=203.0.113.9 DST=192.0.2.7 LEN=60 PROTO=TCP SPT=1 DPT=2 SYN URGP=0 ] SYN",
     NF, NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"an inner packet behind a TCP packet", "kernel",
     "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4
     "SYN URGP=0 [SRC=203.0.113.9 DST=192.0.2.7 PROTO=TCP SPT=1 DPT=2 ACK ]",
     NF, "192.0.2.7", "198.51.100.1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"ARP has no SRC", "kernel",
     "IN=eth0 OUT= ARP HTYPE=1 PTYPE=0x0800 OPCODE=1 MACSRC=00:00:5e:00:53:01 IPSRC=192.0.2.7", NF,
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"no address", "kernel", "IN=eth0 OUT= SRC=192.0.2.777 DST=198.51.100.1 " TCP_V4 "SYN URGP=0",
     NF, NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_MALFORMED},
    {"another line of the kernel", "kernel", "eth0: link up", NF, NULL, NULL, NULL, NULL, 0, 0,
     DM_PARSE_RECORD},
    {"pfSense IPv4", "filterlog",
     "5,,,1000000103,igb0,match,block,in,4,0x0,,241,54321,0,none,6,tcp,40,192.0.2.7,198.51.100.1,"
     "4444,1433,0,S,1234,,1024,,",
     "pf", "192.0.2.7", "198.51.100.1", NULL, "1433", 4444, 1433, DM_PARSE_RECORD},
    {"pfSense IPv6, ECN", "filterlog",
     "5,,,1000000105,igb0,match,block,in,6,0x00,0x00000,64,tcp,6,40,2001:db8::7,2001:db8::1,4444,"
     "445,0,SEC,1234,,1024,,mss",
     "pf", "2001:db8::7", "2001:db8::1", NULL, "445", 4444, 445, DM_PARSE_RECORD},
    {"pfSense: an answer", "filterlog",
     "5,,,1,igb0,match,block,in,4,0x0,,241,54321,0,none,6,tcp,40,192.0.2.7,198.51.100.1,25,1433,0,"
     "SA,1,2,1024,,",
     "pf", NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"pfSense: UDP", "filterlog",
     "5,,,1,igb0,match,block,in,4,0x0,,241,54321,0,none,17,udp,40,192.0.2.7,198.51.100.1,25,53,20",
     "pf", NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"pfSense: cut before the flags", "filterlog",
     "5,,,1,igb0,match,block,in,4,0x0,,241,54321,0,none,6,tcp,40,192.0.2.7,198.51.100.1,25", "pf",
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_MALFORMED},
    {"pflog", "pf",
     "rule 3/0(match): block in on em0: 192.0.2.7.4444 > 198.51.100.1.25: Flags [S], seq 1, win 9",
     "pf", "192.0.2.7", "198.51.100.1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"pflog, stamp, IP, IPv6", "pf",
     "00:00:01.123456 rule 3.a.1/0(match): pass out on em0: IP6 2001:db8::7.4444 > 2001:db8::1.25: "
     "Flags [SEW], seq 1",
     "pf", "2001:db8::7", "2001:db8::1", NULL, "25", 4444, 25, DM_PARSE_RECORD},
    {"pflog: an answer", "pf",
     "rule 3/0(match): block in on em0: 192.0.2.7.4444 > 198.51.100.1.25: Flags [S.], seq 1", "pf",
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"pflog of an old tcpdump, a service's name", "pf",
     "rule 3/0(match): block in on em0: 192.0.2.7.4444 > 198.51.100.1.smtp: S 12:12(0) win 16384",
     "pf", "192.0.2.7", "198.51.100.1", NULL, "smtp", 4444, 25, DM_PARSE_RECORD},
    {"pflog of an old tcpdump: an answer", "pf",
     "rule 3/0(match): block in on em0: 192.0.2.7.25 > 198.51.100.1.4444: S 12:12(0) ack 5 win 1",
     "pf", NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"iplog: name and address", "iplog",
     "TCP: epmap connection attempt from host.example.net (198.51.100.4):4021", "iplog",
     "198.51.100.4", NULL, "host.example.net", "epmap", 4021, 135, DM_PARSE_RECORD},
    {"iplog: address alone", "iplog", "TCP: port 1723 connection attempt from 198.51.100.4:4021",
     "iplog", "198.51.100.4", NULL, NULL, "port 1723", 4021, 1723, DM_PARSE_RECORD},
    {"iplog: destination, ident user that imitates", "iplog",
     "TCP: netbios-ssn connection attempt to 192.0.2.1 from x from 203.0.113.9:1 "
     "(203.0.113.9):2@h.test (198.51.100.4):4021",
     "iplog", "198.51.100.4", "192.0.2.1", "h.test", "netbios-ssn", 4021, 139, DM_PARSE_RECORD},
    {"iplog: ident user and address", "iplog",
     "TCP: microsoft-ds connection attempt from a b@203.0.113.9:5@198.51.100.4:4021", "iplog",
     "198.51.100.4", NULL, NULL, "microsoft-ds", 4021, 445, DM_PARSE_RECORD},
    {"iplog: name alone", "iplog", "TCP: smtp connection attempt from host.example.net:4021",
     "iplog", NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"iplog: short", "iplog", "TCP: to 192.0.2.1:www from h.test (198.51.100.4):4021", "iplog",
     "198.51.100.4", "192.0.2.1", "h.test", "www", 4021, 80, DM_PARSE_RECORD},
    {"iplog: short, two words", "iplog", "TCP: to port 1723 from 198.51.100.4:4021", "iplog",
     "198.51.100.4", NULL, NULL, "port 1723", 4021, 1723, DM_PARSE_RECORD},
    {"iplog: a service that we do not know", "iplog",
     "TCP: frobnicate connection attempt from 198.51.100.4:4021", "iplog", "198.51.100.4", NULL,
     NULL, "frobnicate", 4021, 0, DM_PARSE_RECORD},
    {"iplog: UDP", "iplog", "UDP: dgram to 192.0.2.1:domain from 198.51.100.4:53 (44 data bytes)",
     "iplog", NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_RECORD},
    {"iplog: broken", "iplog", "TCP: smtp connection attempt from h.test (198.51.100.4)", "iplog",
     NULL, NULL, NULL, NULL, 0, 0, DM_PARSE_MALFORMED},
};

static bool is_dst(const struct dm_record *rec, const char *want)
{
    char text[DM_ADDR_STRLEN];

    return want ? rec->has_dst && strcmp(dm_addr_text(&rec->dst, text), want) == 0 : !rec->has_dst;
}

static bool as_expected(const struct packet_case *c, enum dm_verdict v, const struct dm_record *rec)
{
    if (v != c->verdict || !rec->parser || strcmp(rec->parser, c->parser) != 0 ||
        !is_client(rec, c->client)) {
        return false;
    }
    return !c->client ? rec->kind == DM_REC_NONE
                      : rec->kind == DM_REC_TCP_ATTEMPT && is_dst(rec, c->dst) &&
                            is(rec->peer_name, c->host) && is(rec->service, c->service) &&
                            rec->client_port == c->port && rec->dst_port == c->dport;
}

/* By the program's name, and without any name by the line's form alone. */
static void lines_are_read(void **state)
{
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct packet_case *c = &cases[i];
        for (int bare = 0; bare < 2; bare++) {
            struct dm_record rec;
            char *copy;
            enum dm_verdict v =
                parse_exact(&ctx, bare ? "" : c->program, c->msg, strlen(c->msg), &rec, &copy);
            if ((!bare || c->client) && !as_expected(c, v, &rec)) {
                fail_msg("%s: verdict %d, kind %d, port %u, dport %u", c->name, v, rec.kind,
                         rec.client_port, rec.dst_port);
            }
            free(copy);
        }
    }
    dm_zone_free(ctx.clock.zone);
}

/* A cut line: no other client. iplog's ident users are its limit, see parse_iplog.c. */
static void cut_lines_name_nobody_else(void **state)
{
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct packet_case *c = &cases[i];
        for (size_t n = 0; n <= strlen(c->msg) && !strchr(c->msg, '@'); n++) {
            struct dm_record rec;
            char *copy;
            parse_exact(&ctx, c->program, c->msg, n, &rec, &copy);
            if (rec.has_client && !is_client(&rec, c->client)) {
                fail_msg("%s cut at %zu", c->name, n);
            }
            free(copy);
        }
    }
    dm_zone_free(ctx.clock.zone);
}

static void any_bytes_are_survived(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        const struct packet_case *c = &cases[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(cases))];
        GString *line = g_string_new(c->msg);
        struct dm_record rec;
        char *copy;
        for (int k = g_rand_int_range(r, 1, 8); k > 0; k--) {
            line->str[g_rand_int_range(r, 0, (gint)line->len)] = (char)g_rand_int_range(r, 0, 256);
        }
        gsize from = (gsize)g_rand_int_range(r, 0, (gint)line->len);
        from = i % 2 ? from : 0;
        parse_exact(&ctx, c->program, line->str + from, line->len - from, &rec, &copy);
        free(copy);
        g_string_free(line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

/* What the line says became of the packet. */
static void actions_are_read(void **state)
{
#define PACKET "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 " TCP_V4 "SYN URGP=0"
    static const struct {
        const char *program, *msg, *word;
        bool passed;
    } rows[] = {
        {"kernel", PACKET, "", false},
        {"kernel", "smb: " PACKET, "", false},
        {"kernel", "[UFW BLOCK] " PACKET, "BLOCK", false},
        {"kernel", "[UFW LIMIT BLOCK] " PACKET, "BLOCK", false},
        {"kernel", "[UFW ALLOW] " PACKET, "ALLOW", true},
        {"kernel", "[12.345678] [UFW AUDIT] " PACKET, "AUDIT", true},
        {"kernel", "[UFW AUDIT INVALID] " PACKET, "INVALID", false},
        {"kernel", "Shorewall:net-fw:ACCEPT:" PACKET, "ACCEPT", true},
        {"kernel", "FW_accepted: " PACKET, "accepted", true},
        {"kernel", "ACCEPT" PACKET, "ACCEPT", true},
        {"kernel", "DROP" PACKET, "DROP", false},
        {"kernel", "FWACCEPT: " PACKET, "", false},
        {"kernel", "not allowed: " PACKET, "not", false},
        {"kernel", "ACCEPT-else-DROP " PACKET, "DROP", false},
        {"kernel", "fw: " PACKET " ACCEPT", "", false},
        {"filterlog",
         "4,,,1000000103,em0,match,pass,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.7,198.51.100.1,"
         "4444,445,0,S,1,,65535,,mss",
         "pass", true},
        {"filterlog",
         "4,,,1000000103,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.7,198.51.100.1,"
         "4444,445,0,S,1,,65535,,mss",
         "block", false},
        {"filterlog",
         "4,,,1000000103,em0,match,match,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.7,198.51.100.1,"
         "4444,445,0,S,1,,65535,,mss",
         "", false},
        {"pflog",
         "rule 3/0(match): pass in on em0: 192.0.2.7.4444 > 198.51.100.1.445: Flags [S], seq 1",
         "pass", true},
        {"pflog",
         "rule 3/0(match): block in on em0: 192.0.2.7.4444 > 198.51.100.1.445: Flags [S], seq 1",
         "block", false},
        {"iplog", "TCP: microsoft-ds connection attempt to 198.51.100.1 from 192.0.2.7:4444", "",
         false},
    };
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    FOR_ROWS(row, rows)
    {
        struct dm_record rec;
        char *copy;
        rec.passed = true; /* a line before it */
        parse_exact(&ctx, row->program, row->msg, strlen(row->msg), &rec, &copy);
        CHECK_ROW(row->msg, rec.kind == DM_REC_TCP_ATTEMPT && rec.passed == row->passed &&
                                dm_slice_eq(rec.action, test_slice(row->word)));
        free(copy);
    }
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(actions_are_read),
        cmocka_unit_test(cut_lines_name_nobody_else),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
