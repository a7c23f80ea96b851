/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Worms by what they ask and whom they knock at: the first minutes of Sobig.F and Netsky.C, a day
 * of Welchia, the two curves of 2005.
 *
 * Source: doc/SCIENCE.md A.4, A.12, F 3, F 12, F 13. Days and numbers are the papers'; sources are
 * from the prefix for benchmarks (RFC 2544), since the documentation's have too few addresses.
 * LIMITS: the curves of S1 are a figure without numbers: these have their dates and nothing else.
 */
#include "gen.h"

#include <stddef.h>
#include <stdio.h>

#define HOUR 3600
#define DAY 86400
#define PC "192.0.2.31"

/* The root servers' addresses, each @times times in a row, one query in two seconds. */
static void ask_roots(int64_t t, const char *client, const char *type, unsigned times)
{
    for (unsigned i = 0; i < 13 * times; i++) {
        gen_add(t + i * 2, client, type, "%c.ROOT-SERVERS.NET", 'A' + (int)(i / times));
    }
}

/* The same list from a PC and, an hour later, from two resolvers at their start: one says by its
 * flags that it is one, the other by asking for the root's own name servers first. */
static void roots(unsigned times)
{
    int64_t t = gen_day(2003, 8, 19) + 17 * HOUR;

    gen_add(t - HOUR, PC, "A", "www.example");
    ask_roots(t, PC, "A", times);
    gen_add(t + HOUR, "192.0.2.53", "-NS", ".");
    ask_roots(t + HOUR + 1, "192.0.2.53", "-A", times);
    gen_add(t + HOUR, "192.0.2.54", "NS", ".");
    ask_roots(t + HOUR + 1, "192.0.2.54", "A", times);
}

static void roots_once(void)
{
    roots(1);
}

static void roots_twice(void)
{
    roots(2);
}

static void netsky(void)
{
    int64_t t = gen_day(2004, 3, 1) + 10 * HOUR;

    for (unsigned i = 0; i < 20; i++) {
        gen_add(t - HOUR + i * 60, PC, "A", "www%u.example", i);
    }
    gen_add(t, PC, "MX", "yahoo.com");
    for (unsigned i = 0; i < 60; i++) {
        gen_add(t + 2 + i * 5, PC, "MX", "d%u.example", i);
    }
    gen_add(t + 20, PC, "PTR", "1.0.0.127.in-addr.arpa");
}

/* 800 sources on one day, each knocks once at a machine of its own; the first does again 23 hours
 * later. Beside them a PC with a file server, and sources outside. */
static void welchia(void)
{
    int64_t from = gen_day(2003, 8, 28);
    char src[40], dst[40];

    for (unsigned i = 0; i < 800; i++) {
        snprintf(src, sizeof src, "198.18.%u.%u", i / 250, 1 + i % 250);
        snprintf(dst, sizeof dst, "203.0.113.%u", 1 + i % 250);
        gen_tcp(gen_at(from, DAY, i, 800), src, dst, 135);
    }
    gen_tcp(from + 23 * HOUR, "198.18.0.1", "203.0.113.9", 135);
    for (unsigned i = 0; i < 24; i++) {
        gen_tcp(from + i * HOUR, "198.18.200.1", "203.0.113.200", 443);
        gen_tcp(from + i * HOUR, "192.0.2.200", "203.0.113.200", 135);
    }
}

/* Counts of one day: @mail clients that ask MX of a stranger, @probe that knock. */
static void curve_day(int64_t day, unsigned mail, unsigned probe)
{
    char text[40];

    for (unsigned i = 0; i < mail; i++) {
        snprintf(text, sizeof text, "198.18.1.%u", 1 + i);
        gen_add(day + 9 * HOUR + i * 60, text, "MX", "d%u.example", gen_below(100000));
    }
    for (unsigned i = 0; i < probe; i++) {
        snprintf(text, sizeof text, "198.18.2.%u", 1 + i);
        gen_tcp(day + 12 * HOUR + i * 60, text, "203.0.113.1", 445);
    }
}

/* 2005-01-01 .. 2006-03-31; from 2005-08-23 to 2006-02-27 both have a part in common, @rise times
 * as large as what each has for itself. */
static void curves(unsigned rise)
{
    int64_t end = gen_day(2006, 3, 31), on = gen_day(2005, 8, 23), off = gen_day(2006, 2, 27);

    for (int64_t day = gen_day(2005, 1, 1); day <= end; day += DAY) {
        unsigned x = 2 + gen_below(6), y = 2 + gen_below(6);
        unsigned common = (1 + gen_below(10)) * rise;
        if (day >= on && day <= off) {
            x += common;
            y += common;
        }
        curve_day(day, x, y);
    }
}

static void curves_2005(void)
{
    curves(3);
}

static void curves_apart(void)
{
    curves(0);
}

const struct scenario worm_scenarios[] = {
    {"roots-once", roots_once},
    {"roots-twice", roots_twice},
    {"netsky", netsky},
    {"welchia", welchia},
    {"curves-2005", curves_2005},
    {"curves-apart", curves_apart},
    {NULL, NULL},
};
