/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * IP addresses and prefixes. One form for both families: 16 bytes in network order, IPv4 as
 * ::ffff:a.b.c.d (RFC 4291 2.5.5.2), so that one table and one comparison serve both.
 */
#ifndef DM_UTIL_ADDR_H
#define DM_UTIL_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "util/slice.h"

/** An address of either family, network order; IPv4 as ::ffff:a.b.c.d. */
struct dm_addr {
    uint8_t b[16];
};

/** @len: 0..128, an IPv4 length counts from 96 (10.0.0.0/8 has 104); bits past it are 0. */
struct dm_prefix {
    struct dm_addr addr;
    uint8_t len;
};

/** Room for the longest text of an address and its NUL, bytes. */
#define DM_ADDR_STRLEN 46

/**
 * dm_addr_parse() - read a whole slice as an address.
 * @s:       "192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"; a "%scope" behind IPv6 is dropped.
 *           Strict: no leading zeros in an octet, no blanks, nothing behind.
 * @ret:     the address.
 * Returns:  0; DNSMON_EINVAL.   Cost: O(length), no allocation.
 */
int dm_addr_parse(struct dm_slice s, struct dm_addr *ret);

/**
 * dm_addr_read_v4() - read "192.0.2.7" from the front of @p, before @end, as dm_addr_parse() does.
 * Returns: what follows it; NULL if there is no address, and then @ret is as before.
 */
const char *dm_addr_read_v4(const char *p, const char *end, struct dm_addr *ret);

/** dm_addr_is_v4() - whether it is IPv4. */
bool dm_addr_is_v4(const struct dm_addr *a);

/** dm_addr_eq() - same address. */
static inline bool dm_addr_eq(const struct dm_addr *a, const struct dm_addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0; /* two compares: the size is constant */
}

/** dm_addr_is_loopback() - 127.0.0.0/8 or ::1. */
bool dm_addr_is_loopback(const struct dm_addr *a);

/** dm_addr_text() - the canonical text (RFC 5952; IPv4 dotted).   Returns: @buf. */
const char *dm_addr_text(const struct dm_addr *a, char buf[DM_ADDR_STRLEN]);

/**
 * dm_prefix_parse() - "192.0.2.0/24", "2001:db8::/32" or a single address.
 * Returns:  0; DNSMON_EINVAL, also when bits are set behind the length.
 */
int dm_prefix_parse(struct dm_slice s, struct dm_prefix *ret);

/**
 * dm_prefix_has() - whether @a is inside @p.
 * IPv4 is in no IPv6 prefix, although it is written as one: "::/0" is all of IPv6 and nothing else.
 */
bool dm_prefix_has(const struct dm_prefix *p, const struct dm_addr *a);

#endif
