/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The queue of lines to be: filled in any order within a slice, sorted, printed; what lies behind
 * the slice waits for the next one.
 *
 * LIMITS: memory for one slice; runs out with abort(), which is right for a test program.
 */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

static struct item *items;
static size_t count, capacity;
static uint32_t seq;

void queue_add(struct item it)
{
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 65536;
        items = realloc(items, capacity * sizeof *items);
        if (!items) {
            abort();
        }
    }
    it.seq = seq++;
    items[count++] = it;
}

void query(int64_t t, uint32_t ip, enum qtype type, uint16_t label, enum base base, uint32_t n)
{
    queue_add((struct item){.t = t,
                            .ip = ip,
                            .n = n,
                            .label = label,
                            .kind = ITEM_QUERY,
                            .base = (uint8_t)base,
                            .type = (uint8_t)type});
}

/* seq wraps after 2^32 lines; the difference of two in one slice does not. */
static int compare(const void *va, const void *vb)
{
    const struct item *a = va, *b = vb;

    if (a->t != b->t) {
        return a->t < b->t ? -1 : 1;
    }
    return (int32_t)(a->seq - b->seq) < 0 ? -1 : 1;
}

static void print(const struct item *it)
{
    if (it->kind == ITEM_QUERY) {
        emit_query(it);
    } else if (it->kind >= ITEM_IPLOG) {
        emit_tcp(it);
    } else {
        emit_mail(it);
    }
}

void queue_print(int64_t end)
{
    size_t i = 0;

    qsort(items, count, sizeof *items, compare);
    while (i < count && items[i].t < end) {
        print(&items[i++]);
    }
    memmove(items, items + i, (count - i) * sizeof *items);
    count -= i;
}
