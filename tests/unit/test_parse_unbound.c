/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The Unbound parser.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {
    {"a query under a tag of its own", NULL,
     "Nov 21 06:28:25 unbound[27481:1] query: 192.0.2.7 version.bind. TXT CH", QUERY, "192.0.2.7",
     0, "version.bind.", "TXT", NULL},
    {"a query without such a tag", NULL,
     "[1795242503] unbound[27362:0] info: 2001:db8::7 my?printer.local. AAAA IN", QUERY,
     "2001:db8::7", 0, "my?printer.local.", "AAAA", NULL},
    {"through syslog", NULL,
     "Nov 21 06:28:25 ns1 unbound[27481]: [27481:1] info: 192.0.2.7 . NS IN", QUERY, "192.0.2.7", 0,
     ".", "NS", NULL},
    {"a scoped client", "unbound", "query: fe80::1%eth0 a. TYPE65280 CLASS1234", QUERY, "fe80::1",
     0, "a.", "TYPE65280", NULL},
    {"a file with a tag of the administrator's own", "dnslog",
     "[27481:1] info: 192.0.2.7 a.example. MX IN", QUERY, "192.0.2.7", 0, "a.example.", "MX", NULL},
    {"a file of Unbound's own under such a tag", "dnslog",
     "Nov 21 06:28:25 unbound[27481:1] query: 192.0.2.7 a.example. MX IN", QUERY, "192.0.2.7", 0,
     "a.example.", "MX", NULL},
    {"a name that was too long", "unbound", "info: 192.0.2.7 aaa.& A IN", QUERY, "192.0.2.7", 0,
     "aaa.&", "A", NULL},

    {"a reply", "unbound", "[9:0] info: 192.0.2.7 x. A IN NXDOMAIN 0.000000 1 34", RESPONSE,
     "192.0.2.7", 0, "x.", "A", "NXDOMAIN"},
    {"a reply with its destination", "unbound",
     "reply: 192.0.2.7 x. A IN SERVFAIL 12.345678 0 512 on tcp 192.0.2.1 53", RESPONSE, "192.0.2.7",
     0, "x.", "A", "SERVFAIL"},
    {"an unreadable packet, 1.17", "unbound", "reply: 192.0.2.7 - - - FORMERR - - - ", RESPONSE,
     "192.0.2.7", 0, NULL, NULL, "FORMERR"},
    {"the same, trimmed by a transport", "unbound", "reply: 192.0.2.7 - - - FORMERR - - -",
     RESPONSE, "192.0.2.7", 0, NULL, NULL, "FORMERR"},
    {"the same with its destination", "unbound",
     "info: 192.0.2.7 - - - FORMERR - - - on udp 192.0.2.1 53", RESPONSE, "192.0.2.7", 0, NULL,
     NULL, "FORMERR"},
    {"a local action", NULL,
     "Nov 21 06:28:24 unbound[27481:0] info: example. redirect 192.0.2.7@58744 www.example. A IN",
     RESPONSE, "192.0.2.7", 58744, "www.example.", "A", NULL},

    {"another line", "unbound", "[27481:0] info: start of service (unbound 1.17.1).", UNUSED},
    {"another level", NULL, "[1795242502] unbound[27362:0] notice: init module 0: iterator",
     UNUSED},
    {"a name with a class in a resolver's line", "unbound", "info: response for www.example. A IN",
     UNUSED},
    {"another program of its", "unbound-anchor", "success: the anchor is ok", UNUSED},

    {"cut behind the client", "unbound", "query: 192.0.2.7", BROKEN},
    {"cut inside the name", "unbound", "query: 192.0.2.7 www.exam", BROKEN},
    {"cut behind the type", NULL, "[1795242503] unbound[27362:0] info: 192.0.2.7 x. A", BROKEN},
    {"cut inside the seconds", "unbound", "reply: 192.0.2.7 x. A IN NOERROR 0.00000", BROKEN},
    {"cut before the size", "unbound", "reply: 192.0.2.7 x. A IN NOERROR 0.000000 1", BROKEN},
    {"cut inside the destination", "unbound",
     "reply: 192.0.2.7 x. A IN NOERROR 0.000000 1 9 on tcp 192.0.2.1", BROKEN},
    {"a query with an answer", "unbound", "query: 192.0.2.7 x. A IN NOERROR 0.000000 1 9", BROKEN},
    {"a reply without one", "unbound", "reply: 192.0.2.7 x. A IN", BROKEN},
    {"the class before the type", "unbound", "query: 192.0.2.7 x. IN A", BROKEN},

    {"somebody else's info", "daemon", "info: 192.0.2.7 connected on port", OTHER},
    {"somebody else's query", "daemon", "query: select 1", OTHER},
    {"empty", NULL, "", OTHER},
};

static void table(void **state)
{
    (void)state;
    dns_table(rows, G_N_ELEMENTS(rows));
}

static void a_cut_line_names_no_other_client(void **state)
{
    (void)state;
    dns_cut(rows, G_N_ELEMENTS(rows), NULL);
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    dns_noise(rows, G_N_ELEMENTS(rows));
}

static void make(GRand *r, struct dns_made *m)
{
    dns_choose(r, m, false);
    GString *name = wire_text(&m->wire, FORM_UNBOUND);
    int what = g_rand_int_range(r, 0, 3);
    m->lossy = true;
    m->program = g_rand_boolean(r) ? "unbound" : "some.log";
    g_string_append(m->line, "[12:0] info: ");
    if (what == 2) {
        g_string_append_printf(m->line, "example. static %s@%d %s %s IN", m->client, m->port,
                               name->str, m->type);
        m->kind = DM_REC_RESPONSE;
    } else {
        g_string_append_printf(m->line, "%s %s %s IN", m->client, name->str, m->type);
        m->port = 0;
    }
    if (what == 1) {
        g_string_append(m->line, " NOERROR 0.120000 0 77");
        m->kind = DM_REC_RESPONSE;
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
    dm_parse_line(
        &ctx,
        DM_SLICE("[1795242503] unbound[27362:0] reply: 192.0.2.7 x. A IN NOTIMPL 1.500000 "
                 "1 77 on tcp 2001:db8::1 53"),
        &rec, NULL);
    assert_int_equal(rec.kind, DM_REC_RESPONSE);
    assert_true(rec.time_us == 1795242503000000);
    assert_true(is(rec.program, "unbound") && is(rec.took, "1.500000") && rec.cached);
    assert_int_equal(rec.reply_bytes, 77);
    assert_int_equal(rec.rcode_num, 4);
    assert_int_equal(rec.qclass_code, 1);
    assert_true(is(rec.server, "2001:db8::1") && rec.flag_bits == DM_QF_TCP);
    assert_int_equal(rec.server_port, 53);
    dm_parse_line(&ctx,
                  DM_SLICE("Nov 21 06:28:24 unbound[1:0] info: a. static 192.0.2.7@9 b.a. A IN"),
                  &rec, NULL);
    assert_true(is(rec.zone, "a.") && is(rec.zone_action, "static"));
    assert_int_equal(rec.more, DM_MORE_ZONE);
    assert_int_equal(rec.rcode_num, -1);
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
