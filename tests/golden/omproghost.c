/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * omproghost - what rsyslog's omprog with confirmMessages="on" does, and somebody who kills.
 *
 *     omproghost [-k KILLS] [-g MS] [-s SEED] [-t LINES] [-p LINES] FILE PROGRAM [ARG...]
 *
 * Starts PROGRAM, waits for OK, sends the lines of FILE one by one, each after the answer to the
 * one before. A line that is not confirmed is sent again: after an error, or to a new PROGRAM when
 * the old one is gone. -k: a thread kills it (SIGKILL) so often, each time after up to -g ms (25).
 * -t: transactions of so many lines. -p: 1 ms of rest after so many lines. Ends with the end of the
 * input and prints what was counted.
 *
 * LIMITS: an answer that is not exactly one line, or none within 20 s, ends it with status 1.
 * Source: rsyslog's plugins/omprog/omprog.c, 8.2302.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
    char **program;
    int in, out; /* pipes to and from it */
    pid_t pid;
    unsigned kills, gap_ms, killed;
    unsigned long long seed;
    unsigned transaction, rest;
    unsigned long answers, again, errors, starts;
    pthread_mutex_t lock; /* pid */
} host = {.gap_ms = 25, .lock = PTHREAD_MUTEX_INITIALIZER};

static void die(const char *why)
{
    fprintf(stderr, "omproghost: %s\n", why);
    exit(1);
}

static unsigned draw(unsigned below)
{
    host.seed ^= host.seed << 13;
    host.seed ^= host.seed >> 7;
    host.seed ^= host.seed << 17;
    return (unsigned)(host.seed % below);
}

static void *kill_often(void *unused)
{
    bool more = true;

    (void)unused;
    while (more) {
        unsigned us = draw(host.gap_ms * 1000 + 1);
        nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000L}, NULL);
        pthread_mutex_lock(&host.lock);
        more = host.killed < host.kills;
        if (more && host.pid > 0) {
            kill(host.pid, SIGKILL);
            host.killed++;
        }
        pthread_mutex_unlock(&host.lock);
    }
    return NULL;
}

/* One line of answer.  Returns: false if the program is gone. */
static bool read_answer(char *answer, size_t size)
{
    size_t n = 0;

    for (;;) {
        struct pollfd p = {.fd = host.out, .events = POLLIN};
        if (poll(&p, 1, 20000) <= 0) {
            die("no answer in 20 s");
        }
        ssize_t got = read(host.out, answer + n, size - 1 - n);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        char *end = memchr(answer, '\n', n);
        if (end && end != answer + n - 1) {
            die("more than one line of answer");
        }
        if (end) {
            *end = '\0';
            host.answers++;
            return true;
        }
        if (n >= size - 1) {
            die("an answer that is too long");
        }
    }
}

static int stop(void)
{
    int status;

    close(host.in);
    close(host.out);
    pthread_mutex_lock(&host.lock);
    pid_t pid = host.pid;
    host.pid = 0;
    pthread_mutex_unlock(&host.lock);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void start(void)
{
    char answer[256];
    int to[2], from[2];

    do {
        if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0) {
            die("no pipe");
        }
        pid_t pid = fork();
        if (pid == 0) {
            dup2(to[0], STDIN_FILENO);
            dup2(from[1], STDOUT_FILENO);
            execvp(host.program[0], host.program);
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        host.in = to[1];
        host.out = from[0];
        host.starts++;
        pthread_mutex_lock(&host.lock);
        host.pid = pid;
        pthread_mutex_unlock(&host.lock);
        if (read_answer(answer, sizeof answer) && strcmp(answer, "OK") == 0) {
            return;
        }
        if (stop() < 128) {
            die("the program ended by itself");
        }
    } while (true);
}

static bool send_text(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(host.in, p, n);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

/* Until it is confirmed. */
static void send_line(const char *line, size_t n, bool repeat)
{
    char answer[256];

    while (true) {
        bool there = send_text(line, n) && read_answer(answer, sizeof answer);
        if (there && (strcmp(answer, "OK") == 0 || strcmp(answer, "DEFER_COMMIT") == 0)) {
            return;
        }
        host.again++;
        if (there) {
            host.errors++;
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        } else {
            stop();
            start();
            if (!repeat) {
                return; /* a mark: rsyslog does not say it twice */
            }
        }
    }
}

static void run(FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    unsigned i = 0;

    start();
    for (; (n = getline(&line, &cap, in)) > 0; i++) {
        if (host.transaction && i % host.transaction == 0) {
            if (i > 0) {
                send_line("COMMIT TRANSACTION\n", 19, false);
            }
            send_line("BEGIN TRANSACTION\n", 18, false);
        }
        if (host.rest && i % host.rest == 0) {
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
        send_line(line, (size_t)n, true);
    }
    if (host.transaction && i > 0) {
        send_line("COMMIT TRANSACTION\n", 19, false);
    }
    free(line);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int c;

    host.seed = (unsigned long long)time(NULL) * 1000003u + (unsigned)getpid();
    while ((c = getopt(argc, argv, "+k:g:s:t:p:")) != -1) {
        unsigned long long value = optarg ? strtoull(optarg, NULL, 10) : 0;
        c == 'k'   ? (void)(host.kills = (unsigned)value)
        : c == 'g' ? (void)(host.gap_ms = (unsigned)value)
        : c == 's' ? (void)(host.seed = value)
        : c == 't' ? (void)(host.transaction = (unsigned)value)
        : c == 'p' ? (void)(host.rest = (unsigned)value)
                   : die("usage: omproghost [-k KILLS] [-g MS] [-s SEED] [-t LINES] [-p LINES] "
                         "FILE PROGRAM");
    }
    FILE *in = argc - optind >= 2 ? fopen(argv[optind], "r") : NULL;
    if (!in) {
        die("no file, or no program");
    }
    host.program = argv + optind + 1;
    signal(SIGPIPE, SIG_IGN);
    printf("seed=%llu ", host.seed);
    fflush(stdout);
    bool killing = host.kills > 0 && pthread_create(&thread, NULL, kill_often, NULL) == 0;
    run(in);
    if (killing) {
        pthread_mutex_lock(&host.lock);
        host.kills = 0;
        pthread_mutex_unlock(&host.lock);
        pthread_join(thread, NULL);
    }
    int status = stop();
    while (killing && status >= 128) { /* killed at its end: the host's next start */
        start();
        status = stop();
    }
    printf("kills=%u starts=%lu answers=%lu again=%lu errors=%lu status=%d\n", host.killed,
           host.starts, host.answers, host.again, host.errors, status);
    fclose(in);
    return status;
}
