/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Record types, classes and response codes by their mnemonics.
 *
 * Method. The handful of types that nearly every line has is told apart by length and first byte;
 * the rest is a binary search in a table sorted by name.
 * LIMITS: a mnemonic newer than the table is an unknown word (0); servers older than a type write
 * TYPEn, which is read.
 * Source: IANA, Domain Name System (DNS) Parameters, read 2025; BIND's own words for types that
 * IANA lists as obsolete.
 */
#include "dns/rrtype.h"

#include <stdbool.h>
#include <stdio.h>

struct word {
    const char *name;
    uint16_t number;
};

/* Longest mnemonic of a table and its NUL, and of "CLASS65535" and "RESERVED0". */
#define WORD_MAX 16

/* Sorted by name (ASCII order); tests/unit/test_rrtype.c checks that. */
static const struct word types[] = {
    {"A", 1},           {"A6", 38},         {"AAAA", 28},       {"AFSDB", 18},    {"AMTRELAY", 260},
    {"ANY", 255},       {"APL", 42},        {"ATMA", 34},       {"AVC", 258},     {"AXFR", 252},
    {"CAA", 257},       {"CDNSKEY", 60},    {"CDS", 59},        {"CERT", 37},     {"CNAME", 5},
    {"CSYNC", 62},      {"DHCID", 49},      {"DLV", 32769},     {"DNAME", 39},    {"DNSKEY", 48},
    {"DOA", 259},       {"DS", 43},         {"DSYNC", 66},      {"EID", 31},      {"EUI48", 108},
    {"EUI64", 109},     {"GID", 102},       {"GPOS", 27},       {"HHIT", 67},     {"HINFO", 13},
    {"HIP", 55},        {"HTTPS", 65},      {"IPN", 264},       {"IPSECKEY", 45}, {"ISDN", 20},
    {"IXFR", 251},      {"KEY", 25},        {"KEYDATA", 65533}, {"KX", 36},       {"L32", 105},
    {"L64", 106},       {"LOC", 29},        {"LP", 107},        {"MAILA", 254},   {"MAILB", 253},
    {"MB", 7},          {"MD", 3},          {"MF", 4},          {"MG", 8},        {"MINFO", 14},
    {"MR", 9},          {"MX", 15},         {"NAPTR", 35},      {"NID", 104},     {"NIMLOC", 32},
    {"NINFO", 56},      {"NS", 2},          {"NSAP", 22},       {"NSAP-PTR", 23}, {"NSEC", 47},
    {"NSEC3", 50},      {"NSEC3PARAM", 51}, {"NULL", 10},       {"NXNAME", 128},  {"NXT", 30},
    {"OPENPGPKEY", 61}, {"OPT", 41},        {"PTR", 12},        {"PX", 26},       {"RESINFO", 261},
    {"RKEY", 57},       {"RP", 17},         {"RRSIG", 46},      {"RT", 21},       {"SIG", 24},
    {"SINK", 40},       {"SMIMEA", 53},     {"SOA", 6},         {"SPF", 99},      {"SRV", 33},
    {"SSHFP", 44},      {"SVCB", 64},       {"TA", 32768},      {"TALINK", 58},   {"TKEY", 249},
    {"TLSA", 52},       {"TSIG", 250},      {"TXT", 16},        {"UID", 101},     {"UINFO", 100},
    {"UNSPEC", 103},    {"URI", 256},       {"WALLET", 262},    {"WKS", 11},      {"X25", 19},
    {"ZONEMD", 63},
};

static const struct word rcodes[] = {
    {"BADALG", 21},  {"BADCOOKIE", 23}, {"BADKEY", 17},   {"BADMODE", 19}, {"BADNAME", 20},
    {"BADSIG", 16},  {"BADTIME", 18},   {"BADTRUNC", 22}, {"BADVERS", 16}, {"DSOTYPENI", 11},
    {"FORMERR", 1},  {"NOERROR", 0},    {"NOTAUTH", 9},   {"NOTIMP", 4},   {"NOTIMPL", 4},
    {"NOTZONE", 10}, {"NXDOMAIN", 3},   {"NXRRSET", 8},   {"REFUSED", 5},  {"SERVFAIL", 2},
    {"YXDOMAIN", 6}, {"YXRRSET", 7},
};

