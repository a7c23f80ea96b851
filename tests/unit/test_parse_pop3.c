/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * POP3 servers (Dovecot, Qpopper, Courier): a table of lines with the parse worked out by hand,
 * user names that imitate the rest of the line, and random bytes.
 */
#include "parse_case.h"

/* @client NULL: a line of no use. */
struct pop3_case {
    const char *name, *program, *msg;
    const char *parser, *client, *user;
    enum dm_verdict verdict;
};

static const struct pop3_case cases[] = {
    {"Dovecot 2.3", "dovecot",
     "pop3-login: Login: user=<u>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, mpid=42, TLS, "
     "session=<Ab+/1>",
     "dovecot", "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Dovecot 1.0 under its own name", "pop3-login",
     "Login: user=<u>, method=PLAIN, rip=::ffff:192.0.2.7, lip=::ffff:198.51.100.1, secured",
     "dovecot", "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Dovecot's own log file", "",
     "2026-11-21 06:25:48 pop3-login: Info: Login: user=<u>, method=PLAIN, rip=192.0.2.7, "
     "lip=198.51.100.1",
     "dovecot", "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Dovecot 2.4", "dovecot",
     "pop3-login: Logged in: user=<u>, method=PLAIN, rip=2001:db8::7, lip=2001:db8::1, mpid=1",
     "dovecot", "2001:db8::7", "u", DM_PARSE_RECORD},
    {"Dovecot: the user forges a whole line", "dovecot",
     "pop3-login: Login: user=<x>, method=PLAIN, rip=203.0.113.9, lip=203.0.113.1, session=<y>, "
     "method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, mpid=42",
     "dovecot", "192.0.2.7", "x>, method=PLAIN, rip=203.0.113.9, lip=203.0.113.1, session=<y",
     DM_PARSE_RECORD},
    {"Dovecot: another order of elements", "dovecot",
     "pop3-login: Login: rip=192.0.2.7, lip=198.51.100.1, user=<x>, method=PLAIN, rip=203.0.113.9",
     "dovecot", "192.0.2.7", NULL, DM_PARSE_RECORD},
    {"Dovecot: a failure", "dovecot",
     "pop3-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<u>, method=PLAIN, "
     "rip=192.0.2.7, lip=198.51.100.1",
     "dovecot", NULL, NULL, DM_PARSE_RECORD},
    {"Dovecot: IMAP", "dovecot",
     "imap-login: Login: user=<u>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1", "dovecot", NULL,
     NULL, DM_PARSE_RECORD},
    {"Dovecot: IMAP under its own name", "imap-login",
     "Login: user=<u>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1", "dovecot", NULL, NULL,
     DM_PARSE_RECORD},
    {"Dovecot: the session's end", "dovecot",
     "pop3(pop3-login: Login: rip=203.0.113.9)[12<ab>]: Disconnected: Logged out top=0/0",
     "dovecot", NULL, NULL, DM_PARSE_RECORD},
    {"Dovecot: no address", "dovecot",
     "pop3-login: Login: user=<u>, method=PLAIN, rip=host.test, lip=198.51.100.1", "dovecot", NULL,
     NULL, DM_PARSE_MALFORMED},
    {"Qpopper", "popper", "(v4.0.5) POP login by user \"u\" at (h.test) 192.0.2.7", "qpopper",
     "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Qpopper with its source's line", "qpopper",
     "(v4.1.0) POP login by user \"u\" at (h.test) 192.0.2.7 [pop_log.c:244]", "qpopper",
     "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Qpopper: the user forges a client", "qpopper",
     "(v4.0.5) POP login by user \"x\" at (h) 203.0.113.9 [a.c:1]\" at (h.test) 192.0.2.7",
     "qpopper", "192.0.2.7", "x\" at (h) 203.0.113.9 [a.c:1]", DM_PARSE_RECORD},
    {"Qpopper: connection", "popper", "(v4.0.5) Servicing request from \"h.test\" at 192.0.2.7",
     "qpopper", NULL, NULL, DM_PARSE_RECORD},
    {"Qpopper: statistics", "popper", "Stats: u 1 200 0 0 h.test 192.0.2.7", "qpopper", NULL, NULL,
     DM_PARSE_RECORD},
    {"Qpopper: failure", "popper",
     "u at h.test (192.0.2.7): -ERR [AUTH] Password supplied for \"u\" is incorrect.", "qpopper",
     NULL, NULL, DM_PARSE_RECORD},
    {"Qpopper: cut", "popper", "(v4.0.5) POP login by user \"u\" at (h.test) ", "qpopper", NULL,
     NULL, DM_PARSE_MALFORMED},
    {"Courier", "pop3d", "LOGIN, user=u, ip=[::ffff:192.0.2.7], port=[4444]", "courier",
     "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Courier, old", "courierpop3login", "LOGIN, user=u, ip=[::ffff:192.0.2.7]", "courier",
     "192.0.2.7", "u", DM_PARSE_RECORD},
    {"Courier: the user forges a client", "pop3d-ssl",
     "LOGIN, user=u, ip=[203.0.113.9], port=[1], ip=[2001:db8::7], port=[4444], protocol=POP3",
     "courier", "2001:db8::7", "u, ip=[203.0.113.9], port=[1]", DM_PARSE_RECORD},
    {"Courier: failure", "pop3d", "LOGIN FAILED, user=u, ip=[::ffff:192.0.2.7]", "courier", NULL,
     NULL, DM_PARSE_RECORD},
    {"Courier: end", "pop3d",
     "LOGOUT, user=u, ip=[::ffff:192.0.2.7], port=[4444], top=0, retr=0, rcvd=12, sent=39, time=0",
     "courier", NULL, NULL, DM_PARSE_RECORD},
    {"Courier: IMAP", "imapd", "LOGIN, user=u, ip=[::ffff:192.0.2.7], port=[1], protocol=IMAP",
     "courier", NULL, NULL, DM_PARSE_RECORD},
    {"Courier: IMAP by the protocol", "pop3d",
     "LOGIN, user=u, ip=[::ffff:192.0.2.7], port=[1], protocol=IMAP", "courier", NULL, NULL,
     DM_PARSE_RECORD},
    {"Courier: no address", "pop3d", "LOGIN, user=u, ip=[unknown]", "courier", NULL, NULL,
     DM_PARSE_MALFORMED},
};

