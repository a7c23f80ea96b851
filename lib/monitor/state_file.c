/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * State files on disk. A file is written aside as PATH.new, synced, renamed over the old one, and
 * the directory is synced: after a crash there is the old state or the new one. Mode 0600, since it
 * names people's machines and holds the hash key.
 *
 * The disk is not waited for under the monitor's lock: feeds go on while a snapshot is written.
 *
 * LIMITS: two monitors must not share a path. A file larger than FILE_MAX is refused.
 */
#include "monitor/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/complain.h"

/* Above the largest [limits] memory, 1 TiB, no state can be. */
#define FILE_MAX (1LL << 41)

static int complain(char *why, size_t why_len, const char *path, int code, const char *what)
{
    struct dm_place place = {path, 0, NULL, NULL};

    dm_complain(why, why_len, &place, "%s", what);
    return code;
}

static int complain_errno(char *why, size_t why_len, const char *path, const char *what, int err)
{
    struct dm_place place = {path, 0, NULL, NULL};

    /* Not g_strerror(): it allocates, and ends the process if it cannot. */
    dm_complain(why, why_len, &place, "%s: %s", what, strerror(err));
    return DNSMON_EIO;
}

/* ---- writing ---- */

static int write_all(int fd, struct dm_slice s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        s = dm_slice_skip(s, n > 0 ? (size_t)n : 0);
    }
    return 0;
}

/* Returns: 0 or an errno. */
static int write_file(const char *path, struct dm_slice s)
{
    if (unlink(path) < 0 && errno != ENOENT) {
        return errno;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    int err = write_all(fd, s);
    if (err == 0 && fsync(fd) < 0) {
        err = errno;
    }
    if (close(fd) < 0 && err == 0) {
        err = errno;
    }
    if (err) {
        unlink(path);
    }
    return err;
}

/* A rename is on the disk when its directory is. Some file systems cannot sync one: no failure. */
static void sync_directory(const char *path)
{
    char dir[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');

    if (slash && (size_t)(slash - path) < sizeof dir) {
        g_strlcpy(dir, slash == path ? "/" : path, (gsize)MAX(slash - path, 1) + 1);
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static int replace_file(const char *path, struct dm_slice s, char *why, size_t why_len)
{
    char aside[PATH_MAX];
    bool fits = (size_t)g_snprintf(aside, sizeof aside, "%s.new", path) < sizeof aside;
    int err = fits ? write_file(aside, s) : ENAMETOOLONG;

    if (err) {
        return complain_errno(why, why_len, aside,
                              "the state cannot be written; the directory must be there, be "
                              "writable and have room",
                              err);
    }
    if (rename(aside, path) < 0) {
        err = errno;
        unlink(aside);
        return complain_errno(why, why_len, path, "the state cannot be renamed to this", err);
    }
    sync_directory(path);
    return 0;
}

int dnsmon_monitor_save(dnsmon_monitor_t *mon, const char *path, char *why, size_t why_len)
{
    struct dm_buf buf = {0};
    int rc;

    g_mutex_lock(&mon->save_lock);
    uint16_t events = dm_state_pack(mon, &buf);
    if (buf.failed) {
        rc = complain(why, why_len, path, DNSMON_ENOMEM,
                      "there is no memory to copy the state; lower [limits] memory");
    } else {
        rc = replace_file(path, dm_slice_make(buf.p, buf.n), why, why_len);
    }
    if (rc == 0) {
        mon->told = 0;
        mon->in_file = events;
    }
    g_mutex_unlock(&mon->save_lock);
    free(buf.p);
    return rc < 0 ? rc : events;
}

/* Two bytes in place: not synced, since only the end of the machine could lose them, and then
 * events come twice rather than never. */
static int write_told(const char *path, uint16_t told)
{
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    bool done = fd >= 0 && pwrite(fd, &told, sizeof told, DM_STATE_AT_TOLD) == sizeof told;

    if (fd >= 0) {
        close(fd);
    }
    return done ? 0 : DNSMON_EIO;
}

int dnsmon_monitor_told(dnsmon_monitor_t *mon, const char *path, unsigned n)
{
    int rc = DNSMON_EINVAL;

    g_mutex_lock(&mon->save_lock);
    if (n <= (unsigned)(mon->in_file - mon->told)) {
        mon->told = (uint16_t)(mon->told + n);
        rc = write_told(path, mon->told);
    }
    g_mutex_unlock(&mon->save_lock);
    return rc;
}

/* ---- reading ---- */

static int read_all(int fd, char *p, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return got == 0 ? EIO : errno;
        }
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return 0;
}

/* The whole of an open file.   Returns: 0; an errno. */
static int read_file(int fd, char **ret_text, size_t *ret_len)
{
    struct stat st;

    if (fstat(fd, &st) < 0) {
        return errno;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
        return S_ISREG(st.st_mode) ? EFBIG : EINVAL;
    }
    char *text = g_try_malloc((size_t)st.st_size + 1);
    if (!text) {
        return ENOMEM;
    }
    int err = read_all(fd, text, (size_t)st.st_size);
    if (err) {
        g_free(text);
        return err;
    }
    *ret_text = text;
    *ret_len = (size_t)st.st_size;
    return 0;
}

static int take(struct dnsmon_monitor *mon, const char *path, struct dm_slice file, char *why,
                size_t why_len)
{
    struct dm_place place = {path, 0, NULL, NULL};
    const char *bad;
    int rc = dm_state_unpack(mon, file, &bad);

    if (rc == DNSMON_ENOMEM) {
        return complain(why, why_len, path, rc, "there is no memory to read the state");
    }
    if (rc == DNSMON_EINVAL) {
        return complain(why, why_len, path, rc, bad);
    }
    if (rc < 0) {
        dm_complain(why, why_len, &place, "%s; move it away to begin without what it knows", bad);
    }
    return rc < 0 ? rc : 1;
}

int dnsmon_monitor_load(dnsmon_monitor_t *mon, const char *path, char *why, size_t why_len)
{
    g_autofree char *text = NULL;
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int err = fd < 0 ? errno : read_file(fd, &text, &len);

    if (fd >= 0) {
        close(fd);
    }
    if (fd < 0 && err == ENOENT) {
        return 0;
    }
    if (err) {
        complain_errno(why, why_len, path, "the state cannot be read; it must be a readable file",
                       err);
        return err == ENOMEM ? DNSMON_ENOMEM : DNSMON_EIO;
    }
    return take(mon, path, dm_slice_make(text, len), why, why_len);
}
