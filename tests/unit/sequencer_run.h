/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For tests of the sequencer: seconds are small numbers; what is released is written as
 * "second:time/client/name/type ..." and compared with a text worked out by hand.
 */
#ifndef DM_UNIT_SEQUENCER_RUN_H
#define DM_UNIT_SEQUENCER_RUN_H

#include "testlib.h"

#include <glib.h>

#include "stream/sequencer.h"

#define S 1000000LL
#define WALL (2000000000LL * S)

static inline struct dm_obs obs_at(int64_t time_us, uint8_t client, uint16_t marks)
{
    struct dm_obs o = {.time_us = time_us, .marks = marks, .type = 15};

    o.client.b[15] = client;
    return o;
}

static inline void add(struct dm_sequencer *seq, int64_t time_us, uint8_t client, const char *name,
                       int64_t wall_us)
{
    struct dm_batch b = {0};
    struct dm_obs o = obs_at(time_us, client, name ? DM_MARK_MX : 0);

    assert_int_equal(dm_batch_add(&b, &o, test_slice(name ? name : "")), 0);
    dm_sequencer_add(seq, &b, wall_us);
    dm_batch_clear(&b);
}

/* An unmarked line in the middle of a second. */
static inline void line(struct dm_sequencer *seq, int64_t second)
{
    add(seq, second * 1000000 + 500000, 1, NULL, 0);
}

/* Everything due: "SECOND xCOUNT[ client/name/type@time]; ". */
static inline char *release(struct dm_sequencer *seq, int64_t wall_us, bool drain)
{
    GString *out = g_string_new("");
    struct dm_second *sec;

    while ((sec = dm_sequencer_next(seq, wall_us, drain)) != NULL) {
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT " x%zu", out->len ? "; " : "",
                               sec->second, sec->batch.n);
        for (size_t i = 0; i < sec->n_marked; i++) {
            const struct dm_obs *o = &sec->marked[i];
            struct dm_slice name = dm_batch_name(&sec->batch, o);
            g_string_append_printf(out, " %u/%.*s/%u@%" G_GINT64_FORMAT, o->client.b[15],
                                   (int)name.n, name.p, o->type, o->time_us);
        }
        dm_sequencer_done(seq, sec);
    }
    return g_string_free(out, FALSE);
}

static inline void expect(struct dm_sequencer *seq, int64_t wall_us, bool drain, const char *want)
{
    char *got = release(seq, wall_us, drain);

    assert_string_equal(got, want);
    g_free(got);
}

#endif
