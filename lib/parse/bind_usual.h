/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The query line that BIND 9.10 and later print almost always, read in one pass.
 */
#ifndef DM_PARSE_BIND_USUAL_H
#define DM_PARSE_BIND_USUAL_H

#include "parse/parser.h"

/**
 * dm_bind_usual() - "[TIME ][queries: ][info: ]client [@0xHEX ]IP#PORT (NAME): [view V: ]query:
 * NAME REST" with the same NAME twice and a REST that is known or can be read.
 * @s:      a line without header or a message, trimmed or not.
 * @ctx:    of the feed: its clock, which goes on to the line's time, and its memory of usual lines.
 * Returns: true: @rec is what dm_parser_bind.parse() makes of it, time included, but for the fields
 *          that a brief record lacks (parser.h);
 *          false: some other line; nothing has changed but fields of @rec that are set anew.
 * Cost:    no allocation.
 */
bool dm_bind_usual(struct dm_slice s, struct dm_parse_ctx *ctx, struct dm_record *rec);

/**
 * dm_bind_quick() - the same for the first line of a text, if its TIME is in the second of the last
 * one, its client has an IPv4 address, and its REST is known.
 * @p:      at least DM_QUICK_ROOM bytes.
 * @rec:    in and out: without a TIME, its time is the line's, and the clock goes on to it.
 * Returns: the line's length without its newline; 0: dm_bind_usual() may read it; nothing has
 *          changed but @rec.
 */
size_t dm_bind_quick(const char *p, struct dm_parse_ctx *ctx, struct dm_record *rec);

/** dm_bind_rest() - "CLASS TYPE[ FLAGS[ (DST[#PORT])[ [ECS A/S/S]]]]", all that follows a name in a
 * query line, into @rec.   Returns: whether it is that and nothing else. */
bool dm_bind_rest(struct dm_slice s, struct dm_record *rec);

#endif
