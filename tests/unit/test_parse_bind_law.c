/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The BIND parser: laws on random lines that are built here as BIND builds them (printf forms of
 * lib/ns, escapes of dns_name_totext()). A failing case is repeated with DM_TEST_SEED=<printed
 * seed>.
 */
#include "parse_case.h"

/* A wire name of hostile labels in BIND's presentation form. */
static void add_name(GRand *r, GString *out)
{
    static const char *const labels[] = {
        "query:",
        ": query: ",
        "):",
        "x): view y: query: z IN A + (192.0.2.66)",
        "client 6.6.6.6#1",
        "[ECS 192.0.2.0/24/0]",
        "IN A +",
        "'x/A/IN' denied",
        "view",
        "foo:",
        "response:",
        "www",
        "a",
        "(x)",
        "\\",
        "\"",
        "/key k",
        "#",
        "@",
        "IN",
    };
    int n = g_rand_int_range(r, 0, 4);

    if (n == 0) {
        g_string_append(out, ".");
        return;
    }
    for (int i = 0; i < n; i++) {
        char random[9];
        const char *label = labels[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(labels))];
        if (g_rand_boolean(r)) {
            for (size_t k = 0; k < 8; k++) {
                random[k] = (char)g_rand_int_range(r, 1, 256);
            }
            random[8] = '\0';
            label = random;
        }
        if (i > 0) {
            g_string_append_c(out, '.');
        }
        for (const char *p = label; *p; p++) {
            unsigned char c = (unsigned char)*p;
            if (strchr("@$();\".\\", c)) {
                g_string_append_printf(out, "\\%c", c);
            } else if (c > 0x20 && c < 0x7f) {
                g_string_append_c(out, (char)c);
            } else {
                g_string_append_printf(out, "\\%03u", c);
            }
        }
    }
}

static void add_view(GRand *r, GString *out)
{
    static const char *const words[] = {
        "external",
        ": query: ",
        ": response: ",
        "a IN A",
        " + (192.0.2.66)",
        "view ",
        "x",
        ":",
        " ",
        "client 6.6.6.6#1",
        "query",
        ": ",
        "(n): ",
        "'",
    };

    for (int n = g_rand_int_range(r, 1, 6); n > 0; n--) {
        g_string_append(out, words[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(words))]);
    }
}

/* One line as a BIND of some version prints it, with its fields. */
struct made {
    GString *line, *qname, *view, *flags, *signer;
    const char *prefix, *client, *server, *ecs, *type;
    bool has_view, has_flags, has_server, has_ecs, has_signer, response;
    unsigned port;
    int version;
};

static void make_flags(GRand *r, struct made *m, int version)
{
    const char *e = g_rand_boolean(r) ? "E(0)" : "";
    const char *s = m->has_signer ? "S" : "";

    if (version < 11) {
        e = e[0] ? "E" : "";
    }
    g_string_append(m->flags, g_rand_boolean(r) ? "+" : "-");
    g_string_append(m->flags, version >= 20 ? e : s);
    g_string_append(m->flags, version >= 20 ? s : e);
    if (version >= 7) {
        g_string_append(m->flags, g_rand_boolean(r) ? "T" : "");
    }
    if (version >= 5) {
        g_string_append(m->flags, g_rand_boolean(r) ? "D" : "");
        g_string_append(m->flags, g_rand_boolean(r) ? "C" : "");
    }
    if (version >= 11) {
        g_string_append(m->flags, g_rand_boolean(r) ? "V" : "K");
    }
}

