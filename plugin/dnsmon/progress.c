/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The progress bar: one line on standard error that is written over.
 *
 * Method. What else goes to the terminal wipes it first (output.c). Only a carriage return and
 * blanks are used, which every terminal understands.
 * LIMITS: one thread, the main one. Of compressed files the compressed bytes count.
 * Source: doc/dnsmon.1.
 */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Characters of the bar, and between two drawings, ms: own choice. */
#define BAR 50
#define PAUSE_MS 100
/* Characters of the longest line. */
#define WIDTH (BAR + 8)
#define MB 1000000

static struct {
    bool on, drawn;
    uint64_t total;
    int64_t next_ms;
} bar;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(uint64_t total)
{
    bar.on = isatty(STDERR_FILENO);
    bar.total = total;
}

void progress_show(uint64_t done)
{
    char text[BAR + 1];
    int64_t now = bar.on ? now_ms() : 0;

    if (!bar.on || now < bar.next_ms) {
        return;
    }
    bar.next_ms = now + PAUSE_MS;
    bar.drawn = true;
    if (bar.total == 0) {
        fprintf(stderr, "\r%llu MB read", (unsigned long long)(done / MB));
    } else {
        double share = done < bar.total ? (double)done / (double)bar.total : 1;
        memset(text, ' ', BAR);
        memset(text, '#', (size_t)(share * BAR));
        text[BAR] = '\0';
        fprintf(stderr, "\r[%s] %3d%%", text, (int)(share * 100));
    }
    fflush(stderr);
}

void progress_hide(void)
{
    if (bar.drawn) {
        fprintf(stderr, "\r%*s\r", WIDTH, "");
        fflush(stderr);
        bar.drawn = false;
        bar.next_ms = 0;
    }
}
