/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A live monitor on growing files.
 *
 * Method. One loop for what is there and for what comes: always the block of the log that stands at
 * the earliest time, and the monitor holds back what is later than where another one stands that
 * has more to read (as in replay.c). When all have been read to their ends the loop waits for
 * inotify or a quarter of a second, tells the monitor the time, and looks again.
 * The year of stamps without one: the latest year in which a log's first lines are not in the
 * future.
 *
 * LIMITS: one thread. A line without newline at the end of a growing file is not read before its
 * newline comes. After a restart everything is read and reported again, with the same incident ids.
 * Source: doc/dnsmon.1.
 */
#include "follow.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "emit.h"
#include "notes.h"
#include "output.h"
#include "progress.h"
#include "scout.h"
#include "summary.h"
#include "tail.h"

/* Between two looks without news, ms: the library waits half a second for the batches of a second
 * (the same choice as omdnsmon's). */
#define TICK_MS 250
/* Behind news, ms: a writer of ten thousand lines a second is read a hundred times a second. */
#define PAUSE_MS 10
/* At the end; neither old logs nor a writer that never stops may keep the program from it, ms. Own
 * choice: shorter than service managers wait (systemd 90 s, rsyslog's omprog 5 s). */
#define END_MS 4000
/* A stamp without a year may be as far ahead of this machine's clock, µs: own choice. */
#define AHEAD_US (86400 * 1000000LL)

struct run {
    dnsmon_monitor_t *mon;
    const struct options *o;
    struct watch *watch;
    struct seen seen;
    struct tail *tails;
    int n;
    dnsmon_feed_t *feed;  /* stands in time where the block read last ended */
    bool clock_runs;      /* it has read one */
    dnsmon_feed_t *probe; /* looks at the first lines of a block */
    struct block block;
    int64_t ticked_ms, looked_ms;
    int64_t told_us; /* the wall clock as the monitor was told it last */
    bool caught_up;  /* everything that was there at the start has been read */
    bool broken;     /* events cannot be written, or no memory */
};

int follow_check(const struct command *cmd, const struct options *o)
{
    if (o->threads) {
        return output_usage(cmd, "--threads: not with --follow, which has one");
    }
    if (o->n_files == 0) {
        return output_usage(cmd, "--follow: name the files that grow");
    }
    for (int i = 0; i < o->n_files; i++) {
        if (strcmp(o->files[i], "-") == 0) {
            return output_usage(cmd, "--follow -: standard input ends when its writer does");
        }
    }
    return EXIT_DONE;
}

/* ---- the sense of time of a log ---- */

/* When its first lines are, if the first stamp without a year is of @year.
 * Returns: as scout_first(); -1 without memory. */
static int first_time(struct run *run, const struct tail *t, int year, int64_t *ret_us)
{
    dnsmon_feed_t *probe;

    dnsmon_monitor_set_year(run->mon, year);
    if (dnsmon_feed_new(run->mon, &probe) < 0) {
        return -1;
    }
    int found = scout_first(probe, &t->ahead, ret_us);
    dnsmon_feed_free(probe);
    return found;
}

/* The year of a log that is there at the start.   Returns: as first_time(). */
static int begin_old(struct run *run, const struct tail *t, int64_t *ret_us)
{
    int64_t wall_us = clock_us(CLOCK_REALTIME);
    time_t s = (time_t)(wall_us / 1000000);
    struct tm tm;
    int year = run->o->year || !gmtime_r(&s, &tm) ? run->o->year : tm.tm_year + 1900;
    int found = first_time(run, t, year, ret_us);

    return found == 2 && !run->o->year && *ret_us > wall_us + AHEAD_US
               ? first_time(run, t, year - 1, ret_us)
               : found;
}

/* One that comes later goes on from where the others stand. */
static int begin(struct run *run, struct tail *t)
{
    int64_t first_us = 0;
    bool later = run->clock_runs;
    int found = later ? 0 : begin_old(run, t, &first_us);

    if (found < 0 || dnsmon_feed_new(run->mon, &t->scout) < 0) {
        output_error("out of memory");
        return -1;
    }
    if (later) {
        dnsmon_feed_follow(t->scout, run->feed);
        dnsmon_feed_follow(run->probe, run->feed);
        found = scout_first(run->probe, &t->ahead, &first_us);
    }
    if (found) {
        t->front_us = first_us;
        summary_time(first_us);
    }
    return 0;
}

/* ---- lines ---- */

