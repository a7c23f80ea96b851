/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Blocks: BLOCK_BYTES are read, the incomplete line at their end is kept for the next block. A line
 * that is longer than a block makes the block longer.
 *
 * LIMITS: a line longer than LINE_MAX_BYTES ends the file with an error: it is no log.
 * Source: -
 */
#define _GNU_SOURCE
#include "block.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

/* Own choice: far above any log line, far below what would hurt the machine. */
#define LINE_MAX_BYTES (64 * 1024 * 1024)

int reader_open(struct reader *r, const char *path)
{
    *r = (struct reader){.name = path, .in = input_open(path)};
    return r->in ? 0 : -1;
}

int reader_close(struct reader *r)
{
    int result = r->failed || (r->in && input_failed(r->in)) ? -1 : 0;

    input_close(r->in);
    block_clear(&r->rest);
    r->in = NULL;
    return result;
}

void block_clear(struct block *b)
{
    free(b->text);
    *b = (struct block){0};
}

int block_reserve(struct block *b, size_t cap)
{
    if (b->cap < cap) {
        char *text = realloc(b->text, cap);
        if (!text) {
            return -1;
        }
        b->text = text;
        b->cap = cap;
    }
    return 0;
}

int block_append(struct block *b, const char *text, size_t n)
{
    if (block_reserve(b, b->n + n) < 0) {
        return -1;
    }
    if (n > 0) {
        memcpy(b->text + b->n, text, n);
    }
    b->n += n;
    return 0;
}

/* Fill up to @size bytes.  Returns: whether the input goes on; *ret_ok: whether there is memory. */
static bool fill(struct reader *r, struct block *b, size_t size, bool *ret_ok)
{
    *ret_ok = block_reserve(b, size) == 0;
    if (!*ret_ok || b->n >= size) {
        return *ret_ok;
    }
    b->n += input_read(r->in, b->text + b->n, size - b->n);
    return b->n == size;
}

static bool give_up(struct reader *r, struct block *b, const char *why)
{
    output_error("%s: %s", r->name, why);
    r->failed = true;
    b->n = 0;
    r->rest.n = 0;
    return false;
}

bool reader_next(struct reader *r, struct block *b)
{
    size_t size = BLOCK_BYTES;
    bool ok = !r->failed;

    b->n = 0;
    if (!ok || block_append(b, r->rest.text, r->rest.n) < 0) {
        return ok ? give_up(r, b, "out of memory") : false;
    }
    r->rest.n = 0;
    while (fill(r, b, size, &ok)) {
        const char *end = memrchr(b->text, '\n', b->n);
        if (end) {
            size_t keep = (size_t)(end - b->text) + 1;
            ok = block_append(&r->rest, b->text + keep, b->n - keep) == 0;
            b->n = keep;
            break;
        }
        if (size >= LINE_MAX_BYTES) {
            return give_up(r, b, "a line of more than 64 MiB: this is no log file");
        }
        size *= 2;
    }
    return ok ? b->n > 0 : give_up(r, b, "out of memory");
}

int reader_unread(struct reader *r, const struct block *b)
{
    struct block whole = {0};

    if (block_append(&whole, b->text, b->n) < 0 ||
        block_append(&whole, r->rest.text, r->rest.n) < 0) {
        block_clear(&whole);
        return -1;
    }
    block_clear(&r->rest);
    r->rest = whole;
    return 0;
}

bool block_line(const struct block *b, size_t *at, struct line *ret)
{
    if (*at >= b->n) {
        return false;
    }
    const char *p = b->text + *at;
    const char *end = memchr(p, '\n', b->n - *at);
    ret->p = p;
    ret->n = end ? (size_t)(end - p) : b->n - *at;
    *at += ret->n + (end != NULL);
    return true;
}
