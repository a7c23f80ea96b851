/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's flag field, which JSON records carry too.
 */
#ifndef DM_PARSE_FLAGS_H
#define DM_PARSE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/slice.h"

/**
 * dm_flags_read() - "[+-]LETTERS", a letter at most once, in any order; a version of up to three
 * digits in parentheses behind the E.
 * @ret_bits: enum dm_query_flags.
 * Returns:   whether @s is that and nothing else.
 */
bool dm_flags_read(struct dm_slice s, uint16_t *ret_bits);

#endif
