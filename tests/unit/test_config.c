/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The configuration: every kind of mistake with its exact message, every row of the table, the
 * text of the settings in force, hostile files.
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
#include "testlib.h"

/* GLib's generator from the seed that testlib takes and prints. */
static GRand *seeded(const char *law)
{
    struct test_rng rng;

    test_rng_init(&rng, law, 20261121);
    return g_rand_new_with_seed((guint32)test_rng_next(&rng));
}

static struct dnsmon_config *load(const char *text)
{
    struct dnsmon_config *cfg = NULL;
    char why[DNSMON_ERRLEN] = "";

    if (dm_config_from_text("t.conf", text, strlen(text), &cfg, why, sizeof why) < 0) {
        fail_msg("refused: %s", why);
    }
    return cfg;
}

#define NOT_PREFIX " is not an address or prefix; write for example 192.0.2.0/24"
#define SLIP_LIST "; the values of a list are separated by \";\""
#define SLIP_COMMENT "; a comment stands on a line of its own"
#define NOT_LINE " is neither [section] nor key=value; a comment begins with #"
#define NOT_DATE " is not a date; write for example 2026-11-23"
#define NOT_DURATION " is not a duration; write for example 90s, 15m, 24h or 14d"
#define NOT_SIZE " is not a size; write for example 64k, 256M or 2G"
#define NOT_RATE " is not a rate; write for example 5/s, 10/min, 60/h or 100/d"
#define NOT_ADDRESS " is not an address; write for example 192.0.2.25"
#define NOT_NAME " is not a domain name; write for example example.edu"
#define NOT_ZONE " is not a time zone of this system; write for example Asia/Tokyo or UTC"

