/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From a record to an observation: what the name is, whether any enabled detector wants to see it.
 */
#ifndef DM_STREAM_OBSERVE_H
#define DM_STREAM_OBSERVE_H

#include "dns/name.h"
#include "parse/record.h"
#include "site/site.h"
#include "stream/signature.h"
#include "stream/obs.h"
#include "util/hash.h"

/** 2100-01-01, s since 1970 UTC: later times are nobody's. Clients keep seconds in 32 bits (2106),
 * and up to 366 days of [events] hold are added to them. */
#define DM_OBSERVE_MAX_S 4102444800LL

/** What observing needs; borrowed, constant while a batch is filled but for what it remembers. */
struct dm_observer {
    const struct dm_site *site;
    const struct dm_psl *psl;
    struct dm_hashkey key; /**< of registered domains and clients */
    uint32_t wanted;       /**< enum dm_obs_mark, DM_WANT_PREFIX: what enabled detectors read */
    const struct dm_signatures *signatures; /**< read if wanted has DM_MARK_SIGNATURE */
    struct dm_prefixmap_memo inside;        /**< of @site's; zeroed for another site */
};

/**
 * dm_observe() - take from a record what detectors need.
 * @rec:      any record.
 * @ret:      the observation, without host and text.
 * @ret_name: written only if the observation has a mark: its name in normal form (TCP: destination
 *            and port; mail: empty).
 * Returns:   1; 0 if nobody reads such a record (of another class than IN, a client outside, a time
 *            before 1970 or after DM_OBSERVE_MAX_S).
 * Cost:      no allocation; a name is normalised only for the types that may get a mark, and the
 *            registered domain looked up only for those that did.
 */
int dm_observe(struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
               struct dm_name *ret_name);

#endif
