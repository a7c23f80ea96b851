/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of targets, and libFuzzer's two entry points.
 *
 * Method:  one program holds all targets, since they link the same library; the environment
 *          variable DNSMON_FUZZ names the one to run. libFuzzer calls LLVMFuzzerTestOneInput();
 *          test_corpus.c does where there is no libFuzzer (gcc, AFL++).
 * LIMITS:  a process runs one target.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct fuzz_target fuzz_targets[] = {
#define X(name) {"parse_" #name, fuzz_parse_##name},
#include "parse/parsers.def"
#undef X
    {"feed", fuzz_feed}, {"config", fuzz_config}, {"state", fuzz_state}, {"event", fuzz_event},
    {NULL, NULL},
};

const struct fuzz_target *fuzz_find(const char *name)
{
    for (const struct fuzz_target *t = fuzz_targets; name && t->name; t++) {
        if (strcmp(t->name, name) == 0) {
            return t;
        }
    }
    return NULL;
}

void fuzz_fail(const char *law, const char *text)
{
    fprintf(stderr, "BROKEN LAW: %s\n%s\n", law, text);
    fflush(stderr);
    abort();
}

struct dm_slice fuzz_next_line(struct dm_slice *rest)
{
    struct dm_slice line = dm_slice_head(*rest, dm_slice_find(*rest, '\n'));

    if (rest->n == 0) {
        return (struct dm_slice){NULL, 0};
    }
    *rest = dm_slice_skip(*rest, line.n + 1);
    char *copy = malloc(line.n ? line.n : 1);
    if (!copy) {
        abort();
    }
    memcpy(copy, line.p, line.n);
    return dm_slice_make(copy, line.n);
}

uint64_t fuzz_number(struct dm_slice *rest, size_t bytes)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes && i < rest->n; i++) {
        v |= (uint64_t)(unsigned char)rest->p[i] << (8 * i);
    }
    *rest = dm_slice_skip(*rest, bytes);
    return v;
}

/* libFuzzer's names; declared here because no header has them. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

bool fuzz_thorough;

static const struct fuzz_target *chosen;

__attribute__((visibility("default"))) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("DNSMON_FUZZ");

    (void)argc;
    (void)argv;
    chosen = fuzz_find(name);
    if (!chosen) {
        fprintf(stderr, "DNSMON_FUZZ=%s names no target; there are:\n", name ? name : "");
        for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
            fprintf(stderr, "  %s\n", t->name);
        }
        exit(2);
    }
    return 0;
}

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chosen->run(dm_slice_make((const char *)data, size));
    return 0;
}
