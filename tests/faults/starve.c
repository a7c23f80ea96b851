/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Memory runs out: starve FOLDER FIRST STEP [LAST]. A monitor's whole life is run once and its
 * allocations are counted, N of them. Then for n = FIRST, FIRST + STEP, ... up to N (or LAST) it is
 * run again, in a process of its own, twice: once with the n-th allocation failing, once with the
 * n-th and the hundred behind it.
 *
 * A life: a configuration is read and written out; a monitor and a feed are made, figures are kept;
 * a thousand lines of every kind come in (BIND queries of all types, Postfix, POP3, a firewall,
 * JSON, whole lines, garbage); events are taken and encoded; other configurations are read, a good
 * one that is swapped in and broken ones; the state is saved and read by a second monitor, which
 * lives on; both end. Nothing may end the process, leak a block, or fail with anything but
 * DNSMON_ENOMEM (and a broken configuration with what is wrong with it), and each refusal has its
 * sentence.
 *
 * Method:  malloc() and its kin are defined here and call glibc's own; so every library's calls
 *          come here.
 * LIMITS:  glibc only, and no sanitizer, which brings its own malloc(). Not starved are GLib's time
 *          zones, which end the process (dm_zone_has_room() asks for room before; that is starved),
 *          and json-c while it reads, see JSON_ROOM.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);
extern void __libc_free(void *p);

#define LINES 1000
#define ROW_OF_FAILURES 100
/* json-c crashes without memory for a key (0.16), so the library asks for as much as it can need
 * before it begins (parse_json.c); here the smaller ones behind that never fail. */
#define JSON_ROOM 8192

static unsigned long count, fail_from, fail_until; /* the n-th since armed */
static long live;
static int armed, trace, in_json, in_zone;

static int fails(size_t n)
{
    if (!armed || in_zone || (in_json && n < JSON_ROOM)) {
        return 0;
    }
    count++;
    if (count < fail_from || count >= fail_until) {
        return 0;
    }
    if (trace && count == fail_from) {
        void *at[24];
        armed = 0;
        backtrace_symbols_fd(at, backtrace(at, 24), STDERR_FILENO);
        armed = 1;
    }
    errno = ENOMEM;
    return 1;
}

static void *counted(void *p)
{
    live += p != NULL;
    return p;
}

/* Seen by the libraries, too. */
#pragma GCC visibility push(default)

