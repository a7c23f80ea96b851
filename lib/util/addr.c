/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Addresses: strict reading, because the text comes from a log line and decides who is named.
 * Both families are read by hand, since one is on every line; inet_pton() takes four times as long
 * for IPv6. They are written by hand too: inet_ntop() does it by printf().
 *
 * LIMITS: the scope of a link-local address is dropped, so fe80::1 on two links is one client.
 */
#include "util/addr.h"

#include "dnsmon/dnsmon.h"
#include "util/addr_v4.h"

static const uint8_t v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

#ifdef DM_BYTES_SSE2

/* A row of the table: the numbers have a, b, c, d digits. */
#define BIT(at) (1U << (at))
#define END1(a) (a)
#define END2(a, b) ((a) + (b) + 1)
#define END3(a, b, c) ((a) + (b) + (c) + 2)
#define END4(a, b, c, d) ((a) + (b) + (c) + (d) + 3)
#define ENDS(a, b, c, d)                                                                           \
    (BIT(END1(a)) | BIT(END2(a, b)) | BIT(END3(a, b, c)) | BIT(END4(a, b, c, d)))
#define FIRST(n, at) ((n) > 1 ? BIT((at) - (n)) : 0U)
#define SHAPE(a, b, c, d)                                                                          \
    [DM_V4_PLACE(ENDS(a, b, c, d))] = {                                                            \
        ENDS(a, b, c, d),                                                                          \
        ENDS(a, b, c, d) >> 1,                                                                     \
        FIRST(a, END1(a)) | FIRST(b, END2(a, b)) | FIRST(c, END3(a, b, c)) |                       \
            FIRST(d, END4(a, b, c, d)),                                                            \
        {END1(a) - 1, END2(a, b) - 1, END3(a, b, c) - 1, END4(a, b, c, d) - 1},                    \
        0}
#define SHAPES3(a, b, c) SHAPE(a, b, c, 1), SHAPE(a, b, c, 2), SHAPE(a, b, c, 3)
#define SHAPES2(a, b) SHAPES3(a, b, 1), SHAPES3(a, b, 2), SHAPES3(a, b, 3)
#define SHAPES1(a) SHAPES2(a, 1), SHAPES2(a, 2), SHAPES2(a, 3)

const struct dm_v4_shape dm_v4_shapes[256] = {SHAPES1(1), SHAPES1(2), SHAPES1(3)};

#endif

/* The value of a digit at @p; more than 9: there is none before @end. */
static inline unsigned digit_at(const char *p, const char *end)
{
    return p < end ? (unsigned)(unsigned char)*p - '0' : 10;
}

/* One decimal octet, without leading zeros.   Returns: what follows it, NULL if there is none. */
static inline const char *read_octet(const char *p, const char *end, uint8_t *ret)
{
    unsigned v = digit_at(p, end), d;

    if (v > 9) {
        return NULL;
    }
    p++;
    for (int more = 0; more < 2 && (d = digit_at(p, end)) <= 9; more++, p++) {
        if (v == 0) {
            return NULL;
        }
        v = v * 10 + d;
    }
    *ret = (uint8_t)v;
    return v <= 255 ? p : NULL;
}

const char *dm_addr_read_v4(const char *p, const char *end, struct dm_addr *ret)
{
    uint8_t octet[4];

#ifdef DM_BYTES_SSE2
    const char *behind;
    if (end - p >= DM_BYTES_16 && dm_v4_read16(p, ret, &behind)) {
        return behind;
    }
#endif
    for (int i = 0; i < 4; i++) {
        p = read_octet(p, end, &octet[i]);
        if (!p || (i < 3 && (p == end || *p++ != '.'))) {
            return NULL;
        }
    }
    memcpy(ret->b, v4_mapped, sizeof v4_mapped);
    memcpy(ret->b + sizeof v4_mapped, octet, sizeof octet);
    return p;
}

static int parse_v4(struct dm_slice s, struct dm_addr *ret)
{
    struct dm_addr a;

    if (s.n == 0 || dm_addr_read_v4(s.p, s.p + s.n, &a) != s.p + s.n) {
        return DNSMON_EINVAL;
    }
    *ret = a;
    return 0;
}

/* The value of a hexadecimal digit, plus 1; 0: it is none. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* One to four hexadecimal digits, before @end.   Returns: what follows; @p if there is none. */
static inline const char *read_group(const char *p, const char *end, unsigned *ret)
{
    unsigned v = 0, d;

    for (int i = 0; i < 4 && p < end && (d = hex_digits[(unsigned char)*p]) > 0; i++, p++) {
        v = v << 4 | (d - 1);
    }
    *ret = v;
    return p;
}

/* The bytes behind "::" go to the end.   Returns: whether it stood for any. */
static bool open_gap(uint8_t b[16], unsigned n, unsigned gap)
{
    memmove(b + 16 - (n - gap), b + gap, n - gap);
    memset(b + gap, 0, 16 - n);
    return n < 16;
}

