/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A bot's day whose names begin as Figure 2 of S1 says, each name asked once, or twice and in any
 * case: the figure counts different names.
 *
 * Source: doc/SCIENCE.md A.5. What the figure does not list is filled with beginnings of its own,
 * at most 40 names each, so that none of them gets into a column. LIMITS: which names followed the
 * beginnings is not known; they are invented.
 */
#include "gen.h"

#include <stddef.h>
#include <string.h>

#include "figure2.h"

#define BOT "192.0.2.34"
#define LEN 5
#define MOST 20000
/* Names of a beginning that is in no column: fewer than the last row of each column. */
#define PORTION 40
#define HOUR 3600

static char beginning[MOST][LEN + 1];
static unsigned count;

/* Whether the figure has @text with @c behind it; if so @ret_n is how often. */
static int is_row(const char *text, char c, uint32_t *ret_n)
{
    size_t len = strlen(text);

    for (unsigned f = 0; f < FIGURE2_ROWS(figure); f++) {
        for (uint32_t i = 0; i < figure[f].n; i++) {
            const struct row *row = &figure[f].rows[i];
            if (strlen(row->text) == len + 1 && strncmp(row->text, text, len) == 0 &&
                row->text[len] == c) {
                *ret_n = row->count;
                return 1;
            }
        }
    }
    return 0;
}

static void put(const char *text, char filler, uint32_t times)
{
    size_t len = strlen(text);

    while (times-- > 0 && count < MOST) {
        memset(beginning[count], filler, LEN);
        memcpy(beginning[count++], text, len);
    }
}

/* The names that begin as @row and not as any row one byte longer. */
static void complete(const struct row *row)
{
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    uint32_t left = row->count, n;

    if (strlen(row->text) == LEN) {
        put(row->text, 0, left);
        return;
    }
    for (const char *c = bytes; *c; c++) {
        left -= is_row(row->text, *c, &n) ? n : 0;
    }
    for (const char *c = bytes; *c && left > 0; c++) {
        if (!is_row(row->text, *c, &n)) {
            n = left < PORTION ? left : PORTION;
            put(row->text, *c, n);
            left -= n;
        }
    }
}

static void shuffle(void)
{
    for (unsigned i = count; i > 1; i--) {
        unsigned k = gen_below(i);
        char swap[LEN + 1];
        memcpy(swap, beginning[k], sizeof swap);
        memcpy(beginning[k], beginning[i - 1], sizeof swap);
        memcpy(beginning[i - 1], swap, sizeof swap);
    }
}

static void ask(int64_t from, int64_t s)
{
    for (unsigned i = 0; i < count; i++) {
        const char *dot = beginning[i][LEN - 1] == '.' ? "" : ".";
        gen_add(gen_at(from, s, i, count), BOT, "A", "%s%sd%u.example", beginning[i], dot, i);
    }
}

static void day(void)
{
    int64_t noon = gen_day(2005, 2, 25) + 12 * HOUR;

    for (unsigned i = 0; i < 200; i++) {
        gen_add(noon - HOUR + 60 * i, "192.0.2.10", "A", "www%u.example", i);
    }
    for (unsigned f = 0; f < FIGURE2_ROWS(figure); f++) {
        for (uint32_t i = 0; i < figure[f].n; i++) {
            complete(&figure[f].rows[i]);
        }
    }
    shuffle();
    ask(noon, 2 * HOUR);
}

static void once(void)
{
    day();
}

/* The second time after all of the first, and 0x20. */
static void twice(void)
{
    day();
    for (unsigned i = 0; i < count; i++) {
        const char *dot = beginning[i][LEN - 1] == '.' ? "" : ".";
        gen_add(gen_at(gen_day(2005, 2, 25) + 15 * HOUR, 2 * HOUR, i, count), BOT, "A",
                "%s%sd%u.example", beginning[i], dot, i);
        gen_random_case();
    }
}

const struct scenario figure_scenarios[] = {
    {"figure2", once}, {"figure2-twice", twice}, {NULL, NULL}};
