/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A growing text with a sticky failure flag, on malloc() so that a host may free() the result.
 *
 * Method:  the room doubles. GString would abort the host's process when memory is short, and an
 *          event's size is driven by traffic (roll-ups).
 * LIMITS:  not for binary data that must keep a NUL at its end apart; one thread at a time.
 * Source:  -
 */
#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/** Room for a sentence in one step, bytes: own choice. */
#define FIRST_CAP 512

char *dm_buf_grow(struct dm_buf *buf, size_t more)
{
    size_t cap = buf->cap ? buf->cap : FIRST_CAP;
    char *p = NULL;

    if (!buf->failed && more <= SIZE_MAX / 4 && buf->n <= SIZE_MAX / 4) {
        while (cap < buf->n + more + 1) {
            cap *= 2;
        }
        p = realloc(buf->p, cap);
    }
    if (!p) {
        buf->failed = true;
        buf->cap = 0; /* so that dm_buf_room() asks here, and is refused */
        return NULL;
    }
    buf->p = p;
    buf->cap = cap;
    return p + buf->n;
}

void dm_buf_printf(struct dm_buf *buf, const char *format, ...)
{
    size_t room = buf->cap > buf->n ? buf->cap - buf->n : 0;
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(room ? buf->p + buf->n : NULL, room, format, args);
    if (n < 0) {
        buf->failed = true;
        buf->cap = 0;
    } else if ((size_t)n >= room && dm_buf_grow(buf, (size_t)n)) {
        (void)vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
    }
    if (!buf->failed) {
        buf->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void dm_buf_count(struct dm_buf *buf, uint64_t value)
{
    char digits[20]; /* 2^64 - 1 has 20 */
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    dm_buf_add(buf, dm_slice_make(digits + at, sizeof digits - at));
}

void dm_buf_cut(struct dm_buf *buf, size_t n)
{
    if (n < buf->n) {
        buf->n = n;
        buf->p[n] = '\0';
    }
}

char *dm_buf_take(struct dm_buf *buf)
{
    char *p;

    dm_buf_add(buf, dm_slice_make("", 0)); /* an empty text is a text too */
    p = buf->p;
    if (buf->failed) {
        free(p);
        p = NULL;
    }
    *buf = (struct dm_buf){0};
    return p;
}
