/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's lines that are neither queries nor responses, for `dnsmon parse`:
 *
 *     query[ (cache)]|zone transfer|update|... 'N[/T]/C' denied[ (WHY)]
 *     query (cache) denied
 *     bad zone transfer request: 'N/C': WHY
 *     query failed (RESULT) for N/C/T at FILE:LINE
 *     [*][would ]limit|stop limiting|rate limit [drop|slip ][WHAT ]response[s] to NET
 *         [ for N C[ T]  (HASH)]
 *     [disabled ]rpz TRIGGER POLICY rewrite N[/T/C] via P[ (CNAME to: X)]
 *     [CODE ]REASON[ (CODE)] resolving 'N/T/C': SERVER#P
 *     lame server resolving 'N' (in 'Z'?): SERVER#P
 *     DNS format error from SERVER#P resolving N/T[ for [client ]C#P]: WHY
 *
 * Method. N holds no blank, but quotes, slashes and parentheses, so it ends at a blank, and type
 * and class are split off it from the right. Denied lines have the type before the class, failed
 * ones behind it. A type is one only if it is known, because BIND 9.2 prints none.
 *
 * LIMITS: 9.2's 'a/A/IN' for the name "a/A" is read as name "a" and type A. No detector reads
 * these lines.
 * Source: BIND lib/ns/query.c, client.c, update.c, xfrout.c; lib/dns/resolver.c, rrl.c;
 * doc/FORMATS.md.
 */
#include "parse/bind_other.h"

#include "dns/rrtype.h"
#include "parse/scan.h"

/* The last "/PART" off the end of @s.  Returns: PART; not printed if there is no slash. */
static struct dm_slice take_last(struct dm_slice *s)
{
    size_t at = dm_slice_find_last(*s, DM_SLICE("/"));
    struct dm_slice part = dm_slice_skip(*s, at + 1);

    if (at == s->n) {
        return (struct dm_slice){NULL, 0};
    }
    *s = dm_slice_head(*s, at);
    return part;
}

static bool is_type(struct dm_slice w)
{
    return w.n > 0 && w.p[0] >= 'A' && w.p[0] <= 'Z' &&
           (dm_rrtype_number(w) != 0 || dm_slice_eq(w, DM_SLICE("RESERVED0")));
}

/* "N[/T]/C" */
static void read_quoted(struct dm_slice s, struct dm_record *rec)
{
    rec->qclass = take_last(&s);
    struct dm_slice name = s;
    struct dm_slice type = take_last(&name);
    bool typed = is_type(type);

    rec->qtype = typed ? type : (struct dm_slice){NULL, 0};
    rec->note.name = typed ? name : s;
}

/* " denied" and " denied (WHY)" off the end of @s.  Returns: whether it was there. */
static bool drop_denied(struct dm_slice *s, struct dm_slice *ret_why)
{
    size_t at = dm_slice_find_last(*s, DM_SLICE(" denied"));
    struct dm_slice rest = dm_slice_skip(*s, at + 7);

    if (at == s->n) {
        return false;
    }
    if (rest.n > 0) {
        if (!dm_slice_drop(&rest, DM_SLICE(" (")) || !dm_slice_ends(rest, DM_SLICE(")"))) {
            return false;
        }
        *ret_why = dm_slice_head(rest, rest.n - 1);
    }
    *s = dm_slice_head(*s, at);
    return true;
}

/* Words of lower-case letters: BIND's own text. */
static bool is_plain(struct dm_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != ' ' && s.p[i] != '-') {
            return false;
        }
    }
    return s.n > 0;
}

static bool read_denied(struct dm_slice s, struct dm_record *rec)
{
    struct dm_note note = {0};

    if (!drop_denied(&s, &note.reason)) {
        return false;
    }
    size_t quote = dm_slice_find(s, '\'');
    struct dm_slice op = dm_slice_head(s, quote);
    struct dm_slice quoted = dm_slice_skip(s, quote + 1);
    if (quote < s.n &&
        (!dm_slice_ends(op, DM_SLICE(" ")) || !dm_slice_ends(quoted, DM_SLICE("'")) ||
         dm_slice_find(quoted, ' ') < quoted.n)) {
        return false;
    }
    op.n -= quote < s.n;
    if (dm_slice_ends(op, DM_SLICE(" (cache)"))) {
        op.n -= 8;
        note.cache = true;
    }
    if (!is_plain(op)) {
        return false;
    }
    rec->note = note;
    rec->note.op = op;
    if (quote < s.n) {
        read_quoted(dm_slice_head(quoted, quoted.n - 1), rec);
    }
    rec->kind = DM_REC_BIND_DENIED;
    return true;
}

