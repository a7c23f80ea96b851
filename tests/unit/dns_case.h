/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the tests of the DNS servers' parsers share: a table of lines with the parse worked out by
 * hand, hostile names on the wire and how each server prints them, and the laws.
 */
#ifndef DM_UNIT_DNS_CASE_H
#define DM_UNIT_DNS_CASE_H

#include "dns/name.h"
#include "parse_case.h"

/* ---- tables ------------------------------------------------------------------------------ */

struct dns_row {
    const char *name;
    const char *program; /* NULL: the line has its own header, or none */
    const char *line;
    enum dm_verdict verdict;
    enum dm_record_kind kind;
    const char *client;
    int port; /* 0: not printed, or BIND's 0 */
    const char *qname, *qtype, *rcode;
};

#define OTHER DM_PARSE_OTHER, DM_REC_NONE, NULL, 0, NULL, NULL, NULL
#define UNUSED DM_PARSE_RECORD, DM_REC_NONE, NULL, 0, NULL, NULL, NULL
#define BROKEN DM_PARSE_MALFORMED, DM_REC_NONE, NULL, 0, NULL, NULL, NULL
#define QUERY DM_PARSE_RECORD, DM_REC_QUERY
#define RESPONSE DM_PARSE_RECORD, DM_REC_RESPONSE

static inline bool dns_row_is(const struct dns_row *r, enum dm_verdict v,
                              const struct dm_record *rec)
{
    if (v != r->verdict || rec->kind != r->kind || rec->has_client != (r->client != NULL)) {
        return false;
    }
    if (!r->client) {
        return true;
    }
    return is_client(rec, r->client) && rec->client_port == r->port && is(rec->qname, r->qname) &&
           is(rec->qtype, r->qtype) && (r->kind != DM_REC_RESPONSE || is(rec->rcode, r->rcode));
}

static inline void dns_table(const struct dns_row *rows, size_t n)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < n; i++) {
        struct dm_parse_ctx ctx;
        struct dm_record rec;
        char *copy;
        start(&ctx);
        enum dm_verdict v =
            parse_exact(&ctx, rows[i].program, rows[i].line, strlen(rows[i].line), &rec, &copy);
        if (!dns_row_is(&rows[i], v, &rec)) {
            print_error("%s: verdict %d, kind %d, client %.*s, name %.*s, type %.*s\n",
                        rows[i].name, v, rec.kind, rec.has_client ? (int)rec.client_text.n : 0,
                        rec.client_text.p, rec.has_client ? (int)rec.qname.n : 0, rec.qname.p,
                        rec.has_client ? (int)rec.qtype.n : 0, rec.qtype.p);
            wrong++;
        }
        free(copy);
        dm_zone_free(ctx.clock.zone);
    }
    assert_int_equal(wrong, 0);
}

/* The client is one of the tables' true ones, or the front of one: where a server prints it last, a
 * cut may go through it. Everybody else in the lines is a liar or another server. */
static inline bool is_honest(const struct dm_record *rec)
{
    static const char *const clients[] = {"192.0.2.7",    "2001:db8::7", "fe80::1%eth0",
                                          "fe80::7%eth0", "::7",         "10.0.0.1"};

    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++) {
        if (dm_slice_starts(of(clients[i]), rec->client_text)) {
            return true;
        }
    }
    return false;
}

/* Every line cut at every byte: the true client or none. @skip: rows whose name begins so. */
static inline void dns_cut(const struct dns_row *rows, size_t n, const char *skip)
{
    struct dm_parse_ctx ctx;

    start(&ctx);
    for (size_t i = 0; i < n; i++) {
        for (size_t len = 0; len < strlen(rows[i].line); len++) {
            struct dm_record rec;
            char *copy;
            parse_exact(&ctx, rows[i].program, rows[i].line, len, &rec, &copy);
            if (rec.has_client && !is_honest(&rec) &&
                !(skip && g_str_has_prefix(rows[i].name, skip))) {
                fail_msg("%s, cut at %zu: %.*s", rows[i].name, len, (int)len, rows[i].line);
            }
            free(copy);
        }
    }
    dm_zone_free(ctx.clock.zone);
}