static void choose(GRand *r, struct made *m)
{
    static const char *const prefixes[] = {
        "",
        "queries: ",
        "21-Nov-2026 06:25:48.645 ",
        "queries: info: ",
        "2026-11-21T06:39:00.974Z queries: info: ",
        "Nov 21 06:25:48.645 queries: info: ",
        "Nov 21 06:25:48 ns1 named[77]: ",
        "<30>Nov 21 06:25:48 ns1 named[77]: queries: info: ",
        "2026-11-21T06:39:00.974123+09:00 ns1 named[9]: 21-Nov-2026 06:25:48.645 queries: ",
    };
    static const char *const clients[] = {"192.0.2.7", "2001:db8::7", "10.0.0.1", "fe80::1%3"};
    static const char *const servers[] = {"198.51.100.1", "2001:db8::53", "fe80::2%3"};
    static const char *const types[] = {"A", "AAAA", "MX", "TYPE65280", "ANY", "IXFR", "RESERVED0"};
    static const int versions[] = {2, 3, 5, 7, 9, 11, 12, 20, 21};
    int version = versions[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(versions))];

    m->version = version;
    m->line = g_string_new(NULL);
    m->qname = g_string_new(NULL);
    m->view = g_string_new(NULL);
    m->flags = g_string_new(NULL);
    m->signer = g_string_new(NULL);
    m->prefix = pick(r, prefixes, G_N_ELEMENTS(prefixes));
    m->client = pick(r, clients, G_N_ELEMENTS(clients));
    m->server = pick(r, servers, G_N_ELEMENTS(servers));
    m->type = pick(r, types, G_N_ELEMENTS(types));
    m->ecs = "198.51.100.0/24/0";
    m->port = (unsigned)g_rand_int_range(r, 0, 65536);
    m->response = version == 20 && g_rand_boolean(r);
    m->has_view = version >= 3 && g_rand_boolean(r);
    m->has_flags = version >= 3;
    m->has_server = version >= 7;
    m->has_ecs = version >= 12 && g_rand_boolean(r);
    m->has_signer = version >= 9 && g_rand_boolean(r);
    add_name(r, m->qname);
    add_name(r, m->signer);
    add_view(r, m->view);
    make_flags(r, m, version);
}

static void make(GRand *r, struct made *m)
{
    choose(r, m);
    g_string_append_printf(m->line, "%sclient ", m->prefix);
    if (m->version >= 11) {
        g_string_append(m->line, "@0x7f0892ecd098 ");
    }
    g_string_append_printf(m->line, "%s#%u", m->client, m->port);
    if (m->has_signer) {
        g_string_append_printf(m->line, "/key %s", m->signer->str);
    }
    if (m->version >= 9) {
        g_string_append_printf(m->line, " (%s)", m->qname->str);
    }
    g_string_append(m->line, ": ");
    if (m->has_view) {
        g_string_append_printf(m->line, "view %s: ", m->view->str);
    }
    g_string_append_printf(m->line, "%s: %s IN %s", m->response ? "response" : "query",
                           m->qname->str, m->type);
    if (m->response) {
        g_string_append(m->line, " NOERROR 1 2 3");
    }
    if (m->has_flags) {
        g_string_append_printf(m->line, " %s", m->flags->str);
    }
    if (m->has_server) {
        g_string_append_printf(m->line, m->version == 21 ? " (%s#53)" : " (%s)", m->server);
    }
    if (m->has_ecs) {
        g_string_append_printf(m->line, "%s[ECS %s]", m->response ? "" : " ", m->ecs);
    }
}

static void unmake(struct made *m)
{
    g_string_free(m->line, TRUE);
    g_string_free(m->qname, TRUE);
    g_string_free(m->view, TRUE);
    g_string_free(m->flags, TRUE);
    g_string_free(m->signer, TRUE);
}

/* The field is what was put in, or not printed. */
static bool matches(struct dm_slice s, bool printed, const char *want)
{
    return is(s, printed ? want : NULL);
}

static bool read_back(const struct made *m, const struct dm_record *rec)
{
    return rec->kind == (m->response ? DM_REC_RESPONSE : DM_REC_QUERY) && rec->has_client &&
           is(rec->client_text, m->client) && rec->client_port == m->port &&
           is(rec->qname, m->qname->str) && is(rec->qtype, m->type) &&
           matches(rec->view, m->has_view, m->view->str) &&
           matches(rec->flags, m->has_flags, m->flags->str) &&
           matches(rec->signer, m->has_signer, m->signer->str) &&
           matches(rec->server, m->has_server, m->server) && matches(rec->ecs, m->has_ecs, m->ecs);
}

