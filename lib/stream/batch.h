/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A growing array of observations and the names that some of them keep.
 */
#ifndef DM_STREAM_BATCH_H
#define DM_STREAM_BATCH_H

#include <stddef.h>

#include "stream/obs.h"
#include "util/pool.h"
#include "util/slice.h"

/** Observations on their way from a feed to the monitor, with their texts. */
struct dm_batch {
    struct dm_obs *obs;
    size_t n, cap;
    char *text;
    size_t text_n, text_cap;
    struct dm_pool *pool; /**< borrowed, where its memory comes from; NULL: malloc */
};

/**
 * dm_batch_add() - append a copy of @obs with a copy of @name.
 * @name:   may be empty; at most UINT8_MAX bytes; the rest of it is cut off.
 * Returns: 0; DNSMON_ENOMEM, and then the batch is as before.
 * Cost:    amortised O(1); memory is kept for the next filling.
 */
int dm_batch_add(struct dm_batch *b, const struct dm_obs *obs, struct dm_slice name);

/** dm_batch_grow() - for dm_batch_reserve(). */
int dm_batch_grow(struct dm_batch *b, size_t more);

/**
 * dm_batch_reserve() - room for so many more, so that obs[n] can be written in its place.
 * Returns: 0; DNSMON_ENOMEM.   Cost: nothing where there is room.
 */
static inline int dm_batch_reserve(struct dm_batch *b, size_t more)
{
    return more <= b->cap - b->n ? 0 : dm_batch_grow(b, more);
}

/** dm_batch_keep() - obs[n], which has been written in reserved room, is in the batch.
 * @name: as for dm_batch_add().   Returns: 0; DNSMON_ENOMEM. */
int dm_batch_keep(struct dm_batch *b, struct dm_slice name);

/** dm_batch_keep_plain() - the same without a name; @obs: that place; text_len is 0 already. */
static inline void dm_batch_keep_plain(struct dm_batch *b, struct dm_obs *obs)
{
    obs->text = (uint32_t)b->text_n;
    b->n++;
}

/**
 * dm_batch_append() - append copies of observations @begin..@end - 1 of another batch, names and
 * all.   Returns: 0; DNSMON_ENOMEM, and then the batch is as before.
 */
int dm_batch_append(struct dm_batch *b, const struct dm_batch *from, size_t begin, size_t end);

/** dm_batch_name() - the name of one of its observations; good until the next change. */
struct dm_slice dm_batch_name(const struct dm_batch *b, const struct dm_obs *obs);

/** dm_batch_reset() - empty, memory kept.  dm_batch_clear() - empty, memory released. */
void dm_batch_reset(struct dm_batch *b);
void dm_batch_clear(struct dm_batch *b);

#endif
