/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A text that grows while it is written. Running out of memory is remembered, not reported at each
 * call: write everything, then ask once, in dm_buf_take().
 */
#ifndef DM_UTIL_BUF_H
#define DM_UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/slice.h"

/** Zeroed: empty and ready for use. */
struct dm_buf {
    char *p;     /**< owned; NUL-terminated once anything was added */
    size_t n;    /**< bytes without the NUL */
    size_t cap;  /**< bytes of room; 0 when memory ran out */
    bool failed; /**< memory ran out; from then on nothing is added */
};

/**
 * dm_buf_room() - room for @more bytes and a NUL behind what is there.
 * Returns: where they go, to be followed by dm_buf_wrote(); NULL: memory ran out.
 */
char *dm_buf_grow(struct dm_buf *buf, size_t more);
static inline char *dm_buf_room(struct dm_buf *buf, size_t more)
{
    return buf->n + more < buf->cap ? buf->p + buf->n : dm_buf_grow(buf, more);
}

/** dm_buf_wrote() - @n bytes have been written where dm_buf_room() said. */
static inline void dm_buf_wrote(struct dm_buf *buf, size_t n)
{
    buf->n += n;
    buf->p[buf->n] = '\0';
}

/** dm_buf_add() - add the bytes of a slice.   Cost: O(bytes), amortised. */
static inline void dm_buf_add(struct dm_buf *buf, struct dm_slice s)
{
    char *at = dm_buf_room(buf, s.n);

    if (at) {
        if (s.n) {
            memcpy(at, s.p, s.n);
        }
        dm_buf_wrote(buf, s.n);
    }
}

/** dm_buf_text() - add a NUL-terminated text of ours (not of a log line). */
static inline void dm_buf_text(struct dm_buf *buf, const char *text)
{
    dm_buf_add(buf, dm_slice_make(text, strlen(text)));
}

/** dm_buf_printf() - add a formatted text of ours. */
void dm_buf_printf(struct dm_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** dm_buf_char() - add one byte. */
static inline void dm_buf_char(struct dm_buf *buf, char c)
{
    char *at = dm_buf_room(buf, 1);

    if (at) {
        *at = c;
        dm_buf_wrote(buf, 1);
    }
}

/** dm_buf_count() - add a whole number in decimal. */
void dm_buf_count(struct dm_buf *buf, uint64_t value);

/** dm_buf_cut() - go back to @n bytes, no more than there are. */
void dm_buf_cut(struct dm_buf *buf, size_t n);

/**
 * dm_buf_take() - the finished text; the buffer is empty afterwards.
 * Returns: a NUL-terminated text owned by the caller, free(); NULL if memory ran out on the way.
 */
char *dm_buf_take(struct dm_buf *buf);

#endif
