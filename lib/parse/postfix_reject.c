/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix's rejects, and the warn, hold, discard and redirect actions that look like them:
 *
 *     smtpd:      ACTION: STATE from host[ip][:port]: [CODE [DSN ]]TEXT;ATTRIBUTES
 *     postscreen: the same with "[ip]:port" and commas
 *     cleanup:    ACTION: header|body CONTENT from host[ip];ATTRIBUTES[: TEXT]
 *     ATTRIBUTES: [ from=<>][ to=<>][ proto=][ helo=<>][ sasl_...=]
 *
 * In the first two the client stands in front of everything that a stranger chose. In the third it
 * stands behind CONTENT, a line of the stranger's mail, and may be imitated there: every
 * " from host[ip];" is tried, and only one with strictly read attributes up to the end of the line
 * counts. If two of them do, the line is ambiguous and names no client; if none does, it is of no
 * use.
 *
 * LIMITS: cleanup of Postfix before 3.5 quotes no addresses: there a sender
 * `a> to=<b> from x[192.0.2.1]; from=<c` would be taken for the client x.
 * Source: Postfix src/smtpd/smtpd_check.c, src/postscreen/postscreen_smtpd.c,
 * src/cleanup/cleanup_message.c cleanup_act_log().
 */
#include "parse/postfix.h"

/* Text behind "address rejected: " that Postfix has of its own; all other is an access table's. */
static const char *const builtin[] = {
    "Domain not found",
    "Malformed DNS server reply",
    "need fully-qualified",
    "not owned by",
    "not logged in",
    "undeliverable address",
    "unverified address",
    "Server configuration error",
    "Temporary lookup failure",
    "invalid ip address",
    "Invalid name",
    "Host not found",
    "cannot find your",
};

static bool is_builtin(struct dm_slice text)
{
    for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++) {
        if (dm_slice_starts(text, dm_slice_make(builtin[i], strlen(builtin[i])))) {
            return true;
        }
    }
    return false;
}

/* "Sender address rejected: REASON" and its kin: the object's own class, or an access table's. */
static enum dm_reject_reason class_of_object(struct dm_slice text)
{
    static const struct {
        struct dm_slice head;
        enum dm_reject_reason reason;
    } objects[] = {
        {{"Recipient address rejected: ", 28}, DM_REJ_RECIPIENT},
        {{"Sender address rejected: ", 25}, DM_REJ_SENDER},
        {{"Helo command rejected: ", 23}, DM_REJ_HELO},
        {{"Client host rejected: ", 22}, DM_REJ_CLIENT},
        {{"Unverified Client host rejected: ", 33}, DM_REJ_CLIENT},
    };

    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (dm_slice_drop(&text, objects[i].head)) {
            if (dm_slice_starts(text, DM_SLICE("User unknown"))) {
                return DM_REJ_USER_UNKNOWN;
            }
            return i == 0 || is_builtin(text) ? objects[i].reason : DM_REJ_ACCESS;
        }
    }
    return DM_REJ_OTHER;
}

/* The class of the text behind "<WHAT>: "; the order of the tests is doc/FORMATS.md's. */
static enum dm_reject_reason class_of(struct dm_slice text)
{
    if (dm_slice_starts(text, DM_SLICE("User unknown"))) {
        return DM_REJ_USER_UNKNOWN;
    }
    if (dm_slice_starts(text, DM_SLICE("Relay access denied"))) {
        return DM_REJ_RELAY_DENIED;
    }
    if (dm_slice_starts(text, DM_SLICE("Service unavailable; ")) &&
        dm_slice_find_text(text, DM_SLICE(" blocked using ")) < text.n) {
        return DM_REJ_DNSBL;
    }
    if (dm_slice_starts(text, DM_SLICE("Access denied"))) {
        return DM_REJ_ACCESS;
    }
    return class_of_object(text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "CODE " and "DSN " off the front of @s where they are. */
static void take_code(struct dm_slice *s, struct dm_record *rec)
{
    const char *p = s->p;

    if (s->n < 4 || !is_digit(p[0]) || !is_digit(p[1]) || !is_digit(p[2]) || p[3] != ' ') {
        return;
    }
    rec->code = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
    *s = dm_slice_skip(*s, 4);
    size_t n = dm_slice_find(*s, ' ');
    if (n < 5 || n > 9 || n == s->n || s->p[1] != '.') {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->p[i]) && s->p[i] != '.') {
            return;
        }
    }
    rec->dsn = dm_slice_head(*s, n);
    *s = dm_slice_skip(*s, n + 1);
}

/* Where ">: " ends the WHAT: where sender or recipient end if it is one of them, else the first. */
static size_t what_end(struct dm_slice s, const struct dm_record *rec)
{
    size_t recipient = rec->recipient.p ? dm_postfix_begins_with(s, rec->recipient) : s.n;
    size_t sender = rec->sender.p ? dm_postfix_begins_with(s, rec->sender) : s.n;
    size_t end = recipient < sender ? recipient : sender;

    return end < s.n ? end : dm_slice_find_text(s, DM_SLICE(">: "));
}

