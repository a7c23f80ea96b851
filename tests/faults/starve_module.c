/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Memory runs out for omdnsmon alone, inside a real rsyslogd: LD_PRELOAD=starve_module.so, and
 * DNSMON_STARVE="AT ROW FILE": of the allocations that the module and libdnsmon make, counted from
 * 1, AT and the ROW - 1 behind it fail; AT 0: none. How many there were is written to FILE at the
 * end; who asked for the first that fails, to standard error.
 *
 * Method:  an allocation is ours if the caller's address is in one of the two libraries. What they
 *          ask through GLib's g_try_malloc() and its kin is asked here, since these call malloc()
 *          from GLib.
 * LIMITS:  glibc only, no sanitizer. Not starved: what GLib, json-c and libfastjson allocate by
 *          themselves (of the first two see starve.c). Counting is one order for all threads, so
 *          which allocation is the n-th may differ between two runs.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dl_iterate_phdr() */
#endif
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);

/* Where a library's code is. */
struct range {
    const char *name;
    uintptr_t from, to;
};

static struct range ours[] = {{"omdnsmon.so", 0, 0}, {"libdnsmon.so", 0, 0}};
static atomic_ulong count;
static unsigned long at, row;
static char file[256];

static int look(struct dl_phdr_info *info, size_t size, void *user)
{
    struct range *r = user;

    (void)size;
    if (!strstr(info->dlpi_name, r->name)) {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
            r->to = info->dlpi_addr + p->p_vaddr + p->p_memsz;
            r->from = info->dlpi_addr + p->p_vaddr;
        }
    }
    return 1;
}

static int is_ours(uintptr_t caller)
{
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (ours[i].from == 0) {
            dl_iterate_phdr(look, &ours[i]);
        }
        if (caller >= ours[i].from && caller < ours[i].to) {
            return 1;
        }
    }
    return 0;
}

static int fails(void *caller)
{
    if (file[0] == '\0' || !is_ours((uintptr_t)caller)) {
        return 0;
    }
    unsigned long n = atomic_fetch_add(&count, 1) + 1;
    if (at == 0 || n < at || n >= at + row) {
        return 0;
    }
    if (n == at) {
        void *frames[16];
        backtrace_symbols_fd(frames, backtrace(frames, 16), STDERR_FILENO);
    }
    errno = ENOMEM;
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *how = getenv("DNSMON_STARVE");

    if (how) {
        sscanf(how, "%lu %lu %255s", &at, &row, file);
    }
}

__attribute__((destructor)) static void end(void)
{
    FILE *out = file[0] ? fopen(file, "w") : NULL;

    if (out) {
        fprintf(out, "%lu\n", atomic_load(&count));
        fclose(out);
    }
}

#define CALLER __builtin_return_address(0)

/* Seen by rsyslogd and its libraries. */
#pragma GCC visibility push(default)

void *malloc(size_t n)
{
    return fails(CALLER) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails(CALLER) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails(CALLER) ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
    return fails(CALLER) ? NULL : __libc_memalign(align, n);
}

char *strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = fails(CALLER) ? NULL : __libc_malloc(n);

    return copy ? memcpy(copy, s, n) : NULL;
}

char *strndup(const char *s, size_t most)
{
    size_t n = strnlen(s, most);
    char *copy = fails(CALLER) ? NULL : __libc_malloc(n + 1);

    if (copy) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

/* GLib's: nothing for no bytes. */
void *g_try_malloc(size_t n);
void *g_try_malloc0(size_t n);
void *g_try_malloc_n(size_t n, size_t size);
void *g_try_malloc0_n(size_t n, size_t size);
void *g_try_realloc(void *p, size_t n);
void *g_try_realloc_n(void *p, size_t n, size_t size);

void *g_try_malloc(size_t n)
{
    return n == 0 || fails(CALLER) ? NULL : __libc_malloc(n);
}

void *g_try_malloc0(size_t n)
{
    return n == 0 || fails(CALLER) ? NULL : __libc_calloc(1, n);
}

void *g_try_malloc_n(size_t n, size_t size)
{
    return n == 0 || size == 0 || n > SIZE_MAX / size || fails(CALLER) ? NULL
                                                                       : __libc_malloc(n * size);
}

void *g_try_malloc0_n(size_t n, size_t size)
{
    return n == 0 || size == 0 || fails(CALLER) ? NULL : __libc_calloc(n, size);
}

void *g_try_realloc(void *p, size_t n)
{
    return n == 0 || fails(CALLER) ? NULL : __libc_realloc(p, n);
}

void *g_try_realloc_n(void *p, size_t n, size_t size)
{
    return n == 0 || size == 0 || n > SIZE_MAX / size || fails(CALLER)
               ? NULL
               : __libc_realloc(p, n * size);
}

#pragma GCC visibility pop
