/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The attributes behind a reject's free text.
 *
 * Sender, recipient and, through "<recipient>: ", the text itself are the stranger's words. From
 * Postfix 3.5 on local parts are quoted where they need it, and then a strict reading up to the
 * end of the line succeeds at the true ';' and nearly never at another. Earlier releases quote
 * nothing: `; from=<x> to=<y@s> to=<q; from=<a> to=<b>@e>` has several readings.
 *
 * Method. Every "; from=<", "; to=<" and "; proto=" is tried. One strict reading, or one among
 * several whose sender or recipient is also the one that the text begins with, is the right one.
 * Without a strict one the line is read loosely if each attribute's name occurs once. All else is
 * ambiguous: no attribute is given.
 *
 * LIMITS: a stranger who meets a Postfix before 3.5 can choose a recipient that makes another
 * sender and recipient appear; both are his own choice anyway. The client is not read from here.
 * Source: Postfix src/smtpd/smtpd_check.c log_whatsup(), src/global/quote_822_local.c.
 */
#include "parse/postfix.h"

/* Bytes that a local part or domain has only inside quotes or brackets (RFC 5322 3.2.3). */
static bool is_special(char c)
{
    return (c >= 0 && c <= ' ') || c == 0x7f || strchr("()<>[]:;,\\\"@", c) != NULL;
}

/* A quoted string at the front of @s.  Returns: bytes with both quotes, 0 if it is none. */
static size_t skip_quoted(struct dm_slice s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == '"') {
            return i + 1;
        }
    }
    return 0;
}

static size_t skip_plain(struct dm_slice s)
{
    size_t i = 0;

    while (i < s.n && !is_special(s.p[i])) {
        i++;
    }
    return i;
}

/* An address in quoted form and the '>' behind it.  Returns: bytes of the address, s.n if none. */
static size_t address_end(struct dm_slice s)
{
    size_t n = 0;

    if (s.n > 0 && s.p[0] == '"') {
        n = skip_quoted(s);
        if (n == 0) {
            return s.n;
        }
    } else {
        n = skip_plain(s);
    }
    if (n < s.n && s.p[n] == '@') {
        n++;
        struct dm_slice domain = dm_slice_skip(s, n);
        if (domain.n > 0 && domain.p[0] == '[') {
            n += dm_slice_find(domain, ']') + 1;
        } else {
            n += skip_plain(domain);
        }
    }
    return n < s.n && s.p[n] == '>' ? n : s.n;
}

/* "[,] NAME" off the front of @s.  Returns: whether it is there. */
static bool drop_name(struct dm_slice *s, struct dm_slice name)
{
    struct dm_slice t = *s;

    dm_slice_drop(&t, DM_SLICE(","));
    if (!dm_slice_drop(&t, DM_SLICE(" ")) || !dm_slice_drop(&t, name)) {
        return false;
    }
    *s = t;
    return true;
}

/* "[,] NAME<ADDRESS>" if it is there.  Returns: false if it is there, but not strictly. */
static bool take_address(struct dm_slice *s, struct dm_slice name, struct dm_slice *ret)
{
    if (!drop_name(s, name)) {
        return true;
    }
    size_t n = address_end(*s);
    if (n == s->n) {
        return false;
    }
    *ret = dm_slice_head(*s, n);
    *s = dm_slice_skip(*s, n + 1);
    return true;
}

static void take_proto(struct dm_slice *s, struct dm_slice *ret)
{
    if (drop_name(s, DM_SLICE("proto="))) {
        *ret = dm_slice_head(*s, skip_plain(*s));
        *s = dm_slice_skip(*s, ret->n);
    }
}

/* Whether the line may go on like this behind its last attribute. */
static bool may_follow(struct dm_slice s, bool cleanup)
{
    return s.n == 0 || dm_slice_starts(s, DM_SLICE(" sasl_")) ||
           dm_slice_starts(s, DM_SLICE(", sasl_")) ||
           (cleanup && dm_slice_starts(s, DM_SLICE(": ")));
}