void *malloc(size_t n)
{
    return fails(n) ? NULL : counted(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
    return fails(n * size) ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *p, size_t n)
{
    if (fails(n)) {
        return NULL;
    }
    return p ? __libc_realloc(p, n) : counted(__libc_realloc(p, n));
}

int posix_memalign(void **ret, size_t align, size_t n)
{
    *ret = fails(n) ? NULL : counted(__libc_memalign(align, n));
    return *ret ? 0 : ENOMEM;
}

void *aligned_alloc(size_t align, size_t n)
{
    return fails(n) ? NULL : counted(__libc_memalign(align, n));
}

void free(void *p)
{
    live -= p != NULL;
    __libc_free(p);
}

#pragma GCC visibility pop

/* ---- GLib's time zones are spared ---- */

GTimeZone *g_time_zone_new_identifier(const char *name)
{
    GTimeZone *(*real)(const char *) = NULL;

    in_zone = 1;
    *(void **)&real = dlsym(RTLD_NEXT, "g_time_zone_new_identifier");
    GTimeZone *zone = real(name);
    in_zone = 0;
    return zone;
}

GTimeZone *g_time_zone_new_local(void)
{
    GTimeZone *(*real)(void) = NULL;

    in_zone = 1;
    *(void **)&real = dlsym(RTLD_NEXT, "g_time_zone_new_local");
    GTimeZone *zone = real();
    in_zone = 0;
    return zone;
}

/* ---- the life ---- */

/* In the folder of arguments: what is read first, what is read at a reload, and broken ones. */
enum { FIRST, SECOND, GOOD };
static const char *const config_name[] = {"first.conf",        "second.conf",
                                          "broken-value.conf", "broken-key.conf",
                                          "broken-file.conf",  "not-there.conf"};

static char state_path[256];
static const char *folder;
static int errors; /* answers other than 0 and DNSMON_ENOMEM */

static int check(int rc, const char *what)
{
    if (rc < 0 && rc != DNSMON_ENOMEM) {
        fprintf(stderr, "starve: %s answers %d: %s\n", what, rc, dnsmon_strerror(rc));
        errors++;
    }
    return rc;
}

/* A line of kind @i, and its program. */
static const char *make_line(unsigned i, char *line, size_t size)
{
    unsigned k = i / 12, c = 1 + k % 40;

    switch (i % 12) {
    case 0:
    case 1:
    case 2:
        g_snprintf(line, size,
                   "client @0x1 192.0.2.%u#9 (a): query: d%u.example IN MX + (192.0.2.53)",
                   1 + k % 4, i);
        return "named";
    case 3:
        g_snprintf(line, size,
                   "client @0x1 2001:db8::%x#9 (a): query: %u.2.0.192.in-addr.arpa IN "
                   "PTR + (192.0.2.53)",
                   c, k % 256);
        return "named";
    case 4:
        g_snprintf(line, size,
                   "client @0x1 192.0.2.%u#9 (a): query: mail.x%u.example IN A "
                   "+E(0) (192.0.2.53)",
                   c, i);
        return "named";
    case 5:
        g_snprintf(line, size, "connect from h%u.example[198.51.100.%u]", c, c);
        return "postfix/smtpd";
    case 6:
        g_snprintf(line, size,
                   "NOQUEUE: reject: RCPT from h.example[198.51.100.%u]: 550 5.1.1 "
                   "<u%u@campus.example>: Recipient address rejected: User unknown in "
                   "local recipient table; from=<a@b.example> to=<u%u@campus.example> "
                   "proto=ESMTP helo=<h.example>",
                   c, i, i);
        return "postfix/smtpd";
    case 7:
        g_snprintf(line, size, "4AB%05XCD: from=<a%u@b.example>, size=292, nrcpt=1 (queue active)",
                   i, c);
        return "postfix/qmgr";
    case 8:
        g_snprintf(line, size,
                   "IN=eth0 OUT= SRC=192.0.2.%u DST=198.51.100.%u LEN=60 PROTO=TCP "
                   "SPT=40000 DPT=445 WINDOW=1 SYN",
                   1 + k % 3, 1 + i % 250);
        return "kernel";
    case 9:
        g_snprintf(line, size,
                   "pop3-login: Login: user=<u%u>, method=PLAIN, rip=192.0.2.%u, "
                   "lip=192.0.2.25, mpid=1",
                   c, c);
        return "dovecot";
    case 10:
        g_snprintf(line, size,
                   "{\"kind\":\"query\",\"client\":\"192.0.2.%u\",\"qname\":"
                   "\"x%u.example\",\"qclass\":\"IN\",\"qtype\":\"MX\"}",
                   c, i);
        return "json";
    default:
        g_snprintf(line, size, "%u nothing that anybody knows \\ \x01\xff %u", i, c);
        return "other";
    }
}

static void feed_lines(dnsmon_feed_t *feed, unsigned from, unsigned n)
{
    char line[512];

    for (unsigned i = from; i < from + n; i++) {
        /* seven hours, so that minutes end; the second half of it is on the next day */
        int64_t us = (1778544000LL + 72000 + (int64_t)i * 25) * 1000000;
        const char *program = make_line(i, line, sizeof line);
        const char *host = i % 12 < 5 ? "ns1" : "mx1";
        if (i % 12 == 10) {
            in_json = 1;
            dnsmon_feed_json(feed, us, host, 3, line, strlen(line));
            in_json = 0;
        } else {
            dnsmon_feed_message(feed, us, host, 3, program, strlen(program), line, strlen(line));
        }
    }
    free(dnsmon_parse_line(feed,
                           "2026-05-12T01:00:00Z ns1 named[1]: client @0x1 192.0.2.1#9 (a): "
                           "query: a.example IN A + (192.0.2.53)",
                           104));
    dnsmon_feed_flush(feed, 0);
}

static void take_events(dnsmon_monitor_t *mon)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        dnsmon_event_json(ev);
        dnsmon_event_text(ev);
        dnsmon_event_sd(ev);
        dnsmon_event_free(ev);
    }
}

static void feed_whole_lines(dnsmon_feed_t *feed, unsigned from, unsigned n)
{
    char text[512], line[1024];
    int64_t time_us;

    for (unsigned i = from; i < from + n; i++) {
        time_t t = 1778544000 + 72000 + (time_t)i * 25;
        struct tm tm;
        gmtime_r(&t, &tm);
        const char *program = make_line(i, text, sizeof text);
        int len = g_snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02dZ ns1 %s[1]: %s",
                             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                             tm.tm_sec, program, text);
        dnsmon_feed_peek(feed, line, (size_t)len, &time_us);
        dnsmon_feed_line(feed, line, (size_t)len);
        free(dnsmon_parse_line(feed, line, (size_t)len));
    }
}

static void live_on(dnsmon_monitor_t *mon, unsigned from, unsigned n)
{
    dnsmon_feed_t *feed;

    if (check(dnsmon_feed_new(mon, &feed), "feed_new") == 0) {
        feed_lines(feed, from, n);
        take_events(mon);
        feed_lines(feed, from + n, n);
        feed_whole_lines(feed, from + 2 * n, 24);
        dnsmon_feed_free(feed);
    }
}

