/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Over the whole corpus, without any program name to go by: no parser claims another server's line.
 * The table of who claims how many lines of which file is printed, a test's only way to show it.
 * The corpus is looked for in $DNSMON_SHARED/corpus, else its copies in data/corpus are used.
 */
#include "parse_case.h"

/* Who wrote a file, by the front of its name. */
static const char *writer_of(const char *file)
{
    static const char *const rows[][2] = {
        {"bind-", "bind"}, {"postfix-", "postfix"}, {"dnsmasq-", "dnsmasq"},
        {"pdns-", "pdns"}, {"unbound-", "unbound"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_has_prefix(file, rows[i][0])) {
            return rows[i][1];
        }
    }
    return NULL;
}

static void blanks(struct dm_slice *s)
{
    while (dm_slice_drop(s, DM_SLICE(" "))) {
    }
}

/* Ask every parser about one message.  Returns: how many others than @writer claim it. */
static unsigned ask_each(struct dm_parse_ctx *ctx, const char *file, const char *writer,
                         struct dm_slice msg, unsigned claimed[DM_PARSER_COUNT])
{
    unsigned wrong = 0;

    for (int p = 0; p < DM_PARSER_COUNT; p++) {
        struct dm_record rec = {.program = DM_SLICE("")};
        const char *why = NULL;
        if (dm_parsers[p]->parse(msg, &ctx->clock, &rec, &why) == DM_PARSE_OTHER) {
            continue;
        }
        claimed[p]++;
        if (strcmp(dm_parsers[p]->name, writer) != 0) {
            print_error("%s: %s claims %.*s\n", file, dm_parsers[p]->name, (int)msg.n, msg.p);
            wrong++;
        }
    }
    return wrong;
}

/* The dispatcher reads the line as @writer's, or does not know it. */
static bool goes_right(struct dm_parse_ctx *ctx, const char *writer, struct dm_slice msg)
{
    struct dm_record rec;
    enum dm_verdict v = dm_parse_message(ctx, 0, of("host"), of("some.log"), msg, &rec, NULL);

    return v == DM_PARSE_OTHER || strcmp(rec.parser, writer) == 0;
}

static unsigned check_file(const char *dir, const char *file)
{
    unsigned claimed[DM_PARSER_COUNT] = {0}, lines = 0, wrong = 0;
    struct dm_parse_ctx ctx;
    gchar *path = g_build_filename(dir, file, NULL), *text;
    const char *writer = writer_of(file);

    assert_non_null(writer);
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    gchar **all = g_strsplit(text, "\n", -1);
    start(&ctx);
    for (size_t i = 0; all[i] && all[i][0]; i++) {
        struct dm_header head;
        dm_header_parse(&ctx.clock, of(all[i]), &head);
        blanks(&head.msg);
        lines++;
        wrong += ask_each(&ctx, file, writer, head.msg, claimed);
        wrong += !goes_right(&ctx, writer, head.msg);
    }
    GString *row = g_string_new(NULL);
    for (int p = 0; p < DM_PARSER_COUNT; p++) {
        g_string_append_printf(row, " %8u", claimed[p]);
    }
    print_message("%-36s %6u%s\n", file, lines, row->str);
    g_string_free(row, TRUE);
    dm_zone_free(ctx.clock.zone);
    g_strfreev(all);
    g_free(text);
    g_free(path);
    return wrong;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *files_of(const char *dir)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;

    while (d && (name = g_dir_read_name(d))) {
        if (g_str_has_suffix(name, ".log")) {
            g_ptr_array_add(files, g_strdup(name));
        }
    }
    if (d) {
        g_dir_close(d);
    }
    g_ptr_array_sort(files, by_name);
    return files;
}

static void nobody_claims_anothers_line(void **state)
{
    const char *shared = g_getenv("DNSMON_SHARED");
    gchar *dir = g_build_filename(shared ? shared : "../shared", "corpus", NULL);
    GPtrArray *files = files_of(dir);
    unsigned wrong = 0;

    (void)state;
    if (files->len == 0) {
        g_ptr_array_free(files, TRUE);
        g_free(dir);
        dir = g_strdup(DM_TEST_DATA "/corpus");
        files = files_of(dir);
    }
    GString *head = g_string_new(NULL);
    for (int p = 0; p < DM_PARSER_COUNT; p++) {
        g_string_append_printf(head, " %8s", dm_parsers[p]->name);
    }
    print_message("%-36s %6s%s\n", "lines claimed without a program name", "lines", head->str);
    for (guint i = 0; i < files->len; i++) {
        wrong += check_file(dir, g_ptr_array_index(files, i));
    }
    assert_true(files->len >= 9);
    assert_int_equal(wrong, 0);
    g_string_free(head, TRUE);
    g_ptr_array_free(files, TRUE);
    g_free(dir);
}

