/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Longest-prefix match in one sorted array. Prefixes either nest or are disjoint, so in the order
 * (address, length) the last entry at or before an address is either the answer or lies inside it:
 * a binary search, and then up the chain of enclosing prefixes until one has the address.
 *
 * LIMITS: no removal; a chain is as deep as the prefixes are nested (at most 129).
 */
#include "util/prefixmap.h"

#include <assert.h>
#include <stdlib.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "util/copy.h"

struct dm_prefixmap_entry {
    uint64_t hi, lo; /* the address as one number of 128 bits */
    uint32_t value;
    int32_t parent; /* the longest other prefix that has this one; -1: none */
    uint8_t len;
};

static uint64_t load_be64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return GUINT64_FROM_BE(v);
}

static void store_be64(uint64_t v, uint8_t *p)
{
    for (int i = 7; i >= 0; i--, v >>= 8) {
        p[i] = (uint8_t)v;
    }
}

/* A mask of the @len leading bits of 64; @len below 0 counts as 0, above 64 as 64. */
static uint64_t mask64(int len)
{
    return len <= 0 ? 0 : len >= 64 ? UINT64_MAX : UINT64_MAX << (64 - len);
}

static bool has(const struct dm_prefixmap_entry *e, uint64_t hi, uint64_t lo)
{
    return ((e->hi ^ hi) & mask64(e->len)) == 0 && ((e->lo ^ lo) & mask64(e->len - 64)) == 0;
}

void dm_prefixmap_clear(struct dm_prefixmap *map)
{
    g_free(map->entry);
    *map = (struct dm_prefixmap){0};
}

void dm_prefixmap_add(struct dm_prefixmap *map, const struct dm_prefix *p, uint32_t value)
{
    assert(!map->sealed);
    struct dm_prefixmap_entry *entry =
        dm_array_room(map->entry, map->n, &map->room, sizeof *map->entry);
    if (!entry) {
        map->failed = true;
        return;
    }
    map->entry = entry;
    entry[map->n++] = (struct dm_prefixmap_entry){load_be64(p->addr.b), load_be64(p->addr.b + 8),
                                                  value, -1, p->len};
}

static bool same_prefix(const struct dm_prefixmap_entry *a, const struct dm_prefixmap_entry *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->len == b->len;
}

static int compare(const void *va, const void *vb)
{
    const struct dm_prefixmap_entry *a = va, *b = vb;

    if (a->hi != b->hi) {
        return a->hi < b->hi ? -1 : 1;
    }
    if (a->lo != b->lo) {
        return a->lo < b->lo ? -1 : 1;
    }
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return a->value < b->value ? -1 : a->value > b->value;
}

/* Drop the second of equal neighbours.  Returns: DNSMON_EINVAL if their values differ. */
static int merge_equal(struct dm_prefixmap *map, struct dm_prefixmap_clash *ret_clash)
{
    size_t kept = 0;

    for (size_t i = 0; i < map->n; i++) {
        const struct dm_prefixmap_entry *e = &map->entry[i];
        if (kept == 0 || !same_prefix(&map->entry[kept - 1], e)) {
            map->entry[kept++] = *e;
        } else if (map->entry[kept - 1].value != e->value) {
            if (ret_clash) {
                store_be64(e->hi, ret_clash->prefix.addr.b);
                store_be64(e->lo, ret_clash->prefix.addr.b + 8);
                ret_clash->prefix.len = e->len;
                ret_clash->first = map->entry[kept - 1].value;
                ret_clash->second = e->value;
            }
            return DNSMON_EINVAL;
        }
    }
    map->n = kept;
    return 0;
}

int dm_prefixmap_seal(struct dm_prefixmap *map, struct dm_prefixmap_clash *ret_clash)
{
    if (map->failed) {
        return DNSMON_ENOMEM;
    }
    if (map->n > 1) {
        qsort(map->entry, map->n, sizeof map->entry[0], compare);
    }
    int rc = merge_equal(map, ret_clash);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 1; i < map->n; i++) {
        struct dm_prefixmap_entry *e = &map->entry[i];
        int32_t up = (int32_t)i - 1;
        while (up >= 0 && !has(&map->entry[up], e->hi, e->lo)) {
            up = map->entry[up].parent;
        }
        e->parent = up;
    }
    map->sealed = true;
    return 0;
}

/* The beginning of addresses of IPv4. */
#define V4_HI 0
#define V4_LO 0x0000ffff00000000u

/* The longest prefix that has an address; NULL: none. */
static const struct dm_prefixmap_entry *look_up(const struct dm_prefixmap *map, uint64_t hi,
                                                uint64_t lo)
{
    bool v4 = hi == V4_HI && (lo & mask64(32)) == V4_LO;
    int shortest = v4 ? 96 : 0; /* ::/0 speaks of IPv6 only, as in dm_prefix_has() */
    size_t from = 0, to = map->n;

    assert(map->sealed);
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        const struct dm_prefixmap_entry *e = &map->entry[mid];
        if (e->hi < hi || (e->hi == hi && e->lo <= lo)) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    for (int32_t i = (int32_t)from - 1; i >= 0; i = map->entry[i].parent) {
        if (map->entry[i].len >= shortest && has(&map->entry[i], hi, lo)) {
            return &map->entry[i];
        }
    }
    return NULL;
}

bool dm_prefixmap_find(const struct dm_prefixmap *map, const struct dm_addr *a, uint32_t *ret)
{
    const struct dm_prefixmap_entry *e = look_up(map, load_be64(a->b), load_be64(a->b + 8));

    if (e) {
        *ret = e->value;
    }
    return e != NULL;
}

bool dm_prefixmap_has(const struct dm_prefixmap *map, const struct dm_addr *a,
                      struct dm_prefixmap_memo *memo)
{
    if (dm_prefixmap_again(memo, a)) {
        return true;
    }
    const struct dm_prefixmap_entry *e = look_up(map, load_be64(a->b), load_be64(a->b + 8));

    if (e && (e->len >= 96 || !has(e, V4_HI, V4_LO))) { /* see shortest: not for both families */
        *memo = (struct dm_prefixmap_memo){
            .addr = {GUINT64_TO_BE(e->hi), GUINT64_TO_BE(e->lo)},
            .mask = {GUINT64_TO_BE(mask64(e->len)), GUINT64_TO_BE(mask64(e->len - 64))},
            .set = true};
    }
    return e != NULL;
}
