/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The sequencer: puts observations into the one order that does not depend on how they came, so
 * that findings are the same from a file, from one worker thread or from many.
 *
 * The order: by second; inside a second all unmarked observations first (they only count, and
 * counting commutes), then the marked ones by time, kind, client, name, type, flags, what they are
 * about (queue id, recipient, destination), log host's name.
 *
 * The clock: `front` is the newest second that is believed. A second is released when the front is
 * DM_SEQ_BEHIND_S past it (sources differ by that much) and, in a live host, nothing has been added
 * to it for DM_SEQ_SETTLE_US of wall time (another worker may still hold lines of it). A line that
 * is more than DM_SEQ_JUMP_S ahead of the front waits until DM_SEQ_JUMP_LINES such lines in a row
 * confirm it, so that one line from the future moves nothing; as many in a row that are as far
 * behind without being late take the front back, so that the very first line may be such a one. A
 * log host that is alone in the future, while another one was at the front lately, needs
 * DM_SEQ_JUMP_ALONE lines in a row: one wrong clock does not move everybody's. A line of a second
 * that has been released is late: it is put into the oldest second still open, and counted.
 *
 * Doubles: of marked observations whose time has a fraction of a second and that are equal in all
 * fields, the client's port among them (which must be printed), one is kept (two relays that
 * deliver each line twice). A client's real repeat comes from another port or in another
 * millisecond.
 */
#ifndef DM_STREAM_SEQUENCER_H
#define DM_STREAM_SEQUENCER_H

#include <stdbool.h>

#include "stream/batch.h"
#include "util/hash.h"
#include "util/intern.h"
#include "util/pack.h"

/** How far sources' clocks and transports may differ, s (doc/SCIENCE.md C21: "5 s watermark"). */
#define DM_SEQ_BEHIND_S 5
/** How long a worker may sit on a batch, wall µs (own choice: 100 scheduler slices of 10 ms). */
#define DM_SEQ_SETTLE_US 1000000
/** An idle feed: nothing came for this long, so nothing older will, wall µs (as C21). */
#define DM_SEQ_IDLE_US 5000000
/** A gap that a single line may not bridge, s, and how many in a row may (own choice: longer than
 * any transport delay, shorter than a night; eight lines are seconds of a living feed). */
#define DM_SEQ_JUMP_S 3600
#define DM_SEQ_JUMP_LINES 8
/** How many in a row of one log host alone, where others have sent lines of the front's time among
 * the last DM_SEQ_WITNESS (own choice: more than a worker's batch of 512 lines, twice). */
#define DM_SEQ_JUMP_ALONE 1024
#define DM_SEQ_WITNESS 4096
/** Most observations (56 bytes each) and seconds (about 400 bytes each) held back; above either the
 * oldest second is released early. */
#define DM_SEQ_MAX_OBS (1u << 19)
#define DM_SEQ_MAX_OPEN (1u << 17)

/** One second's observations. */
struct dm_second {
    int64_t second;
    struct dm_batch batch;       /**< all of them, as they came, and their names */
    int64_t wall_us;             /**< when the last one was added; 0 in a replay */
    int64_t late_us;             /**< the oldest time that a late one had; 0: none is late */
    uint32_t late;               /**< how many are */
    uint32_t lost;               /**< observations lost since the second before was released */
    const struct dm_obs *marked; /**< copies of the marked ones in canonical order; once released */
    size_t n_marked;
};

struct dm_seq_counts {
    uint64_t late;   /**< observations of a second that had been released */
    uint64_t forced; /**< seconds released early because too much was held back */
    uint64_t ahead;  /**< observations that came more than DM_SEQ_JUMP_S ahead of the front */
    uint64_t lost; /**< observations dropped: no memory, or a wrong clock's that nobody confirms */
    uint64_t duplicate; /**< marked observations that came twice */
};

struct dm_sequencer;

/** dm_sequencer_new() - @live: whether wall times are given.   Returns: NULL without memory. */
struct dm_sequencer *dm_sequencer_new(bool live);
void dm_sequencer_free(struct dm_sequencer *seq);

/** dm_sequencer_set_hosts() - the log hosts' names, by which equal observations of two hosts are
 * put in order.   @hosts: borrowed; nobody changes it while a second is released. */
void dm_sequencer_set_hosts(struct dm_sequencer *seq, const struct dm_intern *hosts);

/**
 * dm_sequencer_add() - take copies of a batch's observations.
 * @wall_us: the wall clock in a live host, else 0; one that lags behind what was told is not
 * believed.
 */
void dm_sequencer_add(struct dm_sequencer *seq, const struct dm_batch *batch, int64_t wall_us);

/** dm_sequencer_tick() - what the wall clock says for certain: it may have been set back, and then
 * nothing waits for the time that has been taken back. */
void dm_sequencer_tick(struct dm_sequencer *seq, int64_t wall_us);

/** dm_sequencer_hold() - more lines will come whose times begin at @second: neither it nor anything
 * behind it is released but by a drain or for want of memory.   @second: INT64_MAX: no hold. */
void dm_sequencer_hold(struct dm_sequencer *seq, int64_t second);

/**
 * dm_sequencer_next() - the oldest second that is due, sorted.
 * @wall_us: the wall clock in a live host, else 0.
 * @drain:   the input has ended: everything is due.
 * Returns:  a second, to be given back with dm_sequencer_done() before the next call; NULL: none.
 */
struct dm_second *dm_sequencer_next(struct dm_sequencer *seq, int64_t wall_us, bool drain);
void dm_sequencer_done(struct dm_sequencer *seq, struct dm_second *sec);

/** dm_sequencer_front() - the newest believed second; INT64_MIN: no line yet. */
int64_t dm_sequencer_front(const struct dm_sequencer *seq);

/** dm_sequencer_idle_us() - wall time since the last observation came; 0 if none ever did. */
int64_t dm_sequencer_idle_us(const struct dm_sequencer *seq, int64_t wall_us);

/** dm_sequencer_pack() - everything held back, and where the clock stands, to a state file. */
void dm_sequencer_pack(struct dm_buf *out, const struct dm_sequencer *seq);

/**
 * dm_sequencer_unpack() - the same into a new sequencer. Wall time stood still meanwhile: what it
 * held back is idle or settled only when the wall clock has gone on from the first one it is told.
 * @key:    for the clients' hashes, which are computed anew.
 * @hosts:  largest number of a log host that an observation may have.
 * Returns: 0, also if the content was refused (see @in); DNSMON_ENOMEM.
 */
int dm_sequencer_unpack(struct dm_unpacker *in, struct dm_sequencer *seq,
                        const struct dm_hashkey *key, uint16_t hosts);

const struct dm_seq_counts *dm_sequencer_counts(const struct dm_sequencer *seq);
/** dm_sequencer_pending() - observations held back now. */
size_t dm_sequencer_pending(const struct dm_sequencer *seq);

#endif
