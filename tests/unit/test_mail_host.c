/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mail servers that nobody listed: mass-mailer and keyword-scan where a mail log says what they
 * are.
 */
#include "monitor_run.h"

#define RULE "mass-mailer"

/* A mail server that nobody listed, whose mail log is read: 100 new domains are a notice. Without
 * that log, or with one of another machine, they are an alarm. Names of mail servers likewise. */
static void a_mail_log_lowers_the_level(void **unused)
{
#define CONNECT " postfix/smtpd[1]: connect from relay.example[203.0.113.9]"
    static const struct {
        const char *what, *config, *log;
        bool policy; /* it also asks what only mail servers ask */
        int level;
    } rows[] = {
        {"no log", "[hosts]\nmx1 = " RUN_PC "\n", NULL, false, DNSMON_ALARM},
        {"its entry's log", "[hosts]\nmx1 = " RUN_PC "\n", "mx1", false, DNSMON_NOTICE},
        {"its second address", "[hosts]\nmx1 = 192.0.2.26; " RUN_PC "\n", "mx1", false,
         DNSMON_NOTICE},
        {"a log of its address", "[hosts]\nmx1 = " RUN_PC "\n", RUN_PC, false, DNSMON_NOTICE},
        {"another entry's", "[hosts]\nmx1 = " RUN_PC "\nmx2 = 192.0.2.26\n", "mx2", false,
         DNSMON_ALARM},
        {"a log of nobody", "", "mx1", false, DNSMON_ALARM},
        {"a mail host, and no log", "", NULL, true, DNSMON_ALARM},
        {"a mail host, and a log of nobody", "", "mx1", true, DNSMON_NOTICE},
        {"a mail host, and another's log", "[hosts]\nmx2 = 192.0.2.26\n", "mx2", true,
         DNSMON_ALARM},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct run r;
        run_begin(&r, row->config);
        if (row->log) {
            char *line = g_strconcat("2026-05-12T09:00:00Z ", row->log, CONNECT, NULL);
            run_raw(&r, line);
            g_free(line);
        }
        for (unsigned i = 0; i < 100; i++) {
            char name[64];
            run_series(&r, 36000 + i * 60, 1, 1, RUN_PC, "MX", "d", i);
            run_series(&r, 36001 + i * 60, 1, 1, RUN_PC, "A", "mail.k", i);
            if (row->policy) {
                g_snprintf(name, sizeof name, "_dmarc.d%u.example", i);
                run_query(&r, 36002 + i * 60, RUN_PC, "TXT", name);
                g_snprintf(name, sizeof name, "%u.100.51.198.in-addr.arpa", i);
                run_query(&r, 36002 + i * 60, RUN_PC, "PTR", name);
            }
        }
        run_end(&r);
        int most = 0;
        bool scan = false;
        const struct dnsmon_event *ev;
        for (unsigned i = 0; (ev = run_event(&r, RULE, i)) != NULL; i++) {
            most = MAX(most, (int)ev->level);
        }
        for (unsigned i = 0; (ev = run_event(&r, "keyword-scan", i)) != NULL; i++) {
            scan = scan || ev->level == DNSMON_ALARM;
        }
        CHECK_ROW(row->what, most == row->level);
        CHECK_ROW(row->what, row->policy || scan == (row->level == DNSMON_ALARM));
        run_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_log_lowers_the_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
