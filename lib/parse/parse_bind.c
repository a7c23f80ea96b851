/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND 9: query and response lines of every release from 9.1 on; its other lines are recognised and
 * left alone.
 *
 *     [time ][tag: ][category: ][module: ][severity: ]
 *     client [@0xHEX ]IP#PORT[/key SIGNER][ (QNAME)]: [view V: ]
 *     query: NAME CLASS TYPE[ FLAGS[ (DST[#PORT])[ [ECS A/S/S]]]]
 *     response: NAME CLASS TYPE RCODE an au ad FLAGS (DST)[ECS]
 *
 * Who chooses which byte, and why no client can be forged:
 * - BIND escapes every byte outside 0x21..0x7e of a name, the blank included, as "\DDD". So
 *   NAME, QNAME and SIGNER end at the first blank, and nothing is looked for inside them.
 * - IP#PORT is the first thing behind "client ", before any byte that a stranger chose.
 * - QNAME and SIGNER are stepped over by the first blank, not by looking for ')' or ':' (both may
 *   be in a name: "(x\):.query:.evil.com): ", "(2001:db8:2:): ").
 * - V is the administrator's and may hold anything, ": query: " as well. A stranger's NAME may end
 *   in ':', but has no blank in front of it except the marker's own; so the last ": query: " that
 *   has a whole NAME CLASS TYPE tail up to the end of the line behind it is the true one, and a
 *   line of another kind ("... denied", "query failed ...") has none.
 *
 * LIMITS: only `query:` and `response:` become records. A line that was cut behind CLASS and TYPE
 * reads as one of BIND 9.2's; one cut inside its flags is malformed.
 * Source: BIND 9 sources, bin/named/{client,query}.c (9.1-9.10), lib/ns/{client,query}.c (9.11+),
 * lib/dns/name.c (escapes), lib/isc/log.c (prefix); lines that real servers printed.
 */
#include "parse/parser.h"

#include "dns/rrtype.h"
#include "parse/bind_other.h"
#include "parse/bind_usual.h"
#include "parse/flags.h"
#include "parse/infoblox.h"
#include "parse/scan.h"

/* Words in front of "client ": tag, category, module, severity. */
#define PREFIX_WORDS 4
/* The longest such word: longer than any category and module of BIND 9.21. */
#define PREFIX_WORD_MAX 32
/* Places in a view's name that are tried as its end; view names are short. Own choice. */
#define VIEW_TRIES 16
/* "4294967295" is no port: at most five digits. */
#define PORT_DIGITS 5

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of at most @digits digits at the front of @s.  Returns: digits read, 0 if none. */
static size_t read_number(struct dm_slice s, size_t digits, uint32_t *ret)
{
    uint32_t v = 0;
    size_t i = 0;

    for (; i < s.n && i < digits && is_digit(s.p[i]); i++) {
        v = v * 10 + (uint32_t)(s.p[i] - '0');
    }
    *ret = v;
    return i;
}

/* Names of BIND's log categories, those that mark a line as BIND's own without a program name. */
static bool is_category(struct dm_slice w)
{
    static const char *const names[] = {
        "queries",
        "query-errors",
        "security",
        "general",
        "resolver",
        "rate-limit",
        "responses",
        "rpz",
        "xfer-in",
        "xfer-out",
        "notify",
        "client",
        "network",
        "update",
        "zoneload",
        "lame-servers",
        "dnssec",
        "config",
        "database",
        "dispatch",
        "edns-disabled",
        "cname",
        "spill",
        "serve-stale",
        "delegation-only",
        "unmatched",
        "default",
        "dnstap",
        "nsid",
        "sslkeylog",
        "trust-anchor-telemetry",
        "update-security",
        "rpz-passthru",
        "eventlib",
        "zone",
        "drop",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == w.n && memcmp(names[i], w.p, w.n) == 0) {
            return true;
        }
    }
    return false;
}

/* The length of a prefix word with its ": " at the front of @s, 0 if there is none. */
static size_t prefix_word(struct dm_slice s)
{
    struct dm_slice head = dm_slice_head(s, PREFIX_WORD_MAX);
    size_t colon = dm_slice_find(head, ':');

    if (colon == 0 || colon + 1 >= s.n || colon == head.n || s.p[colon + 1] != ' ') {
        return 0;
    }
    size_t blank = dm_slice_find(dm_slice_head(s, colon), ' ');
    bool debug = blank == 5 && memcmp(s.p, "debug", 5) == 0;
    return blank == colon || debug ? colon + 2 : 0;
}

/* Step over stamp and prefix words.  Returns: whether one of them is BIND's for sure. */
static bool skip_prefix(struct dm_slice *s, struct dm_clock *clock, struct dm_record *rec)
{
    bool own = false;
    bool bare = dm_slice_starts(*s, DM_SLICE("client "));
    size_t n = bare ? 0 : dm_stamp_parse(clock, *s, &rec->time_us);

    if (n > 0) {
        *s = dm_slice_skip(*s, n + 1);
    }
    int i = 0;
    if (dm_slice_drop(s, DM_SLICE("queries: info: "))) { /* almost every file that named writes */
        own = true;
        i = 2;
    }
    for (; i < PREFIX_WORDS && !dm_slice_starts(*s, DM_SLICE("client ")); i++) {
        n = prefix_word(*s);
        if (n == 0) {
            break;
        }
        own = own || is_category(dm_slice_head(*s, n - 2));
        *s = dm_slice_skip(*s, n);
    }
    return own;
}

/* "@0xHEX " off the front of @s.  Returns: false if '@' is there, but no blank. */
static bool take_pointer(struct dm_slice *s, struct dm_slice *ret)
{
    *ret = (struct dm_slice){NULL, 0};
    if (s->n == 0 || s->p[0] != '@') {
        return true;
    }
    size_t n = dm_slice_find(*s, ' ');
    if (n == s->n) {
        return false;
    }
    *ret = dm_slice_head(*s, n);
    *s = dm_slice_skip(*s, n + 1);
    return true;
}

/* "IP#PORT" off the front of @s into @rec.  Returns: whether it is there. */
static bool take_peer(struct dm_slice *s, struct dm_record *rec)
{
    uint32_t port;
    size_t hash = dm_slice_find(dm_slice_head(*s, DM_ADDR_STRLEN + 16), '#');
    struct dm_slice text = dm_slice_head(*s, hash);

    if (hash >= s->n || s->p[hash] != '#' || dm_addr_parse(text, &rec->client) < 0) {
        return false;
    }
    size_t digits = read_number(dm_slice_skip(*s, hash + 1), PORT_DIGITS, &port);
    if (digits == 0 || port > UINT16_MAX) {
        return false;
    }
    rec->client_text = text;
    rec->client_port = (uint16_t)port;
    *s = dm_slice_skip(*s, hash + 1 + digits);
    return true;
}

/* "[/key SIGNER][ (QNAME)]: " off the front of @s: a name ends at the first blank.
 * Returns: whether that is how it goes on. */
static bool take_names(struct dm_slice *s, struct dm_record *rec)
{
    rec->signer = rec->qname = (struct dm_slice){NULL, 0};
    if (dm_slice_drop(s, DM_SLICE("/key "))) {
        size_t n = dm_slice_find(*s, ' ');
        if (n + 1 >= s->n || n == 0) {
            return false;
        }
        bool last = s->p[n + 1] != '(';
        if (last && (n < 2 || s->p[n - 1] != ':')) {
            return false;
        }
        rec->signer = dm_slice_head(*s, n - last);
        *s = dm_slice_skip(*s, n - last);
    }
    if (dm_slice_drop(s, DM_SLICE(" ("))) {
        size_t n = dm_slice_find(*s, ' ');
        if (n >= s->n || n < 3 || s->p[n - 1] != ':' || s->p[n - 2] != ')') {
            return false;
        }
        rec->qname = dm_slice_head(*s, n - 2);
        *s = dm_slice_skip(*s, n - 1);
    }
    return dm_slice_drop(s, DM_SLICE(": "));
}

/* A letter, then letters, digits and '-': flags such as "-E" are none. */
static bool is_mnemonic(struct dm_slice w)
{
    for (size_t i = 0; i < w.n; i++) {
        char c = w.p[i];
        if (!(c >= 'A' && c <= 'Z') && !is_digit(c) && c != '-') {
            return false;
        }
    }
    return w.n > 0 && w.p[0] >= 'A';
}

/* "CLASS TYPE[ ]" off the front of @s.  Returns: whether. */
static bool take_type(struct dm_slice *s, struct dm_record *rec)
{
    rec->qclass = dm_slice_take_word(s);
    rec->qtype = dm_slice_take_word(s);
    rec->qclass_code = dm_rrclass_number(rec->qclass);
    rec->qtype_code = dm_rrtype_number(rec->qtype);
    return is_mnemonic(rec->qtype) &&
           (rec->qclass_code || dm_slice_eq(rec->qclass, DM_SLICE("RESERVED0")) ||
            dm_slice_eq(rec->qclass, DM_SLICE("CLASS0")));
}

/* "NAME CLASS TYPE[ ]" off the front of @s.  Returns: whether. */
static bool take_question(struct dm_slice *s, struct dm_record *rec)
{
    rec->qname = dm_slice_take_word(s);
    return take_type(s, rec) && rec->qname.n > 0;
}

/* "(DST[#PORT])" off the front of @s.  Returns: whether. */
static bool take_server(struct dm_slice *s, struct dm_record *rec)
{
    uint32_t port = 0;
    size_t close = dm_slice_find(*s, ')');

    if (close >= s->n || close < 2 || s->p[0] != '(') {
        return false;
    }
    struct dm_slice in = {s->p + 1, close - 1};
    size_t hash = dm_slice_find(in, '#');
    if (hash < in.n) {
        size_t digits = read_number(dm_slice_skip(in, hash + 1), PORT_DIGITS, &port);
        if (digits == 0 || hash + 1 + digits != in.n || port > UINT16_MAX) {
            return false;
        }
    }
    rec->server = dm_slice_head(in, hash);
    rec->server_port = (uint16_t)port;
    *s = dm_slice_skip(*s, close + 1);
    return rec->server.n > 0 && dm_slice_find(rec->server, ' ') == rec->server.n;
}

/* "[ ][ECS A/S/S]" up to the end of the line.  Returns: whether. */
static bool read_ecs(struct dm_slice s, struct dm_record *rec)
{
    dm_slice_drop(&s, DM_SLICE(" "));
    if (!dm_slice_drop(&s, DM_SLICE("[ECS ")) || s.n < 2 || s.p[s.n - 1] != ']') {
        return false;
    }
    rec->ecs = dm_slice_head(s, s.n - 1);
    return dm_slice_find(rec->ecs, ']') == rec->ecs.n && dm_slice_find(rec->ecs, ' ') == rec->ecs.n;
}

/* "FLAGS[ (DST[#PORT])[ [ECS A/S/S]]]" or nothing, up to the end of the line.  Returns: whether. */
static bool read_tail(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    rec->flags = rec->server = rec->ecs = none;
    rec->flag_bits = 0;
    rec->server_port = 0;
    if (s.n == 0) {
        return true;
    }
    rec->flags = dm_slice_take_word(&s);
    if (!dm_flags_read(rec->flags, &rec->flag_bits)) {
        return false;
    }
    if (s.n == 0) {
        return true;
    }
    return take_server(&s, rec) && (s.n == 0 || read_ecs(s, rec));
}

bool dm_bind_rest(struct dm_slice s, struct dm_record *rec)
{
    return take_type(&s, rec) && read_tail(s, rec);
}

/* "RCODE an au ad " off the front of @s.  Returns: whether. */
static bool take_answer(struct dm_slice *s, struct dm_record *rec)
{
    rec->rcode = dm_slice_take_word(s);
    rec->rcode_num = dm_rcode_number(rec->rcode);
    for (int i = 0; i < 3; i++) {
        uint32_t count;
        struct dm_slice w = dm_slice_take_word(s);
        size_t digits = read_number(w, 5, &count);
        if (digits == 0 || digits != w.n) {
            return false;
        }
        rec->counts[i] = (int32_t)count;
    }
    return is_mnemonic(rec->rcode) && s->n > 0;
}

/* What follows "query: " or "response: ", up to the end of the line. */
static enum dm_verdict read_query(struct dm_slice s, enum dm_record_kind kind,
                                  struct dm_record *rec, const char **ret_why)
{
    rec->rcode = (struct dm_slice){NULL, 0};
    rec->rcode_num = rec->counts[0] = rec->counts[1] = rec->counts[2] = -1;
    if (!take_question(&s, rec)) {
        *ret_why = "behind \"query: \" or \"response: \" there is no name, class and type";
        return DM_PARSE_MALFORMED;
    }
    if (kind == DM_REC_RESPONSE && !take_answer(&s, rec)) {
        *ret_why = "the response has no code and three counts";
        return DM_PARSE_MALFORMED;
    }
    if (!read_tail(s, rec)) {
        *ret_why = "behind the type is something else than flags, server address and ECS";
        return DM_PARSE_MALFORMED;
    }
    rec->kind = kind;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

/* "V: " and another line's text behind "view ": V ends where the rest is such a line to its end. */
static bool read_other_view(struct dm_slice s, struct dm_record *rec)
{
    size_t at = dm_slice_find_text(s, DM_SLICE(": "));

    for (int i = 0; i < VIEW_TRIES && at < s.n; i++) {
        if (dm_bind_other(dm_slice_skip(s, at + 2), rec)) {
            rec->view = dm_slice_head(s, at);
            rec->has_client = true;
            return true;
        }
        at += 1 + dm_slice_find_text(dm_slice_skip(s, at + 1), DM_SLICE(": "));
    }
    rec->view = (struct dm_slice){NULL, 0};
    return false;
}

/* "V: query: ..." behind "view ". The last ": query: " or ": response: " counts, but the one before
 * if the name is "query:" itself. If neither goes on like a query, it is another line. */
static enum dm_verdict read_view(struct dm_slice s, struct dm_record *rec, const char **ret_why)
{
    struct dm_slice last[2] = {{NULL, 0}, {NULL, 0}}; /* the text up to the marker's second ':' */
    struct dm_slice asked = rec->qname;
    enum dm_verdict v = DM_PARSE_RECORD;

    for (size_t at = dm_slice_find(s, ':'); at + 1 < s.n;
         at += 1 + dm_slice_find(dm_slice_skip(s, at + 1), ':')) {
        struct dm_slice head = dm_slice_head(s, at);
        if (s.p[at + 1] == ' ' && (dm_slice_ends(head, DM_SLICE(": query")) ||
                                   dm_slice_ends(head, DM_SLICE(": response")))) {
            last[1] = last[0];
            last[0] = head;
        }
    }
    for (int i = 0; i < 2 && last[i].p; i++) {
        bool query = dm_slice_ends(last[i], DM_SLICE(": query"));
        rec->view = dm_slice_head(s, last[i].n - (query ? 7 : 10));
        v = read_query(dm_slice_skip(s, last[i].n + 2), query ? DM_REC_QUERY : DM_REC_RESPONSE, rec,
                       ret_why);
        if (v == DM_PARSE_RECORD) {
            return v;
        }
    }
    rec->qname = asked;
    if (read_other_view(s, rec)) {
        return DM_PARSE_RECORD;
    }
    struct dm_slice rest = dm_slice_skip(s, last[0].n + 2);
    size_t colon = dm_slice_find(rest, ':');
    return colon + 1 < rest.n && rest.p[colon + 1] == ' ' ? DM_PARSE_RECORD : v;
}

/* What follows the client: "view V: query: ", "query: ", "response: ", or another line's text. */
static enum dm_verdict read_rest(struct dm_slice s, struct dm_record *rec, const char **ret_why)
{
    rec->view = (struct dm_slice){NULL, 0};
    if (dm_slice_drop(&s, DM_SLICE("query: "))) {
        return read_query(s, DM_REC_QUERY, rec, ret_why);
    }
    if (dm_slice_drop(&s, DM_SLICE("view "))) {
        return read_view(s, rec, ret_why);
    }
    if (dm_slice_drop(&s, DM_SLICE("response: "))) {
        return read_query(s, DM_REC_RESPONSE, rec, ret_why);
    }
    rec->has_client = dm_bind_other(s, rec);
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    if (dm_slice_drop(&program, DM_SLICE("named"))) {
        return program.n == 0 || program.p[0] == '-' || program.p[0] == '_' ? 1 : -1;
    }
    if (dm_slice_eq(program, DM_SLICE("bind")) || dm_slice_eq(program, DM_SLICE("bind9"))) {
        return 1;
    }
    return -1;
}

/* A line that begins with no client; @own: it is BIND's by its prefix. */
static enum dm_verdict read_without_client(struct dm_slice s, bool own, struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    if (!own && (rec->program.n == 0 || claims(rec->program) < 1)) {
        return DM_PARSE_OTHER;
    }
    rec->qname = rec->view = rec->signer = rec->client_ptr = none;
    rec->client_port = 0;
    dm_bind_other(s, rec);
    return DM_PARSE_RECORD;
}

/* What follows "IP#PORT" of a line whose rest is @s. Found again, since few lines need it. */
static struct dm_slice behind_peer(struct dm_slice s, const struct dm_record *rec)
{
    const char *hash = rec->client_text.p + rec->client_text.n;
    struct dm_slice rest = {hash + 1, (size_t)(s.p + s.n - hash) - 1};
    uint32_t port;

    return dm_slice_skip(rest, read_number(rest, PORT_DIGITS, &port));
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    int64_t header_us = rec->time_us;
    bool own = skip_prefix(&s, clock, rec);

    if (!dm_slice_drop(&s, DM_SLICE("client ")) || !take_pointer(&s, &rec->client_ptr) ||
        !take_peer(&s, rec)) {
        enum dm_verdict v = read_without_client(s, own, rec);
        if (v == DM_PARSE_OTHER) {
            rec->time_us = header_us;
        }
        return v;
    }
    if (!take_names(&s, rec)) {
        *ret_why = "behind the client's address and port is neither a name nor \": \"";
        return dm_infoblox_read(behind_peer(s, rec), rec) ? DM_PARSE_RECORD : DM_PARSE_MALFORMED;
    }
    enum dm_verdict v = read_rest(s, rec, ret_why);
    if (rec->kind != DM_REC_NONE) {
        return v;
    }
    return dm_infoblox_read(s, rec) ? DM_PARSE_RECORD : v;
}

const struct dm_parser dm_parser_bind = {"bind", claims, parse, dm_bind_usual, dm_bind_quick};
