/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which parser reads a line.
 *
 * Method. The program name decides where it can; what the parsers say of it is remembered. Where no
 * parser knows it (no header, a tag that an administrator chose for a file), each is asked, the one
 * that matched that name's last line first: lines of one source come together.
 * LIMITS: behind an unknown program name anything that looks like a parser's line is believed, so a
 * program that logs a stranger's text from its first byte on should not be fed in.
 * Source: doc/FORMATS.md.
 */
#include "parse/parser.h"

#include <glib.h>

#include "util/bytes.h"

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

/* What the parsers say of a program name, which never changes. */
static void ask_claims(struct dm_slice program, unsigned last, struct dm_program_memo *ret)
{
    ret->len = 0;
    ret->owner = DM_PARSER_COUNT;
    ret->last = (uint8_t)last;
    ret->may = 0;
    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        int claim = dm_parsers[i]->claims(program);
        if (claim > 0) {
            ret->owner = (uint8_t)i;
            return;
        }
        ret->may |= (uint32_t)(claim < 0) << i;
    }
}

/* The memo is this program's. */
static inline bool is_memo_of(const struct dm_program_memo *m, struct dm_slice program)
{
    return m->len == program.n && dm_bytes_equal_any(m->text, program.p, program.n);
}

/* Ask anew, and remember it in @m unless the name is too long: then the answer is in @scratch. */
static struct dm_program_memo *new_memo(struct dm_program_memo *m, struct dm_slice program,
                                        unsigned last, struct dm_program_memo *scratch)
{
    if (program.n > DM_PROGRAM_BYTES) {
        m = scratch;
    }
    ask_claims(program, last, m);
    if (m != scratch) {
        m->len = (uint8_t)program.n;
        memcpy(m->text, program.p, program.n);
    }
    return m;
}

/* The memo of a program other than the last line's. */
static struct dm_program_memo *find_memo(struct dm_parse_ctx *ctx, struct dm_slice program,
                                         struct dm_program_memo *scratch)
{
    /* spreads Postfix's programs, which differ in length and last bytes */
    size_t slot = (program.n + 7 * (unsigned char)program.p[program.n - 1] +
                   3 * (unsigned char)program.p[program.n / 2]) %
                  DM_PROGRAM_MEMOS;
    struct dm_program_memo *m = &ctx->programs[slot];

    ctx->recent = (uint8_t)slot;
    return is_memo_of(m, program) ? m : new_memo(m, program, ctx->last, scratch);
}

/* What is known of a program name; asked once and remembered, because every line has one.
 * @scratch: where the answer is if the name is too long to be remembered. */
static inline struct dm_program_memo *memo_of(struct dm_parse_ctx *ctx, struct dm_slice program,
                                              struct dm_program_memo *scratch)
{
    struct dm_program_memo *m = &ctx->programs[ctx->recent];

    return is_memo_of(m, program) ? m : find_memo(ctx, program, scratch);
}

/* One parser's answer; what it did to the header's fields is undone if the line is not its own. */
static enum dm_verdict ask(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                           struct dm_record *rec, const char **ret_why)
{
    int64_t time_us = rec->time_us, ref_us = ctx->clock.ref_us, far_us = ctx->clock.far_us;
    struct dm_slice program = rec->program;
    enum dm_verdict v = dm_parsers[id]->parse(msg, &ctx->clock, rec, ret_why);

    if (v != DM_PARSE_OTHER) {
        rec->parser = dm_parsers[id]->name;
        ctx->counts.by[id][v]++;
        return v;
    }
    ctx->clock.ref_us = ref_us; /* else a stamp would count once for each parser that looks */
    ctx->clock.far_us = far_us;
    rec->time_us = time_us;
    rec->program = program;
    rec->kind = DM_REC_NONE;
    rec->has_client = false;
    rec->more = 0;
    return v;
}

/* Nobody claims the program: ask those that cannot say, the last one first.
 * @may: bit i set where parser i is asked.  @last: in and out, the one that read the last line. */
static enum dm_verdict ask_all(struct dm_parse_ctx *ctx, uint32_t may, unsigned *last,
                               struct dm_slice msg, struct dm_record *rec, const char **ret_why)
{
    unsigned first = *last < DM_PARSER_COUNT ? *last : 0;

    for (unsigned i = 0; i < DM_PARSER_COUNT; i++) {
        unsigned id = i == 0 ? first : i <= first ? i - 1 : i;
        if (may & (uint32_t)1 << id) {
            enum dm_verdict v = ask(ctx, id, msg, rec, ret_why);
            if (v != DM_PARSE_OTHER) {
                *last = id;
                return v;
            }
        }
    }
    ctx->counts.unclaimed++;
    *ret_why = "no parser knows this line";
    return DM_PARSE_OTHER;
}

