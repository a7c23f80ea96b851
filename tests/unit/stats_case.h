/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the tests of lib/stats share: comparison of doubles, random numbers with a known law, and
 * the way through a state file.
 */
#ifndef DM_STATS_CASE_H
#define DM_STATS_CASE_H

#include <math.h>

#include "testlib.h"
#include "util/pack.h"

/* Both NAN counts as near. */
static inline bool is_near(double got, double want, double tolerance)
{
    return isnan(want) ? isnan(got) : fabs(got - want) <= tolerance;
}

static inline void near_at(double got, double want, double tolerance, int line)
{
    if (!is_near(got, want, tolerance)) {
        fail_msg("line %d: got %.9g, want %.9g within %g", line, got, want, tolerance);
    }
}

#define NEAR(got, want, tolerance) near_at((got), (want), (tolerance), __LINE__)

/* 0 <= u < 1 */
static inline double uniform(struct test_rng *rng)
{
    return (double)(test_rng_next(rng) >> 11) * 0x1p-53;
}

/* Mean 0, variance 1 (Box and Muller 1958). */
static inline double gaussian(struct test_rng *rng)
{
    double u = 1 - uniform(rng);

    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979 * uniform(rng));
}

/*
 * Write `value` with PACK, read it back with UNPACK into `ret`: it must be all there, and refused
 * when any of its bytes are missing at the end.
 */
#define THROUGH_FILE(PACK, UNPACK, value, ret)                                                     \
    do {                                                                                           \
        struct dm_buf file_ = {0};                                                                 \
        PACK(&file_, (value));                                                                     \
        assert_false(file_.failed);                                                                \
        for (size_t n_ = 0; n_ <= file_.n; n_ += n_ + 9 < file_.n ? 9 : 1) {                       \
            struct dm_slice cut_ = test_exact(dm_slice_make(file_.p, n_));                         \
            struct dm_unpacker in_ = {.p = cut_.p, .n = n_};                                       \
            UNPACK(&in_, (ret));                                                                   \
            assert_int_equal(in_.bad == NULL, n_ == file_.n);                                      \
            assert_true(in_.bad || in_.n == 0);                                                    \
            free((void *)cut_.p);                                                                  \
        }                                                                                          \
        free(dm_buf_take(&file_));                                                                 \
    } while (0)

/* `value`, which is damaged, must be refused. */
#define REFUSED(PACK, UNPACK, value, ret)                                                          \
    do {                                                                                           \
        struct dm_buf file_ = {0};                                                                 \
        PACK(&file_, (value));                                                                     \
        struct dm_unpacker in_ = {.p = file_.p, .n = file_.n};                                     \
        UNPACK(&in_, (ret));                                                                       \
        assert_non_null(in_.bad);                                                                  \
        free(dm_buf_take(&file_));                                                                 \
    } while (0)

#endif
