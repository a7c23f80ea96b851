/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names: one pass from what a server printed to the normal form, then the class bits from the
 * labels' offsets. No byte of the input is trusted: a name may hold anything that fits in a packet.
 *
 * Method: unescape, fold to lower case (kills 0x20), note where each label begins; the classes are
 * decided by whole labels, never by substrings, so "x1.0.0.127.in-addr.arpa.example.com" is an
 * ordinary name.
 *
 * LIMITS:
 * - An address with a search list behind it (192.0.2.7.example.com) has the form of a DNSBL query
 *   and gets that bit; zones of one label (192.168.1.1.lan) do not, no list lives there.
 * - SRV names (_sip._tcp.example.com) count as service discovery; numeric services (_443._tcp) do
 *   not, those are TLSA (RFC 6698 3; a service name has a letter, RFC 6335 5.1).
 * - Different names become one where bytes turn into '?'. They carry DM_NAME_INVALID, except for an
 *   escaped dot, which is legal.
 * - 254 and 255 printed bytes do not fit a packet (RFC 1035 3.1), but are not worth a rule.
 */
#include "dns/name.h"

#include "dnsmon/dnsmon.h"
#include "util/addr.h"

/* Labels of the longest text: 128 of one byte. */
#define LABELS_MAX 128
#define LABEL_BYTES_MAX 63 /* RFC 1035 2.3.4 */
#define V4_LABELS 4
#define V6_LABELS 32

/* The name under work: where its labels begin in ret->text. */
struct scan {
    struct dm_slice in; /* what is left to read */
    struct dm_name *ret;
    unsigned len;         /* bytes in ret->text */
    unsigned label_start; /* offset of the label being read */
    bool broken;          /* label or length rules broken: no class can be told */
    uint8_t start[LABELS_MAX];
};

static struct dm_slice label_at(const struct scan *s, unsigned i)
{
    unsigned from = s->start[i];
    unsigned next = i + 1u < s->ret->labels ? s->start[i + 1] - 1u : s->len;

    return dm_slice_make(s->ret->text + from, next - from);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What follows a backslash: three digits, or the byte itself (RFC 1035 5.1).
 * Returns: the byte; -1 for an escape that means nothing. */
static int read_escape(struct dm_slice *in)
{
    const char *p = in->p;

    if (in->n >= 3 && is_digit(p[0]) && is_digit(p[1]) && is_digit(p[2])) {
        int v = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
        *in = dm_slice_skip(*in, 3);
        return v <= 255 ? v : -1;
    }
    if (in->n == 0 || is_digit(p[0])) {
        return -1;
    }
    *in = dm_slice_skip(*in, 1);
    return (unsigned char)p[0];
}

/* A byte inside a label in its normal form. */
static char fold(struct scan *s, int c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c + ('a' - 'A'));
    }
    if (c < 0x21 || c > 0x7e) {
        s->ret->bits |= DM_NAME_INVALID;
        return '?';
    }
    return (char)c;
}

static void put(struct scan *s, char c)
{
    if (s->len < DM_NAME_MAX) {
        s->ret->text[s->len++] = c;
    } else {
        s->broken = true;
    }
}

static void end_label(struct scan *s)
{
    unsigned bytes = s->len - s->label_start;

    if (bytes == 0 || bytes > LABEL_BYTES_MAX || s->ret->labels == LABELS_MAX) {
        s->broken = true;
        return;
    }
    if (s->ret->labels == 0) {
        s->ret->first_len = (uint8_t)bytes;
    }
    s->start[s->ret->labels++] = (uint8_t)s->label_start;
}

/* Bytes that stand for themselves, or for their lower case; 0: a dot, a backslash, or invalid. */
static const char plain[256] = {
    0,   0,    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   '!', '"', '#', '$', '%',
    '&', '\'', '(', ')', '*', '+', ',', '-', 0,   '/', '0', '1', '2', '3', '4', '5', '6', '7', '8',
    '9', ':',  ';', '<', '=', '>', '?', '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k',
    'l', 'm',  'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '[', 0,   ']', '^',
    '_', '`',  'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q',
    'r', 's',  't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 0,
};

/* As many such bytes as there are. */
static void copy_plain(struct scan *s)
{
    size_t i = 0, most = DM_NAME_MAX - s->len, n = s->in.n < most ? s->in.n : most;
    char *text = s->ret->text + s->len;

    for (; i < n && plain[(uint8_t)s->in.p[i]]; i++) {
        text[i] = plain[(uint8_t)s->in.p[i]];
    }
    s->len += (unsigned)i;
    s->in = dm_slice_skip(s->in, i);
}

