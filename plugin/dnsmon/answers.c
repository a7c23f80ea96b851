/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Answers to a host on standard output: gathered for a block of lines, then written.
 */
#define _GNU_SOURCE
#include "answers.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void answers_add(struct answers *a, const char *text)
{
    size_t n = strlen(text);

    if (a->n + n > a->cap) {
        size_t cap = (a->n + n) * 2 + 4096;
        char *more = realloc(a->text, cap);
        if (!more) {
            return; /* the host waits, gives up and starts us again */
        }
        a->text = more;
        a->cap = cap;
    }
    memcpy(a->text + a->n, text, n);
    a->n += n;
}

/* A host that is gone sends nothing any more either: the end of the input follows. */
void answers_write(struct answers *a)
{
    size_t at = 0;

    while (at < a->n) {
        ssize_t done = write(STDOUT_FILENO, a->text + at, a->n - at);
        if (done < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, 1000);
        } else if (done < 0 && errno != EINTR) {
            break;
        }
        at += done > 0 ? (size_t)done : 0;
    }
    a->n = 0;
}

bool answers_heard(void)
{
    struct stat st;

    return fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

void answers_clear(struct answers *a)
{
    free(a->text);
    *a = (struct answers){0};
}
