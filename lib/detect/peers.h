/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who came to a mail server in the last five to ten minutes: the busiest peers, how many different
 * ones, and how many different recipients they asked for.
 */
#ifndef DM_DETECT_PEERS_H
#define DM_DETECT_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server_table.h"
#include "site/site.h"
#include "stats/heavy.h"
#include "stats/hll.h"
#include "stream/obs.h"
#include "util/pack.h"

/** The window: everything is halved after so many minutes, and different ones are counted anew. */
#define DM_PEERS_SPAN_MIN 5

/** Zeroed: nobody yet. About 4.7 kB. */
struct dm_peers {
    struct dm_heavy who; /**< everything that a peer did; aux: connections, rejects, accepted */
    struct dm_hll peers, recipients;       /**< of this span */
    double connections, rejects, accepted; /**< in the window */
    double minutes;                        /**< that the window stands for: 5 to 10 once it runs */
    double last_peers, last_recipients;    /**< different ones in the span before */
    uint8_t age_min;                       /**< of the span */
};

/** One peer in the window. */
struct dm_peer {
    struct dm_addr addr;
    double connections, rejects, accepted;
    double connection_share, reject_share; /**< of all peers', 0..1 */
    int64_t last_s;                        /**< when it last came */
};

/**
 * dm_peers_see() - count a line of the server's log.
 * Not counted: the server itself, loopback, and whoever has a role by configuration that makes it
 * one of the site's own senders (mail servers, list hosts, application servers, monitors).
 */
void dm_peers_see(struct dm_peers *p, const struct dm_site *site, const struct dm_server *srv,
                  const struct dm_obs *obs);

/** dm_peers_minute() - a minute is over: before anything is asked.
 * dm_peers_age() - the same: after everything was asked. */
void dm_peers_minute(struct dm_peers *p);
void dm_peers_age(struct dm_peers *p);

/** dm_peers_distinct() - different peers in the span, or the one before if there were more. */
double dm_peers_distinct(const struct dm_peers *p);

/** When a peer dominates: it brought at least this share of all connections, or of all rejects (a
 * share above 1 is never reached), and got at most @efficiency messages in for each attempt
 * (connections or rejects, whichever are more). */
struct dm_peers_limits {
    double connection_share, reject_share, efficiency;
};

/**
 * dm_peers_dominant() - the busiest of those that dominate; of several the smallest address.
 * Returns: false if there is none.
 * Error:   a peer with less than 1/64 of all lines may be missing (lib/stats/heavy).
 */
bool dm_peers_dominant(const struct dm_peers *p, const struct dm_peers_limits *limits,
                       struct dm_peer *ret);

/** dm_peers_most_rejected() - up to @most peers with rejects in the window, by falling number, then
 * rising address.   Returns: how many. */
unsigned dm_peers_most_rejected(const struct dm_peers *p, struct dm_peer *ret, unsigned most);

/** dm_peer_attempts() - connections or rejects, whichever are more. */
double dm_peer_attempts(const struct dm_peer *p);

/** dm_peers_pack() - to a state file.  dm_peers_unpack() - from one. */
void dm_peers_pack(struct dm_buf *out, const struct dm_peers *p);
void dm_peers_unpack(struct dm_unpacker *in, struct dm_peers *p);

#endif
