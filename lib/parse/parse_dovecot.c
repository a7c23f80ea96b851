/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Dovecot 1.0 to 2.4: POP3 log-ins.
 *
 *     pop3-login: Login: user=<U>, method=M, rip=A, lip=B[, mpid=n][, TLS][, session=<S>]
 *     pop3-login: Logged in: ... (2.4)
 *
 * The program is "dovecot"; before 1.1 it could be "pop3-login" itself, without those words. In a
 * log file of Dovecot's own there is no program, but a stamp, and "Info: " behind "pop3-login: ".
 *
 * Method. U is any text, so ", rip=" in it must not count: nothing behind U is a stranger's choice
 * (M is a mechanism that has just worked), so the last ">, method=" ends it, and what follows must
 * have this form up to the end of the line. If "rip=" itself stands first, as login_log_format_
 * elements may order it, that is the client. Every other line of Dovecot, IMAP's log-ins and failed
 * ones among them, is of no use.
 *
 * LIMITS: other orders of login_log_format_elements are malformed. Log-ins that a proxy hands on
 * ("started proxying") are not read.
 * Source: Dovecot src/login-common/client-common.c, doc/example-config/conf.d/10-logging.conf.
 */
#include "parse/parser.h"
#include "parse/scan.h"

/* "NAME=VALUE" off the front of @s and the ", " behind it.  Returns: whether; VALUE has no comma.
 */
static bool take_value(struct dm_slice *s, struct dm_slice name, struct dm_slice *ret)
{
    if (!dm_slice_drop(s, name)) {
        return false;
    }
    *ret = dm_slice_head(*s, dm_slice_find(*s, ','));
    *s = dm_slice_skip(*s, ret->n);
    return ret->n > 0 && dm_slice_find(*ret, ' ') == ret->n && dm_slice_find(*ret, '<') == ret->n &&
           (dm_slice_drop(s, DM_SLICE(", ")) || s->n == 0);
}

/* "rip=A[, lip=B]..." up to the end of the line, where no user name may follow. */
static bool read_client(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice lip;

    if (!take_value(&s, DM_SLICE("rip="), &rec->client_text) ||
        dm_addr_parse(rec->client_text, &rec->client) < 0) {
        return false;
    }
    if (dm_slice_starts(s, DM_SLICE("lip=")) && !take_value(&s, DM_SLICE("lip="), &lip)) {
        return false;
    }
    return true;
}

/* What follows "Login: ".  Returns: whether it is a log-in of the expected form. */
static bool read_login(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice method;

    if (dm_slice_starts(s, DM_SLICE("rip="))) {
        return read_client(s, rec);
    }
    if (dm_slice_drop(&s, DM_SLICE("user=<"))) {
        size_t end = dm_slice_find_last(s, DM_SLICE(">, method="));
        if (end == s.n) {
            return false;
        }
        rec->sasl_user = dm_slice_head(s, end);
        s = dm_slice_skip(s, end + 3);
    }
    return take_value(&s, DM_SLICE("method="), &method) && read_client(s, rec);
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    int64_t header_us = rec->time_us;
    size_t stamp = rec->program.n ? 0 : dm_stamp_parse(clock, s, &rec->time_us);

    s = dm_slice_skip(s, stamp + (stamp > 0));
    bool named = dm_slice_drop(&s, DM_SLICE("pop3-login: "));
    if (!named) {
        rec->time_us = header_us;
    }
    if (!named && !dm_slice_eq(rec->program, DM_SLICE("pop3-login"))) {
        return DM_PARSE_OTHER;
    }
    dm_slice_drop(&s, DM_SLICE("Info: "));
    if (!dm_slice_drop(&s, DM_SLICE("Login: ")) && !dm_slice_drop(&s, DM_SLICE("Logged in: "))) {
        return DM_PARSE_RECORD;
    }
    dm_record_clear_mail(rec);
    if (!read_login(s, rec)) {
        *ret_why = "a log-in whose rip= is not where it should be";
        return DM_PARSE_MALFORMED;
    }
    rec->has_client = true;
    rec->kind = DM_REC_POP3_LOGIN;
    return DM_PARSE_RECORD;
}

static int claims(struct dm_slice program)
{
    if (program.n == 0) {
        return -1;
    }
    return dm_slice_eq(program, DM_SLICE("dovecot")) ||
           dm_slice_eq(program, DM_SLICE("pop3-login")) ||
           dm_slice_eq(program, DM_SLICE("imap-login"));
}

const struct dm_parser dm_parser_dovecot = {"dovecot", claims, parse};
