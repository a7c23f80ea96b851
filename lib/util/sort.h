/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sorting that never fails.
 */
#ifndef DM_UTIL_SORT_H
#define DM_UTIL_SORT_H

#include <stddef.h>

/** Compares two elements, as qsort() wants it; @user as it was given. */
typedef int (*dm_compare_fn)(const void *a, const void *b, void *user);

/**
 * dm_sort() - put @n elements of @size bytes in order.
 * @v:       elements; those that compare equal must be interchangeable: their order may change.
 * Cost:     O(n log n), O(n) if they are in order already. Allocates half as much again for more
 *           than 1 KiB; without memory it takes twice the comparisons.
 */
void dm_sort(void *v, size_t n, size_t size, dm_compare_fn compare, void *user);

/** dm_sort_in_place() - the same without any memory. */
void dm_sort_in_place(void *v, size_t n, size_t size, dm_compare_fn compare, void *user);

#endif
