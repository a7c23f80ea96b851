/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The parser of dnstap as text.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {

    {"BIND", NULL,
     "21-Nov-2026 06:25:48.645 CQ 192.0.2.7:53000 -> 192.0.2.1:53 UDP 40b www.example/IN/A", QUERY,
     "192.0.2.7", 53000, "www.example", "A", NULL},
    {"IPv6", NULL, "21-Nov-2026 06:25:48.645 AQ 2001:db8::7:53 -> 2001:db8::1:53 TCP 40b ./CH/TXT",
     QUERY, "2001:db8::7", 53, ".", "TXT", NULL},
    {"slashes in the name", "dnstap-read",
     "21-Nov-2026 06:25:48.645 CQ 192.0.2.7:1 -> 192.0.2.1:53 UDP 40b x/IN/MX.b/IN/A", QUERY,
     "192.0.2.7", 1, "x/IN/MX.b", "A", NULL},
    {"Go", NULL, "06:25:48.645000 CQ 192.0.2.7 UDP 40b \"www.example.\" IN A", QUERY, "192.0.2.7",
     0, "www.example.", "A", NULL},
    {"Go, blanks and quotes in the name", "dnstap",
     "??:??:??.?????? CQ 2001:db8::7 TCP 40b \"a\\\"\\ IN\\ A.\" IN TYPE65280", QUERY,
     "2001:db8::7", 0, "a\\\"\\ IN\\ A.", "TYPE65280", NULL},
    {"a response", NULL,
     "21-Nov-2026 06:25:48.645 CR 192.0.2.7:53000 <- 192.0.2.1:53 UDP 40b www.example/IN/A",
     UNUSED},
    {"a resolver's query", NULL, "06:25:48.645000 RQ 192.0.2.1 UDP 40b \"www.example.\" IN A",
     UNUSED},
    {"a line of its", "dnstap", "dnstap: opened input socket", UNUSED},
    {"no question", NULL, "06:25:48.645000 CQ 192.0.2.7 UDP 40b X ", BROKEN},
    {"no address", NULL, "21-Nov-2026 06:25:48.645 CQ ? -> 192.0.2.1:53 UDP 40b a/IN/A", BROKEN},
    {"cut inside the name", NULL,
     "21-Nov-2026 06:25:48.645 CQ 192.0.2.7:53000 -> 192.0.2.1:53 UDP 40b www.exam", BROKEN},
    {"cut behind the class", NULL,
     "21-Nov-2026 06:25:48.645 CQ 192.0.2.7:53000 -> 192.0.2.1:53 UDP 40b a/IN/", BROKEN},
    {"somebody else's stamp", NULL, "21-Nov-2026 06:25:48.645 CQX 192.0.2.7:1", OTHER},
    {"somebody else's time", "daemon", "06:25:48.645000 hello CQ", OTHER},
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
    bool go = g_rand_boolean(r);
    GString *name = wire_text(&m->wire, go ? FORM_GO : FORM_BIND);
    if (go) {
        m->port = 0;
        g_string_append_printf(m->line, "06:25:48.645000 CQ %s UDP 40b \"%s\" IN %s", m->client,
                               name->str, m->type);
    } else {
        g_string_append_printf(m->line,
                               "21-Nov-2026 06:25:48.645 CQ %s:%d -> 192.0.2.1:53 UDP 40b %s/IN/%s",
                               m->client, m->port, name->str, m->type);
    }
    g_string_free(name, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

static void times(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    dm_parse_line(
        &ctx, DM_SLICE("21-Nov-2026 06:25:48.645 CQ 192.0.2.7:1 -> 192.0.2.1:53 UDP 40b a/IN/A"),
        &rec, NULL);
    assert_true(rec.time_us == 1795242348645000);
    assert_true(is(rec.server, "192.0.2.1"));
    assert_int_equal(rec.server_port, 53);
    dm_parse_line(&ctx, DM_SLICE("07:00:00.000001 CQ 192.0.2.7 UDP 40b \"a.\" IN A"), &rec, NULL);
    assert_int_equal(rec.kind, DM_REC_QUERY);
    assert_true(rec.time_us == 1795242348645000); /* of the line before */
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
