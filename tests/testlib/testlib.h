/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What several unit tests need: cmocka with its includes, repeatable random numbers, tables.
 */
#ifndef DM_TESTLIB_TESTLIB_H
#define DM_TESTLIB_TESTLIB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/slice.h"

/** Run a body for each row of a table: `FOR_ROWS(c, cases) { ... }`; `c` points to the row. */
#define FOR_ROWS(row, table)                                                                       \
    for (__typeof__(&(table)[0]) row = (table); row < (table) + sizeof(table) / sizeof(table)[0];  \
         row++)

/** Fail with the row's text, since cmocka's own message names only the line of the assertion. */
#define CHECK_ROW(text, cond)                                                                      \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fail_msg("row \"%s\": %s", (text), #cond);                                             \
        }                                                                                          \
    } while (0)

/** A generator (xorshift64*, Vigna 2016); any state but 0. */
struct test_rng {
    uint64_t state;
};

/**
 * test_rng_init() - take the seed from DNSMON_TEST_SEED, else @deflt, and print it.
 * @what: name of the law, for the printed line.
 */
void test_rng_init(struct test_rng *rng, const char *what, uint64_t deflt);

uint64_t test_rng_next(struct test_rng *rng);

/** test_rng_below() - 0 .. @n - 1; @n > 0. */
uint64_t test_rng_below(struct test_rng *rng, uint64_t n);

/**
 * test_exact() - a copy of @s in its own heap block of exactly @s.n bytes, so that ASan or
 * valgrind see a read behind the slice.   Owner: caller, free() of .p.
 */
struct dm_slice test_exact(struct dm_slice s);

/** test_slice() - a C string as a slice. */
struct dm_slice test_slice(const char *text);

/** test_shared() - the directory of the shared corpus: DNSMON_SHARED, or NULL. */
const char *test_shared(void);

#endif
