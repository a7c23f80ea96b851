/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Batches grow by doubling and are reused, so that a steady stream allocates nothing.
 *
 * LIMITS: a batch never shrinks; its owner bounds how much it puts in.
 */
#include "stream/batch.h"

#include <glib.h>

#include "dnsmon/dnsmon.h"

/* Small, because a replay at full speed through a live host keeps many seconds open. */
#define FIRST_OBS 4
#define FIRST_TEXT 64

int dm_batch_grow(struct dm_batch *b, size_t more)
{
    size_t cap = b->cap ? b->cap : FIRST_OBS;

    while (cap - b->n < more) {
        cap *= 2;
    }
    struct dm_obs *obs = dm_pool_resize(b->pool, b->obs, b->cap * sizeof *obs, cap * sizeof *obs);
    if (!obs) {
        return DNSMON_ENOMEM;
    }
    b->obs = obs;
    b->cap = cap;
    return 0;
}

static int reserve_text(struct dm_batch *b, size_t len)
{
    size_t cap = b->text_cap ? b->text_cap : FIRST_TEXT;

    if (len <= b->text_cap - b->text_n) {
        return 0;
    }
    while (cap - b->text_n < len) {
        cap *= 2;
    }
    char *text = dm_pool_resize(b->pool, b->text, b->text_cap, cap);
    if (!text) {
        return DNSMON_ENOMEM;
    }
    b->text = text;
    b->text_cap = cap;
    return 0;
}

int dm_batch_keep(struct dm_batch *b, struct dm_slice name)
{
    struct dm_obs *o = &b->obs[b->n];

    name = dm_slice_head(name, UINT8_MAX);
    if (name.n && reserve_text(b, name.n) < 0) {
        return DNSMON_ENOMEM;
    }
    o->text = (uint32_t)b->text_n;
    o->text_len = (uint8_t)name.n;
    if (name.n) {
        memcpy(b->text + b->text_n, name.p, name.n);
        b->text_n += name.n;
    }
    b->n++;
    return 0;
}

int dm_batch_add(struct dm_batch *b, const struct dm_obs *obs, struct dm_slice name)
{
    if (dm_batch_reserve(b, 1) < 0) {
        return DNSMON_ENOMEM;
    }
    b->obs[b->n] = *obs;
    return dm_batch_keep(b, name);
}

int dm_batch_append(struct dm_batch *b, const struct dm_batch *from, size_t begin, size_t end)
{
    size_t text = from->obs[begin].text;
    size_t text_n = (end < from->n ? from->obs[end].text : from->text_n) - text;

    if (dm_batch_reserve(b, end - begin) < 0 || (text_n && reserve_text(b, text_n) < 0)) {
        return DNSMON_ENOMEM;
    }
    struct dm_obs *to = &b->obs[b->n];
    memcpy(to, &from->obs[begin], (end - begin) * sizeof *to);
    for (size_t i = 0; i < end - begin; i++) {
        to[i].text += (uint32_t)(b->text_n - text);
    }
    if (text_n) {
        memcpy(b->text + b->text_n, from->text + text, text_n);
        b->text_n += text_n;
    }
    b->n += end - begin;
    return 0;
}

struct dm_slice dm_batch_name(const struct dm_batch *b, const struct dm_obs *obs)
{
    return obs->text_len ? dm_slice_make(b->text + obs->text, obs->text_len) : dm_slice_make("", 0);
}

void dm_batch_reset(struct dm_batch *b)
{
    b->n = 0;
    b->text_n = 0;
}

void dm_batch_clear(struct dm_batch *b)
{
    dm_pool_give(b->pool, b->obs, b->cap * sizeof *b->obs);
    dm_pool_give(b->pool, b->text, b->text_cap);
    *b = (struct dm_batch){.pool = b->pool};
}
