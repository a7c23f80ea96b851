/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * JSON records of every kind: ECS paths before short names, nothing that was not there; and what
 * `dnsmon parse` prints of the corpus' lines reads back as the same record.
 */
#include "parse_case.h"

#include <json-c/json.h>

#include "parse/parse_json.h"
#include "parse/record_json.h"

struct kind_case {
    const char *name, *text;
    const char *keys; /* of what is printed of it; NULL: malformed */
};

static const struct kind_case cases[] = {
    {"a query without a port",
     "{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"a\",\"qtype\":\"A\"}",
     "{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"port\":null,\"qclass\":\"IN\"}"},
    {"a query by ECS, short names beside",
     "{\"kind\":\"query\",\"client\":{\"ip\":\"192.0.2.7\",\"port\":53},\"dns\":{\"question\":{"
     "\"name\":\"a\",\"type\":\"MX\",\"class\":\"CH\"}},\"qname\":\"b\",\"qtype\":\"A\","
     "\"qclass\":\"IN\",\"port\":9}",
     "{\"client\":\"192.0.2.7\",\"port\":53,\"qname\":\"a\",\"qtype\":\"MX\",\"qclass\":\"CH\"}"},
    {"a response",
     "{\"kind\":\"response\",\"source\":{\"ip\":\"192.0.2.7\"},\"qname\":\"a\",\"qtype\":\"A\","
     "\"dns\":{\"response_code\":\"NXDOMAIN\"},\"rcode\":\"NOERROR\",\"counts\":[0,1,0]}",
     "{\"kind\":\"response\",\"rcode\":\"NXDOMAIN\",\"counts\":[0,1,0]}"},
    {"counts that are none",
     "{\"kind\":\"response\",\"client\":\"192.0.2.7\",\"qname\":\"a\",\"qtype\":\"A\","
     "\"counts\":[0,1]}",
     NULL},
    {"smtp-connect", "{\"kind\":\"smtp-connect\",\"source\":{\"ip\":\"192.0.2.7\"},\"host\":\"h\"}",
     "{\"kind\":\"smtp-connect\",\"client\":\"192.0.2.7\",\"host\":\"h\",\"port\":null}"},
    {"smtp-disconnect", "{\"kind\":\"smtp-disconnect\",\"peer\":\"192.0.2.7\"}",
     "{\"kind\":\"smtp-disconnect\",\"client\":\"192.0.2.7\",\"counts\":null}"},
    {"smtp-reject",
     "{\"kind\":\"smtp-reject\",\"client.ip\":\"192.0.2.7\",\"email.local_id\":\"9E90BAB211E\","
     "\"queue_id\":\"x\",\"reason\":\"user_unknown\",\"code\":550,\"recipient\":\"\"}",
     "{\"client\":\"192.0.2.7\",\"queue_id\":\"9E90BAB211E\",\"reason\":\"user_unknown\","
     "\"code\":550,\"recipient\":\"\",\"sender\":null}"},
    {"smtp-from", "{\"kind\":\"smtp-from\",\"queue_id\":\"9E90BAB211E\",\"nrcpt\":\"3\"}",
     "{\"queue_id\":\"9E90BAB211E\",\"nrcpt\":3,\"size\":null}"},
    {"smtp-to", "{\"kind\":\"smtp-to\",\"qid\":\"9E90BAB211E\",\"status\":\"sent\"}",
     "{\"queue_id\":\"9E90BAB211E\",\"status\":\"sent\",\"dsn\":null}"},
    {"pop3-login", "{\"kind\":\"pop3-login\",\"client\":\"192.0.2.7\",\"sasl_user\":\"u\"}",
     "{\"kind\":\"pop3-login\",\"client\":\"192.0.2.7\",\"sasl_user\":\"u\"}"},
    {"tcp-attempt by ECS",
     "{\"kind\":\"tcp-attempt\",\"source\":{\"ip\":\"192.0.2.7\",\"port\":4444},\"destination\":{"
     "\"ip\":\"198.51.100.1\",\"port\":25},\"dst\":\"203.0.113.1\",\"dport\":135}",
     "{\"client\":\"192.0.2.7\",\"port\":4444,\"dst\":\"198.51.100.1\",\"dport\":25}"},
    {"tcp-attempt by short names",
     "{\"kind\":\"tcp-attempt\",\"client\":\"192.0.2.7\",\"dst\":\"2001:db8::1\","
     "\"dport\":\"135\"}",
     "{\"client\":\"192.0.2.7\",\"port\":null,\"dst\":\"2001:db8::1\",\"dport\":135}"},
    {"the basic form of a time",
     "{\"kind\":\"pop3-login\",\"client\":\"192.0.2.7\",\"time\":\"20261121T062548Z\"}",
     "{\"time\":\"2026-11-21T06:25:48.000000Z\"}"},
    {"what no detector reads", "{\"kind\":\"bind.denied\",\"client\":\"192.0.2.7\"}",
     "{\"kind\":null}"},
    {"an unknown kind", "{\"kind\":\"ftp-login\",\"client\":\"192.0.2.7\"}", NULL},
    {"pop3-login without a client", "{\"kind\":\"pop3-login\",\"sasl_user\":\"u\"}", NULL},
    {"tcp-attempt without a client", "{\"kind\":\"tcp-attempt\",\"dst\":\"192.0.2.7\"}", NULL},
    {"smtp-reject without a client", "{\"kind\":\"smtp-reject\",\"reason\":\"other\"}", NULL},
    {"tcp-attempt to a name", "{\"kind\":\"tcp-attempt\",\"client\":\"192.0.2.7\",\"dst\":\"h\"}",
     NULL},
};

