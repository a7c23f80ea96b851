/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text form: a hand-written line, the escapes one by one, and hostile bytes, of which none may
 * make a second field, a second line or a terminal's command.
 *
 * LIMITS: -
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib.h>

#include "event/fields.h"
#include "event_sample.h"
#include "util/text.h"

static const char ordinary[] =
    "dnsmon: alarm mass-mailing-worm client=192.0.2.7 score=21.4 threshold=14.9 rule=mass-mailer "
    "state=open time=2004-01-28T01:11:12.000Z mx=807 a=4823 aaaa=0 ptr=0 other=0 "
    "registered_domains=412 window_start=2004-01-27T22:11:00.000Z window_seconds=10812 "
    "suppressed=0 lossy=false verified=false observer=ns1 manager=netadmin-a@example.edu "
    "id=00112233445566778899aabbccddeeff: 807 MX and 4823 A in 3 h, no PTR";

static void ordinary_by_bytes(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    assert_string_equal(dnsmon_event_text(ev), ordinary);
    dnsmon_event_free(ev);
}

static void escapes_by_hand(void **state)
{
    static const struct {
        const char *name, *raw, *shown;
    } cases[] = {
        {"plain", "a-Z_0.9", "a-Z_0.9"},
        {"backslash", "a\\b", "a\\\\b"},
        {"what looks escaped", "\\x41", "\\\\x41"},
        {"blank", "a b", "a\\x20b"},
        {"newline, escape, DEL", "\n\x1b\x7f", "\\x0a\\x1b\\x7f"},
        {"lone continuation", "\x80z", "\\x80z"},
        {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
        {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"past U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"cut at its end", "\xe6\x97", "\\xe6\\x97"},
        {"C1 CSI", "\xc2\x9b", "\\xc2\\x9b"},
        {"line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
        {"right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
        {"isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
        {"no-break space", "\xc2\xa0", "\\xc2\\xa0"},
        {"byte order mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
        {"tag", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"},
        {"noncharacter", "\xf0\x9f\xbf\xbf", "\\xf0\\x9f\\xbf\\xbf"},
        {"letters", "\xc3\xa9\xe6\x97\xa5", "\xc3\xa9\xe6\x97\xa5"},
        {"picture", "\xf0\x9f\x90\x9b", "\xf0\x9f\x90\x9b"},
    };
    static const struct dm_escape how = {DM_CHAR_BLANK, 0};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct dm_buf buf = {0};
        char *got;

        dm_text_escape(&buf, dm_slice_make(cases[i].raw, strlen(cases[i].raw)), &how);
        got = dm_buf_take(&buf);
        if (strcmp(got, cases[i].shown) != 0) {
            fail_msg("%s: %s, not %s", cases[i].name, got, cases[i].shown);
        }
        free(got);
    }
}

/** NUL in the middle: a slice has a length. */
static void nul_is_a_byte(void **state)
{
    struct dm_buf buf = {0};
    char *got;

    (void)state;
    dm_text_escape(&buf, dm_slice_make("a\0b", 3), &(struct dm_escape){0, 0});
    got = dm_buf_take(&buf);
    assert_string_equal(got, "a\\x00b");
    free(got);
}

static void last_colon_is_hidden(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    dm_addr_parse(DM_SLICE("2001:db8::"), &ev->client);
    assert_non_null(strstr(dnsmon_event_text(ev), " client=2001:db8:\\x3a score=21.4 "));
    dnsmon_event_free(ev);
}

static void long_list_is_cut(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    ev->has_client = false;
    ev->n_rollup = 20;
    ev->rollup = calloc(ev->n_rollup, sizeof *ev->rollup);
    for (unsigned i = 0; i < ev->n_rollup; i++) {
        dm_addr_parse(DM_SLICE("192.0.2.0"), &ev->rollup[i].client);
        ev->rollup[i].client.b[15] = (uint8_t)i;
    }
    assert_non_null(strstr(dnsmon_event_text(ev), " clients=192.0.2.0,192.0.2.1,"));
    assert_non_null(strstr(dnsmon_event_text(ev), ",192.0.2.15,+4 score="));
    ev->n_rollup = 16;
    free(ev->text);
    ev->text = NULL;
    assert_non_null(strstr(dnsmon_event_text(ev), ",192.0.2.15 score="));
    dnsmon_event_free(ev);
}

/** The names of the fields up to the reason are those of the table, in its order, once each. */
static void check_fields(const char *line, const struct dnsmon_event *ev)
{
    const char *body = line + strlen("dnsmon: ");
    const char *end = strstr(body, ": ");
    char *fields, *reason;
    gchar **words;
    size_t row = 0;

    assert_non_null(end);
    fields = g_strndup(body, (gsize)(end - body));
    words = g_strsplit(fields, " ", -1);
    assert_string_equal(words[0], "alarm");
    for (size_t i = 2; words[i]; i++) {
        size_t n = strcspn(words[i], "=");

        while (row < dm_n_short_fields && (strlen(dm_short_fields[row].name) != n ||
                                           strncmp(dm_short_fields[row].name, words[i], n) != 0)) {
            row++;
        }
        assert_in_range(row, 0, dm_n_short_fields - 1);
        row++;
    }
    reason = g_strdup(end + 2);
    assert_int_equal(sample_unescape(reason), strlen(ev->reason));
    assert_string_equal(reason, ev->reason);
    g_free(reason);
    g_strfreev(words);
    g_free(fields);
}

static void hostile_bytes_stay_in_their_field(void **state)
{
    uint64_t row = sample_seed();

    (void)state;
    for (int i = 0; i < SAMPLE_ROUNDS; i++) {
        struct dnsmon_event *ev = sample_hostile(&row);
        const char *line = dnsmon_event_text(ev);

        assert_true(g_utf8_validate(line, -1, NULL));
        assert_true(g_str_has_prefix(line, "dnsmon: alarm "));
        for (const char *p = line; *p; p++) {
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
        }
        for (const char *p = line; *p; p = g_utf8_next_char(p)) {
            GUnicodeType type = g_unichar_type(g_utf8_get_char(p));

            assert_true(type != G_UNICODE_CONTROL && type != G_UNICODE_LINE_SEPARATOR &&
                        type != G_UNICODE_PARAGRAPH_SEPARATOR);
        }
        check_fields(line, ev);
        dnsmon_event_free(ev);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_by_bytes), cmocka_unit_test(escapes_by_hand),
        cmocka_unit_test(nul_is_a_byte),     cmocka_unit_test(last_colon_is_hidden),
        cmocka_unit_test(long_list_is_cut),  cmocka_unit_test(hostile_bytes_stay_in_their_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
