/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pieces of DNS servers' log lines: words, numbers, frames, the fields of a question.
 *
 * LIMITS: none of these knows who chose a byte; a parser asks for a piece only where the server
 * itself wrote everything in front of it.
 * Source: doc/FORMATS.md.
 */
#include "parse/dnsline.h"

#include "dns/rrtype.h"
#include "parse/scan.h"

/* Seconds since 1970 have ten digits until 2286. */
#define EPOCH_DIGITS 10

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool dm_line_number(struct dm_slice *s, size_t digits, uint32_t *ret)
{
    uint32_t v = 0;
    size_t i = 0;

    for (; i < s->n && i < digits && is_digit(s->p[i]); i++) {
        v = v * 10 + (uint32_t)(s->p[i] - '0');
    }
    if (i == 0) {
        return false;
    }
    *s = dm_slice_skip(*s, i);
    *ret = v;
    return true;
}

bool dm_line_all_number(struct dm_slice s, uint32_t *ret)
{
    uint32_t v;

    if (!dm_line_number(&s, 9, &v) || s.n > 0) {
        return false;
    }
    *ret = v;
    return true;
}

void dm_line_stamp(struct dm_slice *s, struct dm_clock *clock, struct dm_record *rec)
{
    int64_t seen_us = rec->time_us, ref_us = clock->ref_us, far_us = clock->far_us;
    size_t n = dm_stamp_parse(clock, *s, &rec->time_us);

    if (n > 0) {
        *s = dm_slice_skip(*s, n + 1);
        if (rec->time_us == seen_us) {
            clock->ref_us = ref_us;
            clock->far_us = far_us;
        }
    }
}

/* "[EPOCH] " or "[STAMP] " off the front of @s.  Returns: whether. */
static bool take_frame_time(struct dm_slice *s, struct dm_clock *clock, int64_t *ret_us)
{
    int64_t v = 0;

    if (!dm_slice_starts(*s, DM_SLICE("["))) {
        return false;
    }
    size_t close = dm_slice_find(dm_slice_head(*s, 64), ']');
    if (close + 1 >= s->n || s->p[close] != ']' || s->p[close + 1] != ' ') {
        return false;
    }
    struct dm_slice in = {s->p + 1, close - 1};
    size_t i = 0;
    for (; i < in.n && i < EPOCH_DIGITS && is_digit(in.p[i]); i++) {
        v = v * 10 + (in.p[i] - '0');
    }
    if (in.n > 0 && i == in.n) {
        *ret_us = v * 1000000;
        dm_clock_see(clock, *ret_us);
    } else if (dm_stamp_parse(clock, in, ret_us) != in.n) {
        return false;
    }
    *s = dm_slice_skip(*s, close + 2);
    return true;
}

bool dm_line_frame(struct dm_slice *s, struct dm_clock *clock, struct dm_record *rec)
{
    struct dm_slice t = *s;
    int64_t time_us;

    if (!take_frame_time(&t, clock, &time_us)) {
        return false;
    }
    size_t open = dm_slice_find(t, '[');
    size_t close = dm_slice_find(t, ']');
    if (open == 0 || open > close || close == t.n || dm_slice_find(t, ' ') < close) {
        return false;
    }
    struct dm_slice program = dm_slice_head(t, open);
    t = dm_slice_skip(t, close + 1);
    dm_slice_drop(&t, DM_SLICE(":"));
    if (!dm_slice_drop(&t, DM_SLICE(" "))) {
        return false;
    }
    rec->time_us = time_us;
    rec->program = program;
    *s = t;
    return true;
}

void dm_question_clear(struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    rec->client_ptr = rec->signer = rec->view = rec->qname = rec->qclass = rec->qtype = none;
    rec->flags = rec->server = rec->ecs = rec->rcode = none;
    rec->client_port = rec->server_port = 0;
    rec->qtype_code = rec->qclass_code = rec->flag_bits = 0;
    rec->counts[0] = rec->counts[1] = rec->counts[2] = -1;
    rec->rcode_num = -1;
    rec->more = 0;
}

bool dm_question_client(struct dm_record *rec, struct dm_slice text)
{
    if (text.n == 0 || dm_addr_parse(text, &rec->client) < 0) {
        return false;
    }
    rec->client_text = text;
    return true;
}

bool dm_question_port(struct dm_record *rec, struct dm_slice text)
{
    return dm_port_parse(text, &rec->client_port);
}

bool dm_question_endpoint(struct dm_record *rec, struct dm_slice text)
{
    if (dm_slice_drop(&text, DM_SLICE("["))) {
        size_t close = dm_slice_find(text, ']');
        struct dm_slice rest = dm_slice_skip(text, close + 1);
        return close < text.n && dm_question_client(rec, dm_slice_head(text, close)) &&
               dm_slice_drop(&rest, DM_SLICE(":")) && dm_question_port(rec, rest);
    }
    size_t colon = dm_slice_find(text, ':');
    struct dm_slice rest = dm_slice_skip(text, colon + 1);
    if (colon == text.n || dm_slice_find(rest, ':') < rest.n) {
        return dm_question_client(rec, text);
    }
    return dm_question_client(rec, dm_slice_head(text, colon)) && dm_question_port(rec, rest);
}

bool dm_question_type(struct dm_record *rec, struct dm_slice word)
{
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_') {
            return false;
        }
    }
    rec->qtype = word;
    rec->qtype_code = dm_rrtype_number(word);
    return word.n > 0 && is_letter(word.p[0]);
}

void dm_question_type_number(struct dm_record *rec, uint16_t type)
{
    const char *name = dm_rrtype_name(type, rec->qtype_text);

    rec->qtype = dm_slice_make(name, strlen(name));
    rec->qtype_code = type;
}

bool dm_question_class(struct dm_record *rec, struct dm_slice word)
{
    rec->qclass = word;
    rec->qclass_code = dm_rrclass_number(word);
    return rec->qclass_code || dm_slice_eq(word, DM_SLICE("CLASS0"));
}

void dm_question_class_in(struct dm_record *rec)
{
    rec->qclass = (struct dm_slice){NULL, 0};
    rec->qclass_code = 1;
}

void dm_question_rcode(struct dm_record *rec, struct dm_slice word)
{
    rec->rcode = word;
    rec->rcode_num = dm_rcode_number(word);
}
