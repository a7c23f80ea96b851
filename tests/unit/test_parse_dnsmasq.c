/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The dnsmasq parser.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {
    {"a query", NULL, "Nov 21 06:27:07 dnsmasq[25963]: query[A] www.example from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "www.example", "A", NULL},
    {"the root", "dnsmasq", "query[NS] . from 2001:db8::7", QUERY, "2001:db8::7", 0, ".", "NS",
     NULL},
    {"a blank in the name", "dnsmasq", "query[A] my printer.local from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "my printer.local", "A", NULL},
    {"a number as type", "dnsmasq", "query[type=65280] a from 192.0.2.7", QUERY, "192.0.2.7", 0,
     "a", "TYPE65280", NULL},
    {"a number that has a mnemonic now", "dnsmasq", "query[type=65] a from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "a", "HTTPS", NULL},
    {"type 0", "dnsmasq", "query t0.example.com from 192.0.2.7", QUERY, "192.0.2.7", 0,
     "t0.example.com", "TYPE0", NULL},
    {"an unprintable name", "dnsmasq", "query[A] <name unprintable> from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "<name unprintable>", "A", NULL},
    {"a backslash is a backslash", "dnsmasq", "query[A] DOMAIN\\user.corp from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "DOMAIN\\\\user.corp", "A", NULL},
    {"extra", NULL,
     "Nov 21 06:27:08 dnsmasq[26028]: 12 192.0.2.7/53040 query[A] www.example from 192.0.2.7",
     QUERY, "192.0.2.7", 53040, "www.example", "A", NULL},
    {"extra with a protocol", "dnsmasq", "TCP 4294967295 fe80::7%eth0/53 query[MX] a from fe80::7",
     QUERY, "fe80::7", 53, "a", "MX", NULL},
    {"extra without a serial", "dnsmasq", "* 192.0.2.7/53 query[MX] a from 192.0.2.7", QUERY,
     "192.0.2.7", 53, "a", "MX", NULL},
    {"extra without a peer", "dnsmasq", "UDP 7 query[MX] a from 192.0.2.7", QUERY, "192.0.2.7", 0,
     "a", "MX", NULL},
    {"2.20", "dnsmasq", "query www.example[A] from 192.0.2.7", QUERY, "192.0.2.7", 0, "www.example",
     "A", NULL},
    {"2.20, a number", "dnsmasq", "query a[type=65280] from 192.0.2.7", QUERY, "192.0.2.7", 0, "a",
     "TYPE65280", NULL},
    {"2.20, the root", "dnsmasq", "query [NS] from 192.0.2.7", QUERY, "192.0.2.7", 0, ".", "NS",
     NULL},
    {"on standard error", NULL, "dnsmasq: query[A] www.example from 192.0.2.7", QUERY, "192.0.2.7",
     0, "www.example", "A", NULL},
    {"under a tag of the administrator's own", "router7", "query[A] a from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "a", "A", NULL},

    {"spoof: a client in the name", "dnsmasq", "query[A] evil from 10.9.8.7 from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "evil from 10.9.8.7", "A", NULL},
    {"spoof: a whole query", "dnsmasq", "query[A] query[A] y from 1.1.1.1 from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "query[A] y from 1.1.1.1", "A", NULL},
    {"spoof: an answer", "dnsmasq", "query[A] x from 6.6.6.6 (DNSSEC signed) from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "x from 6.6.6.6 (DNSSEC signed)", "A", NULL},
    {"spoof: two blanks", "dnsmasq", "query[A]    from 192.0.2.7", QUERY, "192.0.2.7", 0, "  ", "A",
     NULL},
    {"spoof: a header", "dnsmasq", "query[A] dnsmasq[1]: query[A] z from 192.0.2.7", QUERY,
     "192.0.2.7", 0, "dnsmasq[1]: query[A] z", "A", NULL},
    {"a client in an extra line's name", "dnsmasq",
     "1 192.0.2.7/44839 query[A] evil from 10.9.8.7 from 192.0.2.7", QUERY, "192.0.2.7", 44839,
     "evil from 10.9.8.7", "A", NULL},

    {"forwarded", "dnsmasq", "forwarded a from 6.6.6.6 to 192.0.2.1#53", UNUSED},
    {"an answer", "dnsmasq", "config query[A] y from 1.1.1.1 is 192.0.2.1", UNUSED},
    {"an extra line's answer", "some.log", "3 192.0.2.7/4 config a is 192.0.2.1", UNUSED},
    {"no query", "dnsmasq", "non-query opcode 4 from 192.0.2.7", UNUSED},
    {"dnssec", "dnsmasq", "dnssec-query[DS] example to 192.0.2.1", UNUSED},
    {"DHCP", "dnsmasq-dhcp", "DHCPREQUEST(br0) 192.0.2.7 aa:bb:cc:dd:ee:ff", UNUSED},
    {"start", "dnsmasq", "started, version 2.90 cachesize 150", UNUSED},

    {"cut inside the name", "dnsmasq", "query[A] www.exam", BROKEN},
    {"cut inside the client", "dnsmasq", "query[A] www.example from 192.0.2", BROKEN},
    {"cut inside the type", "dnsmasq", "query[AAA", BROKEN},
    {"an extra line that was cut inside its name", "dnsmasq",
     "1 192.0.2.7/44839 query[A] evil from 10.9.8.7", BROKEN},
    {"a port behind the client", "dnsmasq", "query[A] a from 192.0.2.7#53", BROKEN},
    {"a type that is none", "dnsmasq", "query[a b] a from 192.0.2.7", BROKEN},
    {"a type too large", "dnsmasq", "query[type=65536] a from 192.0.2.7", BROKEN},

    {"somebody else's query", "daemon", "query from 192.0.2.7", OTHER},
    {"somebody else's forwarding", "daemon", "forwarded mail to 192.0.2.7", OTHER},
};

static void table(void **state)
{
    (void)state;
    dns_table(rows, G_N_ELEMENTS(rows));
}

static void a_cut_line_names_no_other_client(void **state)
{
    (void)state;
    dns_cut(rows, G_N_ELEMENTS(rows), "spoof: ");
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    dns_noise(rows, G_N_ELEMENTS(rows));
}

static void make(GRand *r, struct dns_made *m)
{
    dns_choose(r, m, true);
    GString *name = wire_text(&m->wire, FORM_DNSMASQ);
    bool extra = g_rand_boolean(r);
    int form = g_rand_int_range(r, 0, 3);
    m->program = "dnsmasq";
    m->cut_ok = extra;
    if (extra) {
        g_string_append_printf(m->line, "%s%d %s/%d ", form == 1 ? "UDP " : "", m->port, m->client,
                               m->port);
    } else {
        m->port = 0;
    }
    if (form == 2) {
        g_string_append_printf(m->line, "query %s[%s] from %s", name->str, m->type, m->client);
    } else {
        g_string_append_printf(m->line, "query[%s] %s from %s", m->type, name->str, m->client);
    }
    /* up to 2.20 a name that begins with '[' cannot be told from 2.21's type */
    if (form == 2 && name->str[0] == '[') {
        g_string_printf(m->line, "query[%s] %s from %s", m->type, name->str, m->client);
        m->port = 0;
        m->cut_ok = false;
    }
    g_string_free(name, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

/* What cannot be told, as the parser's head says: a plain line that was cut behind an address. */
static void the_limit(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    dm_parse_message(&ctx, 0, of("h"), of("dnsmasq"), of("query[A] evil from 10.9.8.7 fro"), &rec,
                     NULL);
    assert_false(rec.has_client);
    dm_parse_message(&ctx, 0, of("h"), of("dnsmasq"), of("query[A] evil from 10.9.8.7"), &rec,
                     NULL);
    assert_true(is_client(&rec, "10.9.8.7"));
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
        cmocka_unit_test(the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
