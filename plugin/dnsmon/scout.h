/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Time stamps followed ahead of the lines.
 */
#ifndef DM_PLUGIN_DNSMON_SCOUT_H
#define DM_PLUGIN_DNSMON_SCOUT_H

#include "block.h"
#include "dnsmon/dnsmon.h"

/**
 * scout_block() - @feed's sense of time goes on over the lines of a block; nothing is fed.
 * @front_us: becomes the time that the input has come to: the middle one of the times of its last
 *            lines, so that one that is wrong moves nothing; unchanged if none of them has a time.
 */
void scout_block(dnsmon_feed_t *feed, const struct block *b, int64_t *front_us);

/**
 * scout_first() - where a block begins: the earliest time of its first lines that have one.
 * @ret_time_us: written if there is one.
 * Returns:      as dnsmon_feed_peek() does of the first of them; 0: none.
 */
int scout_first(dnsmon_feed_t *feed, const struct block *b, int64_t *ret_time_us);

#endif
