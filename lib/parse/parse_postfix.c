/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix 1.1 to 3.10: connects, disconnects with their counts, client=, qmgr's from=, deliveries
 * and rejects; its other lines are left alone.
 *
 * Method. The first words of a line are Postfix's own, so they tell what it is; a client is read
 * only where it stands in front of everything that a stranger chose (rejects of cleanup, where it
 * does not, are in postfix_reject.c).
 *
 * LIMITS: lines without a syslog tag are read only where there is no program name at all.
 * postscreen's CONNECT and PASS lines are of no use, since smtpd reports the same client again.
 * Source: Postfix src/smtpd/smtpd.c, src/qmgr/qmgr_active.c; doc/FORMATS.md.
 */
#include "parse/parser.h"

#include "parse/postfix.h"

/* "4294967295" */
#define COUNT_DIGITS 10

/* A decimal number off the front of @s.  Returns: digits, 0 if there is none or it is too long. */
static size_t take_number(struct dm_slice *s, int64_t *ret)
{
    int64_t v = 0;
    size_t i = 0;

    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        if (i == 2 * COUNT_DIGITS - 2) {
            return 0;
        }
        v = v * 10 + (s->p[i] - '0');
    }
    *ret = v;
    *s = dm_slice_skip(*s, i);
    return i;
}

bool dm_postfix_peer(struct dm_slice *s, struct dm_record *rec)
{
    struct dm_slice t = *s;
    int64_t port = 0;
    size_t open = dm_slice_find(t, '[');
    size_t close = dm_slice_find(t, ']');

    if (open >= close || close == t.n || dm_slice_find(t, ' ') < close) {
        return false;
    }
    rec->peer_name = dm_slice_head(t, open);
    rec->client_text = dm_slice_head(dm_slice_skip(t, open + 1), close - open - 1);
    rec->has_client = dm_addr_parse(rec->client_text, &rec->client) == 0;
    if (!rec->has_client && !dm_slice_eq(rec->client_text, DM_SLICE("unknown"))) {
        return false;
    }
    t = dm_slice_skip(t, close + 1);
    if (t.n >= 2 && t.p[0] == ':' && t.p[1] >= '0' && t.p[1] <= '9') {
        t = dm_slice_skip(t, 1);
        if (take_number(&t, &port) == 0 || port > UINT16_MAX) {
            return false;
        }
    } else if (dm_slice_starts(t, DM_SLICE(":unknown"))) {
        t = dm_slice_skip(t, 8);
    }
    rec->client_port = (uint16_t)port;
    *s = t;
    return true;
}

static uint32_t saturate(int64_t v)
{
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* " mail=1/2": the counts of one command. */
static bool take_count(struct dm_slice *s, struct dm_smtp_counts *counts)
{
    struct dm_slice name = dm_slice_head(*s, dm_slice_find(*s, '='));
    int64_t ok, all;

    *s = dm_slice_skip(*s, name.n + 1);
    if (take_number(s, &ok) == 0) {
        return false;
    }
    all = ok;
    if (dm_slice_drop(s, DM_SLICE("/")) && take_number(s, &all) == 0) {
        return false;
    }
    if (dm_slice_eq(name, DM_SLICE("mail"))) {
        counts->mail_ok = saturate(ok);
        counts->mail_all = saturate(all);
    } else if (dm_slice_eq(name, DM_SLICE("rcpt"))) {
        counts->rcpt_ok = saturate(ok);
        counts->rcpt_all = saturate(all);
    } else if (dm_slice_eq(name, DM_SLICE("data")) || dm_slice_eq(name, DM_SLICE("bdat"))) {
        counts->data_ok = saturate(counts->data_ok + ok);
        counts->data_all = saturate(counts->data_all + all);
    } else if (dm_slice_eq(name, DM_SLICE("commands"))) {
        counts->commands_ok = saturate(ok);
        counts->commands_all = saturate(all);
    }
    counts->printed = true;
    return true;
}

/* " ehlo=1 mail=1 rcpt=0/1 commands=2/3 notes=bare_lf" */
static void read_counts(struct dm_slice s, struct dm_smtp_counts *counts)
{
    while (dm_slice_drop(&s, DM_SLICE(" "))) {
        if (dm_slice_starts(s, DM_SLICE("notes=")) || !take_count(&s, counts)) {
            return;
        }
    }
}

/* "connect from PEER", "disconnect from PEER COUNTS".  Returns: whether it is one of them. */
static bool read_connection(struct dm_slice s, struct dm_record *rec)
{
    bool begins = dm_slice_drop(&s, DM_SLICE("connect from "));

    if (!begins && !dm_slice_drop(&s, DM_SLICE("disconnect from "))) {
        return false;
    }
    if (!dm_postfix_peer(&s, rec) || (s.n > 0 && (begins || s.p[0] != ' '))) {
        return false;
    }
    if (!begins) {
        read_counts(s, &rec->smtp);
    }
    rec->kind = begins ? DM_REC_SMTP_CONNECT : DM_REC_SMTP_DISCONNECT;
    return true;
}

static bool is_long_id_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'z' && !strchr("AEIOUaeiou[\\]^_`", c));
}

