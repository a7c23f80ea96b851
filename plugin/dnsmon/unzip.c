/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Decompression by zlib and libzstd, each left out if configure did not find it.
 *
 * Method. A gzip file is any number of members, a Zstandard file any number of frames; the end of
 * the file inside one means that it was cut.
 * LIMITS: anything behind a gzip member that is no member is damage, but for NUL bytes.
 * Source: RFC 1952 2.2, RFC 8878 3.1.
 */
#include "unzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

struct unzip {
    enum form form;
    bool open; /* inside a member or frame */
#ifdef HAVE_ZLIB
    z_stream gz;
#endif
#ifdef HAVE_ZSTD
    ZSTD_DStream *zst;
#endif
};

enum form unzip_form(const unsigned char *head, size_t n)
{
    if (n >= 2 && head[0] == 0x1f && head[1] == 0x8b) {
        return FORM_GZ;
    }
    if (n >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0) {
        return FORM_ZST;
    }
    /* a skippable frame in front: 0x184D2A50 to 0x184D2A5F */
    return n >= 4 && (head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0
               ? FORM_ZST
               : FORM_PLAIN;
}

const char *unzip_missing(enum form form)
{
#ifndef HAVE_ZLIB
    if (form == FORM_GZ) {
        return "zlib1g-dev";
    }
#endif
#ifndef HAVE_ZSTD
    if (form == FORM_ZST) {
        return "libzstd-dev";
    }
#endif
    (void)form;
    return NULL;
}

struct unzip *unzip_new(enum form form)
{
    struct unzip *u = calloc(1, sizeof *u);

    if (!u) {
        return NULL;
    }
    u->form = form;
#ifdef HAVE_ZLIB
    if (form == FORM_GZ && inflateInit2(&u->gz, 15 + 16) != Z_OK) { /* 32 KiB window, gzip only */
        free(u);
        return NULL;
    }
#endif
#ifdef HAVE_ZSTD
    if (form == FORM_ZST) {
        u->zst = ZSTD_createDStream();
        if (!u->zst) {
            free(u);
            return NULL;
        }
    }
#endif
    return u;
}

void unzip_free(struct unzip *u)
{
    if (!u) {
        return;
    }
#ifdef HAVE_ZLIB
    if (u->form == FORM_GZ) {
        inflateEnd(&u->gz);
    }
#endif
#ifdef HAVE_ZSTD
    if (u->form == FORM_ZST) {
        ZSTD_freeDStream(u->zst);
    }
#endif
    free(u);
}

bool unzip_is_whole(const struct unzip *u)
{
    return !u->open;
}

#ifdef HAVE_ZLIB
static int run_gz(struct unzip *u, const unsigned char **in, size_t *in_n, char *out, size_t out_n,
                  size_t *ret_n)
{
    while (!u->open && *in_n > 0 && **in == 0 && u->gz.total_out > 0) {
        ++*in;
        --*in_n;
    }
    *ret_n = 0;
    if (*in_n == 0 && !u->open) {
        return 0;
    }
    if (!u->open) {
        inflateReset(&u->gz);
    }
    u->open = true;
    u->gz.next_in = (unsigned char *)(uintptr_t)*in; /* zlib does not write there */
    u->gz.avail_in = (uInt)*in_n;
    u->gz.next_out = (unsigned char *)out;
    u->gz.avail_out = (uInt)out_n;
    int result = inflate(&u->gz, Z_NO_FLUSH);
    *ret_n = out_n - u->gz.avail_out;
    *in += *in_n - u->gz.avail_in;
    *in_n = u->gz.avail_in;
    if (result == Z_STREAM_END) {
        u->open = false;
    }
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? 0 : -1;
}
#endif

#ifdef HAVE_ZSTD
static int run_zst(struct unzip *u, const unsigned char **in, size_t *in_n, char *out, size_t out_n,
                   size_t *ret_n)
{
    ZSTD_inBuffer from = {*in, *in_n, 0};
    ZSTD_outBuffer to = {out, out_n, 0};
    size_t result = ZSTD_decompressStream(u->zst, &to, &from);

    *ret_n = to.pos;
    if (ZSTD_isError(result)) {
        return -1;
    }
    if (from.pos > 0 || to.pos > 0) {
        u->open = result != 0;
    }
    *in += from.pos;
    *in_n -= from.pos;
    return 0;
}
#endif

int unzip_run(struct unzip *u, const unsigned char **in, size_t *in_n, char *out, size_t out_n,
              size_t *ret_n)
{
#ifdef HAVE_ZLIB
    if (u->form == FORM_GZ) {
        return run_gz(u, in, in_n, out, out_n, ret_n);
    }
#endif
#ifdef HAVE_ZSTD
    if (u->form == FORM_ZST) {
        return run_zst(u, in, in_n, out, out_n, ret_n);
    }
#endif
    (void)u;
    (void)in;
    (void)in_n;
    (void)out;
    (void)out_n;
    *ret_n = 0;
    return -1;
}
