/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which domains a client asked the mail servers of a moment ago: the A of "mx.X" that comes behind
 * the MX of X is the answer being followed, and no guess.
 */
#ifndef DM_DETECT_FOLLOW_H
#define DM_DETECT_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"
#include "util/slice.h"

/** Domains remembered (D.4: an administrator's hour of dig has up to 12). */
#define DM_FOLLOW_MAX 12
/** For how long, s (own choice: a person who types the next dig; a program needs a second). */
#define DM_FOLLOW_S 300

/** Different names under the domain that may be the answer (own choice: an account set-up goes on
 * with smtp.X and mail.X, a list host with one; Mydoom guesses six for each MX query, S0 3.2. On
 * seed 2 of tests/eval at doubled rates, one leaves an alarm on an innocent PC and two none;
 * Mydoom's alarm comes after 20.6 minutes in the median with two, 16.4 with one). */
#define DM_FOLLOW_NAMES 2

/** One domain. */
struct dm_follow_one {
    uint32_t domain;                /**< hash of the registered domain; 0: free */
    uint32_t at_s;                  /**< last MX query */
    uint16_t name[DM_FOLLOW_NAMES]; /**< hashes of the names that followed; 0: free */
};

/** Embedded; all zero is empty. */
struct dm_follow {
    struct dm_follow_one one[DM_FOLLOW_MAX];
    uint8_t next;
};

/** dm_follow_asked() - the client asked MX for a name under registered domain @reg. */
void dm_follow_asked(struct dm_follow *f, uint64_t reg, int64_t now_s);

/** dm_follow_is() - whether A or AAAA of @name under @reg follows such a query of the last
 * DM_FOLLOW_S seconds: one of the first DM_FOLLOW_NAMES names that do. */
bool dm_follow_is(struct dm_follow *f, uint64_t reg, struct dm_slice name, int64_t now_s);

/** dm_follow_pack() - to a state file.  dm_follow_unpack() - from one.   Returns: as the others of
 * lib/util/pack.h: nothing, @in says what was refused. */
void dm_follow_pack(struct dm_buf *out, const struct dm_follow *f);
void dm_follow_unpack(struct dm_unpacker *in, struct dm_follow *ret);

#endif
