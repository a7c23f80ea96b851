/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Preloaded into a daemon: writes once a second to the file $DNSMON_HEAP what malloc has in use and
 * what it keeps free, KiB, of all arenas. Resident memory moves with what arenas keep free, which
 * is a matter of how many threads came; memory that leaks is in use.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The number behind the last ` NAME size="` or ` NAME count=... size="` of the text. */
static unsigned long last_size(const char *text, const char *name)
{
    const char *at = NULL;

    for (const char *p = text; (p = strstr(p, name)) != NULL; p++) {
        at = p;
    }
    at = at ? strstr(at, "size=\"") : NULL;
    return at ? strtoul(at + 6, NULL, 10) : 0;
}

static void write_sizes(FILE *out)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    if (!f) {
        return;
    }
    malloc_info(0, f);
    if (fclose(f) == 0) {
        unsigned long all = last_size(text, "system type=\"current\"");
        unsigned long idle =
            last_size(text, "total type=\"fast\"") + last_size(text, "total type=\"rest\"");
        unsigned long mapped = last_size(text, "total type=\"mmap\"");
        fprintf(out, "%lu %lu\n", (all - idle + mapped) / 1024, idle / 1024);
        fflush(out);
    }
    free(text);
}

static void *watch(void *path)
{
    FILE *out = fopen(path, "w");

    for (; out; nanosleep(&(struct timespec){.tv_sec = 1}, NULL)) {
        write_sizes(out);
    }
    return NULL;
}

__attribute__((constructor)) static void begin(void)
{
    char *path = getenv("DNSMON_HEAP");
    pthread_t thread;

    if (path && pthread_create(&thread, NULL, watch, path) == 0) {
        pthread_detach(thread);
    }
}
