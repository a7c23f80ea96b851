/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The structured data: a hand-written element, and hostile bytes read back by a small reader that
 * follows the grammar of RFC 5424 6.
 *
 * LIMITS: the reader accepts one element.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib.h>

#include "event/fields.h"
#include "event_sample.h"

static const char ordinary[] =
    "[dnsmon@32473 level=\"alarm\" class=\"mass-mailing-worm\" client=\"192.0.2.7\" "
    "score=\"21.4\" threshold=\"14.9\" rule=\"mass-mailer\" state=\"open\" "
    "time=\"2004-01-28T01:11:12.000Z\" mx=\"807\" a=\"4823\" aaaa=\"0\" ptr=\"0\" other=\"0\" "
    "registered_domains=\"412\" window_start=\"2004-01-27T22:11:00.000Z\" "
    "window_seconds=\"10812\" suppressed=\"0\" lossy=\"false\" verified=\"false\" observer=\"ns1\" "
    "manager=\"netadmin-a@example.edu\" id=\"00112233445566778899aabbccddeeff\" "
    "start=\"2004-01-27T22:11:00.000Z\" end=\"2004-01-28T01:11:12.000Z\" severity=\"7\" "
    "risk_score=\"93.0\" reason=\"807 MX and 4823 A in 3 h, no PTR\"]";

static void ordinary_by_bytes(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    assert_string_equal(dnsmon_event_sd(ev), ordinary);
    dnsmon_event_free(ev);
}

static void quotes_by_hand(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    strcpy(ev->class_name, "a\"]b\\c [x=\"1\"]");
    assert_non_null(
        strstr(dnsmon_event_sd(ev), " class=\"a\\\"\\]b\\\\\\\\c [x=\\\"1\\\"\\]\" client="));
    dnsmon_event_free(ev);
}

/** One SD-NAME: printable US-ASCII except '=', ' ', ']', '"', at most 32 (RFC 5424 6.3.2). */
static const char *read_name(const char *p, char name[33])
{
    size_t n = 0;

    while (*p > ' ' && *p < 0x7f && !strchr("=]\"", *p)) {
        assert_in_range(n, 0, 31);
        name[n++] = *p++;
    }
    name[n] = '\0';
    assert_in_range(n, 1, 32);
    return p;
}

/** One PARAM-VALUE behind its opening quote, unquoted into @out. */
static const char *read_value(const char *p, GString *out)
{
    g_string_truncate(out, 0);
    while (*p != '"') {
        assert_true(*p != '\0' && *p != ']');
        if (*p == '\\') {
            p++;
            assert_true(*p == '"' || *p == '\\' || *p == ']');
        }
        g_string_append_c(out, *p++);
    }
    return p + 1;
}

/** The whole element as a table of names and values; the names are different. */
static GHashTable *read_element(const char *p)
{
    GHashTable *params = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GString *value = g_string_new(NULL);
    char name[33];

    assert_int_equal(*p, '[');
    p = read_name(p + 1, name);
    assert_string_equal(name, "dnsmon@32473");
    while (*p == ' ') {
        p = read_name(p + 1, name);
        assert_int_equal(p[0], '=');
        assert_int_equal(p[1], '"');
        p = read_value(p + 2, value);
        assert_true(g_hash_table_insert(params, g_strdup(name), g_strdup(value->str)));
    }
    assert_string_equal(p, "]");
    g_string_free(value, TRUE);
    return params;
}

static void assert_same(GHashTable *params, const char *name, const char *raw)
{
    char *value = g_hash_table_lookup(params, name);

    if (!*raw) {
        assert_null(value);
        return;
    }
    assert_non_null(value);
    assert_int_equal(sample_unescape(value), strlen(raw));
    assert_string_equal(value, raw);
}

static void hostile_bytes_come_back(void **state)
{
    uint64_t row = sample_seed();

    (void)state;
    for (int i = 0; i < SAMPLE_ROUNDS; i++) {
        struct dnsmon_event *ev = sample_hostile(&row);
        const char *sd = dnsmon_event_sd(ev);
        GHashTable *params;

        assert_true(g_utf8_validate(sd, -1, NULL));
        for (const char *p = sd; *p; p++) {
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
        }
        params = read_element(sd);
        assert_same(params, "reason", ev->reason);
        assert_same(params, "class", ev->class_name);
        assert_same(params, "observer", ev->observer);
        assert_same(params, "manager", ev->manager);
        assert_same(params, "suggest", ev->suggest);
        assert_string_equal(g_hash_table_lookup(params, "clients"), "192.0.2.8,2001:db8::9");
        g_hash_table_unref(params);
        dnsmon_event_free(ev);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_by_bytes),
        cmocka_unit_test(quotes_by_hand),
        cmocka_unit_test(hostile_bytes_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
