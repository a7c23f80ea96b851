/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names are told apart by 64-bit keyed hashes. Of each only the first bytes are kept; they are
 * counted when the day ends, of the site and of the one client that is asked about.
 *
 * LIMITS: a name behind a limit is not counted, which `lossy` says. Two of 262,144 names have the
 * same hash once in 500 million days. A client that is followed from its first keyword query on,
 * because there was no place before, lacks the names that it asked for earlier that day.
 * Source: S1 Figure 2 counts different names (doc/SCIENCE.md A.5).
 */
#include "client/names.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"

/* The fewest places of a client's list; own choice. */
#define BEGIN_LEAST 16
/* Shorter lists are left to qsort(): a radix sort goes through 256 counters five times. */
#define RADIX_LEAST 256

static void clear_list(struct dm_names_list *list)
{
    dm_set_clear(&list->seen);
    g_free(list->begin);
    *list = (struct dm_names_list){0};
}

static void clear_client(struct dm_names *names, struct dm_names_client *c)
{
    names->held -= dm_set_count(&c->list.seen);
    clear_list(&c->list);
    *c = (struct dm_names_client){0};
}

void dm_names_init(struct dm_names *names)
{
    *names = (struct dm_names){0};
    dm_set_init(&names->site.seen, DM_NAMES_SITE_MAX);
}

void dm_names_clear(struct dm_names *names)
{
    for (uint32_t i = 0; i < names->n; i++) {
        clear_client(names, &names->client[i]);
    }
    g_free(names->client);
    clear_list(&names->site);
    dm_names_init(names);
}

/* ---- who is followed ---- */

/* Slots outlive days and clients: one is only good if it has the client's address. */
static struct dm_names_client *at_slot(const struct dm_names *names, uint8_t slot,
                                       const struct dm_addr *addr)
{
    struct dm_names_client *c = slot && slot <= names->n ? &names->client[slot - 1] : NULL;

    return c && dm_addr_eq(&c->addr, addr) ? c : NULL;
}

static uint8_t slot_of(const struct dm_names *names, const struct dm_names_client *c)
{
    return c ? (uint8_t)(c - names->client + 1) : 0;
}

/* The table may have forgotten a client in between. */
static struct dm_names_client *find(const struct dm_names *names, const struct dm_addr *addr)
{
    for (uint32_t i = 0; i < names->n; i++) {
        if (dm_addr_eq(&names->client[i].addr, addr)) {
            return &names->client[i];
        }
    }
    return NULL;
}

static struct dm_names_client *begin(struct dm_names_client *c, const struct dm_addr *addr,
                                     bool late)
{
    c->addr = *addr;
    c->list.lossy = late;
    dm_set_init(&c->list.seen, DM_NAMES_CLIENT_MAX);
    return c;
}

/* Follow a client in a place that is free.   Returns: NULL if there is none. */
static struct dm_names_client *follow(struct dm_names *names, const struct dm_addr *addr, bool late)
{
    struct dm_names_client *c;

    if (names->n == DM_NAMES_CLIENTS) {
        return NULL;
    }
    c = find(names, addr);
    if (c) {
        return c;
    }
    if (!names->client) {
        names->client = g_try_new0(struct dm_names_client, DM_NAMES_CLIENTS);
    }
    return names->client ? begin(&names->client[names->n++], addr, late) : NULL;
}

/* Whether @a should go before @b. */
static bool goes_before(const struct dm_names_client *a, const struct dm_names_client *b)
{
    uint32_t na = dm_set_count(&a->list.seen), nb = dm_set_count(&b->list.seen);

    return na != nb ? na < nb : memcmp(a->addr.b, b->addr.b, sizeof a->addr.b) < 0;
}

/* Follow a client in the place of another one. */
static struct dm_names_client *displace(struct dm_names *names, const struct dm_addr *addr,
                                        bool late)
{
    struct dm_names_client *out = NULL;

    for (uint32_t i = 0; i < names->n; i++) {
        struct dm_names_client *c = &names->client[i];
        if (c->keywords == 0 && (!out || goes_before(c, out))) {
            out = c;
        }
    }
    if (!out) {
        return NULL;
    }
    clear_client(names, out);
    return begin(out, addr, late);
}

/* ---- names ---- */

static int make_room(struct dm_names_list *list)
{
    uint32_t cap = MAX(BEGIN_LEAST, list->cap * 2);
    void *more;

    if (dm_set_count(&list->seen) < list->cap) {
        return 0;
    }
    more = g_try_realloc_n(list->begin, cap, sizeof list->begin[0]);
    if (!more) {
        return DNSMON_ENOMEM;
    }
    list->begin = more;
    list->cap = cap;
    return 0;
}