/* Five hex digits of µs and an inode in hex; or ten and more in base 52, 'z', base 51. */
static bool is_queue_id(struct dm_slice w)
{
    size_t hex = 0, base = 0;

    for (size_t i = 0; i < w.n; i++) {
        hex += (w.p[i] >= '0' && w.p[i] <= '9') || (w.p[i] >= 'A' && w.p[i] <= 'F');
        base += is_long_id_byte(w.p[i]);
    }
    return (w.n >= 6 && w.n <= 21 && hex == w.n) || (w.n >= 11 && w.n <= 40 && base == w.n);
}

/* "QID: " or "NOQUEUE: " off the front of @s.  Returns: whether it is there. */
static bool take_queue_id(struct dm_slice *s, struct dm_record *rec)
{
    size_t n = dm_slice_find(dm_slice_head(*s, 48), ':');
    struct dm_slice w = dm_slice_head(*s, n);
    bool none = dm_slice_eq(w, DM_SLICE("NOQUEUE"));

    if (n + 1 >= s->n || s->p[n] != ':' || s->p[n + 1] != ' ' || (!none && !is_queue_id(w))) {
        return false;
    }
    if (!none) {
        rec->queue_id = w;
    }
    *s = dm_slice_skip(*s, n + 2);
    return true;
}

/* "PEER[, sasl_method=..., sasl_username=...][, orig_queue_id=...]" behind "client=". */
static bool read_client(struct dm_slice s, struct dm_record *rec)
{
    if (!dm_postfix_peer(&s, rec) || (s.n > 0 && s.p[0] != ',')) {
        return false;
    }
    size_t at = dm_slice_find_text(s, DM_SLICE(", sasl_username="));
    if (at < s.n) {
        struct dm_slice user = dm_slice_skip(s, at + 16);
        rec->sasl_user = dm_slice_head(user, dm_slice_find_text(user, DM_SLICE(", ")));
    }
    rec->kind = DM_REC_SMTP_CLIENT;
    return true;
}

/* "ADDRESS>, size=N, nrcpt=N (queue active)" behind "from=<": the last ">, size=" counts, since
 * nothing behind it is anybody's choice.  Returns: whether it is that. */
static bool read_from(struct dm_slice s, struct dm_record *rec)
{
    static const char size[] = ">, size=";
    size_t last = s.n, at = 0;

    if (!dm_slice_ends(s, DM_SLICE(" (queue active)"))) {
        return false;
    }
    while ((at += dm_slice_find_text(dm_slice_skip(s, at), DM_SLICE(">, size="))) < s.n) {
        last = at++;
    }
    if (last == s.n) {
        return false;
    }
    int64_t bytes, nrcpt;
    struct dm_slice rest = dm_slice_skip(s, last + sizeof size - 1);
    if (take_number(&rest, &bytes) == 0 || !dm_slice_drop(&rest, DM_SLICE(", nrcpt=")) ||
        take_number(&rest, &nrcpt) == 0 || !dm_slice_eq(rest, DM_SLICE(" (queue active)"))) {
        return false;
    }
    rec->sender = dm_slice_head(s, last);
    rec->size_bytes = bytes;
    rec->nrcpt = nrcpt > INT32_MAX ? INT32_MAX : (int32_t)nrcpt;
    rec->status = dm_slice_head(dm_slice_skip(rest, 2), 12);
    rec->kind = DM_REC_SMTP_FROM;
    return true;
}

/* What follows the queue id.  Returns: whether it is of use. */
static bool read_message(struct dm_slice s, struct dm_record *rec)
{
    if (dm_slice_drop(&s, DM_SLICE("client="))) {
        return read_client(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("from=<"))) {
        return read_from(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("to=<"))) {
        return dm_postfix_delivery(s, rec);
    }
    return dm_postfix_reject(s, rec);
}

/* Postfix 1.1 rejects without a queue id: "reject: RCPT from ...". */
static bool read_bare_reject(struct dm_slice s, struct dm_record *rec)
{
    return dm_slice_starts(s, DM_SLICE("reject: ")) && dm_postfix_reject(s, rec);
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)clock;
    (void)ret_why;
    dm_record_clear_mail(rec);
    bool queued = take_queue_id(&s, rec);
    struct dm_slice id = rec->queue_id;
    bool used = queued ? read_message(s, rec) : read_connection(s, rec) || read_bare_reject(s, rec);
    if (!used && rec->program.n) {
        dm_record_clear_mail(rec);
        rec->queue_id = id;
        used = dm_postfix_other(s, queued, rec);
    }
    if (!used) {
        rec->has_client = false;
        rec->kind = DM_REC_NONE;
        return rec->program.n ? DM_PARSE_RECORD : DM_PARSE_OTHER;
    }
    return DM_PARSE_RECORD;
}

/* The tag is syslog_name/daemon; syslog_name may be anything, the daemons' names are fixed. */
static int claims(struct dm_slice program)
{
    static const char *const daemons[] = {
        "/smtpd",    "/qmgr",           "/nqmgr", "/oqmgr",  "/cleanup", "/smtp",
        "/lmtp",     "/virtual",        "/local", "/pipe",   "/bounce",  "/postscreen",
        "/tlsproxy", "/postfix-script", "/anvil", "/pickup",
    };

    if (program.n == 0) {
        return -1;
    }
    if (dm_slice_starts(program, DM_SLICE("postfix"))) {
        return 1;
    }
    for (size_t i = 0; i < sizeof daemons / sizeof daemons[0]; i++) {
        if (dm_slice_ends(program, dm_slice_make(daemons[i], strlen(daemons[i])))) {
            return 1;
        }
    }
    return 0;
}

const struct dm_parser dm_parser_postfix = {"postfix", claims, parse};
