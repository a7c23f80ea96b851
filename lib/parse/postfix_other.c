/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix's lines that no detector reads, for `dnsmon parse`:
 *
 *     smtpd:      warning: non-SMTP command from PEER: TEXT
 *                 warning: PEER: SASL METHOD authentication failed: TEXT
 *                 warning: Connection rate limit exceeded: N from PEER for service S
 *                 improper command pipelining after COMMAND from PEER[: TEXT]
 *                 [QID|NOQUEUE: ]lost connection|timeout|too many errors after COMMAND from PEER
 *     cleanup:    QID: message-id=TEXT
 *     qmgr:       QID: removed
 *     bounce:     QID: sender non-delivery notification: QID
 *     postscreen: CONNECT from PEER to [ip]:port; PASS NEW|OLD PEER; PREGREET n after t from PEER:
 *                 TEXT; DNSBL rank n for PEER; HANGUP after t from PEER ...; DISCONNECT PEER; ...
 *     anvil:      statistics: max WHAT rate N/60s for (SERVICE:ip) at TIME; WHAT count N for ...
 *
 * Method. In each of them only Postfix's own words stand in front of the client.
 *
 * LIMITS: other warnings are left alone.
 * Source: Postfix src/smtpd/smtpd.c, src/postscreen/postscreen.c, src/anvil/anvil.c,
 * src/bounce/bounce_notify_service.c.
 */
#include "parse/postfix.h"

/* "PEER" and then @behind, which stays.  Returns: whether. */
static bool take_peer(struct dm_slice *s, struct dm_record *rec, struct dm_slice behind)
{
    return dm_postfix_peer(s, rec) && dm_slice_starts(*s, behind);
}

/* What follows "warning: ". */
static bool read_warning(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice t = s;

    rec->kind = DM_REC_SMTP_WARNING;
    if (dm_slice_drop(&s, DM_SLICE("non-SMTP command from "))) {
        rec->what = DM_SLICE("non-SMTP command");
        if (!take_peer(&s, rec, DM_SLICE(": "))) {
            return false;
        }
        rec->text = dm_slice_skip(s, 2);
        return true;
    }
    if (dm_slice_starts(s, DM_SLICE("Connection ")) || dm_slice_starts(s, DM_SLICE("Recipient ")) ||
        dm_slice_starts(s, DM_SLICE("Message "))) {
        size_t n = dm_slice_find_text(s, DM_SLICE(" limit exceeded: "));
        size_t from = dm_slice_find_text(s, DM_SLICE(" from "));
        if (n == s.n || from == s.n || n > from) {
            return false;
        }
        rec->what = dm_slice_head(s, n + 15);
        s = dm_slice_skip(s, from + 6);
        return take_peer(&s, rec, DM_SLICE(" for service "));
    }
    if (!take_peer(&t, rec, DM_SLICE(": SASL "))) {
        return false;
    }
    size_t n = dm_slice_find_text(t, DM_SLICE(" authentication failed"));
    rec->what = dm_slice_head(dm_slice_skip(t, 2), n + 20);
    rec->text = dm_slice_skip(t, n + 24);
    return n < t.n;
}

/* "COMMAND[ (n bytes)] from PEER[: TEXT]" behind " after ". */
static bool read_after(struct dm_slice s, struct dm_record *rec)
{
    size_t n = dm_slice_find_text(s, DM_SLICE(" from "));

    rec->note.at = dm_slice_head(s, n);
    s = dm_slice_skip(s, n + 6);
    if (!take_peer(&s, rec, DM_SLICE(""))) {
        return false;
    }
    if (dm_slice_drop(&s, DM_SLICE(": "))) {
        rec->text = s;
    }
    return true;
}

/* smtpd: how a session went wrong. */
static bool read_session(struct dm_slice s, struct dm_record *rec)
{
    static const struct {
        struct dm_slice head;
        enum dm_record_kind kind;
    } rows[] = {
        {{"improper command pipelining", 27}, DM_REC_SMTP_PIPELINING},
        {{"lost connection", 15}, DM_REC_SMTP_LOST},
        {{"timeout", 7}, DM_REC_SMTP_LOST},
        {{"too many errors", 15}, DM_REC_SMTP_LOST},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (dm_slice_drop(&s, rows[i].head)) {
            rec->kind = rows[i].kind;
            rec->what = rows[i].head;
            return dm_slice_drop(&s, DM_SLICE(" after ")) && read_after(s, rec);
        }
    }
    return false;
}

