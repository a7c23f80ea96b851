/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Long lines that were made to be slow: no parser's time grows with the square of a line's length.
 * What is allowed is CPU time: 0.2 s for a line of 60 KB is 50 times what the slowest takes (3.4
 * ms, -O2, this test's lines without a sanitizer, 2026-11-21); the quadratic search for the end of
 * Postfix's "<WHAT>: " that was here once took 1.3 s.
 */
#include "parse_case.h"

#include <time.h>

#define LINE_BYTES 60000
#define ALLOWED_S 0.2

/* @head, then @unit up to LINE_BYTES, then @tail. */
struct long_case {
    const char *program, *head, *unit, *tail;
};

#define RCPT "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 454 4.7.1 <"
#define END ">: Relay access denied; from=<a@b.test> to=<c@d.test> proto=ESMTP helo=<u>"
#define HEADER "9E90BAB211E: reject: header Subject: "
#define FROM " from h.test[192.0.2.7]; from=<a@b.test> to=<c@d.test> proto=ESMTP helo=<u>: no"

static const struct long_case cases[] = {
    {"postfix/smtpd", RCPT, "; from=<", ""},
    {"postfix/smtpd", RCPT, "; from=<", END},
    {"postfix/smtpd", RCPT, ">: ", END},
    {"postfix/smtpd", RCPT, "; from=<a> to=<b>", END},
    {"postfix/smtpd", RCPT, "; proto=SMTP helo=<a", END},
    {"postfix/smtpd", RCPT, "; from=<\"", END},
    {"postfix/smtpd", RCPT, "> proto=", END},
    {"postfix/smtpd", RCPT, ">", END},
    {"postfix/smtpd", RCPT, ";", END},
    {"postfix/cleanup", HEADER, "; from=<", FROM},
    {"postfix/cleanup", HEADER, " from h[192.0.2.7];", FROM},
    {"postfix/cleanup", HEADER, " from h[192.0.2.7]; from=<a> to=<b>: ", FROM},
    {"postfix/smtp", "9E90BAB211E: to=<", ">, relay=", ">, relay=r, delay=1, status=sent (x)"},
    {"postfix/qmgr", "9E90BAB211E: from=<", ">, size=", ">, size=1, nrcpt=1 (queue active)"},
    {"postfix/smtpd", "lost connection after ", " from ", "h[192.0.2.7]"},
    {"postfix/postscreen", "A", "A ", "[192.0.2.7]:1"},
    {"postfix/anvil", "statistics: max connection rate 3/60s for (", "1:", "192.0.2.7)"},
    {"kernel", "", "IN=", ""},
    {"kernel", "IN= OUT= ", "SRC= ", ""},
    {"filterlog", "", ",", ""},
    {"pf", "rule 1/0(match): block in on e: ", " > ", ""},
    {"iplog", "TCP: smtp connection attempt from ", "@ (", "1.2.3.4):5"},
    {"iplog", "TCP: to ", " from ", ":5"},
    {"dovecot", "pop3-login: Login: user=<", ">, method=PLAIN, rip=", "x"},
    {"popper", "(v4) POP login by user \"", "\" at (", ") 1.2.3.4"},
    {"pop3d", "LOGIN, user=", ", ip=[", "x]"},
    {"pop3d", "LOGIN, user=u, ip=[1.2.3.4]", ", a=b", ""},
    {"named", "client 192.0.2.7#9: view ", ": ", ""},
    {"named", "client 192.0.2.7#9: view ", ": query: a", ""},
    {"named", "client 192.0.2.7#9: view ", ": a' denied (", ")"},
    {"named", "client 192.0.2.7#9: ", " resolving 'a", "': 1.2.3.4#5"},
    {"", "", "IN=", ""},
    {"", "", ": ", ""},
};

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* The quickest of three, since others use the machine too. */
static double time_of(struct dm_parse_ctx *ctx, const char *program, const GString *line)
{
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        struct dm_record rec;
        char *copy;
        double began = cpu_s();
        parse_exact(ctx, program, line->str, line->len, &rec, &copy);
        double took = cpu_s() - began;
        free(copy);
        best = took < best ? took : best;
    }
    return best;
}

static void check(struct dm_parse_ctx *ctx, const char *program, GString *line)
{
    double took = time_of(ctx, program, line);

    if (took > ALLOWED_S) {
        fail_msg("%.0f ms: %s: %.60s", took * 1e3, program, line->str);
    }
    g_string_free(line, TRUE);
}

static void long_lines_are_quick(void **state)
{
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct long_case *c = &cases[i];
        GString *line = g_string_new(c->head);
        while (line->len < LINE_BYTES) {
            g_string_append(line, c->unit);
        }
        g_string_append(line, c->tail);
        check(&ctx, c->program, line);
    }
    dm_zone_free(ctx.clock.zone);
}

/* Half a line of ends of "<WHAT>: ", half a quoted sender that each of them is compared with. */
static void a_long_quoted_sender_is_quick(void **state)
{
    struct dm_parse_ctx ctx;
    GString *line = g_string_new(RCPT);

    (void)state;
    start(&ctx);
    while (line->len < LINE_BYTES / 2) {
        g_string_append(line, ">: ");
    }
    g_string_append(line, ">: x; from=<\"");
    while (line->len < LINE_BYTES) {
        g_string_append(line, ">: ");
    }
    g_string_append(line, "\"@b.test> to=<c@d.test> proto=ESMTP helo=<u>");
    check(&ctx, "postfix/smtpd", line);
    dm_zone_free(ctx.clock.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_lines_are_quick),
        cmocka_unit_test(a_long_quoted_sender_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
