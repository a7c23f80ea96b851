/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which parser reads a line.
 *
 * Method. The program name decides where it can. Where no parser knows it (no header, a tag that an
 * administrator chose for a file), each is asked, the one that matched last first: lines of one
 * source come together.
 * LIMITS: behind an unknown program name anything that looks like a parser's line is believed, so a
 * program that logs a stranger's text from its first byte on should not be fed in.
 * Source: doc/FORMATS.md.
 */
#include "parse/parser.h"

const struct dm_parser *const dm_parsers[DM_PARSER_COUNT] = {
#define X(name) &dm_parser_##name,
#include "parse/parsers.def"
#undef X
};

/* Line ends and NULs that a transport left behind, blanks that a syslog header leaves in front. */
static struct dm_slice trim(struct dm_slice s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\0')) {
        s.n--;
    }
    while (s.n > 0 && s.p[0] == ' ') {
        s = dm_slice_skip(s, 1);
    }
    return s;
}

/* The parser that the program name belongs to; DM_PARSER_COUNT: nobody claims it.
 * *ret_may: bit i set where parser i cannot say. */
static unsigned claimed_by(struct dm_slice program, unsigned *ret_may)
{
    *ret_may = 0;
    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        int claim = dm_parsers[i]->claims(program);
        if (claim > 0) {
            return i;
        }
        *ret_may |= (unsigned)(claim < 0) << i;
    }
    return DM_PARSER_COUNT;
}

static enum dm_verdict ask(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                           struct dm_record *rec, const char **ret_why)
{
    enum dm_verdict v = dm_parsers[id]->parse(msg, &ctx->clock, rec, ret_why);

    if (v != DM_PARSE_OTHER) {
        rec->parser = dm_parsers[id]->name;
        ctx->last = id;
        ctx->counts.by[id][v]++;
    }
    return v;
}

/* Nobody claims the program: ask those that cannot say, the last one first. */
static enum dm_verdict ask_all(struct dm_parse_ctx *ctx, unsigned may, struct dm_slice msg,
                               struct dm_record *rec, const char **ret_why)
{
    unsigned first = ctx->last < DM_PARSER_COUNT ? ctx->last : 0;

    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        unsigned id = i == 0 ? first : i <= first ? i - 1 : i;
        if (may & 1U << id) {
            enum dm_verdict v = ask(ctx, id, msg, rec, ret_why);
            if (v != DM_PARSE_OTHER) {
                return v;
            }
        }
    }
    ctx->counts.unclaimed++;
    *ret_why = "no parser knows this line";
    return DM_PARSE_OTHER;
}

/* A claimed program's line: one that its parser does not know is of no use. */
static enum dm_verdict ask_one(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                               struct dm_record *rec, const char **ret_why)
{
    enum dm_verdict v = ask(ctx, id, msg, rec, ret_why);

    if (v == DM_PARSE_OTHER) {
        rec->parser = dm_parsers[id]->name;
        v = DM_PARSE_RECORD;
        ctx->counts.by[id][v]++;
    }
    return v;
}

/* A log file that a host reads under a tag of its own: the header is in the message.
 * Returns: the parser whose program that header names, DM_PARSER_COUNT if there is none. */
static unsigned inner_header(struct dm_parse_ctx *ctx, struct dm_slice *msg, struct dm_record *rec)
{
    struct dm_header head;
    unsigned may;

    dm_header_parse(&ctx->clock, *msg, &head);
    unsigned id = head.program.n ? claimed_by(head.program, &may) : DM_PARSER_COUNT;
    if (id < DM_PARSER_COUNT) {
        *msg = trim(head.msg);
        rec->program = head.program;
        rec->host = head.host.n ? head.host : rec->host;
        rec->time_us = head.time_us ? head.time_us : rec->time_us;
    }
    return id;
}

static enum dm_verdict dispatch(struct dm_parse_ctx *ctx, struct dm_slice msg,
                                struct dm_record *rec, const char **ret_why)
{
    unsigned may = ~0U;
    unsigned id = rec->program.n ? claimed_by(rec->program, &may) : DM_PARSER_COUNT;

    rec->kind = DM_REC_NONE;
    rec->has_client = false;
    rec->parser = NULL;
    if (id == DM_PARSER_COUNT && rec->program.n) {
        id = inner_header(ctx, &msg, rec);
    }
    return id < DM_PARSER_COUNT ? ask_one(ctx, id, msg, rec, ret_why)
                                : ask_all(ctx, may, msg, rec, ret_why);
}

/* The part of both ways in once rec's header fields are set. */
static enum dm_verdict finish(struct dm_parse_ctx *ctx, struct dm_slice msg, struct dm_record *rec,
                              const char **ret_why)
{
    const char *why = NULL;
    enum dm_verdict v = dispatch(ctx, trim(msg), rec, &why);

    if (v != DM_PARSE_RECORD) {
        rec->kind = DM_REC_NONE;
        rec->has_client = false;
        if (ret_why) {
            *ret_why = why;
        }
    }
    if (rec->time_us == 0) {
        rec->time_us = ctx->clock.last_us;
    }
    return v;
}

enum dm_verdict dm_parse_message(struct dm_parse_ctx *ctx, int64_t time_us, struct dm_slice host,
                                 struct dm_slice program, struct dm_slice msg,
                                 struct dm_record *rec, const char **ret_why)
{
    dm_clock_see(&ctx->clock, time_us);
    rec->time_us = time_us;
    rec->host = host;
    rec->program = program;
    return finish(ctx, msg, rec, ret_why);
}

enum dm_verdict dm_parse_line(struct dm_parse_ctx *ctx, struct dm_slice line, struct dm_record *rec,
                              const char **ret_why)
{
    struct dm_header head;

    dm_header_parse(&ctx->clock, line, &head);
    rec->time_us = head.time_us;
    rec->host = head.host;
    rec->program = head.program;
    return finish(ctx, head.msg, rec, ret_why);
}
