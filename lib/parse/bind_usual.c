/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A short way for nine of ten lines, beside the parser that reads them all (parse_bind.c).
 *
 * Method. What repeats is compared, not read: the second in front (timestamp.h), the words around
 * the client, the name, which BIND prints twice, and all that follows it: a site's queries have a
 * few dozen such texts (class, type, flags, server address), each of which is read once and then
 * known. What is left to read is the client's address and port.
 *
 * Whatever is not exactly so is left to the parser, so nothing here decides what a line means;
 * tests/unit/test_parse_usual.c holds both to the same answer under random input.
 *
 * LIMITS: no key; texts behind the name of up to DM_USUAL_TEXT bytes.
 * Source: doc/FORMATS.md 1; measured by tests/bench/bench_replay.sh.
 */
#include "parse/bind_usual.h"

#include <glib.h>

#include "parse/scan.h"

/* "@0x7fbad7a6e098 ": the pointer ends within so many bytes (64 bits are 18 and the '@'). */
#define POINTER_MAX 24
#define ONES 0x0101010101010101ULL
/* The shortest "IP#PORT ": "::1#5 ", and the longest address with its scope. */
#define PEER_MIN 7
#define ADDR_MAX (DM_ADDR_STRLEN + 16)
/* "view " and "): query: ". */
#define VIEW_LEN 5
#define NAME_MIN 10

static uint64_t load64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* Whether @n >= 8 bytes are the same: no call for so few. */
static inline bool same(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i + 8 < n; i += 8) {
        if (load64(a + i) != load64(b + i)) {
            return false;
        }
    }
    return load64(a + n - 8) == load64(b + n - 8);
}

/* Which memo a text has.   @text: at least 8 bytes. */
static struct dm_usual_text *place_of(struct dm_usual_memo *memo, struct dm_slice text)
{
    uint64_t h = (load64(text.p) * 0x9e3779b97f4a7c15ULL) ^ load64(text.p + text.n - 8) ^ text.n;

    return &memo->texts[(h * 0x9e3779b97f4a7c15ULL) >> (64 - DM_USUAL_TEXTS_LOG2)];
}

static struct dm_usual_part part_of(struct dm_slice in, struct dm_slice part)
{
    return (struct dm_usual_part){part.p ? (uint8_t)(part.p - in.p) : 0, (uint8_t)part.n};
}

/* Read a text once.   Returns: whether it is the rest of a query line. */
static bool learn(struct dm_usual_text *t, struct dm_slice text, struct dm_record *rec)
{
    if (!dm_bind_rest(text, rec)) {
        return false;
    }
    if (rec->ecs.p) { /* a client's own: it does not come again, and would displace what does */
        return true;
    }
    memcpy(t->text, text.p, text.n);
    t->len = (uint8_t)text.n;
    t->qclass = part_of(text, rec->qclass);
    t->qtype = part_of(text, rec->qtype);
    t->flags = part_of(text, rec->flags);
    t->server = part_of(text, rec->server);
    t->qclass_code = rec->qclass_code;
    t->qtype_code = rec->qtype_code;
    t->flag_bits = rec->flag_bits;
    t->server_port = rec->server_port;
    return true;
}

static struct dm_slice slice_of(struct dm_slice in, struct dm_usual_part part)
{
    return (struct dm_slice){in.p + part.at, part.n};
}

/* All that follows the name. */
static inline bool read_rest(struct dm_usual_memo *memo, struct dm_slice text,
                             struct dm_record *rec)
{
    if (text.n < 8 || text.n > DM_USUAL_TEXT) {
        return dm_bind_rest(text, rec);
    }
    struct dm_usual_text *t = place_of(memo, text);
    if (t->len != text.n || !same(t->text, text.p, text.n)) {
        return learn(t, text, rec);
    }
    rec->qclass = slice_of(text, t->qclass);
    rec->qtype = slice_of(text, t->qtype);
    rec->flags = slice_of(text, t->flags);
    rec->server = slice_of(text, t->server);
    if (t->server.n == 0) { /* few: not printed is not there */
        rec->server.p = NULL;
        rec->flags.p = t->flags.n ? rec->flags.p : NULL;
    }
    rec->ecs = (struct dm_slice){NULL, 0};
    rec->qclass_code = t->qclass_code;
    rec->qtype_code = t->qtype_code;
    rec->flag_bits = t->flag_bits;
    rec->server_port = t->server_port;
    return true;
}

/* "TIME queries: info: " off the front of @s.   Returns: whether, and then *ret_us is the time. */
static inline bool take_front(struct dm_slice *s, struct dm_clock *clock, int64_t *ret_us)
{
    static const char words[] = " queries: info: ";
    size_t n = dm_stamp_again(clock, *s, ret_us);

    if (n == 0 || s->n < n + sizeof words - 1 || !same(s->p + n, words, sizeof words - 1)) {
        return false;
    }
    *s = (struct dm_slice){s->p + n + sizeof words - 1, s->n - n - (sizeof words - 1)};
    return true;
}

/* The first blank in POINTER_MAX bytes, eight at a time: a byte is zero where taking one from it
 * borrows (Warren, Hacker's Delight, 6-1).   Returns: 0 if there is none. */
