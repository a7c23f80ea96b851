/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Windows DNS Server's debug log: packets that a client sent with a question.
 *
 *     DATE TIME[ AM|PM] TID PACKET  PTR UDP|TCP Rcv|Snd IP XID [R] Q|N|U|? [HEX FLAGS RCODE] TYPE
 * NAME
 *
 * with any number of blanks between the fields. "Rcv" without "R" is what a client (or a forwarder)
 * asked; what the server itself asks and gets ("Snd", "Rcv ... R") and its answers ("Snd ... R")
 * are of no use, and so are notifies and updates.
 *
 * Who chooses which byte: everything but the name, which is last and counted by its lengths.
 *
 * LIMITS: the date is written as the server's region writes it. With the year in front, with dots,
 * or with a number above 12 it is certain; else "AM" or "PM" means month first, none means day
 * first (own choice: the English of the USA has the one, nearly all others the other). The class is
 * not printed: IN is assumed. A detailed log's lines behind the first of a packet are nobody's.
 * Source: the key at the head of such a log; lines on public question-and-answer pages.
 */
#include "parse/parser.h"

#include "parse/dnsline.h"
#include "parse/qname.h"
#include "parse/scan.h"

/* "PACKET" stands behind date, time, half of day and thread: at most 36 bytes ("0x" and 16 digits
 * of a thread, own choice of some room). */
#define HEAD_MAX 64

static int claims(struct dm_slice program)
{
    (void)program;
    return -1;
}

/* A word and all blanks behind it. */
static struct dm_slice take_word(struct dm_slice *s)
{
    struct dm_slice w = dm_slice_take_word(s);

    while (dm_slice_drop(s, DM_SLICE(" "))) {
    }
    return w;
}

/* "20261121", or three numbers with one of "/.-" between them.  Returns: whether it is a date. */
static bool read_date(struct dm_slice w, bool half_day, uint32_t ret[3])
{
    uint32_t v[3];
    char mark = '\0';

    if (w.n == 8 && dm_line_all_number(w, &v[0])) {
        ret[0] = v[0] / 10000;
        ret[1] = v[0] / 100 % 100;
        ret[2] = v[0] % 100;
        return true;
    }
    for (int i = 0; i < 3; i++) {
        if (!dm_line_number(&w, 4, &v[i]) || (i < 2 && w.n == 0)) {
            return false;
        }
        if (i < 2) {
            mark = w.p[0];
            if (mark != '/' && mark != '.' && mark != '-') {
                return false;
            }
            w = dm_slice_skip(w, 1);
        }
    }
    bool year_first = v[0] > 31;
    bool month_first = v[1] > 12 || (v[0] <= 12 && mark == '/' && half_day);
    ret[0] = year_first ? v[0] : v[2];
    ret[1] = year_first ? v[1] : month_first ? v[0] : v[1];
    ret[2] = year_first ? v[2] : month_first ? v[1] : v[0];
    return w.n == 0 && ret[0] >= 1000 && ret[1] >= 1 && ret[1] <= 12 && ret[2] >= 1 && ret[2] <= 31;
}

/* "H:MM:SS".  Returns: whether. */
static bool read_clock(struct dm_slice w, uint32_t ret[3])
{
    return dm_line_number(&w, 2, &ret[0]) && dm_slice_drop(&w, DM_SLICE(":")) &&
           dm_line_number(&w, 2, &ret[1]) && dm_slice_drop(&w, DM_SLICE(":")) &&
           dm_line_number(&w, 2, &ret[2]) && w.n == 0 && ret[0] < 24 && ret[1] < 60 && ret[2] < 61;
}

/* Two digits; printf() would be half of the parser's time. */
static void put_two(char *to, uint32_t v)
{
    to[0] = (char)('0' + v / 10 % 10);
    to[1] = (char)('0' + v % 10);
}

