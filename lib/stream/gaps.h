/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Where the log has holes: spans of event time in which lines are missing, came late or were lost,
 * and which log hosts are silent now. Rules that rest on the absence of something ask here.
 */
#ifndef DM_STREAM_GAPS_H
#define DM_STREAM_GAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/obs.h"
#include "util/intern.h"
#include "util/pack.h"

/** Spans that are remembered, the newest (own choice: a day with a hole every two hours). */
#define DM_GAPS_MAX 16
/** A silence makes what is said meanwhile doubtful for so long, s (own choice: a log host that has
 * been gone for a day has been switched off). */
#define DM_GAPS_OPEN_S 86400

/** Why there is a hole: what dm_gaps_end() must name again. */
enum dm_gap_cause {
    DM_GAP_LATE,   /**< lines whose times were wrong by so much; over when noted */
    DM_GAP_LOST,   /**< lines or state were lost; over when noted */
    DM_GAP_SILENT, /**< a log host has fallen silent */
    DM_GAP_DRIFT,  /**< lines of a log host are not understood */
    DM_GAP_CAUSE_COUNT
};

struct dm_gap {
    int64_t from_s, to_s; /**< to_s: INT64_MAX: it lasts */
    uint16_t host;        /**< DM_GAPS_ALL: of all log hosts */
    uint8_t cause;        /**< enum dm_gap_cause */
};

#define DM_GAPS_ALL UINT16_MAX

/** The newest ones. */
struct dm_gap_ring {
    struct dm_gap span[DM_GAPS_MAX];
    uint32_t n; /**< noted ever */
};

/** Zeroed: none. */
struct dm_gaps {
    struct dm_gap_ring missing; /**< lines are not there */
    struct dm_gap_ring late;    /**< they are, at another time; apart, as they are frequent */
    uint8_t silent[DM_INTERN_MAX + 1]; /**< by log host: bit i: stream i is silent now */
};

/** dm_gaps_note() - lines between two seconds are not what they should be. A span that begins
 * within a minute of the one noted last makes that one longer.   @cause: LATE, LOST. */
void dm_gaps_note(struct dm_gaps *g, enum dm_gap_cause cause, int64_t from_s, int64_t to_s);

/** dm_gaps_begin() - a hole that lasts.  dm_gaps_end() - it is over.   @host: or DM_GAPS_ALL. */
void dm_gaps_begin(struct dm_gaps *g, uint16_t host, enum dm_gap_cause cause, int64_t from_s);
void dm_gaps_end(struct dm_gaps *g, uint16_t host, enum dm_gap_cause cause, int64_t to_s);

/** dm_gaps_touch() - whether a hole touches the time from @from_us to @to_us.   @g: NULL: never. */
bool dm_gaps_touch(const struct dm_gaps *g, int64_t from_us, int64_t to_us);

/** dm_gaps_missing() - the same, late lines aside: whether something that was not seen in that time
 * may have happened all the same. */
bool dm_gaps_missing(const struct dm_gaps *g, int64_t from_us, int64_t to_us);

/** dm_gaps_silent() - whether a stream of a log host is silent now although it never is at this
 * time, so that a zero in it means nothing.   @g: NULL: never. */
bool dm_gaps_silent(const struct dm_gaps *g, uint16_t host, enum dm_stream_kind stream);

/** dm_gaps_pack() - to a state file.  dm_gaps_unpack() - from one into a zeroed one. */
void dm_gaps_pack(struct dm_buf *out, const struct dm_gaps *g);
void dm_gaps_unpack(struct dm_unpacker *in, struct dm_gaps *ret);

#endif
