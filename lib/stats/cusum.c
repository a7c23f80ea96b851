/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Page's recursion with Poisson likelihoods.
 *
 * LIMITS: the bound holds for Poisson arrivals; real ones come in bursts, which is why detectors
 * ask for a number of distinct names besides.
 */
#include "stats/cusum.h"

#include <glib.h>
#include <math.h>

#define BUDGET_CLIENTS 1e4

double dm_cusum_decay(double score, double rate0, double rate1, double hours)
{
    return rate1 > rate0 ? MAX(0.0, score - (rate1 - rate0) * hours) : 0.0;
}

double dm_cusum_weight(double rate0, double rate1)
{
    return rate1 > rate0 ? log(rate1 / rate0) : 0.0;
}

double dm_cusum_threshold(double recursions, double events_a_day, double budget)
{
    return log(recursions * events_a_day * BUDGET_CLIENTS / budget);
}
