/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a line costs inside the library: bench_feed FILE WARM_LINES [CONFIG]. Reads FILE into
 * memory, feeds its first WARM_LINES lines, and then the others, of which it prints processor time
 * and allocations a line:
 *
 *     lines 200000 clients 40000 ns 412.3 allocations 0 bytes 0
 *
 * Every malloc, calloc, realloc and memalign of the process comes by here, since the program's own
 * definitions stand before libc's; between the two marks they are counted (G_SLICE=always-malloc
 * in the environment, for GLib's own). For instructions:
 * valgrind --tool=callgrind --toggle-collect=feed_measured.
 *
 * LIMITS: glibc (its __libc_ names); not with a sanitizer, which has a malloc of its own. Time is
 * that of the thread, so that other processes disturb it by the caches only.
 * Source: -
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monitor/config.h"
#include "monitor/monitor.h"

/* Seen by the shared libraries, too. */
#define OVER_LIBC __attribute__((visibility("default")))

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t m);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static size_t calls, bytes;

static size_t count(size_t n)
{
    calls++;
    bytes += n;
    return n;
}

OVER_LIBC void *malloc(size_t n)
{
    return __libc_malloc(count(n));
}

OVER_LIBC void *calloc(size_t n, size_t m)
{
    count(n * m);
    return __libc_calloc(n, m);
}

OVER_LIBC void *realloc(void *p, size_t n)
{
    return __libc_realloc(p, count(n));
}

OVER_LIBC void *aligned_alloc(size_t align, size_t n)
{
    return __libc_memalign(align, count(n));
}

static double thread_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Feeds at most @max lines of [*p, end).   Returns: their number. */
static size_t feed_lines(dnsmon_feed_t *feed, const char **p, const char *end, size_t max)
{
    size_t lines = 0;

    for (const char *nl; lines < max && *p < end; *p = nl + 1) {
        nl = memchr(*p, '\n', (size_t)(end - *p));
        if (!nl) {
            break;
        }
        dnsmon_feed_line(feed, *p, (size_t)(nl - *p));
        lines++;
    }
    dnsmon_feed_flush(feed, 0);
    return lines;
}

/* The one that callgrind is told to count. */
__attribute__((noinline)) static size_t feed_measured(dnsmon_feed_t *feed, const char *p,
                                                      const char *end)
{
    return feed_lines(feed, &p, end, SIZE_MAX);
}

static void measure(dnsmon_monitor_t *mon, dnsmon_feed_t *feed, const char *text, size_t len,
                    size_t warm)
{
    const char *p = text, *end = text + len;

    if (feed_lines(feed, &p, end, warm) < warm) {
        fprintf(stderr, "bench_feed: there are only fewer lines than %zu\n", warm);
        exit(2);
    }
    size_t calls_from = calls, bytes_from = bytes;
    double from = thread_ns();
    size_t lines = feed_measured(feed, p, end);
    double took = thread_ns() - from;
    size_t calls_took = calls - calls_from, bytes_took = bytes - bytes_from;
    if (lines == 0) {
        fprintf(stderr, "bench_feed: there is no line behind the first %zu\n", warm);
        exit(2);
    }
    printf("lines %zu clients %zu ns %.1f allocations %zu bytes %zu\n", lines,
           dm_client_table_len(dm_engine_clients(mon->engine)), took / (double)lines, calls_took,
           bytes_took);
}

int main(int argc, char **argv)
{
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    char why[DNSMON_ERRLEN] = "";
    gchar *text;
    gsize len;

    if (argc < 3 || !g_file_get_contents(argv[1], &text, &len, NULL) ||
        dnsmon_config_load(argc > 3 ? argv[3] : NULL, &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon) < 0 || dnsmon_feed_new(mon, &feed) < 0) {
        fprintf(stderr, "%s\nusage: bench_feed FILE WARM_LINES [CONFIG]\n", why);
        return 2;
    }
    measure(mon, feed, text, len, strtoul(argv[2], NULL, 10));
    dnsmon_feed_free(feed);
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    g_free(text);
    return 0;
}