static const struct {
    const char *text, *why;
} mistakes[] = {
    /* lines */
    {"x=1\n", "t.conf:1: \"x\" stands before the first section; write for example [site] above it"},
    {"# a\n\n[site\n", "t.conf:3: \"[site\" does not end with \"]\"; write a section as [site]"},
    {"[]\n", "t.conf:1: \"[]\" is not the name of a section; write for example [site]"},
    {"[si]te]\n", "t.conf:1: \"[si]te]\" is not the name of a section; write for example [site]"},
    {"[site]\nnetworks\n", "t.conf:2: \"networks\"" NOT_LINE},
    {"[site]\n; a comment\n", "t.conf:2: \"; a comment\"" NOT_LINE},
    {"[site]\n=1\n", "t.conf:2: \"=1\"" NOT_LINE},
    {"[site]\r\nx\x01y\r\n", "t.conf:2: \"x?y\"" NOT_LINE},
    {"[site]\ndomains=a\xff.example\n",
     "t.conf:2: byte 0xff in column 10 is not UTF-8 text; save the file as UTF-8"},
    {"[site]\n#\xc3\n",
     "t.conf:2: byte 0xc3 in column 2 is not UTF-8 text; save the file as UTF-8"},
    /* twice */
    {"[site]\n[roles]\n[site]\n",
     "t.conf:3: [site]: begins already in line 1; put all its keys there"},
    {"[roles]\nmonitors=\nresolvers=\nmonitors=\n",
     "t.conf:4: [roles] monitors: is set already in line 2; write it once, a list with \";\" between "
     "its values"},
    /* unknown */
    {"[sit]\n", "t.conf:1: [sit]: there is no such section; did you mean \"site\"?"},
    {"[Roles]\n", "t.conf:1: [Roles]: there is no such section; did you mean \"roles\"?"},
    {"\n[site]\nnetwroks=10.0.0.0/8\n",
     "t.conf:3: [site] netwroks: there is no such key; did you mean \"networks\"?"},
    {"[site]\nmail-servers=192.0.2.25\n",
     "t.conf:2: [site] mail-servers: there is no such key here; it belongs into [roles]"},
    {"[limits]\nzzzzzz=1\n", "t.conf:2: [limits] zzzzzz: there is no such key; known: memory"},
    {"[events]\nholiday=1\n", "t.conf:2: [events] holiday: there is no such key; known: hold, rate"},
    {"[detector mas-mailer]\n",
     "t.conf:1: [detector mas-mailer]: \"mas-mailer\": there is no such rule; did you mean "
     "\"mass-mailer\"?"},
    {"[detectors]\nenable=mass-mailer;mass-mialer\n",
     "t.conf:2: [detectors] enable: \"mass-mialer\": there is no such rule; did you mean "
     "\"mass-mailer\"?"},
    {"[detectors]\ndisable=mx-censuss\n",
     "t.conf:2: [detectors] disable: \"mx-censuss\": there is no such rule; did you mean "
     "\"mx-census\"?"},
    {"[detectors]\nenable=mx-census, mass-mailer\n",
     "t.conf:2: [detectors] enable: \"mx-census, mass-mailer\" is not a rule id; write for example "
     "mass-mailer" SLIP_LIST},
    /* prefixes */
    {"[site]\nnetworks=192.0.2.0/33\n", "t.conf:2: [site] networks: \"192.0.2.0/33\"" NOT_PREFIX},
    {"[site]\nnetworks=2001:db8::/129\n",
     "t.conf:2: [site] networks: \"2001:db8::/129\"" NOT_PREFIX},
    {"[site]\nnetworks=192.0.2.0/24;192.0.2\n",
     "t.conf:2: [site] networks: \"192.0.2\"" NOT_PREFIX},
    {"[site]\nnetworks=192.0.2.0/-1\n", "t.conf:2: [site] networks: \"192.0.2.0/-1\"" NOT_PREFIX},
    {"[site]\nnetworks=192.0.2.7/24\n",
     "t.conf:2: [site] networks: \"192.0.2.7/24\" has bits set behind its length; write "
     "192.0.2.0/24"},
    {"[site]\nnetworks=2001:db8::7/32\n",
     "t.conf:2: [site] networks: \"2001:db8::7/32\" has bits set behind its length; write "
     "2001:db8::/32"},
    {"[site]\nnetworks=192.0.2.0/24,198.51.100.0/24\n",
     "t.conf:2: [site] networks: \"192.0.2.0/24,198.51.100.0/24\"" NOT_PREFIX SLIP_LIST},
    {"[roles]\nresolvers=192.0.2.53 # ours\n",
     "t.conf:2: [roles] resolvers: \"192.0.2.53 # ours\"" NOT_PREFIX SLIP_COMMENT},
    {"[roles]\nmail-servers=mx.example.edu\n",
     "t.conf:2: [roles] mail-servers: \"mx.example.edu\"" NOT_PREFIX},
    {"[roles]\nresolvers=192.0.2.25\nmail-servers=192.0.2.25/32\n",
     "t.conf:3: [roles] mail-servers: 192.0.2.25/32 is also in resolvers (line 2); an address or "
     "prefix has one role, keep it in one"},
    {"[roles]\nmonitors=2001:db8::/48\nforwarders=2001:db8::/48\n",
     "t.conf:3: [roles] forwarders: 2001:db8::/48 is also in monitors (line 2); an address or "
     "prefix has one role, keep it in one"},
    /* hosts, managers */
    {"[hosts]\nmx1=\n",
     "t.conf:2: [hosts] mx1: has no address; write for example 192.0.2.25;2001:db8::25"},
    {"[hosts]\nmx1=;;\n",
     "t.conf:2: [hosts] mx1: has no address; write for example 192.0.2.25;2001:db8::25"},
    {"[hosts]\nmx1=192.0.2.0/24\n", "t.conf:2: [hosts] mx1: \"192.0.2.0/24\"" NOT_ADDRESS},
    {"[managers]\n192.0.2.0/33=a@example.edu\n",
     "t.conf:2: [managers] 192.0.2.0/33: \"192.0.2.0/33\"" NOT_PREFIX},
    {"[managers]\n192.0.2.0/24=\n",
     "t.conf:2: [managers] 192.0.2.0/24: names nobody; write for example netadmin@example.edu"},
    {"[managers]\n192.0.2.1=a\n192.0.2.1/32=b\n",
     "t.conf:3: [managers] 192.0.2.1/32: is the same prefix as \"192.0.2.1\" in line 2; keep one"},
    {"[managers]\n192.0.2.1=a\\b\n",
     "t.conf:2: [managers] 192.0.2.1: \"a\\b\" has a backslash that means nothing; write \\\\ for a "
     "backslash"},
    /* the rest of [site] */
    {"[site]\ndomains=example..edu\n", "t.conf:2: [site] domains: \"example..edu\"" NOT_NAME},
    {"[site]\ndomains=example.edu example.com\n",
     "t.conf:2: [site] domains: \"example.edu example.com\"" NOT_NAME SLIP_LIST},
    {"[site]\ntimezone=Asia/Tokio\n", "t.conf:2: [site] timezone: \"Asia/Tokio\"" NOT_ZONE},
    {"[site]\nholidays=2026-11-23;2026-02-30\n",
     "t.conf:2: [site] holidays: \"2026-02-30\"" NOT_DATE},
    {"[site]\nholidays=23.11.2026\n", "t.conf:2: [site] holidays: \"23.11.2026\"" NOT_DATE},
    {"[site]\nholidays-file=/nonexistent/days\n",
     "t.conf:2: [site] holidays-file: \"/nonexistent/days\" cannot be read: No such file or "
     "directory; write the path of a readable file, or leave the key out"},
    /* numbers */
    {"[limits]\nmemory=lots\n", "t.conf:2: [limits] memory: \"lots\"" NOT_SIZE},
    {"[limits]\nmemory=256MB\n", "t.conf:2: [limits] memory: \"256MB\"" NOT_SIZE},
    {"[limits]\nmemory=256M # MiB\n",
     "t.conf:2: [limits] memory: \"256M # MiB\"" NOT_SIZE SLIP_COMMENT},
    {"[limits]\nmemory=1000k\n", "t.conf:2: [limits] memory: \"1000k\" is out of range; write 1M to 1T"},
    {"[events]\nhold=24 hours\n", "t.conf:2: [events] hold: \"24 hours\"" NOT_DURATION},
    {"[events]\nhold=1s\n", "t.conf:2: [events] hold: \"1s\" is out of range; write 1m to 366d"},
    {"[events]\nrate=60\n", "t.conf:2: [events] rate: \"60\"" NOT_RATE},
    {"[events]\nrate=0/h\n", "t.conf:2: [events] rate: \"0/h\" is out of range; write 1/d to 3600000/h"},
    {"[detectors]\nbudget=0,1\n",
     "t.conf:2: [detectors] budget: \"0,1\" is not a number; write for example 0.5"},
    {"[detectors]\nbudget=-1\n",
     "t.conf:2: [detectors] budget: \"-1\" is out of range; write 0.0001 to 1000"},
    {"[detectors]\nbudget=auto\n",
     "t.conf:2: [detectors] budget: \"auto\" is not a number; write for example 0.5"},
};

