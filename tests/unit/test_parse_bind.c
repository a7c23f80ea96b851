/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The BIND parser: a table of lines with the parse worked out by hand, and laws on random lines that
 * are built here as BIND builds them (printf forms of lib/ns, escapes of dns_name_totext()).
 * A failing random case is repeated with DM_TEST_SEED=<printed seed>.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "parse/parser.h"

#define ROUNDS 20000

static void start(struct dm_parse_ctx *ctx)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->clock.zone = dm_zone_new("UTC");
    ctx->clock.year = 2026;
}

/* Parse a copy of exactly that size, so that a sanitizer sees a byte read too far. */
static enum dm_verdict parse_exact(struct dm_parse_ctx *ctx, const char *line, size_t n,
                                   struct dm_record *rec, char **ret_copy)
{
    char *copy = malloc(n ? n : 1);

    memcpy(copy, line, n);
    *ret_copy = copy;
    return dm_parse_line(ctx, dm_slice_make(copy, n), rec, NULL);
}

static bool is(struct dm_slice s, const char *want)
{
    return want ? s.p && dm_slice_eq(s, dm_slice_make(want, strlen(want))) : s.p == NULL;
}

static bool is_addr(const struct dm_addr *a, const char *want)
{
    char text[DM_ADDR_STRLEN];

    return strcmp(dm_addr_text(a, text), want) == 0;
}

/* ---- table ------------------------------------------------------------------------------- */

struct row {
    const char *name, *line;
    enum dm_verdict verdict;
    enum dm_record_kind kind;
    const char *client, *qname, *qtype, *view, *server;
};

#define OTHER DM_PARSE_OTHER, DM_REC_NONE, NULL, NULL, NULL, NULL, NULL
#define UNUSED DM_PARSE_RECORD, DM_REC_NONE, NULL, NULL, NULL, NULL, NULL
#define BROKEN DM_PARSE_MALFORMED, DM_REC_NONE, NULL, NULL, NULL, NULL, NULL
#define QUERY DM_PARSE_RECORD, DM_REC_QUERY

