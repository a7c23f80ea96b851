/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Paths are put together and cleaned as text ("." and ".." go), without asking the file system.
 *
 * LIMITS: "a/.." is taken away even if "a" is a symbolic link.
 */
#include "monitor/config_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/buf.h"

/* Add the components of @path, "." and ".." done. */
static void add_path(struct dm_buf *out, const char *path)
{
    struct dm_slice rest = dm_slice_make(path, strlen(path));

    while (rest.n > 0) {
        struct dm_slice part = dm_slice_head(rest, dm_slice_find(rest, '/'));
        rest = dm_slice_skip(rest, part.n + 1);
        if (dm_slice_eq(part, DM_SLICE(".."))) {
            const char *slash = out->n > 0 ? strrchr(out->p, '/') : NULL;
            dm_buf_cut(out, slash ? (size_t)(slash - out->p) : 0);
        } else if (part.n > 0 && !dm_slice_eq(part, DM_SLICE("."))) {
            dm_buf_char(out, '/');
            dm_buf_add(out, part);
        }
    }
}

/* The folder of the configuration file. */
static void add_folder(struct dm_buf *out, const char *file)
{
    char cwd[PATH_MAX];

    if (file[0] != '/' && getcwd(cwd, sizeof cwd)) {
        add_path(out, cwd);
    }
    if (strchr(file, '/')) {
        add_path(out, file);
        add_path(out, "..");
    }
}

int dm_config_path(const struct dm_settings *set, const char *value, char **ret)
{
    g_autofree char *text = NULL;
    struct dm_buf out = {0};
    int rc = dm_keyfile_unescape(dm_slice_make(value, strlen(value)), &text);

    if (rc < 0) {
        return rc;
    }
    if (text[0] != '/') {
        add_folder(&out, set->file);
    }
    add_path(&out, text);
    if (out.n == 0) {
        dm_buf_char(&out, '/');
    }
    *ret = dm_buf_take(&out);
    return *ret ? 0 : DNSMON_ENOMEM;
}

/* Returns: 0; an errno; -1: too large. */
static int read_all(FILE *file, struct dm_buf *text)
{
    char block[8192];
    size_t n;

    while (text->n <= DM_CONFIG_FILE_MAX && !text->failed &&
           (n = fread(block, 1, sizeof block, file)) > 0) {
        dm_buf_add(text, dm_slice_make(block, n));
    }
    if (text->failed) {
        return ENOMEM;
    }
    return ferror(file) ? errno : text->n > DM_CONFIG_FILE_MAX ? -1 : 0;
}

int dm_config_read(const char *path, char **ret_text, size_t *ret_len, const char **ret_why)
{
    struct dm_buf text = {0};
    FILE *file = fopen(path, "rbe");
    int err = file ? read_all(file, &text) : errno;
    size_t len = text.n;

    if (file) {
        fclose(file);
    }
    char *taken = dm_buf_take(&text);
    if (err == 0 && taken) {
        *ret_text = taken;
        *ret_len = len;
        return 0;
    }
    free(taken);
    if (err == ENOMEM || err == 0) {
        return DNSMON_ENOMEM;
    }
    /* Not g_strerror(): it allocates, and ends the process if it cannot. */
    *ret_why = err < 0 ? "File larger than 16 MiB" : strerror(err);
    return DNSMON_EIO;
}
