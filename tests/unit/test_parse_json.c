/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** JSON records: a table of what each object is understood as, hostile ones among them; then the
 * same questions as BIND's lines and as objects, which must find the same. */
#include "testlib.h"

#include <stdio.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "dnsmon/dnsmon.h"
#include "parse/parse_json.h"
#include "util/localtime.h"

#define S 1000000LL
#define T0 (1080000000 * S) /* 2004-03-23T00:00:00Z */

struct json_case {
    const char *text;
    enum dm_verdict verdict;
    enum dm_record_kind kind;
    const char *client; /* canonical; NULL: none */
    const char *qname;  /* NULL: not compared */
    unsigned type;
    int64_t time_us;
};

#define Q "\"kind\":\"query\",\"qname\":\"a.example\",\"qtype\":\"MX\""
#define OK DM_PARSE_RECORD
#define BAD DM_PARSE_MALFORMED

static const struct json_case cases[] = {
    {"{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"a.example\",\"qtype\":\"MX\"}", OK,
     DM_REC_QUERY, "192.0.2.7", "a.example", 15, T0},
    {"{" Q ",\"client\":{\"ip\":\"2001:db8::7\"}}", OK, DM_REC_QUERY, "2001:db8::7", "a.example",
     15, T0},
    {"{" Q ",\"client.ip\":\"192.0.2.7\"}", OK, DM_REC_QUERY, "192.0.2.7", "a.example", 15, T0},
    {"{" Q ",\"source\":{\"ip\":\"192.0.2.8\"},\"client\":\"192.0.2.7\"}", OK, DM_REC_QUERY,
     "192.0.2.8", NULL, 15, T0},
    {"{" Q ",\"source\":{\"ip\":\"192.0.2.8\"},\"client\":{\"ip\":\"192.0.2.7\"}}", OK,
     DM_REC_QUERY, "192.0.2.7", NULL, 15, T0},
    {"{\"kind\":\"query\",\"dns\":{\"question\":{\"name\":\"b.example\",\"type\":\"TYPE65\","
     "\"class\":\"IN\"}},\"qname\":\"no\",\"qtype\":\"A\",\"client\":\"192.0.2.7\"}",
     OK, DM_REC_QUERY, "192.0.2.7", "b.example", 65, T0},
    {"{" Q ",\"client\":\"fe80::1%3\"}", OK, DM_REC_QUERY, "fe80::1", NULL, 15, T0},
    {" {" Q ",\"client\":\"192.0.2.7\"} \r\n", OK, DM_REC_QUERY, "192.0.2.7", NULL, 15, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"flags\":\"+E(0)K\"}", OK, DM_REC_QUERY, "192.0.2.7", NULL,
     15, T0},
    /* time */
    {"{" Q ",\"client\":\"192.0.2.7\",\"@timestamp\":\"2004-03-23T00:00:01.5Z\",\"time\":5}", OK,
     DM_REC_QUERY, "192.0.2.7", NULL, 15, T0 + S * 3 / 2},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":\"2004-03-23T09:00:01+09:00\"}", OK, DM_REC_QUERY,
     "192.0.2.7", NULL, 15, T0 + S},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":1080000002}", OK, DM_REC_QUERY, "192.0.2.7", NULL,
     15, T0 + 2 * S},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":1080000002.250001}", OK, DM_REC_QUERY, "192.0.2.7",
     NULL, 15, T0 + 2 * S + 250001},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":\"1080000002\"}", OK, DM_REC_QUERY, "192.0.2.7",
     NULL, 15, T0 + 2 * S},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":null}", OK, DM_REC_QUERY, "192.0.2.7", NULL, 15, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":\"yesterday\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":\"2004-03-23T00:00:01Z tomorrow\"}", BAD, 0, NULL,
     NULL, 0, 0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":1080000002000}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":-1}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":1e9}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"time\":[1]}", BAD, 0, NULL, NULL, 0, T0},
    /* the other kinds */
    {"{\"kind\":\"response\",\"client\":\"192.0.2.7\",\"qname\":\"a.example\",\"qtype\":\"A\","
     "\"rcode\":\"NXDOMAIN\"}",
     OK, DM_REC_RESPONSE, "192.0.2.7", "a.example", 1, T0},
    {"{\"kind\":\"smtp-connect\",\"peer\":\"192.0.2.9\"}", OK, DM_REC_SMTP_CONNECT, "192.0.2.9",
     NULL, 0, T0},
    {"{\"kind\":\"smtp-reject\",\"client\":\"192.0.2.9\",\"reason\":\"user_unknown\","
     "\"code\":\"550\"}",
     OK, DM_REC_SMTP_REJECT, "192.0.2.9", NULL, 0, T0},
    {"{\"kind\":\"smtp-reject\",\"client\":\"192.0.2.9\",\"code\":-1}", BAD, 0, NULL, NULL, 0, T0},
    {"{\"kind\":\"smtp-from\",\"queue_id\":\"AB12\",\"sender\":\"\",\"size\":10,\"nrcpt\":1}", OK,
     DM_REC_SMTP_FROM, NULL, NULL, 0, T0},
    {"{\"kind\":\"smtp-disconnect\",\"client\":\"192.0.2.9\",\"counts\":{\"mail\":[1,2],"
     "\"rcpt\":[1,1],\"data\":[1,1],\"commands\":[4,5]}}",
     OK, DM_REC_SMTP_DISCONNECT, "192.0.2.9", NULL, 0, T0},
    {"{\"kind\":\"smtp-disconnect\",\"client\":\"192.0.2.9\",\"counts\":{\"mail\":[2,1]}}", BAD, 0,
     NULL, NULL, 0, T0},
    {"{\"kind\":\"smtp-disconnect\",\"client\":\"192.0.2.9\",\"counts\":7}", BAD, 0, NULL, NULL, 0,
     T0},
    {"{\"kind\":\"tcp-attempt\",\"source\":{\"ip\":\"192.0.2.9\"},\"destination\":{\"ip\":"
     "\"198.51.100.1\",\"port\":135}}",
     OK, DM_REC_TCP_ATTEMPT, "192.0.2.9", NULL, 0, T0},
    {"{\"kind\":\"tcp-attempt\",\"client\":\"192.0.2.9\",\"dport\":\"65536\"}", BAD, 0, NULL, NULL,
     0, T0},
    {"{\"kind\":null,\"why\":\"x\"}", OK, DM_REC_NONE, NULL, NULL, 0, T0},
    /* never guessed */
    {"{}", BAD, 0, NULL, NULL, 0, T0},
    {"{\"kind\":\"Query\",\"client\":\"192.0.2.7\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q "}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":null}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7 \"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"pc.example\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":3221226}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":[\"192.0.2.7\"]}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":{\"ip\":{\"ip\":\"192.0.2.7\"}}}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"peer\":\"192.0.2.7\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"a.example\"}", BAD, 0, NULL, NULL, 0,
     T0},
    {"{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qtype\":\"A\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"a\",\"qtype\":1}", BAD, 0, NULL,
     NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"flags\":\"x\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",\"port\":65536}", BAD, 0, NULL, NULL, 0, T0},
    /* hostile */
    {"", BAD, 0, NULL, NULL, 0, T0},
    {"{", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\"", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\"}x", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\"}{}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",'client':'192.0.2.7'}", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.7\",}", BAD, 0, NULL, NULL, 0, T0},
    {"[]", BAD, 0, NULL, NULL, 0, T0},
    {"\"{\"", BAD, 0, NULL, NULL, 0, T0},
    {"null", BAD, 0, NULL, NULL, 0, T0},
    {"{" Q ",\"client\":\"192.0.2.6\",\"client\":\"192.0.2.7\"}", OK, DM_REC_QUERY, "192.0.2.7",
     NULL, 15, T0}, /* the last one counts */
    {"{" Q ",\"client\":\"192.0.2.7\\u0000\"}", BAD, 0, NULL, NULL, 0, T0},
    {"{\"kind\":\"query\\u0000\",\"client\":\"192.0.2.7\",\"qname\":\"a\",\"qtype\":\"A\"}", BAD, 0,
     NULL, NULL, 0, T0},
    {"{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"a\\\\032b\",\"qtype\":\"A\"}", OK,
     DM_REC_QUERY, "192.0.2.7", "a\\032b", 1, T0},
};