/* Servers that the corpus lacks: lines after their sources. */
static void made_lines(void **state)
{
    static const struct {
        const char *writer, *line;
    } cases[] = {
        {"bind",
         "client 192.0.2.7#9 UDP: query: a IN A response: NOERROR +AED a. 1 IN A 192.0.2.1;"},
        {"pdns", "Remote 192.0.2.7 wants 'a|A', do = 0, bufsize = 512: packetcache MISS"},
        {"pdns", "Nov 21 06:28:54 TCP Remote 192.0.2.7 wants 'a|A', do = 0, bufsize = 512"},
        {"kresd", "[rules ] => local data applied, user: 192.0.2.7, name: a."},
        {"kresd", "[iterat][57997.00]   'a.' type 'A' new uid was assigned .01, parent uid .00"},
        {"nsd", "[1795242503] nsd[99]: info: query a. from 192.0.2.7 refused, no acl matches"},
        {"dnstap", "21-Nov-2026 06:25:48.645 CQ 192.0.2.7:1 -> 192.0.2.1:53 UDP 40b a/IN/A"},
        {"dnstap", "06:25:48.645000 CQ 192.0.2.7 UDP 40b \"a.\" IN A"},
        {"windns",
         "6/5/2013 10:00:32 AM 0E70 PACKET  01 UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] "
         "A      (1)a(0)"},
        {"unbound", "[9:0] info: example. static 192.0.2.7@9 a.example. A IN"},
        {"dnsmasq", "UDP 1 192.0.2.7/9 query[A] a from 192.0.2.7"},
    };
    struct dm_parse_ctx ctx;
    unsigned wrong = 0;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned claimed[DM_PARSER_COUNT] = {0}, all = 0;
        wrong += ask_each(&ctx, "made", cases[i].writer, of(cases[i].line), claimed);
        wrong += !goes_right(&ctx, cases[i].writer, of(cases[i].line));
        for (int p = 0; p < DM_PARSER_COUNT; p++) {
            all += claimed[p];
        }
        if (all != 1) {
            print_error("%u parsers claim %s\n", all, cases[i].line);
            wrong++;
        }
    }
    dm_zone_free(ctx.clock.zone);
    assert_int_equal(wrong, 0);
}

/* What a program name decides is remembered, and never mixed up. */
static void program_names(void **state)
{
    static const struct {
        const char *program, *parser;
    } cases[] = {
        {"named", "bind"},
        {"unbound", "unbound"},
        {"dnsmasq", "dnsmasq"},
        {"dnsmasq-dhcp", "dnsmasq"},
        {"pdns_recursor", "pdns"},
        {"pdns", "pdns"},
        {"kresd", "kresd"},
        {"kresd@1", "kresd"},
        {"nsd", "nsd"},
        {"dnstap", "dnstap"},
        {"postfix/smtpd", "postfix"},
        {"postfix/qmgr", "postfix"},
        {"out/smtp", "postfix"},
        {"unboundx", NULL},
        {"pdnsx", NULL},
        {"some.log", NULL},
        {"a-program-name-that-is-much-longer-than-any-that-is-remembered/smtpd", "postfix"},
        {"a-program-name-that-is-much-longer-than-any-that-is-remembered", NULL},
    };
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    for (int i = 0; i < 2000; i++) {
        size_t k = (size_t)(i * 7) % G_N_ELEMENTS(cases);
        char odd[32];
        snprintf(odd, sizeof odd, "odd%d", i); /* pushes the others out now and then */
        dm_parse_message(&ctx, 0, of("h"), of(odd), of("nothing"), &rec, NULL);
        assert_null(rec.parser);
        dm_parse_message(&ctx, 0, of("h"), of(cases[k].program), of("nothing"), &rec, NULL);
        if (g_strcmp0(rec.parser, cases[k].parser) != 0) {
            fail_msg("%s: %s", cases[k].program, rec.parser ? rec.parser : "nobody");
        }
    }
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_claims_anothers_line),
        cmocka_unit_test(made_lines),
        cmocka_unit_test(program_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
