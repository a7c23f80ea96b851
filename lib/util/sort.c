/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A merge sort that copies the left half aside; without memory for that a heap sort in place, twice
 * as slow. g_qsort_with_data() of GLib is a merge sort, too, and ends the process in that case;
 * qsort() has no argument for the comparison.
 *
 * LIMITS: the heap sort does not keep the order of equal elements.
 */
#include "util/sort.h"

#include <string.h>

#include <glib.h>

/* Bytes that are kept on the stack: 18 observations of a second. */
#define SPARE_ON_STACK 1024
/* Swapped in one go. */
#define CHUNK 64

struct job {
    char *v;
    size_t size;
    dm_compare_fn compare;
    void *user;
    char *spare; /* room for half of the elements */
};

static int compare(const struct job *job, size_t a, size_t b)
{
    return job->compare(job->v + a * job->size, job->v + b * job->size, job->user);
}

/* Two sorted neighbours of @left and @n - @left elements. */
static void merge(const struct job *job, char *v, size_t left, size_t n)
{
    const char *a = job->spare, *a_end = a + left * job->size;
    const char *b = v + left * job->size, *b_end = v + n * job->size;

    memcpy(job->spare, v, left * job->size);
    while (a < a_end && b < b_end) {
        const char **from = job->compare(a, b, job->user) <= 0 ? &a : &b;
        memcpy(v, *from, job->size);
        *from += job->size;
        v += job->size;
    }
    memcpy(v, a, (size_t)(a_end - a));
}

static void merge_sort(const struct job *job, char *v, size_t n)
{
    size_t left = n / 2;
    char *right = v + left * job->size;

    if (n < 2) {
        return;
    }
    merge_sort(job, v, left);
    merge_sort(job, right, n - left);
    if (job->compare(right - job->size, right, job->user) > 0) {
        merge(job, v, left, n);
    }
}

static void swap(const struct job *job, size_t i, size_t j)
{
    char *a = job->v + i * job->size, *b = job->v + j * job->size, aside[CHUNK];

    for (size_t left = job->size, n; left > 0; left -= n, a += n, b += n) {
        n = MIN(left, sizeof aside);
        memcpy(aside, a, n);
        memcpy(a, b, n);
        memcpy(b, aside, n);
    }
}

/* Let element @at sink in the heap of the first @n. */
static void sink(const struct job *job, size_t at, size_t n)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && compare(job, child, child + 1) < 0;
        if (compare(job, at, child) >= 0) {
            return;
        }
        swap(job, at, child);
    }
}

void dm_sort_in_place(void *v, size_t n, size_t size, dm_compare_fn fn, void *user)
{
    struct job job = {v, size, fn, user, NULL};

    for (size_t at = n / 2; at-- > 0;) {
        sink(&job, at, n);
    }
    while (n > 1) {
        n--;
        swap(&job, 0, n);
        sink(&job, 0, n);
    }
}

void dm_sort(void *v, size_t n, size_t size, dm_compare_fn fn, void *user)
{
    char few[SPARE_ON_STACK];
    struct job job = {v, size, fn, user, few};
    size_t half = n / 2 * size, in_order = 1;

    while (in_order < n && compare(&job, in_order - 1, in_order) <= 0) {
        in_order++;
    }
    if (in_order >= n) {
        return;
    }
    job.spare = half <= sizeof few ? few : g_try_malloc(half);
    if (job.spare) {
        merge_sort(&job, v, n);
    } else {
        dm_sort_in_place(v, n, size, fn, user);
    }
    if (job.spare != few) {
        g_free(job.spare);
    }
}
