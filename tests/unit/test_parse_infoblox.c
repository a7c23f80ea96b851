/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Infoblox' lines, which BIND's parser reads.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {

    {"a response", NULL,
     "07-Apr-2013 20:16:49.083 client 192.0.2.7#57398 UDP: query: a2.example IN A response: "
     "NOERROR +AED a2.example. 28800 IN A 192.0.2.1;",
     RESPONSE, "192.0.2.7", 57398, "a2.example", "A", "NOERROR"},
    {"a colon behind the port, TCP", "named",
     "client 2001:db8::7#0: TCP: query: a IN ANY response: NXDOMAIN -E", RESPONSE, "2001:db8::7", 0,
     "a", "ANY", "NXDOMAIN"},
    {"a view", "named", "client 192.0.2.7#1: view int: UDP: query: a IN A response: REFUSED +",
     RESPONSE, "192.0.2.7", 1, "a", "A", "REFUSED"},
    {"a view, no colon behind the port", "named",
     "client 192.0.2.7#1 view 3: UDP: query: a IN A response: REFUSED +", RESPONSE, "192.0.2.7", 1,
     "a", "A", "REFUSED"},
    {"the name in front", "named",
     "client @0x7f 192.0.2.7#1 (a.example): UDP: query: a.example IN A response: SERVFAIL +",
     RESPONSE, "192.0.2.7", 1, "a.example", "A", "SERVFAIL"},
    {"semicolons in the data", "named",
     "client 192.0.2.7#1: UDP: query: a IN TXT response: NOERROR +A a. 1 IN TXT \"k=rsa; p=abc\" "
     "\"x\"; a. 1 IN TXT \"; client 6.6.6.6#1: UDP: query: b IN A response: NXDOMAIN +\";",
     RESPONSE, "192.0.2.7", 1, "a", "TXT", "NOERROR"},
    {"a query of BIND's in the data of a view", "named",
     "client 192.0.2.7#1: view v: UDP: query: a IN TXT response: NOERROR + a. 1 IN TXT \": query: "
     "b IN A\";",
     RESPONSE, "192.0.2.7", 1, "a", "TXT", "NOERROR"},
    {"BIND's query", "named", "client 192.0.2.7#1: query: a IN A +", QUERY, "192.0.2.7", 1, "a",
     "A", NULL},
    {"another line", "named", "client 192.0.2.7#1: UDP query failed", UNUSED},
    {"cut inside the code", "named", "client 192.0.2.7#1 UDP: query: a IN A response: ", BROKEN},
    {"cut inside the name", "named", "client 192.0.2.7#1 UDP: query: a", BROKEN},
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
    static const char *const heads[] = {" ", ": ", ": view v w: ", " view v: "};
    dns_choose(r, m, false);
    GString *name = wire_text(&m->wire, FORM_BIND), *data = wire_text(&m->wire, FORM_DNSMASQ);
    m->program = g_rand_boolean(r) ? "named" : "some.log";
    m->kind = DM_REC_RESPONSE;
    g_string_append_printf(m->line, "client %s#%d%sUDP: query: %s IN %s response: NOERROR +ED",
                           m->client, m->port, pick(r, heads, G_N_ELEMENTS(heads)), name->str,
                           m->type);
    g_string_append_printf(m->line, " %s. 60 IN TXT \"%s\";", name->str, data->str);
    g_string_free(name, TRUE);
    g_string_free(data, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

static void flags(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    dm_parse_line(&ctx,
                  DM_SLICE("client 192.0.2.7#1 TCP: query: a IN A response: NXDOMAIN +AtEDVL x"),
                  &rec, NULL);
    assert_true(is(rec.flags, "+ED"));
    assert_int_equal(rec.flag_bits, DM_QF_PRINTED | DM_QF_RD | DM_QF_EDNS | DM_QF_DO | DM_QF_TCP);
    assert_int_equal(rec.rcode_num, 3);
    assert_int_equal(rec.counts[0], -1);
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
        cmocka_unit_test(flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
