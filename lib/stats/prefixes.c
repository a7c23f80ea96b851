/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A trie of five levels: nodes of one array, children as a list of siblings. No hash: neither its
 * key nor hostile collisions can change a result or the time it takes (at most 256 siblings on each
 * of five levels).
 *
 * Making room: leaves go, by their largest possible count (count + error), of equals the largest
 * bytes first; whoever comes later starts with the largest count that went as his possible error.
 * That is Space-Saving with the error kept apart from the count, so that children never sum to more
 * than their parent. An eighth of the leaves goes at once, so that sorting is paid by many names.
 *
 * Source: S1 Figure 2, doc/SCIENCE.md A.5; Metwally, Agrawal, El Abbadi 2005.
 * LIMITS: beyond the cap, prefixes of names that never repeat displace rare ones: those have wide
 * errors then, the frequent ones do not.
 */
#include "stats/prefixes.h"

#include <glib.h>

#include "dnsmon/dnsmon.h"

#define LEN DM_PREFIXES_LEN
#define BYTES_MASK 0xffffffffffULL
/* Share of the leaves that makes room at once. Own choice: sorting costs each name log2(cap)·8·5.
 */
#define ROOM_SHARE 8

struct dm_prefix_node {
    uint32_t count, error;
    uint32_t child, next; /* first child, next sibling; 0: none. next also links the free list */
    uint32_t parent;
    uint8_t byte;
    uint8_t len; /* 0 only for the root and nodes that are free */
};

struct dm_prefix_rank {
    uint64_t weight, key;
    uint32_t node;
};

static unsigned key_len(uint64_t key)
{
    return (unsigned)(key >> (8 * LEN));
}

static uint8_t key_byte(uint64_t key, unsigned i)
{
    return (uint8_t)(key >> (8 * (LEN - 1 - i)));
}

static bool key_valid(uint64_t key)
{
    unsigned len = key_len(key);

    return len <= LEN && (len == LEN || (key & (BYTES_MASK >> (8 * len))) == 0);
}

uint64_t dm_prefixes_key(struct dm_slice name)
{
    uint64_t len = MIN(name.n, (size_t)LEN), key = len << (8 * LEN);

    for (unsigned i = 0; i < len; i++) {
        key |= (uint64_t)(uint8_t)name.p[i] << (8 * (LEN - 1 - i));
    }
    return key;
}

void dm_prefixes_init(struct dm_prefixes *p, uint32_t cap)
{
    *p = (struct dm_prefixes){.cap = MAX(cap, (uint32_t)DM_PREFIXES_LEAST) + 1};
}

void dm_prefixes_clear(struct dm_prefixes *p)
{
    g_free(p->node);
    g_free(p->rank);
    *p = (struct dm_prefixes){.cap = p->cap};
}

void dm_prefixes_reset(struct dm_prefixes *p)
{
    if (p->node) {
        p->node[0] = (struct dm_prefix_node){0};
        p->used = 1;
    }
    p->free = p->live = p->floor = 0;
    p->total = 0;
}

static int allocate(struct dm_prefixes *p)
{
    if (p->node) {
        return 0;
    }
    p->node = g_try_new0(struct dm_prefix_node, p->cap);
    p->rank = g_try_new(struct dm_prefix_rank, p->cap);
    if (!p->node || !p->rank) {
        g_free(p->node);
        g_free(p->rank);
        p->node = NULL;
        p->rank = NULL;
        return DNSMON_ENOMEM;
    }
    p->used = 1;
    return 0;
}

/* 0: not there. */
static uint32_t child_of(const struct dm_prefixes *p, uint32_t at, uint8_t byte)
{
    uint32_t c = p->node[at].child;

    while (c && p->node[c].byte != byte) {
        c = p->node[c].next;
    }
    return c;
}

/* How often a prefix may have been there before it got a node: at most what made room, and at most
 * what its beginning had, which has counted the present name already. */