/* Behind "bad zone transfer request: ": "'N/C': WHY" */
static bool read_transfer(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice word = dm_slice_take_word(&s);

    if (!dm_slice_drop(&word, DM_SLICE("'")) || !dm_slice_ends(word, DM_SLICE("':"))) {
        return false;
    }
    rec->note.op = DM_SLICE("bad zone transfer request");
    rec->note.reason = s;
    read_quoted(dm_slice_head(word, word.n - 2), rec);
    rec->kind = DM_REC_BIND_DENIED;
    return true;
}

/* Behind "query failed (": "RESULT) for N/C/T at FILE:LINE" */
static bool read_failed(struct dm_slice s, struct dm_record *rec)
{
    size_t close = dm_slice_find(s, ')');

    rec->note.result = dm_slice_head(s, close);
    s = dm_slice_skip(s, close);
    if (!dm_slice_drop(&s, DM_SLICE(") for "))) {
        return false;
    }
    struct dm_slice name = dm_slice_take_word(&s);
    if (!dm_slice_drop(&s, DM_SLICE("at ")) || s.n == 0 || dm_slice_find(s, ' ') < s.n) {
        return false;
    }
    rec->qtype = take_last(&name);
    rec->qclass = take_last(&name);
    rec->note.name = name;
    rec->note.at = s;
    rec->kind = DM_REC_BIND_FAILED;
    return dm_field_printed(rec->qclass);
}

/* " for N C[ T]  (HASH)" or nothing, up to the end.  Returns: whether. */
static bool read_limited(struct dm_slice s, struct dm_record *rec)
{
    if (s.n == 0) {
        return true;
    }
    size_t open = dm_slice_find_last(s, DM_SLICE("  ("));
    struct dm_slice hash = dm_slice_skip(s, open + 3);
    if (!dm_slice_ends(hash, DM_SLICE(")")) || !dm_slice_drop(&s, DM_SLICE("for "))) {
        return false;
    }
    s = dm_slice_head(s, open - 4);
    rec->note.hash = dm_slice_head(hash, hash.n - 1);
    rec->note.name = dm_slice_take_word(&s);
    rec->qclass = dm_slice_take_word(&s);
    if (s.n > 0) {
        rec->qtype = s;
    }
    return rec->qclass.n > 0;
}

/* "[*][would ]limit|stop limiting|rate limit [drop|slip ]": what is done. */
static bool take_limit(struct dm_slice *s, struct dm_slice *ret_op)
{
    dm_slice_drop(s, DM_SLICE("*"));
    dm_slice_drop(s, DM_SLICE("would "));
    if (dm_slice_drop(s, DM_SLICE("stop limiting "))) {
        *ret_op = DM_SLICE("stop");
        return true;
    }
    bool rate = dm_slice_drop(s, DM_SLICE("rate "));
    if (!dm_slice_drop(s, DM_SLICE("limit "))) {
        return false;
    }
    *ret_op = DM_SLICE("limit");
    if (rate &&
        (dm_slice_starts(*s, DM_SLICE("drop ")) || dm_slice_starts(*s, DM_SLICE("slip ")))) {
        *ret_op = dm_slice_take_word(s);
    }
    return true;
}

static bool read_rrl(struct dm_slice s, struct dm_record *rec)
{
    struct dm_note note = {0};

    if (!take_limit(&s, &note.op)) {
        return false;
    }
    size_t at = dm_slice_find_text(s, DM_SLICE("response"));
    if (at == s.n || (at > 0 && s.p[at - 1] != ' ')) {
        return false;
    }
    if (at > 0) {
        note.result = dm_slice_head(s, at - 1);
    }
    s = dm_slice_skip(s, at + 8);
    dm_slice_drop(&s, DM_SLICE("s"));
    if (!dm_slice_drop(&s, DM_SLICE(" to "))) {
        return false;
    }
    note.net = dm_slice_take_word(&s);
    rec->note = note;
    rec->kind = DM_REC_BIND_RRL;
    return note.net.n > 0 && read_limited(s, rec);
}

