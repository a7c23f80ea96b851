/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Small evidence that a client sends mail by itself and is no mail server (doc/SCIENCE.md B N7):
 * what careless programs ask for. Hints only add to mass-mailer's score; they never alarm alone.
 */
#ifndef DM_DETECT_HINTS_H
#define DM_DETECT_HINTS_H

#include "client/client.h"
#include "stream/obs.h"
#include "util/pack.h"
#include "util/slice.h"

struct dm_hints {
    int64_t since_us; /**< when the day of these hints began; 0: none */
    int64_t root_us;  /**< when the first of `roots` was asked */
    uint16_t roots;   /**< root servers asked for within a minute, a bit each */
    uint8_t literals; /**< address literals, at most 3 */
    bool loopback, root, foreign;
};

/** dm_hints_is_root() - whether an observation with DM_MARK_HINT asks for a root server. */
bool dm_hints_is_root(const struct dm_obs *obs, struct dm_slice name);

/** dm_hints_add() - an observation with DM_MARK_HINT. */
void dm_hints_add(struct dm_hints *h, const struct dm_obs *obs, struct dm_slice name);

/**
 * dm_hints_compare() - whether the client's MX queries have other flags than its A and AAAA.
 * Cost: a few microseconds; meant for new domains, not for every query.
 */
void dm_hints_compare(struct dm_hints *h, const struct dm_suspect *sus, int64_t now_us);

/** dm_hints_nats() - what they are worth now; forgotten after 24 h. */
double dm_hints_nats(const struct dm_hints *h, int64_t now_us);

/** dm_hints_pack() - to a state file.  dm_hints_unpack() - from one. */
void dm_hints_pack(struct dm_buf *out, const struct dm_hints *h);
void dm_hints_unpack(struct dm_unpacker *in, struct dm_hints *ret);

#endif
