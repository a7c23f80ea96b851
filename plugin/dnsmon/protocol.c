/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The protocol: one answer a line, "OK" when it is taken for good, "DEFER_COMMIT" between
 * "BEGIN TRANSACTION" and "COMMIT TRANSACTION" (rsyslog then waits for the OK of the commit);
 * anything else, and rsyslog sends the line again later. Lines are taken one by one inside a
 * transaction, too.
 *
 * Lines in doubt. A process that is killed between taking a line and confirming it has the line
 * sent again. The last lines of the journal are remembered for that: when the first line that comes
 * is one of them, it and those that follow in their order are confirmed without being counted
 * twice. Without transactions that is one line at most.
 *
 * LIMITS: marks that a site has renamed are lines that nobody understands, answered with OK. A line
 * that really came twice, byte for byte, around a crash counts once. A transaction of more than
 * DOUBT_MAX bytes is not remembered: its lines count twice if they are sent again.
 * Source: rsyslog's plugins/omprog/omprog.c (lineToStatusCode) and its tests
 * (omprog-transactions-bin.sh), 8.2302.
 */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

/* Own choice: rsyslog's batches are 1,024 lines. */
#define DOUBT_MAX (4 * 1024 * 1024)

static bool is_word(const struct line *line, const char *word)
{
    return line->n == strlen(word) && memcmp(line->p, word, line->n) == 0;
}

enum protocol_kind protocol_kind(const struct line *line)
{
    return is_word(line, "BEGIN TRANSACTION")    ? PROTOCOL_BEGIN
           : is_word(line, "COMMIT TRANSACTION") ? PROTOCOL_COMMIT
                                                 : PROTOCOL_LINE;
}

const char *protocol_answer(struct protocol *p, const struct line *line)
{
    enum protocol_kind kind = protocol_kind(line);

    if (kind != PROTOCOL_LINE) {
        p->open = kind == PROTOCOL_BEGIN;
    }
    return kind == PROTOCOL_LINE && p->open ? "DEFER_COMMIT\n" : "OK\n";
}

/* ---- doubt ---- */

static void forget(struct protocol *p)
{
    p->doubt.n = 0;
    p->at = 0;
    p->matching = false;
}

static void remember(struct protocol *p, const struct line *line)
{
    struct block *b = &p->doubt;
    size_t need = b->n + line->n + 1;

    if (need > b->cap) {
        char *text = need <= DOUBT_MAX ? realloc(b->text, need * 2) : NULL;
        if (!text) {
            forget(p);
            return;
        }
        b->text = text;
        b->cap = need * 2;
    }
    memcpy(b->text + b->n, line->p, line->n);
    b->n += line->n;
    b->text[b->n++] = '\n';
}

void protocol_recall(struct protocol *p, const struct line *line)
{
    if (p->ended && !p->open) {
        forget(p);
    }
    p->ended = false;
    p->idle = false;
    if (protocol_kind(line) == PROTOCOL_LINE) {
        remember(p, line);
    }
    protocol_answer(p, line);
}

void protocol_recall_end(struct protocol *p)
{
    p->ended = true;
}

/* What was in doubt stays so until that process has taken a line. */
void protocol_recall_start(struct protocol *p)
{
    p->open = false;
    p->ended = true;
    p->idle = true;
}

void protocol_recall_other(struct protocol *p)
{
    if (!p->open && !p->idle) {
        forget(p);
    }
}

void protocol_start(struct protocol *p, bool heard)
{
    p->open = false;
    p->at = 0;
    p->matching = false;
    if (!heard) {
        forget(p);
    }
}

bool protocol_in_doubt(const struct protocol *p)
{
    return p->open || p->doubt.n > 0;
}

/* Whether @line is the line in doubt at @at, which then moves behind it. */
static bool matches(const struct protocol *p, size_t *at, const struct line *line)
{
    struct line doubt;

    return block_line(&p->doubt, at, &doubt) && doubt.n == line->n &&
           memcmp(doubt.p, line->p, line->n) == 0;
}

bool protocol_again(struct protocol *p, const struct line *line)
{
    if (p->doubt.n == 0 || protocol_kind(line) != PROTOCOL_LINE) {
        return false;
    }
    bool found = matches(p, &p->at, line);
    /* The first one may be any of them; the others stand behind it. */
    while (!found && !p->matching && p->at < p->doubt.n) {
        found = matches(p, &p->at, line);
    }
    p->matching = true;
    if (!found || p->at >= p->doubt.n) {
        forget(p);
    }
    return found;
}

void protocol_clear(struct protocol *p)
{
    block_clear(&p->doubt);
}
