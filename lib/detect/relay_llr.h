/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Relay or worm: the log-likelihood ratio of doc/SCIENCE.md A.3. A relay is a mail server that
 * somebody misuses, so it looks its peers up (PTR, and today DMARC, DNSBL, TLSA); a worm does not.
 */
#ifndef DM_DETECT_RELAY_LLR_H
#define DM_DETECT_RELAY_LLR_H

#include "client/client.h"
#include "stream/obs.h"
#include "util/pack.h"

struct dm_relay_llr {
    struct dm_type_counts start; /**< the suspect block's totals before the first look-up counted */
    uint32_t ptr_ext;            /**< PTR look-ups of external addresses since then */
    uint32_t policy;             /**< DMARC, DKIM, MTA-STS, TLSA look-ups since then */
    float modern_nats;           /**< evidence of a mail server that 2003 did not have */
    float per_other;             /**< the client's PTR look-ups before, for each of other types */
    float per_query;             /**< the same for each of all its queries; 0: none were known */
};

/** dm_relay_llr_start() - count from @obs on, which is in the totals of @cli and @sus already. */
void dm_relay_llr_start(struct dm_relay_llr *l, const struct dm_client *cli,
                        const struct dm_suspect *sus, const struct dm_obs *obs);

/** dm_relay_llr_restart() - count from @obs on; the habit stays what it was before the first start.
 */
void dm_relay_llr_restart(struct dm_relay_llr *l, const struct dm_suspect *sus,
                          const struct dm_obs *obs);

/** dm_relay_llr_add() - an observation with one of DM_RELAY_MARKS. */
void dm_relay_llr_add(struct dm_relay_llr *l, const struct dm_obs *obs);

/** dm_relay_llr_pack() - to a state file.  dm_relay_llr_unpack() - from one. */
void dm_relay_llr_pack(struct dm_buf *out, const struct dm_relay_llr *l);
void dm_relay_llr_unpack(struct dm_unpacker *in, struct dm_relay_llr *ret);

/** What dm_relay_llr_add() reads. */
#define DM_RELAY_MARKS (DM_MARK_PTR_EXT | DM_MARK_MAILPOLICY | DM_MARK_DNSBL)

/**
 * dm_relay_llr() - nats in favour of a relay (positive) or a worm (negative).
 * The look-ups are MX, external PTR and the larger of A and AAAA: a dual-stack client asks both for
 * one name (C1), and taking the larger of the sums needs no memory of names. What the client's own
 * habit explains of the PTR look-ups, from before the run, is in both shares.
 */
double dm_relay_llr(const struct dm_relay_llr *l, const struct dm_suspect *sus);

/** Nats on either side before a verdict is given: ln 100 (A.3). */
#define DM_RELAY_VERDICT 4.605

#endif
