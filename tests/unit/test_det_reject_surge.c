/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * reject-surge through a monitor in memory: reasons in the right order, both sides of the CUSUM,
 * deleted accounts against guessing and against one client (doc/SCIENCE.md A.9, D.1 I16, I17).
 */
#include "flood_run.h"

#include "detect/detector.h"

#define RULE "reject-surge"
#define DAY 1440

struct row {
    const char *what;
    bool history;
    struct mail_mix extra; /* beside the ordinary minute */
    unsigned minutes;
    int level; /* highest; 0: none */
    const char *class_name, *says;
};

static const struct row rows[] = {
    {"deleted accounts",
     true,
     {.unknown = 16, .peers = 90, .kind = 2, .recipients = 40},
     120,
     DNSMON_NOTICE,
     "user-unknown-surge",
     "probably deleted accounts"},
    {"300 deleted accounts",
     true,
     {.unknown = 16, .peers = 90, .kind = 2, .recipients = 300},
     120,
     DNSMON_NOTICE,
     "user-unknown-surge",
     "probably deleted accounts"},
    {"guessing from many addresses",
     true,
     {.unknown = 16, .kind = 2},
     120,
     DNSMON_ALARM,
     "user-unknown-surge",
     "guessing addresses"},
    {"the same on the first day",
     false,
     {.unknown = 16, .kind = 2},
     120,
     DNSMON_NOTICE,
     "user-unknown-surge",
     "guessing addresses"},
    {"guessing, one client",
     true,
     {.unknown = 16, .peers = 1, .kind = 2},
     120,
     DNSMON_NOTICE,
     "user-unknown-surge",
     "see rule smtp-dos"},
    {"relaying",
     true,
     {.relay = 5, .connections = 5, .peers = 50, .kind = 2},
     30,
     DNSMON_NOTICE,
     "relay-denied-surge",
     "strangers try to send"},
    {"recipients",
     true,
     {.refused = 5, .connections = 5, .peers = 50, .kind = 2},
     30,
     DNSMON_NOTICE,
     "recipient-rejected-surge",
     "look at the text"},
    /* normal is 0.2 a minute, 2.5 times that 0.5: 50 in two hours is less than that */
    {"no surge", true, {.unknown = 0}, 120, 0, NULL, NULL},
    {"nothing known: two a minute are nothing",
     false,
     {.unknown = 2, .peers = 9},
     120,
     0,
     NULL,
     NULL},
    {"twenty dead addresses in one minute", true, {.unknown = 20, .peers = 9}, 1, 0, NULL, NULL},
    {"sixty",
     true,
     {.unknown = 60, .peers = 9},
     1,
     DNSMON_NOTICE,
     "user-unknown-surge",
     "No single client"},
};

static void kinds(void **state)
{
    unsigned shown = 0;

    (void)state;
    FOR_ROWS(row, rows)
    {
        struct run r;
        const struct dnsmon_event *ev, *last = NULL;
        unsigned at = row->history ? DAY + 120 : 1;
        int level = 0;
        mail_serial = 0;
        run_begin(&r, MAIL_CONFIG);
        mail_ordinaries(&r, 0, at);
        for (unsigned i = 0; i < row->minutes; i++) {
            mail_ordinary(&r, at + i);
            mail_minute(&r, at + i, &row->extra);
        }
        mail_ordinaries(&r, at + row->minutes, at + row->minutes + 10);
        run_end(&r);
        for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
            level = MAX(level, (int)ev->level);
            CHECK_ROW(row->what, row->class_name && strcmp(ev->class_name, row->class_name) == 0);
            last = ev;
        }
        if (level != row->level) {
            fail_msg("%s: level %d: %s", row->what, level, last ? last->reason : "");
        }
        if (last && !strstr(last->reason, row->says)) {
            fail_msg("%s: says \"%s\"", row->what, last->reason);
        }
        unsigned refused = 0;
        if (last && last->n_evidence > 0) {
            CHECK_ROW(row->what,
                      sscanf(strstr(last->evidence[0].name, ": "), ": %u rejects", &refused) == 1);
            CHECK_ROW(row->what, refused >= 2);
            shown++;
        }
        run_free(&r);
    }
    assert_true(shown >= 2); /* a driven surge, a distributed one with repeaters */
}

/* 13,505 and so on of a day come out exactly (S2's table, F.11), also those after the surge. */
static void figures(void **state)
{
    struct run r;
    const struct dnsmon_event *ev, *day = NULL;

    (void)state;
    run_begin(&r, "[roles]\nmail-servers = " MAIL_SERVER "\n");
    for (unsigned i = 600; i < 700; i++) {
        struct mail_mix m = {.unknown = 20, .peers = 100, .recipients = 9, .relay = i < 616};
        mail_minute(&r, i, &m);
    }
    struct mail_mix rest = {.unknown = 5, .refused = 2, .peers = 3};
    mail_minute(&r, 900, &rest);
    mail_minute(&r, DAY + 5, &rest);
    run_end(&r);
    for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
        day = ev->time_us / 1000000 - RUN_DAY <= DAY * 60 ? ev : day;
    }
    assert_non_null(day);
    assert_true(day->figures.groups & DM_FIG_REJECTS);
    run_near(day->figures.user_unknown, 100 * 20 + 5, 0);
    run_near(day->figures.relay_denied, 16, 0);
    run_near(day->figures.recipient_rejected, 2, 0);
    run_near(day->figures.other, 0, 0);
    assert_non_null(strstr(day->reason, "Today: 2005 for an unknown user, 16 as relaying, 2 for "
                                        "the recipient, 0 others."));
    run_free(&r);
}

static char *output_with(const char *line)
{
    char *config = g_strconcat(MAIL_CONFIG "[detector reject-surge]\n", line, "\n", NULL), *json;
    struct run r;

    mail_serial = 0;
    run_begin(&r, config);
    struct mail_mix first = {.unknown = 6, .peers = 50, .kind = 2};
    for (unsigned i = 0; i < 100; i++) {
        mail_ordinary(&r, i);
        if (i >= 10 && i < 25) {
            mail_minute(&r, i, &first);
        }
    }
    for (unsigned i = 100; i < 210; i++) {
        struct mail_mix m = {.unknown = i < 105 ? 3 : 8, .peers = i < 160 ? 50 : 3, .kind = 2};
        mail_ordinary(&r, i);
        mail_minute(&r, i, &m);
    }
    run_end(&r);
    json = run_json(&r);
    run_free(&r);
    g_free(config);
    return json;
}

static void each_row_matters(void **state)
{
    static const char *const lines[] = {"threshold = 40", "surge = 20",  "unknown-rate = 0.1",
                                        "rejects = 200",  "share = 0.2", "guesses = 100",
                                        "distinct = 1.9"};
    const struct dm_detector *det = dm_detectors[DM_DET_reject_surge];
    char *deflt = output_with("");

    (void)state;
    assert_int_equal(G_N_ELEMENTS(lines), det->n_options);
    for (size_t i = 0; i < det->n_options; i++) {
        assert_true(g_str_has_prefix(lines[i], det->options[i].key));
        char *other = output_with(lines[i]);
        CHECK_ROW(lines[i], strcmp(deflt, other) != 0);
        g_free(other);
    }
    g_free(deflt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(figures),
        cmocka_unit_test(each_row_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