static struct dm_parse_ctx new_ctx(void)
{
    struct dm_parse_ctx ctx = {0};

    ctx.clock.zone = dm_zone_new("UTC");
    assert_non_null(ctx.clock.zone);
    return ctx;
}

static void test_table(void **state)
{
    struct dm_parse_ctx ctx = new_ctx();
    struct dm_json json = {0};

    (void)state;
    FOR_ROWS(c, cases)
    {
        struct dm_record rec;
        const char *why = NULL;
        char text[DM_ADDR_STRLEN];
        struct dm_slice in = test_exact(test_slice(c->text));

        CHECK_ROW(c->text,
                  dm_parse_json(&ctx, &json, T0, DM_SLICE("ns1"), in, &rec, &why) == c->verdict);
        free(in.p ? (void *)(uintptr_t)in.p : NULL); /* the record does not need it */
        CHECK_ROW(c->text, (why != NULL) == (c->verdict != OK));
        CHECK_ROW(c->text, rec.kind == c->kind);
        CHECK_ROW(c->text, rec.has_client == (c->client != NULL));
        CHECK_ROW(c->text, !c->client || !strcmp(dm_addr_text(&rec.client, text), c->client));
        CHECK_ROW(c->text, !c->qname || dm_slice_eq(rec.qname, test_slice(c->qname)));
        CHECK_ROW(c->text, c->verdict != OK || rec.qtype_code == c->type);
        CHECK_ROW(c->text, c->time_us == 0 || rec.time_us == c->time_us);
    }
    uint64_t bad = ctx.counts.by[DM_PARSER_json][BAD], good = ctx.counts.by[DM_PARSER_json][OK];
    assert_int_equal(bad + good, sizeof cases / sizeof *cases);
    dm_json_clear(&json);
    dm_zone_free(ctx.clock.zone);
}