/* Returns: whether the name was new. */
static bool add_to_list(struct dm_names_list *list, struct dm_names_item item)
{
    if (dm_set_has(&list->seen, item.hash)) { /* almost always */
        return false;
    }
    int rc = make_room(list);
    if (rc == 0) {
        rc = dm_set_add(&list->seen, item.hash);
    }
    if (rc == 1) {
        memcpy(list->begin[dm_set_count(&list->seen) - 1], item.begin, sizeof list->begin[0]);
    }
    list->lossy |= rc < 0;
    return rc == 1;
}

static void add_to_client(struct dm_names *names, struct dm_names_client *c,
                          struct dm_names_item item)
{
    if (names->held < DM_NAMES_CLIENTS_MAX) {
        names->held += add_to_list(&c->list, item);
    } else {
        c->list.lossy |= !dm_set_has(&c->list.seen, item.hash);
    }
}

uint8_t dm_names_add(struct dm_names *names, uint8_t slot, const struct dm_addr *addr, bool late,
                     struct dm_names_item item)
{
    struct dm_names_client *c = at_slot(names, slot, addr);

    if (!item.hash) {
        return slot;
    }
    add_to_list(&names->site, item);
    c = c ? c : follow(names, addr, late);
    if (c) {
        add_to_client(names, c, item);
    }
    return slot_of(names, c);
}

uint8_t dm_names_keyword(struct dm_names *names, uint8_t slot, const struct dm_addr *addr,
                         bool late)
{
    struct dm_names_client *c = at_slot(names, slot, addr);

    c = c ? c : find(names, addr);
    c = c ? c : follow(names, addr, late);
    c = c ? c : displace(names, addr, late);
    if (c) {
        c->keywords += c->keywords < UINT32_MAX;
    }
    return slot_of(names, c);
}

/* ---- at the end of the day ---- */

struct dm_names_client *dm_names_busiest(const struct dm_names *names)
{
    struct dm_names_client *most = NULL;

    for (uint32_t i = 0; i < names->n; i++) {
        struct dm_names_client *c = &names->client[i];
        if (c->keywords == 0) {
            continue;
        }
        if (!most || c->keywords > most->keywords ||
            (c->keywords == most->keywords &&
             memcmp(c->addr.b, most->addr.b, sizeof c->addr.b) < 0)) {
            most = c;
        }
    }
    return most;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, DM_PREFIXES_LEN);
}

/* By one byte, stable.   @from, @to: @n places each. */
static void sort_by(uint8_t (*from)[DM_PREFIXES_LEN], uint8_t (*to)[DM_PREFIXES_LEN], uint32_t n,
                    size_t byte)
{
    uint32_t at[256] = {0}, sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        at[from[i][byte]]++;
    }
    for (int v = 0; v < 256; v++) {
        uint32_t many = at[v];
        at[v] = sum;
        sum += many;
    }
    for (uint32_t i = 0; i < n; i++) {
        memcpy(to[at[from[i][byte]]++], from[i], DM_PREFIXES_LEN);
    }
}

/* In the order of bytes: radix sort from the last byte on, a sixth of what qsort() takes for the
 * names of a campus. */
static void sort_names(struct dm_names_list *list, uint32_t n)
{
    uint8_t(*other)[DM_PREFIXES_LEN] =
        n < RADIX_LEAST ? NULL : g_try_malloc_n(list->cap, sizeof *other);

    if (!other) {
        qsort(list->begin, n, sizeof list->begin[0], by_bytes);
        return;
    }
    for (size_t byte = DM_PREFIXES_LEN; byte-- > 0;) {
        uint8_t(*from)[DM_PREFIXES_LEN] = list->begin;
        sort_by(from, other, n, byte);
        list->begin = other;
        other = from;
    }
    g_free(other);
}

int dm_names_count(struct dm_names_list *list, struct dm_prefixes *ret)
{
    uint32_t n = dm_set_count(&list->seen);
    int rc = 0;

    if (n) {
        sort_names(list, n);
    }
    for (uint32_t i = 0, to; i < n && rc == 0; i = to) {
        const char *p = (const char *)list->begin[i];
        for (to = i + 1; to < n && memcmp(list->begin[to], p, DM_PREFIXES_LEN) == 0; to++) {
        }
        rc = dm_prefixes_add_run(
            ret, dm_prefixes_key(dm_slice_make(p, strnlen(p, DM_PREFIXES_LEN))), to - i);
    }
    return rc;
}
