/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Space-Saving over an array: whoever is new takes the slot of the smallest and its count as his
 * possible error. With 64 slots a pass over the folded addresses (four cache lines) costs less than
 * the lists of the paper.
 *
 * Source: Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k
 * elements"; doc/SCIENCE.md A.10, E.3.
 * LIMITS: the fold has no key: whoever chooses his addresses can make 64 full compares of one
 * glance. Many addresses that come once each push all errors up to total / 64: then nobody is
 * heavy, which is the truth.
 */
#include "stats/heavy.h"

#include <glib.h>

static uint32_t fold_of(const struct dm_addr *addr)
{
    uint32_t w[4];

    memcpy(w, addr->b, sizeof w);
    return w[0] ^ w[1] ^ w[2] ^ w[3];
}

static uint32_t plus(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Index of the address; h->used if it is not there. */
static uint32_t index_of(const struct dm_heavy *h, const struct dm_addr *addr, uint32_t fold)
{
    for (uint32_t i = 0; i < h->used; i++) {
        if (h->fold[i] == fold && dm_addr_eq(&h->slot[i].addr, addr)) {
            return i;
        }
    }
    return h->used;
}

/* Larger counts first, then smaller addresses. */
static int order(const struct dm_heavy_slot *a, const struct dm_heavy_slot *b)
{
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return memcmp(a->addr.b, b->addr.b, sizeof a->addr.b);
}

static uint32_t last_in_order(const struct dm_heavy *h)
{
    uint32_t last = 0;

    for (uint32_t i = 1; i < h->used; i++) {
        if (order(&h->slot[i], &h->slot[last]) > 0) {
            last = i;
        }
    }
    return last;
}

struct dm_heavy_slot *dm_heavy_add(struct dm_heavy *h, const struct dm_addr *addr, uint32_t n,
                                   int64_t t_s)
{
    uint32_t fold = fold_of(addr), i = index_of(h, addr, fold);

    if (n == 0) {
        return NULL;
    }
    if (i == h->used) {
        uint32_t error = 0;
        if (h->used == DM_HEAVY_SLOTS) {
            i = last_in_order(h);
            error = h->slot[i].count;
        } else {
            h->used++;
        }
        h->fold[i] = fold;
        h->slot[i] = (struct dm_heavy_slot){
            .addr = *addr, .count = error, .error = error, .first_s = t_s, .last_s = t_s};
    }
    struct dm_heavy_slot *s = &h->slot[i];
    s->count = plus(s->count, n);
    s->first_s = MIN(s->first_s, t_s);
    s->last_s = MAX(s->last_s, t_s);
    h->total += n;
    return s;
}

void dm_heavy_count(struct dm_heavy_slot *slot, unsigned aux)
{
    slot->aux[aux] = plus(slot->aux[aux], 1);
}

const struct dm_heavy_slot *dm_heavy_find(const struct dm_heavy *h, const struct dm_addr *addr)
{
    uint32_t i = index_of(h, addr, fold_of(addr));

    return i < h->used ? &h->slot[i] : NULL;
}

const struct dm_heavy_slot *dm_heavy_top(const struct dm_heavy *h)
{
    const struct dm_heavy_slot *top = NULL;

    for (uint32_t i = 0; i < h->used; i++) {
        if (!top || order(&h->slot[i], top) < 0) {
            top = &h->slot[i];
        }
    }
    return top;
}

static int compare(const void *a, const void *b)
{
    return order(a, b);
}

static void refold(struct dm_heavy *h)
{
    for (uint32_t i = 0; i < h->used; i++) {
        h->fold[i] = fold_of(&h->slot[i].addr);
    }
}

void dm_heavy_sort(struct dm_heavy *h)
{
    qsort(h->slot, h->used, sizeof h->slot[0], compare);
    refold(h);
}

void dm_heavy_halve(struct dm_heavy *h)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < h->used; i++) {
        struct dm_heavy_slot s = h->slot[i];
        uint32_t sure = (s.count - s.error) / 2;
        s.count /= 2;
        s.error = s.count - sure;
        for (int a = 0; a < DM_HEAVY_AUX; a++) {
            s.aux[a] /= 2;
        }
        if (s.count > 0) {
            h->slot[kept++] = s;
        }
    }
    h->used = kept;
    h->total /= 2;
    refold(h);
}

void dm_heavy_reset(struct dm_heavy *h)
{
    h->used = 0;
    h->total = 0;
}

void dm_heavy_pack(struct dm_buf *out, const struct dm_heavy *h)
{
    DM_PACK(out, h->total);
    dm_pack_count(out, h->used);
    for (uint32_t i = 0; i < h->used; i++) {
        const struct dm_heavy_slot *s = &h->slot[i];
        DM_PACK(out, s->addr);
        DM_PACK(out, s->count);
        DM_PACK(out, s->error);
        DM_PACK(out, s->aux);
        DM_PACK(out, s->first_s);
        DM_PACK(out, s->last_s);
    }
}

static void unpack_slot(struct dm_unpacker *in, struct dm_heavy_slot *s)
{
    DM_UNPACK(in, s->addr);
    DM_UNPACK(in, s->count);
    DM_UNPACK(in, s->error);
    DM_UNPACK(in, s->aux);
    s->first_s = dm_unpack_seconds(in);
    s->last_s = dm_unpack_seconds(in);
    dm_unpack_require(in, s->count > 0 && s->error <= s->count && s->first_s <= s->last_s,
                      "a frequent address has impossible counts or times");
}

void dm_heavy_unpack(struct dm_unpacker *in, struct dm_heavy *ret)
{
    uint64_t sum = 0;

    memset(ret, 0, sizeof *ret);
    DM_UNPACK(in, ret->total);
    uint64_t n = dm_unpack_count(in, sizeof(struct dm_addr));
    dm_unpack_require(in, n <= DM_HEAVY_SLOTS, "too many frequent addresses");
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        struct dm_heavy_slot s;
        unpack_slot(in, &s);
        sum += s.count;
        uint32_t fold = fold_of(&s.addr);
        dm_unpack_require(in, sum <= ret->total && index_of(ret, &s.addr, fold) == ret->used,
                          "a frequent address is there twice, or they have more than all");
        ret->fold[ret->used] = fold;
        ret->slot[ret->used++] = s;
    }
    if (in->bad) {
        memset(ret, 0, sizeof *ret);
    }
}