static const struct row rows[] = {
    {"9.2 bare", "client 192.0.2.7#1024: query: www.example IN A", QUERY, "192.0.2.7",
     "www.example", "A", NULL, NULL},
    {"9.2 with syslog header",
     "Nov 21 06:25:48 ns1 named[12]: client 192.0.2.7#1024: query: www.example IN MX", QUERY,
     "192.0.2.7", "www.example", "MX", NULL, NULL},
    {"9.2 print-time without categories",
     "Nov 21 06:25:52.597 client 192.0.2.7#57680: query: www.example IN A", QUERY, "192.0.2.7",
     "www.example", "A", NULL, NULL},
    {"prefix inside a syslog message",
     "Nov 21 06:25:48 ns1 named[12]: 21-Nov-2026 06:25:48.645 queries: info: client "
     "2001:db8::7#53 (a.example): view x: query: a.example IN TYPE65 +E(0) (2001:db8::1)",
     QUERY, "2001:db8::7", "a.example", "TYPE65", "x", "2001:db8::1"},
    {"a file with a tag of the administrator's own",
     "<30>1 2026-11-21T06:39:00.974Z ns1 querylog - - - client @0x7f 192.0.2.7#1 (a.example): "
     "query: a.example IN A - (192.0.2.1#53)",
     QUERY, "192.0.2.7", "a.example", "A", NULL, "192.0.2.1"},
    {"tag, category, module and severity",
     "named: queries: client: debug 3: client 192.0.2.7#1: query: a.example IN A +", QUERY,
     "192.0.2.7", "a.example", "A", NULL, NULL},
    {"the root and an empty name", "client 192.0.2.7#1: query: @ IN NS +", QUERY, "192.0.2.7", "@",
     "NS", NULL, NULL},
    {"a name that ends in a colon behind a view",
     "client @0x0 192.0.2.7#0 (foo:): view v: query: foo: IN A + (192.0.2.1)", QUERY, "192.0.2.7",
     "foo:", "A", "v", "192.0.2.1"},
    {"a name that is the marker",
     "client @0x0 192.0.2.7#0 (query:): view v: query: query: IN ANY + (192.0.2.1)", QUERY,
     "192.0.2.7", "query:", "ANY", "v", "192.0.2.1"},
    {"a view that ends in the marker",
     "client 192.0.2.7#9: view a: query: query: x.example IN A +", QUERY, "192.0.2.7", "x.example",
     "A", "a: query", NULL},
    {"a view that is a whole query",
     "client 192.0.2.7#9: view a: query: b IN MX + (192.0.2.1): query: x.example IN A +", QUERY,
     "192.0.2.7", "x.example", "A", "a: query: b IN MX + (192.0.2.1)", NULL},
    {"an escaped parenthesis",
     "client 192.0.2.7#9 (x\\):.query:.evil.example): query: x\\):.query:.evil.example IN A + "
     "(192.0.2.1)",
     QUERY, "192.0.2.7", "x\\):.query:.evil.example", "A", NULL, "192.0.2.1"},
    {"a client inside the name",
     "client 192.0.2.7#9 (a\\010client\\0326\\.6\\.6\\.6#1.x): query: "
     "a\\010client\\0326\\.6\\.6\\.6#1.x IN A + (192.0.2.1)",
     QUERY, "192.0.2.7", "a\\010client\\0326\\.6\\.6\\.6#1.x", "A", NULL, "192.0.2.1"},
    {"a name that looks like ECS",
     "client @0x1 192.0.2.7#9 ([ECS.192.0.2.0/24/0]): query: [ECS.192.0.2.0/24/0] IN A +E(0) "
     "(192.0.2.1) [ECS 198.51.100.0/24/0]",
     QUERY, "192.0.2.7", "[ECS.192.0.2.0/24/0]", "A", NULL, "192.0.2.1"},
    {"a key that ends in a colon, no name",
     "client 192.0.2.7#9/key k:: view v: query: x.example IN A +S", QUERY, "192.0.2.7",
     "x.example", "A", "v", NULL},
    {"a line end that a transport left", "client 192.0.2.7#9: query: x.example IN A +\r\n", QUERY,
     "192.0.2.7", "x.example", "A", NULL, NULL},

    {"denied", "client 192.0.2.7#9 (x): query (cache) 'x/A/IN' denied", UNUSED},
    {"denied in a view that is a query",
     "client 192.0.2.7#9: view a: query: b IN A +: query (cache) 'x/A/IN' denied", UNUSED},
    {"query failed in such a view",
     "client 192.0.2.7#9 (n): view v: query: x: query failed (SERVFAIL) for n/IN/A at query.c:1",
     UNUSED},
    {"another category", "21-Nov-2026 06:25:48.645 general: info: zone x/IN: loaded serial 1",
     UNUSED},
    {"no peer", "named[1]: client @0x7f12 (no-peer): query: x.example IN A", UNUSED},
    {"Infoblox",
     "client 192.0.2.7#9: UDP: query: x.example IN A response: NOERROR + x.example. 1 IN A "
     "192.0.2.1;",
     UNUSED},
    {"any line of named", "Nov 21 06:25:48 ns1 named[12]: the working directory is not writable",
     UNUSED},

    {"cut inside the name", "client 192.0.2.7#9 (www.exa", BROKEN},
    {"cut behind the address", "client 192.0.2.7#9", BROKEN},
    {"cut inside the question", "client 192.0.2.7#9: query: www.example IN", BROKEN},
    {"cut inside the flags", "client 192.0.2.7#9: query: www.example IN A +E(0", BROKEN},
    {"cut inside the server", "client 192.0.2.7#9: query: www.example IN A + (192.0", BROKEN},
    {"an unknown class", "client 192.0.2.7#9: query: www.example XX A +", BROKEN},
    {"a flag twice", "client 192.0.2.7#9: query: www.example IN A +EE", BROKEN},
    {"text behind the end", "client 192.0.2.7#9: query: www.example IN A + (192.0.2.1) more",
     BROKEN},

    {"somebody else's client", "client connected from 192.0.2.7#9: query: x IN A", OTHER},
    {"a port too large", "client 192.0.2.7#65536: query: x IN A", OTHER},
    {"an octet too large", "client 192.0.2.256#9: query: x IN A", OTHER},
    {"leading zero", "client 192.0.02.1#9: query: x IN A", OTHER},
    {"empty", "", OTHER},
    {"dnsmasq", "Nov 21 06:27:07 dnsmasq[25963]: query[A] client from 192.0.2.7", OTHER},
};

