/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The PowerDNS parser: Recursor and Authoritative Server.
 */
#include "dns_case.h"

#define QUESTION                                                                                   \
    "msg=\"Question\" subsystem=\"syncres\" level=\"0\" prio=\"Info\" tid=\"1\" ts=\"1.5\" "       \
    "ecs=\"\" "
#define ANSWER "msg=\"Answer\" subsystem=\"syncres\" level=\"0\" additional=\"1\" answers=\"2\" "

static const struct dns_row rows[] = {
    {"the Recursor", NULL,
     "Nov 21 06:28:54 1 [2/1] question for 'www.example|A' from 192.0.2.7:42007", QUERY,
     "192.0.2.7", 42007, "www.example", "A", NULL},
    {"through syslog", NULL,
     "Nov 21 06:28:54 ns1 pdns_recursor[9]: 1 [2/1] TCP question for '.|NS' from "
     "[2001:db8::7]:53",
     QUERY, "2001:db8::7", 53, ".", "NS", NULL},
    {"3.7 has no port", "pdns_recursor", "0 [1/1] question for 'a.|A' from 2001:db8::7", QUERY,
     "2001:db8::7", 0, "a.", "A", NULL},
    {"one number of the task", "pdns_recursor", "0 [1] question for 'a|A' from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "a", "A", NULL},
    {"ECS", "pdns_recursor", "2 [9/3] question for 'a|A' from 192.0.2.7:1 (ecs 198.51.100.0/24)",
     QUERY, "192.0.2.7", 1, "a", "A", NULL},
    {"behind a proxy", "pdns_recursor",
     "2 [9/3] question for 'a|A' from 192.0.2.7:1 (proxied by 198.51.100.1:2) (ecs 6.6.6.0/24)",
     QUERY, "192.0.2.7", 1, "a", "A", NULL},
    {"a bar and a quote in the name", "pdns_recursor",
     "1 [2/1] question for 'a|b.q'|A'\\032from\\0321.2.3.4|A' from 192.0.2.7:4", QUERY, "192.0.2.7",
     4, "a|b.q'|A'\\032from\\0321.2.3.4", "A", NULL},
    {"3.x: blanks in the name", "pdns_recursor",
     "1 [2/1] question for 'a|A' from 1.2.3.4:5|A' from 192.0.2.7:4", QUERY, "192.0.2.7", 4,
     "a|A' from 1.2.3.4:5", "A", NULL},
    {"a type without a mnemonic", "pdns_recursor",
     "1 [2/1] question for 'a|TYPE65280' from 192.0.2.7:4", QUERY, "192.0.2.7", 4, "a", "TYPE65280",
     NULL},
    {"structured", NULL,
     "Nov 21 06:28:27 " QUESTION
     "mtid=\"1\" proto=\"udp\" qname=\"www.example\" qtype=\"A\" remote=\"192.0.2.7:46882\"",
     QUERY, "192.0.2.7", 46882, "www.example", "A", NULL},
    {"structured, escapes", "pdns_recursor",
     QUESTION "qname=\"\\\"q\\\\.\\\\\\\\\\\\032.example\" qtype=\"MX\" remote=\"[2001:db8::7]:1\"",
     QUERY, "2001:db8::7", 1, "\"q\\.\\\\\\032.example", "MX", NULL},
    {"structured, a pair in the name", "pdns_recursor",
     QUESTION "qname=\"x\\\"\\\\032remote=\\\"6.6.6.6:5\\\"\" qtype=\"A\" remote=\"192.0.2.7:4\"",
     QUERY, "192.0.2.7", 4, "x\"\\032remote=\"6.6.6.6:5\"", "A", NULL},
    {"structured, packet cache", "pdns_recursor",
     "msg=\"Question answered from packet cache\" subsystem=\"in\" level=\"0\" proto=\"udp\" "
     "qname=\"a\" qtype=\"A\" remote=\"198.51.100.1:2\" source=\"192.0.2.7:3\" tag=\"0\"",
     QUERY, "192.0.2.7", 3, "a", "A", NULL},
    {"structured, answer", "pdns_recursor",
     ANSWER "qname=\"a\" qtype=\"A\" rcode=\"3\" rd=\"1\" remote=\"192.0.2.7:3\"", RESPONSE,
     "192.0.2.7", 3, "a", "A", "NXDOMAIN"},
    {"structured, answer without having asked", "pdns_recursor",
     ANSWER "qname=\"a\" qtype=\"TYPE0\" rcode=\"-1\" rd=\"1\" remote=\"192.0.2.7:3\"", RESPONSE,
     "192.0.2.7", 3, "a", "TYPE0", NULL},
    {"the Authoritative Server", NULL,
     "Nov 21 06:28:54 ns1 pdns_server[9]: Remote 192.0.2.7 wants 'www.example|A', do = 0, bufsize "
     "= 512: packetcache MISS",
     QUERY, "192.0.2.7", 0, "www.example", "A", NULL},
    {"with ECS", "pdns", "Remote 192.0.2.7<-6.6.6.0/24 wants 'a|A', do = 1, bufsize = 512 (4096)",
     QUERY, "192.0.2.7", 0, "a", "A", NULL},
    {"behind a proxy, with ECS", "pdns",
     "TCP Remote 198.51.100.1(192.0.2.7)<-6.6.6.0/24 wants 'a|A', do = 0, bufsize = 512", QUERY,
     "192.0.2.7", 0, "a", "A", NULL},
    {"IPv6, no header", NULL, "Nov 21 06:28:54 Remote ::7 wants 'a|A', do = 0, bufsize = 512: x",
     QUERY, "::7", 0, "a", "A", NULL},
    {"a name that looks like the end", "pdns",
     "Remote 192.0.2.7 wants 'a', do = 1|A', do = 0, bufsize = 512", QUERY, "192.0.2.7", 0,
     "a', do = 1", "A", NULL},
    {"structured, UDP", "pdns_server",
     "msg=\"Query received\" subsystem=\"udp\" remote=\"192.0.2.7\" query=\"a\" type=\"A\" "
     "dnssec=\"1\" max reply length=\"512\"",
     QUERY, "192.0.2.7", 0, "a", "A", NULL},
    {"structured, TCP", "pdns_server",
     "msg=\"Received TCP query\" remote=\"192.0.2.7\" query=\"a\" type=\"A\" packetcache=\"hit\"",
     QUERY, "192.0.2.7", 0, "a", "A", NULL},

    {"answer", "pdns_recursor", "1 [2/1] answer to question '.|A': 0 answers, rcode=2", UNUSED},
    {"packet cache", NULL,
     "Nov 21 06:28:54 1 question answered from packet cache tag=0 from 192.0.2.7:57714", UNUSED},
    {"another message", "pdns_recursor",
     "msg=\"Failed to update . records\" subsystem=\"housekeeping\" rcode=\"2\"", UNUSED},
    {"start", "pdns_recursor", "PowerDNS Recursor 4.8.8 (C) 2001-2022 PowerDNS.COM BV", UNUSED},
    {"packet cache of a newer Authoritative Server", "pdns", "packetcache HIT", UNUSED},

    {"cut inside the name", "pdns_recursor", "1 [2/1] question for 'www.exam", BROKEN},
    {"cut inside the client", "pdns_recursor", "1 [2/1] question for 'a|A' from 192.0.2", BROKEN},
    {"no type", "pdns_recursor", "1 [2/1] question for 'a' from 192.0.2.7:1", BROKEN},
    {"structured, cut in a value", "pdns_recursor",
     QUESTION "qname=\"a\" qtype=\"A\" remote=\"192.0.2.7:3", BROKEN},
    {"structured, no remote", "pdns_recursor", QUESTION "qname=\"a\" qtype=\"A\"", BROKEN},
    {"structured, no code", "pdns_recursor",
     ANSWER "qname=\"a\" qtype=\"A\" remote=\"192.0.2.7:3\"", BROKEN},
    {"cut behind the question", "pdns", "Remote 192.0.2.7 wants 'a|A'", BROKEN},
    {"no address", "pdns", "Remote unknown wants 'a|A', do = 0, bufsize = 512", BROKEN},

    {"somebody else's remote", "daemon", "Remote control wants 'x', do = it", OTHER},
    {"somebody else's pairs", "daemon", "msg=\"Question\" remote=\"192.0.2.7:1\"", OTHER},
    {"somebody else's question", "daemon", "question for 'a|A' from 192.0.2.7", OTHER},
};

static void table(void **state)
{
    (void)state;
    dns_table(rows, G_N_ELEMENTS(rows));
}

static void a_cut_line_names_no_other_client(void **state)
{
    (void)state;
    dns_cut(rows, G_N_ELEMENTS(rows), "3.x: ");
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    dns_noise(rows, G_N_ELEMENTS(rows));
}

/* std::quoted */
static void append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        g_string_append_printf(out, strchr("\"\\", *text) ? "\\%c" : "%c", *text);
    }
    g_string_append_c(out, '"');
}