/* "DATE TIME[ AM|PM] TID " up to "PACKET".  Returns: whether it is that; the time is set. */
static bool read_head(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec)
{
    struct dm_slice date = take_word(&s), time = take_word(&s), next = take_word(&s);
    bool am = dm_slice_eq(next, DM_SLICE("AM")), pm = dm_slice_eq(next, DM_SLICE("PM"));
    uint32_t d[3], t[3];
    char text[] = "0000-00-00T00:00:00";

    if (am || pm) {
        next = take_word(&s);
    }
    if (next.n == 0 || s.n > 0 || !read_date(date, am || pm, d) || !read_clock(time, t)) {
        return false;
    }
    if (am || pm) {
        t[0] = t[0] % 12 + (pm ? 12 : 0);
    }
    put_two(text, d[0] / 100);
    put_two(text + 2, d[0]);
    put_two(text + 5, d[1]);
    put_two(text + 8, d[2]);
    put_two(text + 11, t[0]);
    put_two(text + 14, t[1]);
    put_two(text + 17, t[2]);
    struct dm_slice stamp = {text, sizeof text - 1};
    dm_line_stamp(&stamp, clock, rec);
    return stamp.n == 0;
}

/* "[0001   D   NOERROR] " off the front of @s: RD.  Returns: whether. */
static bool take_flags(struct dm_slice *s, struct dm_record *rec)
{
    size_t close = dm_slice_find(*s, ']');

    if (s->n == 0 || s->p[0] != '[' || close == s->n) {
        return false;
    }
    struct dm_slice in = {s->p + 1, close - 1};
    take_word(&in);
    struct dm_slice letters = dm_slice_head(in, dm_slice_find_last(in, DM_SLICE(" ")));
    bool rd = letters.n < in.n && dm_slice_find(letters, 'D') < letters.n;
    rec->flags = rd ? DM_SLICE("+") : DM_SLICE("-");
    rec->flag_bits |= DM_QF_PRINTED | (rd ? DM_QF_RD : 0);
    *s = dm_slice_skip(*s, close + 1);
    while (dm_slice_drop(s, DM_SLICE(" "))) {
    }
    return true;
}

/* A mnemonic, a number, or "ALL" for ANY.  Returns: whether it is a type. */
static bool read_type(struct dm_slice w, struct dm_record *rec)
{
    uint32_t n;

    if (dm_line_all_number(w, &n)) {
        dm_question_type_number(rec, (uint16_t)n);
        return n <= UINT16_MAX;
    }
    if (dm_slice_eq(w, DM_SLICE("ALL"))) {
        dm_question_type_number(rec, 255);
        return true;
    }
    return dm_question_type(rec, w);
}

/* What follows "PACKET  PTR ". */
static enum dm_verdict read_packet(struct dm_slice s, struct dm_record *rec)
{
    struct dm_slice proto = take_word(&s), way = take_word(&s), client = take_word(&s);
    struct dm_slice xid = take_word(&s), opcode = take_word(&s);

    if (!dm_slice_eq(way, DM_SLICE("Rcv")) || !dm_slice_eq(opcode, DM_SLICE("Q"))) {
        return s.n > 0 ? DM_PARSE_RECORD : DM_PARSE_MALFORMED;
    }
    dm_question_clear(rec);
    rec->flag_bits |= dm_slice_eq(proto, DM_SLICE("TCP")) ? DM_QF_TCP : 0;
    while (s.n > 0 && s.p[s.n - 1] == ' ') {
        s.n--;
    }
    if (xid.n == 0 || !dm_question_client(rec, client) || !take_flags(&s, rec) ||
        !read_type(take_word(&s), rec) || !dm_qname_counted(rec, s)) {
        return DM_PARSE_MALFORMED;
    }
    dm_question_class_in(rec);
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return DM_PARSE_RECORD;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    if (s.n == 0 || s.p[0] < '0' || s.p[0] > '9') {
        return DM_PARSE_OTHER;
    }
    size_t at = dm_slice_find_text(dm_slice_head(s, HEAD_MAX), DM_SLICE(" PACKET "));
    if (at >= s.n || at >= HEAD_MAX || !read_head(dm_slice_head(s, at), clock, rec)) {
        return DM_PARSE_OTHER;
    }
    s = dm_slice_skip(s, at + 1);
    take_word(&s);
    take_word(&s);
    *ret_why = "behind the packet's pointer are not client, flags, type and name";
    return read_packet(s, rec);
}

const struct dm_parser dm_parser_windns = {"windns", claims, parse};
