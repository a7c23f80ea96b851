/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Every kind of mistake in a configuration with its exact message.
 */
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/config.h"
#include "testlib.h"

#define NOT_PREFIX " is not an address or prefix; write for example 192.0.2.0/24"
#define SLIP_LIST "; the values of a list are separated by \";\""
#define SLIP_COMMENT "; a comment needs a blank in front of its #"
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
     "t.conf:4: [roles] monitors: is set already in line 2; write it once, a list with \";\" "
     "between "
     "its values"},
    /* unknown */
    {"[sit]\n", "t.conf:1: [sit]: there is no such section; did you mean \"site\"?"},
    {"[Roles]\n", "t.conf:1: [Roles]: there is no such section; did you mean \"roles\"?"},
    {"\n[site]\nnetwroks=10.0.0.0/8\n",
     "t.conf:3: [site] netwroks: there is no such key; did you mean \"networks\"?"},
    {"[site]\nmail-servers=192.0.2.25\n",
     "t.conf:2: [site] mail-servers: there is no such key here; it belongs into [roles]"},
    {"[limits]\nzzzzzz=1\n", "t.conf:2: [limits] zzzzzz: there is no such key; known: memory"},
    {"[events]\nholiday=1\n",
     "t.conf:2: [events] holiday: there is no such key; known: hold, rate, storm-clients, "
     "storm-window, manager-rate, manager-per-day, notifiers"},
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
    {"[roles]\nresolvers=192.0.2.53#ours\n",
     "t.conf:2: [roles] resolvers: \"192.0.2.53#ours\"" NOT_PREFIX SLIP_COMMENT},
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
    {"[managers]\n192.0.2.1=a\\b\n", "t.conf:2: [managers] 192.0.2.1: \"a\\b\" has a backslash "
                                     "that means nothing; write \\\\ for a "
                                     "backslash"},
    {"[hosts]\nmx1=192.0.2.25;192.0.2.25\nmx2=192.0.2.26;192.0.2.25\n",
     "t.conf:3: [hosts] mx2: 192.0.2.25 is also in \"mx1\" (line 2); an address belongs to one "
     "machine, keep it in one"},
    {"[hosts]\nmx1=2001:db8::25\nmx2=2001:DB8:0::25\n",
     "t.conf:3: [hosts] mx2: 2001:db8::25 is also in \"mx1\" (line 2); an address belongs to one "
     "machine, keep it in one"},
    /* pairs */
    {"[detector mass-mailer]\nnotice-domains=20\nalarm-domains=19\n",
     "t.conf:3: [detector mass-mailer] alarm-domains: 19 is below notice-domains, which is 20 in "
     "line 2; write at least 20, or change notice-domains"},
    {"[detector mass-mailer]\nalarm-domains=7\n",
     "t.conf:2: [detector mass-mailer] alarm-domains: 7 is below notice-domains, which is 8 by "
     "default; write at least 8, or change notice-domains"},
    {"[detector mass-mailer]\nnotice-domains=17\n",
     "t.conf:2: [detector mass-mailer] notice-domains: 17 is above alarm-domains, which is 16 by "
     "default; write at most 16, or change alarm-domains"},
    {"[detector mass-mailer]\nbaseline-rate=24/d\n",
     "t.conf:2: [detector mass-mailer] baseline-rate: 24/d is not below slow-rate, which is 1/h by "
     "default; write less than 1/h, or change slow-rate"},
    {"[detector keyword-scan]\nscan-rate=0.25/h\n",
     "t.conf:2: [detector keyword-scan] scan-rate: 0.25/h is not above baseline-rate, which is "
     "0.25/h by default; write more than 0.25/h, or change baseline-rate"},
    {"[detector smtp-dos]\nalarm-attempts=20\n",
     "t.conf:2: [detector smtp-dos] alarm-attempts: 20 is below attempts, which is 30 by default; "
     "write at least 30, or change attempts"},
    {"[detector campaign-sync]\nend=0.8\n",
     "t.conf:2: [detector campaign-sync] end: 0.8 is not below start, which is 0.8 by default; "
     "write less than 0.8, or change start"},
    /* signatures */
    {"[signatures]\nfoo=A\n",
     "t.conf:2: [signatures] foo: fits every client: none of its steps has a name, a count or a "
     "rare type; write for example A name=gate.example, or MX domains=4 within=10m"},
    {"[signatures]\nfoo=A|TXT; MX first; PTR\n",
     "t.conf:2: [signatures] foo: fits every client: none of its steps has a name, a count or a "
     "rare type; write for example A name=gate.example, or MX domains=4 within=10m"},
    {"[signatures]\nOur worm=MX\n",
     "t.conf:2: [signatures] Our worm: is no name for a signature; write up to 32 lower-case "
     "letters, digits and \"-\", a letter first, for example our-worm"},
    {"[signatures]\nw=;\n", "t.conf:2: [signatures] w: has no step; write for example MX domains=4 "
                            "within=10m, or nothing to switch a signature off"},
    {"[signatures]\nw=MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX;MX\n",
     "t.conf:2: [signatures] w: has more than 16 steps; leave some out"},
    {"[signatures]\nw=MX; MXX domains=3\n",
     "t.conf:2: [signatures] w: step 2: \"MXX\" is no record type; begin a step with for example "
     "MX or A|AAAA"},
    {"[signatures]\nw=A|AAAA|MX|TXT|PTR\n",
     "t.conf:2: [signatures] w: step 1: \"A|AAAA|MX|TXT|PTR\" has more than 4 types; write two "
     "signatures"},
    {"[signatures]\nw=A distnict=3\n",
     "t.conf:2: [signatures] w: step 1: \"distnict=3\" is not known; write name=, prefix=, "
     "suffix=, "
     "keyword=, distinct=, domains=, repeats=, within=, around= or first, separated by blanks"},
    {"[signatures]\nsobig-f=A distinct=17\n",
     "t.conf:2: [signatures] sobig-f: step 1: \"distinct=17\" is out of range; write 1 to 16"},
    {"[signatures]\nw=A distinct=2 distinct=3\n",
     "t.conf:2: [signatures] w: step 1: \"distinct=3\" comes twice; write it once, with \"|\" "
     "between its values"},
    {"[signatures]\nw=A distinct=2 domains=3\n",
     "t.conf:2: [signatures] w: step 1: \"A distinct=2 domains=3\" counts both names and domains; "
     "write distinct= or domains="},
    {"[signatures]\nw=A within=5 min\n",
     "t.conf:2: [signatures] w: step 1: \"min\" is not known; write name=, prefix=, suffix=, "
     "keyword=, distinct=, domains=, repeats=, within=, around= or first, separated by blanks"},
    {"[signatures]\nw=A within=2d\n", "t.conf:2: [signatures] w: step 1: \"within=2d\" is no time "
                                      "from 1s to 1d; write for example within=60s"},
    {"[signatures]\nw=A around=60s\n",
     "t.conf:2: [signatures] w: step 1: \"A around=60s\" has no step in front for around=; write "
     "within="},
    {"[signatures]\nw=A; MX domains=2 around=60s\n",
     "t.conf:2: [signatures] w: step 2: \"MX domains=2 around=60s\" counts what may come before "
     "its turn; write within= for around="},
    {"[signatures]\nw=A name=|b\n",
     "t.conf:2: [signatures] w: step 1: \"name=|b\" has a part that is no name; write for example "
     "name=a.example"},
    {"[signatures]\nw=A name=\n", "t.conf:2: [signatures] w: step 1: \"name=\" has no name; write "
                                  "for example name=a.example"},
    {"[signatures]\nw=A name=a prefix=b\n",
     "t.conf:2: [signatures] w: step 1: \"prefix=b\" is a second test of the name; write one a "
     "step"},
    {"[signatures]\nw=TXT first\n", "t.conf:2: [signatures] w: step 1: \"TXT first\" has first, "
                                    "which is known of A, AAAA, MX and PTR only"},
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
    {"[limits]\nmemory=256M#MiB\n",
     "t.conf:2: [limits] memory: \"256M#MiB\"" NOT_SIZE SLIP_COMMENT},
    {"[limits]\nmemory=1000k\n",
     "t.conf:2: [limits] memory: \"1000k\" is out of range; write 1M to 1T"},
    {"[events]\nhold=24 hours\n", "t.conf:2: [events] hold: \"24 hours\"" NOT_DURATION},
    {"[events]\nhold=1s\n", "t.conf:2: [events] hold: \"1s\" is out of range; write 1m to 366d"},
    {"[events]\nrate=60\n", "t.conf:2: [events] rate: \"60\"" NOT_RATE},
    {"[events]\nrate=0/h\n",
     "t.conf:2: [events] rate: \"0/h\" is out of range; write 1/d to 3600000/h"},
    {"[detectors]\nbudget=0,1\n",
     "t.conf:2: [detectors] budget: \"0,1\" is not a number; write for example 0.5"},
    {"[detectors]\nbudget=-1\n",
     "t.conf:2: [detectors] budget: \"-1\" is out of range; write 0.0001 to 1000"},
    {"[detector tcp-probe]\nports=445;0\n",
     "t.conf:2: [detector tcp-probe] ports: \"0\" is not a port; write for example 445"},
    {"[detector tcp-probe]\nports=445,139\n",
     "t.conf:2: [detector tcp-probe] ports: \"445,139\" is not a port; write for example "
     "445" SLIP_LIST},
    {"[detector tcp-probe]\nports=1;2;3;4;5;6;7;8;9\n",
     "t.conf:2: [detector tcp-probe] ports: has more than 8 ports; leave some out"},
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

