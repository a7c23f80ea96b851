/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a sequencer is made of: for the files sequencer*.c alone.
 */
#ifndef DM_STREAM_SEQUENCER_PARTS_H
#define DM_STREAM_SEQUENCER_PARTS_H

#include <glib.h>

#include "stream/sequencer.h"
#include "util/ptrs.h"

/** Behind the sequencer. */
struct dm_sequencer {
    bool live;
    struct dm_ptrs open;           /* struct dm_second, ascending by second */
    struct dm_ptrs spare;          /* emptied seconds, memory kept */
    guint last;                    /* where the last observation went */
    int64_t front;                 /* newest believed second */
    int64_t hold;                  /* this second and all behind it stay */
    int64_t released;              /* this second and all before it are gone */
    unsigned ahead_run;            /* lines in a row that were far ahead of the front */
    uint16_t ahead_host;           /* the log host of the last of them */
    bool ahead_many;               /* they are of several */
    uint16_t front_host;           /* the log host of the last line that was not far ahead */
    unsigned front_alone;          /* such lines since another's; DM_SEQ_WITNESS: many, or none */
    uint64_t told_lost;            /* counts.lost when the last second was released */
    unsigned behind_run;           /* ... far behind it, but not late */
    int64_t last_wall_us;          /* when the last observation came */
    int64_t wall_us;               /* the latest wall time that anybody told */
    bool resumed;                  /* what is open came before any wall time was known */
    const struct dm_intern *hosts; /* borrowed; NULL: numbers have no names */
    size_t pending;
    struct dm_pool pool;            /* the open seconds' memory */
    struct dm_batch sorted;         /* the released second's marked observations */
    const struct dm_batch *sorting; /* where their names are */
    struct dm_seq_counts counts;
};

/** dm_sequencer_at() - an open second.   @i: below the number of them. */
static inline struct dm_second *dm_sequencer_at(const struct dm_sequencer *seq, guint i)
{
    return seq->open.v[i];
}

/** dm_sequencer_second() - the second of a time, before 1970 too. */
static inline int64_t dm_sequencer_second(int64_t time_us)
{
    return time_us / 1000000 - (time_us % 1000000 < 0);
}

/** dm_sequencer_find() - the open second @second, which is opened.   Returns: NULL: no memory. */
struct dm_second *dm_sequencer_find(struct dm_sequencer *seq, int64_t second);

/** dm_sequencer_sort() - a second's marked observations, copied aside into the canonical order,
 * each once; their names stay where they are. */
void dm_sequencer_sort(struct dm_sequencer *seq, struct dm_second *sec);

#endif