/* "IP:PORT" as ComboAddress prints it. */
static void append_endpoint(GString *out, const struct dns_made *m)
{
    g_string_append_printf(out, strchr(m->client, ':') ? "[%s]:%d" : "%s:%d", m->client, m->port);
}

static void make_pairs(GRand *r, struct dns_made *m, const char *name)
{
    bool answer = g_rand_boolean(r);

    m->kind = answer ? DM_REC_RESPONSE : DM_REC_QUERY;
    g_string_append_printf(
        m->line, "msg=\"%s\" subsystem=\"x\" ecs=\"\" qname=", answer ? "Answer" : "Question");
    append_quoted(m->line, name);
    g_string_append_printf(m->line, " qtype=\"%s\"%s remote=\"", m->type,
                           answer ? " rcode=\"0\"" : "");
    append_endpoint(m->line, m);
    g_string_append(m->line, "\" tag=\"0\"");
}

static void make(GRand *r, struct dns_made *m)
{
    dns_choose(r, m, false);
    GString *name = wire_text(&m->wire, FORM_PDNS);
    const char *tcp = g_rand_boolean(r) ? "TCP " : "";
    m->program = g_rand_boolean(r) ? "pdns_recursor" : "some.log";
    switch (g_rand_int_range(r, 0, 3)) {
    case 0:
        g_string_append_printf(m->line, "1 [2/1] %squestion for '%s|%s' from ", tcp, name->str,
                               m->type);
        append_endpoint(m->line, m);
        g_string_append(m->line, g_rand_boolean(r) ? " (ecs 6.6.6.0/24)" : "");
        break;
    case 1:
        make_pairs(r, m, name->str);
        break;
    default:
        m->port = 0;
        g_string_append_printf(m->line, "%sRemote %s wants '%s|%s', do = 0, bufsize = 512: x", tcp,
                               m->client, name->str, m->type);
    }
    g_string_free(name, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

static void more_fields(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    dm_parse_message(&ctx, 0, of("h"), of("pdns_recursor"),
                     of(ANSWER "ecs=\"192.0.2.0/24\" proto=\"tcp\" qname=\"a\" qtype=\"A\" "
                               "rcode=\"3\" remote=\"192.0.2.7:3\""),
                     &rec, NULL);
    assert_int_equal(rec.rcode_num, 3);
    assert_int_equal(rec.counts[0], 2);
    assert_int_equal(rec.counts[1], -1);
    assert_int_equal(rec.counts[2], 1);
    assert_int_equal(rec.qclass_code, 1);
    assert_int_equal(rec.flag_bits, DM_QF_TCP);
    assert_true(is(rec.ecs, "192.0.2.0/24"));
    dm_parse_message(&ctx, 0, of("h"), of("pdns"),
                     of("Remote 192.0.2.7<-6.6.6.0/24 wants 'a|A', do = 1, bufsize = 512"), &rec,
                     NULL);
    assert_true(is(rec.ecs, "6.6.6.0/24") && rec.flag_bits == DM_QF_DO);
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
        cmocka_unit_test(more_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
