/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A short way for nine of ten lines, beside the parser that reads them all (parse_bind.c).
 *
 * Method. What repeats is compared, not read: the second in front (timestamp.h), the words around
 * the client, the name, which BIND prints twice, and all that follows it: a site's queries have a
 * few dozen such texts (class, type, flags, server address), each of which is read once and then
 * known. What is left to read is the client's address and port. All of it is done 8 to 32 bytes at
 * a time (util/bytes.h) and without branches that depend on how long a number or a name is; where
 * a line has not so many bytes left, byte by byte.
 *
 * Whatever is not exactly so is left to the parser, so nothing here decides what a line means;
 * tests/unit/test_parse_usual.c holds both to the same answer under random input.
 *
 * LIMITS: no key; texts behind the name of up to DM_USUAL_TEXT bytes. Only what observations are
 * made of is set (parser.h, brief).
 * Source: doc/FORMATS.md 1; measured by tests/bench/bench_replay.sh.
 */
#include "parse/bind_usual.h"

#include <glib.h>

#include "parse/scan.h"
#include "util/addr_v4.h"

/* The longest address with its scope. */
#define ADDR_MAX (DM_ADDR_STRLEN + 16)
/* In so many bytes the blank behind a name and the end of the next text are looked for at once. */
#define WINDOW 64
/* The shortest "IP#PORT (NAME): query: NAME IN A" is "::#5 (a): query: a IN A"; with so many bytes
 * DM_BYTES_16 for an IPv4 address and eight behind its '#' are there, too. */
#define PEER_LEAST 23
#define BLANK ' '

/* In what follows @end is the end of the line; NULL: the line is the first of a text, of which
 * DM_QUICK_ROOM bytes may be read. Then no step asks how many there are, each is done only if it
 * takes no call, and what is longer is left to the second way. As the compiler knows which of both
 * it is, each way has its own code. */

/* The first byte that can be in no name.   Returns: somewhere else if there is none. */
static DM_INLINE const char *find_blank(const char *p, const char *end)
{
    const char *stop = end ? end : p + WINDOW;

    for (; stop - p >= DM_BYTES_32; p += DM_BYTES_32) {
        uint32_t other = ~dm_bytes_word32(p);
        if (other) {
            return p + dm_first(other);
        }
    }
    while (end && p < end && (signed char)*p > BLANK) {
        p++;
    }
    return p;
}

/* Whether @n bytes are the same at @a and at @b, where they end with a blank; behind @a is none. */
static DM_INLINE bool is_again(const char *a, const char *b, size_t n, const char *end)
{
    if (end && (n >= DM_BYTES_32 || end - b < DM_BYTES_32)) {
        return (size_t)(end - b) > n && memcmp(a, b, n) == 0 && b[n] == BLANK;
    }
    if (b[n] != BLANK) {
        return false;
    }
    uint32_t other = ~dm_bytes_same32(a, b); /* that blank, or a byte before it */
    if (other) {
        return dm_first(other) == n;
    }
    other = ~dm_bytes_same32(a + DM_BYTES_32, b + DM_BYTES_32);
    return other && DM_BYTES_32 + dm_first(other) == n;
}

/* ---- what follows the name ---- */

/* Which memo a text has.   @n: at least 8 bytes. */
static DM_INLINE struct dm_usual_text *place_of(struct dm_usual_memo *memo, const char *p, size_t n)
{
    uint64_t h = (dm_load64(p) ^ dm_load64(p + n - 8)) * 0x9e3779b97f4a7c15ULL;

    return &memo->texts[h >> (64 - DM_USUAL_TEXTS_LOG2)];
}

/* Read a text once.   Returns: whether it is the rest of a query line. */
static __attribute__((noinline)) bool learn(struct dm_usual_text *t, struct dm_slice text,
                                            struct dm_record *rec)
{
    struct dm_slice read = dm_slice_head(text, text.n - (text.n && text.p[text.n - 1] == '\r'));

    if (!dm_bind_rest(read, rec)) {
        return false;
    }
    if (!t || rec->ecs.p) { /* a client's own: it does not come again, and would displace others */
        return true;
    }
    memcpy(t->text, text.p, text.n);
    t->len = (uint8_t)text.n;
    t->qtype_code = rec->qtype_code;
    t->qclass_code = rec->qclass_code;
    t->flag_bits = rec->flag_bits;
    t->server_port = rec->server_port;
    return true;
}

