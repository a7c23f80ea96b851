/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The room doubles; it is given back when the array is cleared.
 *
 * LIMITS: inserting moves what is behind: for short arrays, or at their end.
 */
#include "util/ptrs.h"

#include <glib.h>
#include <string.h>

int dm_ptrs_insert(struct dm_ptrs *a, unsigned at, void *p)
{
    if (a->len == a->cap) {
        unsigned cap = a->cap ? a->cap * 2 : 16;
        void **v = g_try_realloc_n(a->v, cap, sizeof *v);
        if (!v) {
            return -1;
        }
        a->v = v;
        a->cap = cap;
    }
    memmove(a->v + at + 1, a->v + at, (a->len - at) * sizeof *a->v);
    a->v[at] = p;
    a->len++;
    return 0;
}

void *dm_ptrs_take(struct dm_ptrs *a, unsigned at)
{
    void *p = a->v[at];

    a->len--;
    memmove(a->v + at, a->v + at + 1, (a->len - at) * sizeof *a->v);
    return p;
}

void dm_ptrs_clear(struct dm_ptrs *a, void (*release)(void *p))
{
    for (unsigned i = 0; i < a->len; i++) {
        release(a->v[i]);
    }
    g_free(a->v);
    *a = (struct dm_ptrs){0};
}
