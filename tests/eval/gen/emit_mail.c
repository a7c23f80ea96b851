/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix lines as release 2.0 and release 3 write them, and Dovecot's POP3 log-ins.
 *
 * An item's n is the connection's number on its server, label the recipient's; extra says for
 * DISCONNECT 0 nothing happened, 1 a message, 2 a reject; for SENT 0 delivered here, 1 sent out.
 *
 * Source: doc/FORMATS.md (Postfix); the reject texts of 2.0 are S2's (doc/SCIENCE.md A.9).
 */
#include "gen.h"

static bool old(void)
{
    return opt.postfix == POSTFIX_2_0;
}

static void print_hex(uint32_t n, int digits)
{
    static const char hex[] = "0123456789ABCDEF";

    while (digits--) {
        out_char(hex[n >> 4 * digits & 15]);
    }
}

/* Short form: five digits of microseconds, then the inode's. */
static void print_queue_id(const struct item *it)
{
    print_hex(it->n * 7919u, 5);
    print_hex((it->n & 0x3fffff) | 0x400000, 6);
    out_text(": ");
}

static void print_head(const struct item *it, const char *daemon)
{
    out_stamp(it->t);
    out_text("mx");
    out_uint(it->host + 1u);
    out_char(' ');
    out_text(daemon);
    out_char('[');
    out_uint(1000 + it->n % 29000);
    out_text("]: ");
}

/* Own machines are 10/8; a stranger in four has no name. */
static void print_peer(const struct item *it)
{
    if (it->ip >> 24 == 10) {
        out_text("pc");
        out_uint(it->ip & 0xffffff);
        out_text(".campus.example");
    } else if (it->ip % 4 == 0) {
        out_text("unknown");
    } else {
        out_text("h");
        out_uint(it->ip & 0x1ffff);
        out_text(".peer.example");
    }
    out_char('[');
    out_ip(it->ip);
    out_char(']');
}

static void print_recipient(const struct item *it, bool here)
{
    out_text("<u");
    out_uint(it->label);
    if (here) {
        out_text("@campus.example>");
    } else {
        out_text("@d");
        out_uint(it->n % 5000);
        out_text(".example>");
    }
}

static void print_disconnect(const struct item *it)
{
    static const char *const counts[] = {" ehlo=1 quit=1 commands=2",
                                         " ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
                                         " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"};

    print_head(it, "postfix/smtpd");
    out_text("disconnect from ");
    print_peer(it);
    if (!old()) {
        out_text(counts[it->extra]);
    }
}

static void print_sent(const struct item *it)
{
    print_head(it, it->extra ? "postfix/smtp" : "postfix/local");
    print_queue_id(it);
    out_text("to=");
    print_recipient(it, !it->extra);
    out_text(it->extra ? ", relay=mx.d1.example[198.18.255.1]" : ", relay=local");
    if (it->extra && !old()) {
        out_text(":25");
    }
    out_text(old() ? ", delay=1, status=sent ("
                   : ", delay=0.8, delays=0.1/0/0.3/0.4, dsn=2.0.0, status=sent (");
    out_text(it->extra ? "250 Ok: queued as 4F1A" : old() ? "mailbox" : "delivered to mailbox");
    out_char(')');
}

static void print_reject_text(const struct item *it)
{
    switch (it->kind) {
    case ITEM_USER_UNKNOWN:
        out_text(old() ? "450 " : "550 5.1.1 ");
        print_recipient(it, true);
        out_text(old() ? ": User unknown in local recipient table;"
                       : ": Recipient address rejected: User unknown in local recipient table;");
        break;
    case ITEM_RELAY_DENIED:
        out_text(old() ? "554 " : "554 5.7.1 ");
        print_recipient(it, false);
        out_text(": Relay access denied;");
        break;
    default:
        out_text(old() ? "504 " : "504 5.5.2 ");
        print_recipient(it, false);
        out_text(old() ? ": Recipient address rejected: need fully-qualified address;"
                       : ": Recipient address rejected: need fully-qualified address;");
        break;
    }
}

static void print_reject(const struct item *it)
{
    print_head(it, "postfix/smtpd");
    if (old()) {
        print_queue_id(it);
    } else {
        out_text("NOQUEUE: ");
    }
    out_text("reject: RCPT from ");
    print_peer(it);
    out_text(": ");
    print_reject_text(it);
    out_text(" from=<s");
    out_uint(it->n % 977);
    out_text("@d");
    out_uint(it->ip & 0xffff);
    out_text(".example> to=");
    print_recipient(it, it->kind == ITEM_USER_UNKNOWN);
    out_text(old() ? " proto=SMTP helo=<h" : " proto=ESMTP helo=<h");
    out_uint(it->ip & 0xffff);
    out_text(".peer.example>");
}

static void print_pop3(const struct item *it)
{
    out_stamp(it->t);
    out_text("mx");
    out_uint(it->host + 1u);
    out_text(" dovecot: pop3-login: Login: user=<u");
    out_uint(it->label);
    out_text(">, method=PLAIN, rip=");
    out_ip(it->ip);
    out_text(", lip=192.0.2.");
    out_uint(mtas[it->host].ip & 255);
    out_text(", mpid=");
    out_uint(1000 + it->n % 20000);
    out_text(", TLS, session=<");
    out_letters(it->n, 12);
    out_char('>');
}

static void print_accepted(const struct item *it)
{
    print_head(it, it->kind == ITEM_CLIENT ? "postfix/smtpd" : "postfix/qmgr");
    print_queue_id(it);
    if (it->kind == ITEM_CLIENT) {
        out_text("client=");
        print_peer(it);
    } else if (it->kind == ITEM_FROM) {
        out_text("from=<s");
        out_uint(it->n % 977);
        out_text("@d");
        out_uint(it->n % 4001);
        out_text(".example>, size=");
        out_uint(900 + it->n % 50000);
        out_text(", nrcpt=1 (queue active)");
    } else {
        out_text("removed");
    }
}

void emit_mail(const struct item *it)
{
    switch (it->kind) {
    case ITEM_CONNECT:
        print_head(it, "postfix/smtpd");
        out_text("connect from ");
        print_peer(it);
        break;
    case ITEM_DISCONNECT:
        print_disconnect(it);
        break;
    case ITEM_SENT:
        print_sent(it);
        break;
    case ITEM_POP3:
        print_pop3(it);
        break;
    case ITEM_CLIENT:
    case ITEM_FROM:
    case ITEM_REMOVED:
        print_accepted(it);
        break;
    default:
        print_reject(it);
        break;
    }
    out_char('\n');
}
