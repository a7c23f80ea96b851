/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How far a client has come in one signature.
 */
#ifndef DM_DETECT_TRACKER_H
#define DM_DETECT_TRACKER_H

#include "stream/obs.h"
#include "stream/signature.h"
#include "util/pack.h"

/** What was asked in the current step, and how often. */
struct dm_tracker_seen {
    uint32_t what; /**< of the name's or registered domain's hash */
    uint32_t at_s; /**< last asked, s since 1970 */
    uint16_t times;
};

struct dm_tracker {
    uint64_t id;      /**< of its signature */
    int64_t start_us; /**< first query that belongs to it */
    int64_t step_us;  /**< when the step in front was complete */
    int64_t early_us; /**< when a step was asked that may come before its turn */
    uint8_t step;     /**< current one, from 0 */
    uint8_t early;    /**< which one that was; 0: none */
    uint8_t n;
    struct dm_tracker_seen seen[DM_SIG_COUNT_MAX];
};

/** What an observation was for a tracker. */
enum dm_tracker_said {
    DM_TRACK_NOTHING,
    DM_TRACK_STEP, /**< it belongs to the signature */
    DM_TRACK_DONE  /**< and the signature is complete */
};

/**
 * dm_tracker_begins() - whether a query can begin a signature.
 * @is_first: whether it is the client's first of its type today.
 */
bool dm_tracker_begins(const struct dm_signature *sig, const struct dm_obs *obs,
                       struct dm_slice name, bool is_first);

/**
 * dm_tracker_add() - go on with a query.
 * @ret_times: with DM_TRACK_DONE the median of how often each name or domain was asked.
 * Cost:       O(DM_SIG_COUNT_MAX) for queries of the current step, else a compare of names.
 */
enum dm_tracker_said dm_tracker_add(struct dm_tracker *t, const struct dm_signature *sig,
                                    const struct dm_obs *obs, struct dm_slice name, bool is_first,
                                    unsigned *ret_times);

/** dm_tracker_pack() - to a state file.  dm_tracker_unpack() - from one into a zeroed one. */
void dm_tracker_pack(struct dm_buf *out, const struct dm_tracker *t);
void dm_tracker_unpack(struct dm_unpacker *in, struct dm_tracker *ret);

#endif