/* @s in capitals with a NUL.  Returns: whether it fits and is a plausible word. */
static bool capitals(struct dm_slice s, char ret[WORD_MAX])
{
    if (s.n == 0 || s.n >= WORD_MAX) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\0') {
            return false;
        }
        ret[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    ret[s.n] = '\0';
    return true;
}

/* The row of @text in a sorted table, or NULL. */
static const struct word *find(const struct word *rows, size_t n, const char *text)
{
    size_t lo = 0;

    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;
        int order = strcmp(text, rows[mid].name);
        if (order == 0) {
            return &rows[mid];
        }
        if (order < 0) {
            n = mid;
        } else {
            lo = mid + 1;
        }
    }
    return NULL;
}

/* The number in "TYPE65", whose word "TYPE" is @prefix.  Returns: -1 if it is not such a word. */
static int numbered(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    int v = 0;

    if (strncmp(text, prefix, n) != 0 || text[n] == '\0' || strlen(text + n) > 5) {
        return -1;
    }
    for (const char *p = text + n; *p; p++) {
        if (*p < '0' || *p > '9') {
            return -1;
        }
        v = v * 10 + (*p - '0');
    }
    return v <= 65535 ? v : -1;
}

/* The types that make up nearly all of a query log, as servers write them. */
static uint16_t common_type(struct dm_slice w)
{
    switch (w.n) {
    case 1:
        return w.p[0] == 'A' ? DM_TYPE_A : 0;
    case 2:
        return memcmp(w.p, "MX", 2) == 0 ? DM_TYPE_MX : memcmp(w.p, "NS", 2) == 0 ? DM_TYPE_NS : 0;
    case 3:
        return memcmp(w.p, "PTR", 3) == 0   ? DM_TYPE_PTR
               : memcmp(w.p, "TXT", 3) == 0 ? DM_TYPE_TXT
                                            : 0;
    case 4:
        return memcmp(w.p, "AAAA", 4) == 0 ? DM_TYPE_AAAA : 0;
    case 5:
        return memcmp(w.p, "HTTPS", 5) == 0 ? DM_TYPE_HTTPS : 0;
    default:
        return 0;
    }
}

uint16_t dm_rrtype_number(struct dm_slice word)
{
    char text[WORD_MAX];
    uint16_t common = common_type(word);

    if (common) {
        return common;
    }
    if (!capitals(word, text)) {
        return 0;
    }
    const struct word *row = find(types, sizeof types / sizeof types[0], text);
    if (row) {
        return row->number;
    }
    int v = numbered(text, "TYPE");
    return v > 0 ? (uint16_t)v : 0;
}

const char *dm_rrtype_name(uint16_t type, char buf[16])
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].number == type) {
            return types[i].name;
        }
    }
    snprintf(buf, 16, "TYPE%u", (unsigned)type);
    return buf;
}

uint16_t dm_rrclass_number(struct dm_slice word)
{
    static const struct word classes[] = {{"ANY", 255}, {"CH", 3}, {"CHAOS", 3},
                                          {"HS", 4},    {"IN", 1}, {"NONE", 254}};
    char text[WORD_MAX];

    if (word.n == 2 && memcmp(word.p, "IN", 2) == 0) {
        return 1;
    }
    if (!capitals(word, text)) {
        return 0;
    }
    const struct word *row = find(classes, sizeof classes / sizeof classes[0], text);
    if (row) {
        return row->number;
    }
    int v = numbered(text, "CLASS");
    return v > 0 ? (uint16_t)v : 0;
}

int dm_rcode_number(struct dm_slice word)
{
    char text[WORD_MAX];

    if (!capitals(word, text)) {
        return -1;
    }
    const struct word *row = find(rcodes, sizeof rcodes / sizeof rcodes[0], text);
    return row ? row->number : numbered(text, "RCODE");
}

const char *dm_rcode_name(int rcode, char buf[16])
{
    for (size_t i = 0; i < sizeof rcodes / sizeof rcodes[0]; i++) {
        if (rcodes[i].number == rcode) {
            return rcodes[i].name;
        }
    }
    snprintf(buf, 16, "RCODE%u", (unsigned)(uint16_t)rcode);
    return buf;
}