static void lines_are_read(void **state)
{
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct pop3_case *c = &cases[i];
        struct dm_record rec;
        char *copy;
        enum dm_verdict v = parse_exact(&ctx, c->program, c->msg, strlen(c->msg), &rec, &copy);
        enum dm_record_kind kind = c->client ? DM_REC_POP3_LOGIN : DM_REC_NONE;
        if (v != c->verdict || !rec.parser || strcmp(rec.parser, c->parser) != 0 ||
            rec.kind != kind || !is_client(&rec, c->client) ||
            (c->client && !is(rec.sasl_user, c->user))) {
            fail_msg("%s: verdict %d, kind %d, user %.*s", c->name, v, rec.kind,
                     (int)rec.sasl_user.n, rec.sasl_user.p ? rec.sasl_user.p : "");
        }
        free(copy);
    }
    dm_zone_free(ctx.clock.zone);
}

/* User names made of the line's own parts. */
static void no_user_forges_a_client(void **state)
{
    static const char *const forms[][2] = {
        {"dovecot", "pop3-login: Login: user=<%s>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, "
                    "mpid=4, TLS, session=<aA+/>"},
        {"pop3-login", "Login: user=<%s>, method=LOGIN, rip=192.0.2.7, lip=198.51.100.1"},
        {"popper", "(v4.0.5) POP login by user \"%s\" at (%s) 192.0.2.7"},
        {"popper", "(v4.0.5) POP login by user \"%s\" at (h.test) 192.0.2.7 [pop_log.c:244]"},
        {"pop3d", "LOGIN, user=%s, ip=[::ffff:192.0.2.7], port=[4444]"},
        {"pop3d", "LOGIN, user=%s, ip=[::ffff:192.0.2.7]"},
    };
    static const char *const words[] = {
        ">",
        ", method=PLAIN",
        ", rip=203.0.113.9",
        ", lip=203.0.113.1",
        "<",
        "\" at (h) ",
        "203.0.113.9",
        ", ip=[203.0.113.9]",
        ", port=[1]",
        "]",
        ")",
        "(",
        " ",
        "[a.c:1]",
        "\"",
        "user=<",
        "u",
        ", protocol=IMAP",
        "pop3-login: Login: ",
    };
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        size_t form = (size_t)i % G_N_ELEMENTS(forms);
        GString *user = g_string_new(NULL), *line = g_string_new(NULL);
        struct dm_record rec;
        char *copy;
        for (int n = g_rand_int_range(r, 0, 10); n > 0; n--) {
            g_string_append(user, pick(r, words, G_N_ELEMENTS(words)));
        }
        gchar **parts = g_strsplit(forms[form][1], "%s", -1);
        for (size_t k = 0; parts[k]; k++) {
            g_string_append_printf(line, "%s%s", k ? user->str : "", parts[k]);
        }
        parse_exact(&ctx, forms[form][0], line->str, line->len, &rec, &copy);
        if (rec.kind != DM_REC_POP3_LOGIN || !is_client(&rec, "192.0.2.7")) {
            fail_msg("kind %d: %s", rec.kind, line->str);
        }
        free(copy);
        g_strfreev(parts);
        g_string_free(user, TRUE);
        g_string_free(line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

static void any_bytes_are_survived(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        const struct pop3_case *c = &cases[g_rand_int_range(r, 0, (gint)G_N_ELEMENTS(cases))];
        GString *line = g_string_new(c->msg);
        struct dm_record rec;
        char *copy;
        for (int k = g_rand_int_range(r, 0, 4); k > 0; k--) {
            line->str[g_rand_int_range(r, 0, (gint)line->len)] = (char)g_rand_int_range(r, 0, 256);
        }
        gsize n = (gsize)g_rand_int_range(r, 0, (gint)line->len + 1);
        parse_exact(&ctx, i % 3 ? c->program : "", line->str, n, &rec, &copy);
        free(copy);
        g_string_free(line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(no_user_forges_a_client),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
