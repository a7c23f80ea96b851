/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon replay - old logs through the same chain as in a live host.
 *
 * LIMITS: files that overlap in time (two name servers' logs of one day) should be merged before:
 * their lines are read file by file, and those of the second come late. It is said when that
 * happens.
 * Source: doc/dnsmon.1.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "logs.h"
#include "options.h"
#include "output.h"
#include "progress.h"

/* Threads without --threads: as many as there are processors, but no more than this (own choice:
 * the main thread cannot classify what more than a few parse). */
#define THREADS_DEFAULT 8

/* Counters whose names begin and end so, added up. */
static uint64_t sum_counters(dnsmon_monitor_t *mon, const char *head, const char *tail)
{
    uint64_t sum = 0, value;
    const char *name;

    for (unsigned i = 0; dnsmon_monitor_counter(mon, i, &name, &value) == 0; i++) {
        size_t n = strlen(name);
        if (strncmp(name, head, strlen(head)) == 0 && n >= strlen(tail) &&
            strcmp(name + n - strlen(tail), tail) == 0) {
            sum += value;
        }
    }
    return sum;
}

/* What somebody who sees no events, or wrong ones, should know. */
static void print_notes(dnsmon_monitor_t *mon)
{
    uint64_t lines = sum_counters(mon, "lines.", "");
    uint64_t records = sum_counters(mon, "lines.", ".record");
    uint64_t observed = sum_counters(mon, "records.observed", "");
    uint64_t late = sum_counters(mon, "order.late", "");

    if (lines > 0 && records == 0) {
        output_error("note: none of %llu lines was understood: dnsmon parse says why",
                     (unsigned long long)lines);
    }
    if (records > 0 && observed == 0) {
        output_error("note: none of %llu records is a query, with a time, of a client inside: "
                     "[site] networks of the configuration says who is (dnsmon check prints it)",
                     (unsigned long long)records);
    }
    if (late * 100 > observed) {
        output_error("note: %llu lines are older than lines before them and count later than they "
                     "should: merge files that overlap in time by their time first",
                     (unsigned long long)late);
    }
}

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

/* One file to its end, behind @before bytes of others.
 * Returns: EXIT_DONE or EXIT_IO; *ret_broken: events cannot be written. */
static int replay_log(struct chain *c, struct log *log, uint64_t before, bool *ret_broken)
{
    if (!log->is_open && reader_open(&log->reader, log->path) < 0) {
        return EXIT_IO;
    }
    while (!*ret_broken && reader_next(&log->reader, chain_block(c))) {
        progress_show(before + input_position(log->reader.in));
        *ret_broken = chain_submit(c) < 0;
    }
    log->is_open = false;
    return reader_close(&log->reader) < 0 ? EXIT_IO : EXIT_DONE;
}

static int replay_logs(struct chain *c, struct log *logs, int n)
{
    uint64_t before = 0;
    bool broken = false;
    int status = EXIT_DONE;

    start_progress(logs, n);
    for (int i = 0; i < n; i++) {
        if (!broken) {
            status |= replay_log(c, &logs[i], before, &broken);
            before += file_bytes(logs[i].path);
        } else if (logs[i].is_open) {
            reader_close(&logs[i].reader);
        }
    }
    broken = broken || chain_finish(c) < 0;
    progress_hide();
    return broken ? EXIT_IO : status;
}

static int default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_DEFAULT ? THREADS_DEFAULT : (int)n;
}

static int replay(dnsmon_monitor_t *mon, const struct options *o)
{
    static char standard_input[] = "-";
    char *only[] = {standard_input};
    struct log *logs = NULL;
    bool failed = false;
    int n =
        logs_sort(mon, o->n_files ? o->files : only, o->n_files ? o->n_files : 1, &logs, &failed);

    if (n < 0) {
        return output_error("out of memory");
    }
    struct chain *c = chain_new(mon, o->threads ? o->threads : default_threads(), o->text);
    int status = c ? replay_logs(c, logs, n) : EXIT_IO;
    chain_free(c);
    free(logs);
    print_notes(mon);
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
    status = options_monitor(&o, &mon);
    if (status == EXIT_DONE) {
        status = replay(mon, &o);
        dnsmon_monitor_free(mon);
    }
    return status;
}
