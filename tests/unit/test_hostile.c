/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whatever bytes come in, through whichever door, what goes out is well formed: the record's JSON
 * and the event's JSON are valid UTF-8 that json-c reads, the text form is one line without a
 * control character, the structured data follows RFC 5424, and a script element of an HTML page
 * is not ended. Lines of each parser with hostile fields, cut anywhere, with NUL bytes, and as long
 * as rsyslog can be told to make them.
 *
 * LIMITS: that the fields are right is for test_parse_*.c; '<', '>' and '&' stay in the JSON, which
 *         is data: a page escapes them as it does with any other text.
 */
#include "../fuzz/fuzz.h"
#include "event_sample.h"
#include "monitor_run.h"

/* The fuzz targets' checks report through this. */
void fuzz_fail(const char *law, const char *text)
{
    fail_msg("%s: %.2000s", law, text);
    abort();
}

/* A line of each parser; every \1 is a place for hostile bytes. */
static const char *const forms[] = {
    "2026-05-12T09:14:00Z \1 named[1]: client @0x1 192.0.2.7#9 (\1): query: \1 IN MX + "
    "(192.0.2.53)",
    "2026-05-12T09:14:00Z ns1 named[1]: client @0x1 192.0.2.7#9/key \1 (a): view \1: response: \1 "
    "IN "
    "A NOERROR 1 2 3 +E(0) (192.0.2.53)",
    "2026-05-12T09:14:00Z ns1 named[1]: client @0x1 192.0.2.7#9 (\1): query (cache) '\1/A/IN' "
    "denied",
    "2026-05-12T09:14:00Z ns1 named[1]: rpz QNAME NXDOMAIN rewrite \1 via \1",
    "2026-05-12T09:14:00Z mx postfix/smtpd[1]: connect from \1[192.0.2.7]",
    "2026-05-12T09:14:00Z mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from \1[192.0.2.7]: 550 5.1.1 "
    "<\1>: Recipient address rejected: \1; from=<\1> to=<\1> proto=ESMTP helo=<\1>",
    "2026-05-12T09:14:00Z mx postfix/smtpd[1]: 4AB12CD34: client=\1[192.0.2.7], sasl_method=PLAIN, "
    "sasl_username=\1",
    "2026-05-12T09:14:00Z mx postfix/cleanup[1]: 4AB12CD34: reject: header Subject: \1 from "
    "\1[192.0.2.7]; from=<\1> to=<\1> proto=ESMTP helo=<\1>: \1",
    "2026-05-12T09:14:00Z mx postfix/smtp[1]: 4AB12CD34: to=<\1>, orig_to=<\1>, relay=\1, delay=1, "
    "status=sent (\1)",
    "2026-05-12T09:14:00Z mx dovecot: pop3-login: Login: user=<\1>, method=PLAIN, rip=192.0.2.7, "
    "lip=192.0.2.25, mpid=1",
    "2026-05-12T09:14:00Z mx popper[1]: (v4.0.5) POP login by user \"\1\" at (\1) 192.0.2.7",
    "2026-05-12T09:14:00Z mx pop3d: LOGIN, user=\1, ip=[192.0.2.7]",
    "2026-05-12T09:14:00Z ns unbound: [1:0] info: 192.0.2.7 \1 MX IN",
    "2026-05-12T09:14:00Z ns dnsmasq[1]: query[MX] \1 from 192.0.2.7",
    "2026-05-12T09:14:00Z ns pdns_recursor[1]: 1 question for '\1|MX' from 192.0.2.7",
    "2026-05-12T09:14:00Z gw kernel: \1 IN=\1 OUT= SRC=192.0.2.7 DST=198.51.100.7 LEN=60 PROTO=TCP "
    "SPT=1 DPT=445 WINDOW=1 SYN",
    "2026-05-12T09:14:00Z gw iplog[1]: TCP: \1 connection attempt from \1 (192.0.2.7):4000",
    "{\"kind\":\"query\",\"client\":\"192.0.2.7\",\"qname\":\"\1\",\"qtype\":\"MX\",\"host\":"
    "\"\1\"}",
};

/* Every finding at the first chance; a manager's text that is hostile by itself. */
#define EAGER                                                                                      \
    "[managers]\n192.0.2.0/24 = </script>\"]\\\\x\xc2\x9b\xe2\x80\xae&amp;@campus.test\n"          \
    "[detectors]\n[detector mx-census]\nover = 1\n[detector mass-mailer]\nthreshold = 1\n"         \
    "notice-domains = 1\n[detector keyword-scan]\nthreshold = 1\nbases = 1\nshare = 0\n"

/* The form with up to @most bytes in each place, any but '\n'. */
static GString *fill(struct test_rng *rng, const char *form, size_t most)
{
    GString *out = g_string_new(NULL);
    char text[512];

    for (; *form; form++) {
        if (*form != '\1') {
            g_string_append_c(out, *form);
            continue;
        }
        sample_hostile_text(&rng->state, text, MIN(most, sizeof text));
        size_t n = strlen(text);
        if (n && test_rng_below(rng, 4) == 0) {
            text[test_rng_below(rng, n)] = '\0';
        }
        g_string_append_len(out, text, (gssize)n);
    }
    return out;
}

