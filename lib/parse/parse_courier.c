/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Courier: POP3 log-ins.
 *
 *     LOGIN, user=U, ip=[::ffff:A][, port=[n]][, protocol=POP3][, stls=1]
 *
 * Method. U is any text; what follows it is Courier's own, so the last ", ip=[" counts, and behind
 * the address only ", name=value" without a blank may follow. "LOGIN FAILED", "LOGOUT",
 * "DISCONNECTED" and IMAP's lines (by the program's name, or protocol=IMAP) are of no use.
 *
 * LIMITS: a line that was cut inside U is read as what is left of it.
 * Source: Courier courier-authlib and imap/pop3dserver.c, imap/pop3login.c.
 */
#include "parse/parser.h"
#include "parse/scan.h"

/* Behind the address: ", name=value" any number of times.  Returns: whether it is that;
 * *ret_imap: one of them says IMAP. */
static bool read_tail(struct dm_slice s, bool *ret_imap)
{
    *ret_imap = false;
    while (s.n > 0) {
        if (!dm_slice_drop(&s, DM_SLICE(", "))) {
            return false;
        }
        struct dm_slice word = dm_slice_head(s, dm_slice_find(s, ','));
        if (dm_slice_find(word, ' ') < word.n || dm_slice_find(word, '=') == word.n) {
            return false;
        }
        *ret_imap = *ret_imap || dm_slice_starts(word, DM_SLICE("protocol=IMAP"));
        s = dm_slice_skip(s, word.n);
    }
    return true;
}

/* What follows "LOGIN, user=".  Returns: whether it is of the expected form. */
static bool read_login(struct dm_slice s, struct dm_record *rec, bool *ret_imap)
{
    size_t at = dm_slice_find_last(s, DM_SLICE(", ip=["));
    struct dm_slice rest = dm_slice_skip(s, at + 6);
    size_t close = dm_slice_find(rest, ']');

    if (at == s.n || close == rest.n || !read_tail(dm_slice_skip(rest, close + 1), ret_imap)) {
        return false;
    }
    rec->sasl_user = dm_slice_head(s, at);
    rec->client_text = dm_slice_head(rest, close);
    rest = dm_slice_skip(rest, close + 1);
    if (dm_slice_drop(&rest, DM_SLICE(", port=["))) {
        dm_port_parse(dm_slice_head(rest, dm_slice_find(rest, ']')), &rec->client_port);
    }
    return dm_addr_parse(rec->client_text, &rec->client) == 0;
}

static bool is_imap(struct dm_slice program)
{
    return dm_slice_starts(program, DM_SLICE("imap")) ||
           dm_slice_starts(program, DM_SLICE("courierimap"));
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    bool imap;

    (void)clock;
    if (is_imap(rec->program) || !dm_slice_drop(&s, DM_SLICE("LOGIN, user="))) {
        return DM_PARSE_OTHER;
    }
    dm_record_clear_mail(rec);
    if (!read_login(s, rec, &imap)) {
        *ret_why = "a log-in without ip=[ADDRESS] behind the user";
        return DM_PARSE_MALFORMED;
    }
    rec->has_client = !imap;
    rec->kind = imap ? DM_REC_NONE : DM_REC_POP3_LOGIN;
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    static const char *const names[] = {
        "pop3d", "pop3d-ssl", "pop3login", "courierpop3d",     "courierpop3login", "courierpop3dsl",
        "imapd", "imapd-ssl", "imaplogin", "courierimaplogin", "courierimapd",
    };

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

const struct dm_parser dm_parser_courier = {"courier", claims, parse};
