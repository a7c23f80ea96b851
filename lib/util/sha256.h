/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SHA-256 (FIPS 180-4) in one go or in pieces; allocates nothing, which GLib's GChecksum does, and
 * ends the process when that fails.
 */
#ifndef DM_UTIL_SHA256_H
#define DM_UTIL_SHA256_H

#include <stdint.h>

#include "util/slice.h"

#define DM_SHA256_BYTES 32

struct dm_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    uint8_t block[64]; /**< what does not fill one yet */
};

/** dm_sha256_begin() / _add() / _end() - a sum in pieces. */
void dm_sha256_begin(struct dm_sha256 *s);
void dm_sha256_add(struct dm_sha256 *s, struct dm_slice bytes);
void dm_sha256_end(struct dm_sha256 *s, uint8_t ret_sum[DM_SHA256_BYTES]);

#endif
