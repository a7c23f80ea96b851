/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Copies of texts and growing arrays that say when memory is short, where GLib's g_strdup() and
 * GArray end the process.
 */
#ifndef DM_UTIL_COPY_H
#define DM_UTIL_COPY_H

#include "util/slice.h"

/** dm_copy_slice() - a NUL-terminated copy.   Returns: of the caller's (g_free()); NULL without
 * memory. */
char *dm_copy_slice(struct dm_slice s);

/** dm_copy_text() - the same of a NUL-terminated text; NULL for NULL. */
char *dm_copy_text(const char *text);

/**
 * dm_array_room() - make room for one element more.
 * @v:       @n elements of @one bytes, or NULL.
 * @room:    in and out: for how many there is room; 0 with NULL.
 * Returns:  the array, perhaps elsewhere; NULL without memory: @v stays what it was.
 * Owner:    the caller, g_free().   Cost: O(1) on average: the room doubles.
 */
void *dm_array_room(void *v, size_t n, size_t *room, size_t one);

#endif
