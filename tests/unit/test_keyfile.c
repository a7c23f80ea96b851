/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Laws of the configuration's reader: hostile bytes, the same reading as GKeyFile, escapes.
 */
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/config.h"
#include "monitor/keyfile.h"
#include "config_same.h"
#include "testlib.h"

/* GLib's generator from the seed that testlib takes and prints. */
static GRand *seeded(const char *law)
{
    struct test_rng rng;

    test_rng_init(&rng, law, 20261121);
    return g_rand_new_with_seed((guint32)test_rng_next(&rng));
}

static const char *const words[] = {
    "[",
    "]",
    "site",
    "[site]\n",
    "[roles]\n",
    "[hosts]\n",
    "[managers]\n",
    "=",
    ";",
    "\n",
    "\r\n",
    "#",
    "networks=",
    "domains=",
    "holidays=",
    "\\",
    "\\s",
    " ",
    "\t",
    "mx1=",
    "192.0.2.25",
    "/24",
    "2001:db8::",
    "\xc3",
    "\xc3\xa4",
    "[events]\n",
    "hold=",
    "rate=",
    "60/h",
    "24h",
    "1e308",
    "auto",
    "timezone=",
    "UTC",
    "all",
    "enable=",
    "[detectors]\n",
    "[detector mass-mailer]\n",
    "budget=",
    "0.1",
    "\x1b[2J",
    "resolvers=",
    "192.0.2.0=",
};

static void append_random(GRand *rand, GString *text, int n, const char *never)
{
    while (n-- > 0) {
        int pick = g_rand_int_range(rand, 0, G_N_ELEMENTS(words) + 2);
        char byte[2] = {(char)g_rand_int_range(rand, 1, 256), '\0'};
        const char *word = pick < (int)G_N_ELEMENTS(words) ? words[pick] : byte;
        if (never == NULL || strpbrk(word, never) == NULL) {
            g_string_append(text, word);
        }
    }
}

static GString *random_text(GRand *rand)
{
    GString *text = g_string_new(NULL);

    append_random(rand, text, g_rand_int_range(rand, 0, 40), NULL);
    return text;
}

/* A key file whose values are anything. */
static GString *random_keyfile(GRand *rand)
{
    GString *text = g_string_new("[s0]");

    for (int i = g_rand_int_range(rand, 0, 8); i > 0; i--) {
        g_string_append_printf(text, "\n[s%d]\n# c\n k%d\t= ", i, i);
        append_random(rand, text, g_rand_int_range(rand, 0, 6), "\n\xc3#");
        g_string_append_printf(text, "\nx/%d:=", i);
        append_random(rand, text, g_rand_int_range(rand, 0, 6), "\n\xc3#");
    }
    return text;
}

/* A good file with one or two bytes or stretches changed. */
static GString *damaged_text(GRand *rand)
{
    GString *text =
        g_string_new("[site]\nnetworks=192.0.2.0/24;2001:db8::/32\ndomains=example.edu\n"
                     "holidays=2026-11-23\n[roles]\nmail-servers=192.0.2.25\n"
                     "[hosts]\nmx1=192.0.2.25\n[managers]\n192.0.2.0/25=a@example.edu\n"
                     "[detectors]\nenable=all\nbudget=0.1\n[limits]\nmemory=256M\n"
                     "[events]\nhold=24h\nrate=60/h\n");

    for (int n = g_rand_int_range(rand, 1, 3); n > 0; n--) {
        gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)text->len);
        if (g_rand_boolean(rand)) {
            text->str[at] = (char)g_rand_int_range(rand, 0, g_rand_boolean(rand) ? 128 : 256);
        } else {
            g_string_erase(text, (gssize)at, MIN((gssize)(text->len - at), 5));
        }
    }
    return text;
}

static void assert_clean(const char *why)
{
    assert_true(g_utf8_validate(why, -1, NULL));
    assert_true(why[0] != '\0');
    for (; *why; why++) {
        assert_true((unsigned char)*why >= 0x20 && *why != 0x7f);
    }
}

/* Law: any bytes are either taken, and then they survive the round trip, or refused with one clean
 * line. */
static void hostile_text_does_no_harm(void **state)
{
    GRand *rand = seeded(__func__);
    int taken = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        GString *text = i % 2 ? random_text(rand) : damaged_text(rand);
        struct dnsmon_config *cfg = NULL;
        char why[DNSMON_ERRLEN] = "";
        if (dm_config_from_text("t.conf", text->str, text->len, &cfg, why, sizeof why) < 0) {
            assert_clean(why);
            assert_null(cfg);
        } else {
            taken++;
            assert_round_trip(cfg);
            dnsmon_config_free(cfg);
        }
        g_string_free(text, TRUE);
    }
    print_message("%d of 5000 taken\n", taken);
    g_rand_free(rand);
}

/* Law: what this reader takes, GKeyFile takes too and reads the same. */
static void same_as_gkeyfile(void **state)
{
    GRand *rand = seeded(__func__);
    int compared = 0;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        GString *text = i % 2 ? random_text(rand) : random_keyfile(rand);
        struct dm_keyfile *kf = NULL;
        char why[DNSMON_ERRLEN];
        GKeyFile *ref = g_key_file_new();
        if (dm_keyfile_parse("t", text->str, text->len, &kf, why, sizeof why) == 0 &&
            g_key_file_load_from_data(ref, text->str, text->len, G_KEY_FILE_NONE, NULL)) {
            for (size_t e = 0; e < kf->n; e++) {
                const struct dm_keyfile_entry *entry = &kf->entry[e];
                assert_true(g_key_file_has_group(ref, entry->section));
                if (entry->key) {
                    g_autofree char *value =
                        g_key_file_get_value(ref, entry->section, entry->key, NULL);
                    assert_non_null(value);
                    assert_string_equal(g_strstrip(value), entry->value);
                    compared++;
                }
            }
        }
        dm_keyfile_free(kf);
        g_key_file_free(ref);
        g_string_free(text, TRUE);
    }
    print_message("%d values compared\n", compared);
    g_rand_free(rand);
}

static void escapes(void **state)
{
    static const char *const texts[] = {"", " a b ", "a\\b", "a\nb\tc\r", "\xc3\xa4;#=", "a #b"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *back = NULL;
        struct dm_buf written = {0};
        dm_keyfile_escape(&written, texts[i]);
        assert_int_equal(dm_keyfile_unescape(dm_slice_make(written.p, written.n), &back), 0);
        assert_string_equal(back, texts[i]);
        free(written.p);
    }
    char *unused;
    assert_int_equal(dm_keyfile_unescape(DM_SLICE("a\\"), &unused), DNSMON_EINVAL);
    assert_int_equal(dm_keyfile_unescape(DM_SLICE("a\\x"), &unused), DNSMON_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_does_no_harm),
        cmocka_unit_test(same_as_gkeyfile),
        cmocka_unit_test(escapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