static void read_labels(struct scan *s)
{
    for (copy_plain(s); s->in.n > 0; copy_plain(s)) {
        int c = (unsigned char)s->in.p[0];
        s->in = dm_slice_skip(s->in, 1);
        if (c == '.') {
            if (s->in.n == 0 && s->len > s->label_start) {
                break; /* the final dot of an absolute name */
            }
            end_label(s);
            put(s, '.');
            s->label_start = s->len;
        } else if (c == '\\') {
            c = read_escape(&s->in);
            put(s, c == '.' ? '?' : fold(s, c));
        } else {
            put(s, fold(s, c));
        }
    }
    end_label(s);
}

/* 0..255 in decimal, one to three digits.  Returns: it, or -1. */
static int octet_of(struct dm_slice label)
{
    int v = 0;

    if (label.n < 1 || label.n > 3) {
        return -1;
    }
    for (size_t i = 0; i < label.n; i++) {
        if (!is_digit(label.p[i])) {
            return -1;
        }
        v = v * 10 + (label.p[i] - '0');
    }
    return v <= 255 ? v : -1;
}

static int nibble_of(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The first four labels are octets; @strict: as the reverse tree writes them, no leading zeros. */
static bool octets_lead(const struct scan *s, bool strict)
{
    for (unsigned i = 0; i < V4_LABELS; i++) {
        struct dm_slice label = i < s->ret->labels ? label_at(s, i) : DM_SLICE("");
        if (octet_of(label) < 0 || (strict && label.n > 1 && label.p[0] == '0')) {
            return false;
        }
    }
    return true;
}

static bool nibbles_lead(const struct scan *s)
{
    if (s->ret->labels < V6_LABELS) {
        return false;
    }
    for (unsigned i = 0; i < V6_LABELS; i++) {
        struct dm_slice label = label_at(s, i);
        if (label.n != 1 || nibble_of(label.p[0]) < 0) {
            return false;
        }
    }
    return true;
}

static struct dm_slice text_of(const struct scan *s)
{
    return dm_slice_make(s->ret->text, s->len);
}

static uint32_t arpa_bits(const struct scan *s)
{
    struct dm_slice text = text_of(s);
    unsigned labels = s->ret->labels;

    if (dm_name_under(text, DM_SLICE("in-addr.arpa"))) {
        if (labels != V4_LABELS + 2 || !octets_lead(s, true)) {
            return DM_NAME_REV4_PART;
        }
        return DM_NAME_REV4 |
               (dm_slice_eq(text, DM_SLICE("1.0.0.127.in-addr.arpa")) ? DM_NAME_LOOPBACK : 0);
    }
    if (dm_name_under(text, DM_SLICE("ip6.arpa"))) {
        if (labels != V6_LABELS + 2 || !nibbles_lead(s)) {
            return DM_NAME_REV6_PART;
        }
        return DM_NAME_REV6 |
               (dm_slice_eq(text, DM_SLICE("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
                                           "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"))
                    ? DM_NAME_LOOPBACK
                    : 0);
    }
    return 0;
}

/* "192.0.2.7", "[192.0.2.7]", "2001:db8::7", "192.0.2.7:25"; not "www.example.com:80". */
static bool is_literal(const struct scan *s)
{
    struct dm_slice text = text_of(s);

    if (text.p[0] == '[' || (s->ret->labels == V4_LABELS && octets_lead(s, false))) {
        return true;
    }
    if (dm_slice_find(text, ':') == text.n) {
        return false;
    }
    text = dm_slice_head(text, dm_slice_find(text, '%'));
    for (size_t i = 0; i < text.n; i++) {
        if (nibble_of(text.p[i]) < 0 && text.p[i] != ':' && text.p[i] != '.') {
            return false;
        }
    }
    return text.n > 0;
}

static bool is_number(struct dm_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

/* A list's zone has two labels at least, and does not begin with a number. */
static bool is_dnsbl(const struct scan *s)
{
    if (nibbles_lead(s)) {
        return s->ret->labels >= V6_LABELS + 2;
    }
    return s->ret->labels >= V4_LABELS + 2 && octets_lead(s, false) &&
           !is_number(label_at(s, V4_LABELS));
}

/* Bits of one label that begins with "_"; @before: the label in front of it, or empty. */
static uint32_t underscore_bits(struct dm_slice label, struct dm_slice before)
{
    if (dm_slice_eq(label, DM_SLICE("_tcp")) || dm_slice_eq(label, DM_SLICE("_udp"))) {
        if (dm_slice_eq(before, DM_SLICE("_25")) && label.p[1] == 't') {
            return DM_NAME_TLSA25;
        }
        bool port = before.n > 1 && before.p[0] == '_' && is_number(dm_slice_skip(before, 1));
        return port ? 0 : DM_NAME_DNSSD;
    }
    if (dm_slice_eq(label, DM_SLICE("_dns-sd")) || dm_slice_eq(label, DM_SLICE("_services"))) {
        return DM_NAME_DNSSD;
    }
    if (dm_slice_eq(label, DM_SLICE("_dmarc")) || dm_slice_eq(label, DM_SLICE("_domainkey")) ||
        dm_slice_eq(label, DM_SLICE("_mta-sts")) || dm_slice_eq(label, DM_SLICE("_bimi")) ||
        (dm_slice_eq(label, DM_SLICE("_tls")) && dm_slice_eq(before, DM_SLICE("_smtp")))) {
        return DM_NAME_MAILPOLICY;
    }
    return 0;
}

static uint32_t label_bits(const struct scan *s)
{
    struct dm_slice before = DM_SLICE("");
    uint32_t bits = 0;

    for (unsigned i = 0; i < s->ret->labels; i++) {
        struct dm_slice label = label_at(s, i);
        if (label.p[0] == '_') {
            bits |= DM_NAME_UNDERSCORE | underscore_bits(label, before);
        } else if (label.p[0] == 'd' && dm_slice_eq(label, DM_SLICE("dnsbugtest"))) {
            bits |= DM_NAME_BUGTEST;
        }
        before = label;
    }
    if (bits & DM_NAME_DNSSD) {
        bits &= ~(uint32_t)DM_NAME_UNDERSCORE; /* those labels are the service's own */
    }
    return bits;
}

static uint32_t first_label_bits(const struct scan *s)
{
    struct dm_slice text = text_of(s);
    struct dm_slice first = dm_slice_head(text, s->ret->first_len);

    if (dm_slice_eq(first, DM_SLICE("wpad")) || dm_slice_eq(first, DM_SLICE("isatap"))) {
        return DM_NAME_WPAD;
    }
    if (first.n == 1 && first.p[0] >= 'a' && first.p[0] <= 'm' &&
        dm_slice_eq(dm_slice_skip(text, 1), DM_SLICE(".root-servers.net"))) {
        return DM_NAME_ROOTNS;
    }
    return 0;
}

static uint32_t class_bits(const struct scan *s)
{
    uint32_t bits = label_bits(s) | first_label_bits(s);

    if (s->ret->labels == 1) {
        bits |= DM_NAME_SINGLE;
    }
    if (dm_name_under(text_of(s), DM_SLICE("arpa"))) {
        return bits | arpa_bits(s);
    }
    if (is_literal(s)) {
        bits |= DM_NAME_IPLIT;
    } else if (is_dnsbl(s)) {
        bits |= DM_NAME_DNSBL;
    }
    return bits;
}

void dm_name_normalise(struct dm_slice raw, struct dm_name *ret)
{
    struct scan s;

    s.in = raw;
    s.ret = ret;
    s.len = s.label_start = 0;
    s.broken = false;
    ret->labels = ret->first_len = 0;
    ret->bits = 0;
    if (dm_slice_eq(raw, DM_SLICE("."))) {
        ret->bits = DM_NAME_ROOT;
    } else {
        read_labels(&s);
        ret->bits |= s.broken ? DM_NAME_INVALID : class_bits(&s);
    }
    ret->len = (uint8_t)s.len;
    ret->text[s.len] = '\0';
}

bool dm_name_under(struct dm_slice name, struct dm_slice zone)
{
    if (zone.n == 0) {
        return true;
    }
    return dm_slice_ends(name, zone) && (name.n == zone.n || name.p[name.n - zone.n - 1] == '.');
}

/* d.c.b.a.in-addr.arpa: the first label is the last octet. */
static void read_rev4(const struct dm_name *name, struct dm_addr *ret)
{
    const char *p = name->text;

    memset(ret->b, 0, 10);
    ret->b[10] = ret->b[11] = 0xff;
    for (unsigned i = 0; i < V4_LABELS; i++, p++) {
        unsigned v = 0;
        for (; *p != '.'; p++) {
            v = v * 10 + (unsigned)(*p - '0');
        }
        ret->b[15 - i] = (uint8_t)v;
    }
}

/* Each nibble and its dot take two bytes; the first nibble is the last of the address. */
static void read_rev6(const struct dm_name *name, struct dm_addr *ret)
{
    for (unsigned i = 0; i < sizeof ret->b; i++) {
        int low = nibble_of(name->text[4 * i]);
        int high = nibble_of(name->text[4 * i + 2]);
        ret->b[15 - i] = (uint8_t)(high << 4 | low);
    }
}

int dm_name_rev_addr(const struct dm_name *name, struct dm_addr *ret)
{
    if (name->bits & DM_NAME_REV4) {
        read_rev4(name, ret);
        return 0;
    }
    if (name->bits & DM_NAME_REV6) {
        read_rev6(name, ret);
        return 0;
    }
    return DNSMON_EINVAL;
}
