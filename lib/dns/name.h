/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A query name made comparable: unescaped, lower case, no final dot, and what class of name it is
 * (doc/SCIENCE.md 0.3).
 */
#ifndef DM_DNS_NAME_H
#define DM_DNS_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "util/slice.h"

/** Longest name in presentation bytes after unescaping (RFC 1035 3.1: 255 octets on the wire). */
#define DM_NAME_MAX 255

/** What class of name it is; several bits may be set. */
enum dm_name_bits {
    DM_NAME_REV4 = 1 << 0,       /**< four numeric labels under in-addr.arpa: one IPv4 address */
    DM_NAME_REV4_PART = 1 << 1,  /**< anything else under in-addr.arpa */
    DM_NAME_REV6 = 1 << 2,       /**< 32 nibbles under ip6.arpa: one IPv6 address */
    DM_NAME_REV6_PART = 1 << 3,  /**< anything else under ip6.arpa */
    DM_NAME_DNSSD = 1 << 4,      /**< service discovery (RFC 6763): a label _udp or _tcp (without a
                                      port number in front), _dns-sd or _services */
    DM_NAME_UNDERSCORE = 1 << 5, /**< a label that begins with "_", and not DNSSD */
    DM_NAME_MAILPOLICY = 1 << 6, /**< _dmarc, _domainkey, _mta-sts, _smtp._tls, _bimi: what a mail
                                      server asks (C6); UNDERSCORE too */
    DM_NAME_TLSA25 = 1 << 7,     /**< _25._tcp: DANE of a mail server; UNDERSCORE too */
    DM_NAME_SINGLE = 1 << 8,     /**< one label only */
    DM_NAME_ROOT = 1 << 9,       /**< "." */
    DM_NAME_IPLIT = 1 << 10, /**< an address written as a name: four labels 0..255, hexadecimal with
                                  ":", or beginning with "[" */
    DM_NAME_BUGTEST = 1 << 11, /**< has a label "dnsbugtest" (Apple) */
    DM_NAME_ROOTNS = 1 << 12,  /**< [a-m].root-servers.net */
    DM_NAME_DNSBL = 1 << 13,   /**< a reversed address in front of a zone of two labels or more that
                                  is   not under arpa */
    DM_NAME_WPAD = 1 << 14,    /**< first label wpad or isatap */
    DM_NAME_LOOPBACK = 1 << 15, /**< exactly 1.0.0.127.in-addr.arpa, or ::1's name under ip6.arpa */
    DM_NAME_INVALID = 1 << 16,  /**< empty label, label over 63, name over 255: no other bit is set;
                                   or  a byte outside 0x21..0x7e, beside the other bits */
};

struct dm_name {
    char text[DM_NAME_MAX +
              1];      /**< normal form, NUL-terminated; an escaped dot inside a label and
                            any byte outside 0x21..0x7e becomes '?'; a backslash is itself */
    uint8_t len;       /**< bytes in text; 0: the root */
    uint8_t labels;    /**< 0: the root */
    uint8_t first_len; /**< bytes of the first label */
    uint32_t bits;     /**< enum dm_name_bits */
};

/**
 * dm_name_normalise() - one pass over a name as a server printed it.
 * @raw:    BIND's escapes ("\DDD", "\.") are undone; "." is the root, an empty text is invalid.
 * @ret:    always written; an impossible name has DM_NAME_INVALID and as much text as fits.
 * Cost:    O(length), no allocation.
 */
void dm_name_normalise(struct dm_slice raw, struct dm_name *ret);

/** The seven words of the papers' keyword scan (S0, S1 Figure 2). */
enum dm_keyword {
    DM_KW_NONE,
    DM_KW_MAIL,
    DM_KW_SMTP,
    DM_KW_MX,
    DM_KW_MXS,
    DM_KW_NS,
    DM_KW_GATE,
    DM_KW_RELAY,
    DM_KW_COUNT
};

/**
 * dm_keyword_of() - whether a name's first label is one of the words, followed by the label's end,
 * a digit or '-' ("mail" also by h, g, s; "ns" only by end or digit): doc/SCIENCE.md A.5.
 * @raw:    a name as printed; case does not matter. A name of one label, or under arpa, is no hit.
 * Cost:    a few compares; most names fail at the first byte. Called for every A and AAAA query.
 */
enum dm_keyword dm_keyword_of(struct dm_slice raw);

/** dm_keyword_text() - one of the words, lower case.   @i: from 0 on.   Returns: NULL: no more. */
const char *dm_keyword_text(unsigned i);

/** The public suffix list; immutable, shared between threads. */
struct dm_psl;
struct dm_psl *dm_psl_new(void); /**< libpsl's built-in list; NULL if it has none */
void dm_psl_free(struct dm_psl *psl);

/**
 * dm_name_registered() - the registered domain of a name: one label below its public suffix
 * (unknown top-level domains count as suffixes).
 * Returns: the part of name->text that is it; empty for the root, single labels, arpa names,
 *          address literals, invalid names and names that are themselves a public suffix.
 * Cost:    in libpsl, measured: 0.5 µs for www.example.com, 1.4 for gpo.cc.kumamoto-u.ac.jp, 2.3
 * for twelve labels (it looks at each candidate from the left); only for names that count.
 */
struct dm_slice dm_name_registered(const struct dm_psl *psl, const struct dm_name *name);

/**
 * dm_name_public_label() - whether the last label of a name's front part is a public suffix of its
 * own, as "com" is (doc/SCIENCE.md A.6).
 * @front:  the first bytes of name->text, a whole number of labels, without final dot.
 * Returns: the labels in front of and with it; 0 if @front is empty or its last label is not one.
 */
unsigned dm_name_public_label(const struct dm_psl *psl, const struct dm_name *name,
                              struct dm_slice front);

/**
 * dm_name_foreign() - whether a name's front part is by itself a complete name of somewhere else,
 * so that a search list must have put the rest behind it (doc/SCIENCE.md A.6). Its last label is a
 * top-level domain, and at least one label stands in front of that.
 *   Certain:   com, net, org, edu, gov, mil, int, info, biz, and @home.
 *   Ambiguous: all others ("cc" is also the computer centre): only if the labels in front of it are
 *              a complete name again ("hotmail.com.cc"), or make a longer suffix with it ("co.uk").
 * @front:  as above.
 * @home:   the site's own top-level domain: no department is called after it.
 * Error:   "example.de" in front of a domain outside Germany is not counted. Own choice: without
 *          it every department with two letters is an attack until its name has been learned.
 */
bool dm_name_foreign(const struct dm_psl *psl, const struct dm_name *name, struct dm_slice front,
                     struct dm_slice home);

/** dm_name_under() - whether @name is @zone or below it; both in normal form. */
bool dm_name_under(struct dm_slice name, struct dm_slice zone);

/**
 * dm_name_rev_addr() - the address that a DM_NAME_REV4 or DM_NAME_REV6 name asks about.
 * @ret:    in the form of struct dm_addr (16 bytes, IPv4 mapped).
 * Returns: 0; DNSMON_EINVAL for other names.
 */
struct dm_addr;
int dm_name_rev_addr(const struct dm_name *name, struct dm_addr *ret);

#endif
