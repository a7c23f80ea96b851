/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Qpopper 3 and 4: POP3 log-ins.
 *
 *     (vX) POP login by user "U" at (H) IP[ [file.c:line]]
 *
 * Method. U and H (the name that the client's own name server gives it) are any text, IP is
 * Qpopper's own and the last word: it is read from the right. Other lines ("Servicing request",
 * "Stats:", "-ERR") are of no use: the first stands in front of the log-in, the others behind it.
 *
 * LIMITS: Qpopper logs log-ins only with "set log-login" (-l 1); without it nothing is counted.
 * A line that was cut inside U is read as what is left of it.
 * Source: Qpopper 4.0 popper/pop_pass.c, pop_log.c.
 */
#include "parse/parser.h"
#include "parse/scan.h"

/* "[pop_pass.c:1489]" behind the last blank of @s is taken off: a debug build prints it. */
static void drop_place(struct dm_slice *s)
{
    size_t blank = dm_slice_find_last(*s, DM_SLICE(" "));

    if (blank < s->n && dm_slice_starts(dm_slice_skip(*s, blank), DM_SLICE(" [")) &&
        dm_slice_ends(*s, DM_SLICE("]"))) {
        *s = dm_slice_head(*s, blank);
    }
}

/* "U" at (H) IP: behind the first quote.  Returns: whether it is that. */
static bool read_login(struct dm_slice s, struct dm_record *rec)
{
    drop_place(&s);
    size_t blank = dm_slice_find_last(s, DM_SLICE(" "));
    struct dm_slice head = dm_slice_head(s, blank);
    size_t user = dm_slice_find_last(head, DM_SLICE("\" at ("));

    rec->client_text = dm_slice_skip(s, blank + 1);
    if (blank == s.n || user == head.n || !dm_slice_ends(head, DM_SLICE(")")) ||
        dm_addr_parse(rec->client_text, &rec->client) < 0) {
        return false;
    }
    rec->sasl_user = dm_slice_head(head, user);
    rec->peer_name = dm_slice_head(dm_slice_skip(head, user + 6), head.n - user - 7);
    return true;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)clock;
    if (!dm_slice_drop(&s, DM_SLICE("(v"))) {
        return DM_PARSE_OTHER;
    }
    struct dm_slice version = dm_slice_take_word(&s);
    if (!dm_slice_ends(version, DM_SLICE(")"))) {
        return DM_PARSE_OTHER;
    }
    if (!dm_slice_drop(&s, DM_SLICE("POP login by user \""))) {
        return dm_slice_starts(s, DM_SLICE("Servicing request from \"")) ? DM_PARSE_RECORD
                                                                         : DM_PARSE_OTHER;
    }
    dm_record_clear_mail(rec);
    if (!read_login(s, rec)) {
        *ret_why = "a log-in that does not end in \"at (HOST) ADDRESS\"";
        return DM_PARSE_MALFORMED;
    }
    rec->has_client = true;
    rec->kind = DM_REC_POP3_LOGIN;
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    static const char *const names[] = {"qpopper", "popper", "in.qpopper", "in.popper"};

    if (program.n == 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (dm_slice_eq(program, dm_slice_make(names[i], strlen(names[i])))) {
            return 1;
        }
    }
    return 0;
}

const struct dm_parser dm_parser_qpopper = {"qpopper", claims, parse};
