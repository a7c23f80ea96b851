/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The progress bar: one line on standard error that is written over.
 *
 * Method. What else goes to the terminal wipes it first (output.c). Only a carriage return and
 * blanks are used, which every terminal understands. Rate and time left are those of the whole run
 * so far.
 * LIMITS: drawn by the main thread alone; any may hide it, who has a complaint. Of compressed files
 * the compressed bytes count.
 * Source: doc/dnsmon.1.
 */
#include "progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

/* Characters of the bar, and between two drawings, ms: own choice. */
#define BAR 40
#define PAUSE_MS 100
/* Before a rate is worth saying, ms: own choice. */
#define RATE_MS 300
/* Characters of the longest line: narrower than any terminal. */
#define WIDTH 78
#define MB 1000000

static struct {
    pthread_mutex_t lock; /* of drawn, next_ms, and what stands in the terminal's line */
    bool on, drawn;
    uint64_t total;
    int64_t start_ms, next_ms;
} bar = {.lock = PTHREAD_MUTEX_INITIALIZER};

void progress_start(uint64_t total)
{
    bar.on = isatty(STDERR_FILENO);
    bar.total = total;
    bar.start_ms = now_ms();
}

/* " 123.4 MB/s, 1:02:03 left"; nothing as long as nobody can tell. */
static int write_rate(uint64_t done, int64_t now, char *out, size_t size)
{
    uint64_t ms = (uint64_t)(now - bar.start_ms);

    if (ms < RATE_MS || done == 0) {
        return 0;
    }
    uint64_t rate = done / ms; /* kB/s */
    int n = snprintf(out, size, " %llu.%llu MB/s", (unsigned long long)(rate / 1000),
                     (unsigned long long)(rate % 1000 / 100));
    if (done < bar.total) {
        uint64_t left = (uint64_t)((double)(bar.total - done) * (double)ms / (double)done / 1000);
        n += snprintf(out + n, size - (size_t)n, ", %llu:%02d:%02d left",
                      (unsigned long long)(left / 3600), (int)(left % 3600 / 60), (int)(left % 60));
    }
    return n;
}

static void draw(uint64_t done, int64_t now)
{
    char text[2 * WIDTH];
    int n;

    bar.next_ms = now + PAUSE_MS;
    bar.drawn = true;
    if (bar.total == 0) {
        n = snprintf(text, sizeof text, "%llu MB read", (unsigned long long)(done / MB));
    } else {
        double share = done < bar.total ? (double)done / (double)bar.total : 1;
        memset(text, ' ', BAR + 2);
        memset(text + 1, '#', (size_t)(share * BAR));
        text[0] = '[';
        text[BAR + 1] = ']';
        n = BAR + 2;
        n += snprintf(text + n, sizeof text - (size_t)n, " %3d%%", (int)(share * 100));
    }
    n += write_rate(done, now, text + n, sizeof text - (size_t)n);
    text[n] = '\0';
    fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, text);
    fflush(stderr);
}

void progress_show(uint64_t done)
{
    int64_t now = bar.on ? now_ms() : 0;

    if (!bar.on) {
        return;
    }
    pthread_mutex_lock(&bar.lock);
    if (now >= bar.next_ms) {
        draw(done, now);
    }
    pthread_mutex_unlock(&bar.lock);
}

void progress_hide(void)
{
    if (!bar.on) {
        return;
    }
    pthread_mutex_lock(&bar.lock);
    if (bar.drawn) {
        fprintf(stderr, "\r%*s\r", WIDTH, "");
        fflush(stderr);
        bar.drawn = false;
        bar.next_ms = 0;
    }
    pthread_mutex_unlock(&bar.lock);
}
