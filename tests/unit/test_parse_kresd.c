/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The Knot Resolver parser.
 */
#include "dns_case.h"

static const struct dns_row rows[] = {

    {"a rule", "kresd", "[rules ] => local data applied, user: 192.0.2.7, name: www.example.",
     RESPONSE, "192.0.2.7", 0, "www.example.", NULL, NULL},
    {"a dry run", NULL,
     "Nov 21 06:28:23 ns1 kresd[9]: [rules ] => local data dry-run, user: 2001:db8::7, name: .",
     RESPONSE, "2001:db8::7", 0, ".", NULL, NULL},
    {"under a tag", "some.log", "[rules ] => local data applied, user: 192.0.2.7, name: a.",
     RESPONSE, "192.0.2.7", 0, "a.", NULL, NULL},
    {"a user in the name", "kresd",
     "[rules ] => local data applied, user: 192.0.2.7, name: x,\\032user:\\0326\\.6\\.6\\.6.",
     RESPONSE, "192.0.2.7", 0, "x,\\032user:\\0326\\.6\\.6\\.6.", NULL, NULL},
    {"no user", "kresd", "[rules ] => local data applied, name: a.", UNUSED},
    {"no name", "kresd", "[rules ] => local data applied, user: 192.0.2.7", UNUSED},
    {"a query of its own", "kresd", "[rules ] => local data applied, user: internal, name: a.",
     UNUSED},
    {"debug", NULL,
     "[iterat][57997.00]   'www.example.' type 'A' new uid was assigned .01, parent uid .00",
     UNUSED},
    {"start", "kresd", "[system] quorum ok", UNUSED},
    {"cut inside the address", "kresd",
     "[rules ] => local data applied, user: 192.0.2.7x, name: a.", BROKEN},
    {"cut before the name", "kresd",
     "[rules ] => local data applied, user: 192.0.2.7, name: ", BROKEN},
    {"somebody else's tag", "daemon", "[rules] => local", OTHER},
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
    m->program = g_rand_boolean(r) ? "kresd" : "some.log";
    m->port = 0;
    m->type = NULL;
    m->kind = DM_REC_RESPONSE;
    g_string_append_printf(m->line, "[rules ] => local data applied, user: %s, name: %s", m->client,
                           name->str);
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