static uint32_t missed(const struct dm_prefixes *p, uint32_t parent)
{
    const struct dm_prefix_node *n = &p->node[parent];
    uint64_t before = (parent ? (uint64_t)n->count + n->error : p->total) - 1;

    return (uint32_t)MIN(before, (uint64_t)p->floor);
}

/* The caller has seen to it that there is room. */
static uint32_t take(struct dm_prefixes *p, uint32_t parent, uint8_t byte)
{
    uint32_t at = p->free;

    if (at) {
        p->free = p->node[at].next;
    } else {
        at = p->used++;
    }
    p->node[at] = (struct dm_prefix_node){.error = missed(p, parent),
                                          .next = p->node[parent].child,
                                          .parent = parent,
                                          .byte = byte,
                                          .len = p->node[parent].len + 1};
    p->node[parent].child = at;
    p->live++;
    return at;
}

static void give(struct dm_prefixes *p, uint32_t at)
{
    uint32_t *link = &p->node[p->node[at].parent].child;

    while (*link != at) {
        link = &p->node[*link].next;
    }
    *link = p->node[at].next;
    p->node[at] = (struct dm_prefix_node){.next = p->free};
    p->free = at;
    p->live--;
}

static uint64_t key_of(const struct dm_prefixes *p, uint32_t at)
{
    uint64_t key = (uint64_t)p->node[at].len << (8 * LEN);

    for (; p->node[at].len > 0; at = p->node[at].parent) {
        key |= (uint64_t)p->node[at].byte << (8 * (LEN - p->node[at].len));
    }
    return key;
}

/* Larger weights first, then shorter and smaller keys. */
static int order(const void *a, const void *b)
{
    const struct dm_prefix_rank *x = a, *y = b;

    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return x->key < y->key ? -1 : x->key > y->key;
}

static void make_room(struct dm_prefixes *p)
{
    uint32_t leaves = 0;

    for (uint32_t i = 1; i < p->used; i++) {
        const struct dm_prefix_node *n = &p->node[i];
        if (n->len > 0 && n->child == 0) {
            uint64_t most = (uint64_t)n->count + n->error;
            p->rank[leaves++] = (struct dm_prefix_rank){most, key_of(p, i), i};
        }
    }
    qsort(p->rank, leaves, sizeof p->rank[0], order);
    uint32_t go = MIN(leaves, MAX(leaves / ROOM_SHARE, (uint32_t)LEN));
    for (uint32_t i = leaves - go; i < leaves; i++) {
        p->floor = MAX(p->floor, (uint32_t)MIN(p->rank[i].weight, (uint64_t)UINT32_MAX));
        give(p, p->rank[i].node);
    }
}

/* Nodes that the key lacks. */
static unsigned missing(const struct dm_prefixes *p, uint64_t key)
{
    uint32_t at = 0;

    for (unsigned i = 0; i < key_len(key); i++) {
        at = child_of(p, at, key_byte(key, i));
        if (at == 0) {
            return key_len(key) - i;
        }
    }
    return 0;
}

static uint32_t room(const struct dm_prefixes *p)
{
    return p->cap - 1 - p->live;
}

int dm_prefixes_add(struct dm_prefixes *p, uint64_t key)
{
    uint32_t at = 0;

    if (!key_valid(key)) {
        return DNSMON_EINVAL;
    }
    if (allocate(p) < 0) {
        return DNSMON_ENOMEM;
    }
    /* At least five leaves go: that is room for any key, whatever of its path went with them. */
    if (missing(p, key) > room(p)) {
        make_room(p);
    }
    p->total++;
    for (unsigned i = 0; i < key_len(key); i++) {
        uint32_t c = child_of(p, at, key_byte(key, i));
        at = c ? c : take(p, at, key_byte(key, i));
        p->node[at].count += p->node[at].count < UINT32_MAX;
    }
    return 0;
}

