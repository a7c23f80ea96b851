/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From a record to an observation: what the name is, whether any enabled detector wants to see it.
 */
#ifndef DM_STREAM_OBSERVE_H
#define DM_STREAM_OBSERVE_H

#include "dns/name.h"
#include "parse/record.h"
#include "site/site.h"
#include "stream/look.h"
#include "stream/obs.h"
#include "stream/signature.h"
#include "util/hash.h"

/** 2100-01-01, s since 1970 UTC: later times are nobody's. Clients keep seconds in 32 bits (2106),
 * and up to 366 days of [events] hold are added to them. */
#define DM_OBSERVE_MAX_S 4102444800LL

/** By record type, what a query needs beside being counted. */
enum dm_observe_need {
    DM_NEED_MARKS = 1 << 0, /**< its name may give it a mark, whatever it is */
    DM_NEED_INFRA = DM_OBS_INFRA,
    DM_NEED_LOOK = 1 << 2,  /**< ... if a look at its ends says so */
    DM_NEED_PREFIX = 1 << 3 /**< the name's hash and beginning */
};

/** Query flags, as they are in a record. */
#define DM_OBSERVE_FLAGS 512
/** Record types with a need of their own; the others share one. */
#define DM_OBSERVE_TYPES 256

/** What follows from the configuration, so that a line has to look it up only. */
struct dm_observe_tables {
    uint32_t made_for;               /**< complement of `wanted`; 0: not made yet */
    struct dm_prefixmap_memo inside; /**< of the site's networks */
    uint16_t bits[DM_OBSERVE_FLAGS]; /**< enum dm_obs_bits, by flags */
    uint8_t need[DM_OBSERVE_TYPES];  /**< enum dm_observe_need */
    uint8_t need_rest;
    struct dm_look a, aaaa; /**< names that may get a mark */
};

/** What observing needs; borrowed, constant while a batch is filled but for what it remembers. */
struct dm_observer {
    const struct dm_site *site;
    const struct dm_psl *psl;
    struct dm_hashkey key; /**< of registered domains and clients */
    uint32_t wanted;       /**< enum dm_obs_mark, DM_WANT_PREFIX: what enabled detectors read */
    const struct dm_signatures *signatures; /**< read if wanted has DM_MARK_SIGNATURE */
    struct dm_observe_tables
        tables; /**< dm_observe() makes them; zeroed: anew, for other settings */
};

/**
 * dm_observe() - take from a record what detectors need.
 * @rec:      any record.
 * @ret:      the observation, without host and text.
 * @ret_name: written only if the observation has a mark: its name in normal form (TCP: destination
 *            and port; mail: empty).
 * Returns:   1; 0 if nobody reads such a record (of another class than IN, a client outside, a time
 *            before 1970 or after DM_OBSERVE_MAX_S).
 * Cost:      no allocation; a name is normalised only if it may get a mark, and the registered
 *            domain looked up only for those that did.
 */
int dm_observe(struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
               struct dm_name *ret_name);

#endif