/* "TRIGGER POLICY rewrite N[/T/C] via P[ (CNAME to: X)]" behind "rpz ". */
static bool read_rpz(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice trigger = dm_slice_take_word(&s);
    struct dm_slice policy = dm_slice_take_word(&s);

    if (!dm_slice_drop(&s, DM_SLICE("rewrite "))) {
        return false;
    }
    struct dm_slice name = dm_slice_take_word(&s), type = name;
    if (!dm_slice_drop(&s, DM_SLICE("via "))) {
        return false;
    }
    struct dm_slice qclass = take_last(&type);
    struct dm_slice qtype = take_last(&type);
    if (is_type(qtype) && dm_rrclass_number(qclass) != 0) {
        rec->qtype = qtype;
        rec->qclass = qclass;
        name = type;
    }
    rec->note.trigger = trigger;
    rec->note.policy = policy;
    rec->note.name = name;
    rec->note.via = dm_slice_take_word(&s);
    if (dm_slice_drop(&s, DM_SLICE("(CNAME to: ")) && dm_slice_ends(s, DM_SLICE(")"))) {
        rec->note.target = dm_slice_head(s, s.n - 1);
    }
    rec->kind = DM_REC_BIND_RPZ;
    return rec->note.via.n > 0;
}

/* "IP#PORT", the whole slice. */
static bool read_server(struct dm_slice s, struct dm_record *rec)
{
    size_t hash = dm_slice_find_last(s, DM_SLICE("#"));
    struct dm_addr ignored;

    rec->server = dm_slice_head(s, hash);
    return hash < s.n && dm_port_parse(dm_slice_skip(s, hash + 1), &rec->server_port) &&
           dm_addr_parse(rec->server, &ignored) == 0;
}

/* "REASON resolving 'N[/T/C]'[ (in 'Z'?)]: SERVER#P" */
static bool read_resolving(struct dm_slice s, struct dm_record *rec)
{
    size_t at = dm_slice_find_text(s, DM_SLICE(" resolving '"));
    struct dm_slice reason = dm_slice_head(s, at);

    s = dm_slice_skip(s, at + 12);
    size_t colon = dm_slice_find_last(s, DM_SLICE(": "));
    if (at == 0 || colon >= s.n || !read_server(dm_slice_skip(s, colon + 2), rec)) {
        return false;
    }
    struct dm_slice zone = dm_slice_head(s, colon);
    struct dm_slice name = dm_slice_take_word(&zone);
    if (!dm_slice_ends(name, DM_SLICE("'"))) {
        return false;
    }
    name.n--;
    if (dm_slice_eq(reason, DM_SLICE("lame server"))) {
        rec->note.name = name;
    } else {
        read_quoted(name, rec);
    }
    rec->note.result = reason;
    rec->kind = DM_REC_BIND_RESOLVING;
    return true;
}

/* Behind "DNS format error from ": "SERVER#P resolving N/T[ for [client ]C#P]: WHY" */
static bool read_format_error(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice server = dm_slice_take_word(&s);

    if (!read_server(server, rec) || !dm_slice_drop(&s, DM_SLICE("resolving "))) {
        return false;
    }
    struct dm_slice name = dm_slice_take_word(&s);
    bool last = dm_slice_ends(name, DM_SLICE(":"));
    if (!last) {
        if (!dm_slice_drop(&s, DM_SLICE("for "))) {
            return false;
        }
        dm_slice_drop(&s, DM_SLICE("client "));
        struct dm_slice client = dm_slice_take_word(&s);
        size_t hash = dm_slice_find(client, '#');
        if (!dm_slice_ends(client, DM_SLICE(":"))) {
            return false;
        }
        rec->client_text = dm_slice_head(client, hash);
        rec->has_client =
            hash < client.n && dm_addr_parse(rec->client_text, &rec->client) == 0 &&
            dm_port_parse(dm_slice_head(dm_slice_skip(client, hash + 1), client.n - hash - 2),
                          &rec->client_port);
    }
    name.n -= last;
    rec->qtype = take_last(&name);
    rec->note.name = name;
    rec->note.result = DM_SLICE("DNS format error");
    rec->note.reason = s;
    rec->kind = DM_REC_BIND_RESOLVING;
    return dm_field_printed(rec->qtype);
}

static bool read_any(struct dm_slice s, struct dm_record *rec)
{
    if (dm_slice_drop(&s, DM_SLICE("query failed ("))) {
        return read_failed(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("bad zone transfer request: "))) {
        return read_transfer(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("DNS format error from "))) {
        return read_format_error(s, rec);
    }
    if (dm_slice_starts(s, DM_SLICE("rpz ")) || dm_slice_starts(s, DM_SLICE("disabled rpz "))) {
        dm_slice_drop(&s, DM_SLICE("disabled "));
        return read_rpz(dm_slice_skip(s, 4), rec);
    }
    return read_rrl(s, rec) || read_denied(s, rec) || read_resolving(s, rec);
}

bool dm_bind_other(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    memset(&rec->note, 0, sizeof rec->note);
    rec->qtype = rec->qclass = rec->server = none;
    rec->server_port = 0;
    if (!read_any(s, rec)) {
        rec->kind = DM_REC_NONE;
        return false;
    }
    return true;
}
