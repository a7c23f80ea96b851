/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The names of a day: how the names that were asked for with type A begin (Figure 2 of S1), for the
 * site and for up to 255 clients; each name counts once.
 * One thread at a time (the monitor's lock).
 */
#ifndef DM_CLIENT_NAMES_H
#define DM_CLIENT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/prefixes.h"
#include "util/addr.h"
#include "util/set.h"

/** Clients whose names are followed; a slot fits the byte in struct dm_client. */
#define DM_NAMES_CLIENTS 255
/** Different names that are told apart: of the site (own choice: a campus of 10,000 has some
 * 100,000 a day), of one client (Mytob asked 32,721 questions a day, S1), of all those clients
 * together. A name takes 11 to 22 bytes in a set, beside 5 to 10 in a list: 6 MB for the site, 16
 * MB for the clients at the most. */
#define DM_NAMES_SITE_MAX (1u << 18)
#define DM_NAMES_CLIENT_MAX (1u << 16)
#define DM_NAMES_CLIENTS_MAX (1u << 19)
/** Prefixes held while they are counted at the end of the day, 48 bytes each: 3 MB. Own choice: ten
 * times what 15,000 names of Figure 2 need, for the site's shares; more is Space-Saving
 * (stats/prefixes.h). */
#define DM_NAMES_PREFIXES (1u << 16)

/** Different names: their hashes, and how each begins. */
struct dm_names_list {
    struct dm_set seen;
    uint8_t (*begin)[DM_PREFIXES_LEN]; /**< as many as `seen` has, in the order of coming; owned */
    uint32_t cap;                      /**< places in begin[] */
    bool lossy;                        /**< names are missing: no room, or looked at too late */
};

/** A client whose names are followed. */
struct dm_names_client {
    struct dm_addr addr;
    uint32_t keywords; /**< queries for names that begin with a mail server's word */
    struct dm_names_list list;
};

/** Embedded; dm_names_init() first. The fields are the module's, but for reading. */
struct dm_names {
    struct dm_names_list site;
    struct dm_names_client *client; /**< DM_NAMES_CLIENTS of them, from the first on; owned */
    uint32_t n;                     /**< clients in use */
    uint32_t held;                  /**< names of all clients */
};

/** A name's beginning and its hash: what an observation has of an A query. */
struct dm_names_item {
    uint64_t hash;        /**< keyed, of the whole name, any case; 0: unknown, nothing is counted */
    const uint8_t *begin; /**< DM_PREFIXES_LEN bytes, zeros behind a shorter name */
};

/** dm_names_init() - none.   dm_names_clear() - a new day: none, the memory is given back. */
void dm_names_init(struct dm_names *names);
void dm_names_clear(struct dm_names *names);

/**
 * dm_names_add() - client @addr asked for a name.
 * @slot:   what an earlier call for this client returned, today or ever; 0: there was none.
 * @late:   it has asked for others today.
 * Returns: its slot; 0: it is not followed, only the site's names are.
 * Cost:    one or two look-ups. Allocates when a set or a list grows.
 * Order:   calls may be exchanged, unless a limit has been reached.
 */
uint8_t dm_names_add(struct dm_names *names, uint8_t slot, const struct dm_addr *addr, bool late,
                     struct dm_names_item item);

/** dm_names_is_known() - whether dm_names_add() would change nothing, as for most names: the site
 * has it, and the client is not followed, nor can it be. */
static inline bool dm_names_is_known(const struct dm_names *names, uint8_t slot, uint64_t hash)
{
    return slot == 0 && names->n == DM_NAMES_CLIENTS && dm_set_has(&names->site.seen, hash);
}

/**
 * dm_names_keyword() - client @addr asked for a name that begins with a mail server's word, and is
 * not a machine that may: it is followed from now on, in the place of a client that never did: the
 * one with the fewest names, of those the one with the smallest address.
 * Returns: its slot; 0: all 255 have done so.
 */
uint8_t dm_names_keyword(struct dm_names *names, uint8_t slot, const struct dm_addr *addr,
                         bool late);

/** dm_names_busiest() - the client with the most keyword queries, of those the smallest address.
 * Returns: NULL if there were none. */
struct dm_names_client *dm_names_busiest(const struct dm_names *names);

/**
 * dm_names_count() - how the names of a list begin.
 * @list:   its order changes; no name may be added any more.
 * @ret:    as dm_prefixes_init() leaves it; to be given back with dm_prefixes_clear().
 * Returns: 0; DNSMON_ENOMEM, and then some are missing.
 * Cost:    sorts the list: names that begin alike stand together, so that the trie's first child is
 *          mostly the right one.
 */
int dm_names_count(struct dm_names_list *list, struct dm_prefixes *ret);

#endif