static void table(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *r = &rows[i];
        struct dm_parse_ctx ctx;
        struct dm_record rec;
        char *copy;
        start(&ctx);
        enum dm_verdict v = parse_exact(&ctx, r->line, strlen(r->line), &rec, &copy);
        bool ok = v == r->verdict && rec.kind == r->kind && rec.has_client == (r->client != NULL);
        if (ok && r->client) {
            ok = is_addr(&rec.client, r->client) && is(rec.qname, r->qname) &&
                 is(rec.qtype, r->qtype) && is(rec.view, r->view) && is(rec.server, r->server);
        }
        if (!ok) {
            print_error("%s: verdict %d, kind %d\n", r->name, v, rec.kind);
            wrong++;
        }
        free(copy);
        dm_zone_free(ctx.clock.zone);
    }
    assert_int_equal(wrong, 0);
}

static void flags_and_counts(void **state)
{
    static const char line[] =
        "client @0x1 192.0.2.7#5353/key k.example (a): view v: response: a IN MX NXDOMAIN 1 20 "
        "300 -E(0)STDCV (192.0.2.1)[ECS 192.0.2.0/24/0]";
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    assert_int_equal(dm_parse_line(&ctx, DM_SLICE(line), &rec, NULL), DM_PARSE_RECORD);
    assert_int_equal(rec.kind, DM_REC_RESPONSE);
    assert_int_equal(rec.client_port, 5353);
    assert_true(is(rec.client_ptr, "@0x1") && is(rec.signer, "k.example"));
    assert_int_equal(rec.qtype_code, 15);
    assert_int_equal(rec.qclass_code, 1);
    assert_true(is(rec.rcode, "NXDOMAIN"));
    assert_int_equal(rec.rcode_num, 3);
    assert_int_equal(rec.counts[0], 1);
    assert_int_equal(rec.counts[1], 20);
    assert_int_equal(rec.counts[2], 300);
    assert_int_equal(rec.flag_bits, DM_QF_PRINTED | DM_QF_SIGNED | DM_QF_EDNS | DM_QF_TCP |
                                        DM_QF_DO | DM_QF_CD | DM_QF_COOKIE);
    assert_true(is(rec.ecs, "192.0.2.0/24/0"));
    assert_int_equal(ctx.counts.by[DM_PARSER_bind][DM_PARSE_RECORD], 1);
    dm_zone_free(ctx.clock.zone);
}

/* The stamp inside the message is more exact than the host's, and wins. */
static void inner_stamp_wins(void **state)
{
    struct dm_slice msg = DM_SLICE(" 31-Dec-2025 23:59:59.750 client 192.0.2.7#1: query: a IN A");
    struct dm_slice old = DM_SLICE("Dec 31 23:59:59.250 client 192.0.2.7#1: query: a IN A");
    const int64_t new_year_us = 1767225600000000; /* 2026-01-01T00:00:00Z */
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    start(&ctx);
    dm_parse_message(&ctx, new_year_us, DM_SLICE("ns1"), DM_SLICE("named"), msg, &rec, NULL);
    assert_int_equal(rec.kind, DM_REC_QUERY);
    assert_true(rec.time_us == new_year_us - 250000);
    dm_parse_message(&ctx, new_year_us + 1000000, DM_SLICE("ns1"), DM_SLICE("x"), old, &rec, NULL);
    assert_int_equal(rec.kind, DM_REC_QUERY);
    assert_true(rec.time_us == new_year_us - 750000);
    dm_zone_free(ctx.clock.zone);
}

