/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The configuration: defaults, a whole file, every row of the table, the text of the settings in
 * force, the page of the manual. Mistakes: test_config_mistakes.c.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "monitor/config.h"
#include "monitor/keyfile.h"
#include "monitor/manual.h"
#include "monitor/option_check.h"
#include "monitor/options.h"
#include "monitor/settings.h"
#include "util/value.h"
#include "config_same.h"
#include "testlib.h"

static void an_empty_file_has_every_default(void **state)
{
    struct dnsmon_config *cfg = load("");

    (void)state;
    for (int i = 0; i < DM_DET_COUNT; i++) {
        assert_true(cfg->enabled[i]);
    }
    assert_true(cfg->budget == 0.1);
    assert_true(cfg->memory_bytes == 268435456.0);
    assert_true(cfg->rates.hold_s == 86400);
    assert_true(cfg->rates.rate_per_h == 60);
    dnsmon_config_free(cfg);
}

static void a_whole_file_is_taken(void **state)
{
    struct dnsmon_config *cfg = load("\xef\xbb\xbf# with the mark of some editors\r\n"
                                     "[site]\r\n"
                                     "  networks = 192.0.2.0/24 ; 2001:db8::/32 ;\r\n"
                                     "domains=example.edu\n"
                                     "timezone=UTC\n"
                                     "holidays=2026-11-23\n"
                                     "[roles]\nmail-servers=192.0.2.25\nmonitors=\n"
                                     "[hosts]\nmx1=192.0.2.25;2001:db8::25\n"
                                     "[managers]\n192.0.2.0/25=netadmin-a\\s@example.edu\n"
                                     "2001:db8::/32=b\n"
                                     "[detectors]\nenable=mx-census;mass-mailer\n"
                                     "disable=mx-census\nbudget=1\n"
                                     "[detector mass-mailer]\n"
                                     "[limits]\nmemory=2M\n[events]\nhold=2h\nrate=1/min");
    struct dm_addr a, b;

    (void)state;
    dm_addr_parse(DM_SLICE("192.0.2.25"), &a);
    assert_true(dm_site_inside(cfg->site, &a));
    assert_int_equal(dm_site_role(cfg->site, &a), DM_ROLE_MAIL_SERVER);
    assert_string_equal(dm_site_manager(cfg->site, &a), "netadmin-a @example.edu");
    assert_true(dm_site_host_addr(cfg->site, DM_SLICE("MX1"), 0, &b));
    assert_true(dm_addr_eq(&a, &b));
    assert_true(dm_site_host_addr(cfg->site, DM_SLICE("mx1"), 1, &b));
    assert_string_equal(dm_site_manager(cfg->site, &b), "b");
    dm_addr_parse(DM_SLICE("10.0.0.1"), &a);
    assert_false(dm_site_inside(cfg->site, &a));
    assert_true(dm_site_local(cfg->site, DM_SLICE("www.example.edu")));
    assert_true(dm_site_is_holiday(cfg->site, 20780));
    for (int i = 0; i < DM_DET_COUNT; i++) {
        assert_int_equal(cfg->enabled[i], i == dm_rule_find("mass-mailer", 11));
    }
    assert_true(cfg->budget == 1);
    assert_true(cfg->memory_bytes == 2097152);
    assert_true(cfg->rates.hold_s == 7200);
    assert_true(cfg->rates.rate_per_h == 60);
    dnsmon_config_free(cfg);
}

static void rules_are_switched(void **state)
{
    struct dnsmon_config *none = load("[detectors]\ndisable=all\n");
    struct dnsmon_config *empty = load("[detectors]\nenable=\nbudget=\n");

    (void)state;
    for (int i = 0; i < DM_DET_COUNT; i++) {
        assert_false(none->enabled[i]);
        assert_true(empty->enabled[i]); /* an empty value is the default */
    }
    assert_true(empty->budget == 0.1);
    dnsmon_config_free(none);
    dnsmon_config_free(empty);
}

/* ---- every row ---- */

