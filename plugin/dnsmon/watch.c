/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method. inotify tells what changes, signalfd what is wanted of the program; one poll() waits for
 * both, so no signal comes between a look and the wait. The two halves of a rename follow each
 * other in the queue and have the same cookie.
 *
 * LIMITS: nothing is told of files that other machines change (NFS), nor behind an overflow of the
 * kernel's queue (16,384 changes): whoever uses this looks at the files by the clock as well.
 * Source: inotify(7), signalfd(2).
 */
#define _GNU_SOURCE
#include "watch.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "output.h"

/* Changes that are read at once, bytes: a few hundred of common length (own choice). */
#define CHANGES 16384

struct watch {
    int signals, changes; /* descriptors; changes: -1: no inotify here */
    sigset_t before;
    uint32_t cookie; /* of a name that is just becoming another one; 0: none */
    int folder;
    char from[NAME_MAX + 1];
};

struct watch *watch_new(void)
{
    struct watch *w = calloc(1, sizeof *w);
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    if (w) {
        sigprocmask(SIG_BLOCK, &set, &w->before);
        w->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    if (!w || w->signals < 0) {
        output_error("out of memory");
        watch_free(w);
        return NULL;
    }
    return w;
}

void watch_free(struct watch *w)
{
    if (!w) {
        return;
    }
    if (w->changes >= 0) {
        close(w->changes);
    }
    if (w->signals >= 0) {
        close(w->signals);
    }
    sigprocmask(SIG_SETMASK, &w->before, NULL);
    free(w);
}

int watch_folder(struct watch *w, const char *path)
{
    return w->changes < 0 ? -1
                          : inotify_add_watch(w->changes, path,
                                              IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR);
}

int watch_file(struct watch *w, int fd)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return w->changes < 0 ? -1 : inotify_add_watch(w->changes, path, IN_MODIFY);
}

void watch_forget(struct watch *w, int number)
{
    if (w->changes >= 0 && number >= 0) {
        inotify_rm_watch(w->changes, number);
    }
}

static void read_signals(struct watch *w, struct wake *wake)
{
    struct signalfd_siginfo info;

    while (read(w->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            wake->reload = true;
        } else {
            wake->stop = true;
        }
    }
}

/* The queue may hold a name without its other half: the file has left the folder. */
static void take_change(struct watch *w, const struct inotify_event *change,
                        void (*renamed)(void *user, int folder, const char *from, const char *to),
                        void *user)
{
    if ((change->mask & IN_MOVED_FROM) && change->len > 0) {
        w->cookie = change->cookie;
        w->folder = change->wd;
        snprintf(w->from, sizeof w->from, "%s", change->name);
    } else if ((change->mask & IN_MOVED_TO) && change->len > 0 && w->cookie &&
               change->cookie == w->cookie && change->wd == w->folder) {
        renamed(user, w->folder, w->from, change->name);
        w->cookie = 0;
    }
}

static void read_changes(struct watch *w,
                         void (*renamed)(void *user, int folder, const char *from, const char *to),
                         void *user)
{
    _Alignas(struct inotify_event) char buf[CHANGES];
    ssize_t n;

    while ((n = read(w->changes, buf, sizeof buf)) > 0) {
        for (ssize_t at = 0; at < n;) {
            struct inotify_event change;
            memcpy(&change, buf + at, sizeof change);
            take_change(w, (const struct inotify_event *)(const void *)(buf + at), renamed, user);
            at += (ssize_t)(sizeof change + change.len);
        }
    }
}

struct wake watch_wait(struct watch *w, int timeout_ms,
                       void (*renamed)(void *user, int folder, const char *from, const char *to),
                       void *user)
{
    struct pollfd fds[] = {{.fd = w->signals, .events = POLLIN},
                           {.fd = w->changes, .events = POLLIN}};
    struct wake wake = {false, false};

    if (poll(fds, 2, timeout_ms) > 0) {
        read_signals(w, &wake);
        if (w->changes >= 0) {
            read_changes(w, renamed, user);
        }
    }
    return wake;
}
