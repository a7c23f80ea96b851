/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * To be preloaded: a disk that is slow for one file. SLOW_PATH: the end of its path; SLOW_MS: what
 * each fsync() of it takes more, and each write() to it a tenth of that. The other files are as
 * they are.
 *
 * LIMITS: only write() and fsync(), which is what the state file and omfile use.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC visibility push(default)

static int is_slow(int fd)
{
    const char *end = getenv("SLOW_PATH");
    char link[64], path[PATH_MAX];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (end == NULL || n < (ssize_t)strlen(end)) {
        return 0;
    }
    path[n] = '\0';
    return strcmp(path + n - strlen(end), end) == 0;
}

static void wait_for_it(long part)
{
    const char *ms = getenv("SLOW_MS");
    long us = (ms ? atol(ms) : 0) * 1000 / part;
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    while (nanosleep(&left, &left) < 0) {
    }
}

int fsync(int fd)
{
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

    if (is_slow(fd)) {
        wait_for_it(1);
    }
    return next(fd);
}

ssize_t write(int fd, const void *p, size_t n)
{
    ssize_t (*next)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

    if (is_slow(fd)) {
        wait_for_it(10);
    }
    return next(fd, p, n);
}
