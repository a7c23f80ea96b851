/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Waiting until a followed file or its folder changes, a signal comes or the time is over.
 */
#ifndef DM_PLUGIN_DNSMON_WATCH_H
#define DM_PLUGIN_DNSMON_WATCH_H

#include <stdbool.h>

struct watch;

/** What watch_wait() has seen; several may be set. */
struct wake {
    bool stop;   /**< SIGINT or SIGTERM */
    bool reload; /**< SIGHUP */
};

/**
 * watch_new() - from now on SIGINT, SIGTERM and SIGHUP wait for watch_wait().
 * Returns: NULL without memory or descriptors, which has been said.
 */
struct watch *watch_new(void);

/** watch_free() - the signals are as they were.   @w: or NULL. */
void watch_free(struct watch *w);

/** watch_folder() - names that come, go and change in it.   Returns: a number; -1: they cannot be
 * seen, and the clock alone has to do. */
int watch_folder(struct watch *w, const char *path);

/** watch_file() - bytes that come to an open file.   Returns: as watch_folder(). */
int watch_file(struct watch *w, int fd);

/** watch_forget() - @number: of watch_file(); or -1. */
void watch_forget(struct watch *w, int number);

/**
 * watch_wait() - @timeout_ms: 0: what is there already.
 * @renamed: is called for each name in a watched folder that has become another one.
 */
struct wake watch_wait(struct watch *w, int timeout_ms,
                       void (*renamed)(void *user, int folder, const char *from, const char *to),
                       void *user);

#endif
