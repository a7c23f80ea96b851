/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What was seen lately: a set that forgets after 15 to 30 days, in two generations.
 */
#ifndef DM_UTIL_RECENT_H
#define DM_UTIL_RECENT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"
#include "util/set.h"

/** Length of a generation, seconds: half of the 30 days of doc/SCIENCE.md C8. */
#define DM_RECENT_SPAN_S (15 * 86400)

/** Embedded. Time is the caller's, seconds since 1970 UTC; it may step back a little. */
struct dm_recent {
    struct dm_set gen[2]; /**< [0]: being filled; [1]: the one before */
    int64_t since_s;      /**< when gen[0] began; no meaning before the first addition */
    bool begun;
    uint64_t early; /**< generations that ended because they were full: names were forgotten
                         before 15 days were over */
};

/** dm_recent_init() - empty.   @max: most entries of one generation; at most two are held. */
void dm_recent_init(struct dm_recent *recent, uint32_t max);

/** dm_recent_clear() - empty it and give the heap memory back; the limit stays. */
void dm_recent_clear(struct dm_recent *recent);

/**
 * dm_recent_add() - @h was seen at @now_s; seen again, it is remembered for longer.
 * Returns: 1 it was not known; 0 it was; DNSMON_ERANGE with limit 0; DNSMON_ENOMEM.
 * Cost:    O(1); allocates when a generation grows.
 */
int dm_recent_add(struct dm_recent *recent, uint64_t h, int64_t now_s);

/** dm_recent_has() - whether @h was seen in the last 15 days, or up to 30, before @now_s. */
bool dm_recent_has(const struct dm_recent *recent, uint64_t h, int64_t now_s);

/** dm_recent_bytes() - heap bytes held.  dm_recent_needs() - that one value more may take. */
size_t dm_recent_needs(const struct dm_recent *recent);
size_t dm_recent_bytes(const struct dm_recent *recent);

/** dm_recent_pack() - to a state file.  dm_recent_unpack() - from one into an empty one.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM. */
void dm_recent_pack(struct dm_buf *out, const struct dm_recent *recent);
int dm_recent_unpack(struct dm_unpacker *in, struct dm_recent *recent);

#endif
