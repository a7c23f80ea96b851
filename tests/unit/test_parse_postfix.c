/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The Postfix parser: a table of lines of releases 1.1 to 3.10 with the parse worked out by hand
 * from Postfix's sources.
 */
#include "parse_case.h"

/* ---- rejects ----------------------------------------------------------------------------- */

struct reject {
    const char *name, *program, *msg;
    const char *client, *host, *qid, *action, *dsn, *what, *sender, *recipient, *proto, *helo;
    int code, port;
    enum dm_reject_reason reason;
    bool ambiguous;
};

static const struct reject rejects[] = {
    {"1.1: no queue id, protocol and HELO", "postfix/smtpd",
     "reject: RCPT from unknown[192.0.2.7]: 554 <x@y.test>: Relay access denied; from=<a@b.test> "
     "to=<x@y.test>",
     "192.0.2.7", "unknown", NULL, "reject", NULL, "x@y.test", "a@b.test", "x@y.test", NULL, NULL,
     554, 0, DM_REJ_RELAY_DENIED, false},
    {"2.0: user unknown alone", "postfix/smtpd",
     "6B7275F30: reject: RCPT from unknown[192.0.2.7]: 450 <x@y.test>: User unknown in local "
     "recipient table; from=<> to=<x@y.test> proto=SMTP helo=<h>",
     "192.0.2.7", "unknown", "6B7275F30", "reject", NULL, "x@y.test", "", "x@y.test", "SMTP", "h",
     450, 0, DM_REJ_USER_UNKNOWN, false},
    {"2.0: HELO with '>'", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 <x@y.test>: Relay access denied; from=<> "
     "to=<x@y.test> proto=SMTP helo=<a b> c>",
     "192.0.2.7", "unknown", NULL, "reject", NULL, "x@y.test", "", "x@y.test", "SMTP", "a b> c",
     554, 0, DM_REJ_RELAY_DENIED, false},
    {"3.7: user unknown is tested before recipient", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 550 5.1.1 <n@y.test>: Recipient address "
     "rejected: User unknown in virtual mailbox table; from=<a@b.test> to=<n@y.test> proto=ESMTP "
     "helo=<h>",
     "192.0.2.7", "h.test", NULL, "reject", "5.1.1", "n@y.test", "a@b.test", "n@y.test", "ESMTP",
     "h", 550, 0, DM_REJ_USER_UNKNOWN, false},
    {"recipient", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 504 5.5.2 <n>: Recipient address rejected: "
     "need fully-qualified address; from=<a@b.test> to=<n> proto=ESMTP helo=<h>",
     "192.0.2.7", "h.test", NULL, "reject", "5.5.2", "n", "a@b.test", "n", "ESMTP", "h", 504, 0,
     DM_REJ_RECIPIENT, false},
    {"sender, no recipient yet", "postfix/smtpd",
     "NOQUEUE: reject: MAIL from h.test[192.0.2.7]: 450 4.1.8 <a@no.test>: Sender address "
     "rejected: Domain not found; from=<a@no.test> proto=ESMTP helo=<h>",
     "192.0.2.7", "h.test", NULL, "reject", "4.1.8", "a@no.test", "a@no.test", NULL, "ESMTP", "h",
     450, 0, DM_REJ_SENDER, false},
    {"HELO", "postfix/smtpd",
     "NOQUEUE: reject: HELO from h.test[192.0.2.7]: 504 5.5.2 <x>: Helo command rejected: need "
     "fully-qualified hostname; proto=SMTP helo=<x>",
     "192.0.2.7", "h.test", NULL, "reject", "5.5.2", "x", NULL, NULL, "SMTP", "x", 504, 0,
     DM_REJ_HELO, false},
    {"CONNECT with a second address", "postfix/smtpd",
     "NOQUEUE: reject: CONNECT from unknown[192.0.2.114]: 450 4.7.25 Client host rejected: cannot "
     "find your hostname, [198.51.100.114]; proto=SMTP",
     "192.0.2.114", "unknown", NULL, "reject", "4.7.25", NULL, NULL, NULL, "SMTP", NULL, 450, 0,
     DM_REJ_CLIENT, false},
    {"an access table's client", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[2001:db8::7]:4321: 554 5.7.1 <h.test[2001:db8::7]>: Client "
     "host rejected: Access denied; from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<h>",
     "2001:db8::7", "h.test", NULL, "reject", "5.7.1", "h.test[2001:db8::7]", "a@b.test",
     "n@y.test", "ESMTP", "h", 554, 4321, DM_REJ_ACCESS, false},
    {"a block list", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 554 5.7.1 Service unavailable; Client host "
     "[192.0.2.7] blocked using bl.test; http://bl.test/?<b>&c=[1.2.3.4]) - proto=SMTP helo=<z>; "
     "from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<h>",
     "192.0.2.7", "h.test", NULL, "reject", "5.7.1", NULL, "a@b.test", "n@y.test", "ESMTP", "h",
     554, 0, DM_REJ_DNSBL, false},
    {"postscreen", "postfix/postscreen",
     "NOQUEUE: reject: RCPT from [192.0.2.7]:4321: 550 5.7.1 Service unavailable; client "
     "[192.0.2.7] blocked using bl.test; from=<a@b.test>, to=<n@y.test>, proto=ESMTP, helo=<h>",
     "192.0.2.7", "", NULL, "reject", "5.7.1", NULL, "a@b.test", "n@y.test", "ESMTP", "h", 550,
     4321, DM_REJ_DNSBL, false},
    {"3.10 with a user", "postfix/submission/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 554 5.7.1 <n@y.test>: Relay access denied; "
     "from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<h> sasl_method=PLAIN sasl_username=u",
     "192.0.2.7", "h.test", NULL, "reject", "5.7.1", "n@y.test", "a@b.test", "n@y.test", "ESMTP",
     "h", 554, 0, DM_REJ_RELAY_DENIED, false},
    {"discard has no code", "postfix/smtpd",
     "NOQUEUE: discard: RCPT from h.test[192.0.2.7]: <d@b.test>: Sender address triggers DISCARD "
     "action; from=<d@b.test> to=<n@y.test> proto=ESMTP helo=<h>",
     "192.0.2.7", "h.test", NULL, "discard", NULL, "d@b.test", "d@b.test", "n@y.test", "ESMTP", "h",
     0, 0, DM_REJ_DISCARD, false},
    {"another syslog_name", "postfix-out/smtpd",
     "4jWj4z5Zl2z1dWp8: milter-reject: END-OF-MESSAGE from h.test[192.0.2.7]: 5.7.1 virus; "
     "from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<h>",
     "192.0.2.7", "h.test", "4jWj4z5Zl2z1dWp8", "milter-reject", NULL, NULL, "a@b.test", "n@y.test",
     "ESMTP", "h", 0, 0, DM_REJ_OTHER, false},
    {"quoted, neither the first nor the last; from=< is right", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 454 4.7.1 <q; from=<a> to=<b>@e.test>: Relay "
     "access denied; from=<\"x> to=<y\"@s.test> to=<\"q; from=<a> to=<b>\"@e.test> proto=ESMTP "
     "helo=<u>",
     "192.0.2.7", "h.test", NULL, "reject", "4.7.1", "q; from=<a> to=<b>@e.test",
     "\"x> to=<y\"@s.test", "\"q; from=<a> to=<b>\"@e.test", "ESMTP", "u", 454, 0,
     DM_REJ_RELAY_DENIED, false},
    {"the same without quotes says that it is ambiguous", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 454 4.7.1 <q; from=<a> to=<b>@e.test>: Relay "
     "access denied; from=<x> to=<y@s.test> to=<q; from=<a> to=<b>@e.test> proto=ESMTP helo=<u>",
     "192.0.2.7", "h.test", NULL, "reject", "4.7.1", "q; from=<a> to=<b>@e.test", NULL, NULL, NULL,
     NULL, 454, 0, DM_REJ_RELAY_DENIED, true},
    {"a sender without quotes that brings a HELO of its own", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 454 4.7.1 <n@e.test>: Relay access denied; "
     "from=<x> to=<y> proto=SMTP helo=<z@s.test> to=<n@e.test> proto=ESMTP helo=<u>",
     "192.0.2.7", "h.test", NULL, "reject", "4.7.1", "n@e.test", NULL, NULL, NULL, NULL, 454, 0,
     DM_REJ_RELAY_DENIED, true},
    {"an unquoted blank with one reading", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from h.test[192.0.2.7]: 454 4.7.1 <x y@e.test>: Relay access denied; "
     "from=<a b@s.test> to=<x y@e.test> proto=ESMTP helo=<u>",
     "192.0.2.7", "h.test", NULL, "reject", "4.7.1", "x y@e.test", "a b@s.test", "x y@e.test",
     "ESMTP", "u", 454, 0, DM_REJ_RELAY_DENIED, false},
    {"no client address", "postfix/smtpd",
     "NOQUEUE: reject: RCPT from unknown[unknown]: 554 5.7.1 <n@y.test>: Relay access denied; "
     "from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<h>",
     NULL, "unknown", NULL, "reject", "5.7.1", "n@y.test", "a@b.test", "n@y.test", "ESMTP", "h",
     554, 0, DM_REJ_RELAY_DENIED, false},
    {"cleanup with a forged client in the Subject", "postfix/cleanup",
     "9E90BAB211E: reject: header Subject: x; from=<x> to=<y> from f.test[1.2.3.4]; from=<a> "
     "to=<b> from h.test[192.0.2.7]; from=<a@b.test> to=<n@y.test> proto=ESMTP helo=<u>: 5.7.1 no",
     "192.0.2.7", "h.test", "9E90BAB211E", "reject", NULL,
     "header Subject: x; from=<x> to=<y> from f.test[1.2.3.4]; from=<a> to=<b>", "a@b.test",
     "n@y.test", "ESMTP", "u", 0, 0, DM_REJ_OTHER, false},
};

