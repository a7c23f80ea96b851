/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A state folder:
 *
 *     state.0 or state.1  what dnsmon_monitor_save() wrote
 *     journal             its first record names the state file that it continues; then what has
 *                         happened since
 *     lock                held as long as a process uses the folder
 *
 * A record is its length, its type, a checksum, and its bytes. write(2) is enough against the death
 * of the process: the bytes are the kernel's then. Against a power cut it takes @sync.
 *
 * A new journal is written aside, behind the state file that it continues, and one rename() makes
 * both valid; so there is no moment at which a line is in neither or in both.
 *
 * A process that is killed may leave a record that is cut. It was not confirmed. Nothing stands
 * behind it, since a record that could not be written as a whole is taken back before another.
 *
 * LIMITS: one machine's byte order. The checksum finds accidents, not forgers; the folder is
 * readable by its owner alone.
 * Source: own design.
 */
#define _GNU_SOURCE
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "finding.h"

/* How long the process before may need for its end, ms. Own choice: more than it takes (5 s), less
 * than rsyslog waits for the first answer (10 s). */
#define LOCK_MS 8000

/** In front of each record. */
struct head {
    uint32_t n;
    uint32_t type;
    uint64_t sum;
};

static const char magic[] = "dnsmon journal 1\n";

static int say(char *why, const char *dir, const char *what)
{
    snprintf(why, JOURNAL_WHY, "%s: %s", dir, what);
    return -1;
}

static uint64_t sum_of(enum journal_type type, const void *p, size_t n)
{
    uint32_t head[2] = {(uint32_t)n, type};

    return finding_hash(finding_hash(0, head, sizeof head), p, n);
}

/* ---- opening ---- */

static int take_lock(struct journal *j, char *why)
{
    j->lock_fd = openat(j->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (j->lock_fd < 0) {
        return say(why, j->dir, strerror(errno));
    }
    for (int waited = 0; flock(j->lock_fd, LOCK_EX | LOCK_NB) < 0; waited += 20) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return say(why, j->dir, strerror(errno));
        }
        if (waited >= LOCK_MS) {
            return say(why, j->dir, "another dnsmon uses it: each needs a folder of its own");
        }
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    return 0;
}

static int open_dir(struct journal *j, char *why)
{
    if (mkdir(j->dir, 0700) < 0 && errno != EEXIST) {
        return say(why, j->dir, strerror(errno));
    }
    j->dir_fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return j->dir_fd < 0 ? say(why, j->dir, strerror(errno)) : 0;
}

/* The record at @at.  Returns: its bytes with its head; 0: there is no whole one. */
static size_t look_at(const char *p, size_t n, size_t at, struct head *ret)
{
    if (n - at < sizeof *ret) {
        return 0;
    }
    memcpy(ret, p + at, sizeof *ret);
    if (ret->n > n - at - sizeof *ret || ret->type == 0 || ret->type >= JOURNAL_TYPES ||
        ret->sum != sum_of(ret->type, p + at + sizeof *ret, ret->n)) {
        return 0;
    }
    return sizeof *ret + ret->n;
}

