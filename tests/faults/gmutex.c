/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * GLib's mutexes as POSIX ones, to be preloaded: helgrind knows these and not those, which are made
 * of atomic operations and futexes. The mutex is made when it is first used and never freed.
 */
#include <pthread.h>
#include <stdlib.h>

#include <glib.h>

#pragma GCC visibility push(default)

static pthread_mutex_t *mutex_of(GMutex *m)
{
    void **at = (void **)m;
    void *has = __atomic_load_n(at, __ATOMIC_ACQUIRE), *none = NULL;

    if (!has) {
        pthread_mutex_t *fresh = malloc(sizeof *fresh);
        if (!fresh) {
            abort();
        }
        pthread_mutex_init(fresh, NULL);
        has = fresh;
        if (!__atomic_compare_exchange_n(at, &none, has, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            free(fresh);
            has = none;
        }
    }
    return has;
}

void g_mutex_init(GMutex *m)
{
    *(void **)m = NULL;
}

void g_mutex_lock(GMutex *m)
{
    pthread_mutex_lock(mutex_of(m));
}

void g_mutex_unlock(GMutex *m)
{
    pthread_mutex_unlock(mutex_of(m));
}

void g_mutex_clear(GMutex *m)
{
    (void)m;
}