int dm_prefixes_add_run(struct dm_prefixes *p, uint64_t key, uint32_t n)
{
    int rc = dm_prefixes_add(p, key);
    uint32_t at = 0;

    if (rc < 0) {
        return rc;
    }
    p->total += n - 1; /* the path is there now, so nothing more has to make room */
    for (unsigned i = 0; i < key_len(key) && n > 1; i++) {
        at = child_of(p, at, key_byte(key, i));
        p->node[at].count += MIN(n - 1, UINT32_MAX - p->node[at].count);
    }
    return 0;
}

bool dm_prefixes_exact(const struct dm_prefixes *p)
{
    return p->floor == 0;
}

uint32_t dm_prefixes_top(struct dm_prefixes *p, unsigned len, uint32_t n, struct dm_prefix_row *ret)
{
    uint32_t found = 0;

    for (uint32_t i = 1; i < p->used; i++) {
        if (p->node[i].len == len && len > 0) {
            p->rank[found++] = (struct dm_prefix_rank){p->node[i].count, key_of(p, i), i};
        }
    }
    if (found == 0) {
        return 0;
    }
    qsort(p->rank, found, sizeof p->rank[0], order);
    n = MIN(n, found);
    for (uint32_t i = 0; i < n; i++) {
        const struct dm_prefix_node *node = &p->node[p->rank[i].node];
        ret[i] =
            (struct dm_prefix_row){.len = (uint8_t)len, .count = node->count, .error = node->error};
        for (unsigned b = 0; b < len; b++) {
            ret[i].text[b] = (char)key_byte(p->rank[i].key, b);
        }
    }
    return n;
}

size_t dm_prefixes_bytes(const struct dm_prefixes *p)
{
    return p->node ? p->cap * (sizeof p->node[0] + sizeof p->rank[0]) : 0;
}

/* Parents have to come before their children: one level after the other. */
void dm_prefixes_pack(struct dm_buf *out, const struct dm_prefixes *p)
{
    DM_PACK(out, p->total);
    DM_PACK(out, p->floor);
    dm_pack_count(out, p->live);
    for (uint8_t len = 1; len <= LEN; len++) {
        for (uint32_t i = 1; i < p->used; i++) {
            if (p->node[i].len == len) {
                uint64_t key = key_of(p, i);
                DM_PACK(out, key);
                DM_PACK(out, p->node[i].count);
                DM_PACK(out, p->node[i].error);
            }
        }
    }
}

static void unpack_node(struct dm_unpacker *in, struct dm_prefixes *p)
{
    uint32_t at = 0, count, error;
    uint64_t key;

    DM_UNPACK(in, key);
    DM_UNPACK(in, count);
    DM_UNPACK(in, error);
    unsigned len = key_len(key);
    if (!dm_unpack_require(in, key_valid(key) && len > 0 && missing(p, key) == 1,
                           "a prefix is there twice or its beginning is not")) {
        return;
    }
    for (unsigned i = 0; i + 1 < len; i++) {
        at = child_of(p, at, key_byte(key, i));
    }
    if (dm_unpack_require(
            in, count > 0 && error <= p->floor && count <= (at ? p->node[at].count : p->total),
            "a prefix has an impossible count")) {
        at = take(p, at, key_byte(key, len - 1));
        p->node[at].count = count;
        p->node[at].error = error;
    }
}

int dm_prefixes_unpack(struct dm_unpacker *in, struct dm_prefixes *ret)
{
    DM_UNPACK(in, ret->total);
    DM_UNPACK(in, ret->floor);
    uint64_t n = dm_unpack_count(in, sizeof(uint64_t) + 2 * sizeof(uint32_t));
    dm_unpack_require(in, n < ret->cap, "there are more prefixes than their limit");
    if (!in->bad && n > 0 && allocate(ret) < 0) {
        return DNSMON_ENOMEM;
    }
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        unpack_node(in, ret);
    }
    if (in->bad) {
        dm_prefixes_clear(ret);
    }
    return 0;
}