/* On the other side of each of these checks. */
static void what_is_no_mistake(void **state)
{
    static const char *const good[] = {
        "[detector mass-mailer]\nnotice-domains=16\n",
        "[detector mass-mailer]\nnotice-domains=20\nalarm-domains=20\n",
        "[detector mass-mailer]\nbaseline-rate=23/d\n",
        "[detector campaign-sync]\nend=0.79\n",
        "[hosts]\nmx1=192.0.2.25;192.0.2.25\nmx2=192.0.2.26\n",
        "[signatures]\nfoo=A; A name=gate.example\n",
        "[signatures]\nfoo=MX domains=2\n",
        "[signatures]\nfoo=NULL\n",
        "[signatures]\nfoo=\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char why[DNSMON_ERRLEN] = "";
        dnsmon_config_t *cfg = NULL;
        if (dm_config_from_text("t.conf", good[i], strlen(good[i]), &cfg, why, sizeof why) < 0) {
            fail_msg("%s: %s", good[i], why);
        }
        dnsmon_config_free(cfg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_mistake),
        cmocka_unit_test(every_mistake_has_its_message),
        cmocka_unit_test(a_nul_is_a_mistake),
        cmocka_unit_test(long_texts_are_cut_in_the_message),
        cmocka_unit_test(a_short_buffer_is_respected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