/* "[,] helo=<...>". Postfix 2.0 left '>' in it, so smtpd's ends where the line may go on. */
static bool take_helo(struct dm_slice *s, bool cleanup, struct dm_slice *ret)
{
    if (!drop_name(s, DM_SLICE("helo=<"))) {
        return true;
    }
    for (size_t at = dm_slice_find(*s, '>'); at < s->n;
         at += 1 + dm_slice_find(dm_slice_skip(*s, at + 1), '>')) {
        if (may_follow(dm_slice_skip(*s, at + 1), cleanup)) {
            *ret = dm_slice_head(*s, at);
            *s = dm_slice_skip(*s, at + 1);
            /* Two of them: the first is a word of an unquoted sender. */
            return dm_slice_find_text(*ret, DM_SLICE("> proto=")) == ret->n;
        }
        if (cleanup) {
            break;
        }
    }
    return false;
}

/* "sasl_method=..., sasl_username=..., sasl_sender=..." (3.10 and later): the user. */
static void take_sasl(struct dm_slice s, struct dm_slice *ret)
{
    static const char key[] = "sasl_username=";
    size_t at = dm_slice_find_text(s, DM_SLICE("sasl_username="));

    if (at < s.n) {
        struct dm_slice v = dm_slice_skip(s, at + sizeof key - 1);
        size_t end = dm_slice_find_text(v, DM_SLICE(" sasl_sender="));
        *ret = dm_slice_head(v, end - (end < v.n && end > 0 && v.p[end - 1] == ','));
    }
}

/* An operator's text does not hold attributes; if it seems to, this was not the true trailer. */
static bool is_text(struct dm_slice s)
{
    return dm_slice_find_text(s, DM_SLICE("; from=<")) == s.n &&
           dm_slice_find_text(s, DM_SLICE(" helo=<")) == s.n &&
           dm_slice_find_text(s, DM_SLICE("> to=<")) == s.n &&
           dm_slice_find_text(s, DM_SLICE("> proto=")) == s.n;
}

bool dm_trailer_read(struct dm_slice s, bool cleanup, struct dm_trailer *ret)
{
    struct dm_trailer t = {0};
    size_t all = s.n;

    if (!take_address(&s, DM_SLICE("from=<"), &t.sender) ||
        !take_address(&s, DM_SLICE("to=<"), &t.recipient)) {
        return false;
    }
    take_proto(&s, &t.proto);
    if (!take_helo(&s, cleanup, &t.helo) || s.n == all || !may_follow(s, cleanup)) {
        return false;
    }
    if (dm_slice_drop(&s, DM_SLICE(": "))) {
        t.text = s;
        t.doubtful = !is_text(s);
        if (t.doubtful && !cleanup) {
            return false;
        }
    } else {
        take_sasl(s, &t.sasl_user);
    }
    *ret = t;
    return true;
}

/* The quoted string of @end bytes at the front of @quoted, without its quotes, is at the front of
 * @s.  Returns: bytes of @s; s.n + 1 if it is not. */
static size_t match_quoted(struct dm_slice s, struct dm_slice quoted, size_t end)
{
    size_t at = 0;

    for (size_t i = 1; i + 1 < end; i++) {
        i += quoted.p[i] == '\\' && i + 2 < end;
        if (at >= s.n || s.p[at++] != quoted.p[i]) {
            return s.n + 1;
        }
    }
    return at;
}

size_t dm_postfix_begins_with(struct dm_slice s, struct dm_slice quoted)
{
    size_t end = quoted.n > 0 && quoted.p[0] == '"' ? skip_quoted(quoted) : 0;
    size_t at = end ? match_quoted(s, quoted, end) : 0;
    struct dm_slice rest = dm_slice_skip(quoted, end);

    if (at > s.n || !dm_slice_starts(dm_slice_skip(s, at), rest) ||
        !dm_slice_starts(dm_slice_skip(s, at + rest.n), DM_SLICE(">: "))) {
        return s.n;
    }
    return at + rest.n;
}

