/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the reading of a configuration takes of memory: a host that reloads goes on with the old one
 * if there is none.
 *
 * LIMITS: arrays are never made smaller.
 */
#include "util/copy.h"

#include <glib.h>

#define FIRST_ROOM 16

char *dm_copy_slice(struct dm_slice s)
{
    char *copy = g_try_malloc(s.n + 1);

    if (copy) {
        if (s.n > 0) {
            memcpy(copy, s.p, s.n);
        }
        copy[s.n] = '\0';
    }
    return copy;
}

char *dm_copy_text(const char *text)
{
    return text ? dm_copy_slice(dm_slice_make(text, strlen(text))) : NULL;
}

void *dm_array_room(void *v, size_t n, size_t *room, size_t one)
{
    size_t more = *room ? *room * 2 : FIRST_ROOM;

    if (n < *room) {
        return v;
    }
    void *grown = g_try_realloc_n(v, more, one);
    if (grown) {
        *room = more;
    }
    return grown;
}