/* A name of @n bytes 'a', or @n nested arrays: what is it read as. */
static enum dm_verdict big(size_t n, bool nested)
{
    struct dm_parse_ctx ctx = new_ctx();
    struct dm_json json = {0};
    struct dm_record rec;
    GString *s = g_string_new("{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qtype\":\"A\",");

    g_string_append(s, nested ? "\"qname\":\"a\",\"x\":" : "\"qname\":\"");
    for (size_t i = 0; i < n; i++) {
        g_string_append_c(s, nested ? '[' : 'a');
    }
    for (size_t i = 0; nested && i < n; i++) {
        g_string_append_c(s, ']');
    }
    g_string_append(s, nested ? "}" : "\"}");
    enum dm_verdict v =
        dm_parse_json(&ctx, &json, T0, DM_SLICE(""), dm_slice_make(s->str, s->len), &rec, NULL);
    if (v == OK && !nested) {
        assert_int_equal(rec.qname.n, n);
    }
    g_string_free(s, TRUE);
    dm_json_clear(&json);
    dm_zone_free(ctx.clock.zone);
    return v;
}

static void test_big(void **state)
{
    (void)state;
    assert_int_equal(big(1003, false), OK);
    assert_int_equal(big(1000000, false), OK);
    assert_int_equal(big(DM_JSON_MAX, false), BAD);
    assert_int_equal(big(8, true), OK);
    assert_int_equal(big(DM_JSON_DEPTH, true), BAD);
    assert_int_equal(big(500000, true), BAD);
}

