/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Helpers of the unit tests. Random laws print their seed; the same seed in DNSMON_TEST_SEED
 * (decimal or 0x...) repeats them.
 */
#include "testlib.h"

#include <stdio.h>

void test_rng_init(struct test_rng *rng, const char *what, uint64_t deflt)
{
    const char *env = getenv("DNSMON_TEST_SEED");
    uint64_t seed = env && *env ? strtoull(env, NULL, 0) : deflt;

    printf("%s: DNSMON_TEST_SEED=%llu\n", what, (unsigned long long)seed);
    fflush(stdout);
    rng->state = seed ? seed : 1;
}

uint64_t test_rng_next(struct test_rng *rng)
{
    uint64_t x = rng->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    rng->state = x;
    return x * 0x2545f4914f6cdd1dULL;
}

uint64_t test_rng_below(struct test_rng *rng, uint64_t n)
{
    return (test_rng_next(rng) >> 11) % n;
}

struct dm_slice test_exact(struct dm_slice s)
{
    char *p = malloc(s.n ? s.n : 1);

    if (!p) {
        abort();
    }
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return dm_slice_make(p, s.n);
}

struct dm_slice test_slice(const char *text)
{
    return dm_slice_make(text, strlen(text));
}

const char *test_shared(void)
{
    const char *dir = getenv("DNSMON_SHARED");

    return dir && *dir ? dir : NULL;
}
