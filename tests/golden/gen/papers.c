/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The papers' tables as queries: how many of which type, on which day, in which hours.
 *
 * Source: doc/SCIENCE.md A.3 (S0 tables, S1 for Mytob). The numbers and days are the papers'; which
 * names were asked is known for Mydoom (S0 3.2) and Mytob (S1 Figure 2) only, the rest is invented.
 * LIMITS: queries are spread evenly over their hours, which real ones are not.
 */
#include "gen.h"

#include <stddef.h>

#define HOUR 3600
#define INNOCENT "192.0.2.10"

/* An ordinary PC, once in half an hour from @from to @to. */
static void innocent(int64_t from, int64_t to)
{
    for (int64_t t = from; t < to; t += HOUR / 2) {
        gen_add(t, INNOCENT, "A", "www%u.example", gen_below(40));
    }
}

/* Spread @mx MX and @a A queries evenly over @s seconds, MX first; domains begin at @first. */
static void mail_mix(const char *client, int64_t from, int64_t s, unsigned mx, unsigned a,
                     unsigned first)
{
    for (unsigned i = 0; i < mx; i++) {
        /* two of three are new: a worm's address book has several people at one provider */
        gen_add(gen_at(from, s, i, mx), client, "MX", "d%u.example", first + i * 2 / 3);
    }
    for (unsigned i = 0; i < a; i++) {
        gen_add(gen_at(from + 1, s - 1, i, a), client, "A", "in.d%u.example", first + i);
    }
}

static void sobig_days(int64_t innocent_end)
{
    int64_t day = gen_day(2003, 8, 19);

    innocent(day + 8 * HOUR, innocent_end);
    mail_mix("192.0.2.31", day + 17 * HOUR, 3 * HOUR + HOUR / 2, 190, 36, 0);
    mail_mix("192.0.2.31", day + 33 * HOUR, 9 * HOUR, 335, 89, 1000);
    mail_mix("192.0.2.31", day + 57 * HOUR, 9 * HOUR, 422, 201, 2000);
}

static void sobig(void)
{
    sobig_days(gen_day(2003, 8, 22) + 3 * HOUR);
}

static void sobig_cut(void)
{
    sobig_days(gen_day(2003, 8, 21) + 20 * HOUR);
}

static const char *const mydoom_words[] = {"mx",    "mail",  "smtp", "mx1", "mxs",
                                           "mail1", "relay", "ns",   "gate"};

static void mydoom_day(int64_t innocent_end)
{
    int64_t from = gen_day(2004, 1, 28) + 9 * HOUR, s = 14 * HOUR;

    innocent(from - HOUR, innocent_end);
    for (unsigned i = 0; i < 807; i++) {
        gen_add(gen_at(from, s, i, 807), "192.0.2.32", "MX", "d%u.example", i);
    }
    for (unsigned i = 0; i < 4823; i++) {
        gen_add(gen_at(from + 1, s - 1, i, 4823), "192.0.2.32", "A", "%s.d%u.example",
                mydoom_words[i % 9], i * 807 / 4823);
    }
}

static void mydoom(void)
{
    mydoom_day(gen_day(2004, 1, 29) + 3 * HOUR);
}

static void mydoom_cut(void)
{
    mydoom_day(gen_day(2004, 1, 28) + 23 * HOUR);
}

static void relay_day(int64_t innocent_end)
{
    int64_t from = gen_day(2004, 2, 26) + 10 * HOUR, s = 12 * HOUR;

    innocent(from - HOUR, innocent_end);
    mail_mix("192.0.2.33", from, s, 2922, 6755, 0);
    for (unsigned i = 0; i < 139; i++) {
        gen_add(gen_at(from + 2, s - 2, i, 139), "192.0.2.33", "PTR", "%u.113.0.203.in-addr.arpa",
                1 + i);
    }
}

static void relay(void)
{
    relay_day(gen_day(2004, 2, 27) + 3 * HOUR);
}

static void relay_cut(void)
{
    relay_day(gen_day(2004, 2, 26) + 23 * HOUR);
}

/* Seven of ten names are keywords, as 10,561 of Figure 2's 15,106; each name is asked twice, as the
 * figure's multiplicity of about 2 says. */
static void mytob_day(int64_t innocent_end)
{
    static const char *const words[] = {"mail",  "smtp", "mx1", "mail1", "relay",
                                        "mail-", "gate", "pop", "www",   "post"};
    int64_t from = gen_day(2005, 2, 25) + 12 * HOUR, s = 5 * HOUR + HOUR / 2;

    innocent(from - HOUR, innocent_end);
    for (unsigned i = 0; i < 32721; i++) {
        gen_add(gen_at(from, s, i, 32721), "192.0.2.34", "A", "%s.d%u.example", words[i / 2 % 10],
                i / 20);
    }
    for (unsigned i = 0; i < 7; i++) {
        gen_add(gen_at(from + 60, s - 60, i, 7), "192.0.2.34", "PTR", "%u.113.0.203.in-addr.arpa",
                1 + i);
    }
}

static void mytob(void)
{
    mytob_day(gen_day(2005, 2, 26) + 3 * HOUR);
}

static void mytob_cut(void)
{
    mytob_day(gen_day(2005, 2, 25) + 18 * HOUR);
}

/* The census's edge: 50 and 51 of three names, and 1000 where they are nobody's business. */
static void census(void)
{
    static const struct {
        const char *client;
        unsigned n;
    } rows[] = {
        {"192.0.2.50", 50}, {"192.0.2.51", 51}, {"192.0.2.25", 1000}, {"198.51.100.7", 1000}};
    int64_t from = gen_day(2004, 3, 2);

    innocent(from, from + 27 * HOUR);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        for (unsigned i = 0; i < rows[r].n; i++) {
            gen_add(gen_at(from, 24 * HOUR, i, rows[r].n), rows[r].client, "MX", "d%u.example",
                    i % 3);
        }
    }
    for (unsigned i = 0; i < 100; i++) { /* 50 before midnight, 50 after: no day has 51 */
        gen_add(gen_at(from + 23 * HOUR, 2 * HOUR, i, 100), "192.0.2.52", "MX", "d1.example");
    }
}

const struct scenario paper_scenarios[] = {
    {"sobig", sobig},   {"sobig-cut", sobig_cut},
    {"mydoom", mydoom}, {"mydoom-cut", mydoom_cut},
    {"relay", relay},   {"relay-cut", relay_cut},
    {"mytob", mytob},   {"mytob-cut", mytob_cut},
    {"census", census}, {NULL, NULL},
};
