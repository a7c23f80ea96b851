/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * To be preloaded: the machine's clock, shifted by what is in the file SHIFT_FILE (seconds, an
 * int64_t, which may change at any time). Deadlines of waits that go by that clock are shifted
 * back, as the kernel does when the real clock is set.
 *
 * LIMITS: time(), gettimeofday(), clock_gettime(), pthread_cond_timedwait(). A deadline before 2001
 * is taken for one of the monotonic clock, which no step moves.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* 2001-09-09: more than a machine has been up, less than its clock shows, ten years back. */
#define LEAST_REAL_S 1000000000

static const int64_t *shift_at;

__attribute__((constructor)) static void open_shift(void)
{
    const char *path = getenv("SHIFT_FILE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shift_at, PROT_READ, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        shift_at = p;
    }
    if (fd >= 0) {
        close(fd);
    }
}

static time_t shift(void)
{
    return shift_at ? (time_t)__atomic_load_n(shift_at, __ATOMIC_RELAXED) : 0;
}

#pragma GCC visibility push(default)

int clock_gettime(clockid_t id, struct timespec *ret_ts)
{
    int (*next)(clockid_t, struct timespec *) =
        (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int rc = next(id, ret_ts);

    if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        ret_ts->tv_sec += shift();
    }
    return rc;
}

int gettimeofday(struct timeval *restrict ret_tv, void *restrict zone)
{
    struct timespec ts;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &ts);
    ret_tv->tv_sec = ts.tv_sec;
    ret_tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *ret_time)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    if (ret_time) {
        *ret_time = ts.tv_sec;
    }
    return ts.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
        (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlsym(
            RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec real = *until;

    if (real.tv_sec > LEAST_REAL_S) {
        real.tv_sec -= shift();
    }
    return next(cond, mutex, &real);
}
