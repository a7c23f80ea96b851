/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Rotation. When the name leads to another file, that is read from its beginning, and the one
 * before goes on being read: its writer may not have noticed yet. It is let go when nothing has
 * come for QUIET_MS. A file that had the name for a moment only, between two looks, is found under
 * the name that it was given (inotify tells of every rename in the folder). The bytes of a file are
 * read once, whatever it is called: files are told apart by device, number and time of birth.
 *
 * LIMITS: where inotify tells nothing (NFS), a file that comes and goes between two looks is not
 * seen; nor is one that was moved to another folder meanwhile. On a file system that knows no time
 * of birth, a rotated log whose new name is followed, too, is read twice if it has been let go.
 * Source: tail(1) of coreutils, -F; logrotate(8).
 */
#define _GNU_SOURCE
#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "unzip.h"

/* A writer that is told of the rotation is told within seconds; one that notices by itself (BIND's
 * "versions", a nightly job) within minutes. Own choice. */
#define QUIET_MS (5 * 60 * 1000)

/* ---- files that have been read ---- */

static bool was_seen(const struct seen *seen, const struct identity *id)
{
    unsigned n = seen->n < TAIL_SEEN ? seen->n : TAIL_SEEN;

    for (unsigned i = 0; i < n; i++) {
        if (identity_same(&seen->ids[i], id)) {
            return true;
        }
    }
    return false;
}

static void forget(struct seen *seen, const struct identity *id)
{
    for (unsigned i = 0; i < TAIL_SEEN; i++) {
        if (identity_same(&seen->ids[i], id)) {
            seen->ids[i] = (struct identity){0};
        }
    }
}

/* ---- generations ---- */

/* Complain about what errno says, once. */
static void complain(struct tail *t)
{
    int error = errno;

    if (t->said != error) {
        t->said = error;
        output_error("%s: %s: waiting for it", t->path,
                     error == ENOENT   ? "is not there yet"
                     : error == EINVAL ? "is no regular file"
                                       : strerror(error));
    }
}

/* A file to be read behind those that have lost the name.   Returns: whether it was taken; @fd is,
 * too. */
static bool take(struct tail *t, struct watch *w, int fd, const struct identity *id, int64_t now_ms)
{
    struct generation *g = t->n < TAIL_GENERATIONS ? generation_new(fd, id) : NULL;

    if (!g) {
        return false; /* there is room again when the oldest has been read */
    }
    g->watch = watch_file(w, fd);
    g->since_ms = now_ms;
    int at = t->n - (t->current ? 1 : 0);
    memmove(&t->all[at + 1], &t->all[at], (size_t)(t->n - at) * sizeof *t->all);
    t->all[at] = g;
    t->n++;
    t->seen->ids[t->seen->n++ % TAIL_SEEN] = *id;
    return true;
}

/* Without a time of birth the number alone may come back with another file. */
static void drop(struct tail *t, struct watch *w, int i)
{
    struct generation *g = t->all[i];

    watch_forget(w, g->watch);
    if (g->id.born_ns == 0) {
        forget(t->seen, &g->id);
    }
    generation_free(g);
    t->n--;
    memmove(&t->all[i], &t->all[i + 1], (size_t)(t->n - i) * sizeof *t->all);
}

static void forget_moved(struct tail *t)
{
    for (int i = 0; i < t->n_moved; i++) {
        free(t->moved[i]);
    }
    t->n_moved = 0;
}

void tail_renamed(struct tail *t, int folder, const char *from, const char *to)
{
    char *name;

    if (folder != t->watch) {
        return;
    }
    for (int i = 0; i < t->n_moved; i++) {
        if (strcmp(t->moved[i], from) == 0 && (name = strdup(to)) != NULL) {
            free(t->moved[i]);
            t->moved[i] = name;
            return;
        }
    }
    if (strcmp(from, t->base) == 0 && t->n_moved < TAIL_GENERATIONS &&
        (name = strdup(to)) != NULL) {
        t->moved[t->n_moved++] = name;
    }
}

/* Open a regular file.   Returns: a descriptor; -1, and errno. */
static int open_file(const char *path, struct identity *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0 && identity_of(fd, NULL, ret) == 0) {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
        errno = EINVAL;
    }
    return -1;
}

/* Files that had the name between two looks. */
static void find_moved(struct tail *t, struct watch *w, int64_t now_ms)
{
    struct identity id;
    char *path;

    for (int i = 0; i < t->n_moved; i++) {
        if (asprintf(&path, "%s/%s", t->folder, t->moved[i]) < 0) {
            continue;
        }
        int fd = open_file(path, &id);
        if (fd >= 0 && (was_seen(t->seen, &id) || !take(t, w, fd, &id, now_ms))) {
            close(fd);
        }
        free(path);
    }
    forget_moved(t);
}

static void lose_name(struct tail *t, int64_t now_ms)
{
    if (t->current) {
        t->all[t->n - 1]->since_ms = now_ms;
        t->current = false;
    }
}

/* It has been renamed back.   Returns: whether it is one of ours. */
static bool take_back(struct tail *t, const struct identity *id)
{
    for (int i = 0; i < t->n; i++) {
        struct generation *g = t->all[i];
        if (identity_same(&g->id, id)) {
            memmove(&t->all[i], &t->all[i + 1], (size_t)(t->n - 1 - i) * sizeof *t->all);
            t->all[t->n - 1] = g;
            t->current = true;
            return true;
        }
    }
    return false;
}

