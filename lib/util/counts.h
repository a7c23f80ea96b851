/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Queries of a window by type: the columns of the papers' tables, and AAAA beside A.
 */
#ifndef DM_UTIL_COUNTS_H
#define DM_UTIL_COUNTS_H

#include <stdint.h>

/** Queries; each saturates never in practice (2^32 a day is 50,000/s from one client). */
struct dm_type_counts {
    uint32_t a, aaaa, mx, ptr, other;
};

/** dm_type_sum() - all of them. */
static inline uint64_t dm_type_sum(const struct dm_type_counts *c)
{
    return (uint64_t)c->a + c->aaaa + c->mx + c->ptr + c->other;
}

#endif
