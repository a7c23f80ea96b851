/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Texts by number, for the few names that many observations share (log hosts).
 */
#ifndef DM_UTIL_INTERN_H
#define DM_UTIL_INTERN_H

#include <stdint.h>

#include "util/slice.h"

/** Most texts kept; a further one gets number 0. A log host has hundreds of senders, not more. */
#define DM_INTERN_MAX 1024

struct dm_intern;

/** dm_intern_new() - empty.   Returns: NULL without memory. */
struct dm_intern *dm_intern_new(void);
void dm_intern_free(struct dm_intern *in);

/** dm_intern_add() - a text's number, 1..DM_INTERN_MAX; the same text has the same number. A NUL
 * ends it, since its readers want C strings: two texts that differ behind one would be two of one
 * name. Returns: 0 for an empty text, without memory, or if there are too many. */
uint16_t dm_intern_add(struct dm_intern *in, struct dm_slice text);

/** dm_intern_count() - texts kept.  dm_intern_slice() - the text of a number from 1 to that. */
uint16_t dm_intern_count(const struct dm_intern *in);
struct dm_slice dm_intern_slice(const struct dm_intern *in, uint16_t number);

/** dm_intern_reset() - forget all texts; numbers begin with 1 again. */
void dm_intern_reset(struct dm_intern *in);

/** dm_intern_text() - the text of a number; "" for 0. */
const char *dm_intern_text(const struct dm_intern *in, uint16_t number);

#endif
