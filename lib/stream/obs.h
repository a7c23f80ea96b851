/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An observation: what is left of a line once everything that detectors need has been taken from
 * it. Less than a cache line, no pointers, so that batches of them can be copied, sorted and kept.
 */
#ifndef DM_STREAM_OBS_H
#define DM_STREAM_OBS_H

#include <stdint.h>

#include "util/addr.h"

/** Why a detector would look at it. An observation without a mark is only counted. */
enum dm_obs_mark {
    DM_MARK_MX = 1 << 0,      /**< an MX query */
    DM_MARK_KEYWORD = 1 << 1, /**< A or AAAA of a name that begins with one of A.5's words */
    DM_MARK_PTR_EXT = 1 << 2, /**< PTR of a complete address that is neither the client's own, nor
                                   loopback, nor the site's (A.3 "qualified") */
    DM_MARK_MAILPOLICY = 1 << 3, /**< what only mail servers ask: DMARC, DKIM, MTA-STS, TLSA (C6) */
    DM_MARK_DNSBL = 1 << 4,      /**< a DNS block list */
};

/** What kind of query it is, for guessing roles. */
enum dm_obs_bits {
    DM_OBS_RD_OFF = 1 << 0, /**< recursion not desired: a resolver's way to ask */
    DM_OBS_INFRA = 1 << 1,  /**< NS, DS, DNSKEY: what resolvers ask */
};

struct dm_obs {
    int64_t time_us; /**< µs since 1970 UTC */
    struct dm_addr client;
    uint64_t reg;      /**< keyed hash of the registered domain; 0: none, or not needed */
    uint32_t hash;     /**< keyed hash of the client, for its table */
    uint32_t text;     /**< offset of the name in the batch's text; only with a mark */
    uint16_t text_len; /**< bytes; 0: no name kept */
    uint16_t type;     /**< enum dm_rrtype */
    uint16_t marks;    /**< enum dm_obs_mark */
    uint16_t bits;     /**< enum dm_obs_bits */
    uint16_t host;     /**< number of the syslog host; 0: none */
    uint16_t pad;
};

#endif