static bool is_reject(const struct reject *r, const struct dm_record *rec)
{
    return rec->kind == DM_REC_SMTP_REJECT && is_client(rec, r->client) &&
           is(rec->peer_name, r->host) && is(rec->queue_id, r->qid) && is(rec->action, r->action) &&
           is(rec->dsn, r->dsn) && is(rec->what, r->what) && is(rec->sender, r->sender) &&
           is(rec->recipient, r->recipient) && is(rec->proto, r->proto) && is(rec->helo, r->helo) &&
           rec->code == r->code && rec->client_port == r->port && rec->reason == r->reason &&
           rec->ambiguous == r->ambiguous;
}

static void print_text(const char *name, struct dm_slice s)
{
    print_error("  %s \"%.*s\"\n", name, (int)s.n, s.p ? s.p : "");
}

static void reject_table(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rejects); i++) {
        const struct reject *r = &rejects[i];
        struct dm_parse_ctx ctx;
        struct dm_record rec;
        char *copy;
        start(&ctx);
        parse_exact(&ctx, r->program, r->msg, strlen(r->msg), &rec, &copy);
        if (!is_reject(r, &rec)) {
            print_error("%s: kind %d code %d reason %d ambiguous %d\n", r->name, rec.kind, rec.code,
                        rec.reason, rec.ambiguous);
            print_text("client", rec.client_text);
            print_text("what", rec.what);
            print_text("sender", rec.sender);
            print_text("recipient", rec.recipient);
            print_text("helo", rec.helo);
            wrong++;
        }
        free(copy);
        dm_zone_free(ctx.clock.zone);
    }
    assert_int_equal(wrong, 0);
}