static void what_bind_prints_is_read_back(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;
    unsigned wrong = 0;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS && wrong < 5; i++) {
        struct made m;
        struct dm_record rec;
        char *copy;
        make(r, &m);
        enum dm_verdict v = parse_exact(&ctx, NULL, m.line->str, m.line->len, &rec, &copy);
        if (v != DM_PARSE_RECORD || !read_back(&m, &rec)) {
            print_error("round %d, verdict %d, kind %d: %s\n", i, v, rec.kind, m.line->str);
            wrong++;
        }
        free(copy);
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
    assert_int_equal(wrong, 0);
}

static bool other_client(const struct dm_record *rec, const char *client)
{
    struct dm_addr want;

    dm_addr_parse(dm_slice_make(client, strlen(client)), &want);
    return rec->has_client && !dm_addr_eq(&want, &rec->client);
}

static void a_cut_line_names_no_other_client(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS / 100; i++) {
        struct made m;
        make(r, &m);
        for (size_t n = 0; n <= m.line->len; n++) {
            struct dm_record rec;
            char *copy;
            parse_exact(&ctx, NULL, m.line->str, n, &rec, &copy);
            if (other_client(&rec, m.client)) {
                fail_msg("cut at %zu: %s", n, m.line->str);
            }
            free(copy);
        }
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

/* A line of another kind in a hostile view and for a hostile name is never a query. */
static void denied_is_never_a_query(void **state)
{
    static const char *const texts[] = {
        "query (cache) '%s/A/IN' denied",
        "query '%s/A/IN' denied (allow-query did not match)",
        "query failed (SERVFAIL) for %s/IN/A at query.c:5708",
        "update '%s/IN' denied",
        "rate limit drop response to 192.0.2.0/24 for %s IN A  (43a30b9c)",
        "rpz QNAME NXDOMAIN rewrite %s/A/IN via %s",
        "bad zone transfer request: '%s/IN': non-authoritative zone (NOTAUTH)",
    };
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        GString *name = g_string_new(NULL), *view = g_string_new(NULL), *line = g_string_new(NULL);
        struct dm_record rec;
        char *copy;
        add_name(r, name);
        add_view(r, view);
        g_string_append_printf(line, "client @0x7f 192.0.2.7#9 (%s): ", name->str);
        if (g_rand_boolean(r)) {
            g_string_append_printf(line, "view %s: ", view->str);
        }
        const char *text = pick(r, texts, G_N_ELEMENTS(texts));
        for (const char *p = text; *p; p++) {
            if (p[0] == '%' && p[1] == 's') {
                g_string_append(line, name->str);
                p++;
            } else {
                g_string_append_c(line, *p);
            }
        }
        parse_exact(&ctx, NULL, line->str, line->len, &rec, &copy);
        if (dm_record_is_used(rec.kind)) {
            fail_msg("kind %d: %s", rec.kind, line->str);
        }
        free(copy);
        g_string_free(name, TRUE);
        g_string_free(view, TRUE);
        g_string_free(line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

static void any_bytes_are_survived(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        struct made m;
        struct dm_record rec;
        char *copy;
        make(r, &m);
        for (int k = g_rand_int_range(r, 1, 6); k > 0; k--) {
            size_t at = (size_t)g_rand_int_range(r, 0, (gint)m.line->len);
            m.line->str[at] = (char)g_rand_int_range(r, 0, 256);
        }
        size_t from = (size_t)g_rand_int_range(r, 0, (gint)m.line->len);
        parse_exact(&ctx, NULL, m.line->str + (i % 2 ? from : 0), m.line->len - (i % 2 ? from : 0),
                    &rec, &copy);
        free(copy);
        for (size_t k = 0; k < m.line->len; k++) {
            m.line->str[k] = (char)g_rand_int_range(r, 0, 256);
        }
        parse_exact(&ctx, NULL, m.line->str, m.line->len, &rec, &copy);
        free(copy);
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_bind_prints_is_read_back),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(denied_is_never_a_query),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
