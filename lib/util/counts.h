/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Queries of a window by type: the columns of the papers' tables, and AAAA beside A.
 */
#ifndef DM_UTIL_COUNTS_H
#define DM_UTIL_COUNTS_H

#include <stddef.h>
#include <stdint.h>

/** Queries; each saturates never in practice (2^32 a day is 50,000/s from one client). */
struct dm_type_counts {
    uint32_t a, aaaa, mx, ptr, other;
};

/** The columns by number, in their order. */
enum dm_type_number {
    DM_COUNT_A,
    DM_COUNT_AAAA,
    DM_COUNT_MX,
    DM_COUNT_PTR,
    DM_COUNT_OTHER,
    DM_COUNT_COLUMNS
};

_Static_assert(sizeof(struct dm_type_counts) == DM_COUNT_COLUMNS * sizeof(uint32_t),
               "the columns are one array");

/** dm_type_at() - the counter of a column.   @number: enum dm_type_number. */
static inline uint32_t *dm_type_at(struct dm_type_counts *c, unsigned number)
{
    return (uint32_t *)(void *)((char *)c + number * sizeof(uint32_t));
}

/** dm_type_sum() - all of them. */
static inline uint64_t dm_type_sum(const struct dm_type_counts *c)
{
    return (uint64_t)c->a + c->aaaa + c->mx + c->ptr + c->other;
}

#endif