/* ---- other lines ------------------------------------------------------------------------- */

static const struct {
    const char *name, *program, *msg;
    enum dm_verdict verdict;
    enum dm_record_kind kind;
    const char *client, *qid;
} others[] = {
    {"connect", "postfix/smtpd", "connect from h.test[192.0.2.7]", DM_PARSE_RECORD,
     DM_REC_SMTP_CONNECT, "192.0.2.7", NULL},
    {"connect with port", "postfix/smtpd", "connect from unknown[2001:db8::7]:4321",
     DM_PARSE_RECORD, DM_REC_SMTP_CONNECT, "2001:db8::7", NULL},
    {"connect of nobody", "postfix/smtpd", "connect from unknown[unknown]", DM_PARSE_RECORD,
     DM_REC_SMTP_CONNECT, NULL, NULL},
    {"disconnect of 2.x", "postfix/smtpd", "disconnect from h.test[192.0.2.7]", DM_PARSE_RECORD,
     DM_REC_SMTP_DISCONNECT, "192.0.2.7", NULL},
    {"client", "postfix/smtpd", "9E90BAB211E: client=h.test[192.0.2.7]", DM_PARSE_RECORD,
     DM_REC_SMTP_CLIENT, "192.0.2.7", "9E90BAB211E"},
    {"client with a user", "postfix/submission/smtpd",
     "4jWj4z5Zl2z1dWp8: client=h.test[192.0.2.7]:99, sasl_method=PLAIN, sasl_username=u@x.test",
     DM_PARSE_RECORD, DM_REC_SMTP_CLIENT, "192.0.2.7", "4jWj4z5Zl2z1dWp8"},
    {"no syslog tag", "", "NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 x; proto=SMTP",
     DM_PARSE_RECORD, DM_REC_SMTP_REJECT, "192.0.2.7", NULL},
    {"lost connection", "postfix/smtpd", "lost connection after RCPT from h.test[192.0.2.7]",
     DM_PARSE_RECORD, DM_REC_SMTP_LOST, "192.0.2.7", NULL},
    {"lost connection of 3.10", "postfix/smtpd",
     "NOQUEUE: lost connection after RCPT from h.test[192.0.2.7]", DM_PARSE_RECORD,
     DM_REC_SMTP_LOST, "192.0.2.7", NULL},
    {"a command that is a log line", "postfix/smtpd",
     "warning: non-SMTP command from h.test[192.0.2.7]: connect from x[1.2.3.4]", DM_PARSE_RECORD,
     DM_REC_SMTP_WARNING, "192.0.2.7", NULL},
    {"a message id that is a log line", "postfix/cleanup",
     "9E90BAB211E: message-id=<: reject: RCPT from x[1.2.3.4]: 554 x; from=<>>", DM_PARSE_RECORD,
     DM_REC_SMTP_MESSAGE_ID, NULL, "9E90BAB211E"},
    {"removed", "postfix/qmgr", "9E90BAB211E: removed", DM_PARSE_RECORD, DM_REC_SMTP_REMOVED, NULL,
     "9E90BAB211E"},
    {"expired", "postfix/qmgr", "9E90BAB211E: from=<a@b.test>, status=expired, returned to sender",
     DM_PARSE_RECORD, DM_REC_NONE, NULL, NULL},
    {"cleanup for a local sender", "postfix/cleanup",
     "9E90BAB211E: warning: header X: y from local; from=<z from x[1.2.3.4]; from=<a@b> to=<c@d>",
     DM_PARSE_RECORD, DM_REC_SMTP_REJECT, NULL, "9E90BAB211E"},
    {"cleanup with two readings", "postfix/cleanup",
     "9E90BAB211E: warning: header X: y from x[1.2.3.4]; from=<a@b> to=<c@d> proto=SMTP helo=<h>: "
     "z "
     "from h.test[192.0.2.7]; from=<s t@b> to=<c@d> proto=SMTP helo=<h>",
     DM_PARSE_RECORD, DM_REC_SMTP_REJECT, NULL, "9E90BAB211E"},
    {"cleanup whose table puts the header into the operator's text", "postfix/cleanup",
     "9E90BAB211E: reject: header Subject: y from x[1.2.3.4]; from=<a@b> from h.test[192.0.2.7]; "
     "from=<s@b> to=<c@d> proto=SMTP helo=<h>: 5.7.1 not y from x[1.2.3.4]; from=<a@b>",
     DM_PARSE_RECORD, DM_REC_SMTP_REJECT, NULL, "9E90BAB211E"},
    {"cleanup whose header looks like a local sender's", "postfix/cleanup",
     "9E90BAB211E: warning: header X: from local; y from h.test[192.0.2.7]; from=<a@b> to=<c@d>",
     DM_PARSE_RECORD, DM_REC_SMTP_REJECT, "192.0.2.7", "9E90BAB211E"},
    {"an address that is none", "postfix/smtpd", "connect from h.test[192.0.2.777]",
     DM_PARSE_RECORD, DM_REC_NONE, NULL, NULL},
    {"a file of log lines under a tag of its own", "maillog",
     "Nov 21 06:30:09 mx postfix/smtpd[30630]: connect from h.test[192.0.2.7]", DM_PARSE_RECORD,
     DM_REC_SMTP_CONNECT, "192.0.2.7", NULL},
    {"another program", "ftpd", "connect from h.test[192.0.2.7]", DM_PARSE_OTHER, DM_REC_NONE, NULL,
     NULL},
};