bool dm_parse_usual(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                    struct dm_record *rec)
{
    struct dm_usual_memo *memo = &ctx->usual;

    if (!ctx->brief || !dm_parsers[id]->usual ||
        (memo->missed == DM_USUAL_MISSES && ++memo->passed != 0)) {
        return false;
    }
    bool read = dm_parsers[id]->usual(msg, ctx, rec);
    memo->missed = read ? 0 : (uint8_t)MIN(memo->missed + 1, DM_USUAL_MISSES);
    return read;
}

/* A claimed program's line: one that its parser does not know is of no use. Most lines come here.
 */
static inline enum dm_verdict ask_one(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                                      struct dm_record *rec, const char **ret_why)
{
    const struct dm_parser *parser = dm_parsers[id];
    enum dm_verdict v = DM_PARSE_RECORD;

    if (!dm_parse_usual(ctx, id, msg, rec)) {
        v = parser->parse(msg, &ctx->clock, rec, ret_why);
    }
    if (v == DM_PARSE_OTHER) {
        rec->kind = DM_REC_NONE;
        rec->has_client = false;
        v = DM_PARSE_RECORD;
    }
    rec->parser = parser->name;
    ctx->counts.by[id][v]++;
    return v;
}

/* A log file that a host reads under a tag of its own: the header is in the message.
 * Returns: the parser whose program that header names, DM_PARSER_COUNT if there is none. */
static unsigned inner_header(struct dm_parse_ctx *ctx, struct dm_slice *msg, struct dm_record *rec)
{
    struct dm_program_memo scratch;
    struct dm_header head;

    dm_header_parse(&ctx->clock, *msg, &head);
    unsigned id =
        head.program.n ? memo_of(ctx, head.program, &scratch)->owner : (unsigned)DM_PARSER_COUNT;
    if (id < DM_PARSER_COUNT) {
        *msg = trim(head.msg);
        rec->program = head.program;
        rec->host = head.host.n ? head.host : rec->host;
        rec->time_us = head.time_us ? head.time_us : rec->time_us;
    }
    return id;
}

/* A line of a program that nobody claims. */
static enum dm_verdict dispatch_odd(struct dm_parse_ctx *ctx, struct dm_program_memo *memo,
                                    struct dm_slice msg, struct dm_record *rec,
                                    const char **ret_why)
{
    unsigned last = memo->last;
    uint32_t may = memo->may;
    unsigned id = inner_header(ctx, &msg, rec); /* may take the memo's place for another name */

    if (id < DM_PARSER_COUNT) {
        return ask_one(ctx, id, msg, rec, ret_why);
    }
    struct dm_slice program = rec->program;
    enum dm_verdict v = ask_all(ctx, may, &last, msg, rec, ret_why);
    if (v != DM_PARSE_OTHER) {
        struct dm_program_memo scratch;
        memo_of(ctx, program, &scratch)->last = (uint8_t)last;
        ctx->last = last;
    }
    return v;
}

static enum dm_verdict dispatch(struct dm_parse_ctx *ctx, struct dm_slice msg,
                                struct dm_record *rec, const char **ret_why)
{
    struct dm_program_memo scratch;

    rec->kind = DM_REC_NONE;
    rec->has_client = false;
    rec->parser = NULL;
    rec->more = 0;
    if (rec->program.n == 0) {
        return ask_all(ctx, ~(uint32_t)0, &ctx->last, msg, rec, ret_why);
    }
    struct dm_program_memo *memo = memo_of(ctx, rec->program, &scratch);
    if (memo->owner < DM_PARSER_COUNT) {
        ctx->last = memo->owner; /* of lines that lost their header */
        return ask_one(ctx, memo->owner, msg, rec, ret_why);
    }
    return dispatch_odd(ctx, memo, msg, rec, ret_why);
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

/* The header of a raw line; whose it is is remembered if its program surely belongs to a parser. */
static void read_head(struct dm_parse_ctx *ctx, struct dm_slice line, struct dm_header *ret)
{
    struct dm_program_memo scratch;

    if (ctx->brief && dm_known_head(&ctx->heads, &ctx->clock, line, ret)) {
        dm_stamp_follow(&ctx->clock, ret->time_us);
        return;
    }
    dm_header_parse(&ctx->clock, line, ret);
    unsigned owner = ret->program.n && ret->time_us ? memo_of(ctx, ret->program, &scratch)->owner
                                                    : (unsigned)DM_PARSER_COUNT;
    if (owner < DM_PARSER_COUNT) {
        dm_known_head_learn(&ctx->heads, &ctx->clock, line, ret, (uint8_t)owner);
    }
}

enum dm_verdict dm_parse_line(struct dm_parse_ctx *ctx, struct dm_slice line, struct dm_record *rec,
                              const char **ret_why)
{
    struct dm_header head;

    read_head(ctx, line, &head);
    rec->time_us = head.time_us;
    rec->host = head.host;
    rec->program = head.program;
    return finish(ctx, head.msg, rec, ret_why);
}
