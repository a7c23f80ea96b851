/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The query line that BIND 9.10 and later print almost always, read in one pass.
 */
#ifndef DM_PARSE_BIND_USUAL_H
#define DM_PARSE_BIND_USUAL_H

#include "parse/parser.h"

/**
 * dm_bind_usual() - "[TIME queries: info: ]client [@0xHEX ]IP#PORT (NAME): [view V: ]query: NAME
 * REST" with the same NAME twice and a REST that is known or can be read.
 * @s:      a line without header or a message, trimmed or not.
 * @memo:   of the feed.
 * Returns: true: @rec is what dm_parser_bind.parse() makes of it, kind, client and time included;
 *          false: some other line; nothing has changed but fields of @rec that are set anew.
 * Cost:    a third of parse(); no allocation.
 */
bool dm_bind_usual(struct dm_slice s, struct dm_clock *clock, struct dm_usual_memo *memo,
                   struct dm_record *rec);

/** dm_bind_rest() - "CLASS TYPE[ FLAGS[ (DST[#PORT])[ [ECS A/S/S]]]]", all that follows a name in a
 * query line, into @rec.   Returns: whether it is that and nothing else. */
bool dm_bind_rest(struct dm_slice s, struct dm_record *rec);

#endif