static void every_mistake_has_its_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        struct dnsmon_config *cfg = NULL;
        char why[DNSMON_ERRLEN] = "(nothing)";
        const char *text = mistakes[i].text;
        int rc = dm_config_from_text("t.conf", text, strlen(text), &cfg, why, sizeof why);
        assert_string_equal(why, mistakes[i].why);
        assert_int_equal(rc, DNSMON_ECONFIG);
        assert_null(cfg);
    }
}

static void a_nul_is_a_mistake(void **state)
{
    static const char text[] = "[site]\ndomains=a\0b\n";
    struct dnsmon_config *cfg = NULL;
    char why[DNSMON_ERRLEN];

    (void)state;
    assert_int_equal(dm_config_from_text("t.conf", text, sizeof text - 1, &cfg, why, sizeof why),
                     DNSMON_ECONFIG);
    assert_string_equal(
        why, "t.conf:2: byte 0x00 in column 10 is not UTF-8 text; save the file as UTF-8");
}

/* Whatever is quoted, the message is one clean line that is not cut. */
static void long_texts_are_cut_in_the_message(void **state)
{
    g_autofree char *word = g_strnfill(100000, 'x');
    g_autofree char *text = g_strdup_printf("[%s]\n%s=%s\n", word, word, word);
    g_autofree char *text2 = g_strdup_printf("[site]\nnetworks=%s\n", word);
    g_autofree char *file = g_strdup_printf("/%s/t.conf", word);
    struct dnsmon_config *cfg = NULL;
    char why[DNSMON_ERRLEN];

    (void)state;
    dm_config_from_text(file, text, strlen(text), &cfg, why, sizeof why);
    assert_true(strlen(why) < sizeof why - 1);
    assert_non_null(strstr(why, "/t.conf:1: [xxx"));
    assert_non_null(strstr(why, "there is no such section; known: site, roles, "));
    dm_config_from_text(file, text2, strlen(text2), &cfg, why, sizeof why);
    assert_true(strlen(why) < sizeof why - 1);
    assert_non_null(strstr(why, "xx...\"" NOT_PREFIX));
}

static void a_short_buffer_is_respected(void **state)
{
    struct dnsmon_config *cfg = NULL;
    char why[8] = "1234567";

    (void)state;
    assert_int_equal(dm_config_from_text("t.conf", "x", 1, &cfg, why, 4), DNSMON_ECONFIG);
    assert_string_equal(why, "t.c");
    assert_int_equal(why[4], '5');
    assert_int_equal(dm_config_from_text("t.conf", "x", 1, &cfg, NULL, 0), DNSMON_ECONFIG);
}

