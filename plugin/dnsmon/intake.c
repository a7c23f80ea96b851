/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines from a pipe: everything that one read() brings is handed out as far as its lines are whole,
 * so that a host that waits for an answer gets it and one that does not is read in large pieces.
 *
 * LIMITS: a line is cut at INTAKE_LINE_MAX bytes; it still is one line.
 * Source: -
 */
#define _GNU_SOURCE
#include "intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int intake_init(struct intake *in, int fd)
{
    *in = (struct intake){.fd = fd, .buf = malloc(INTAKE_LINE_MAX + 1)};
    return in->buf ? 0 : -1;
}

void intake_clear(struct intake *in)
{
    free(in->buf);
    in->buf = NULL;
}

/* Drop what belongs to a line that was cut.  @from: where the new bytes begin. */
static void skip(struct intake *in, size_t from)
{
    char *end = memchr(in->buf + from, '\n', in->n - from);

    if (!end) {
        in->n = from;
        return;
    }
    size_t rest = in->n - (size_t)(end + 1 - in->buf);
    memmove(in->buf + from, end + 1, rest);
    in->n = from + rest;
    in->skipping = false;
}

int intake_read(struct intake *in)
{
    ssize_t got;

    memmove(in->buf, in->buf + in->taken, in->n - in->taken);
    in->n -= in->taken;
    in->taken = 0;
    do {
        got = read(in->fd, in->buf + in->n, INTAKE_LINE_MAX - in->n);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        in->ended = got == 0 || errno != EAGAIN;
        return got == 0 || errno == EAGAIN ? 0 : -1;
    }
    size_t from = in->n;
    in->n += (size_t)got;
    if (in->skipping) {
        skip(in, from);
    }
    return 0;
}

const char *intake_take(struct intake *in, size_t *ret_n)
{
    const char *p = in->buf + in->taken;
    size_t left = in->n - in->taken;
    const char *end = left > 0 ? memrchr(p, '\n', left) : NULL;

    *ret_n = end ? (size_t)(end - p) + 1 : in->ended ? left : 0;
    if (*ret_n == 0 && left >= INTAKE_LINE_MAX) {
        in->buf[in->n++] = '\n'; /* there is a byte of room for it */
        in->skipping = true;
        *ret_n = in->n - in->taken;
    }
    in->taken += *ret_n;
    return p;
}
