/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One target a parser: lines as a file has them, header and all, and as a log host hands them over,
 * under the parser's program names.
 *
 * Method:  the input is lines, so that a corpus can be read. Each goes two ways: as a file's line,
 *          and as a message under one of the parser's program names (which one: the line's length
 *          says). What comes of it (of every 16th line, libFuzzer's case) is written as JSON, which
 * reads every byte of every field of the record's kind, and has to be valid; and the same lines
 * again give the same, whatever the record held before (parsers leave fields alone that are not of
 * the record's kind), and with the short ways open as well. LIMITS:  whether a record is right is
 * for tests/unit/test_parse_*.c. JSON objects: only lines, not dnsmon_feed_json()'s time and host
 * (target feed).
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "parse/parse_json.h"
#include "parse/record_json.h"

/* Lines of one input that are read; own choice: a parser's memory is one line long. */
#define LINES_MAX 8
#define NAMES_MAX 8

/* Program names under which a parser's lines come; "": a file without header. */
static const char *const programs[DM_PARSER_COUNT][NAMES_MAX] = {
    [DM_PARSER_bind] = {"named", "", "named-sdb"},
    [DM_PARSER_postfix] = {"postfix/smtpd", "postfix/qmgr", "postfix/cleanup", "postfix/smtp",
                           "postfix/postscreen", "postfix/anvil", "postfix/bounce",
                           "postfix-out/submission/smtpd"},
    [DM_PARSER_unbound] = {"unbound", ""},
    [DM_PARSER_dnsmasq] = {"dnsmasq", ""},
    [DM_PARSER_pdns] = {"pdns_recursor", "pdns", ""},
    [DM_PARSER_kresd] = {"kresd", "kresd1", ""},
    [DM_PARSER_nsd] = {"nsd", ""},
    [DM_PARSER_dnstap] = {"dnstap", ""},
    [DM_PARSER_windns] = {"", "DNS"},
    [DM_PARSER_netfilter] = {"kernel", "ulogd", ""},
    [DM_PARSER_pf] = {"filterlog", "pf", ""},
    [DM_PARSER_iplog] = {"iplog", ""},
    [DM_PARSER_dovecot] = {"dovecot", "pop3-login", ""},
    [DM_PARSER_qpopper] = {"popper", "qpopper", ""},
    [DM_PARSER_courier] = {"pop3d", "pop3d-ssl", "courier-pop3d", ""},
    [DM_PARSER_json] = {"", "x"},
};

static struct dm_slice program_for(enum dm_parser_id id, size_t n)
{
    size_t have = 0;

    while (have < NAMES_MAX && programs[id][have]) {
        have++;
    }
    const char *name = have ? programs[id][n % have] : "";
    return dm_slice_make(name, strlen(name));
}

static void start(struct dm_parse_ctx *ctx)
{
    static struct dm_zone *zone; /* costs a look into the system's files */

    if (!zone) {
        zone = dm_zone_new("Asia/Tokyo");
    }
    memset(ctx, 0, sizeof *ctx);
    ctx->clock.zone = zone;
    ctx->clock.year = 2026;
}

/* What a log line was read as; owned by the caller. */
static char *shown(const struct dm_record *rec, enum dm_verdict v, const char *why)
{
    char *json = dm_record_json(rec, v, v == DM_PARSE_RECORD ? NULL : why);

    if (!json) {
        abort();
    }
    return json;
}

static enum dm_verdict as_line(struct dm_parse_ctx *ctx, struct dm_json *object,
                               struct dm_slice line, struct dm_record *rec, const char **why)
{
    if (line.n && line.p[0] == '{') {
        return dm_parse_json(ctx, object, 0, DM_SLICE(""), line, rec, why);
    }
    return dm_parse_line(ctx, line, rec, why);
}

static enum dm_verdict as_message(struct dm_parse_ctx *ctx, enum dm_parser_id id,
                                  struct dm_slice line, struct dm_record *rec, const char **why)
{
    return dm_parse_message(ctx, INT64_C(1795219200000000), DM_SLICE("ns1"),
                            program_for(id, line.n), line, rec, why);
}

/* A number that is the same whenever the line is. */
static unsigned line_number(struct dm_slice s)
{
    unsigned n = (unsigned)s.n;

    for (size_t i = 0; i < s.n; i += 1 + s.n / 8) {
        n = n * 31 + (unsigned char)s.p[i];
    }
    return n >> 2;
}

/* Of each: what comes of one is compared with what comes of the others. */
struct reading {
    struct dm_parse_ctx ctx[2]; /* the second is a copy of the first where it is needed */
    struct dm_parse_ctx brief;  /* takes the short ways */
    struct dm_json object[3];
};

static bool same_record(const struct dm_record *a, const struct dm_record *b)
{
    if (a->kind != b->kind || a->time_us != b->time_us || a->has_client != b->has_client ||
        !dm_slice_eq(a->host, b->host) || !dm_slice_eq(a->program, b->program) ||
        (a->has_client && !dm_addr_eq(&a->client, &b->client))) {
        return false;
    }
    return a->kind != DM_REC_QUERY ||
           (dm_slice_eq(a->qname, b->qname) && a->qtype_code == b->qtype_code &&
            a->qclass_code == b->qclass_code && a->flag_bits == b->flag_bits &&
            a->client_port == b->client_port && a->more == b->more);
}

/* A short way says what the parser says, as far as a brief record says anything. */
static void check_brief(struct reading *r, enum dm_parser_id id, struct dm_slice line, bool message,
                        enum dm_verdict verdict, const struct dm_record *full)
{
    struct dm_record rec;
    const char *why = "";
    enum dm_verdict v = message ? as_message(&r->brief, id, line, &rec, &why)
                                : as_line(&r->brief, &r->object[2], line, &rec, &why);

    if (v != verdict || !same_record(&rec, full) ||
        r->brief.clock.ref_us != r->ctx[0].clock.ref_us ||
        r->brief.clock.far_us != r->ctx[0].clock.far_us) {
        fuzz_fail("a short way says what the parser says", "");
    }
}

static void check_way(struct reading *r, enum dm_parser_id id, struct dm_slice line, bool message)
{
    struct dm_record rec[2];
    const char *why[2] = {"", ""};
    enum dm_verdict v[2];

    /* Few of the fuzzer's lines pay for the JSON: it takes ten times what reading them takes. */
    bool all = fuzz_thorough || line_number(line) % 16 == 0;
    if (all) {
        r->ctx[1] = r->ctx[0];
    }
    for (int i = 0; i < (all ? 2 : 1); i++) {
        memset(&rec[i], i ? 0xa5 : 0, sizeof rec[i]);
        v[i] = message ? as_message(&r->ctx[i], id, line, &rec[i], &why[i])
                       : as_line(&r->ctx[i], &r->object[i], line, &rec[i], &why[i]);
    }
    check_brief(r, id, line, message, v[0], &rec[0]);
    if (!all) {
        return;
    }
    char *first = shown(&rec[0], v[0], why[0]), *second = shown(&rec[1], v[1], why[1]);
    if (strcmp(first, second) != 0) {
        fuzz_fail("the same line gives the same record", first);
    }
    fuzz_check_json(first);
    free(first);
    free(second);
}

static void run(enum dm_parser_id id, struct dm_slice rest)
{
    struct reading r;
    struct dm_slice line;

    memset(r.object, 0, sizeof r.object);
    start(&r.ctx[0]);
    r.brief = r.ctx[0];
    r.brief.brief = true;
    for (int i = 0; i < LINES_MAX && (line = fuzz_next_line(&rest)).p; i++) {
        check_way(&r, id, line, false);
        check_way(&r, id, line, true);
        free((char *)line.p);
    }
    dm_json_clear(&r.object[0]);
    dm_json_clear(&r.object[1]);
    dm_json_clear(&r.object[2]);
}

#define X(name)                                                                                    \
    void fuzz_parse_##name(struct dm_slice input)                                                  \
    {                                                                                              \
        run(DM_PARSER_##name, input);                                                              \
    }
#include "parse/parsers.def"
#undef X