/* "[CODE [DSN ]][<WHAT>: ]TEXT" */
static void read_text(struct dm_slice s, struct dm_record *rec)
{
    take_code(&s, rec);
    if (s.n > 0 && s.p[0] == '<') {
        struct dm_slice in = dm_slice_skip(s, 1);
        size_t end = what_end(in, rec);
        if (end < in.n) {
            rec->what = dm_slice_head(in, end);
            s = dm_slice_skip(in, end + 3);
        }
    }
    rec->text = s;
    rec->reason = dm_slice_ends(rec->action, DM_SLICE("discard")) ? DM_REJ_DISCARD : class_of(s);
}

static void take_trailer(const struct dm_trailer *t, struct dm_record *rec)
{
    rec->sender = t->sender;
    rec->recipient = t->recipient;
    rec->proto = t->proto;
    rec->helo = t->helo;
    rec->sasl_user = t->sasl_user;
}

/* smtpd and postscreen: "STATE from PEER: ...".  Returns: whether it is. */
static bool read_smtpd(struct dm_slice s, struct dm_record *rec)
{
    struct dm_trailer t;
    size_t n = dm_slice_find_text(s, DM_SLICE(" from "));
    size_t text;

    rec->state = dm_slice_head(s, n);
    for (size_t i = 0; i < rec->state.n; i++) {
        char c = rec->state.p[i];
        if (!(c >= 'A' && c <= 'Z') && c != '-') {
            return false;
        }
    }
    s = dm_slice_skip(s, n + 6);
    if (n == 0 || !dm_postfix_peer(&s, rec) || !dm_slice_drop(&s, DM_SLICE(": "))) {
        return false;
    }
    rec->ambiguous = !dm_trailer_find(s, &text, &t);
    take_trailer(&t, rec);
    read_text(dm_slice_head(s, text), rec);
    return true;
}

/* "local;" with attributes behind it: mail that a program on this host handed in. */
static bool is_local(struct dm_slice s)
{
    return dm_slice_drop(&s, DM_SLICE("local; ")) &&
           (dm_slice_starts(s, DM_SLICE("from=<")) || dm_slice_starts(s, DM_SLICE("to=<")) ||
            dm_slice_starts(s, DM_SLICE("proto=")) || dm_slice_starts(s, DM_SLICE("helo=<")));
}

/* cleanup: "CONTENT from PEER; ...".  Returns: whether there is a reading; with more than one, or
 * where the mail may come from this host itself ("from local"), no client and nothing but the
 * action. A reading whose text seems to hold attributes counts as one, for the text is the
 * operator's, but a table may put the header into it ("REJECT not like this: $1"). */
static bool read_cleanup(struct dm_slice s, struct dm_record *rec)
{
    struct dm_record found = *rec;
    unsigned readings = 0, tries = 0;
    bool local = false, doubtful = false;

    for (size_t at = dm_slice_find_text(s, DM_SLICE(" from ")); at < s.n;
         at += 1 + dm_slice_find_text(dm_slice_skip(s, at + 1), DM_SLICE(" from "))) {
        struct dm_slice rest = dm_slice_skip(s, at + 6);
        struct dm_record one = *rec;
        struct dm_trailer t;
        local = local || is_local(rest);
        if (++tries > DM_POSTFIX_TRIES) {
            readings = 2;
            break;
        }
        if (!dm_postfix_peer(&rest, &one) || !dm_slice_drop(&rest, DM_SLICE(";")) ||
            !dm_trailer_read(rest, true, &t)) {
            continue;
        }
        readings++;
        doubtful = t.doubtful;
        take_trailer(&t, &one);
        one.what = dm_slice_head(s, at);
        one.text = t.text;
        one.reason = dm_slice_eq(rec->action, DM_SLICE("discard")) ? DM_REJ_DISCARD : DM_REJ_OTHER;
        found = one;
    }
    if (readings == 1 && !local && !doubtful) {
        *rec = found;
    } else {
        rec->ambiguous = readings > 0;
    }
    return readings > 0;
}

static bool is_action(struct dm_slice w)
{
    static const char *const actions[] = {
        "reject",  "reject_warning", "warn",          "warning",     "hold",
        "discard", "redirect",       "milter-reject", "milter-hold", "milter-discard"};

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (dm_slice_eq(w, dm_slice_make(actions[i], strlen(actions[i])))) {
            return true;
        }
    }
    return false;
}

bool dm_postfix_reject(struct dm_slice s, struct dm_record *rec)
{
    size_t n = dm_slice_find(s, ':');

    rec->action = dm_slice_head(s, n);
    s = dm_slice_skip(s, n + 1);
    if (!is_action(rec->action) || !dm_slice_drop(&s, DM_SLICE(" "))) {
        return false;
    }
    bool cleanup = dm_slice_ends(rec->program, DM_SLICE("cleanup"));
    bool milter = dm_slice_starts(rec->action, DM_SLICE("milter-"));
    if (!(cleanup && !milter ? read_cleanup(s, rec) : read_smtpd(s, rec))) {
        return false;
    }
    rec->kind = DM_REC_SMTP_REJECT;
    return true;
}