/* Lines of the table with random bytes in them, and random bytes alone. */
static inline void dns_noise(const struct dns_row *rows, size_t n)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;

    start(&ctx);
    for (int i = 0; i < ROUNDS; i++) {
        const struct dns_row *row = &rows[g_rand_int_range(r, 0, (gint)n)];
        char *line = g_strdup(row->line), *copy;
        size_t len = strlen(line);
        struct dm_record rec;
        for (int k = g_rand_int_range(r, 1, i % 8 ? 4 : 200); len > 0 && k > 0; k--) {
            line[g_rand_int_range(r, 0, (gint)len)] = (char)g_rand_int_range(r, 0, 256);
        }
        parse_exact(&ctx, row->program, line, len, &rec, &copy);
        free(copy);
        g_free(line);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
}

/* ---- hostile names ------------------------------------------------------------------------ */

#define WIRE_LABELS 3
#define WIRE_BYTES 48

/* A name as a packet carries it. */
struct wire {
    int n;
    int len[WIRE_LABELS];
    unsigned char label[WIRE_LABELS][WIRE_BYTES];
};

/* @printable: no byte outside 0x20..0x7e and no '.', as the names that dnsmasq prints. */
static inline void wire_make(GRand *r, bool printable, struct wire *ret)
{
    static const char *const labels[] = {
        " from 6.6.6.6",
        "query[A] y from 6.6.6.6",
        "' from 6.6.6.6:53",
        "x|A' from 6.6.6.6",
        "', do = 1, bufsize = 9",
        "\" remote=\"6.6.6.6:53",
        "\\\" qname=\"y",
        "(3)",
        "(0)",
        "6.6.6.6",
        ": query: x IN A",
        "info: 6.6.6.6 x. A IN",
        "A IN NOERROR 0.1 0 9",
        "[A]",
        "a/A/IN",
        "/IN/A",
        ", user: 6.6.6.6, name: x",
        " response: NOERROR + ;",
        "refused, x",
        "www",
        "a",
        "\\",
        "\\\\",
        "\\.",
        "foo:",
        "|",
        "'",
        "\"",
        "-",
        " ",
        "  ",
        "@",
        "$",
        ";",
        " (proxied by 6.6.6.6:5)",
        " (ecs 6.6.6.6/24)",
        "<-6.6.6.6",
        "\\032",
    };

    ret->n = g_rand_int_range(r, 1, WIRE_LABELS + 1);
    for (int i = 0; i < ret->n; i++) {
        const char *word = pick(r, labels, G_N_ELEMENTS(labels));
        ret->len[i] = (int)strlen(word);
        memcpy(ret->label[i], word, strlen(word));
        if (g_rand_int_range(r, 0, 3) == 0) {
            ret->len[i] = g_rand_int_range(r, 1, 12);
            for (int k = 0; k < ret->len[i]; k++) {
                ret->label[i][k] = (unsigned char)g_rand_int_range(r, 0, 256);
            }
        }
        for (int k = 0; printable && k < ret->len[i]; k++) {
            unsigned char *c = &ret->label[i][k];
            *c = *c < 0x20 || *c > 0x7e || *c == '.' ? 'p' : *c;
        }
    }
}

/* Who prints it. */
enum wire_form {
    FORM_BIND,
    FORM_PDNS,
    FORM_NSD,
    FORM_UNBOUND,
    FORM_DNSMASQ,
    FORM_GO,
    FORM_WINDOWS
};

static inline void wire_byte(GString *out, enum wire_form form, unsigned char c)
{
    bool plain = g_ascii_isalnum(c) || c == '-' || c == '_' || c == '*';

    switch (form) {
    case FORM_BIND:
    case FORM_PDNS:
        if (c < 0x21 || c > 0x7e) {
            g_string_append_printf(out, "\\%03u", c);
        } else {
            bool mark = c == '.' || c == '\\' || (form == FORM_BIND && strchr("@$();\"", c));
            g_string_append_printf(out, mark ? "\\%c" : "%c", c);
        }
        break;
    case FORM_NSD:
        g_string_append_printf(out, plain ? "%c" : c == '.' || c == '\\' ? "\\%c" : "\\%03u", c);
        break;
    case FORM_UNBOUND:
        g_string_append_c(out, plain ? (char)c : '?');
        break;
    case FORM_GO:
        if (c < 0x20 || c > 0x7e) {
            g_string_append_printf(out, "\\%03u", c);
        } else {
            g_string_append_printf(out, strchr(". '@;()\"\\", c) ? "\\%c" : "%c", c);
        }
        break;
    default:
        g_string_append_c(out, (char)c);
    }
}

