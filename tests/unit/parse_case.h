/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** What the parser tests share: a parser context, exact copies of lines, comparisons, a seed. */
#ifndef DM_UNIT_PARSE_CASE_H
#define DM_UNIT_PARSE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "parse/parser.h"

/* Random cases of one law. */
#define ROUNDS 20000

static inline struct dm_slice of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static inline void start(struct dm_parse_ctx *ctx)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->clock.zone = dm_zone_new("UTC");
    ctx->clock.year = 2026;
}

/* Parse a copy of exactly that size, so that a sanitizer sees a byte read too far.
 * @program: of the header; NULL: the line has its own. */
static inline enum dm_verdict parse_exact(struct dm_parse_ctx *ctx, const char *program,
                                          const char *line, size_t n, struct dm_record *rec,
                                          char **ret_copy)
{
    char *copy = malloc(n ? n : 1);
    struct dm_slice s = {copy, n};

    memcpy(copy, line, n);
    *ret_copy = copy;
    return program ? dm_parse_message(ctx, 0, of("mx"), of(program), s, rec, NULL)
                   : dm_parse_line(ctx, s, rec, NULL);
}

/* The field is @want; NULL: it was not printed. */
static inline bool is(struct dm_slice s, const char *want)
{
    return want ? s.p && dm_slice_eq(s, of(want)) : s.p == NULL;
}

/* The client is @want; NULL: there is none. */
static inline bool is_client(const struct dm_record *rec, const char *want)
{
    char text[DM_ADDR_STRLEN];

    return want ? rec->has_client && strcmp(dm_addr_text(&rec->client, text), want) == 0
                : !rec->has_client;
}

/* A new seed, printed; DM_TEST_SEED repeats a run. */
static inline guint32 seed_of_run(void)
{
    const char *env = g_getenv("DM_TEST_SEED");
    guint32 seed = env ? (guint32)strtoul(env, NULL, 10) : g_random_int();

    print_message("DM_TEST_SEED=%u\n", seed);
    return seed;
}

static inline const char *pick(GRand *r, const char *const *words, size_t n)
{
    return words[g_rand_int_range(r, 0, (gint)n)];
}

#endif