/* ---- laws -------------------------------------------------------------------------------- */

static guint32 seed_of_run(void)
{
    const char *env = g_getenv("DM_TEST_SEED");
    guint32 seed = env ? (guint32)strtoul(env, NULL, 10) : g_random_int();

    print_message("DM_TEST_SEED=%u\n", seed);
    return seed;
}

/* A wire name of hostile labels in BIND's presentation form. */
static void add_name(GRand *r, GString *out)
{
    static const char *const labels[] = {
        "query:", ": query: ", "):", "x): view y: query: z IN A + (192.0.2.66)", "client 6.6.6.6#1",
        "[ECS 192.0.2.0/24/0]", "IN A +", "'x/A/IN' denied", "view", "foo:", "response:", "www",
        "a", "(x)", "\\", "\"", "/key k", "#", "@", "IN",
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
        "external", ": query: ", ": response: ", "a IN A", " + (192.0.2.66)", "view ", "x",
        ":", " ", "client 6.6.6.6#1", "query", ": ", "(n): ", "'",
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
};

static const char *pick(GRand *r, const char *const *words, size_t n)
{
    return words[g_rand_int_range(r, 0, (gint)n)];
}

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

static void make(GRand *r, struct made *m)
{
    static const char *const prefixes[] = {
        "", "queries: ", "21-Nov-2026 06:25:48.645 ", "queries: info: ",
        "2026-11-21T06:39:00.974Z queries: info: ", "Nov 21 06:25:48.645 queries: info: ",
        "Nov 21 06:25:48 ns1 named[77]: ", "<30>Nov 21 06:25:48 ns1 named[77]: queries: info: ",
        "2026-11-21T06:39:00.974123+09:00 ns1 named[9]: 21-Nov-2026 06:25:48.645 queries: ",
    };
    static const char *const clients[] = {"192.0.2.7", "2001:db8::7", "10.0.0.1", "fe80::1%3"};
    static const char *const servers[] = {"198.51.100.1", "2001:db8::53", "fe80::2%3"};
    static const char *const types[] = {"A", "AAAA", "MX", "TYPE65280", "ANY", "IXFR", "RESERVED0"};
    static const int versions[] = {2, 3, 5, 7, 9, 11, 12, 20, 21};
    int version = versions[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(versions))];

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
    g_string_append_printf(m->line, "%sclient ", m->prefix);
    if (version >= 11) {
        g_string_append(m->line, "@0x7f0892ecd098 ");
    }
    g_string_append_printf(m->line, "%s#%u", m->client, m->port);
    if (m->has_signer) {
        g_string_append_printf(m->line, "/key %s", m->signer->str);
    }
    if (version >= 9) {
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
        g_string_append_printf(m->line, version == 21 ? " (%s#53)" : " (%s)", m->server);
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
           matches(rec->server, m->has_server, m->server) &&
           matches(rec->ecs, m->has_ecs, m->ecs);
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
        enum dm_verdict v = parse_exact(&ctx, m.line->str, m.line->len, &rec, &copy);
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
            parse_exact(&ctx, m.line->str, n, &rec, &copy);
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
        parse_exact(&ctx, line->str, line->len, &rec, &copy);
        if (rec.kind != DM_REC_NONE) {
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
        parse_exact(&ctx, m.line->str + (i % 2 ? from : 0), m.line->len - (i % 2 ? from : 0), &rec,
                    &copy);
        free(copy);
        for (size_t k = 0; k < m.line->len; k++) {
            m.line->str[k] = (char)g_rand_int_range(r, 0, 256);
        }
        parse_exact(&ctx, m.line->str, m.line->len, &rec, &copy);
        free(copy);
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(flags_and_counts),
        cmocka_unit_test(inner_stamp_wins),
        cmocka_unit_test(what_bind_prints_is_read_back),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(denied_is_never_a_query),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