/* The block ahead, if there is none; and when it begins. */
static int fill(struct run *run, struct tail *t, int64_t now)
{
    int64_t first_us;
    bool had = t->ahead.n > 0;

    if (tail_fill(t, run->watch, now) < 0) {
        return -1;
    }
    if (had || t->ahead.n == 0) {
        return 0;
    }
    if (!t->scout) {
        return begin(run, t);
    }
    dnsmon_feed_follow(run->probe, t->scout);
    if (run->n > 1 && scout_first(run->probe, &t->ahead, &first_us)) {
        t->front_us = first_us;
    }
    return 0;
}

/* Who has something to read, and stands at the earliest time. */
static struct tail *next_tail(const struct run *run)
{
    struct tail *next = NULL;

    for (int i = 0; i < run->n; i++) {
        struct tail *t = &run->tails[i];
        if (t->ahead.n > 0 && (!next || t->front_us < next->front_us)) {
            next = t;
        }
    }
    return next;
}

/* What must not be passed: where those stand that have more to read. */
static int64_t hold_time(const struct run *run)
{
    int64_t hold = INT64_MAX;

    for (int i = 0; run->n > 1 && i < run->n; i++) {
        const struct tail *t = &run->tails[i];
        if (t->ahead.n > 0 && t->front_us > 0 && t->front_us < hold) {
            hold = t->front_us;
        }
    }
    return hold;
}

/* The wall clock. A live monitor keeps each second of the log open for a second of the wall clock,
 * since somebody may have lines of it still. While old logs are read, hours in each block perhaps,
 * nothing has to wait, and the clock is said to have gone on. tick() sets it right. */
static int64_t wall_clock(struct run *run, const struct block *b)
{
    int64_t now_us = clock_us(CLOCK_REALTIME), next_us = run->told_us + 1000000;

    bool whole = !run->caught_up && b->n >= BLOCK_BYTES / 2;

    run->told_us = whole && next_us > now_us ? next_us : now_us;
    return run->told_us;
}

static void feed_block(struct run *run, const struct block *b)
{
    dnsmon_feed_lines(run->feed, b->text, b->n);
    dnsmon_feed_flush(run->feed, wall_clock(run, b));
}

static int read_block(struct run *run, struct tail *t, int64_t now)
{
    struct block swap = run->block;

    dnsmon_feed_follow(run->feed, t->scout);
    scout_block(t->scout, &t->ahead, &t->front_us);
    if (t->front_us > 0) {
        summary_time(t->front_us);
        run->clock_runs = true;
    }
    run->block = t->ahead;
    t->ahead = swap;
    t->ahead.n = 0;
    if (fill(run, t, now) < 0) {
        return -1;
    }
    dnsmon_monitor_hold(run->mon, hold_time(run));
    feed_block(run, &run->block);
    return emit_events(run->mon, run->o->text);
}

/* ---- the loop ---- */

static void on_renamed(void *user, int folder, const char *from, const char *to)
{
    struct run *run = user;

    for (int i = 0; i < run->n; i++) {
        tail_renamed(&run->tails[i], folder, from, to);
    }
}

static void reload(struct run *run)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    int err = dnsmon_config_load(run->o->config, &cfg, why, sizeof why);

    if (err >= 0) {
        err = dnsmon_monitor_configure(run->mon, cfg);
        dnsmon_config_free(cfg);
        snprintf(why, sizeof why, "%s", dnsmon_strerror(err));
    }
    if (err < 0) {
        output_error("%s; the old configuration stays in force", why);
    } else {
        output_error("the configuration has been read again");
    }
}

/* Whose name leads where, and what there is to read. */
static int look(struct run *run, int64_t now)
{
    int result = 0;

    for (int i = 0; i < run->n; i++) {
        tail_look_moved(&run->tails[i], run->watch, now);
    }
    for (int i = 0; i < run->n; i++) {
        tail_look(&run->tails[i], run->watch, now);
    }
    for (int i = 0; i < run->n; i++) {
        tail_limit(&run->tails[i]);
    }
    for (int i = 0; result == 0 && i < run->n; i++) {
        result = fill(run, &run->tails[i], now);
    }
    run->looked_ms = now;
    return result;
}