static void every_row_is_complete(void **state)
{
    char reason[DM_REASON_LEN] = "";

    (void)state;
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        assert_int_equal(dm_section_find(sec.name), i);
        assert_true(sec.doc && sec.doc[0]);
        assert_true(sec.n_rows <= DM_DET_OPTIONS_MAX);
        for (size_t r = 0; r < sec.n_rows; r++) {
            const struct dm_option *opt = &sec.rows[r];
            bool has_default = strcmp(opt->deflt, "") != 0;
            if (!opt->doc || !opt->doc[0] || !opt->source || !opt->source[0] || !opt->unit ||
                !opt->unit[0] || dm_section_row(&sec, opt->key) != (int)r ||
                (dm_value_is_number(opt->type) && (!has_default || !(opt->min < opt->max))) ||
                (has_default && dm_option_check(opt, dm_slice_make(opt->deflt, strlen(opt->deflt)),
                                                reason, sizeof reason) < 0)) {
                fail_msg("[%s] %s: incomplete row, or a bad default: %s", sec.name, opt->key,
                         reason);
            }
        }
    }
}

/* A value that differs from the row's default. */
static const char *other_value(const struct dm_option *opt, const char *holidays,
                               char buf[DM_VALUE_LEN])
{
    double low = opt->min;

    switch (opt->type) {
    case DM_OPT_PREFIXES:
    case DM_OPT_ADDRESSES:
        return "198.51.100.7";
    case DM_OPT_NAMES:
        return "other.example";
    case DM_OPT_DATES:
        return "2026-11-25";
    case DM_OPT_ZONE:
        return "UTC";
    case DM_OPT_TEXT:
        return "somebody";
    case DM_OPT_FILE:
        return holidays;
    case DM_OPT_RULES:
        return "mx-census";
    case DM_OPT_PORTS:
        return "22;3389";
    case DM_OPT_STEPS:
        return "MX domains=5";
    default:
        if (strcmp(opt->deflt, "auto") != 0 && dm_option_number(opt, opt->deflt) == low) {
            low = opt->max;
        }
        return dm_value_format(opt->type, low, buf);
    }
}

static char *write_holidays(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("dnsmon-test-XXXXXX", &path, NULL);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

/* Whether the effective number of a row is @v; rows without one are not asked. */
static bool number_is(const struct dnsmon_config *cfg, size_t section, size_t row, double v)
{
    if (section >= DM_SEC_DETECTOR && section < DM_SEC_LIMITS) {
        return cfg->det[section - DM_SEC_DETECTOR].opt[row] == v;
    }
    const struct dm_rates *r = &cfg->rates;
    const double of_events[] = {r->hold_s,         r->rate_per_h,    r->storm_clients,
                                r->storm_window_s, r->manager_per_h, r->manager_per_day};
    double now = section == DM_SEC_LIMITS      ? cfg->memory_bytes
                 : section == DM_SEC_DETECTORS ? cfg->budget
                                               : of_events[row];
    return now == v;
}

/* Another value that may stand alone: one out of order with a second key is refused.
 * @value: other_value(). */
static const char *alone(const struct dm_section *sec, const struct dm_option *opt, const char *key,
                         const char *value, char buf[DM_VALUE_LEN])
{
    double deflt = dm_value_is_number(opt->type) ? dm_option_number(opt, opt->deflt) : NAN;
    const double next[] = {opt->max, deflt * 0.99};

    for (size_t i = 0; i <= G_N_ELEMENTS(next); i++) {
        g_autofree char *text = g_strdup_printf("[%s]\n%s=%s\n", sec->name, key, value);
        struct dnsmon_config *cfg = NULL;
        char why[DNSMON_ERRLEN];
        if (dm_config_from_text("t.conf", text, strlen(text), &cfg, why, sizeof why) == 0) {
            dnsmon_config_free(cfg);
            return value;
        }
        if (isnan(deflt) || i == G_N_ELEMENTS(next)) {
            fail_msg("%s", why);
        }
        value = dm_value_format(opt->type, next[i], buf);
    }
    return NULL;
}

/* Law: setting a row changes its effective value and the text; the text loads again. */
static void every_row_can_be_set(void **state)
{
    g_autofree char *holidays = write_holidays("2026-11-24\n");
    struct dnsmon_config *plain = load("");

    (void)state;
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        for (size_t r = 0; r < sec.n_rows; r++) {
            const struct dm_option *opt = &sec.rows[r];
            char buf[DM_VALUE_LEN];
            const char *key = i == DM_SEC_MANAGERS               ? "198.51.100.0/24"
                              : i == DM_SEC_SIGNATURES && r == 0 ? "our-worm"
                                                                 : opt->key;
            const char *value = alone(&sec, opt, key, other_value(opt, holidays, buf), buf);
            g_autofree char *text = g_strdup_printf("[%s]\n%s=%s\n", sec.name, key, value);
            g_autofree char *line = g_strdup_printf("\n%s=%s\n", key, value);
            struct dnsmon_config *cfg = load(text);
            char *shown = dnsmon_config_text(cfg);
            assert_non_null(strstr(shown, line));
            assert_non_null(strstr(shown, "# set in t.conf:2; "));
            if (dm_value_is_number(opt->type)) {
                assert_true(number_is(cfg, i, r, dm_option_number(opt, value)));
                assert_false(number_is(plain, i, r, dm_option_number(opt, value)));
            }
            assert_round_trip(cfg);
            free(shown);
            dnsmon_config_free(cfg);
        }
    }
    assert_round_trip(plain);
    dnsmon_config_free(plain);
    g_unlink(holidays);
}

