/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Record types, classes and response codes by their mnemonics (IANA DNS parameters).
 */
#ifndef DM_DNS_RRTYPE_H
#define DM_DNS_RRTYPE_H

#include <stdint.h>

#include "util/counts.h"
#include "util/slice.h"

/** Types that the code names; any other number may stand in a record too (IANA). */
enum dm_rrtype {
    DM_TYPE_A = 1,
    DM_TYPE_NS = 2,
    DM_TYPE_CNAME = 5,
    DM_TYPE_SOA = 6,
    DM_TYPE_NULL = 10,
    DM_TYPE_PTR = 12,
    DM_TYPE_MX = 15,
    DM_TYPE_TXT = 16,
    DM_TYPE_AAAA = 28,
    DM_TYPE_SRV = 33,
    DM_TYPE_DS = 43,
    DM_TYPE_DNSKEY = 48,
    DM_TYPE_TLSA = 52,
    DM_TYPE_SVCB = 64,
    DM_TYPE_HTTPS = 65,
    DM_TYPE_ANY = 255
};

/** dm_rrtype_number() - "MX" -> 15, "TYPE65" -> 65, any case.   Returns: 0 for an unknown word.
 * Cost: the common types are tested first; every line asks. */
uint16_t dm_rrtype_number(struct dm_slice word);

/** dm_rrtype_name() - 15 -> "MX"; "TYPEn" into @buf for one without a mnemonic.   Returns: text. */
const char *dm_rrtype_name(uint16_t type, char buf[16]);

/** dm_rrclass_number() - "IN" -> 1, "CH" -> 3, "HS" -> 4, "CLASSn" -> n.  Returns: 0 if unknown. */
uint16_t dm_rrclass_number(struct dm_slice word);

/** dm_rcode_number() - "NXDOMAIN" -> 3 (RFC 6895).   Returns: -1 for an unknown word. */
int dm_rcode_number(struct dm_slice word);

/** dm_type_number() - the number of a record type's counter. */
static inline unsigned dm_type_number(uint16_t type)
{
    /* without a branch: types come in no order */
    static const uint8_t numbers[32] = {
        4, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 4, 4, 2,
        4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1, 4, 4, 4,
    };
    _Static_assert(DM_COUNT_A == 0 && DM_COUNT_AAAA == 1 && DM_COUNT_MX == 2 && DM_COUNT_PTR == 3 &&
                       DM_COUNT_OTHER == 4,
                   "the numbers of A (1), PTR (12), MX (15) and AAAA (28)");

    return type < 32 ? numbers[type] : DM_COUNT_OTHER;
}

/** dm_type_column() - the counter of a record type. */
static inline uint32_t *dm_type_column(struct dm_type_counts *counts, uint16_t type)
{
    return dm_type_at(counts, dm_type_number(type));
}

/** dm_rcode_name() - 3 -> "NXDOMAIN"; "RCODEn" into @buf for one without a mnemonic. Of 16, which
 * is both, it is "BADSIG".   Returns: text. */
const char *dm_rcode_name(int rcode, char buf[16]);

#endif
