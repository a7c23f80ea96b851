/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What was read and what was found, for people.
 *
 * Method. Lines and clients are the monitor's counters. An incident is counted when it closes, with
 * the class and level of its last word, which are the highest it had: a replay closes every
 * incident at its end, so each is counted once. Class and state stand in the event's text form
 * in front of the first ": " behind the level (doc/EVENTS.md), where no stranger's text can look
 * like them.
 *
 * LIMITS: events above [events] rate are rolled up into one and are not seen here. The span of time
 * is that of the lines at the ends of blocks: good to a few lines.
 * Source: doc/dnsmon.1.
 */
#define _GNU_SOURCE
#include "summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "notes.h"
#include "progress.h"

/* Classes that are told apart: the rules have about thirty, a site's own signatures add some (own
 * choice); the rest is one row. And the longest name, bytes. */
#define CLASSES 64
#define CLASS_LEN 63
#define LEVELS (DNSMON_ALARM + 1)

struct class
{
    char name[CLASS_LEN + 1];
    uint64_t n[LEVELS];
};

static struct {
    bool on;
    int64_t start_ms;
    int64_t first_us, last_us; /* 0: no time yet */
    struct class classes[CLASSES];
    int n;
} table;

void summary_start(bool asked)
{
    table.on = asked || isatty(STDERR_FILENO);
    table.start_ms = now_ms();
}

void summary_time(int64_t time_us)
{
    if (table.first_us == 0 || time_us < table.first_us) {
        table.first_us = time_us;
    }
    if (time_us > table.last_us) {
        table.last_us = time_us;
    }
}

static struct class *class_of(const char *name, size_t len)
{
    if (len > CLASS_LEN) {
        len = CLASS_LEN;
    }
    for (int i = 0; i < table.n; i++) {
        if (strlen(table.classes[i].name) == len && memcmp(table.classes[i].name, name, len) == 0) {
            return &table.classes[i];
        }
    }
    if (table.n == CLASSES - 1) {
        name = "(others)";
        len = strlen(name);
    } else if (table.n == CLASSES) {
        return &table.classes[CLASSES - 1];
    }
    memcpy(table.classes[table.n].name, name, len);
    return &table.classes[table.n++];
}

void summary_event(const dnsmon_event_t *ev)
{
    const char *text = table.on ? dnsmon_event_text(ev) : NULL;
    int level = dnsmon_event_level(ev);
    const char *class = text ? strchr(text, ' ') : NULL;

    class = class ? strchr(class + 1, ' ') : NULL;
    if (!class || level < 0 || level >= LEVELS) {
        return;
    }
    class ++;
    const char *end = strstr(class, ": ");
    const char *state = strstr(class, " state=close ");
    if (state && (!end || state < end)) {
        class_of(class, strcspn(class, " :"))->n[level]++;
    }
}

/* A number with commas between its thousands: "1,234,567". */
static const char *grouped(uint64_t v, char out[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v), at = 0;

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

static const char *iso(int64_t us, char out[32])
{
    time_t s = (time_t)(us / 1000000);
    struct tm tm;

    if (!gmtime_r(&s, &tm) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        strcpy(out, "?");
    }
    return out;
}

/* "3 d 04:05:06" */
static const char *span(int64_t s, char out[48])
{
    int n = s >= 86400 ? snprintf(out, 48, "%lld d ", (long long)(s / 86400)) : 0;

    snprintf(out + n, 48 - (size_t)n, "%02d:%02d:%02d", (int)(s % 86400 / 3600),
             (int)(s % 3600 / 60), (int)(s % 60));
    return out;
}

static void print_rate(uint64_t lines, uint64_t bytes)
{
    char a[32], b[32], c[32];
    uint64_t ms = (uint64_t)(now_ms() - table.start_ms);

    ms += ms == 0;
    fprintf(stderr, "%s lines, %s MB in %llu.%llu s: %s lines/s\n", grouped(lines, a),
            grouped((bytes + 500000) / 1000000, b), (unsigned long long)(ms / 1000),
            (unsigned long long)(ms % 1000 / 100), grouped(lines * 1000 / ms, c));
    if (table.first_us) {
        char d[48];
        fprintf(stderr, "from %s to %s (%s)\n", iso(table.first_us, a), iso(table.last_us, b),
                span((table.last_us - table.first_us) / 1000000, d));
    }
}

/* "lines.bind.record" is followed by "lines.bind.malformed"; @name ends behind its first dot. */
static void print_parser(dnsmon_monitor_t *mon, unsigned i, const char *name, uint64_t records)
{
    char a[32], b[32];
    const char *next;
    uint64_t malformed = 0;
    int len = (int)strcspn(name, ".");

    if (dnsmon_monitor_counter(mon, i + 1, &next, &malformed) < 0 || !strstr(next, ".malformed")) {
        malformed = 0;
    }
    if (records > 0 || malformed > 0) {
        fprintf(stderr, "  %-20.*s %15s %15s\n", len, name, grouped(records, a),
                grouped(malformed, b));
    }
}

static void print_lines(dnsmon_monitor_t *mon)
{
    char a[32];
    const char *name;
    uint64_t value;

    fprintf(stderr, "\n  %-20s %15s %15s\n", "lines by parser", "understood", "malformed");
    for (unsigned i = 0; dnsmon_monitor_counter(mon, i, &name, &value) == 0; i++) {
        if (strncmp(name, "lines.", 6) == 0 && strstr(name, ".record")) {
            print_parser(mon, i, name + 6, value);
        }
    }
    fprintf(stderr, "  %-20s %15s\n", "of no parser",
            grouped(notes_sum(mon, "lines.unclaimed", ""), a));
}

static void print_clients(dnsmon_monitor_t *mon)
{
    char a[32], b[32], c[32];

    fprintf(stderr, "\nclients: %s seen, %s remembered, %s given up for memory\n",
            grouped(notes_sum(mon, "clients.created", ""), a),
            grouped(notes_sum(mon, "clients.now", ""), b),
            grouped(notes_sum(mon, "clients.evicted", ""), c));
}

static int compare(const void *pa, const void *pb)
{
    return strcmp(((const struct class *)pa)->name, ((const struct class *)pb)->name);
}

static void print_incidents(void)
{
    char a[32], b[32], c[32];

    if (table.n == 0) {
        fprintf(stderr, "incidents: none\n");
        return;
    }
    qsort(table.classes, (size_t)table.n, sizeof *table.classes, compare);
    fprintf(stderr, "\n  %-32s %9s %9s %9s\n", "incidents by class", "alarm", "notice", "info");
    for (int i = 0; i < table.n; i++) {
        const struct class *k = &table.classes[i];
        fprintf(stderr, "  %-32s %9s %9s %9s\n", k->name, grouped(k->n[DNSMON_ALARM], a),
                grouped(k->n[DNSMON_NOTICE], b), grouped(k->n[DNSMON_INFO], c));
    }
}

void summary_print(dnsmon_monitor_t *mon, uint64_t bytes)
{
    if (table.on) {
        progress_hide();
        print_rate(notes_sum(mon, "lines.", ""), bytes);
        print_lines(mon);
        print_clients(mon);
        print_incidents();
    }
}