/* A refusal has a sentence.   Returns: NULL if the configuration cannot be had. */
static dnsmon_config_t *load_config(int which)
{
    char path[512], why[DNSMON_ERRLEN] = "";
    dnsmon_config_t *cfg;

    g_snprintf(path, sizeof path, "%s/%s", folder, config_name[which]);
    int rc = dnsmon_config_load(path, &cfg, why, sizeof why);
    bool broken = which >= GOOD && (rc == DNSMON_ECONFIG || rc == DNSMON_EIO);
    if (rc >= 0 && which >= GOOD) {
        fprintf(stderr, "starve: %s is taken for a good one\n", config_name[which]);
        errors++;
    }
    if (rc < 0 && (!strstr(why, config_name[which]) ||
                   (rc == DNSMON_ENOMEM) != (strstr(why, "no memory") != NULL))) {
        fprintf(stderr, "starve: %s answers %d with the text \"%s\"\n", config_name[which], rc,
                why);
        errors++;
    }
    if (!broken) {
        check(rc, why);
    }
    return rc < 0 ? NULL : cfg;
}

/* What a host does at SIGHUP. */
static void reload(dnsmon_monitor_t *mon)
{
    for (unsigned i = GOOD; i < G_N_ELEMENTS(config_name); i++) {
        dnsmon_config_free(load_config((int)i));
    }
    dnsmon_config_t *cfg = load_config(SECOND);
    if (cfg) {
        check(dnsmon_monitor_configure(mon, cfg), "configure");
        free(dnsmon_config_text(cfg));
        dnsmon_config_free(cfg);
    }
}

static void second_life(dnsmon_config_t *cfg)
{
    char why[DNSMON_ERRLEN];
    dnsmon_monitor_t *mon;

    if (check(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon), "monitor_new") == 0) {
        check(dnsmon_monitor_load(mon, state_path, why, sizeof why), "load");
        live_on(mon, LINES, LINES / 4);
        dnsmon_monitor_finish(mon, 1);
        take_events(mon);
        dnsmon_monitor_free(mon);
    }
}

static void life_of(dnsmon_config_t *cfg)
{
    char why[DNSMON_ERRLEN];
    dnsmon_monitor_t *mon;

    if (check(dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon), "monitor_new") < 0) {
        return;
    }
    check(dnsmon_monitor_record(mon), "record");
    live_on(mon, 0, LINES / 4);
    reload(mon);
    live_on(mon, LINES / 2, LINES / 4);
    check(dnsmon_monitor_save(mon, state_path, why, sizeof why), "save");
    second_life(cfg);
    dnsmon_monitor_tick(mon, 1778544000LL * 1000000);
    dnsmon_monitor_finish(mon, 1);
    take_events(mon);
    free(dnsmon_monitor_figures(mon));
    dnsmon_monitor_free(mon);
}

static void life(void)
{
    dnsmon_config_t *cfg = load_config(FIRST);

    unlink(state_path);
    if (cfg) {
        free(dnsmon_config_text(cfg));
        life_of(cfg);
        dnsmon_config_free(cfg);
    }
}

/* ---- the runs ---- */

/* In a process of its own.   Returns: its wait status. */
static int run(unsigned long from, unsigned long n)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        long before = live;
        alarm(60);
        fail_from = from;
        fail_until = from + n;
        count = 0;
        armed = 1;
        life();
        armed = 0;
        long leaked = live - before;
        if (leaked != 0) {
            fprintf(stderr, "starve: %ld blocks leaked\n", leaked);
        }
        _exit(errors ? 3 : leaked != 0 ? 4 : 0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static int judge(unsigned long from, unsigned long n)
{
    int status = run(from, n);

    if (status == 0) {
        return 0;
    }
    printf("allocation %lu%s failed: %s %d\n", from, n > 1 ? " and those behind it" : "",
           WIFSIGNALED(status) ? "killed by signal" : "exit status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    fflush(stdout);
    trace = 1;
    run(from, n);
    trace = 0;
    return 1;
}

static unsigned long count_allocations(void)
{
    life(); /* what is made once for the process is made now */
    armed = 1;
    count = 0;
    fail_from = fail_until = 0;
    life();
    armed = 0;
    return count;
}

int main(int argc, char **argv)
{
    void *warm[4];
    unsigned bad = 0, runs = 0;

    if (argc < 4) {
        fprintf(stderr, "usage: starve FOLDER FIRST STEP [LAST]\n");
        return 2;
    }
    g_snprintf(state_path, sizeof state_path, "%s/starve-%d.state", g_get_tmp_dir(), (int)getpid());
    (void)backtrace(warm, 4);
    folder = argv[1];
    unsigned long all = count_allocations(), last = argc > 4 ? strtoul(argv[4], NULL, 10) : all;
    unsigned long step = strtoul(argv[3], NULL, 10);
    for (unsigned long n = strtoul(argv[2], NULL, 10); step && n <= MIN(all, last); n += step) {
        bad += (unsigned)(judge(n, 1) + judge(n, ROW_OF_FAILURES));
        runs += 2;
    }
    unlink(state_path);
    printf("%lu allocations in a life, %u runs, %u failed\n", all, runs, bad);
    return bad || errors;
}
