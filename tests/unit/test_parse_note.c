/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines that no detector reads, as `dnsmon parse` shows them: BIND's denied, failed, rate-limited,
 * rewritten and unresolved ones; Postfix's warnings, broken sessions, postscreen, anvil, bounce.
 * The keys of each row were worked out by hand from doc/FORMATS.md.
 */
#include "parse_case.h"

#include <json-c/json.h>

#include "parse/record_json.h"

struct note_case {
    const char *program, *msg;
    const char *keys; /* a JSON object of the keys that must be so */
};

#define PEER "\"client\":\"192.0.2.7\","
#define C18 "client @0x7f 192.0.2.7#9 (x.test): "

static const struct note_case cases[] = {
    {"named", C18 "query 'x.test/A/IN' denied (allow-query did not match)",
     "{" PEER "\"port\":9,\"kind\":\"bind.denied\",\"op\":\"query\",\"cache\":false,"
     "\"name\":\"x.test\",\"qtype\":\"A\",\"qclass\":\"IN\",\"view\":null,"
     "\"reason\":\"allow-query did not match\"}"},
    {"named", C18 "query (cache) 'a/b'/AAAA/CH' denied",
     "{\"cache\":true,\"name\":\"a/b'\",\"qtype\":\"AAAA\",\"qclass\":\"CH\"}"},
    {"named", "client 192.0.2.7#9: query (cache) denied",
     "{" PEER "\"kind\":\"bind.denied\",\"op\":\"query\",\"cache\":true,\"name\":null}"},
    {"named", "client 192.0.2.7#9: query 'x.test/IN' denied",
     "{" PEER "\"op\":\"query\",\"name\":\"x.test\",\"qtype\":null,\"qclass\":\"IN\"}"},
    {"named", "client 192.0.2.7#9: zone transfer 'x.test/AXFR/IN' denied",
     "{" PEER "\"op\":\"zone transfer\",\"name\":\"x.test\",\"qtype\":\"AXFR\"}"},
    {"named", "client 192.0.2.7#9: view a: b: update 'x.test/IN' denied",
     "{" PEER "\"op\":\"update\",\"name\":\"x.test\",\"view\":\"a: b\",\"qtype\":null}"},
    {"named", C18 "bad zone transfer request: 'x.test/IN': non-authoritative zone (NOTAUTH)",
     "{" PEER "\"kind\":\"bind.denied\",\"op\":\"bad zone transfer request\",\"name\":\"x.test\","
     "\"reason\":\"non-authoritative zone (NOTAUTH)\"}"},
    {"named", C18 "view v: query failed (SERVFAIL) for a/IN/A/b/IN/MX at query.c:5708",
     "{" PEER "\"kind\":\"bind.query_failed\",\"result\":\"SERVFAIL\",\"name\":\"a/IN/A/b\","
     "\"qclass\":\"IN\",\"qtype\":\"MX\",\"at\":\"query.c:5708\",\"view\":\"v\"}"},
    {"named", C18 "rate limit slip NXDOMAIN response to 192.0.2.0/24 for b.test IN  (43a30b9c)",
     "{" PEER "\"kind\":\"bind.rrl\",\"qname\":\"x.test\",\"action\":\"slip\","
     "\"result\":\"NXDOMAIN\",\"net\":\"192.0.2.0/24\",\"rrl_name\":\"b.test\","
     "\"qclass\":\"IN\",\"qtype\":null,\"hash\":\"43a30b9c\"}"},
    {"named", "*stop limiting NODATA responses to 192.0.2.0/24 for b.test IN  (43a30b9c)",
     "{\"kind\":\"bind.rrl\",\"client\":null,\"port\":null,\"action\":\"stop\","
     "\"result\":\"NODATA\",\"net\":\"192.0.2.0/24\",\"rrl_name\":\"b.test\"}"},
    {"named", "rate-limit: info: would limit REFUSED error responses to 2001:db8::/56",
     "{\"kind\":\"bind.rrl\",\"client\":null,\"action\":\"limit\",\"result\":\"REFUSED error\","
     "\"net\":\"2001:db8::/56\",\"rrl_name\":null}"},
    {"", "rate-limit: info: limit all responses to 192.0.2.0/24",
     "{\"kind\":\"bind.rrl\",\"action\":\"limit\",\"result\":\"all\",\"net\":\"192.0.2.0/24\"}"},
    {"named", C18 "disabled rpz CLIENT-IP Local-Data rewrite a/b/A/IN via 32.7.2.0.192.rpz.test",
     "{" PEER "\"kind\":\"bind.rpz\",\"trigger\":\"CLIENT-IP\",\"policy\":\"Local-Data\","
     "\"name\":\"a/b\",\"qtype\":\"A\",\"qclass\":\"IN\",\"via\":\"32.7.2.0.192.rpz.test\"}"},
    {"named", C18 "rpz QNAME CNAME rewrite a.test via a.test.rpz.test (CNAME to: b.test)",
     "{\"name\":\"a.test\",\"qtype\":null,\"via\":\"a.test.rpz.test\",\"cname\":\"b.test\"}"},
    {"named", "lame-servers: info: connection refused resolving './DNSKEY/IN': 192.0.2.53#53",
     "{\"kind\":\"bind.resolving\",\"client\":null,\"result\":\"connection refused\","
     "\"name\":\".\",\"qtype\":\"DNSKEY\",\"qclass\":\"IN\",\"server\":\"192.0.2.53\"}"},
    {"named", "REFUSED unexpected RCODE resolving 'a': b/A/IN': 192.0.2.53#53", "{\"kind\":null}"},
    {"named", "error (FORMERR) resolving 'a'/A/IN': 2001:db8::53#53",
     "{\"result\":\"error (FORMERR)\",\"name\":\"a'\",\"server\":\"2001:db8::53\"}"},
    {"named", "lame server resolving 'a/b.test' (in 'test'?): 192.0.2.53#53",
     "{\"kind\":\"bind.resolving\",\"result\":\"lame server\",\"name\":\"a/b.test\","
     "\"server\":\"192.0.2.53\"}"},
    {"named",
     "DNS format error from 192.0.2.53#53 resolving a/b.test/MX for client 192.0.2.7#9: reply has "
     "no answer",
     "{\"kind\":\"bind.resolving\"," PEER "\"name\":\"a/b.test\",\"qtype\":\"MX\","
     "\"server\":\"192.0.2.53\",\"reason\":\"reply has no answer\"}"},
    {"named", "DNS format error from 192.0.2.53#53 resolving ./NS: non-improving referral",
     "{\"client\":null,\"name\":\".\",\"qtype\":\"NS\",\"reason\":\"non-improving referral\"}"},

    {"postfix/smtpd",
     "warning: h.test[192.0.2.7]: SASL LOGIN authentication failed: from x[1.2.3.4]",
     "{\"kind\":\"postfix.warning\"," PEER "\"what\":\"SASL LOGIN authentication failed\","
     "\"text\":\"from x[1.2.3.4]\"}"},
    {"postfix/smtpd",
     "warning: Connection rate limit exceeded: 61 from h.test[192.0.2.7] for service smtp",
     "{\"kind\":\"postfix.warning\"," PEER "\"what\":\"Connection rate limit exceeded\"}"},
    {"postfix/smtpd", "timeout after DATA (77 bytes) from h.test[192.0.2.7]:99",
     "{\"kind\":\"postfix.lost\"," PEER "\"port\":99,\"what\":\"timeout\","
     "\"after\":\"DATA (77 bytes)\"}"},
    {"postfix/smtpd", "9E90BAB211E: lost connection after DATA from h.test[192.0.2.7]",
     "{\"kind\":\"postfix.lost\"," PEER "\"qid\":\"9E90BAB211E\",\"after\":\"DATA\"}"},
    {"postfix/bounce", "9E90BAB211E: sender non-delivery notification: 9F327AB2120",
     "{\"kind\":\"postfix.bounce\",\"qid\":\"9E90BAB211E\","
     "\"notification_id\":\"9F327AB2120\"}"},
    {"postfix/postscreen", "CONNECT from [192.0.2.7]:4321 to [198.51.100.1]:25",
     "{\"kind\":\"postfix.postscreen\"," PEER "\"port\":4321,\"op\":\"CONNECT\","
     "\"detail\":null,\"text\":\"to [198.51.100.1]:25\"}"},
    {"postfix/postscreen", "PASS NEW [192.0.2.7]:4321",
     "{" PEER "\"op\":\"PASS NEW\",\"detail\":null,\"text\":null}"},
    {"postfix/postscreen", "PREGREET 14 after 0.08 from [192.0.2.7]:4321: EHLO [1.2.3.4]\\r\\n",
     "{" PEER "\"op\":\"PREGREET\",\"detail\":\"14 after 0.08\","
     "\"text\":\"EHLO [1.2.3.4]\\\\r\\\\n\"}"},
    {"postfix/postscreen", "DNSBL rank 8 for [2001:db8::7]:4321",
     "{\"client\":\"2001:db8::7\",\"op\":\"DNSBL\",\"detail\":\"rank 8\"}"},
    {"postfix/postscreen", "HANGUP after 0.5 from [192.0.2.7]:4321 in tests before SMTP handshake",
     "{" PEER "\"op\":\"HANGUP\",\"detail\":\"after 0.5\"}"},
    {"postfix/anvil",
     "statistics: max connection rate 61/60s for (smtp:192.0.2.7) at Nov 21 06:25:48",
     "{\"kind\":\"postfix.anvil\"," PEER "\"what\":\"connection rate\",\"count\":61,"
     "\"seconds\":60,\"service\":\"smtp\"}"},
    {"postfix/anvil",
     "statistics: max connection count 3 for (198.51.100.1:25:2001:db8::7) at Nov 21 06:25:48",
     "{\"client\":\"2001:db8::7\",\"what\":\"connection count\",\"count\":3,\"seconds\":null,"
     "\"service\":\"198.51.100.1:25\"}"},
    {"postfix/anvil",
     "statistics: max message rate 3/60s for ([2001:db8::1]:25:192.0.2.7) at Nov 21 06:25:48",
     "{" PEER "\"service\":\"[2001:db8::1]:25\"}"},
    {"postfix/anvil", "statistics: max cache size 2 at Nov 21 06:25:48", "{\"kind\":null}"},
};

