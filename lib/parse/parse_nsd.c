/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * NSD has no query log. With verbosity 2 it tells whom it refused:
 *
 *     [[EPOCH|STAMP] nsd[PID]: info: ]query NAME. from IP refused, WHY
 *     [...]axfr|ixfr for NAME. from IP refused[, WHY| tls-auth-xfr-only]
 *
 * each also with " via proxy IP" behind the client. They are responses with the code REFUSED; a
 * refused query names no type. "notify for" and "ratelimit" lines are of no use: the first is a
 * server's, the second names the limited zone instead of what was asked.
 *
 * Who chooses which byte: a name's bytes outside letters, digits, '-', '_' and '*' are "\DDD", so
 * it has no blank and the first " from " is the server's own.
 *
 * LIMITS: for queries there is dnstap, which NSD writes.
 * Source: NSD query.c, axfr.c, rrl.c, dname.c (dname_to_string), util.c (log_file).
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/scan.h"

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("nsd")) ? 1 : -1;
}

/* "NAME from IP[ via proxy IP] refused..." up to the end of the line.  Returns: whether. */
static bool read_refused(struct dm_slice s, struct dm_record *rec)
{
    rec->qname = dm_slice_take_word(&s);
    if (rec->qname.n == 0 || rec->qname.n > DM_QNAME_TEXT ||
        !dm_slice_drop(&s, DM_SLICE("from ")) || !dm_question_client(rec, dm_slice_take_word(&s))) {
        return false;
    }
    if (dm_slice_drop(&s, DM_SLICE("via proxy "))) {
        dm_slice_take_word(&s);
    }
    return dm_slice_starts(s, DM_SLICE("refused"));
}

static enum dm_verdict read_line(struct dm_slice s, bool own, struct dm_record *rec,
                                 const char **ret_why)
{
    bool xfr =
        dm_slice_starts(s, DM_SLICE("axfr for ")) || dm_slice_starts(s, DM_SLICE("ixfr for "));

    if (!xfr && !dm_slice_starts(s, DM_SLICE("query "))) {
        return own ? DM_PARSE_RECORD : DM_PARSE_OTHER;
    }
    dm_question_clear(rec);
    if (xfr) {
        dm_question_type(rec, dm_slice_head(s, 4));
    }
    s = dm_slice_skip(s, xfr ? 9 : 6);
    if (!read_refused(s, rec)) {
        *ret_why = "there is no name and client that was refused";
        return own ? DM_PARSE_MALFORMED : DM_PARSE_OTHER;
    }
    dm_question_class_in(rec);
    dm_question_rcode(rec, DM_SLICE("REFUSED"));
    rec->kind = DM_REC_RESPONSE;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    bool framed = dm_line_frame(&s, clock, rec);
    bool own = claims(rec->program) > 0;

    if (framed && !own) {
        return DM_PARSE_OTHER;
    }
    dm_slice_drop(&s, DM_SLICE("info: "));
    return read_line(s, own, rec, ret_why);
}

const struct dm_parser dm_parser_nsd = {"nsd", claims, parse};