/* All that follows the name. */
static DM_INLINE bool read_rest(struct dm_usual_memo *memo, const char *p, size_t n,
                                const char *end, struct dm_record *rec)
{
    if (n < 8 || n > DM_USUAL_TEXT) {
        return end && learn(NULL, dm_slice_make(p, n), rec);
    }
    struct dm_usual_text *t = place_of(memo, p, n);
    if (t->len != n || !dm_bytes_equal(t->text, p, n)) {
        return end && learn(t, dm_slice_make(p, n), rec);
    }
    rec->qtype_code = t->qtype_code;
    rec->qclass_code = t->qclass_code;
    rec->flag_bits = t->flag_bits;
    rec->server_port = t->server_port;
    return true;
}

/* ---- from the front, each step from @p on; NULL: it is not so ---- */

/* "[queries: ][info: ]client ": both words where they are printed at all. */
static DM_INLINE const char *skip_words(const char *p)
{
    static const char all[] = "queries: info: client ", client[] = "client @";

    if (dm_bytes_equal(p, all, sizeof all - 1)) {
        return p + sizeof all - 1;
    }
    p += memcmp(p, all, 9) == 0 ? 9 : 0;
    p += memcmp(p, all + 9, 6) == 0 ? 6 : 0;
    return ((dm_load64(p) ^ dm_load64(client)) << 8) == 0 ? p + 7 : NULL;
}

/* "@0xHEX " off the front, if there is an '@'. */
static DM_INLINE const char *skip_pointer(const char *p, const char *end)
{
    if (*p != '@') {
        return p;
    }
    p += dm_first(~dm_bytes_word16(p)); /* 48 bits are 15 bytes */
    return (!end || p < end) && *p == BLANK ? p + 1 : NULL;
}

/* An address that is not read at once.   Returns: its '#'. */
static const char *read_addr(const char *p, const char *end, struct dm_addr *ret)
{
    struct dm_slice s = {p, (size_t)(end - p)};
    const char *hash = dm_addr_read_v4(p, end, ret);

    if (hash && hash < end && *hash == '#') {
        return hash;
    }
    struct dm_slice text = dm_slice_head(s, dm_slice_find(dm_slice_head(s, ADDR_MAX), '#'));
    return text.n < s.n && dm_addr_parse(text, ret) == 0 ? p + text.n : NULL;
}

/* "PORT (": one to five digits at once, in the upper bytes of @v as their values.
 * Returns: what follows. */
static DM_INLINE const char *read_port(const char *p, uint16_t *ret)
{
    uint64_t v = dm_load64(p) ^ (DM_BYTES_ONES * '0');
    uint64_t other = ((v + DM_BYTES_ONES * 0x76) | v) & DM_BYTES_TOPS;
    unsigned top = (unsigned)__builtin_ctzll(other | 0x80ULL << 40); /* of the byte behind them */

    p += top / 8;
    v = v << 1 << (70 - top);
    v = v * 10 + (v >> 8); /* in bytes 2, 4 and 6: two digits each */
    v = (v >> 16 & 0x000000ff00ff00ffULL) * ((10000ULL << 32) + (100 << 16) + 1);
    v = v >> 32 & 0x1ffff; /* the other products begin above them: 100 << 48, 10000 << 48 */
    if (top < 8 || v > UINT16_MAX || memcmp(p, " (", 2) != 0) {
        return NULL;
    }
    *ret = (uint16_t)v;
    return p + 2;
}

/* "IP#PORT (", with PEER_LEAST bytes to read. */
static DM_INLINE const char *read_peer(const char *p, const char *end, struct dm_record *rec)
{
    const char *hash = NULL;

    if (!dm_v4_read16(p, &rec->client, &hash) || *hash != '#') {
        hash = end ? read_addr(p, end, &rec->client) : NULL;
    }
    return hash && (!end || end - hash > 9) ? read_port(hash + 1, &rec->client_port) : NULL;
}

/* " view V: query: ". Which ": query: " ends V needs no search for the last one: the same NAME and
 * a whole REST must follow, and neither of them can hold another. */
