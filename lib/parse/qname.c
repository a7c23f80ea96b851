/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names into BIND's presentation form.
 *
 * LIMITS: what a server has thrown away stays away: Unbound's '?', dnsmasq's "<name unprintable>".
 * Windows: a byte that the server does not print as itself makes the name malformed.
 * Source: RFC 1035 5.1; doc/FORMATS.md.
 */
#include "parse/qname.h"

#include "parse/dnsline.h"

#define LABEL_BYTES_MAX 63 /* RFC 1035 2.3.4 */

/* The text being built. */
struct out {
    char *p;
    size_t n;
    bool full;
};

static void put(struct out *o, char c)
{
    if (o->n < DM_QNAME_TEXT) {
        o->p[o->n++] = c;
    } else {
        o->full = true;
    }
}

static bool finish(struct out *o, struct dm_record *rec)
{
    rec->qname = dm_slice_make(o->p, o->n);
    return !o->full;
}

bool dm_qname_raw(struct dm_record *rec, struct dm_slice s)
{
    struct out o = {rec->qname_text, 0, false};

    if (dm_slice_find(s, '\\') == s.n) {
        rec->qname = s;
        return s.n <= DM_QNAME_TEXT;
    }
    for (size_t i = 0; i < s.n && !o.full; i++) {
        put(&o, s.p[i]);
        if (s.p[i] == '\\') {
            put(&o, '\\');
        }
    }
    return finish(&o, rec);
}

bool dm_qname_quoted(struct dm_record *rec, struct dm_slice s)
{
    struct out o = {rec->qname_text, 0, false};

    if (dm_slice_find(s, '\\') == s.n) {
        rec->qname = s;
        return s.n <= DM_QNAME_TEXT;
    }
    for (size_t i = 0; i < s.n && !o.full; i++) {
        i += s.p[i] == '\\';
        if (i == s.n) {
            return false;
        }
        put(&o, s.p[i]);
    }
    return finish(&o, rec);
}

/* One byte of a label as BIND would print it. */
static void put_escaped(struct out *o, char c)
{
    unsigned v = (unsigned char)c;

    if (v < 0x21 || v > 0x7e) {
        put(o, '\\');
        put(o, (char)('0' + v / 100));
        put(o, (char)('0' + v / 10 % 10));
        put(o, (char)('0' + v % 10));
        return;
    }
    if (c == '.' || c == '\\') {
        put(o, '\\');
    }
    put(o, c);
}

bool dm_qname_counted(struct dm_record *rec, struct dm_slice s)
{
    struct out o = {rec->qname_text, 0, false};
    uint32_t len;

    while (dm_slice_drop(&s, DM_SLICE("(")) && dm_line_number(&s, 2, &len) &&
           dm_slice_drop(&s, DM_SLICE(")"))) {
        if (len == 0) {
            if (o.n == 0) {
                put(&o, '.');
            }
            return finish(&o, rec) && s.n == 0;
        }
        if (len > LABEL_BYTES_MAX || len >= s.n) {
            return false;
        }
        if (o.n > 0) {
            put(&o, '.');
        }
        for (uint32_t i = 0; i < len; i++) {
            put_escaped(&o, s.p[i]);
        }
        s = dm_slice_skip(s, len);
    }
    return false;
}