static int parse_v6(struct dm_slice s, struct dm_addr *ret)
{
    const unsigned none = 17;
    unsigned n = 0, gap = none, v;
    struct dm_addr a, dotted;

    s = dm_slice_head(s, dm_slice_find(s, '%'));
    const char *p = s.p, *end = p + s.n, *next;
    if (s.n < 2 || (p[0] == ':' && *++p != ':')) {
        return DNSMON_EINVAL;
    }
    while (p < end) {
        if (*p == ':') { /* the second one in a row */
            if (gap != none) {
                return DNSMON_EINVAL;
            }
            gap = n;
            p++;
            continue;
        }
        next = read_group(p, end, &v);
        if (next < end && *next == '.' && n <= 12 && dm_addr_read_v4(p, end, &dotted) == end) {
            memcpy(a.b + n, dotted.b + 12, 4);
            n += 4;
            break;
        }
        if (next == p || n == 16 || (next < end && (*next != ':' || next + 1 == end))) {
            return DNSMON_EINVAL;
        }
        a.b[n++] = (uint8_t)(v >> 8);
        a.b[n++] = (uint8_t)v;
        p = next + (next < end);
    }
    if (gap == none ? n != 16 : !open_gap(a.b, n, gap)) {
        return DNSMON_EINVAL;
    }
    *ret = a;
    return 0;
}

int dm_addr_parse(struct dm_slice s, struct dm_addr *ret)
{
    /* Almost every one is IPv4, which has no ':'. */
    return parse_v4(s, ret) == 0         ? 0
           : dm_slice_find(s, ':') < s.n ? parse_v6(s, ret)
                                         : DNSMON_EINVAL;
}

bool dm_addr_is_v4(const struct dm_addr *a)
{
    return memcmp(a->b, v4_mapped, sizeof v4_mapped) == 0;
}

bool dm_addr_is_loopback(const struct dm_addr *a)
{
    static const struct dm_addr v6 = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

    return dm_addr_is_v4(a) ? a->b[12] == 127 : dm_addr_eq(a, &v6);
}

static char *put_octet(char *at, unsigned v)
{
    if (v >= 100) {
        *at++ = (char)('0' + v / 100);
    }
    if (v >= 10) {
        *at++ = (char)('0' + v / 10 % 10);
    }
    *at++ = (char)('0' + v % 10);
    return at;
}

static void put_v4(char *at, const uint8_t b[4])
{
    for (int i = 0; i < 4; i++) {
        at = put_octet(at, b[i]);
        *at++ = i < 3 ? '.' : '\0';
    }
}

static char *put_group(char *at, unsigned v)
{
    static const char digits[] = "0123456789abcdef";

    for (int shift = v >= 0x1000  ? 12
                     : v >= 0x100 ? 8
                     : v >= 0x10  ? 4
                                  : 0;
         shift >= 0; shift -= 4) {
        *at++ = digits[v >> shift & 15];
    }
    return at;
}

/* The first of the longest runs of two and more zero groups, RFC 5952 4.2.   Returns: its length.
 */
static int zero_run(const uint16_t g[8], int *ret_first)
{
    int best = 0;

    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && g[i + n] == 0) {
            n++;
        }
        if (n > best) {
            best = n;
            *ret_first = i;
        }
        i += n;
    }
    return best >= 2 ? best : 0;
}

/* Six groups of zeros and an IPv4 address behind them, the old form: inet_ntop() writes it so. */
static void put_v6(char *at, const uint8_t b[16])
{
    int first = -1, run, groups = 8;
    uint16_t g[8];

    for (int i = 0; i < 8; i++) {
        g[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
    }
    run = zero_run(g, &first);
    groups = run == 6 && first == 0 ? 6 : 8;
    for (int i = 0; i < groups; i++) {
        if (run && i == first) {
            *at++ = ':';
            *at++ = ':';
            i += run - 1;
        } else {
            at = put_group(at, g[i]);
            if (i < 7 && !(run && i + 1 == first)) {
                *at++ = ':';
            }
        }
    }
    *at = '\0';
    if (groups == 6) {
        put_v4(at, b + 12);
    }
}

const char *dm_addr_text(const struct dm_addr *a, char buf[DM_ADDR_STRLEN])
{
    if (dm_addr_is_v4(a)) {
        put_v4(buf, a->b + 12);
    } else {
        put_v6(buf, a->b);
    }
    return buf;
}

/* The number behind the slash, 0..max, decimal without leading zeros.  Returns: it, or -1. */
static int read_length(struct dm_slice s, int max)
{
    int v = 0;

    if (s.n < 1 || s.n > 3 || (s.n > 1 && s.p[0] == '0')) {
        return -1;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return -1;
        }
        v = v * 10 + (s.p[i] - '0');
    }
    return v <= max ? v : -1;
}

static void mask(struct dm_addr *a, unsigned len)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = len > i * 8 ? len - i * 8 : 0;
        a->b[i] &= keep >= 8 ? 0xff : (uint8_t)(0xff00 >> keep);
    }
}

int dm_prefix_parse(struct dm_slice s, struct dm_prefix *ret)
{
    struct dm_prefix p;
    size_t slash = dm_slice_find(s, '/');

    if (dm_addr_parse(dm_slice_head(s, slash), &p.addr) < 0) {
        return DNSMON_EINVAL;
    }
    bool dotted = dm_slice_find(dm_slice_head(s, slash), ':') == slash;
    int len = dotted ? 32 : 128;
    if (slash < s.n) {
        len = read_length(dm_slice_skip(s, slash + 1), len);
    }
    if (len < 0) {
        return DNSMON_EINVAL;
    }
    p.len = (uint8_t)(dotted ? len + 96 : len);
    struct dm_addr masked = p.addr;
    mask(&masked, p.len);
    if (!dm_addr_eq(&masked, &p.addr)) {
        return DNSMON_EINVAL;
    }
    *ret = p;
    return 0;
}

bool dm_prefix_has(const struct dm_prefix *p, const struct dm_addr *a)
{
    struct dm_addr masked = *a;

    if (p->len < 96 && dm_addr_is_v4(a)) {
        return false;
    }
    mask(&masked, p->len);
    return dm_addr_eq(&masked, &p->addr);
}