/* Whether the text "[CODE [DSN ]]<WHAT>: ..." names this address as WHAT. */
static bool names(struct dm_slice text, struct dm_slice address)
{
    size_t at = dm_slice_find(text, '<');

    if (address.p == NULL || at > sizeof "550 5.111.111 ") {
        return false;
    }
    struct dm_slice rest = dm_slice_skip(text, at + 1);
    return dm_postfix_begins_with(rest, address) < rest.n;
}

static unsigned count(struct dm_slice s, struct dm_slice word)
{
    unsigned n = 0;
    size_t at;

    while ((at = dm_slice_find_text(s, word)) < s.n) {
        s = dm_slice_skip(s, at + word.n);
        n++;
    }
    return n;
}

/* Without quotes: each attribute as far as the next one's name.  Returns: whether it is unique. */
static bool read_loosely(struct dm_slice s, size_t *ret_n, struct dm_trailer *ret)
{
    struct dm_trailer t = {0};
    size_t at = dm_slice_find_text(s, DM_SLICE("; from=<"));

    if (at == s.n || count(s, DM_SLICE(" from=<")) != 1 || count(s, DM_SLICE(" to=<")) > 1 ||
        count(s, DM_SLICE("> proto=")) != 1) {
        return false;
    }
    *ret_n = at;
    s = dm_slice_skip(s, at + 8);
    size_t proto = dm_slice_find_text(s, DM_SLICE("> proto="));
    size_t to = dm_slice_find_text(dm_slice_head(s, proto), DM_SLICE("> to=<"));
    t.sender = dm_slice_head(s, to);
    if (to < proto) {
        t.recipient = dm_slice_head(dm_slice_skip(s, to + 6), proto - to - 6);
    }
    s = dm_slice_skip(s, proto + 1);
    take_proto(&s, &t.proto);
    if (!take_helo(&s, false, &t.helo) || !may_follow(s, false)) {
        return false;
    }
    take_sasl(s, &t.sasl_user);
    *ret = t;
    return true;
}

/* One ';' with attributes behind it: @at is its offset, or @s.n if there are no more. */
static size_t next_start(struct dm_slice s, size_t at)
{
    for (; at < s.n; at++) {
        at += dm_slice_find(dm_slice_skip(s, at), ';');
        struct dm_slice rest = dm_slice_skip(s, at + 1);
        if (at >= s.n || dm_slice_starts(rest, DM_SLICE(" from=<")) ||
            dm_slice_starts(rest, DM_SLICE(" to=<")) ||
            dm_slice_starts(rest, DM_SLICE(" proto=")) ||
            dm_slice_starts(rest, DM_SLICE(" helo=<"))) {
            return at < s.n ? at : s.n;
        }
    }
    return s.n;
}

bool dm_trailer_find(struct dm_slice s, size_t *ret_n, struct dm_trailer *ret)
{
    struct dm_trailer t, strict = {0}, named = {0};
    unsigned starts = 0, stricts = 0, nameds = 0;
    size_t strict_at = 0, named_at = 0;

    memset(ret, 0, sizeof *ret);
    *ret_n = s.n;
    for (size_t at = next_start(s, 0); at < s.n; at = next_start(s, at + 1)) {
        if (++starts > DM_POSTFIX_TRIES) {
            return false;
        }
        if (!dm_trailer_read(dm_slice_skip(s, at + 1), false, &t)) {
            continue;
        }
        strict = t;
        strict_at = at;
        stricts++;
        struct dm_slice text = dm_slice_head(s, at);
        if (names(text, t.recipient) || names(text, t.sender)) {
            named = t;
            named_at = at;
            nameds++;
        }
    }
    if (nameds == 1 || (stricts == 1 && starts == 1)) {
        *ret = nameds == 1 ? named : strict;
        *ret_n = nameds == 1 ? named_at : strict_at;
        return true;
    }
    if (starts == 0) {
        *ret_n = s.n - dm_slice_ends(s, DM_SLICE(";"));
        return true;
    }
    return stricts == 0 && read_loosely(s, ret_n, ret);
}
