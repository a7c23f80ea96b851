/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The NSD parser.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {

    {"refused", "nsd", "query www.example. from 192.0.2.7 refused, no acl matches", RESPONSE,
     "192.0.2.7", 0, "www.example.", NULL, "REFUSED"},
    {"a file of its own", NULL,
     "[1795242503] nsd[99]: info: query . from 2001:db8::7 refused, BLOCKED 2001:db8::/32",
     RESPONSE, "2001:db8::7", 0, ".", NULL, "REFUSED"},
    {"with a date", NULL,
     "[2026-11-21 06:28:23.123] nsd[99]: info: axfr for example. from 192.0.2.7 refused, blocked",
     RESPONSE, "192.0.2.7", 0, "example.", "axfr", "REFUSED"},
    {"behind a proxy", "nsd",
     "query a. from 192.0.2.7 via proxy 198.51.100.1 refused because of proxy, x", RESPONSE,
     "192.0.2.7", 0, "a.", NULL, "REFUSED"},
    {"TLS only", "nsd", "ixfr for a. from 192.0.2.7 refused tls-auth-xfr-only", RESPONSE,
     "192.0.2.7", 0, "a.", "ixfr", "REFUSED"},
    {"escapes", "nsd", "query \\032from\\0326\\.6\\.6\\.6. from 192.0.2.7 refused, x", RESPONSE,
     "192.0.2.7", 0, "\\032from\\0326\\.6\\.6\\.6.", NULL, "REFUSED"},
    {"a notify", "nsd", "notify for a. from 192.0.2.7 refused, x", UNUSED},
    {"a rate limit", "nsd",
     "ratelimit block example. type nxdomain target 192.0.2.0/24 query 192.0.2.7 A", UNUSED},
    {"start", NULL, "[1795242503] nsd[99]: notice: nsd started (NSD 4.6.1), pid 99", UNUSED},
    {"cut behind the name", "nsd", "query www.example. from", BROKEN},
    {"cut behind the client", "nsd", "query www.example. from 192.0.2.7", BROKEN},
    {"somebody else's query", "daemon", "query a from 192.0.2.7 failed", OTHER},
    {"somebody else's frame", NULL,
     "[1795242503] abc[99]: info: query a. from 192.0.2.7 refused, x", OTHER},
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
    GString *name = wire_text(&m->wire, FORM_NSD);
    m->program = "nsd";
    m->port = 0;
    m->type = NULL;
    m->kind = DM_REC_RESPONSE;
    g_string_append_printf(m->line, "query %s from %s refused, no acl matches", name->str,
                           m->client);
    g_string_free(name, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