/* What follows a queue id. */
static bool read_queued(struct dm_slice s, struct dm_record *rec)
{
    if (dm_slice_drop(&s, DM_SLICE("message-id="))) {
        rec->kind = DM_REC_SMTP_MESSAGE_ID;
        rec->note.name = s;
        return true;
    }
    if (dm_slice_eq(s, DM_SLICE("removed"))) {
        rec->kind = DM_REC_SMTP_REMOVED;
        return true;
    }
    size_t n = dm_slice_find_text(s, DM_SLICE(" notification: "));
    if (n < s.n &&
        (dm_slice_starts(s, DM_SLICE("sender ")) || dm_slice_starts(s, DM_SLICE("postmaster ")))) {
        rec->kind = DM_REC_SMTP_BOUNCE;
        rec->what = dm_slice_head(s, n);
        rec->note.name = dm_slice_skip(s, n + 15);
        return true;
    }
    return read_session(s, rec);
}

static bool is_upper(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '-';
}

/* postscreen: "WORDS [detail ][from |for ]PEER[ to ...|: TEXT]"; its own words have no '['. */
static bool read_postscreen(struct dm_slice s, struct dm_record *rec)
{
    size_t open = dm_slice_find(s, '[');
    struct dm_slice head = dm_slice_head(s, open);
    size_t words = 0;

    for (size_t i = 0; i < head.n && (is_upper(head.p[i]) || head.p[i] == ' '); i++) {
        words = head.p[i] == ' ' ? words : i + 1;
    }
    s = dm_slice_skip(s, open);
    if (open == s.n || words < 4 || !take_peer(&s, rec, DM_SLICE(""))) {
        return false;
    }
    struct dm_slice detail = dm_slice_skip(head, words);
    if (dm_slice_ends(detail, DM_SLICE(" from "))) {
        detail.n -= 6;
    } else if (dm_slice_ends(detail, DM_SLICE(" for "))) {
        detail.n -= 5;
    }
    dm_slice_drop(&detail, DM_SLICE(" "));
    rec->kind = DM_REC_SMTP_SCREEN;
    rec->note.op = dm_slice_head(head, words);
    rec->note.result = detail.n ? detail : (struct dm_slice){NULL, 0};
    if (!dm_slice_drop(&s, DM_SLICE(": "))) {
        dm_slice_drop(&s, DM_SLICE(" "));
    }
    rec->text = s.n ? s : (struct dm_slice){NULL, 0};
    return true;
}

/* "SERVICE:ip" in anvil's parentheses; SERVICE is "smtp", "ip:port" or "[ip]:port". */
static bool read_service(struct dm_slice s, struct dm_record *rec)
{
    size_t colon = dm_slice_find(s, ':');
    struct dm_addr own;

    if (s.n > 0 && s.p[0] == '[') {
        colon = dm_slice_find_text(s, DM_SLICE("]:")) + 1;
        colon += 1 + dm_slice_find(dm_slice_skip(s, colon + 1), ':');
    } else if (dm_addr_parse(dm_slice_head(s, colon), &own) == 0) {
        colon += 1 + dm_slice_find(dm_slice_skip(s, colon + 1), ':');
    }
    rec->service = dm_slice_head(s, colon);
    rec->client_text = dm_slice_skip(s, colon + 1);
    rec->has_client = dm_addr_parse(rec->client_text, &rec->client) == 0;
    return rec->has_client;
}

static size_t take_count(struct dm_slice *s, uint32_t *ret)
{
    uint32_t v = 0;
    size_t i = 0;

    for (; i < s->n && i < 9 && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        v = v * 10 + (uint32_t)(s->p[i] - '0');
    }
    *ret = v;
    *s = dm_slice_skip(*s, i);
    return i;
}

/* anvil, behind "statistics: max ". */
static bool read_anvil(struct dm_slice s, struct dm_record *rec)
{
    size_t n = 0;

    while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == ' ')) {
        n++;
    }
    if (n < 2 || s.p[n - 1] != ' ') {
        return false;
    }
    rec->what = dm_slice_head(s, n - 1);
    s = dm_slice_skip(s, n);
    if (take_count(&s, &rec->note.count) == 0) {
        return false;
    }
    if (dm_slice_drop(&s, DM_SLICE("/")) &&
        (take_count(&s, &rec->note.per_s) == 0 || !dm_slice_drop(&s, DM_SLICE("s")))) {
        return false;
    }
    size_t close = dm_slice_find(s, ')');
    if (!dm_slice_drop(&s, DM_SLICE(" for (")) || close <= 6 ||
        !read_service(dm_slice_head(s, close - 6), rec)) {
        return false;
    }
    rec->kind = DM_REC_SMTP_RATE;
    return true;
}

static bool read_any(struct dm_slice s, bool queued, struct dm_record *rec)
{
    if (queued) {
        return read_queued(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("warning: "))) {
        return read_warning(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("statistics: max "))) {
        return read_anvil(s, rec);
    }
    if (dm_slice_ends(rec->program, DM_SLICE("postscreen"))) {
        return read_postscreen(s, rec);
    }
    return read_session(s, rec);
}

bool dm_postfix_other(struct dm_slice s, bool queued, struct dm_record *rec)
{
    memset(&rec->note, 0, sizeof rec->note);
    rec->service = (struct dm_slice){NULL, 0};
    return read_any(s, queued, rec);
}
