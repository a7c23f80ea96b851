/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmasq with log-queries, log-queries=extra or =proto: its queries.
 *
 *     query[TYPE] NAME from IP            2.21 and later; query[type=N]; type 0 has no bracket
 *     query NAME[TYPE] from IP            up to 2.20
 *     [UDP |TCP ]SERIAL IP/PORT query...  extra; "*" for a serial up to 2.90
 *
 * Who chooses which byte. dnsmasq does not escape: a NAME may hold blanks, " from 10.9.8.7", and
 * "query[A] y from 192.0.2.1" whole. But behind the name it prints only " from " and the client, so
 * the last " from " of the line counts and an address must follow it to the end. In an extra line
 * the client also stands in front of everything; both must be the same.
 *
 * LIMITS: a plain line that was cut exactly behind an address inside its name names that address;
 * there is nothing in it to tell. (dnsmasq itself cuts at 1,024 bytes, more than any name needs.)
 * Behind the type 0 of 2.21 a name that ends in "[A]" reads as 2.20's A. The class is not printed:
 * IN is assumed. Replies are left alone: they name no client.
 * Source: dnsmasq src/cache.c (log_query, querystr), src/util.c (sanitise), 2.20, 2.22, 2.76, 2.93.
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/qname.h"
#include "parse/scan.h"

/* A name has at most 253 bytes; each may be one of ours, none is printed longer (own choice: twice
 * that, so that no true line is refused). */
#define NAME_BYTES_MAX 512

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("dnsmasq")) ? 1 : -1;
}

/* "[UDP |TCP ]SERIAL [IP/PORT ]" off the front of @s: an extra line.
 * @ret_peer: "IP/PORT", or empty.  Returns: whether; @s is unchanged if not. */
static bool take_extra(struct dm_slice *s, struct dm_slice *ret_peer, bool *ret_tcp)
{
    struct dm_slice t = *s;
    uint32_t serial;

    *ret_tcp = dm_slice_drop(&t, DM_SLICE("TCP "));
    if (!*ret_tcp) {
        dm_slice_drop(&t, DM_SLICE("UDP "));
    }
    if (!(dm_slice_drop(&t, DM_SLICE("*")) || dm_line_number(&t, 10, &serial)) ||
        !dm_slice_drop(&t, DM_SLICE(" "))) {
        return false;
    }
    *ret_peer = dm_slice_head(t, dm_slice_find(t, ' '));
    if (dm_slice_find(*ret_peer, '/') < ret_peer->n) {
        dm_slice_take_word(&t);
    } else {
        ret_peer->n = 0;
    }
    *s = t;
    return true;
}

/* The type between brackets: a word or "type=N".  Returns: whether it is one. */
static bool read_type(struct dm_slice w, struct dm_record *rec)
{
    uint32_t n;

    if (dm_slice_drop(&w, DM_SLICE("type="))) {
        if (!dm_line_all_number(w, &n) || n > UINT16_MAX) {
            return false;
        }
        dm_question_type_number(rec, (uint16_t)n);
        return true;
    }
    return dm_question_type(rec, w);
}

/* "[TYPE] NAME" as of 2.21, behind "query".  Returns: whether. */
static bool read_bracket(struct dm_slice s, struct dm_record *rec, struct dm_slice *ret_name)
{
    size_t close = dm_slice_find(s, ']');

    if (close + 1 >= s.n || s.p[close + 1] != ' ' ||
        !read_type((struct dm_slice){s.p + 1, close - 1}, rec)) {
        return false;
    }
    *ret_name = dm_slice_skip(s, close + 2);
    return true;
}

/* "NAME[TYPE]" of 2.20, or "NAME" of type 0. */
static void read_old(struct dm_slice s, struct dm_record *rec, struct dm_slice *ret_name)
{
    size_t open = dm_slice_find_last(s, DM_SLICE("["));

    if (open + 2 < s.n && s.p[s.n - 1] == ']' &&
        read_type((struct dm_slice){s.p + open + 1, s.n - open - 2}, rec)) {
        *ret_name = dm_slice_head(s, open);
        return;
    }
    dm_question_type_number(rec, 0);
    *ret_name = s;
}

/* The client behind the last " from ", which is that of "IP/PORT" if there was one.
 * Returns: NULL, or why not. */
static const char *read_client(struct dm_slice text, struct dm_slice peer, struct dm_record *rec)
{
    size_t slash = dm_slice_find(peer, '/');
    struct dm_addr front;

    if (!dm_question_client(rec, text)) {
        return "behind the last \" from \" there is no address";
    }
    if (peer.n == 0) {
        return NULL;
    }
    if (dm_addr_parse(dm_slice_head(peer, slash), &front) < 0 ||
        !dm_addr_eq(&front, &rec->client) ||
        !dm_question_port(rec, dm_slice_skip(peer, slash + 1))) {
        return "the client in front is not the one behind the last \" from \"";
    }
    return NULL;
}

/* What follows "query", up to the end of the line. */
static enum dm_verdict read_query(struct dm_slice s, struct dm_slice peer, struct dm_record *rec,
                                  const char **ret_why)
{
    size_t from = dm_slice_find_last(s, DM_SLICE(" from "));
    struct dm_slice head = dm_slice_head(s, from), name;

    *ret_why =
        from == s.n ? "there is no \" from \"" : read_client(dm_slice_skip(s, from + 6), peer, rec);
    if (*ret_why) {
        return DM_PARSE_MALFORMED;
    }
    if (head.n > 0 && head.p[0] == '[') {
        if (!read_bracket(head, rec, &name)) {
            *ret_why = "behind \"query\" there is no type between brackets, or no name";
            return DM_PARSE_MALFORMED;
        }
    } else {
        read_old(dm_slice_skip(head, 1), rec, &name);
    }
    if (name.n > NAME_BYTES_MAX || !dm_qname_raw(rec, name.n ? name : DM_SLICE("."))) {
        *ret_why = "the name is longer than any";
        return DM_PARSE_MALFORMED;
    }
    dm_question_class_in(rec);
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

/* Lines that tell what became of a query, and name no client. */
static bool is_answer(struct dm_slice s)
{
    static const char *const words[] = {"reply", "cached", "cached-stale", "config", "forwarded"};
    struct dm_slice w = dm_slice_take_word(&s);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (dm_slice_eq(w, dm_slice_make(words[i], strlen(words[i])))) {
            return true;
        }
    }
    return dm_slice_starts(w, DM_SLICE("dnssec-query["));
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    struct dm_slice peer = {NULL, 0};
    bool tcp = false;

    (void)clock;
    bool own = dm_slice_drop(&s, DM_SLICE("dnsmasq: ")) || claims(rec->program) > 0;
    bool extra = take_extra(&s, &peer, &tcp);
    if (dm_slice_starts(s, DM_SLICE("query[")) ||
        ((own || extra) && dm_slice_starts(s, DM_SLICE("query ")))) {
        dm_question_clear(rec);
        rec->flag_bits = tcp ? DM_QF_TCP : 0;
        return read_query(dm_slice_skip(s, 5), peer, rec, ret_why);
    }
    return own || (extra && is_answer(s)) ? DM_PARSE_RECORD : DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_dnsmasq = {"dnsmasq", claims, parse};
