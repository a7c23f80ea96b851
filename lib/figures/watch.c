/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: a hash of all watched clients, each with a ring of its last day's bins. An incident turns
 * the ring into a curve that goes on; the client is never given up for another one then, only for
 * 256 worse ones.
 *
 * LIMITS: of more than 8,192 clients, those that ask nothing that a rule looks at are watched only
 * from when there was room; the curve of one that was given up meanwhile begins anew.
 * Source: S0 and S1 draw a client's questions and its MX over the day; bounds are own choice.
 */
#include "figures/watch.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "util/sort.h"

#define BUCKETS 16384 /* a power of two, twice the clients */

struct dm_watch {
    uint32_t bucket[BUCKETS];
    struct dm_watched *all; /* DM_WATCH_MAX, used from the front */
    uint32_t n;
    uint32_t newest, oldest; /* order of the last question, of those without a kept curve */
    uint32_t kept[DM_WATCH_KEPT_MAX];
    uint32_t n_kept;
};

struct dm_watch *dm_watch_new(void)
{
    struct dm_watch *w = g_try_new0(struct dm_watch, 1);

    if (w) {
        w->all = g_try_new0(struct dm_watched, DM_WATCH_MAX);
    }
    if (w && !w->all) {
        g_free(w);
        return NULL;
    }
    return w;
}

static void drop_kept(struct dm_watched *c)
{
    if (c->kept) {
        dm_curve_clear(c->kept);
        g_free(c->kept);
        c->kept = NULL;
    }
}

void dm_watch_free(struct dm_watch *w)
{
    if (w) {
        for (uint32_t i = 0; i < w->n; i++) {
            g_free(w->all[i].ring);
            drop_kept(&w->all[i]);
        }
        g_free(w->all);
        g_free(w);
    }
}

/* ---- who is watched ---- */

static uint32_t *bucket_of(struct dm_watch *w, uint32_t hash)
{
    return &w->bucket[hash & (BUCKETS - 1)];
}

static struct dm_watched *find(struct dm_watch *w, const struct dm_addr *addr, uint32_t hash)
{
    for (uint32_t at = *bucket_of(w, hash); at; at = w->all[at - 1].hash_next) {
        if (dm_addr_eq(&w->all[at - 1].addr, addr)) {
            return &w->all[at - 1];
        }
    }
    return NULL;
}

static uint32_t place_of(const struct dm_watch *w, const struct dm_watched *c)
{
    return (uint32_t)(c - w->all) + 1;
}

static void unlink_order(struct dm_watch *w, struct dm_watched *c)
{
    *(c->newer ? &w->all[c->newer - 1].older : &w->newest) = c->older;
    *(c->older ? &w->all[c->older - 1].newer : &w->oldest) = c->newer;
    c->newer = c->older = 0;
}

static void link_newest(struct dm_watch *w, struct dm_watched *c)
{
    uint32_t at = place_of(w, c);

    c->older = w->newest;
    c->newer = 0;
    *(w->newest ? &w->all[w->newest - 1].newer : &w->oldest) = at;
    w->newest = at;
}

static void unlink_hash(struct dm_watch *w, const struct dm_watched *c)
{
    uint32_t at = place_of(w, c), *link = bucket_of(w, c->hash);

    while (*link != at) {
        link = &w->all[*link - 1].hash_next;
    }
    *link = c->hash_next;
}

/* A place with an empty ring; NULL: there is none, or no memory. */
static struct dm_watched *take_place(struct dm_watch *w)
{
    struct dm_watched *c = w->n < DM_WATCH_MAX ? &w->all[w->n] : NULL;

    if (c) {
        c->ring = g_try_malloc0(DM_WATCH_RING * sizeof *c->ring);
        w->n += c->ring != NULL;
        return c->ring ? c : NULL;
    }
    if (w->oldest == 0) {
        return NULL;
    }
    c = &w->all[w->oldest - 1];
    unlink_order(w, c);
    unlink_hash(w, c);
    memset(c->ring, 0, DM_WATCH_RING * sizeof *c->ring);
    return c;
}

static struct dm_watched *add(struct dm_watch *w, const struct dm_addr *addr, uint32_t hash,
                              int64_t now_s)
{
    struct dm_watched *c = take_place(w);

    if (c) {
        uint32_t *bucket = bucket_of(w, hash);
        *c = (struct dm_watched){.addr = *addr,
                                 .hash = hash,
                                 .hash_next = *bucket,
                                 .ring = c->ring,
                                 .last_bin = now_s / DM_WATCH_WIDTH_S};
        *bucket = place_of(w, c);
        link_newest(w, c);
    }
    return c;
}

/* ---- counting ---- */

