/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Headers that a feed has seen: of a log's lines, only the time changes for hours.
 */
#ifndef DM_PARSE_KNOWN_HEAD_H
#define DM_PARSE_KNOWN_HEAD_H

#include "parse/timestamp.h"

/** Headers that a feed remembers, their length in bytes, and how many bytes are looked at for their
 * end. Own choice: the log hosts of a site, whose headers are 15 to 40 bytes long. */
#define DM_HEADS_LOG2 4
#define DM_HEAD_TEXT 64

/** What stands between stamp and message, " HOST PROGRAM[PID]: ", and what it was read as. All
 * zero: free. */
struct dm_known_head {
    uint8_t host_at, host_n, program_at, program_n;
    uint8_t owner; /**< enum dm_parser_id that the program surely belongs to */
    char text[DM_HEAD_TEXT];
};

/** All zero is a good start. */
struct dm_known_heads {
    struct dm_known_head head[1 << DM_HEADS_LOG2];
};

/**
 * dm_known_head() - the header of @line, if it is one of those and its stamp is the last one's but
 * for fraction and zone.
 * @ret:     as of dm_header_parse(). The clock has not gone on to its time, which is
 *           dm_stamp_follow()'s.
 * Returns:  what is known of the header; NULL: dm_header_parse() has to read it.
 */
const struct dm_known_head *dm_known_head(const struct dm_known_heads *heads,
                                          struct dm_clock *clock, struct dm_slice line,
                                          struct dm_header *ret);

/** dm_known_head_learn() - @head is what dm_header_parse() has just made of @line. */
void dm_known_head_learn(struct dm_known_heads *heads, struct dm_clock *clock, struct dm_slice line,
                         const struct dm_header *head, uint8_t owner);

#endif
