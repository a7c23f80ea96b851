/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The client table: bounded in bytes, keyed hash, who was seen once out first, suspects kept.
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_CLIENT_CLIENT_TABLE_H
#define DM_CLIENT_CLIENT_TABLE_H

#include <stddef.h>

#include "client/client.h"
#include "util/hash.h"
#include "util/pack.h"

struct dm_client_table;

/** What the table needs to know of the second tier, and whom it tells. */
struct dm_client_hooks {
    size_t state_bytes; /**< detectors' states behind struct dm_suspect, zeroed when made */
    /** A suspect block is about to go: release what its states hold. */
    void (*clear)(void *user, struct dm_suspect *sus);
    /** A client is about to be evicted. */
    void (*evicted)(void *user, struct dm_client *cli);
    void *user;
};

struct dm_client_counts {
    uint64_t created, evicted;
    uint64_t evicted_kept; /**< evicted although a suspect: nothing else was left */
    uint64_t refused; /**< clients that could not be followed, each once a local day: no room for
                           its suspect block; or not made at all, then once a line */
    uint64_t
        denied; /**< times that there was no room, for a block or in a client's or site's state */
};

/** dm_client_table_new() - @cap_bytes: for everything, hash and states included.
 * Returns: NULL without memory. */
struct dm_client_table *dm_client_table_new(size_t cap_bytes, const struct dm_hashkey *key,
                                            const struct dm_client_hooks *hooks);
void dm_client_table_free(struct dm_client_table *t);

/** dm_client_find() - a client by address; NULL if it is not known. */
struct dm_client *dm_client_find(struct dm_client_table *t, const struct dm_addr *addr);

/**
 * dm_client_get() - a client by address, made if need be, marked as just seen.
 * @now_s:  event time.
 * Returns: NULL only if there is no room for even one. The pointer is good until the next
 *          dm_client_get(): an eviction may free another client, never this one.
 * Cost:    O(1); no allocation but every 1,024 clients.
 */
struct dm_client *dm_client_get(struct dm_client_table *t, const struct dm_addr *addr,
                                uint32_t now_s);

/** dm_client_get_hashed() - the same with dm_hash_addr() of the address under the table's key,
 * which whoever made the observation has computed without the monitor's lock. */
struct dm_client *dm_client_get_hashed(struct dm_client_table *t, const struct dm_addr *addr,
                                       uint32_t hash, uint32_t now_s);

/** dm_client_rest() - the rest of a client of this table.   Cost: a search.
 * dm_client_rest_at() - of an index. */
struct dm_client_rest *dm_client_rest(struct dm_client_table *t, const struct dm_client *cli);
struct dm_client_rest *dm_client_rest_at(const struct dm_client_table *t, dm_index at);

/** dm_client_keep() - it is not to be evicted before @until_s, nor before what was said earlier. */
void dm_client_keep(struct dm_client_table *t, const struct dm_client *cli, uint32_t until_s);

/** dm_client_suspect() - a client's second tier.   Returns: NULL if it has none. */
struct dm_suspect *dm_client_suspect(struct dm_client_table *t, const struct dm_client *cli);

/** dm_client_make_suspect() - the same, made if need be.   Returns: NULL if there is no room. */
struct dm_suspect *dm_client_make_suspect(struct dm_client_table *t, struct dm_client *cli);

/** dm_client_drop_suspect() - give the second tier back. */
void dm_client_drop_suspect(struct dm_client_table *t, struct dm_client *cli);

/** dm_client_at() - by index; NULL if there is none. */
struct dm_client *dm_client_at(struct dm_client_table *t, dm_index at);

/** dm_client_index() - the index of a client of this table. */
dm_index dm_client_index(struct dm_client_table *t, const struct dm_client *cli);

/**
 * dm_client_next() - all clients from the next to be evicted on:
 * `for (dm_index at = 0; (cli = dm_client_next(t, &at)) != NULL;)`.
 * @at:     0 at first, then the client's index; the table must not change.   Returns: NULL: no
 * more.
 */
struct dm_client *dm_client_next(struct dm_client_table *t, dm_index *at);

/** dm_client_charge() - count heap memory of a state (or give it back) against the cap.
 * Returns: 0; DNSMON_ENOMEM if it does not fit. */
int dm_client_charge(struct dm_client_table *t, ptrdiff_t bytes);

/** dm_client_pack() - the first tier of the client of an index to a state file. */
void dm_client_pack(struct dm_buf *out, struct dm_client_table *t, dm_index at);

/**
 * dm_client_unpack() - make a client of a state file, as the one most recently seen.
 * Returns: NULL if its content was refused (see @in), or if there is no room for it.
 */
struct dm_client *dm_client_unpack(struct dm_unpacker *in, struct dm_client_table *t);

/**
 * dm_client_table_resize() - a new cap. A smaller one is kept at once: clients are evicted in the
 * order of any eviction, the others move together, and the memory behind them is freed.
 * @now_s:  event time.
 * Returns: whether memory was freed: dm_memory_trim() hands it to the kernel.
 * Cost:    of a smaller cap O(clients), once; no memory beside. Pointers to clients are void.
 */
bool dm_client_table_resize(struct dm_client_table *t, size_t cap_bytes, uint32_t now_s);

/** Clients in the table; bytes that they and their states take. */
size_t dm_client_table_len(const struct dm_client_table *t);
size_t dm_client_table_bytes(const struct dm_client_table *t);
const struct dm_client_counts *dm_client_table_counts(const struct dm_client_table *t);

#endif
