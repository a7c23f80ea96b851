/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon replay - old logs through the same chain as in a live host.
 *
 * Method. Logs are read block by block, always from the one that stands at the earliest time, and
 * the monitor classifies nothing that is later than the place where another one stands. So files
 * that overlap (two name servers, DNS and mail of one day) give the events of the merged file.
 *
 * LIMITS: lines that are out of order inside one file come late. It is said when that happens.
 * Source: doc/dnsmon.1.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "follow.h"
#include "logs.h"
#include "notes.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "replay.h"
#include "scout.h"
#include "summary.h"

/* Threads without --threads: as many as there are processors, but no more than this (own choice:
 * the main thread cannot classify what more than a few parse). */
#define THREADS_DEFAULT 8

/* Bytes of a file; 0 of what is none. */
static uint64_t file_bytes(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static void start_progress(const struct log *logs, int n)
{
    uint64_t total = 0;

    for (int i = 0; i < n; i++) {
        total += file_bytes(logs[i].path);
    }
    progress_start(total);
}

/* What is being read: the thread's that fills a block, one at a time, but for the monitor. */
struct run {
    dnsmon_monitor_t *mon;
    struct log *logs;
    int n;
    dnsmon_feed_t *clock; /* stands in time where the block read last ended */
    dnsmon_feed_t *probe; /* looks at the first lines of a log, for the closing table */
    uint64_t bytes;       /* of the logs that have ended */
    int status;           /* EXIT_DONE or EXIT_IO */
};

/* Bytes read of all logs. */
static uint64_t position(const struct run *run)
{
    uint64_t bytes = run->bytes;

    for (int i = 0; i < run->n; i++) {
        bytes += run->logs[i].is_open ? input_position(run->logs[i].reader.in) : 0;
    }
    return bytes;
}

static void end_log(struct run *run, struct log *log)
{
    run->bytes += log->is_open ? input_position(log->reader.in) : 0;
    if (log_close(log) < 0) {
        run->status = EXIT_IO;
    }
}

/* For the closing table: when the log begins. */
static void note_begin(struct run *run, const struct log *log, const struct block *b)
{
    int64_t time_us;

    dnsmon_feed_follow(run->probe, log->scout);
    if (scout_first(run->probe, b, &time_us)) {
        summary_time(time_us);
    }
}

/* The next block of @log.   Returns: whether there is one; else the log has ended. */
static bool read_block(struct run *run, struct log *log, struct load *load)
{
    bool first = !log->begun;

    if (log_open(log, run->mon, run->logs, run->n, run->clock) < 0) {
        run->status = EXIT_IO;
        end_log(run, log);
        return false;
    }
    if (!reader_next(&log->reader, load->block)) {
        end_log(run, log);
        return false;
    }
    if (first) {
        note_begin(run, log, load->block);
    }
    return true;
}

/* The next block of all logs, its feed in time with the scout, and the scout behind it. */
static bool fill(void *user, struct load *load)
{
    struct run *run = user;
    struct log *log;

    do {
        log = logs_next(run->logs, run->n);
    } while (log && !read_block(run, log, load));
    if (!log) {
        return false;
    }
    dnsmon_feed_follow(load->feed, log->scout);
    scout_block(log->scout, load->block, &log->front_us);
    if (log->front_us > 0) {
        summary_time(log->front_us);
    }
    load->hold_us = logs_front(run->logs, run->n);
    load->position = position(run);
    dnsmon_feed_follow(run->clock, log->scout);
    return true;
}

/* Returns: 0; -1: events cannot be written. */
static int work(struct chain *chain)
{
    uint64_t bytes;
    int step;

    while ((step = chain_step(chain, &bytes)) > 0) {
        progress_show(bytes);
    }
    int result = step < 0 ? -1 : chain_finish(chain);
    progress_hide();
    return result;
}

static int default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_DEFAULT ? THREADS_DEFAULT : (int)n;
}

static int open_run(struct run *run)
{
    if (dnsmon_feed_new(run->mon, &run->clock) < 0 || dnsmon_feed_new(run->mon, &run->probe) < 0) {
        output_error("out of memory");
        return -1;
    }
    start_progress(run->logs, run->n);
    return 0;
}

static int read_logs(struct run *run, const struct options *o)
{
    struct chain_setup setup = {.threads = o->threads ? o->threads : default_threads(),
                                .text = o->text,
                                .take = o->take,
                                .take_user = o->take_user,
                                .fill = fill,
                                .fill_user = run};
    struct chain *chain = open_run(run) < 0 ? NULL : chain_new(run->mon, &setup);
    int result = chain ? work(chain) : -1;

    chain_free(chain); /* its threads read the logs */
    logs_close(run->logs, run->n);
    return result < 0 ? EXIT_IO : run->status;
}

int replay_sort(dnsmon_monitor_t *mon, const struct options *o, struct log **ret_logs,
                bool *ret_failed)
{
    static char standard_input[] = "-";
    char *only[] = {standard_input};
    int n = logs_sort(mon, o->n_files ? o->files : only, o->n_files ? o->n_files : 1, ret_logs,
                      ret_failed);

    if (n < 0) {
        output_error("out of memory");
    }
    return n;
}

int replay_logs(dnsmon_monitor_t *mon, const struct options *o, struct log *logs, int n)
{
    struct run run = {.mon = mon, .logs = logs, .n = n, .status = EXIT_DONE};

    if (!o->take) {
        summary_start(o->summary);
    }
    int status = read_logs(&run, o);
    dnsmon_feed_free(run.clock);
    dnsmon_feed_free(run.probe);
    notes_print(mon);
    summary_print(mon, run.bytes);
    return status;
}

static int replay(dnsmon_monitor_t *mon, const struct options *o)
{
    struct log *logs = NULL;
    bool failed = false;
    int n = replay_sort(mon, o, &logs, &failed);

    if (n < 0) {
        return EXIT_IO;
    }
    int status = replay_logs(mon, o, logs, n);
    free(logs);
    return failed ? EXIT_IO : status;
}

int command_replay(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    dnsmon_monitor_t *mon;
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    status = o.follow ? follow_check(cmd, &o) : EXIT_DONE;
    if (status == EXIT_DONE) {
        status = options_monitor(&o, &mon);
    }
    if (status == EXIT_DONE) {
        status = o.follow ? follow_logs(mon, &o) : replay(mon, &o);
        dnsmon_monitor_free(mon);
    }
    return status;
}