static struct json_object *read_case(struct dm_parse_ctx *ctx, const struct note_case *c)
{
    struct dm_record rec;
    const char *why = NULL;
    enum dm_verdict v = dm_parse_message(ctx, 0, of("mx"), of(c->program), of(c->msg), &rec, &why);
    char *text = dm_record_json(&rec, v, why);
    struct json_object *obj = json_tokener_parse(text);

    free(text);
    assert_false(dm_record_is_used(rec.kind));
    return obj;
}

static void lines_are_shown(void **state)
{
    struct dm_parse_ctx ctx;
    unsigned wrong = 0;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct json_object *got = read_case(&ctx, &cases[i]);
        struct json_object *want = json_tokener_parse(cases[i].keys);
        assert_non_null(want);
        json_object_object_foreach(want, key, value)
        {
            struct json_object *is = NULL;
            if (!json_object_object_get_ex(got, key, &is) || !json_object_equal(is, value)) {
                print_error("%s: %s: %s\n", cases[i].msg, key, json_object_to_json_string(got));
                wrong++;
            }
        }
        json_object_put(want);
        json_object_put(got);
    }
    dm_zone_free(ctx.clock.zone);
    assert_int_equal(wrong, 0);
}

/* Each line cut at every byte and with random bytes: it never becomes one that a detector reads. */
static void cut_and_changed_lines_stay_notes(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        const struct note_case *c = &cases[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(cases))];
        gchar *line = g_strdup(c->msg);
        gint n = (gint)strlen(line);
        struct dm_record rec;
        char *copy;
        parse_exact(&ctx, c->program, line, (size_t)g_rand_int_range(r, 0, n + 1), &rec, &copy);
        free(copy);
        assert_false(dm_record_is_used(rec.kind));
        for (int k = g_rand_int_range(r, 1, 6); k > 0; k--) {
            line[g_rand_int_range(r, 0, n)] = (char)g_rand_int_range(r, 0, 256);
        }
        parse_exact(&ctx, c->program, line, (size_t)n, &rec, &copy);
        free(copy);
        g_free(line);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_shown),
        cmocka_unit_test(cut_and_changed_lines_stay_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