/* Another file has the name; our own has lost it. */
static void take_new(struct tail *t, struct watch *w, int64_t now_ms)
{
    struct identity id;
    int fd = open_file(t->path, &id);

    if (fd < 0) {
        complain(t);
        return;
    }
    t->said = 0;
    if (was_seen(t->seen, &id)) {
        t->skipped = take_back(t, &id) ? (struct identity){0} : id;
        close(fd);
    } else if (take(t, w, fd, &id, now_ms)) {
        t->current = true;
    } else {
        close(fd);
    }
}

void tail_look_moved(struct tail *t, struct watch *w, int64_t now_ms)
{
    struct identity id;

    if (t->n_moved == 0) {
        return;
    }
    /* what is found comes behind what has lost the name */
    if (identity_of(-1, t->path, &id) < 0 ||
        (t->current && !identity_same(&t->all[t->n - 1]->id, &id))) {
        lose_name(t, now_ms);
    }
    find_moved(t, w, now_ms);
}

void tail_look(struct tail *t, struct watch *w, int64_t now_ms)
{
    struct identity id;
    bool there = !t->archive.in && identity_of(-1, t->path, &id) == 0;

    if (t->archive.in) {
        return;
    }
    if (!there && t->n == 0) {
        complain(t);
    }
    if (!there || (t->current && !identity_same(&t->all[t->n - 1]->id, &id))) {
        lose_name(t, now_ms);
    }
    if (t->watch < 0) {
        t->watch = watch_folder(w, t->folder);
    }
    if (there && !t->current && !identity_same(&t->skipped, &id)) {
        take_new(t, w, now_ms);
    }
}

/* ---- reading ---- */

/* Nobody writes to it any more, or there are too many. It has been read to its end. */
static bool is_over(const struct tail *t, int i, int64_t now_ms)
{
    bool current = t->current && i == t->n - 1;

    return !current && (now_ms - t->all[i]->since_ms > QUIET_MS || t->n == TAIL_GENERATIONS);
}

static int read_next(struct tail *t, struct watch *w, int64_t now_ms)
{
    for (int i = 0; i < t->n;) {
        int found = generation_read(t->all[i], t->path, now_ms, &t->ahead);
        if (found == 0 && is_over(t, i, now_ms)) {
            found = generation_rest(t->all[i], &t->ahead);
            drop(t, w, i);
        } else {
            i++;
        }
        if (found != 0) {
            return found;
        }
    }
    return 0;
}

void tail_limit(struct tail *t)
{
    for (int i = t->n - 1; i >= 0; i--) {
        t->all[i]->limit = generation_size(t->all[i]);
    }
}

int tail_fill(struct tail *t, struct watch *w, int64_t now_ms)
{
    int found = 0;

    if (t->ahead.n > 0) {
        return 0;
    }
    if (t->archive.in) {
        found = reader_next(&t->archive, &t->ahead);
    } else if (t->n > 0) {
        found = read_next(t, w, now_ms);
    }
    t->bytes += found > 0 ? t->ahead.n : 0;
    return found < 0 ? -1 : 0;
}

uint64_t tail_left(const struct tail *t)
{
    uint64_t left = 0;

    for (int i = 0; i < t->n; i++) {
        uint64_t size = generation_size(t->all[i]);
        left += size > t->all[i]->offset ? size - t->all[i]->offset : 0;
    }
    return left;
}

/* ---- life ---- */

static char *folder_of(const char *path)
{
    const char *end = strrchr(path, '/');

    return !end ? strdup(".") : end == path ? strdup("/") : strndup(path, (size_t)(end - path));
}

/* Returns: whether the first bytes are those of a compressed file. */
static bool is_compressed(const char *path)
{
    unsigned char head[UNZIP_MAGIC];
    struct identity id;
    int fd = open_file(path, &id);
    ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof head);

    if (fd >= 0) {
        close(fd);
    }
    return n > 0 && unzip_form(head, (size_t)n) != FORM_PLAIN;
}

int tail_open(struct tail *t, const char *path, struct seen *seen, struct watch *w)
{
    const char *end = strrchr(path, '/');
    struct stat st;

    *t = (struct tail){.path = path, .base = end ? end + 1 : path, .watch = -1, .seen = seen};
    t->folder = folder_of(path);
    if (!t->folder) {
        output_error("out of memory");
        return -1;
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        output_error("%s: is no regular file: it cannot be followed", path);
        return -1;
    }
    if (is_compressed(path)) {
        return reader_open(&t->archive, path);
    }
    t->watch = watch_folder(w, t->folder);
    return 0;
}

int tail_close(struct tail *t, struct watch *w)
{
    int result = 0;

    while (t->n > 0) {
        drop(t, w, t->n - 1);
    }
    forget_moved(t);
    if (t->archive.in) {
        result = reader_close(&t->archive);
    }
    block_clear(&t->ahead);
    dnsmon_feed_free(t->scout);
    free(t->folder);
    *t = (struct tail){0};
    return result;
}
