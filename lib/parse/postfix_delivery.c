/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A delivery agent's line:
 *
 *     QID: to=<>[, orig_to=<>], relay=, [conn_use=, ]delay=, [delays=a/b/c/d, ][tls=, ]dsn=,
 *     status=S (TEXT)
 *
 * The addresses are a stranger's (unquoted before Postfix 3.5), TEXT is a remote server's. Every
 * ">, relay=" is tried; if more than one of them is followed by the attributes, the line is
 * ambiguous and neither address nor relay nor status is given.
 *
 * LIMITS: delays and TLS levels are checked for their form only.
 * Source: Postfix src/global/log_adhoc.c.
 */
#include "parse/postfix.h"

/* "NAME=VALUE, " off the front of @s.  Returns: whether it is there; VALUE holds no blank. */
static bool take_value(struct dm_slice *s, struct dm_slice name, struct dm_slice *ret)
{
    struct dm_slice t = *s;

    if (!dm_slice_drop(&t, name)) {
        return false;
    }
    size_t n = dm_slice_find(t, ' ');
    if (n < 2 || n == t.n || t.p[n - 1] != ',') {
        return false;
    }
    *ret = dm_slice_head(t, n - 1);
    *s = dm_slice_skip(t, n + 1);
    return true;
}

/* From "relay=" to the end of the line.  Returns: whether it is that. */
static bool read_attributes(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice ignored, dsn = {NULL, 0}, relay;

    if (!take_value(&s, DM_SLICE("relay="), &relay)) {
        return false;
    }
    take_value(&s, DM_SLICE("conn_use="), &ignored);
    if (!take_value(&s, DM_SLICE("delay="), &ignored)) {
        return false;
    }
    take_value(&s, DM_SLICE("delays="), &ignored);
    take_value(&s, DM_SLICE("tls="), &ignored);
    take_value(&s, DM_SLICE("dsn="), &dsn);
    if (!dm_slice_drop(&s, DM_SLICE("status="))) {
        return false;
    }
    size_t n = dm_slice_find(s, ' ');
    if (n == 0 || (n < s.n && (n + 2 > s.n || s.p[n + 1] != '('))) {
        return false;
    }
    rec->relay = relay;
    rec->dsn = dsn;
    rec->status = dm_slice_head(s, n);
    s = dm_slice_skip(s, n + 2);
    rec->text = dm_slice_head(s, s.n - (s.n > 0 && s.p[s.n - 1] == ')'));
    return true;
}

bool dm_postfix_delivery(struct dm_slice s, struct dm_record *rec)
{
    struct dm_record found = *rec;
    unsigned readings = 0, tries = 0;

    for (size_t at = dm_slice_find_text(s, DM_SLICE(">, relay=")); at < s.n;
         at += 1 + dm_slice_find_text(dm_slice_skip(s, at + 1), DM_SLICE(">, relay="))) {
        struct dm_record one = *rec;
        if (++tries > DM_POSTFIX_TRIES) {
            return false;
        }
        if (read_attributes(dm_slice_skip(s, at + 3), &one)) {
            one.recipient = dm_slice_head(s, at);
            found = one;
            readings++;
        }
    }
    if (readings == 0) {
        return false;
    }
    if (readings == 1) {
        size_t orig = dm_slice_find_text(found.recipient, DM_SLICE(">, orig_to=<"));
        found.recipient.n = orig;
        *rec = found;
    }
    rec->ambiguous = readings > 1;
    rec->kind = DM_REC_SMTP_TO;
    return true;
}
