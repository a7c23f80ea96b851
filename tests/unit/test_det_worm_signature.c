/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * worm-signature through a monitor in memory: the shipped signatures on both sides of each number,
 * innocent look-alikes, a site's own signatures (doc/SCIENCE.md A.4, F 3).
 */
#include "monitor_run.h"

#include "detect/detector.h"

#define RULE "worm-signature"

/* @n root names, each @times times in a row, every @step seconds. */
static void roots(struct run *r, double at, double step, unsigned n, unsigned times,
                  const char *client, const char *type)
{
    for (unsigned i = 0; i < n * times; i++) {
        char name[32];
        g_snprintf(name, sizeof name, "%c.ROOT-SERVERS.NET", 'A' + (int)(i / times));
        run_query(r, at + i * step, client, type, name);
    }
}

static const struct dnsmon_event *last_event(const struct run *r)
{
    const struct dnsmon_event *ev, *last = NULL;

    for (unsigned i = 0; (ev = run_event(r, RULE, i)) != NULL; i++) {
        last = ev;
    }
    return last;
}

static void sobig(void **unused)
{
    static const struct {
        const char *what;
        double step;
        unsigned n, times;
        const char *class_name; /* NULL: silent */
        double copies;
    } rows[] = {
        {"thirteen", 1, 13, 1, "sobig-f", 1},
        {"each twice", 1, 13, 2, "sobig-c", 2},
        {"each four times", 0.5, 13, 4, "sobig-c", 4},
        {"three", 1, 3, 1, "sobig-f", 1},
        {"two", 1, 2, 8, NULL, 0},
        {"three in a minute", 30, 3, 1, "sobig-f", 1},
        {"three in more than a minute", 31, 13, 1, NULL, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        roots(&r, 36000, row->step, row->n, row->times, RUN_PC, "A");
        run_end(&r);
        const struct dnsmon_event *ev = last_event(&r);
        CHECK_ROW(row->what, !ev == !row->class_name);
        if (ev) {
            CHECK_ROW(row->what, strcmp(ev->class_name, row->class_name) == 0);
            CHECK_ROW(row->what, ev->score == row->copies);
            assert_int_equal(ev->level, DNSMON_NOTICE);
            assert_int_equal(ev->start_us / 1000000, RUN_DAY + 36000);
        }
        run_free(&r);
    }
}

/* One name that is asked more often than the others makes no more copies: the median counts. */
static void one_name_more_often(void **unused)
{
    (void)unused;
    for (unsigned times = 1; times <= 2; times++) {
        struct run r;
        run_begin(&r, "");
        for (int i = 0; i < 5; i++) {
            run_query(&r, 36000 + i, RUN_PC, "A", "A.ROOT-SERVERS.NET");
        }
        roots(&r, 36010, 1, 13, times, RUN_PC, "A");
        run_end(&r);
        assert_string_equal(last_event(&r)->class_name, times == 1 ? "sobig-f" : "sobig-c");
        assert_true(last_event(&r)->score == times);
        run_free(&r);
    }
}

/* The alphabet once, and once more: it is told as sobig-f first and becomes sobig-c, once. */
static void a_second_pass(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    roots(&r, 36000, 1, 13, 1, RUN_PC, "A");
    roots(&r, 36020, 1, 13, 1, RUN_PC, "A");
    run_end(&r);
    assert_string_equal(run_event(&r, RULE, 0)->class_name, "sobig-f");
    assert_string_equal(run_event(&r, RULE, 1)->class_name, "sobig-c");
    assert_int_equal(run_event(&r, RULE, 1)->state, DM_STATE_UPDATE);
    assert_string_equal(last_event(&r)->class_name, "sobig-c");
    run_free(&r);
}

static void resolvers_are_silent(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "[roles]\nresolvers = 192.0.2.53\n");
    roots(&r, 36000, 1, 13, 2, "192.0.2.53", "A");    /* configured */
    roots(&r, 36000.1, 1, 13, 2, "192.0.2.54", "-A"); /* without RD */
    run_query(&r, 36000, "192.0.2.55", "NS", ".");    /* priming, from its first query on */
    roots(&r, 36000.2, 1, 13, 2, "192.0.2.55", "A");
    run_series(&r, 30000, 1, 60, "192.0.2.56", "A", "www", 0); /* known by its types */
    run_series(&r, 30000, 20, 20, "192.0.2.56", "DNSKEY", "z", 0);
    roots(&r, 36000.3, 1, 13, 2, "192.0.2.56", "A");
    roots(&r, 36000.4, 1, 13, 2, "192.0.2.57", "AAAA"); /* no Sobig asked that */
    roots(&r, 36000.5, 1, 13, 2, "203.0.113.9", "A");
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* @bases domains a minute apart, MX and then @names of Mydoom's words each. */
static void mydoom_asks(struct run *r, unsigned bases, unsigned names, bool mx)
{
    static const char *const words[] = {"mx", "mail", "smtp", "mx1", "mxs"};

    for (unsigned b = 0; b < bases; b++) {
        char name[64];
        g_snprintf(name, sizeof name, "d%u.example", b);
        if (mx) {
            run_query(r, 36000 + b * 60, RUN_PC, "MX", name);
        }
        for (unsigned i = 0; i < names; i++) {
            g_snprintf(name, sizeof name, "%s.d%u.example", words[i % 5], b);
            run_query(r, 36001 + b * 60 + i, RUN_PC, "A", name);
        }
    }
}

static void mydoom(void **unused)
{
    static const struct {
        const char *what;
        unsigned bases, names;
        bool mx;
        int found;
    } rows[] = {
        {"two to count MX, eight to guess", 10, 3, true, 1},
        {"seven", 9, 3, true, 0},
        {"a server follows MX to two names", 40, 2, true, 0},
        {"no MX: keyword-scan's", 40, 5, false, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        mydoom_asks(&r, row->bases, row->names, row->mx);
        run_end(&r);
        CHECK_ROW(row->what, !last_event(&r) == !row->found);
        if (row->found) {
            assert_string_equal(last_event(&r)->class_name, "mydoom-a");
        }
        run_free(&r);
    }
}

static void netsky(void **unused)
{
    static const struct {
        const char *what, *before, *first, *ptr;
        double ptr_at; /* of the fourth MX */
        unsigned more;
        int found;
    } rows[] = {
        {"after", NULL, "yahoo.com", "1.0.0.127.in-addr.arpa", 60, 3, 1},
        {"long after", NULL, "yahoo.com", "1.0.0.127.in-addr.arpa", 61, 3, 0},
        {"before", NULL, "yahoo.com", "1.0.0.127.in-addr.arpa", -60, 3, 1},
        {"long before", NULL, "yahoo.com", "1.0.0.127.in-addr.arpa", -61, 3, 0},
        {"amid", NULL, "mail.yahoo.com", "1.0.0.127.in-addr.arpa", -2, 3, 1},
        {"two domains more", NULL, "yahoo.com", "1.0.0.127.in-addr.arpa", 5, 2, 0},
        {"another first", NULL, "other.example", "1.0.0.127.in-addr.arpa", 5, 9, 0},
        {"not the first today", "x.example", "yahoo.com", "1.0.0.127.in-addr.arpa", 5, 3, 0},
        {"Apple's test", NULL, "yahoo.com", "1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa", 5, 3, 0},
        {"another PTR", NULL, "yahoo.com", "9.2.0.192.in-addr.arpa", 5, 3, 0},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        if (row->before) {
            run_query(&r, 20000, RUN_PC, "MX", row->before);
        }
        run_query(&r, 36000, RUN_PC, "MX", row->first);
        run_series(&r, 36001, 1, row->more, RUN_PC, "MX", "d", 0);
        run_query(&r, 36003 + row->ptr_at, RUN_PC, "PTR", row->ptr);
        run_end(&r);
        CHECK_ROW(row->what, !last_event(&r) == !row->found);
        if (row->found) {
            assert_string_equal(last_event(&r)->class_name, "netsky-c");
        }
        run_free(&r);
    }
}

static void a_site_has_its_own(void **unused)
{
    static const struct {
        const char *what, *config;
        const char *class_name;
    } rows[] = {
        {"its own", "our-worm = TXT suffix=c2.example repeats=3 within=10m\n", "our-worm"},
        {"of two the last", "w1 = TXT repeats=2\nw2 = TXT repeats=3\n", "w2"},
        {"a shipped one written anew", "netsky-c = TXT prefix=a.c2. repeats=3\n", "netsky-c"},
        {"or switched off", "sobig-f =\nsobig-c =\n", NULL},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        char *config = g_strconcat("[signatures]\n", row->config, NULL);
        run_begin(&r, config);
        for (int i = 0; i < 3; i++) {
            run_query(&r, 36000 + i * 10, RUN_PC, "TXT", "a.c2.example");
        }
        if (!row->class_name) {
            roots(&r, 37000, 1, 13, 2, RUN_PC, "A");
        }
        run_end(&r);
        const struct dnsmon_event *ev = last_event(&r);
        CHECK_ROW(row->what, !ev == !row->class_name);
        CHECK_ROW(row->what, !ev || strcmp(ev->class_name, row->class_name) == 0);
        run_free(&r);
        g_free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sobig),
        cmocka_unit_test(a_second_pass),
        cmocka_unit_test(one_name_more_often),
        cmocka_unit_test(resolvers_are_silent),
        cmocka_unit_test(mydoom),
        cmocka_unit_test(netsky),
        cmocka_unit_test(a_site_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
