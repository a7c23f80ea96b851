/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The BIND parser: a table of lines with the parse worked out by hand.
 */
#include "parse_case.h"

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
    {"a view that ends in the marker", "client 192.0.2.7#9: view a: query: query: x.example IN A +",
     QUERY, "192.0.2.7", "x.example", "A", "a: query", NULL},
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
     "client 192.0.2.7#9/key k:: view v: query: x.example IN A +S", QUERY, "192.0.2.7", "x.example",
     "A", "v", NULL},
    {"a line end that a transport left", "client 192.0.2.7#9: query: x.example IN A +\r\n", QUERY,
     "192.0.2.7", "x.example", "A", NULL, NULL},

    {"denied", "client 192.0.2.7#9 (x): query (cache) 'x/A/IN' denied", DM_PARSE_RECORD,
     DM_REC_BIND_DENIED, "192.0.2.7", "x", "A", NULL, NULL},
    {"denied in a view that is a query",
     "client 192.0.2.7#9: view a: query: b IN A +: query (cache) 'x/A/IN' denied", DM_PARSE_RECORD,
     DM_REC_BIND_DENIED, "192.0.2.7", NULL, "A", "a: query: b IN A +", NULL},
    {"query failed in such a view",
     "client 192.0.2.7#9 (n): view v: query: x: query failed (SERVFAIL) for n/IN/A at query.c:1",
     DM_PARSE_RECORD, DM_REC_BIND_FAILED, "192.0.2.7", "n", "A", "v: query: x", NULL},
    {"another category", "21-Nov-2026 06:25:48.645 general: info: zone x/IN: loaded serial 1",
     UNUSED},
    {"no peer", "named[1]: client @0x7f12 (no-peer): query: x.example IN A", UNUSED},
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
        enum dm_verdict v = parse_exact(&ctx, NULL, r->line, strlen(r->line), &rec, &copy);
        bool ok = v == r->verdict && rec.kind == r->kind && rec.has_client == (r->client != NULL);
        if (ok && r->client) {
            ok = is_client(&rec, r->client) && is(rec.qname, r->qname) && is(rec.qtype, r->qtype) &&
                 is(rec.view, r->view) && is(rec.server, r->server);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(flags_and_counts),
        cmocka_unit_test(inner_stamp_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