/* Map all of it.  Returns: NULL if it is empty or cannot be read. */
static char *map(const struct journal *j, size_t *ret_n)
{
    struct stat st;

    if (fstat(j->fd, &st) < 0 || st.st_size == 0) {
        return NULL;
    }
    *ret_n = (size_t)st.st_size;
    char *p = mmap(NULL, *ret_n, PROT_READ, MAP_PRIVATE, j->fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* Find the end of the last whole record and what the first one says. */
static int examine(struct journal *j, char *why)
{
    size_t n = 0, at = sizeof magic - 1, step;
    struct head head;
    char *p = map(j, &n);

    if (!p || n < at || memcmp(p, magic, at) != 0 || look_at(p, n, at, &head) == 0 ||
        head.type != JOURNAL_BASE || head.n != 1) {
        if (p) {
            munmap(p, n);
        }
        return say(why, j->dir, "its journal is no journal of this dnsmon");
    }
    j->base = (signed char)p[at + sizeof head];
    while ((step = look_at(p, n, at, &head)) > 0) {
        at += step;
    }
    munmap(p, n);
    j->bytes = at;
    return ftruncate(j->fd, (off_t)at) < 0 ? say(why, j->dir, strerror(errno)) : 0;
}

static int create(struct journal *j, const char *name, int base)
{
    char number = (char)base;

    j->fd = openat(j->dir_fd, name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    j->bytes = 0;
    j->base = base;
    if (j->fd < 0) {
        return -1;
    }
    if (write(j->fd, magic, sizeof magic - 1) != (ssize_t)sizeof magic - 1) {
        errno = errno ? errno : ENOSPC;
        return -1;
    }
    j->bytes = sizeof magic - 1;
    return journal_add(j, JOURNAL_BASE, &number, 1);
}

/* The first one is made aside, too: a crash must not leave half of its first record. */
static int create_first(struct journal *j)
{
    return create(j, "journal.new", -1) == 0 &&
                   renameat(j->dir_fd, "journal.new", j->dir_fd, "journal") == 0
               ? 0
               : -1;
}

static void read_base_size(struct journal *j)
{
    char *path = j->base >= 0 ? journal_path(j, j->base) : NULL;
    struct stat st;

    j->base_bytes = path && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
    free(path);
}

int journal_open(struct journal *j, const char *dir, bool sync, char *why)
{
    *j = (struct journal){.dir = strdup(dir), .dir_fd = -1, .lock_fd = -1, .fd = -1, .sync = sync};
    if (!j->dir) {
        return say(why, dir, "out of memory");
    }
    if (open_dir(j, why) < 0 || take_lock(j, why) < 0) {
        return -1;
    }
    j->fd = openat(j->dir_fd, "journal", O_RDWR | O_APPEND | O_CLOEXEC);
    if (j->fd < 0 && errno == ENOENT) {
        return create_first(j) == 0 ? 0 : say(why, dir, strerror(errno));
    }
    if (j->fd < 0) {
        return say(why, dir, strerror(errno));
    }
    if (examine(j, why) < 0) {
        return -1;
    }
    read_base_size(j);
    return 0;
}

void journal_close(struct journal *j)
{
    int fds[] = {j->fd, j->lock_fd, j->dir_fd};

    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    free(j->dir);
    *j = (struct journal){.dir_fd = -1, .lock_fd = -1, .fd = -1};
}

/* ---- records ---- */

int journal_each(struct journal *j,
                 int (*call)(void *user, enum journal_type type, const char *p, size_t n),
                 void *user)
{
    size_t n = 0, at = sizeof magic - 1, step;
    struct head head;
    char *p = map(j, &n);
    int result = 0;

    while (p && result == 0 && (step = look_at(p, n, at, &head)) > 0) {
        result = call(user, head.type, p + at + sizeof head, head.n);
        at += step;
    }
    if (p) {
        munmap(p, n);
    }
    return result;
}

int journal_add(struct journal *j, enum journal_type type, const void *p, size_t n)
{
    struct head head = {(uint32_t)n, type, sum_of(type, p, n)};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)(uintptr_t)p, n}};
    size_t whole = sizeof head + n;
    ssize_t done;

    if (j->torn && ftruncate(j->fd, (off_t)j->bytes) < 0) {
        return -1;
    }
    j->torn = false;
    errno = 0;
    do {
        done = writev(j->fd, parts, 2);
    } while (done < 0 && errno == EINTR);
    bool good =
        done == (ssize_t)whole && (!j->sync || type != JOURNAL_LINES || fdatasync(j->fd) == 0);
    if (!good) {
        int error = errno ? errno : ENOSPC;
        j->torn = ftruncate(j->fd, (off_t)j->bytes) < 0;
        errno = error;
        return -1;
    }
    j->bytes += whole;
    return 0;
}

/* ---- a new one ---- */

char *journal_path(const struct journal *j, int number)
{
    char *path;

    return asprintf(&path, "%s/state.%d", j->dir, number) < 0 ? NULL : path;
}

int journal_next(const struct journal *j)
{
    return j->base == 0 ? 1 : 0;
}

int journal_begin(struct journal *j, struct journal *ret_old)
{
    *ret_old = *j;
    if (create(j, "journal.new", journal_next(ret_old)) == 0) {
        return 0;
    }
    int error = errno;
    journal_abandon(j, ret_old);
    errno = error;
    return -1;
}

int journal_commit(struct journal *j, struct journal *old)
{
    char *path;

    if (fdatasync(j->fd) < 0 || renameat(j->dir_fd, "journal.new", j->dir_fd, "journal") < 0) {
        return -1;
    }
    fsync(j->dir_fd);
    close(old->fd);
    path = old->base >= 0 ? journal_path(old, old->base) : NULL;
    if (path) {
        unlink(path);
    }
    free(path);
    read_base_size(j);
    return 0;
}

void journal_abandon(struct journal *j, const struct journal *old)
{
    if (j->fd >= 0 && j->fd != old->fd) {
        close(j->fd);
    }
    *j = *old;
    unlinkat(j->dir_fd, "journal.new", 0);
}
