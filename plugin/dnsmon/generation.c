/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method. It is read up to its end, whole lines go out, the beginning of the next stays. A file
 * that no longer has the bytes that were read last has been cut to nothing (logrotate's
 * copytruncate): it is read from its beginning; what stood without a newline in front of the cut is
 * a line.
 *
 * LIMITS: what is written and cut off before anybody looks is lost, as for every reader. A file
 * that has been cut and has the same last bytes in the same place seems to have grown only. A line
 * of more than FOLLOW_LINE_MAX bytes is passed over. Source: doc/dnsmon.1.
 */
#define _GNU_SOURCE
#include "generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "output.h"

/* Own choice: far above any log line, and little to copy each time that a part of one comes. */
#define FOLLOW_LINE_MAX (1024 * 1024)

int identity_of(int fd, const char *path, struct identity *ret)
{
    struct statx st;

    if (statx(path ? AT_FDCWD : fd, path ? path : "", path ? 0 : AT_EMPTY_PATH,
              STATX_BASIC_STATS | STATX_BTIME, &st) < 0) {
        return -1;
    }
    if (!S_ISREG(st.stx_mode)) {
        errno = EINVAL;
        return -1;
    }
    *ret = (struct identity){.dev = makedev(st.stx_dev_major, st.stx_dev_minor), .ino = st.stx_ino};
    if (st.stx_mask & STATX_BTIME) {
        ret->born_ns = (int64_t)st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec;
    }
    return 0;
}

bool identity_same(const struct identity *a, const struct identity *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->born_ns == b->born_ns;
}

struct generation *generation_new(int fd, const struct identity *id)
{
    struct generation *g = calloc(1, sizeof *g);

    if (g) {
        g->id = *id;
        g->fd = fd;
        g->watch = -1;
    }
    return g;
}

void generation_free(struct generation *g)
{
    if (g) {
        close(g->fd);
        block_clear(&g->rest);
        free(g);
    }
}

static void remember_last(struct generation *g, const char *text, size_t n)
{
    g->offset += n;
    if (n > 0) {
        /* fewer bytes than there might be, after a short read: enough all the same */
        g->n_last = n < GENERATION_LAST ? n : GENERATION_LAST;
        memcpy(g->last, text + n - g->n_last, g->n_last);
    }
}

static void swap(struct block *a, struct block *b)
{
    struct block c = *a;

    *a = *b;
    *b = c;
}

/* Inside a line that is too long: what belongs to it goes. */
static void skip(struct generation *g, struct block *b)
{
    const char *end = memchr(b->text, '\n', b->n);
    size_t gone = end ? (size_t)(end - b->text) + 1 : b->n;

    memmove(b->text, b->text + gone, b->n - gone);
    b->n -= gone;
    g->skipping = !end;
}

/* Whole lines stay in @b, what is behind them becomes the rest.   Returns: 1; 0: no whole line yet;
 * -1 without memory. */
static int split(struct generation *g, const char *name, struct block *b)
{
    const char *end = b->n ? memrchr(b->text, '\n', b->n) : NULL;

    if (!end && b->n > FOLLOW_LINE_MAX) {
        output_error("%s: a line of more than 1 MiB: it is passed over", name);
        g->skipping = true;
        b->n = 0;
    }
    if (!end) {
        return 0;
    }
    size_t keep = (size_t)(end - b->text) + 1;
    if (block_append(&g->rest, end + 1, b->n - keep) < 0) {
        output_error("%s: out of memory", name);
        return -1;
    }
    b->n = keep;
    return 1;
}

/* The next bytes, together with those that were read last: were these compared by a read of their
 * own, the file could be cut and filled again between the two.
 * Returns: bytes; 0: the end, or it cannot be read, which has been said; -1: it has been cut. */
static ssize_t read_some(struct generation *g, const char *name, char *out, size_t n)
{
    char last[GENERATION_LAST];
    struct iovec parts[] = {{last, g->n_last}, {out, n}};
    ssize_t got;

    do {
        got = preadv(g->fd, parts, 2, (off_t)(g->offset - g->n_last));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        output_error("%s: %s", name, strerror(errno));
        return 0;
    }
    if (got < (ssize_t)g->n_last || memcmp(last, g->last, g->n_last) != 0) {
        return -1;
    }
    got -= (ssize_t)g->n_last;
    remember_last(g, out, (size_t)got);
    /* where it stands is seen from outside: /proc/PID/fdinfo, lsof -o */
    lseek(g->fd, (off_t)g->offset, SEEK_SET);
    return got;
}

int generation_rest(struct generation *g, struct block *b)
{
    swap(b, &g->rest);
    g->rest.n = 0;
    g->skipping = false;
    return b->n > 0;
}

/* From the beginning.   Returns: whether @b has the line before the cut. */
static bool begin_anew(struct generation *g, const struct block *b)
{
    lseek(g->fd, 0, SEEK_SET);
    g->offset = 0;
    g->n_last = 0;
    g->skipping = false;
    return b->n > 0;
}

uint64_t generation_size(const struct generation *g)
{
    struct stat st;

    return fstat(g->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static size_t room(const struct generation *g)
{
    uint64_t left = g->limit > g->offset ? g->limit - g->offset : 0;

    return left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
}

int generation_read(struct generation *g, const char *name, int64_t now_ms, struct block *b)
{
    int whole = 0;

    swap(b, &g->rest); /* the rest is the beginning */
    g->rest.n = 0;
    while (whole == 0) {
        if (block_reserve(b, b->n + BLOCK_BYTES) < 0) {
            output_error("%s: out of memory", name);
            return -1;
        }
        ssize_t got = read_some(g, name, b->text + b->n, room(g));
        if (got < 0 && begin_anew(g, b)) {
            return 1;
        }
        if (got < 0) {
            continue;
        }
        if (got == 0) {
            swap(b, &g->rest);
            b->n = 0;
            return 0;
        }
        g->since_ms = now_ms;
        b->n += (size_t)got;
        if (g->skipping) {
            skip(g, b);
        }
        whole = split(g, name, b);
    }
    return whole;
}
