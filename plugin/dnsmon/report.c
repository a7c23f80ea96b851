/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon report - one page about a site, from its logs or from the events that were made of them.
 *
 * Method. Logs go through the same chain as in replay, with the library's recorder switched on, and
 * the events are kept by incident and by day instead of being printed. A file whose first line is
 * an event of dnsmon's own is a file of events; then there are no curves, and the page says so.
 * The page is written aside and renamed, so that a browser never sees half of one.
 *
 * LIMITS: logs and events cannot be mixed in one report. It needs gnuplot.
 * Source: doc/dnsmon.1, doc/REPORT.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "logs.h"
#include "output.h"
#include "page.h"
#include "plot.h"
#include "replay.h"

/* Most counters that a library version may have (own choice: it has about a hundred). */
#define COUNTERS_MAX 512

static int take_event(void *user, dnsmon_event_t *ev)
{
    const char *json = dnsmon_event_json(ev);

    if (json) {
        digest_add(user, json, strlen(json));
    }
    dnsmon_event_free(ev);
    return json ? 0 : -1;
}

/* ---- events as input ---- */

/* Whether an input's first line is an event. What cannot be opened again stays open.
 * Returns: 1, 0; -1 if it cannot be read, which has been said. */
static int holds_events(struct log *log)
{
    struct block b = {0};
    struct line line;
    size_t at = 0;
    int result = 0;

    if (!log->is_open && reader_open(&log->reader, log->path) < 0) {
        return -1;
    }
    log->is_open = true;
    if (reader_next(&log->reader, &b)) {
        result = block_line(&b, &at, &line) && digest_is_event(line.p, line.n);
    }
    if (input_can_reopen(log->reader.in)) {
        reader_close(&log->reader); /* an error will show again when it is read */
        log->is_open = false;
    } else if (b.n && reader_unread(&log->reader, &b) < 0) {
        output_error("out of memory");
        result = -1;
    }
    block_clear(&b);
    return result;
}

static int read_events(struct log *log, struct digest *dig)
{
    struct block b = {0};
    struct line line;

    if (!log->is_open && reader_open(&log->reader, log->path) < 0) {
        return EXIT_IO;
    }
    while (reader_next(&log->reader, &b)) {
        for (size_t at = 0; block_line(&b, &at, &line);) {
            if (line.n > 0) {
                digest_add(dig, line.p, line.n);
            }
        }
    }
    block_clear(&b);
    return reader_close(&log->reader) < 0 ? EXIT_IO : EXIT_DONE;
}

/* Returns: how many of the inputs are events; -1, which has been said. */
static int count_events(struct log *logs, int n)
{
    int events = 0;

    for (int i = 0; i < n; i++) {
        int found = holds_events(&logs[i]);
        if (found < 0) {
            return -1;
        }
        events += found;
    }
    if (events > 0 && events < n) {
        output_error("some of the files are events and some are logs: make a report of each");
        return -1;
    }
    return events;
}

/* ---- the page ---- */

static unsigned read_counters(dnsmon_monitor_t *mon, struct counter *all)
{
    unsigned n = 0;

    while (n < COUNTERS_MAX && dnsmon_monitor_counter(mon, n, &all[n].name, &all[n].value) == 0) {
        n++;
    }
    return n;
}

static int write_file(const char *path, const GString *text)
{
    GError *error = NULL;

    if (strcmp(path, "-") == 0) {
        return output_text(text->str) < 0 ? EXIT_IO : EXIT_DONE;
    }
    if (!g_file_set_contents(path, text->str, (gssize)text->len, &error)) {
        output_error("%s", error->message);
        g_error_free(error);
        return EXIT_IO;
    }
    return EXIT_DONE;
}

static int write_page(struct page *p, const char *path)
{
    p->out = g_string_new(NULL);
    digest_sort(p->dig);
    page_write(p);
    int status = write_file(path, p->out);
    g_string_free(p->out, TRUE);
    if (p->figures_failed > 0) {
        output_error("gnuplot could not draw %u of the figures", p->figures_failed);
        status = EXIT_IO;
    }
    return status;
}

static int report_events(struct log *logs, int n, struct digest *dig, const struct options *o)
{
    struct page p = {.dig = dig};
    int status = EXIT_DONE;

    for (int i = 0; i < n; i++) {
        status = read_events(&logs[i], dig) == EXIT_DONE ? status : EXIT_IO;
    }
    int written = write_page(&p, o->output);
    return written == EXIT_DONE ? status : written;
}

static int report_logs(dnsmon_monitor_t *mon, struct log *logs, int n, struct digest *dig,
                       const struct options *o)
{
    struct counter counters[COUNTERS_MAX];
    struct page p = {.dig = dig, .counters = counters};
    int status = replay_logs(mon, o, logs, n);
    char *json = dnsmon_monitor_figures(mon);

    p.figures = json ? json_tokener_parse(json) : NULL;
    free(json);
    if (!p.figures) {
        return output_error("out of memory");
    }
    p.n_counters = read_counters(mon, counters);
    int written = write_page(&p, o->output);
    json_object_put(p.figures);
    return written == EXIT_DONE ? status : written;
}

static int report(dnsmon_monitor_t *mon, struct options *o)
{
    struct digest *dig = digest_new();
    struct log *logs = NULL;
    bool failed = false;
    int n = replay_sort(mon, o, &logs, &failed), status = EXIT_IO;
    int events = n > 0 ? count_events(logs, n) : n;

    o->take = take_event;
    o->take_user = dig;
    if (n > 0 && events > 0) {
        status = report_events(logs, n, dig, o);
    } else if (n > 0 && events == 0) {
        status = report_logs(mon, logs, n, dig, o);
    }
    free(logs);
    digest_free(dig);
    return failed ? EXIT_IO : status;
}

int command_report(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    dnsmon_monitor_t *mon;
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    if (!o.output) {
        return output_usage(cmd, "where to write the page: -o FILE");
    }
    if (plot_missing()) {
        return output_error("%s", plot_missing());
    }
    status = options_monitor(&o, &mon);
    if (status == EXIT_DONE) {
        status = dnsmon_monitor_record(mon) < 0 ? output_error("out of memory") : report(mon, &o);
        dnsmon_monitor_free(mon);
    }
    return status;
}
