/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A client: what is remembered of one address. Two tiers (doc/SCIENCE.md E.4): every client has a
 * struct dm_client (64 bytes) and a struct dm_client_rest (20 bytes), the few that did something a
 * detector marks have a suspect block with one state per detector behind it.
 */
#ifndef DM_CLIENT_CLIENT_H
#define DM_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "client/guess.h"
#include "stream/obs.h"
#include "util/addr.h"
#include "util/counts.h"

/** Number of a client or suspect block in its table, plus 1; 0: none. Stable while it lives. */
typedef uint32_t dm_index;

/** All that counting an ordinary query touches: one cache line. */
struct dm_client {
    struct dm_addr addr;
    struct dm_type_counts today;  /**< exact queries of the local day `day` */
    uint32_t last_s;              /**< last query, s since 1970 UTC (good to 2106) */
    int32_t day;                  /**< a local day, days since 1970; DM_CLIENT_NO_DAY: none yet */
    dm_index suspect;             /**< its second tier; 0: none */
    uint16_t site_gen;            /**< configuration for which `role` was looked up */
    uint16_t server;              /**< number of the mail server it is, as of `site_gen`; 0: none */
    uint8_t role : 6;             /**< enum dm_role */
    uint8_t refused : 1;          /**< counted today as one that there is no room to follow */
    uint8_t again : 1;            /**< seen again since it came to its place in the order */
    uint8_t prefix_slot;          /**< its place in the day's prefix statistics; 0: none */
    uint16_t seen, rd_off, infra; /**< queries; those without RD; NS, DS, DNSKEY: halved together
                                       at 65,535, so that shares stay */
    uint16_t ptr_ext, other; /**< of `seen`, and halved with it: PTR of outside addresses; types
                                  that are neither A, AAAA, MX nor PTR */
};

#define DM_CLIENT_NO_DAY INT32_MIN

/** The rest of a client, which is seldom needed: dm_client_rest(). */
struct dm_client_rest {
    dm_index newer, older; /**< order of arrival */
    uint32_t first_s;      /**< first query, s since 1970 UTC */
    uint32_t keep_until_s; /**< not to be evicted before: a suspect, or an incident */
    uint32_t day_first_s;  /**< first query of the local day `day` */
};

/** Patterns of RD, EDNS, DO and cookie. */
#define DM_FLAG_PATTERNS 16

/** The second tier; the detectors' states follow it in memory. */
struct dm_suspect {
    _Alignas(8) dm_index owner;  /**< aligned, so that the states behind are */
    struct dm_type_counts total; /**< queries since this block was made */
    /** The same by pattern of flags (doc/SCIENCE.md B N7), up to 65,535 each: MX; A and AAAA. */
    uint16_t mx_flags[DM_FLAG_PATTERNS], addr_flags[DM_FLAG_PATTERNS];
    struct dm_guess guess; /**< evidence of its role */
};

/** dm_suspect_count() - one more query. */
void dm_suspect_count(struct dm_suspect *sus, const struct dm_obs *obs);

/** dm_client_is_resolver() - whether it asks like a resolver (doc/SCIENCE.md 0.4): more than half
 * of its queries without RD, or 3 % infrastructure types, of at least DM_ROLE_MIN_QUERIES; before
 * that all of its queries without RD, at least DM_ROLE_FEW_QUERIES. */
bool dm_client_is_resolver(const struct dm_client *cli);

/** dm_client_may_be_resolver() - the same, and 3 % infrastructure types already from the first
 * query on: for rules that a resolver's own first questions look like. */
bool dm_client_may_be_resolver(const struct dm_client *cli);

/** Queries before a role is guessed (own choice: a share of 3 % is then at least two). */
#define DM_ROLE_MIN_QUERIES 50

/** Queries before a role is guessed from flags that are all alike (own choice: the fewest new
 * domains at which mass-mailer gives a notice, so that a resolver that has just started is not an
 * alarm). */
#define DM_ROLE_FEW_QUERIES 8

#endif
