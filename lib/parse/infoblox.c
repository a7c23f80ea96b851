/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Infoblox' response lines, which its BIND writes beside the query lines.
 *
 *     client IP#PORT[:][ view V:] UDP|TCP: query: NAME CLASS TYPE response: RCODE FLAGS[ RRS]
 *
 * RRS: resource records, each with ';' behind it, as a zone file has them: a TXT record's text may
 * hold anything, ';' and a whole line like this one too. So the line is read from the left, where
 * NAME has no blank (BIND's escapes), and nothing behind the flags is looked at.
 *
 * FLAGS: '+' or '-' for RD; A authoritative, t truncated, E EDNS, D DNSSEC OK, V validated, L.
 * E and D mean what BIND's do; V does not.
 *
 * LIMITS: RRS are not counted. A view whose name holds " UDP: query: " and a whole question is read
 * at the first.
 * Source: Infoblox NIOS, "Capturing DNS Queries and Responses"; lines of its documentation.
 */
#include "parse/infoblox.h"

#include "parse/dnsline.h"
#include "parse/scan.h"

/* "UDP: query: " or "TCP: query: " off the front of @s.  Returns: whether. */
static bool take_marker(struct dm_slice *s, bool *ret_tcp)
{
    *ret_tcp = dm_slice_drop(s, DM_SLICE("TCP: query: "));
    return *ret_tcp || dm_slice_drop(s, DM_SLICE("UDP: query: "));
}

/* "view V: " off the front of @s: up to the first ": " that has a marker behind it. */
static bool take_view(struct dm_slice *s, struct dm_record *rec)
{
    struct dm_slice t = *s;
    bool tcp;

    if (!dm_slice_drop(&t, DM_SLICE("view "))) {
        return true;
    }
    for (size_t at = dm_slice_find(t, ':'); at + 2 < t.n;
         at += 1 + dm_slice_find(dm_slice_skip(t, at + 1), ':')) {
        struct dm_slice rest = dm_slice_skip(t, at + 2);
        if (t.p[at + 1] == ' ' && take_marker(&rest, &tcp)) {
            rec->view = dm_slice_head(t, at);
            *s = dm_slice_skip(t, at + 2);
            return true;
        }
    }
    return false;
}

/* "[+-]LETTERS": those that mean what BIND's do become the record's flags.  Returns: whether. */
static bool read_flags(struct dm_slice w, struct dm_record *rec)
{
    static const char *const texts[] = {"-", "-E", "-D", "-ED", "+", "+E", "+D", "+ED"};
    unsigned bits = 0;

    if (w.n == 0 || (w.p[0] != '+' && w.p[0] != '-')) {
        return false;
    }
    for (size_t i = 1; i < w.n; i++) {
        if (!((w.p[i] >= 'A' && w.p[i] <= 'Z') || (w.p[i] >= 'a' && w.p[i] <= 'z'))) {
            return false;
        }
        bits |= w.p[i] == 'E' ? DM_QF_EDNS : w.p[i] == 'D' ? DM_QF_DO : 0;
    }
    bits |= DM_QF_PRINTED | (w.p[0] == '+' ? DM_QF_RD : 0);
    rec->flag_bits |= (uint16_t)bits;
    const char *text =
        texts[(bits & DM_QF_RD ? 4 : 0) + (bits & DM_QF_DO ? 2 : 0) + (bits & DM_QF_EDNS ? 1 : 0)];
    rec->flags = dm_slice_make(text, strlen(text));
    return true;
}

bool dm_infoblox_read(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice peer = rec->client_text, ptr = rec->client_ptr;
    uint16_t port = rec->client_port;
    bool tcp;

    dm_slice_drop(&s, DM_SLICE(":"));
    dm_slice_drop(&s, DM_SLICE(" "));
    if (s.n == 0 || (s.p[0] != 'U' && s.p[0] != 'T' && s.p[0] != 'v')) {
        return false; /* nearly all of BIND's other lines */
    }
    dm_question_clear(rec);
    rec->client_text = peer;
    rec->client_ptr = ptr;
    rec->client_port = port;
    if (!take_view(&s, rec) || !take_marker(&s, &tcp)) {
        return false;
    }
    rec->qname = dm_slice_take_word(&s);
    rec->flag_bits = tcp ? DM_QF_TCP : 0;
    if (rec->qname.n == 0 || !dm_question_class(rec, dm_slice_take_word(&s)) ||
        !dm_question_type(rec, dm_slice_take_word(&s)) ||
        !dm_slice_drop(&s, DM_SLICE("response: "))) {
        return false;
    }
    dm_question_rcode(rec, dm_slice_take_word(&s));
    if (rec->rcode.n == 0 || !read_flags(dm_slice_take_word(&s), rec)) {
        return false;
    }
    rec->kind = DM_REC_RESPONSE;
    rec->has_client = true;
    return true;
}
