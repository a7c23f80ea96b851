/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How nothing that was confirmed is lost with the process (kill -9).
 *
 * 1. A line is appended to the journal, then fed, then confirmed. So are the moments at which the
 *    monitor is told the time. The journal is thus a list of all calls since the state was saved.
 * 2. After a crash the state is loaded and the calls are made again, with the times of then. The
 *    library is a function of its calls, so the same events come out, with the same ids.
 * 3. The hash of each event that was delivered is in the journal, too, and such an event is not
 *    sent again. One that was delivered in the moment of the crash is: same event.id and
 *    dnsmon.state, so whoever stores events by them sees no difference.
 * 4. When the journal is long, the state is saved and a new journal begun with the events that
 *    still wait (journal.c: one rename makes both valid). It bounds the time of 2.
 * 5. At the end of the input the state is saved first, and then what the monitor holds back (the
 *    last seconds, in which a line may be late) is classified, so that nothing waits for the next
 *    start; there it is classified again, with the lines that belong to it, as if there had been no
 *    stop.
 * 6. The last line may have been taken and not confirmed; it will come again (protocol.c).
 *
 * Cost: one write(2) a read(2), which has many lines if the host does not wait for answers, and
 * every SAVE_LINES lines dnsmon_monitor_save(), which copies, hashes and syncs the state. So the
 * journal may also grow to twice the state's own size before that is due by its bytes.
 *
 * LIMITS: another configuration at the restart reads the journal's lines anew: it may find other
 * things in them. A state file of another version is put aside; the journal's lines are still read.
 * Source: own design; ARCHITECTURE.md "Determinism" and "State between runs".
 */
#define _GNU_SOURCE
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"

/* Own choice: a second's reading at a restart, and a save a minute at 16,000 lines/s. */
#define SAVE_LINES 1000000
/* And a save after so many bytes. Own choice: what SAVE_LINES short lines come to; less than a
 * second's reading at a restart. */
#define SAVE_BYTES (64 * 1024 * 1024)

/* Delivered events that are carried over from process to process. Own choice: more than are told at
 * hundreds of ends; to forget them only has some told twice. */
#define SENT_MAX 10000

/* ---- what came out ---- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static bool was_sent(const struct store *s, uint64_t hash)
{
    return s->n_sent > 0 && bsearch(&hash, s->sent, s->n_sent, sizeof hash, compare) != NULL;
}

static void push(struct store *s, struct finding *f)
{
    if (!f) {
        s->unkept++;
    } else if (was_sent(s, f->hash)) {
        free(f);
    } else {
        outbox_push(s->out, f);
    }
}

static void take_events(struct store *s)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(s->mon))) {
        push(s, finding_copy(ev));
        dnsmon_event_free(ev);
    }
}

static void advance(struct store *s, int64_t wall_us)
{
    s->wall_us = wall_us;
    dnsmon_feed_flush(s->feed, wall_us);
    dnsmon_monitor_tick(s->mon, wall_us);
    take_events(s);
}

static void feed(struct store *s, const struct line *line)
{
    if (protocol_kind(line) == PROTOCOL_LINE && !echo_is_event(line)) {
        dnsmon_feed_line(s->feed, line->p, line->n);
    }
    s->lines++;
}

/* ---- taking up ---- */

static int note_sent(void *user, enum journal_type type, const char *p, size_t n)
{
    struct store *s = user;
    uint64_t hash;

    if (type != JOURNAL_SENT || n != sizeof hash) {
        return 0;
    }
    if (s->n_sent == s->cap_sent) {
        size_t cap = s->cap_sent * 2 + 1024;
        uint64_t *sent = realloc(s->sent, cap * sizeof *sent);
        if (!sent) {
            return -1;
        }
        s->sent = sent;
        s->cap_sent = cap;
    }
    memcpy(&s->sent[s->n_sent++], p, sizeof hash);
    return 0;
}

static void recall_lines(struct store *s, const char *p, size_t n)
{
    struct block b = {.text = (char *)(uintptr_t)p, .n = n};
    struct line line;
    size_t at = 0;

    while (block_line(&b, &at, &line)) {
        protocol_recall(s->protocol, &line);
        feed(s, &line);
    }
    protocol_recall_end(s->protocol);
}

static int recall(void *user, enum journal_type type, const char *p, size_t n)
{
    struct store *s = user;
    int64_t wall_us;

    switch (type) {
    case JOURNAL_LINES:
        recall_lines(s, p, n);
        return 0;
    case JOURNAL_START:
        protocol_recall_start(s->protocol);
        return 0;
    case JOURNAL_EVENT:
        push(s, finding_read(p, n));
        return 0;
    case JOURNAL_TIME:
        if (n == sizeof wall_us) {
            memcpy(&wall_us, p, sizeof wall_us);
            advance(s, wall_us);
        }
        protocol_recall_other(s->protocol);
        return 0;
    case JOURNAL_SENT:
        protocol_recall_other(s->protocol);
        return 0;
    default:
        return 0;
    }
}

/* One that cannot be used is put aside.  Returns: as store_open(). */
static int load_state(struct store *s, char *why)
{
    char reason[DNSMON_ERRLEN] = "", *aside = NULL;
    char *path = journal_path(&s->journal, s->journal.base);
    int result = path ? dnsmon_monitor_load(s->mon, path, reason, sizeof reason) : DNSMON_ENOMEM;

    if (result == 0) {
        snprintf(why, STORE_WHY, "%s: is not there; starting without what was known before", path);
        result = 1;
    } else if (result == DNSMON_ESTATE) {
        bool moved = asprintf(&aside, "%s.damaged", path) > 0 && rename(path, aside) == 0;
        snprintf(why, STORE_WHY, "%s; starting without what was known before%s", reason,
                 moved ? "; the file is kept as .damaged" : "");
        free(aside);
        result = 1;
    } else if (result < 0) {
        snprintf(why, STORE_WHY, "%s", reason[0] ? reason : dnsmon_strerror(result));
        result = -1;
    } else {
        result = 0;
    }
    free(path);
    return result;
}

