/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How busy people are: hours of the day, weekend, holidays, lunch, the Monday morning when
 * everything is switched on, the semester that begins with the second week.
 *
 * Source: doc/SCIENCE.md D.1: weekday peak 08-18, night 0.25, weekend 0.35, holidays as weekend.
 * Lunch 0.75, Monday 08:30-09:00 2.5 times, first week 0.7: own choice.
 * LIMITS: the site lives in UTC; two holidays, on days 9 and 23.
 */
#include "gen.h"

#include <math.h>

#define NIGHT 0.25
#define SHOULDER 0.6
/* The mean of the hours' table is 0.58: divided by it, rates are those of a whole weekday. */
#define MEAN 0.58

static int64_t day_of(int64_t t)
{
    return (t - START) / DAY;
}

bool calendar_holiday(int64_t t)
{
    int64_t day = day_of(t);

    return day % 7 >= 5 || day == 9 || day == 23;
}

const char *calendar_holidays(void)
{
    return "2026-04-15;2026-04-29";
}

int64_t calendar_midnight(int64_t t)
{
    return t - t % DAY;
}

static double hour_factor(int64_t ms)
{
    int hour = (int)(ms / HOUR);

    if (hour == 12) {
        return 0.75;
    }
    if (hour >= 8 && hour < 18) {
        return 1;
    }
    return hour == 7 || (hour >= 18 && hour < 20) ? SHOULDER : NIGHT;
}

double calendar_activity(int64_t t)
{
    int64_t ms = t % DAY, day = day_of(t);
    double x = hour_factor(ms) / MEAN;

    if (calendar_holiday(t)) {
        return x * 0.35;
    }
    if (day % 7 == 0 && ms >= 17 * HOUR / 2 && ms < 9 * HOUR) {
        x *= 2.5;
    }
    return day < 7 ? x * 0.7 : x;
}

int64_t calendar_gap(struct rng *r, int64_t t, double per_hour)
{
    do {
        t += rng_gap(r, per_hour * ACTIVITY_MAX);
    } while (!rng_chance(r, calendar_activity(t) / ACTIVITY_MAX) && t < run_end());
    return t;
}