static unsigned differences(const char *name, struct json_object *want, struct json_object *got)
{
    unsigned wrong = 0;

    json_object_object_foreach(want, key, value)
    {
        struct json_object *is = NULL;
        if (!json_object_object_get_ex(got, key, &is) || !json_object_equal(is, value)) {
            print_error("%s: %s: %s\n", name, key, json_object_to_json_string(got));
            wrong++;
        }
    }
    return wrong;
}

/* What `dnsmon parse` prints of an object. */
static struct json_object *read_object(struct dm_parse_ctx *ctx, struct dm_json *json,
                                       const char *text, enum dm_verdict *ret_v)
{
    struct dm_record rec;
    const char *why = NULL;

    *ret_v = dm_parse_json(ctx, json, 0, DM_SLICE(""), of(text), &rec, &why);
    char *out = dm_record_json(&rec, *ret_v, why);
    struct json_object *obj = json_tokener_parse(out);
    free(out);
    return obj;
}

static void every_kind_is_read(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_json json = {0};
    unsigned wrong = 0;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct kind_case *c = &cases[i];
        enum dm_verdict v;
        struct json_object *got = read_object(&ctx, &json, c->text, &v);
        struct json_object *want = c->keys ? json_tokener_parse(c->keys) : NULL;
        if (v != (c->keys ? DM_PARSE_RECORD : DM_PARSE_MALFORMED)) {
            print_error("%s: verdict %d\n", c->name, v);
            wrong++;
        }
        wrong += want ? differences(c->name, want, got) : 0;
        json_object_put(want);
        json_object_put(got);
    }
    dm_json_clear(&json);
    dm_zone_free(ctx.clock.zone);
    assert_int_equal(wrong, 0);
}

/* What only `dnsmon parse` shows is not read back, and a class that was not printed is IN. */
static void drop_unread(struct json_object *obj)
{
    static const char *const keys[] = {"parser", "took", "cached", "size", "zone", "action"};

    bool dns = json_object_object_get_ex(obj, "qclass", NULL);
    for (size_t i = 0; i < (dns ? G_N_ELEMENTS(keys) : 1); i++) {
        json_object_object_del(obj, keys[i]);
    }
    if (dns && !json_object_object_get(obj, "qclass")) {
        json_object_object_del(obj, "qclass");
    }
}

/* One line through the parser and what is printed of it through the JSON reader. */
static unsigned read_back(struct dm_parse_ctx *ctx, struct dm_json *json, const char *line)
{
    struct dm_record rec;
    const char *why = NULL;
    enum dm_verdict v = dm_parse_line(ctx, of(line), &rec, &why);
    unsigned wrong = 0;

    bool dns = rec.kind == DM_REC_QUERY || rec.kind == DM_REC_RESPONSE;
    if (v != DM_PARSE_RECORD || !dm_record_is_used(rec.kind) || (dns && !rec.qname.p)) {
        return 0; /* an unreadable packet has no name: JSON has no such record */
    }
    char *text = dm_record_json(&rec, v, why);
    struct json_object *want = json_tokener_parse(text);
    struct json_object *got = read_object(ctx, json, text, &v);
    drop_unread(want);
    wrong = differences(line, want, got);
    json_object_put(want);
    json_object_put(got);
    free(text);
    return wrong;
}

static void what_is_printed_is_read_back(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_json json = {0};
    gchar *text;
    unsigned wrong = 0;

    (void)state;
    start(&ctx);
    assert_true(g_file_get_contents(DM_TEST_DATA "/expect.jsonl", &text, NULL, NULL));
    gchar **rows = g_strsplit(text, "\n", -1);
    for (size_t i = 0; rows[i] && rows[i][0]; i++) {
        struct json_object *row = json_tokener_parse(rows[i]);
        wrong +=
            read_back(&ctx, &json, json_object_get_string(json_object_object_get(row, "line")));
        json_object_put(row);
    }
    g_strfreev(rows);
    g_free(text);
    dm_json_clear(&json);
    dm_zone_free(ctx.clock.zone);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read),
        cmocka_unit_test(what_is_printed_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
