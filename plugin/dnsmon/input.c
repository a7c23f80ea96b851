/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One input: raw bytes from a descriptor, through a decompressor if its first bytes ask for one.
 *
 * LIMITS: a compressed file inside a compressed file is not opened.
 * Source: doc/dnsmon.1.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "unzip.h"

/* Read at once, bytes. Own choice: a pipe's size. */
#define RAW 65536

struct input {
    const char *name;
    int fd;
    bool ended; /* no more raw bytes */
    bool failed;
    bool done;           /* nothing more comes out */
    struct unzip *unzip; /* NULL: plain */
    const unsigned char *at;
    size_t n;
    uint64_t position; /* bytes read from fd */
    unsigned char raw[RAW];
};

static void fail(struct input *in, const char *why, const char *remedy)
{
    output_error("%s: %s%s", in->name, why, remedy);
    in->failed = true;
    in->ended = true;
    in->done = true;
}

/* Up to @n bytes into @buf.   Returns: bytes read; 0: the end, an error, or a signal. */
static size_t read_some(struct input *in, void *buf, size_t n)
{
    ssize_t got = read(in->fd, buf, n);

    if (got < 0 && errno != EINTR) {
        fail(in, strerror(errno), errno == EISDIR ? ": name the files in it" : "");
    } else if (got == 0) {
        in->ended = true;
    }
    in->position += got > 0 ? (uint64_t)got : 0;
    return got > 0 ? (size_t)got : 0;
}

/* More raw bytes behind those that are left. */
static void refill(struct input *in)
{
    memmove(in->raw, in->at, in->n);
    in->at = in->raw;
    while (!in->ended && in->n < RAW) {
        in->n += read_some(in, in->raw + in->n, RAW - in->n);
        if (in->n >= UNZIP_MAGIC) {
            return;
        }
    }
}

/* The first bytes say what it is. */
static void find_form(struct input *in)
{
    enum form form = unzip_form(in->at, in->n);

    if (form == FORM_PLAIN) {
        return;
    }
    if (unzip_missing(form)) {
        fail(in,
             "compressed, and this program was built without the library for it: build it again "
             "with the package ",
             unzip_missing(form));
        return;
    }
    in->unzip = unzip_new(form);
    if (!in->unzip) {
        fail(in, "out of memory", "");
    }
}

struct input *input_open(const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    struct input *in = calloc(1, sizeof *in);

    if (!in) {
        output_error("%s: out of memory", path);
        return NULL;
    }
    in->name = standard ? "standard input" : path;
    in->at = in->raw;
    in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (in->fd < 0) {
        fail(in, strerror(errno),
             errno == ENOENT   ? ": check its name"
             : errno == EACCES ? ": check its permissions"
                               : "");
    } else {
        refill(in);
    }
    if (!in->failed) {
        find_form(in);
    }
    if (in->failed) {
        input_close(in);
        return NULL;
    }
    return in;
}

void input_close(struct input *in)
{
    if (!in) {
        return;
    }
    if (in->fd > STDIN_FILENO) {
        close(in->fd);
    }
    unzip_free(in->unzip);
    free(in);
}

/* Behind the bytes that told its form a plain input is read where it is wanted. */
static size_t read_plain(struct input *in, char *buf, size_t n)
{
    size_t take = n < in->n ? n : in->n;

    if (in->n == 0) {
        take = in->ended ? 0 : read_some(in, buf, n);
        in->done = in->ended;
        return take;
    }

    memcpy(buf, in->at, take);
    in->at += take;
    in->n -= take;
    in->done = in->n == 0 && in->ended;
    return take;
}

static size_t read_compressed(struct input *in, char *buf, size_t n)
{
    size_t got = 0;
    size_t before = in->n;

    if (unzip_run(in->unzip, &in->at, &in->n, buf, n, &got) < 0) {
        fail(in, "its compressed data is damaged", ": what stands in front of that was read");
        return got;
    }
    if (got == 0 && in->n == before && in->ended) {
        in->done = true;
        if (in->n > 0 || !unzip_is_whole(in->unzip)) {
            fail(in, "its compressed data was cut", ": what there is was read");
        }
    }
    return got;
}

size_t input_read(struct input *in, char *buf, size_t n)
{
    size_t got = 0;

    while (got < n && !in->done) {
        if (in->unzip && in->n == 0 && !in->ended) {
            refill(in);
        }
        if (!in->done) {
            got += in->unzip ? read_compressed(in, buf + got, n - got)
                             : read_plain(in, buf + got, n - got);
        }
    }
    return got;
}

uint64_t input_position(const struct input *in)
{
    return in->position;
}

bool input_failed(const struct input *in)
{
    return in->failed;
}

bool input_can_reopen(const struct input *in)
{
    struct stat st;

    return in->fd != STDIN_FILENO && fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode);
}
