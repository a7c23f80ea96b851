/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A piece of somebody else's memory: pointer and length, no terminating NUL, any bytes.
 */
#ifndef DM_UTIL_SLICE_H
#define DM_UTIL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Borrowed bytes; @p may be NULL only if @n is 0. */
struct dm_slice {
    const char *p;
    size_t n;
};

/** A slice of a string literal. */
#define DM_SLICE(lit) ((struct dm_slice){(lit), sizeof(lit) - 1})

/** dm_slice_make() - @n bytes at @p, borrowed. */
static inline struct dm_slice dm_slice_make(const char *p, size_t n)
{
    return (struct dm_slice){p, n};
}

/** dm_slice_eq() - same length and same bytes. */
static inline bool dm_slice_eq(struct dm_slice a, struct dm_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** dm_slice_starts() - @s begins with @head. */
static inline bool dm_slice_starts(struct dm_slice s, struct dm_slice head)
{
    return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

/** dm_slice_ends() - @s ends with @tail. */
static inline bool dm_slice_ends(struct dm_slice s, struct dm_slice tail)
{
    return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

/** dm_slice_skip() - @s without its first @n bytes; empty if it has fewer. */
static inline struct dm_slice dm_slice_skip(struct dm_slice s, size_t n)
{
    return n >= s.n ? (struct dm_slice){s.p ? s.p + s.n : NULL, 0}
                    : (struct dm_slice){s.p + n, s.n - n};
}

/** dm_slice_head() - the first @n bytes of @s, or all of it. */
static inline struct dm_slice dm_slice_head(struct dm_slice s, size_t n)
{
    return (struct dm_slice){s.p, n < s.n ? n : s.n};
}

/** dm_slice_drop() - take @head off the front of @s if it is there.   Returns: whether it was. */
static inline bool dm_slice_drop(struct dm_slice *s, struct dm_slice head)
{
    if (!dm_slice_starts(*s, head)) {
        return false;
    }
    *s = dm_slice_skip(*s, head.n);
    return true;
}

/** dm_slice_find() - the first @c in @s.   Returns: its offset, or @s.n if there is none. */
static inline size_t dm_slice_find(struct dm_slice s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

#endif