static DM_INLINE const char *skip_view(const char *p, const char *end)
{
    static const char view[] = " view ", marker[] = ": query: ";

    if (end) {
        struct dm_slice s = {p, (size_t)(end - p)};
        size_t n =
            dm_slice_drop(&s, DM_SLICE(view)) ? dm_slice_find_text(s, DM_SLICE(marker)) : s.n;
        return n < s.n ? s.p + n + sizeof marker - 1 : NULL;
    }
    p += sizeof view - 1;
    uint32_t colon = dm_bytes_find32(p, ':'), upto = colon ^ (colon - 1);
    if (!colon || (dm_bytes_find32(p, '\n') & upto) || memcmp(p - 6, view, 6) != 0) {
        return NULL;
    }
    p += dm_first(colon);
    return dm_load64(p + 1) == dm_load64(marker + 1) ? p + sizeof marker - 1 : NULL;
}

/* "NAME): [view V: ]query: NAME ", the same name twice. It has no blank. */
static DM_INLINE const char *read_name(const char *p, const char *end, struct dm_record *rec)
{
    static const char words[] = "): query: ";
    const char *name = p, *blank = find_blank(p, end);

    if (blank - name < 3 || (end && end - blank < 8) || memcmp(blank - 2, words, 2) != 0) {
        return NULL;
    }
    size_t n = (size_t)(blank - name) - 2;
    p = dm_load64(blank) == dm_load64(words + 2) ? blank + 8 : skip_view(blank, end);
    if (!p || !is_again(name, p, n, end)) {
        return NULL;
    }
    rec->qname = dm_slice_make(p, n);
    return p + n + 1;
}

/* The end of the line whose last part is at @p.   Returns: NULL: it is too far away. */
static DM_INLINE const char *find_end(const char *p)
{
    uint32_t at = dm_bytes_find32(p, '\n');

    if (at) {
        return p + dm_first(at);
    }
    at = dm_bytes_find32(p + DM_BYTES_32, '\n');
    return at ? p + DM_BYTES_32 + dm_first(at) : NULL;
}

/* What follows the stamp.   Returns: the end of the line. */
static DM_INLINE const char *read_client(const char *p, const char *end, struct dm_parse_ctx *ctx,
                                         struct dm_record *rec)
{
    p = skip_words(p);
    p = p && (!end || end - p >= PEER_LEAST) ? skip_pointer(p, end) : NULL;
    p = p && (!end || end - p >= PEER_LEAST) ? read_peer(p, end, rec) : NULL;
    p = p ? read_name(p, end, rec) : NULL;
    const char *behind = end || !p ? end : find_end(p);
    if (!p || !behind || !read_rest(&ctx->usual, p, (size_t)(behind - p), end, rec)) {
        return NULL;
    }
    rec->more = 0;
    rec->kind = DM_REC_QUERY;
    rec->has_client = true;
    return behind;
}

bool dm_bind_usual(struct dm_slice s, struct dm_parse_ctx *ctx, struct dm_record *rec)
{
    bool stamp = s.n >= DM_STAMP_AGAIN + DM_USUAL_LEAST && s.p[2] == '-';
    const char *p = s.p;
    int64_t time_us = 0;

    if (s.n < DM_USUAL_LEAST || (stamp && !dm_stamp_again(&ctx->clock, p, &time_us))) {
        return false;
    }
    p += stamp ? DM_STAMP_AGAIN + 1 : 0;
    if (!read_client(p, s.p + s.n, ctx, rec)) {
        return false;
    }
    if (stamp) {
        dm_stamp_follow(&ctx->clock, time_us);
        rec->time_us = time_us;
    }
    return true;
}

size_t dm_bind_quick(const char *p, struct dm_parse_ctx *ctx, struct dm_record *rec)
{
    bool stamp = p[2] == '-';

    if (stamp && !dm_stamp_again(&ctx->clock, p, &rec->time_us)) {
        return 0;
    }
    const char *behind = read_client(p + (stamp ? DM_STAMP_AGAIN + 1 : 0), NULL, ctx, rec);
    if (!behind) {
        return 0;
    }
    dm_stamp_follow(&ctx->clock, rec->time_us);
    return (size_t)(behind - p);
}
