/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Poisson CUSUM in continuous time (doc/SCIENCE.md E.1): evidence that events come at rate1 rather
 * than at rate0, forgotten at the pace at which rate1 would have brought more.
 */
#ifndef DM_STATS_CUSUM_H
#define DM_STATS_CUSUM_H

/** dm_cusum_decay() - the score after @hours without an event; never below 0, and 0 if rate1 is not
 * larger: a client whose role was changed is not held to what it scored before.
 * @rate0, @rate1: events per hour. */
double dm_cusum_decay(double score, double rate0, double rate1, double hours);

/** dm_cusum_weight() - nats that one event adds: ln(rate1 / rate0), 0 if rate1 is not larger. */
double dm_cusum_weight(double rate0, double rate1);

/**
 * dm_cusum_threshold() - where to alarm so that innocent clients keep to the budget: e^-h for each
 * recursion and informative event (Lorden's bound, E.1 "multiple testing").
 * @recursions:    CUSUMs that run beside each other.
 * @events_a_day:  informative events of an innocent client, 1/day.
 * @budget:        false alarms per 10,000 clients and day.
 */
double dm_cusum_threshold(double recursions, double events_a_day, double budget);

#endif
