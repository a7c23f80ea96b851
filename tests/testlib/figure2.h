/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Figure 2 of S1 as tables, for the tests of prefix counts and for the generated log.
 */
#ifndef DM_TESTLIB_FIGURE2_H
#define DM_TESTLIB_FIGURE2_H

#include <stdint.h>

/*
 * Figure 2, cleaned (doc/SCIENCE.md A.5), each length by falling count. The letters of ranks 2 to
 * 10 are illegible but for the first: these are the figure's other beginnings, in any order that
 * leaves each at least what its own rows need.
 */
#define FIGURE2_ROWS(table) (sizeof(table) / sizeof(table)[0])

struct row {
    const char *text;
    uint32_t count;
};
static const struct row one[] = {{"m", 9975}, {"s", 1569}, {"i", 566}, {"p", 542}, {"r", 490},
                                 {"n", 462},  {"c", 403},  {"b", 395}, {"w", 363}, {"g", 341}};
static const struct row two[] = {{"ma", 7506}, {"mx", 1883}, {"sm", 888}, {"in", 265}, {"re", 237},
                                 {"po", 231},  {"ns", 153},  {"sp", 143}, {"co", 132}, {"ba", 120}};
static const struct row three[] = {
    {"mai", 7404}, {"smt", 872}, {"mx1", 583}, {"mx0", 402}, {"mx.", 378}, {"rel", 196},
    {"mx2", 171},  {"inb", 134}, {"pop", 118}, {"spa", 108}, {"www", 96},  {"bar", 85},
    {"mx3", 82},   {"ser", 82},  {"pos", 75},  {"mx-", 70},  {"ema", 67},  {"gat", 67},
    {"cor", 62},   {"web", 57},  {"mta", 55},  {"ns.", 55}};
static const struct row four[] = {{"mail", 7399}, {"smtp", 872}, {"mx1.", 451}, {"rela", 195},
                                  {"mx2.", 167},  {"inbo", 134}, {"spam", 101}, {"mx01", 91},
                                  {"www.", 91},   {"mx3.", 79},  {"serv", 79},  {"pop.", 76},
                                  {"barr", 73},   {"post", 69},  {"emai", 67},  {"gate", 64},
                                  {"filt", 51},   {"mx0.", 49},  {"mx4.", 47}};
static const struct row five[] = {
    {"mail.", 5894}, {"smtp.", 491}, {"mail1", 229}, {"mailh", 201}, {"mail2", 200}, {"relay", 190},
    {"mailg", 162},  {"inbou", 133}, {"mail-", 129}, {"mails", 108}, {"smtp1", 96},  {"mx01.", 90},
    {"mail0", 74},   {"barra", 73},  {"smtp-", 72},  {"serve", 70},  {"email", 67},  {"mail3", 65}};
/* Beginnings of rows above that are too rare to be rows themselves. */
static const struct row unlisted[] = {{"e", 67},   {"f", 51},  {"em", 67}, {"fi", 51},
                                      {"fil", 51}, {"ga", 67}, {"mt", 55}, {"mx4", 47},
                                      {"se", 82},  {"we", 57}, {"ww", 96}};

static const struct {
    const struct row *rows;
    uint32_t n;
} figure[] = {
    {one, FIGURE2_ROWS(one)},   {two, FIGURE2_ROWS(two)},   {three, FIGURE2_ROWS(three)},
    {four, FIGURE2_ROWS(four)}, {five, FIGURE2_ROWS(five)}, {unlisted, FIGURE2_ROWS(unlisted)},
};

#endif
