/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The streams: whatever acts at times of its own.
 */
#include "gen.h"

#include <stdlib.h>

static struct stream *streams;
static size_t count, capacity;

struct stream *stream_add(step_fn step, uint32_t cli, int64_t first, uint32_t kind, uint32_t i)
{
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 1024;
        streams = realloc(streams, capacity * sizeof *streams);
        if (!streams) {
            abort();
        }
    }
    struct stream *s = &streams[count++];
    *s = (struct stream){
        .next = first, .end = NEVER, .step = step, .rng = rng_of(kind, i), .cli = cli};
    return s;
}

void streams_run(int64_t until)
{
    for (size_t i = 0; i < count; i++) {
        struct stream *s = &streams[i];
        while (s->next < until && s->next < s->end) {
            s->step(s, s->next);
        }
    }
}