static void auto_is_not_a_number(void **state)
{
    struct dnsmon_config *cfg = load("");

    (void)state;
    for (size_t d = 0; d < DM_DET_COUNT; d++) {
        struct dm_section sec = dm_section_get(DM_SEC_DETECTOR + d);
        for (size_t r = 0; r < sec.n_rows; r++) {
            assert_int_equal(isnan(cfg->det[d].opt[r]) != 0, !strcmp(sec.rows[r].deflt, "auto"));
        }
    }
    dnsmon_config_free(cfg);
}

/* ---- files ---- */

static void holidays_come_from_a_file(void **state)
{
    g_autofree char *path = write_holidays("# days\n\n2026-11-24 Some day\n 2026-11-25\t\r\n");
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *name = g_build_filename(dir, "dnsmon.conf", NULL);
    g_autofree char *text =
        g_strdup_printf("[site]\nholidays=2026-11-26\nholidays-file=%s\n", base);
    struct dnsmon_config *cfg = NULL;
    char why[DNSMON_ERRLEN] = "";

    (void)state;
    assert_int_equal(dm_config_from_text(name, text, strlen(text), &cfg, why, sizeof why), 0);
    assert_true(dm_site_is_holiday(cfg->site, 20781));
    assert_true(dm_site_is_holiday(cfg->site, 20782));
    assert_true(dm_site_is_holiday(cfg->site, 20783));
    assert_false(dm_site_is_holiday(cfg->site, 20784));
    char *shown = dnsmon_config_text(cfg);
    struct dnsmon_config *again = load(shown); /* from another folder: the path is absolute */
    assert_true(dm_site_is_holiday(again->site, 20781));
    free(shown);
    dnsmon_config_free(again);
    dnsmon_config_free(cfg);
    g_unlink(path);
}

static void a_bad_holiday_is_named_in_its_file(void **state)
{
    static const char *const bad[] = {"2026-11-24\n24 Nov\n", "2026-11-24\n2026-11-245\n",
                                      "2026-11-24\n\xff\n", "2026-11-24\n2026-02-30 x\n"};
    static const char *const told[] = {"\"24 Nov\"", "\"2026-11-245\"", "\"?\"",
                                       "\"2026-02-30 x\""};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = write_holidays(bad[i]);
        g_autofree char *text = g_strdup_printf("[site]\nholidays-file=%s\n", path);
        g_autofree char *want = g_strdup_printf(
            "%s:2: %s does not begin with a date; write for example 2026-11-23", path, told[i]);
        struct dnsmon_config *cfg = NULL;
        char why[DNSMON_ERRLEN] = "";
        assert_int_equal(dm_config_from_text("t.conf", text, strlen(text), &cfg, why, sizeof why),
                         DNSMON_ECONFIG);
        assert_string_equal(why, want);
        g_unlink(path);
    }
}

