/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One tail of the hypergeometric law, summed from the observed table to the most extreme one.
 *
 * LIMITS: one-sided. Source: Fisher 1922; doc/SCIENCE.md B N7.
 */
#include "stats/fisher.h"

#include <math.h>

#define TERMS_MAX 1000

static double log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

double dm_fisher_more(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    double first = (double)a + b, second = (double)c + d, with = (double)a + c, sum = 0;

    if (first <= 0 || second <= 0 || b > TERMS_MAX) {
        return 1;
    }
    double all = log_choose(first + second, with);
    for (double x = a; x <= first && x <= with; x++) {
        sum += exp(log_choose(first, x) + log_choose(second, with - x) - all);
    }
    return sum < 1 ? sum : 1;
}
