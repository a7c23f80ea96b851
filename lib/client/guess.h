/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The role that a client's own behaviour suggests (doc/SCIENCE.md 0.4). A guess never silences a
 * rule: it changes class, level or baseline, because whoever is watched chooses how to behave.
 */
#ifndef DM_CLIENT_GUESS_H
#define DM_CLIENT_GUESS_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/obs.h"
#include "util/counts.h"
#include "util/pack.h"

struct dm_client;
struct dm_suspect;

enum dm_guess_role {
    DM_GUESS_NONE,
    DM_GUESS_RESOLVER,  /**< most queries without RD: one that is none gets no answers this way; in
                             a log without flags, by its NS, DS and DNSKEY */
    DM_GUESS_INFRA,     /**< by NS, DS and DNSKEY with RD, which anybody may ask for */
    DM_GUESS_MONITOR,   /**< few names, at regular times */
    DM_GUESS_MAIL_HOST, /**< external PTR, and what only mail servers ask */
    DM_GUESS_MAIL_LOG   /**< its mail log is read here: no guess from what it does */
};

/** Names of a monitor. */
#define DM_GUESS_NAMES 8

/** Evidence of a suspect, from its marked queries; zeroed when the block is made. */
struct dm_guess {
    uint32_t name[DM_GUESS_NAMES]; /**< its first registered domains, a hash each */
    uint32_t listed, rest;         /**< queries for these, and for others */
    uint32_t policy;               /**< SPF's successors, TLSA, block lists */
    uint32_t rd;                   /**< all its queries that have RD, in a log that prints flags */
    uint32_t poll_s;               /**< when its last burst of queries began; 0: never */
    uint32_t polls;                /**< gaps between bursts */
    float gap_s, gap_m2;           /**< their mean and sum of squared deviations */
    uint32_t before;               /**< queries of the client before the block was made */
    int32_t hosts_day;             /**< local day of which `hosts` is */
    uint16_t hosts;                /**< how many seemed to stand behind it; 0: nothing is known */
};

/** What all clients did today: the other side of a comparison. */
struct dm_site_mix {
    struct dm_type_counts count; /**< their queries */
    uint32_t clients;            /**< of how many */
};

/** dm_guess_add() - a query with a mark (enum dm_obs_mark). */
void dm_guess_add(struct dm_guess *g, const struct dm_obs *obs);

/** dm_guess_role() - what the client seems to be.   @sus: its second tier, or NULL. */
enum dm_guess_role dm_guess_role(const struct dm_client *cli, const struct dm_suspect *sus);

/**
 * dm_guess_hosts() - how many ordinary clients one address seems to stand for.
 * @most:   no more than so many.
 * Returns: 1 if it is no forwarder: fewer than DM_GUESS_QUERIES today, not DM_GUESS_HOSTS times as
 *          many as the mean client, or another mix of types than the site's. Today's answer holds
 *          till tomorrow's end.
 */
double dm_guess_hosts(const struct dm_client *cli, struct dm_suspect *sus,
                      const struct dm_site_mix *mix, double most);

/** Queries in a local day below which nobody is a forwarder (own choice: the busiest of 5,500 PCs
 * of D.1, median 2,500 look-ups and sigma 0.8, asks about so much; a hundred of them ask 460,000).
 */
#define DM_GUESS_QUERIES 100000
/** "Far above": times the mean client's queries (own choice: 3 sigma of D.1's PCs). */
#define DM_GUESS_HOSTS 10
/** Largest divergence of the mix of types from the site's, nats (0.4). */
#define DM_GUESS_KL 0.05

/** dm_guess_pack() - to a state file.  dm_guess_unpack() - from one.   Returns: as the others of
 * lib/util/pack.h: nothing, @in says what was refused. */
void dm_guess_pack(struct dm_buf *out, const struct dm_guess *g);
void dm_guess_unpack(struct dm_unpacker *in, struct dm_guess *ret);

#endif