/* The ring's bin of now; the bins between are empty. */
static uint32_t *ring_bin(struct dm_watched *c, int64_t now_s)
{
    int64_t bin = now_s / DM_WATCH_WIDTH_S;

    for (int64_t b = MAX(c->last_bin + 1, bin - DM_WATCH_RING + 1); b <= bin; b++) {
        memset(c->ring[b % DM_WATCH_RING], 0, sizeof c->ring[0]);
    }
    c->last_bin = MAX(c->last_bin, bin);
    return c->ring[c->last_bin % DM_WATCH_RING];
}

static void count(uint32_t *bin, const struct dm_obs *obs)
{
    bin[DM_WATCH_TOTAL]++;
    bin[DM_WATCH_A] += obs->type == DM_TYPE_A || obs->type == DM_TYPE_AAAA;
    bin[DM_WATCH_MX] += obs->type == DM_TYPE_MX;
    bin[DM_WATCH_PTR] += obs->type == DM_TYPE_PTR;
    bin[DM_WATCH_KEYWORD] += (obs->marks & DM_MARK_KEYWORD) != 0;
}

void dm_watch_question(struct dm_watch *w, const struct dm_obs *obs, int64_t now_s)
{
    struct dm_watched *c = find(w, &obs->client, obs->hash);

    if (!c) {
        c = w->n < DM_WATCH_MAX || obs->marks ? add(w, &obs->client, obs->hash, now_s) : NULL;
    }
    if (!c) {
        return;
    }
    uint32_t *bin = c->kept ? dm_curve_at(c->kept, now_s) : ring_bin(c, now_s);
    if (bin) {
        count(bin, obs);
    }
    if (!c->kept && w->newest != place_of(w, c)) {
        unlink_order(w, c);
        link_newest(w, c);
    }
}

/* ---- incidents ---- */

/* The worst first. */
static int compare(const struct dm_watched *a, const struct dm_watched *b)
{
    if (a->level != b->level) {
        return a->level > b->level ? -1 : 1;
    }
    if (a->score > b->score || a->score < b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return memcmp(a->addr.b, b->addr.b, sizeof a->addr.b);
}

/* The ring's day becomes a curve.   Returns: false without memory. */
static bool keep(struct dm_watch *w, struct dm_watched *c)
{
    struct dm_curve *curve = g_try_new(struct dm_curve, 1);

    if (!curve) {
        return false;
    }
    dm_curve_init(curve, DM_WATCH_WIDTH_S, DM_CURVE_SUM);
    for (int64_t b = c->last_bin - DM_WATCH_RING + 1; b <= c->last_bin; b++) {
        const uint32_t *from = b >= 0 ? c->ring[b % DM_WATCH_RING] : NULL;
        uint32_t *to =
            from && from[DM_WATCH_TOTAL] ? dm_curve_at(curve, b * DM_WATCH_WIDTH_S) : NULL;
        if (to) {
            memcpy(to, from, sizeof c->ring[0]);
        }
    }
    unlink_order(w, c);
    g_free(c->ring);
    c->ring = NULL;
    c->kept = curve;
    return true;
}

/* Of two places of the list, the worse client's comes first. */
static int compare_places(const void *a, const void *b, void *user)
{
    const struct dm_watch *w = user;

    return compare(&w->all[*(const uint32_t *)a - 1], &w->all[*(const uint32_t *)b - 1]);
}

/* Give the least bad one up for @c.   Returns: false: @c is less bad than all, or no memory. */
static bool displace(struct dm_watch *w, const struct dm_watched *c)
{
    uint32_t last = 0;

    for (uint32_t i = 1; i < w->n_kept; i++) {
        last = compare(&w->all[w->kept[i] - 1], &w->all[w->kept[last] - 1]) > 0 ? i : last;
    }
    struct dm_watched *victim = &w->all[w->kept[last] - 1];
    if (compare(c, victim) >= 0) {
        return false;
    }
    victim->ring = g_try_malloc0(DM_WATCH_RING * sizeof *victim->ring);
    if (!victim->ring) {
        return false;
    }
    drop_kept(victim);
    link_newest(w, victim);
    w->kept[last] = w->kept[--w->n_kept];
    return true;
}

void dm_watch_incident(struct dm_watch *w, const struct dm_watch_incident *in)
{
    struct dm_watched *c = find(w, in->client, in->hash);

    if (!c || in->level < c->level || (in->level == c->level && in->score < c->score)) {
        return;
    }
    c->level = in->level;
    c->score = in->score;
    if (c->kept || (w->n_kept == DM_WATCH_KEPT_MAX && !displace(w, c))) {
        return;
    }
    if (keep(w, c)) {
        w->kept[w->n_kept++] = place_of(w, c);
    }
}

uint32_t dm_watch_count(struct dm_watch *w)
{
    dm_sort(w->kept, w->n_kept, sizeof w->kept[0], compare_places, w);
    return w->n_kept;
}

const struct dm_watched *dm_watch_kept(struct dm_watch *w, uint32_t i)
{
    return &w->all[w->kept[i] - 1];
}