static void files_are_loaded(void **state)
{
    g_autofree char *path = write_holidays("[limits]\nmemory=3M\n");
    dnsmon_config_t *cfg = NULL;
    char why[DNSMON_ERRLEN] = "";

    (void)state;
    assert_int_equal(dnsmon_config_load(path, &cfg, why, sizeof why), 0);
    assert_true(cfg->memory_bytes == 3145728);
    dnsmon_config_free(cfg);
    g_unlink(path);
    cfg = NULL;
    assert_int_equal(dnsmon_config_load(NULL, &cfg, why, sizeof why), 0);
    assert_round_trip(cfg);
    dnsmon_config_free(cfg);
    cfg = NULL;
    assert_int_equal(dnsmon_config_load("/nonexistent/t.conf", &cfg, why, sizeof why), DNSMON_EIO);
    assert_string_equal(why, "/nonexistent/t.conf: cannot be read: No such file or directory; name "
                             "a readable file (an empty one will do)");
    assert_int_equal(dnsmon_config_load("/", &cfg, why, sizeof why), DNSMON_EIO);
    assert_int_equal(dnsmon_config_load("/dev/zero", &cfg, why, sizeof why), DNSMON_EIO);
    assert_null(cfg);
}

static void many_lines_are_quick(void **state)
{
    GString *text = g_string_new("[managers]\n");
    struct dm_addr a;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        g_string_append_printf(text, "10.%d.%d.0/24=m%d\n", i / 256, i % 256, i);
    }
    struct dnsmon_config *cfg = load(text->str);
    dm_addr_parse(DM_SLICE("10.1.2.3"), &a);
    assert_string_equal(dm_site_manager(cfg->site, &a), "m258");
    dnsmon_config_free(cfg);
    g_string_free(text, TRUE);
}

static void references_are_counted(void **state)
{
    struct dnsmon_config *cfg = load("");

    (void)state;
    assert_ptr_equal(dm_config_ref(cfg), cfg);
    dnsmon_config_free(cfg);
    assert_true(cfg->budget == 0.1); /* still there */
    dnsmon_config_free(cfg);
    dnsmon_config_free(NULL);
}

/* ---- the manual ---- */

static void the_manual_has_every_key(void **state)
{
    char *page = dm_manual_configuration();

    (void)state;
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        for (size_t r = 0; r < sec.n_rows; r++) {
            g_autofree char *title = g_strdup_printf("\n### `%s`\n", sec.rows[r].key);
            assert_non_null(strstr(page, title));
        }
    }
    free(page);
}

static void the_example_is_right(void **state)
{
    static const char fence[] = "\n```\n";
    char *page = dm_manual_configuration();
    char *text = strstr(page, fence);

    (void)state;
    assert_non_null(text);
    text += strlen(fence);
    char *end = strstr(text, fence);
    assert_non_null(end);
    end[1] = '\0';
    dnsmon_config_free(load(text));
    free(page);
}

/* doc/CONFIGURATION.md is what the tables say. DNSMON_UPDATE_DOC=1 writes it anew. */
static void the_page_is_up_to_date(void **state)
{
    const char *top = getenv("srcdir") ? getenv("srcdir") : ".";
    g_autofree char *path = g_build_filename(top, "doc", "CONFIGURATION.md", NULL);
    g_autofree char *have = NULL;
    char *page = dm_manual_configuration();

    (void)state;
    if (getenv("DNSMON_UPDATE_DOC")) {
        assert_true(g_file_set_contents(path, page, -1, NULL));
    }
    if (!g_file_get_contents(path, &have, NULL, NULL)) {
        print_message("%s is not there: not compared\n", path);
    } else if (strcmp(have, page) != 0) {
        fail_msg("%s is not what the tables say; run this test with DNSMON_UPDATE_DOC=1", path);
    }
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_has_every_default),
        cmocka_unit_test(a_whole_file_is_taken),
        cmocka_unit_test(rules_are_switched),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(every_row_can_be_set),
        cmocka_unit_test(auto_is_not_a_number),
        cmocka_unit_test(holidays_come_from_a_file),
        cmocka_unit_test(a_bad_holiday_is_named_in_its_file),
        cmocka_unit_test(files_are_loaded),
        cmocka_unit_test(many_lines_are_quick),
        cmocka_unit_test(references_are_counted),
        cmocka_unit_test(the_manual_has_every_key),
        cmocka_unit_test(the_example_is_right),
        cmocka_unit_test(the_page_is_up_to_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
