/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the line generator's files share: a list of queries, and ways to add to it.
 */
#ifndef DM_GOLDEN_GEN_GEN_H
#define DM_GOLDEN_GEN_GEN_H

#include <stdint.h>

/** A log's query: seconds of local time since 1970, client, name, type as BIND prints it. An
 * attempt has type "#" and its port, and the destination for a name. */
struct query {
    int64_t t;
    uint32_t seq; /* order of adding, for equal times */
    char client[40];
    char type[8];
    char name[100];
};

/** gen_add() - one query; the name is printed as by printf(). */
void gen_add(int64_t t, const char *client, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** gen_tcp() - a packet filter's line about a TCP connection attempt. */
void gen_tcp(int64_t t, const char *client, const char *dst, unsigned port);

/** gen_day() - local midnight of a day, seconds since 1970. */
int64_t gen_day(int year, int month, int day);

/** gen_below() - 0 .. n - 1 from a generator with a fixed seed. */
uint32_t gen_below(uint32_t n);

/** gen_at() - the time of the @i'th of @n events that are spread evenly over [@from, @from + @s).
 */
int64_t gen_at(int64_t from, int64_t s, unsigned i, unsigned n);

/** gen_random_case() - 0x20: flip the case of letters of the newest query's name. */
void gen_random_case(void);

/** A scenario: a name on the command line and what it adds. */
struct scenario {
    const char *name;
    void (*run)(void);
};
extern const struct scenario paper_scenarios[], trap_scenarios[], figure_scenarios[],
    worm_scenarios[];

#endif