static void other_table(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        struct dm_parse_ctx ctx;
        struct dm_record rec;
        char *copy;
        start(&ctx);
        enum dm_verdict v =
            parse_exact(&ctx, others[i].program, others[i].msg, strlen(others[i].msg), &rec, &copy);
        bool ok = v == others[i].verdict && rec.kind == others[i].kind &&
                  is_client(&rec, others[i].client) &&
                  (rec.kind == DM_REC_NONE || is(rec.queue_id, others[i].qid));
        if (!ok) {
            print_error("%s: verdict %d, kind %d\n", others[i].name, v, rec.kind);
            wrong++;
        }
        free(copy);
        dm_zone_free(ctx.clock.zone);
    }
    assert_int_equal(wrong, 0);
}

static void read_msg(struct dm_parse_ctx *ctx, const char *program, const char *msg,
                     struct dm_record *rec)
{
    start(ctx);
    dm_parse_message(ctx, 0, of("mx"), of(program), of(msg), rec, NULL);
    dm_zone_free(ctx->clock.zone);
}

static void counts(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    read_msg(&ctx, "postfix/smtpd",
             "disconnect from h.test[192.0.2.7] ehlo=1 xclient=0/1 mail=2/3 rcpt=0/40 data=1 "
             "bdat=1/2 rset=1 quit=1 commands=7/51 notes=bare_lf",
             &rec);
    assert_int_equal(rec.kind, DM_REC_SMTP_DISCONNECT);
    assert_true(rec.smtp.printed);
    assert_int_equal(rec.smtp.mail_ok, 2);
    assert_int_equal(rec.smtp.mail_all, 3);
    assert_int_equal(rec.smtp.rcpt_ok, 0);
    assert_int_equal(rec.smtp.rcpt_all, 40);
    assert_int_equal(rec.smtp.data_ok, 2);
    assert_int_equal(rec.smtp.data_all, 3);
    assert_int_equal(rec.smtp.commands_ok, 7);
    assert_int_equal(rec.smtp.commands_all, 51);
    read_msg(&ctx, "postfix/smtpd", "disconnect from h.test[192.0.2.7]", &rec);
    assert_false(rec.smtp.printed);
}

