/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An ordered array of pointers that says when memory is short, where GPtrArray ends the process.
 */
#ifndef DM_UTIL_PTRS_H
#define DM_UTIL_PTRS_H

/** Zeroed: empty. What the pointers point to is the owner's business. */
struct dm_ptrs {
    void **v;
    unsigned len, cap;
};

/** dm_ptrs_insert() - @p becomes number @at, at most len.   Returns: 0; -1 without memory. */
int dm_ptrs_insert(struct dm_ptrs *a, unsigned at, void *p);

/** dm_ptrs_take() - take number @at out; the order of the others stays. */
void *dm_ptrs_take(struct dm_ptrs *a, unsigned at);

/** dm_ptrs_clear() - @release each, and the array's memory. */
void dm_ptrs_clear(struct dm_ptrs *a, void (*release)(void *p));

#endif