/* @idle: everything has been read. */
static int tick(struct run *run, int64_t now, bool idle)
{
    if (now - run->ticked_ms < TICK_MS) {
        return 0;
    }
    run->ticked_ms = now;
    if (idle) {
        run->told_us = clock_us(CLOCK_REALTIME);
        dnsmon_monitor_tick(run->mon, run->told_us);
        dnsmon_feed_flush(run->feed, run->told_us); /* so that the feed knows it, too */
        if (emit_events(run->mon, run->o->text) < 0) {
            return -1;
        }
    }
    return output_flush();
}

static uint64_t bytes_read(const struct run *run)
{
    uint64_t bytes = 0;

    for (int i = 0; i < run->n; i++) {
        bytes += run->tails[i].bytes;
    }
    return bytes;
}

static int catch_up_ended(struct run *run)
{
    run->caught_up = true;
    progress_hide();
    return output_flush();
}

/* Read what there is.   Returns: 1 while there is more; 0; -1 if it cannot go on. */
static int step(struct run *run)
{
    int64_t now = now_ms();
    struct tail *t = next_tail(run);

    if ((!t || now - run->looked_ms > TICK_MS) && look(run, now) < 0) {
        return -1;
    }
    t = next_tail(run);
    if (t && read_block(run, t, now) < 0) {
        return -1;
    }
    if (t && !run->caught_up) {
        progress_show(bytes_read(run));
    }
    if (tick(run, now, !t) < 0 || (!t && !run->caught_up && catch_up_ended(run) < 0)) {
        return -1;
    }
    return t != NULL;
}

/* The end was asked for: what the files hold is read, but not for ever.   Returns: as step(). */
static int last_lines(struct run *run)
{
    int64_t end_ms = now_ms() + END_MS;
    int more = look(run, now_ms()) < 0 ? -1 : 1;

    while (more > 0 && now_ms() < end_ms) {
        more = step(run);
    }
    return more;
}

static void follow(struct run *run)
{
    struct wake wake = {false, false};
    struct timespec pause = {0, PAUSE_MS * 1000000L};

    while (!run->broken && !wake.stop) {
        int more = step(run);
        run->broken = more < 0 || (more == 0 && output_flush() < 0);
        wake = watch_wait(run->watch, more ? 0 : TICK_MS, on_renamed, run);
        if (wake.reload && !wake.stop) {
            reload(run);
        }
        if (!more && !wake.stop) {
            nanosleep(&pause, NULL);
        }
    }
    run->broken = run->broken || last_lines(run) < 0;
    if (!run->broken) {
        dnsmon_monitor_hold(run->mon, INT64_MAX);
        dnsmon_monitor_finish(run->mon, 1);
        run->broken = emit_events(run->mon, run->o->text) < 0;
    }
}

static int open_tails(struct run *run)
{
    const struct options *o = run->o;
    uint64_t total = 0;
    int growing = 0;

    run->tails = calloc((size_t)o->n_files, sizeof *run->tails);
    if (!run->tails) {
        output_error("out of memory");
        return -1;
    }
    for (; run->n < o->n_files; run->n++) {
        struct tail *t = &run->tails[run->n];
        if (tail_open(t, o->files[run->n], &run->seen, run->watch) < 0) {
            tail_close(t, run->watch);
            return -1;
        }
        tail_look(t, run->watch, now_ms());
        total += tail_left(t);
        growing += t->archive.in == NULL;
    }
    if (growing == 0) {
        output_error("--follow: all of these are compressed, and none of them will grow");
        return -1;
    }
    progress_start(total);
    return 0;
}

static int close_run(struct run *run)
{
    int status = run->broken ? EXIT_IO : EXIT_DONE;

    dnsmon_feed_free(run->feed);
    dnsmon_feed_free(run->probe);
    for (int i = 0; i < run->n; i++) {
        status = tail_close(&run->tails[i], run->watch) < 0 ? EXIT_IO : status;
    }
    free(run->tails);
    block_clear(&run->block);
    watch_free(run->watch);
    return status;
}

int follow_logs(dnsmon_monitor_t *mon, const struct options *o)
{
    struct run run = {.mon = mon, .o = o, .watch = watch_new()};

    if (!run.watch || open_tails(&run) < 0) {
        close_run(&run);
        return EXIT_IO;
    }
    if (dnsmon_feed_new(mon, &run.feed) < 0 || dnsmon_feed_new(mon, &run.probe) < 0) {
        close_run(&run);
        return output_error("out of memory");
    }
    summary_start(o->summary);
    follow(&run);
    progress_hide();
    uint64_t bytes = bytes_read(&run);
    int status = close_run(&run);
    notes_print(mon);
    summary_print(mon, bytes);
    return status;
}