static void queue(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    read_msg(&ctx, "postfix/qmgr",
             "9E90BAB211E: from=<\"x>, size=1, nrcpt=1 (queue active)\"@b.test>, size=292, nrcpt=3 "
             "(queue active)",
             &rec);
    assert_int_equal(rec.kind, DM_REC_SMTP_FROM);
    assert_true(is(rec.sender, "\"x>, size=1, nrcpt=1 (queue active)\"@b.test"));
    assert_true(rec.size_bytes == 292);
    assert_int_equal(rec.nrcpt, 3);
    read_msg(&ctx, "postfix/qmgr", "9E90BAB211E: from=<>, size=1, nrcpt=1 (queue active)", &rec);
    assert_true(is(rec.sender, ""));
}

static void delivery(void **state)
{
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    read_msg(&ctx, "postfix/smtp",
             "9E90BAB211E: to=<a@b.test>, orig_to=<c@d.test>, relay=m.b.test[192.0.2.25]:25, "
             "conn_use=2, delay=0.5, delays=0.1/0/0.2/0.2, dsn=2.0.0, status=sent (250 ok (q))",
             &rec);
    assert_int_equal(rec.kind, DM_REC_SMTP_TO);
    assert_true(is(rec.recipient, "a@b.test") && is(rec.relay, "m.b.test[192.0.2.25]:25"));
    assert_true(is(rec.dsn, "2.0.0") && is(rec.status, "sent") && is(rec.text, "250 ok (q)"));
    assert_false(rec.has_client);
    read_msg(&ctx, "postfix/local",
             "9E90BAB211E: to=<u>, relay=local, delay=1, status=sent (mailbox)", &rec);
    assert_true(is(rec.recipient, "u") && is(rec.relay, "local") && is(rec.status, "sent"));
    read_msg(
        &ctx, "postfix/smtp",
        "9E90BAB211E: to=<\"to=<x>, relay=none\"@b.test>, relay=none, delay=1, delays=0/0/1/0, "
        "tls=verified, dsn=4.4.1, status=deferred (connect to x: timed out)",
        &rec);
    assert_true(is(rec.recipient, "\"to=<x>, relay=none\"@b.test"));
    assert_true(is(rec.status, "deferred"));
    read_msg(&ctx, "postfix/smtp",
             "9E90BAB211E: to=<a@b.test>, relay=r, delay=1, dsn=5.0.0, status=bounced (host said: "
             "550 <x>, relay=q, delay=1, dsn=2.0.0, status=sent (250 ok))",
             &rec);
    assert_int_equal(rec.kind, DM_REC_SMTP_TO);
    assert_true(rec.ambiguous && is(rec.status, NULL) && is(rec.recipient, NULL));
}

static void any_bytes_are_survived(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    (void)state;
    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        const char *line = i % 2 ? rejects[(size_t)i / 2 % G_N_ELEMENTS(rejects)].msg
                                 : others[(size_t)i / 2 % G_N_ELEMENTS(others)].msg;
        size_t n = strlen(line);
        char *bytes = g_strdup(line), *copy;
        struct dm_record rec;
        for (int k = g_rand_int_range(r, 1, 6); k > 0; k--) {
            bytes[g_rand_int_range(r, 0, (gint)n)] = (char)g_rand_int_range(r, 0, 256);
        }
        parse_exact(&ctx, i % 3 ? "postfix/smtpd" : "postfix/cleanup", bytes, n, &rec, &copy);
        free(copy);
        g_free(bytes);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reject_table), cmocka_unit_test(other_table),
        cmocka_unit_test(counts),       cmocka_unit_test(queue),
        cmocka_unit_test(delivery),     cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
