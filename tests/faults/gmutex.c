/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * To be preloaded where threads are watched: GLib's mutexes as pthread's. GLib makes its own of
 * futexes; helgrind does not know these, and the thread sanitizer does not see into a GLib that is
 * not built with it, so that all that they guard would be reported.
 *
 * Method:  the dynamic symbols of GLib, replaced; the structure's pointer holds a pthread mutex
 * that is made at the first use.  LIMITS: only GMutex, which is what the library uses; a GCond with
 * one of these does not work.
 */
#include <pthread.h>
#include <stdlib.h>

#include <glib.h>

#pragma GCC visibility push(default)

static pthread_mutex_t *inner(GMutex *mutex)
{
    pthread_mutex_t *made, *none = NULL, *have = __atomic_load_n(&mutex->p, __ATOMIC_ACQUIRE);

    if (have) {
        return have;
    }
    made = malloc(sizeof *made);
    if (made == NULL) {
        abort();
    }
    pthread_mutex_init(made, NULL);
    if (__atomic_compare_exchange_n((pthread_mutex_t **)&mutex->p, &none, made, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        return made;
    }
    pthread_mutex_destroy(made);
    free(made);
    return none;
}

void g_mutex_init(GMutex *mutex)
{
    mutex->p = NULL;
    inner(mutex);
}

void g_mutex_clear(GMutex *mutex)
{
    pthread_mutex_destroy(inner(mutex));
    free(mutex->p);
    mutex->p = NULL;
}

void(g_mutex_lock)(GMutex *mutex)
{
    pthread_mutex_lock(inner(mutex));
}

gboolean(g_mutex_trylock)(GMutex *mutex)
{
    return pthread_mutex_trylock(inner(mutex)) == 0;
}

void(g_mutex_unlock)(GMutex *mutex)
{
    pthread_mutex_unlock(inner(mutex));
}
