/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The Postfix parser: laws on random lines with hostile addresses, built here as Postfix builds
 * them. A failing case is repeated with DM_TEST_SEED=<printed seed>.
 */
#include "parse_case.h"

/* A local part out of pieces of log lines. */
static char *local_part(GRand *r)
{
    static const char *const words[] = {
        "a",
        "user",
        "; from=<",
        "> to=<",
        "@e.test",
        "> proto=SMTP helo=<h>",
        " from x[1.2.3.4]: ",
        ">: ",
        "Relay access denied",
        "\"",
        "\\",
        " ",
        "to=<x>, relay=none",
        "[",
        "]",
        ": 554 ",
        " from x[1.2.3.4]; from=<",
        "; proto=SMTP",
        ">, relay=none, delay=1, status=sent (",
        ">, size=1, nrcpt=1 (queue active)",
        "\xc3\xa4",
        ",",
        "b.c",
    };
    GString *s = g_string_new("u");

    for (int n = g_rand_int_range(r, 0, 6); n > 0; n--) {
        g_string_append(s, pick(r, words, G_N_ELEMENTS(words)));
    }
    return g_string_free(s, FALSE);
}

/* As quote_822_local() of Postfix 3.5: quoted where it is no dot-string. */
static char *quoted(const char *local)
{
    GString *s = g_string_new("\"");

    if (!strpbrk(local, " ()<>[]:;,\\\"@")) {
        g_string_assign(s, local);
    } else {
        for (const char *p = local; *p; p++) {
            if (*p == '"' || *p == '\\') {
                g_string_append_c(s, '\\');
            }
            g_string_append_c(s, *p);
        }
        g_string_append_c(s, '"');
    }
    return g_string_free(s, FALSE);
}

struct made {
    char *sender, *recipient, *line;
    bool relay; /* the text names the recipient, else the sender */
};

/* A reject as Postfix 3.5 and later (@quote) or earlier print it. */
static void make_reject(GRand *r, bool quote, struct made *m)
{
    char *from = local_part(r), *to = local_part(r);
    char *from_q = quote ? quoted(from) : g_strdup(from);
    char *to_q = quote ? quoted(to) : g_strdup(to);

    m->relay = g_rand_boolean(r);
    m->sender = g_strdup_printf("%s@s.test", from_q);
    m->recipient = g_strdup_printf("%s@r.test", to_q);
    m->line = g_strdup_printf(
        "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 554 5.7.1 <%s@%s>: %s; "
        "from=<%s> to=<%s> proto=ESMTP helo=<h>",
        m->relay ? to : from, m->relay ? "r.test" : "s.test",
        m->relay ? "Relay access denied" : "Sender address rejected: no", m->sender, m->recipient);
    g_free(from);
    g_free(to);
    g_free(from_q);
    g_free(to_q);
}

static void unmake(struct made *m)
{
    g_free(m->sender);
    g_free(m->recipient);
    g_free(m->line);
}

/* Quoted addresses: everything is read back, or said to be ambiguous; that is very rare. */
static void quoted_rejects_are_read_back(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;
    unsigned ambiguous = 0;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        struct made m;
        struct dm_record rec;
        char *copy;
        make_reject(r, true, &m);
        parse_exact(&ctx, "postfix/smtpd", m.line, strlen(m.line), &rec, &copy);
        bool right = is(rec.sender, m.sender) && is(rec.recipient, m.recipient) &&
                     is(rec.helo, "h") &&
                     rec.reason == (m.relay ? DM_REJ_RELAY_DENIED : DM_REJ_ACCESS);
        if (rec.kind != DM_REC_SMTP_REJECT || !is_client(&rec, "192.0.2.7") ||
            !(right || rec.ambiguous)) {
            fail_msg("round %d, kind %d, reason %d: %s", i, rec.kind, rec.reason, m.line);
        }
        ambiguous += rec.ambiguous;
        free(copy);
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
    print_message("%u of %d ambiguous\n", ambiguous, ROUNDS);
    assert_true(ambiguous < ROUNDS / 1000);
}

/* Unquoted addresses, and any line cut anywhere: never another client. */
static void the_client_is_certain(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS / 40; i++) {
        struct made m;
        make_reject(r, i % 2, &m);
        for (size_t n = strlen(m.line), k = 0; k <= n; k++) {
            struct dm_record rec;
            char *copy;
            parse_exact(&ctx, "postfix/smtpd", m.line, n - k, &rec, &copy);
            if ((k == 0 || rec.has_client) && !is_client(&rec, "192.0.2.7")) {
                fail_msg("cut by %zu: %s", k, m.line);
            }
            free(copy);
        }
        unmake(&m);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

/* A header that imitates clients, addresses in quoted form: the true client or none. */
static void cleanup_names_no_other_client(void **state)
{
    static const char *const words[] = {
        " from x[1.2.3.4]", "; from=<a@b>", " to=<c@d>",   " proto=SMTP", " helo=<h>",  ": z",
        "Subject",          "; ",           " from local", " ",           "; from=<\"",
    };
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;
    unsigned read = 0;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        GString *line = g_string_new("9E90BAB211E: warning: header Subject: ");
        struct dm_record rec;
        struct made m;
        char *copy;
        make_reject(r, true, &m);
        for (int n = g_rand_int_range(r, 0, 12); n > 0; n--) {
            g_string_append(line, pick(r, words, G_N_ELEMENTS(words)));
        }
        g_string_append_printf(line,
                               " from h.test[192.0.2.7]; from=<%s> to=<%s> proto=ESMTP helo=<u>%s",
                               m.sender, m.recipient, i % 2 ? ": no thanks" : "");
        parse_exact(&ctx, "postfix/cleanup", line->str, line->len, &rec, &copy);
        if (rec.has_client && !is_client(&rec, "192.0.2.7")) {
            fail_msg("round %d: %s", i, line->str);
        }
        read += rec.has_client;
        free(copy);
        unmake(&m);
        g_string_free(line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
    print_message("%u of %d read\n", read, ROUNDS);
    assert_true(read > ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoted_rejects_are_read_back),
        cmocka_unit_test(the_client_is_certain),
        cmocka_unit_test(cleanup_names_no_other_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
