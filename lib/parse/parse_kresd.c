/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Knot Resolver: the one line that names a client and what it asked for, that of a local-data rule
 * with "log: [ip, name]" (6.x):
 *
 *     [rules ] => local data applied|dry-run, user: IP, name: NAME
 *
 * It is a response without type and code: the resolver answered NAME to IP by a rule of its own.
 * Its debug lines ("[iterat][57997.00] 'NAME' type 'A' new uid was assigned ...") name no client,
 * those of policy.IPTRACE no name: all of them are of no use.
 *
 * LIMITS: for queries there is dnstap, which Knot Resolver writes.
 * Source: Knot Resolver lib/rules/api.c (log_rule), lib/log.c (kr_vlog_req), modules/policy.
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/scan.h"

static int claims(struct dm_slice program)
{
    return dm_program_is(program, DM_SLICE("kresd")) ||
                   dm_program_is(program, DM_SLICE("knot-resolver"))
               ? 1
               : -1;
}

/* "[tag   ]" off the front of @s, of six bytes or more.  Returns: whether it is @tag. */
static bool take_tag(struct dm_slice *s, struct dm_slice tag)
{
    struct dm_slice t = *s;

    if (!dm_slice_drop(&t, DM_SLICE("[")) || !dm_slice_drop(&t, tag)) {
        return false;
    }
    while (dm_slice_drop(&t, DM_SLICE(" "))) {
    }
    if (!dm_slice_drop(&t, DM_SLICE("] "))) {
        return false;
    }
    *s = t;
    return true;
}

/* "[tag][uid.qid]", what every line about one request begins with. */
static bool is_debug(struct dm_slice s)
{
    size_t close = dm_slice_find(s, ']');
    uint32_t n;

    if (s.n == 0 || s.p[0] != '[' || close < 7 || close > 16) {
        return false;
    }
    s = dm_slice_skip(s, close + 1);
    return dm_slice_drop(&s, DM_SLICE("[")) && dm_line_number(&s, 9, &n) &&
           dm_slice_drop(&s, DM_SLICE(".")) && dm_line_number(&s, 9, &n) &&
           dm_slice_drop(&s, DM_SLICE("]"));
}

static enum dm_verdict read_rule(struct dm_slice s, struct dm_record *rec, const char **ret_why)
{
    size_t user = dm_slice_find_text(s, DM_SLICE(", user: "));
    struct dm_slice rest = dm_slice_skip(s, user + 8);
    size_t name = dm_slice_find_text(rest, DM_SLICE(", name: "));

    if (user == s.n || name == rest.n) {
        return DM_PARSE_RECORD;
    }
    dm_question_clear(rec);
    rec->qname = dm_slice_skip(rest, name + 8);
    if (dm_slice_eq(dm_slice_head(rest, name), DM_SLICE("internal"))) {
        return DM_PARSE_RECORD;
    }
    if (!dm_question_client(rec, dm_slice_head(rest, name)) || rec->qname.n == 0 ||
        rec->qname.n > DM_QNAME_TEXT || dm_slice_find(rec->qname, ' ') < rec->qname.n) {
        *ret_why = "behind \"user:\" and \"name:\" there is no address or no name";
        return DM_PARSE_MALFORMED;
    }
    dm_question_class_in(rec);
    rec->kind = DM_REC_RESPONSE;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)clock;
    if (take_tag(&s, DM_SLICE("rules")) && dm_slice_drop(&s, DM_SLICE("=> local data "))) {
        return read_rule(s, rec, ret_why);
    }
    return claims(rec->program) > 0 || is_debug(s) ? DM_PARSE_RECORD : DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_kresd = {"kresd", claims, parse};