static int read_journal(struct store *s, char *why)
{
    if (journal_each(&s->journal, note_sent, s) < 0) {
        snprintf(why, STORE_WHY, "out of memory");
        return -1;
    }
    if (s->n_sent > 0) {
        qsort(s->sent, s->n_sent, sizeof *s->sent, compare);
    }
    journal_each(&s->journal, recall, s);
    if (journal_add(&s->journal, JOURNAL_START, "", 0) < 0) {
        snprintf(why, STORE_WHY, "%s: journal: %s", s->journal.dir, strerror(errno));
        return -1;
    }
    return 0;
}

int store_open(struct store *s, const char *dir, bool sync, uint64_t max_lines, char *why)
{
    int note = 0;

    s->max = max_lines ? max_lines : SAVE_LINES;
    s->journal = (struct journal){.dir_fd = -1, .lock_fd = -1, .fd = -1};
    if (dir) {
        if (journal_open(&s->journal, dir, sync, why) < 0) {
            return -1;
        }
        s->kept = true;
        note = s->journal.base >= 0 ? load_state(s, why) : 0;
    }
    if (note < 0 || dnsmon_feed_new(s->mon, &s->feed) < 0) {
        if (note >= 0) {
            snprintf(why, STORE_WHY, "out of memory");
        }
        return -1;
    }
    if (s->kept && read_journal(s, why) < 0) {
        return -1;
    }
    return note;
}

static void forget_sent(struct store *s)
{
    free(s->sent);
    s->sent = NULL;
    s->n_sent = s->cap_sent = 0;
}

void store_close(struct store *s)
{
    forget_sent(s);
    dnsmon_feed_free(s->feed);
    s->feed = NULL;
    journal_close(&s->journal);
}

/* ---- going on ---- */

int store_lines(struct store *s, const struct block *lines, bool anyway)
{
    struct line line;
    size_t at = 0;
    int result = s->kept ? journal_add(&s->journal, JOURNAL_LINES, lines->text, lines->n) : 0;
    int error = errno;

    while ((result == 0 || anyway) && block_line(lines, &at, &line)) {
        feed(s, &line);
    }
    errno = error;
    return result;
}

void store_advance(struct store *s, int64_t wall_us)
{
    /* A full disk: the time goes on without a note; only what the journal would say again is a
     * little different then. */
    if (s->kept && journal_add(&s->journal, JOURNAL_TIME, &wall_us, sizeof wall_us) < 0) {
        errno = 0;
    }
    advance(s, wall_us);
}

void store_sent(struct store *s, struct finding *list)
{
    while (list) {
        struct finding *next = list->next;
        /* What cannot be noted may be sent twice. */
        if (s->kept && journal_add(&s->journal, JOURNAL_SENT, &list->hash, sizeof list->hash) < 0) {
            errno = 0;
        }
        free(list);
        list = next;
    }
}

/* ---- saving ---- */

bool store_is_due(const struct store *s, bool badly)
{
    uint64_t bytes = 2 * s->journal.base_bytes;

    bytes = (bytes > SAVE_BYTES ? bytes : SAVE_BYTES) * (badly ? 4 : 1);
    return s->kept && ((s->lines >= s->max && !badly) || s->journal.bytes >= bytes);
}

static int keep_waiting(void *user, const struct finding *f)
{
    return journal_add(user, JOURNAL_EVENT, f->blob, f->n);
}

/* What was told too early, at the end of the process before, is still held back perhaps. */
static int keep_sent(struct store *s)
{
    int result = 0;

    for (size_t i = 0; i < s->n_sent && result == 0; i++) {
        result = journal_add(&s->journal, JOURNAL_SENT, &s->sent[i], sizeof s->sent[i]);
    }
    return result;
}

static int begin_journal(struct store *s)
{
    struct journal old;

    if (journal_begin(&s->journal, &old) < 0) {
        return -1;
    }
    /* The time first: it tells the year of stamps without one. */
    if (journal_add(&s->journal, JOURNAL_TIME, &s->wall_us, sizeof s->wall_us) < 0 ||
        outbox_each(s->out, keep_waiting, &s->journal) < 0 || keep_sent(s) < 0 ||
        journal_commit(&s->journal, &old) < 0) {
        int error = errno;
        journal_abandon(&s->journal, &old);
        errno = error;
        return -1;
    }
    s->lines = 0;
    return 0;
}

int store_save(struct store *s, char *why)
{
    char *path = journal_path(&s->journal, journal_next(&s->journal));
    int result = -1;

    take_events(s);
    if (s->lines >= s->max || s->n_sent > SENT_MAX) {
        forget_sent(s); /* this process has lived long enough to have left all that behind */
    }
    if (!path) {
        snprintf(why, STORE_WHY, "out of memory");
    } else if (dnsmon_monitor_save(s->mon, path, why, STORE_WHY) >= 0) {
        result = begin_journal(s);
        if (result < 0) {
            snprintf(why, STORE_WHY, "%s: journal: %s", s->journal.dir, strerror(errno));
        }
    }
    free(path);
    return result;
}

int store_finish(struct store *s, bool save, char *why)
{
    int result = s->kept && save && s->lines > 0 ? store_save(s, why) : 0;

    dnsmon_monitor_finish(s->mon, s->kept ? 0 : 1);
    take_events(s);
    return result;
}
