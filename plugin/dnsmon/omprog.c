/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon omprog - under rsyslog's omprog or syslog-ng's program(): lines on standard input, an
 * answer for each on standard output, events to a destination of their own.
 *
 * Method. One thread reads, classifies and answers; a second one (outbox.c) delivers, so that a
 * destination that is away keeps no answer waiting. A line is answered when it is taken for good:
 * store.c says what that means with --state; without it a line is taken when it is classified, and
 * what was in memory goes with the process.
 *
 * When too many events wait (--queue), a host that listens to the answers is told "Error: ..." and
 * keeps its lines. One that does not (standard output is no pipe) would lose them; the oldest
 * events are given up instead, which is counted and said.
 *
 * The end is the end of the input, never a signal: at its stop, and at a reload, syslog-ng sends
 * SIGTERM before it closes the pipe, and lines are still in it.
 *
 * LIMITS: rsyslog shows standard error only with its parameter output=, syslog-ng never.
 * Source: rsyslog's plugins/omprog/omprog.c; doc/dnsmon.1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "clock.h"
#include "complaints.h"
#include "intake.h"
#include "options.h"
#include "output.h"
#include "store.h"

/* Own choices. Lines wait for classification no longer than FLUSH_MS (as in omdnsmon); an idle
 * monitor hears the time each TICK_MS; a save that failed is tried again after NOTICE_MS. rsyslog
 * gives 5 s for the end (closeTimeout): END_MS leaves room for saving. */
enum { FLUSH_MS = 250, TICK_MS = 1000, END_MS = 3000 };

/* Events that may wait unless --queue says otherwise. Own choice: a week at the default [events]
 * rate, some 30 MB. */
#define QUEUE 10000

struct omprog {
    const struct options *o;
    dnsmon_monitor_t *mon;
    struct outbox *out;
    struct store store;
    struct protocol protocol;
    struct intake in;
    size_t queue;
    bool heard; /* somebody reads the answers */
    bool dirty; /* lines were fed since the last flush */
    int64_t advanced_ms, saved_ms;
    struct notice journal, saving;
    struct complaints complaints;
    struct answers answers;
};

static volatile sig_atomic_t hup;

static void on_hup(int number)
{
    (void)number;
    hup = 1;
}

/* ---- lines ---- */

/* Why no line can be taken now.  Returns: NULL if one can. */
static const char *refusal(struct omprog *p)
{
    struct outbox_state out;

    outbox_look(p->out, &out);
    if (out.waiting < p->queue) {
        return NULL;
    }
    if (p->heard) {
        return "Error: too many events wait for their destination\n";
    }
    outbox_drop(p->out, p->queue - 1);
    return NULL;
}

/* Lines that are not there yet.  Returns: NULL, or the answer to each. */
static const char *take(struct omprog *p, const struct block *lines)
{
    const char *error = lines->n > 0 ? refusal(p) : NULL;

    if (lines->n == 0 || error) {
        return error;
    }
    p->dirty = true;
    if (store_lines(&p->store, lines, !p->heard) == 0) {
        return NULL;
    }
    if (notice_due(&p->journal)) {
        output_error("%s: journal: %s: %s", p->o->state, strerror(errno),
                     p->heard ? "no line is taken until it can be written"
                              : "lines are classified, but not kept, until it can be");
    }
    return "Error: the journal cannot be written\n";
}

static void answer_each(struct omprog *p, const struct block *lines, const char *error)
{
    struct line line;
    size_t at = 0;

    while (block_line(lines, &at, &line)) {
        bool mark = protocol_kind(&line) != PROTOCOL_LINE;
        const char *good = protocol_answer(&p->protocol, &line);
        answers_add(&p->answers, error && !mark ? error : good);
    }
}

static void handle_run(struct omprog *p, const char *text, size_t n)
{
    struct block run = {.text = (char *)(uintptr_t)text, .n = n};

    answer_each(p, &run, take(p, &run));
}

/* Lines that have been taken before a crash are answered only; what stands between them is taken at
 * once. */
static void handle_lines(struct omprog *p, const char *text, size_t n)
{
    struct block all = {.text = (char *)(uintptr_t)text, .n = n};
    struct line line;
    size_t at = 0, from = 0;

    for (size_t begin = 0; block_line(&all, &at, &line); begin = at) {
        if (protocol_again(&p->protocol, &line)) {
            handle_run(p, text + from, begin - from);
            answers_add(&p->answers, protocol_answer(&p->protocol, &line));
            from = at;
        }
    }
    handle_run(p, text + from, n - from);
    answers_write(&p->answers);
}

static void read_lines(struct omprog *p)
{
    size_t n;

    if (intake_read(&p->in) < 0) {
        output_error("standard input: %s", strerror(errno));
    }
    const char *text = intake_take(&p->in, &n);
    if (n > 0) {
        handle_lines(p, text, n);
    }
}

/* ---- beside the lines ---- */

static void advance(struct omprog *p)
{
    store_advance(&p->store, clock_us(CLOCK_REALTIME));
    p->advanced_ms = now_ms();
    p->dirty = false;
}

static void save(struct omprog *p)
{
    char why[STORE_WHY];

    advance(p);
    p->saved_ms = now_ms();
    if (store_save(&p->store, why) < 0 && notice_due(&p->saving)) {
        output_error("%s", why);
    }
}

