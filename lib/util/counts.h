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

#endif
