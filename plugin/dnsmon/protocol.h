/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What rsyslog's omprog wants to hear of each line.
 */
#ifndef DM_PLUGIN_DNSMON_PROTOCOL_H
#define DM_PLUGIN_DNSMON_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "block.h"

/** Where the conversation stands. */
struct protocol {
    bool open;          /**< in a transaction */
    bool ended;         /**< recalling: the next line begins another block */
    bool idle;          /**< recalling: that process has taken no line yet */
    struct block doubt; /**< lines that were taken and perhaps not confirmed */
    size_t at;          /**< of them have come again */
    bool matching;      /**< the last line was one of them */
};

/** A line is one of these. */
enum protocol_kind { PROTOCOL_LINE, PROTOCOL_BEGIN, PROTOCOL_COMMIT };

/** protocol_kind() - log line or transaction mark. */
enum protocol_kind protocol_kind(const struct line *line);

/** protocol_answer() - for a line that was taken; notes the marks.   Returns: with its newline. */
const char *protocol_answer(struct protocol *p, const struct line *line);

/**
 * What the processes before have done, in its order: protocol_recall() a line that was taken,
 * protocol_recall_end() behind a block of them, protocol_recall_start() another process took over,
 * protocol_recall_other() it did something else, so that the block before had been answered.
 */
void protocol_recall(struct protocol *p, const struct line *line);
void protocol_recall_end(struct protocol *p);
void protocol_recall_start(struct protocol *p);
void protocol_recall_other(struct protocol *p);

/** protocol_start() - the conversation begins. @heard: somebody listens, and may say lines again.
 */
void protocol_start(struct protocol *p, bool heard);

/** protocol_in_doubt() - whether lines in doubt, or of a transaction, may still come again. */
bool protocol_in_doubt(const struct protocol *p);

/** protocol_again() - whether this line has been taken already, and is only to be confirmed. */
bool protocol_again(struct protocol *p, const struct line *line);

void protocol_clear(struct protocol *p);

#endif
