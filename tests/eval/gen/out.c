/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Standard output, with the few formats that lines need, faster than printf().
 *
 * LIMITS: a piece is at most a few hundred bytes; room for it is made before each line's stamp.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gen.h"

static char buffer[1 << 16];
static size_t used;
static int failed;

int out_flush(void)
{
    failed |= fwrite(buffer, 1, used, stdout) != used;
    used = 0;
    failed |= fflush(stdout) != 0;
    return failed;
}

void out_char(char c)
{
    buffer[used++] = c;
}

void out_text(const char *s)
{
    size_t n = strlen(s);

    memcpy(buffer + used, s, n);
    used += n;
}

void out_uint(uint32_t n)
{
    char digits[12];
    int i = 0;

    do {
        digits[i++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    while (i) {
        out_char(digits[--i]);
    }
}

void out_ip(uint32_t ip)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        out_uint(ip >> shift & 255);
        if (shift) {
            out_char('.');
        }
    }
}

void out_ip_reversed(uint32_t ip)
{
    for (int shift = 0; shift <= 24; shift += 8) {
        out_uint(ip >> shift & 255);
        out_char('.');
    }
}

void out_letters(uint64_t seed, unsigned n)
{
    struct rng r = {seed};

    for (unsigned i = 0; i < n; i++) {
        out_char((char)('a' + rng_below(&r, 26)));
    }
}

/* "2026-04-06T09:00:00.123Z "; the text of a second is kept. */
void out_stamp(int64_t t)
{
    static int64_t second = -1;
    static char text[32];
    time_t now = (time_t)(t / 1000);
    uint32_t ms = (uint32_t)(t % 1000);

    if (used > sizeof buffer - 4096) {
        failed |= fwrite(buffer, 1, used, stdout) != used;
        used = 0;
    }
    if (now != second) {
        struct tm tm;
        second = now;
        gmtime_r(&now, &tm);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &tm);
    }
    out_text(text);
    out_char((char)('0' + ms / 100));
    out_char((char)('0' + ms / 10 % 10));
    out_char((char)('0' + ms % 10));
    out_text("Z ");
}
