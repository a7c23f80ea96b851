/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fisher's exact test: whether two groups have something equally often.
 */
#ifndef DM_STATS_FISHER_H
#define DM_STATS_FISHER_H

#include <stdint.h>

/**
 * dm_fisher_more() - probability that the first group has it at least as often as it does, if both
 * have it equally often.
 * @a, @b:  first group: with it, without it.   @c, @d: the second.
 * Returns: 0..1; 1 if a group is empty.
 * Cost:    O(b + 1) with three lgamma() each; b is taken up to 1,000, beyond that 1 is returned.
 */
double dm_fisher_more(uint32_t a, uint32_t b, uint32_t c, uint32_t d);

#endif