/* The name as a server of that form prints it; new. */
static inline GString *wire_text(const struct wire *w, enum wire_form form)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; i < w->n; i++) {
        if (form == FORM_WINDOWS) {
            g_string_append_printf(out, "(%d)", w->len[i]);
        } else if (i > 0) {
            g_string_append_c(out, '.');
        }
        for (int k = 0; k < w->len[i]; k++) {
            wire_byte(out, form, w->label[i][k]);
        }
    }
    if (form == FORM_WINDOWS) {
        g_string_append(out, "(0)");
    } else if (form == FORM_UNBOUND || form == FORM_NSD || form == FORM_GO) {
        g_string_append_c(out, '.');
    }
    return out;
}

/* The record's name and the wire's have the same normal form. */
static inline bool same_name(struct dm_slice qname, const struct wire *w)
{
    struct dm_name want, got;
    GString *bind = wire_text(w, FORM_BIND);

    dm_name_normalise(dm_slice_make(bind->str, bind->len), &want);
    dm_name_normalise(qname, &got);
    bool same = got.len == want.len && memcmp(got.text, want.text, want.len) == 0;
    g_string_free(bind, TRUE);
    return same;
}

/* ---- laws --------------------------------------------------------------------------------- */

/* One line as a server prints it. */
struct dns_made {
    struct wire wire;
    GString *line;
    const char *client, *type;
    int port;
    enum dm_record_kind kind;
    bool lossy;  /* the server has thrown bytes of the name away */
    bool cut_ok; /* a cut line can name no other client */
    const char *program;
};

typedef void dns_make_fn(GRand *r, struct dns_made *m);

static inline void dns_choose(GRand *r, struct dns_made *m, bool printable)
{
    static const char *const clients[] = {"192.0.2.7", "2001:db8::7", "10.0.0.1", "fe80::1"};
    static const char *const types[] = {"A", "AAAA", "MX", "TYPE65280", "ANY", "PTR"};

    memset(m, 0, sizeof *m);
    wire_make(r, printable, &m->wire);
    m->line = g_string_new(NULL);
    m->client = pick(r, clients, G_N_ELEMENTS(clients));
    m->type = pick(r, types, G_N_ELEMENTS(types));
    m->port = g_rand_int_range(r, 1, 65536);
    m->kind = DM_REC_QUERY;
    m->cut_ok = true;
}

static inline bool dns_read_back(const struct dns_made *m, enum dm_verdict v,
                                 const struct dm_record *rec)
{

    return v == DM_PARSE_RECORD && rec->kind == m->kind && is_client(rec, m->client) &&
           rec->client_port == m->port && is(rec->qtype, m->type) &&
           (m->lossy || same_name(rec->qname, &m->wire));
}

static inline void dns_cut_made(struct dm_parse_ctx *ctx, const struct dns_made *m)
{
    for (size_t n = 0; n < m->line->len; n++) {
        struct dm_record rec;
        char *copy;
        parse_exact(ctx, m->program, m->line->str, n, &rec, &copy);
        if (rec.has_client && !dm_slice_starts(of(m->client), rec.client_text)) {
            fail_msg("cut at %zu: %s", n, m->line->str);
        }
        free(copy);
    }
}

/* What the server prints is read back, and its cut lines name nobody else. */
static inline void dns_law(dns_make_fn *make)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct dm_parse_ctx ctx;
    unsigned wrong = 0;

    start(&ctx);
    for (int i = 0; i < ROUNDS && wrong < 5; i++) {
        struct dns_made m;
        struct dm_record rec;
        char *copy;
        make(r, &m);
        enum dm_verdict v = parse_exact(&ctx, m.program, m.line->str, m.line->len, &rec, &copy);
        if (!dns_read_back(&m, v, &rec)) {
            print_error("round %d, verdict %d, kind %d, name %.*s: %s\n", i, v, rec.kind,
                        rec.has_client ? (int)rec.qname.n : 0, rec.qname.p, m.line->str);
            wrong++;
        }
        if (m.cut_ok && i % 100 == 0) {
            dns_cut_made(&ctx, &m);
        }
        free(copy);
        g_string_free(m.line, TRUE);
    }
    dm_zone_free(ctx.clock.zone);
    g_rand_free(r);
    assert_int_equal(wrong, 0);
}

#endif
