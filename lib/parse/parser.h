/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Parsers: one file and one row in parsers.def each. A parser reads the text behind the syslog
 * header and answers one of three: a record, not mine, mine but malformed.
 */
#ifndef DM_PARSE_PARSER_H
#define DM_PARSE_PARSER_H

#include <stdint.h>

#include "parse/known_head.h"
#include "parse/record.h"

enum dm_verdict {
    DM_PARSE_RECORD,    /**< understood; kind DM_REC_NONE: its own line, of no use to anybody */
    DM_PARSE_OTHER,     /**< not this parser's line */
    DM_PARSE_MALFORMED, /**< this parser's line, but not of the form it should have */
    DM_PARSE_COUNT
};

/** Texts that a feed remembers of the usual lines, and their length, bytes. Own choice: types times
 * flags times server addresses of a large site, and the longest of them with two IPv6 addresses. */
#define DM_USUAL_TEXTS_LOG2 7
#define DM_USUAL_TEXT 80
/** Bytes of a remembered text with all that belongs to it: a power of two. */
#define DM_USUAL_ROW 128
/** Shorter lines are no usual ones, bytes: "client 1.2.3.4#5 (a): query: a IN A". */
#define DM_USUAL_LEAST 35

/** Bytes that a parser's quick() may read. Own choice: longer than the parts of a usual line. */
#define DM_QUICK_ROOM 512

/** After so many misses in a row the short way is tried for one line in 256 only, so that a source
 * of other lines (responses, BIND before 9.10) pays nothing for it. Own choice: more than a few odd
 * lines among usual ones. */
#define DM_USUAL_MISSES 32

/** What follows the name in a query line, and what it was read as. All zero: free. */
struct dm_usual_text {
    uint16_t qtype_code, qclass_code, flag_bits, server_port;
    uint8_t len;
    char text[DM_USUAL_ROW - 4 * sizeof(uint16_t) - 1];
};

/** One feed's memory of usual lines. */
struct dm_usual_memo {
    uint8_t missed; /**< lines in a row that were no usual ones, up to DM_USUAL_MISSES; to be set to
                         0 by who has used quick() */
    uint8_t passed; /**< lines since then for which the short way was not tried */
    struct dm_usual_text texts[1 << DM_USUAL_TEXTS_LOG2];
};

struct dm_parse_ctx;

struct dm_parser {
    const char *name; /**< as in counters: "bind", "postfix" */
    /**
     * Whether a syslog program name is this parser's: 1 surely, 0 surely not, -1 cannot say
     * (an empty or odd program name).
     */
    int (*claims)(struct dm_slice program);
    /**
     * Read @msg into @rec, whose header fields (time, host, program) are already set; a more exact
     * time inside the message replaces rec->time_us (dm_clock: for stamps without year or zone).
     * A program name inside the message replaces an empty rec->program. Both are put back where the
     * answer is DM_PARSE_OTHER.
     * @ret_why: on DM_PARSE_MALFORMED a constant sentence.
     */
    enum dm_verdict (*parse)(struct dm_slice msg, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why);
    /**
     * A short way for the parser's most frequent lines, or NULL. True: @rec is what parse() answers
     * DM_PARSE_RECORD with, but brief; false: ask parse().
     */
    bool (*usual)(struct dm_slice msg, struct dm_parse_ctx *ctx, struct dm_record *rec);
    /**
     * The same for the first line of a text without its header, of which DM_QUICK_ROOM bytes can be
     * read; or NULL. The length of the line that was read, without its newline, and the clock has
     * gone on to rec->time_us, the header's time or a more exact one; 0: ask usual().
     */
    size_t (*quick)(const char *text, struct dm_parse_ctx *ctx, struct dm_record *rec);
};

/** X(name) for every parser: DM_PARSER_bind = 0, ...; dm_parsers[] has them in this order. */
enum dm_parser_id {
#define X(name) DM_PARSER_##name,
#include "parse/parsers.def"
#undef X
    DM_PARSER_COUNT
};

/** All parsers, by enum dm_parser_id. */
extern const struct dm_parser *const dm_parsers[DM_PARSER_COUNT];

/* Each parse_<name>.c defines its own. */
#define X(name) extern const struct dm_parser dm_parser_##name;
#include "parse/parsers.def"
#undef X

/** Lines by parser and verdict, and lines that nobody claimed. Belongs to one feed. */
struct dm_parse_counts {
    uint64_t by[DM_PARSER_COUNT][DM_PARSE_COUNT]; /**< OTHER stays 0 */
    uint64_t unclaimed;
};

/** Program names that a feed remembers, a power of two. Own choice: a log has lines of named and of
 * four or five of Postfix's programs at a time; a name that falls out costs a few compares. */
#define DM_PROGRAM_MEMOS 16
/** Longest program name that is remembered, bytes; RFC 5424's longest is 48, tags are shorter. */
#define DM_PROGRAM_BYTES 40

/** What the parsers say of one program name. All zero: free. */
struct dm_program_memo {
    uint8_t len;
    uint8_t owner; /**< enum dm_parser_id that it surely belongs to; DM_PARSER_COUNT: none */
    uint8_t last;  /**< the parser that read this program's last line; tried first */
    uint32_t may;  /**< bit i set: parser i cannot say */
    char text[DM_PROGRAM_BYTES];
};

/** One feed's memory for parsing: clock, counters, which parsers matched. */
struct dm_parse_ctx {
    struct dm_clock clock;
    struct dm_parse_counts counts;
    unsigned last;  /**< enum dm_parser_id tried first when there is no program name */
    uint8_t recent; /**< the memo of the last line's program */
    struct dm_program_memo programs[DM_PROGRAM_MEMOS];
    struct dm_usual_memo usual;
    struct dm_known_heads heads;
    /**
     * Records are for dm_observe() alone: of a query's DNS fields only the name and the numbers of
     * type, class and flags need to be set, and of its client no text. Then the short ways are
     * open.
     */
    bool brief;
};

/**
 * dm_parse_message() - a message whose header the host has parsed.
 * Who reads it: the parser whose program it is; where none claims the program, the one that read
 * the last line of that program, then the others in the order of parsers.def. A line of a claimed
 * program that its parser does not know is that program's own line of no use: DM_PARSE_RECORD,
 * DM_REC_NONE.
 * @rec:     out; its header fields are set by this call from the arguments.
 * @ret_why: a constant sentence if the answer is not DM_PARSE_RECORD; may be NULL.
 * Returns:  the verdict; counted in @ctx.   Cost: no allocation.
 */
enum dm_verdict dm_parse_message(struct dm_parse_ctx *ctx, int64_t time_us, struct dm_slice host,
                                 struct dm_slice program, struct dm_slice msg,
                                 struct dm_record *rec, const char **ret_why);

/** dm_parse_line() - a raw line: the header by dm_header_parse(), then dm_parse_message(). */
enum dm_verdict dm_parse_line(struct dm_parse_ctx *ctx, struct dm_slice line, struct dm_record *rec,
                              const char **ret_why);

/** dm_parse_bare_is() - @s may be a line that its server writes without a header: it begins with a
 * stamp that no header has. The parser that read the last such line is the first to be asked. */
static inline bool dm_parse_bare_is(struct dm_slice s)
{
    return s.n >= DM_USUAL_LEAST && s.p[2] == '-';
}

/** dm_parse_usual() - a line by the short way of parser @id, if it has one that is of use now.
 * Returns: whether it has been read. */
bool dm_parse_usual(struct dm_parse_ctx *ctx, unsigned id, struct dm_slice msg,
                    struct dm_record *rec);

#endif
