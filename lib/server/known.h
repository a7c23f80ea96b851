/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which subdomains of the site are real, of those whose first label could also be a top-level
 * domain: "cc.campus.example" may be the computer centre, "com.campus.example" is what a search
 * list makes of a stranger's name (doc/SCIENCE.md A.6).
 */
#ifndef DM_SERVER_KNOWN_H
#define DM_SERVER_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"

/** Candidates kept: there are about 1,500 top-level domains, but people ask under few. */
#define DM_KNOWN_MAX 256
/** Different clients that ask for the subdomain itself before it is believed (A.6: 5). Nobody asks
 * for the bare name that a search list makes of a top-level domain. */
#define DM_KNOWN_CLIENTS 5

struct dm_known_one {
    uint64_t zone;                     /**< hash of the subdomain's name; 0: free */
    uint32_t client[DM_KNOWN_CLIENTS]; /**< hashes of who asked for it */
    uint8_t clients;
    bool sure;
};

/** Embedded; all zero is empty. */
struct dm_known {
    struct dm_known_one one[DM_KNOWN_MAX];
    uint16_t n;
};

/** dm_known_asked() - a client asked for the subdomain itself.
 * dm_known_answered() - something at or below it was answered: it is real. */
void dm_known_asked(struct dm_known *k, uint64_t zone, uint32_t client);
void dm_known_answered(struct dm_known *k, uint64_t zone);

/** dm_known_has() - whether a subdomain is believed to be real. */
bool dm_known_has(const struct dm_known *k, uint64_t zone);

/** dm_known_pack() - to a state file.  dm_known_unpack() - from one. */
void dm_known_pack(struct dm_buf *out, const struct dm_known *k);
void dm_known_unpack(struct dm_unpacker *in, struct dm_known *k);

#endif