/* The record of a line, read from a block of its size. */
static void check_record(struct run *r, const char *line, size_t n)
{
    struct dm_slice copy = test_exact(dm_slice_make(line, n));
    char *json = dnsmon_parse_line(r->feed, copy.p, copy.n);

    assert_non_null(json);
    fuzz_check_json(json);
    free(json);
    free((char *)copy.p);
}

static unsigned check_events(struct run *r)
{
    dnsmon_event_t *ev;
    unsigned n = 0;

    for (; (ev = dnsmon_monitor_next_event(r->mon)) != NULL; n++) {
        fuzz_check_json(dnsmon_event_json(ev));
        fuzz_check_script(dnsmon_event_json(ev));
        fuzz_check_text(dnsmon_event_text(ev));
        fuzz_check_sd(dnsmon_event_sd(ev));
        dnsmon_event_free(ev);
    }
    return n;
}

static void stop(struct run *r)
{
    dnsmon_feed_free(r->feed);
    dnsmon_monitor_finish(r->mon, 1);
    check_events(r);
    dnsmon_monitor_free(r->mon);
}

static void records_of_hostile_fields(void **state)
{
    struct test_rng rng;
    struct run r;

    (void)state;
    test_rng_init(&rng, "hostile fields", 1);
    run_begin(&r, EAGER);
    for (int i = 0; i < 4000; i++) {
        GString *line = fill(&rng, forms[i % (int)G_N_ELEMENTS(forms)], i % 3 ? 24 : 512);
        check_record(&r, line->str, line->len);
        g_string_free(line, TRUE);
    }
    stop(&r);
}

static void every_cut_of_every_form(void **state)
{
    struct test_rng rng;
    struct run r;

    (void)state;
    test_rng_init(&rng, "cut lines", 2);
    run_begin(&r, EAGER);
    FOR_ROWS(form, forms)
    {
        GString *line = fill(&rng, *form, 24);
        for (size_t n = 0; n <= line->len; n++) {
            check_record(&r, line->str, n);
            dnsmon_feed_line(r.feed, line->str, n);
        }
        g_string_free(line, TRUE);
    }
    stop(&r);
}

static void a_nul_at_every_place(void **state)
{
    static const char nuls[300] = {0};
    struct run r;

    (void)state;
    run_begin(&r, EAGER);
    FOR_ROWS(form, forms)
    {
        GString *line = g_string_new(*form);
        for (size_t at = 0; at < line->len; at++) {
            char kept = line->str[at];
            line->str[at] = '\0';
            check_record(&r, line->str, line->len);
            dnsmon_feed_line(r.feed, line->str, line->len);
            line->str[at] = kept;
        }
        g_string_free(line, TRUE);
    }
    check_record(&r, nuls, sizeof nuls);
    check_record(&r, nuls, 0);
    stop(&r);
}

/* rsyslog's maxMessageSize: 8 KiB at first, sites raise it; 1 MiB is more than any sends. */
static void lines_up_to_a_mebibyte(void **state)
{
    static const size_t sizes[] = {8191, 8192, 65537, 131072, 131073, 1 << 20};
    struct test_rng rng;
    struct run r;

    (void)state;
    test_rng_init(&rng, "long lines", 3);
    run_begin(&r, EAGER);
    FOR_ROWS(form, forms)
    {
        FOR_ROWS(size, sizes)
        {
            /* One field is all of the length: which one, the row and the size say. */
            GString *line = g_string_new(NULL);
            size_t mark = strcspn(*form, "\1");
            g_string_append_len(line, *form, (gssize)mark);
            for (size_t i = 0; line->len < *size; i++) {
                g_string_append_c(line, "a.\\\"<\xff:\0"[i * (i >> 6) % 8]);
            }
            g_string_append(line, (*form)[mark] ? *form + mark + 1 : "");
            check_record(&r, line->str, line->len);
            dnsmon_feed_line(r.feed, line->str, line->len);
            dnsmon_feed_message(r.feed, 0, line->str, line->len, line->str, line->len, line->str,
                                line->len);
            g_string_free(line, TRUE);
        }
    }
    stop(&r);
}

/* Queries with hostile names from hosts with hostile names: there are events, and they hold. */
static void events_of_hostile_names(void **state)
{
    char host[256], name[256], msg[700];
    struct test_rng rng;
    unsigned events = 0;

    (void)state;
    test_rng_init(&rng, "hostile names", 4);
    for (int round = 0; round < 40; round++) {
        struct run r;
        run_begin(&r, EAGER);
        for (int i = 0; i < 60; i++) {
            sample_hostile_text(&rng.state, host, i % 2 ? sizeof host : 8);
            sample_hostile_text(&rng.state, name, i % 4 ? 12 : sizeof name);
            int n =
                g_snprintf(msg, sizeof msg,
                           "client @0x1 192.0.2.7#9 (a): query: %s.x%d.test IN %s + (192.0.2.53)",
                           name, i, i % 3 ? "MX" : "A");
            dnsmon_feed_message(r.feed, (RUN_DAY + i * 60) * INT64_C(1000000), host, strlen(host),
                                "named", 5, msg, (size_t)n);
        }
        dnsmon_feed_flush(r.feed, 0);
        events += check_events(&r);
        stop(&r);
    }
    assert_true(events >= 40); /* else nothing was shown */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_hostile_fields), cmocka_unit_test(every_cut_of_every_form),
        cmocka_unit_test(a_nul_at_every_place),      cmocka_unit_test(lines_up_to_a_mebibyte),
        cmocka_unit_test(events_of_hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