static inline size_t find_blank(const char *p)
{
    for (size_t i = 0; i < POINTER_MAX; i += 8) {
        uint64_t v = GUINT64_FROM_LE(load64(p + i)) ^ (ONES * ' '),
                 zero = (v - ONES) & ~v & (ONES << 7);
        if (zero) {
            return i + (size_t)__builtin_ctzll(zero) / 8;
        }
    }
    return 0;
}

/* "@0xHEX " off the front of @s.   Returns: whether, or whether there is no '@'. */
static inline bool take_pointer(struct dm_slice *s, struct dm_slice *ret)
{
    *ret = (struct dm_slice){NULL, 0};
    if (s->p[0] != '@') {
        return true;
    }
    size_t n = find_blank(s->p);
    if (n == 0) {
        return false;
    }
    *ret = (struct dm_slice){s->p, n};
    *s = (struct dm_slice){s->p + n + 1, s->n - n - 1};
    return true;
}

/* What follows an address at the front of @s.   Returns: NULL if there is none. */
static inline const char *read_addr(struct dm_slice s, struct dm_addr *ret)
{
    const char *end = s.p + s.n, *p = dm_addr_read_v4(s.p, end, ret);

    if (p && p < end && *p == '#') {
        return p;
    }
    struct dm_slice text = dm_slice_head(s, dm_slice_find(dm_slice_head(s, ADDR_MAX), '#'));
    return dm_addr_parse(text, ret) < 0 ? NULL : text.p + text.n;
}

/* "IP#PORT (" off the front of @s. */
static inline bool take_peer(struct dm_slice *s, struct dm_record *rec)
{
    const char *end = s->p + s->n, *hash = read_addr(*s, &rec->client), *p = hash;
    unsigned port = 0, d;

    if (!hash || end - hash < 8 || *p++ != '#') {
        return false;
    }
    for (int i = 0; i < 5 && (d = (unsigned)(unsigned char)*p - '0') <= 9; i++, p++) {
        port = port * 10 + d;
    }
    if (p == hash + 1 || port > UINT16_MAX || p[0] != ' ' || p[1] != '(') {
        return false;
    }
    rec->client_text = (struct dm_slice){s->p, (size_t)(hash - s->p)};
    rec->client_port = (uint16_t)port;
    *s = (struct dm_slice){p + 2, (size_t)(end - p) - 2};
    return true;
}

/* "view V: query: " off the front of @s. Which ": query: " ends V needs no search for the last one:
 * the same NAME and a whole REST must follow, and neither of them can hold another. */
static bool take_view(struct dm_slice *s, struct dm_slice *ret)
{
    static const char marker[] = ": query: ";
    struct dm_slice v = dm_slice_skip(*s, VIEW_LEN);
    size_t n = dm_slice_find_text(v, DM_SLICE(marker));

    *ret = dm_slice_head(v, n);
    *s = dm_slice_skip(v, n + sizeof marker - 1);
    return n < v.n;
}

/* "): query: " or "): view V: query: " off the front of @s, at least NAME_MIN bytes. */
static inline bool take_words(struct dm_slice *s, struct dm_slice *ret_view)
{
    static const char words[] = "): query: ";

    *ret_view = (struct dm_slice){NULL, 0};
    if (same(s->p, words, sizeof words - 1)) {
        *s = (struct dm_slice){s->p + sizeof words - 1, s->n - (sizeof words - 1)};
        return true;
    }
    if (memcmp(s->p, "): view ", 8) != 0) {
        return false;
    }
    *s = (struct dm_slice){s->p + 3, s->n - 3};
    return take_view(s, ret_view);
}

/* "NAME): [view V: ]query: NAME " off the front of @s, the same name twice. It has no blank. */
static inline bool take_name(struct dm_slice *s, struct dm_record *rec)
{
    const char *name = s->p, *blank = memchr(name, ' ', s->n);

    if (!blank || blank - name < 3) {
        return false;
    }
    size_t n = (size_t)(blank - name) - 2;
    *s = (struct dm_slice){name + n, s->n - n};
    if (s->n < NAME_MIN || !take_words(s, &rec->view) || s->n <= n || s->p[n] != ' ' ||
        memcmp(name, s->p, n) != 0) {
        return false;
    }
    rec->qname = (struct dm_slice){s->p, n};
    *s = (struct dm_slice){s->p + n + 1, s->n - n - 1};
    return true;
}

bool dm_bind_usual(struct dm_slice s, struct dm_clock *clock, struct dm_usual_memo *memo,
                   struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};
    int64_t time_us = 0;

    if (s.n < DM_USUAL_LEAST || (s.p[2] == '-' && !take_front(&s, clock, &time_us))) {
        return false;
    }
    if (s.n < DM_USUAL_LEAST || !same(s.p, "client @", 8)) {
        if (s.n < DM_USUAL_LEAST || memcmp(s.p, "client ", 7) != 0) {
            return false;
        }
    }
    s = (struct dm_slice){s.p + 7, s.n - 7};
    if (!take_pointer(&s, &rec->client_ptr) || s.n < PEER_MIN || !take_peer(&s, rec) ||
        !take_name(&s, rec) || !read_rest(memo, s, rec)) {
        return false;
    }
    if (time_us) {
        dm_stamp_follow(clock, time_us);
        rec->time_us = time_us;
    }
    rec->signer = rec->rcode = none;
    rec->rcode_num = rec->counts[0] = rec->counts[1] = rec->counts[2] = -1;
    rec->more = 0;
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return true;
}