/* In doubt or in a transaction a line may still come again, which only the journal can tell: then
 * it waits as long as possible. */
static void save_if_due(struct omprog *p)
{
    bool failed = p->saving.next_ms > 0 && now_ms() - p->saved_ms < NOTICE_MS;

    if (!failed && store_is_due(&p->store, protocol_in_doubt(&p->protocol))) {
        save(p);
    }
}

static void reload(struct omprog *p)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;

    hup = 0;
    outbox_reopen(p->out);
    if (dnsmon_config_load(p->o->config, &cfg, why, sizeof why) < 0) {
        output_error("%s; the old configuration stays in force", why);
        return;
    }
    /* So that the lines before are never read again with the new one. */
    if (p->store.kept && !protocol_in_doubt(&p->protocol)) {
        save(p);
    }
    int error = dnsmon_monitor_configure(p->mon, cfg);
    dnsmon_config_free(cfg);
    if (error < 0) {
        output_error("%s; the old configuration stays in force", dnsmon_strerror(error));
    }
}

/* ---- life ---- */

static int timeout_ms(const struct omprog *p)
{
    int64_t left = p->advanced_ms + (p->dirty ? FLUSH_MS : TICK_MS) - now_ms();

    return left < 0 ? 0 : (int)left;
}

static void step(struct omprog *p)
{
    struct pollfd fds[] = {{.fd = p->in.fd, .events = POLLIN},
                           {.fd = outbox_fd(p->out), .events = POLLIN}};
    int ms = timeout_ms(p);
    struct timespec wait = {ms / 1000, ms % 1000 * 1000000L};
    sigset_t none;

    sigemptyset(&none);
    bool ready = ppoll(fds, 2, &wait, &none) > 0;
    if (hup) {
        reload(p);
    }
    if (ready && fds[0].revents) {
        read_lines(p);
    }
    if (timeout_ms(p) == 0) {
        advance(p);
        complaints_make(&p->complaints, p->out, p->store.unkept);
    }
    store_sent(&p->store, outbox_reap(p->out));
    save_if_due(p);
}

/* Returns: the exit status. */
static int finish(struct omprog *p)
{
    char why[STORE_WHY];
    int status = EXIT_DONE;

    advance(p);
    if (store_finish(&p->store, !protocol_in_doubt(&p->protocol), why) < 0) {
        status = output_error("%s", why);
    }
    outbox_finish(p->out, END_MS);
    store_sent(&p->store, outbox_reap(p->out));
    if (!complaints_end(&p->complaints, p->out, p->store.unkept, p->store.kept)) {
        status = EXIT_IO;
    }
    return status;
}

static void catch_signals(void)
{
    struct sigaction sa = {.sa_handler = on_hup};
    sigset_t set;

    sigaction(SIGHUP, &sa, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* it comes in ppoll() only */
    signal(SIGTERM, SIG_IGN);
}

static int run(struct omprog *p)
{
    char why[STORE_WHY];
    int note = store_open(&p->store, p->o->state, p->o->sync, (uint64_t)p->o->save_lines, why);

    if (note != 0) {
        output_error("%s", why);
    }
    if (note < 0) {
        return EXIT_IO;
    }
    if (intake_init(&p->in, STDIN_FILENO) < 0 || outbox_start(p->out) < 0) {
        return output_error("out of memory");
    }
    protocol_start(&p->protocol, p->heard);
    complaints_start(&p->complaints, p->o->output);
    advance(p);
    answers_add(&p->answers, "OK\n");
    answers_write(&p->answers);
    while (!p->in.ended) {
        step(p);
    }
    return finish(p);
}

static int open_monitor(struct omprog *p)
{
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    int error = dnsmon_config_load(p->o->config, &cfg, why, sizeof why);

    if (error < 0) {
        output_error("%s", why);
        return error == DNSMON_ECONFIG ? EXIT_USAGE : EXIT_IO;
    }
    error = dnsmon_monitor_new(cfg, DNSMON_LIVE, &p->mon);
    dnsmon_config_free(cfg);
    return error < 0 ? output_error("%s", dnsmon_strerror(error)) : EXIT_DONE;
}

static int omprog(struct omprog *p, struct sink *sink)
{
    catch_signals();
    p->out = outbox_new(sink);
    if (!p->out) {
        return output_error("out of memory");
    }
    int status = open_monitor(p);
    if (status == EXIT_DONE) {
        p->store = (struct store){.mon = p->mon, .out = p->out, .protocol = &p->protocol};
        status = run(p);
        store_close(&p->store);
        dnsmon_monitor_free(p->mon);
    }
    outbox_free(p->out);
    intake_clear(&p->in);
    protocol_clear(&p->protocol);
    answers_clear(&p->answers);
    return status;
}

int command_omprog(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    char why[SINK_WHY];
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    if (!o.output) {
        return output_usage(cmd, "--output is missing: a file, unix:PATH or tcp:HOST:PORT");
    }
    struct sink *sink = sink_new(o.output, o.text, o.sync, why);
    if (!sink) {
        return output_usage(cmd, "--output: %s", why);
    }
    struct omprog p = {.o = &o,
                       .queue = o.queue ? (size_t)o.queue : QUEUE,
                       .heard = answers_heard(),
                       .in = {.fd = STDIN_FILENO}};
    return omprog(&p, sink);
}
