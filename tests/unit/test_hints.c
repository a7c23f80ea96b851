/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Hints (doc/SCIENCE.md B N7): what each is worth, that they add to a run of mass-mailer and never
 * alarm alone; Fisher's test by hand.
 */
#include "monitor_run.h"

#include "detect/detector.h"
#include "stats/fisher.h"

#define RULE "mass-mailer"
#define LOOPBACK "1.0.0.127.in-addr.arpa"

static void fisher(void **unused)
{
    static const struct {
        unsigned a, b, c, d;
        double p;
    } rows[] = {
        {5, 0, 0, 9, 1.0 / 2002}, /* 1 / C(14, 5) */
        {5, 0, 0, 5, 1.0 / 252},  /* 1 / C(10, 5) */
        {3, 1, 1, 3, 17.0 / 70},  /* the lady tasting tea: 16/70 + 1/70 */
        {5, 0, 9, 0, 1},          /* nothing differs */
        {0, 5, 3, 3, 1},          /* less often is not more often */
        {0, 0, 3, 3, 1},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        run_near(dm_fisher_more(row->a, row->b, row->c, row->d), row->p, 1e-9);
    }
}

static void query_with(struct run *r, double at, const char *type, const char *name,
                       const char *flags)
{
    char line[512];

    run_line(line, sizeof line, at, RUN_PC, type, name);
    char *plus = strstr(line, " + (");
    assert_non_null(plus);
    char *whole = g_strdup_printf("%.*s %s%s", (int)(plus - line), line, flags, plus + 2);
    run_raw(r, whole);
    g_free(whole);
}

/* What is added to the score of one new domain an hour, which is far below the cap. */
static void weights(void **unused)
{
    static const struct {
        const char *what;
        const char *type, *name; /* "?": a letter each */
        unsigned n;
        double nats;
    } rows[] = {
        {"none", "A", "www.example", 1, 0},
        {"a literal", "A", "198.51.100.9", 1, 1},
        {"three literals", "A", "198.51.100.9", 3, 3},
        {"ten are three", "A", "198.51.100.9", 10, 3},
        {"loopback", "PTR", LOOPBACK, 5, 0.5},
        {"Apple's loopback", "PTR", "1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa", 5, 0},
        {"two root servers", "A", "?.root-servers.net", 2, 0},
        {"three", "A", "?.root-servers.net", 3, 3},
        {"thirteen", "A", "?.root-servers.net", 13, 3},
    };
    (void)unused;
    double plain = 0;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "[detector mass-mailer]\nthreshold = 12\nalarm-domains = 100\n");
        run_query(&r, 30000, RUN_PC, "A", "www.example");
        run_query(&r, 30000, RUN_PC, "A", "mail.provider.example"); /* there is a state now */
        for (unsigned i = 0; i < row->n; i++) {
            char name[64];
            g_strlcpy(name, row->name, sizeof name);
            if (*name == '?') {
                *name = (char)('a' + (int)i);
            }
            run_query(&r, 35990 + i / 2.0, RUN_PC, row->type, name);
        }
        run_series(&r, 36000, 3600, 9, RUN_PC, "MX", "d", 0);
        run_end(&r);
        const struct dnsmon_event *ev = run_event(&r, RULE, 0);
        assert_non_null(ev);
        plain = row->nats == 0 && plain == 0 ? ev->score : plain;
        if (fabs(ev->score - plain - row->nats) > 0.01) {
            fail_msg("%s: %.3f more, want %.1f", row->what, ev->score - plain, row->nats);
        }
        run_free(&r);
    }
}

/* All hints together and seven new domains: nothing is said. */
static void never_alone(void **unused)
{
    struct run r;

    (void)unused;
    run_begin(&r, "");
    for (int i = 0; i < 100; i++) {
        char name[64];
        g_snprintf(name, sizeof name, "198.51.100.%d", i);
        run_query(&r, 36000 + i, RUN_PC, "A", name);
        run_query(&r, 36000 + i, RUN_PC, "PTR", LOOPBACK);
        g_snprintf(name, sizeof name, "%c.root-servers.net", 'a' + i % 13);
        run_query(&r, 36000 + i, RUN_PC, "A", name);
    }
    run_series(&r, 36100, 60, 7, RUN_PC, "MX", "d", 0);
    run_end(&r);
    assert_null(run_event(&r, RULE, 0));
    run_free(&r);
}

/* Eight new domains are a notice; with MX flags that are not the client's own, an alarm. */
static void foreign_flags(void **unused)
{
    static const struct {
        const char *what, *a, *mx;
        unsigned others;
        int level;
    } rows[] = {
        {"the same", "+", "+", 30, DNSMON_NOTICE},
        {"EDNS and a cookie", "+", "+E(0)K", 30, DNSMON_ALARM},
        {"a plain program on a modern system", "+E(0)", "+", 30, DNSMON_ALARM},
        {"DO", "+E(0)", "+E(0)D", 30, DNSMON_ALARM},
        /* 8 MX and 3 others: 1 / C(11, 3) = 1/165; 4: 1/495; 5: 1/1287 */
        {"too few to tell", "+", "+E(0)K", 4, DNSMON_NOTICE},
        {"just enough", "+", "+E(0)K", 5, DNSMON_ALARM},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, "");
        query_with(&r, 35000, "A", "mail.provider.example", row->a);
        for (unsigned i = 1; i < row->others; i++) {
            query_with(&r, 35000 + i, i % 2 ? "A" : "AAAA", "www.example", row->a);
        }
        for (unsigned i = 0; i < 8; i++) {
            char name[32];
            g_snprintf(name, sizeof name, "d%u.example", i);
            query_with(&r, 36000 + i * 60, "MX", name, row->mx);
        }
        run_end(&r);
        assert_non_null(run_event(&r, RULE, 0));
        CHECK_ROW(row->what, (int)run_event(&r, RULE, 0)->level == row->level);
        run_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fisher),
        cmocka_unit_test(weights),
        cmocka_unit_test(never_alone),
        cmocka_unit_test(foreign_flags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
