/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time stamps of messages. rsyslog keeps a message's time in broken-down form with its own offset;
 * its structure is not touched from here (a field of struct msg that is read directly is read at
 * the wrong place when the layout differs), so the time comes as the RFC 3339 text that rsyslog's
 * own call makes, and is turned back here. Years 1970 to 9999, proleptic Gregorian.
 *
 * LIMITS: a leap second (:60) counts as the next second. Offsets are whole minutes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strnlen, clock_gettime */
#endif
#include "stamp.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

/* Length of "2026-11-21T07:46:22". */
enum { SECOND_LEN = 19 };

static int two(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Days from 1970-01-01; March is the first month, so that the leap day is a year's last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool parse_second(const char *text, int64_t *ret_us)
{
    int century = two(text), year = century < 0 ? -1 : two(text + 2);
    int month = year < 0 ? -1 : two(text + 5), day = month < 0 ? -1 : two(text + 8);
    int hour = day < 0 ? -1 : two(text + 11), minute = hour < 0 ? -1 : two(text + 14);
    int second = minute < 0 ? -1 : two(text + 17);

    if (second < 0 || century * 100 + year < 1970 || month < 1 || month > 12 || day < 1)
        return false;
    *ret_us = ((days_from_civil(century * 100 + year, month, day) * 24 + hour) * 60 + minute) * 60;
    *ret_us = (*ret_us + second) * 1000000;
    return true;
}

static const char *parse_fraction(const char *text, int64_t *ret_us)
{
    int64_t unit = 100000;

    *ret_us = 0;
    if (*text != '.')
        return text;
    for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
        *ret_us += (*text - '0') * unit;
    return text;
}

static int64_t parse_offset(const char *text)
{
    int hours, minutes;

    if (*text != '+' && *text != '-')
        return 0;
    if (strlen(text) < 6)
        return 0;
    hours = two(text + 1);
    minutes = two(text + 4);
    if (hours < 0 || minutes < 0)
        return 0;
    return (*text == '-' ? -1 : 1) * (int64_t)(hours * 60 + minutes) * 60 * 1000000;
}

int64_t om_stamp_parse(struct om_stamp *memory, const char *text)
{
    int64_t fraction;
    const char *zone;

    if (strnlen(text, SECOND_LEN) < SECOND_LEN)
        return 0;
    if (memcmp(memory->second, text, SECOND_LEN) != 0) {
        if (!parse_second(text, &memory->utc_us))
            return 0;
        memcpy(memory->second, text, SECOND_LEN);
    }
    zone = parse_fraction(text + SECOND_LEN, &fraction);
    return memory->utc_us + fraction - parse_offset(zone);
}

int64_t om_stamp_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