/* Any bytes: nothing is read behind the slice, nothing is left behind (ASan, valgrind). */
static void test_random(void **state)
{
    static const char *const parts[] = {"{",     "}",      "[",    "]",         "\"",   "\\",
                                        "\\u0",  ",",      ":",    "kind",      "null", "-1e9",
                                        "qname", "client", "\xff", "\"query\"", "ip",   " "};
    struct test_rng rng;
    struct dm_parse_ctx ctx = new_ctx();
    struct dm_json json = {0};

    (void)state;
    test_rng_init(&rng, "random JSON", 7);
    for (int i = 0; i < 20000; i++) {
        GString *s = g_string_new("{");
        for (uint64_t n = test_rng_below(&rng, 12); n > 0; n--) {
            g_string_append(s, parts[test_rng_below(&rng, G_N_ELEMENTS(parts))]);
        }
        struct dm_slice in = test_exact(dm_slice_make(s->str, s->len));
        struct dm_record rec;
        dm_parse_json(&ctx, &json, T0, DM_SLICE(""), in, &rec, NULL);
        free((void *)(uintptr_t)in.p);
        g_string_free(s, TRUE);
    }
    dm_json_clear(&json);
    dm_zone_free(ctx.clock.zone);
}

/* A mass mailer's questions and a PC's, one second apart, as lines or as objects. */
static void feed_one(dnsmon_feed_t *feed, int i, int way)
{
    static const char *const types[] = {"MX", "A", "AAAA"};
    char name[64], text[512];
    int64_t time_us = T0 + i * S;
    const char *client = i % 3 == 2 ? "192.0.2.8" : "192.0.2.7";

    g_snprintf(name, sizeof name, "%s%d.example", i % 3 == 1 ? "mx." : "d", i % 3 == 2 ? 1 : i);
    if (way == 0) {
        g_snprintf(text, sizeof text, "client %s#1025: query: %s IN %s +", client, name,
                   types[i % 3]);
        dnsmon_feed_message(feed, time_us, "ns1", 3, "named", 5, text, strlen(text));
        return;
    }
    g_snprintf(text, sizeof text,
               way == 1
                   ? "{\"kind\":\"query\",\"client\":\"%s\",\"qname\":\"%s\",\"qclass\":\"IN\","
                     "\"qtype\":\"%s\",\"flags\":\"+\"}"
                   : "{\"kind\":\"query\",\"client\":{\"ip\":\"%s\"},\"flags\":\"+\","
                     "\"dns\":{\"question\":{\"name\":\"%s\",\"class\":\"IN\",\"type\":\"%s\"}}}",
               client, name, types[i % 3]);
    dnsmon_feed_json(feed, time_us, "ns1", 3, text, strlen(text));
}

/* All events of 600 questions, one a line. */
static GString *findings(int way)
{
    char *path = NULL, why[DNSMON_ERRLEN];
    static const char conf[] = "[site]\nnetworks=192.0.2.0/24\n"
                               "[detectors]\ndisable=daily-summary\n"; /* it names everybody */
    GString *out = g_string_new("");
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    dnsmon_event_t *ev;
    int fd = g_file_open_tmp(NULL, &path, NULL);

    assert_true(fd >= 0 && g_close(fd, NULL));
    assert_true(g_file_set_contents(path, conf, -1, NULL));
    assert_int_equal(dnsmon_config_load(path, &cfg, why, sizeof why), 0);
    g_unlink(path);
    g_free(path);
    assert_int_equal(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon), 0);
    assert_int_equal(dnsmon_feed_new(mon, &feed), 0);
    for (int i = 0; i < 600; i++) {
        feed_one(feed, i, way);
    }
    dnsmon_feed_free(feed);
    dnsmon_monitor_finish(mon, 1);
    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        g_string_append_printf(out, "%s\n", dnsmon_event_json(ev));
        dnsmon_event_free(ev);
    }
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return out;
}

static void test_same_findings(void **state)
{
    GString *lines = findings(0);

    (void)state;
    assert_non_null(strstr(lines->str, "mx-over-threshold"));
    assert_non_null(strstr(lines->str, "192.0.2.7"));
    assert_null(strstr(lines->str, "192.0.2.8"));
    for (int way = 1; way <= 2; way++) {
        GString *objects = findings(way);
        assert_string_equal(objects->str, lines->str);
        g_string_free(objects, TRUE);
    }
    g_string_free(lines, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_big),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_same_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
