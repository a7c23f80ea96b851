/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The targets without libFuzzer: every file of the corpora through its target, which is a test; or
 * one target over files or standard input, for AFL++ and for looking at a finding.
 *
 *     tests/fuzz/test_corpus                 all of tests/fuzz/corpus/TARGET/
 *     tests/fuzz/test_corpus TARGET FILE...  those files, or directories of them
 *     tests/fuzz/test_corpus TARGET          standard input: afl-fuzz -i corpus/TARGET -o out --
 * ...
 *
 * Method:  each file also with one byte cut off at the end and with each of a few bytes in its
 *          middle: cheap neighbours of every committed input.
 * LIMITS:  ends at the first broken law; the file's name is the last thing printed.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

/* A copy in a heap block of exactly its size. */
static void run(const struct fuzz_target *target, const char *bytes, size_t n)
{
    char *copy = malloc(n ? n : 1);

    if (!copy) {
        abort();
    }
    memcpy(copy, bytes, n);
    target->run(dm_slice_make(copy, n));
    free(copy);
}

static void run_neighbours(const struct fuzz_target *target, char *bytes, size_t n)
{
    static const char odd[] = {'\0', '\n', '"', '\\', (char)0x80, (char)0xff};

    run(target, bytes, n);
    for (size_t i = 0; n > 0 && i < sizeof odd; i++) {
        size_t at = (n * (2 * i + 1)) / (2 * sizeof odd);
        char kept = bytes[at];
        bytes[at] = odd[i];
        run(target, bytes, n);
        bytes[at] = kept;
        run(target, bytes, at);
    }
}

static unsigned run_file(const struct fuzz_target *target, const char *path)
{
    char *bytes;
    gsize n;

    if (!g_file_get_contents(path, &bytes, &n, NULL)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    printf("%s %s\n", target->name, path);
    fflush(stdout);
    run_neighbours(target, bytes, n);
    g_free(bytes);
    return 1;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A file, or all files of a directory in the order of their names. */
static unsigned run_path(const struct fuzz_target *target, const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    GPtrArray *names;
    const char *name;

    if (!dir) {
        return run_file(target, path);
    }
    names = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i < names->len; i++) {
        run_file(target, g_ptr_array_index(names, i));
    }
    unsigned n = names->len;
    g_ptr_array_unref(names);
    return n;
}

/* Every target has a corpus: one without is a target that nobody tests. */
static int run_corpora(void)
{
    const char *src = getenv("DNSMON_SRC");
    unsigned files = 0, empty = 0;

    for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
        char *path = g_build_filename(src ? src : ".", "tests/fuzz/corpus", t->name, NULL);
        unsigned n = g_file_test(path, G_FILE_TEST_IS_DIR) ? run_path(t, path) : 0;
        if (n == 0) {
            fprintf(stderr, "%s: no corpus (set DNSMON_SRC to the source tree)\n", path);
            empty++;
        }
        files += n;
        g_free(path);
    }
    printf("%u files\n", files);
    return empty ? 1 : 0;
}

static int run_stdin(const struct fuzz_target *target)
{
    GString *all = g_string_new(NULL);
    char block[65536];
    size_t n;

    while ((n = fread(block, 1, sizeof block, stdin)) > 0) {
        g_string_append_len(all, block, (gssize)n);
    }
    run(target, all->str, all->len);
    g_string_free(all, TRUE);
    return 0;
}

int main(int argc, char **argv)
{
    const struct fuzz_target *target = fuzz_find(argc > 1 ? argv[1] : NULL);

    fuzz_thorough = true;
    if (argc > 1 && !target) {
        fprintf(stderr, "%s: no such target; DNSMON_FUZZ's are those of tests/fuzz/corpus\n",
                argv[1]);
        return 2;
    }
    if (argc == 1) {
        return run_corpora();
    }
    for (int i = 2; i < argc; i++) {
        run_path(target, argv[i]);
    }
    return argc == 2 ? run_stdin(target) : 0;
}