static void an_empty_file_has_every_default(void **state)
{
    struct dnsmon_config *cfg = load("");

    (void)state;
    for (int i = 0; i < DM_DET_COUNT; i++) {
        assert_true(cfg->enabled[i]);
    }
    assert_true(cfg->budget == 0.1);
    assert_true(cfg->memory_bytes == 268435456.0);
    assert_true(cfg->hold_s == 86400);
    assert_true(cfg->rate_per_h == 60);
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
    assert_true(cfg->hold_s == 7200);
    assert_true(cfg->rate_per_h == 60);
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
    double now = section == DM_SEC_LIMITS       ? cfg->memory_bytes
                 : section == DM_SEC_DETECTORS  ? cfg->budget
                 : row == (size_t)DM_EVENTS_HOLD ? cfg->hold_s
                                                : cfg->rate_per_h;
    return now == v;
}

/* The same keys with the same values, wherever they were set. */
static void assert_same_settings(const struct dnsmon_config *a, const struct dnsmon_config *b)
{
    assert_int_equal(a->set->n, b->set->n);
    for (size_t i = 0; i < a->set->n; i++) {
        assert_string_equal(a->set->v[i].key, b->set->v[i].key);
        assert_string_equal(a->set->v[i].value, b->set->v[i].value);
        assert_int_equal(a->set->v[i].section, b->set->v[i].section);
    }
    assert_memory_equal(a->enabled, b->enabled, sizeof a->enabled);
    assert_memory_equal(a->det, b->det, sizeof a->det);
    assert_true(a->memory_bytes == b->memory_bytes && a->hold_s == b->hold_s &&
                a->rate_per_h == b->rate_per_h && a->budget == b->budget);
}

static void assert_round_trip(const struct dnsmon_config *cfg)
{
    char *text = dnsmon_config_text(cfg);
    struct dnsmon_config *again = load(text);
    char *text2 = dnsmon_config_text(again);

    assert_same_settings(cfg, again);
    struct dnsmon_config *third = load(text2);
    char *text3 = dnsmon_config_text(third);
    assert_string_equal(text2, text3); /* nothing creeps in */
    free(text);
    free(text2);
    free(text3);
    dnsmon_config_free(again);
    dnsmon_config_free(third);
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
            const char *key = i == DM_SEC_MANAGERS ? "198.51.100.0/24" : opt->key;
            const char *value = other_value(opt, holidays, buf);
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

/* ---- hostile text ---- */

static const char *const words[] = {
    "[",       "]",      "site",     "[site]\n", "[roles]\n",   "[hosts]\n", "[managers]\n", "=",
    ";",       "\n",     "\r\n",     "#",        "networks=",   "domains=",  "holidays=",    "\\",
    "\\s",     " ",      "\t",       "mx1=",     "192.0.2.25",  "/24",       "2001:db8::",   "\xc3",
    "\xc3\xa4", "[events]\n", "hold=", "rate=",  "60/h",        "24h",       "1e308",        "auto",
    "timezone=", "UTC",  "all",      "enable=",  "[detectors]\n", "[detector mass-mailer]\n",
    "budget=", "0.1",    "\x1b[2J",  "resolvers=", "192.0.2.0=",
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
        append_random(rand, text, g_rand_int_range(rand, 0, 6), "\n\xc3");
        g_string_append_printf(text, "\nx/%d:=", i);
        append_random(rand, text, g_rand_int_range(rand, 0, 6), "\n\xc3");
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
    static const char *const texts[] = {"", " a b ", "a\\b", "a\nb\tc\r", "\xc3\xa4;#="};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *written = dm_keyfile_escape(texts[i]);
        g_autofree char *back = dm_keyfile_unescape(dm_slice_make(written, strlen(written)));
        assert_string_equal(back, texts[i]);
    }
    assert_null(dm_keyfile_unescape(DM_SLICE("a\\")));
    assert_null(dm_keyfile_unescape(DM_SLICE("a\\x")));
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
        cmocka_unit_test(every_mistake_has_its_message),
        cmocka_unit_test(a_nul_is_a_mistake),
        cmocka_unit_test(long_texts_are_cut_in_the_message),
        cmocka_unit_test(a_short_buffer_is_respected),
        cmocka_unit_test(an_empty_file_has_every_default),
        cmocka_unit_test(a_whole_file_is_taken),
        cmocka_unit_test(rules_are_switched),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(every_row_can_be_set),
        cmocka_unit_test(auto_is_not_a_number),
        cmocka_unit_test(holidays_come_from_a_file),
        cmocka_unit_test(a_bad_holiday_is_named_in_its_file),
        cmocka_unit_test(files_are_loaded),
        cmocka_unit_test(hostile_text_does_no_harm),
        cmocka_unit_test(many_lines_are_quick),
        cmocka_unit_test(same_as_gkeyfile),
        cmocka_unit_test(escapes),
        cmocka_unit_test(references_are_counted),
        cmocka_unit_test(the_manual_has_every_key),
        cmocka_unit_test(the_page_is_up_to_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
