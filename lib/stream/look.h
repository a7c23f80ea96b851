/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A look at the ends of a name: whether it may be one of those that somebody asked for, by its
 * first two bytes and its last eight. Most names are not, and need no other test.
 */
#ifndef DM_STREAM_LOOK_H
#define DM_STREAM_LOOK_H

#include "util/hash.h"
#include "util/slice.h"

/** Endings that are compared (own choice: a site has a handful of domains; one of eight bytes costs
 * three instructions). With more of them no name is plain. */
#define DM_LOOK_ENDS 6
/** Bytes of an ending. */
#define DM_LOOK_BYTES 8

/** Of one record type. All zero: nothing is asked for. */
struct dm_look {
    uint32_t second[256];        /**< by first byte: second bytes, folded to five bits */
    uint64_t end[DM_LOOK_ENDS];  /**< last bytes, bit 5 set, the very last one on top */
    uint64_t mask[DM_LOOK_ENDS]; /**< which of them count */
    unsigned ends;
    bool all; /**< any name may be asked for */
};

/** dm_look_begin() - names that begin so are asked for.   @word: lower case; its first two bytes
 * count; empty: all are.   dm_look_end() - those that end so; the last DM_LOOK_BYTES count. */
void dm_look_begin(struct dm_look *look, struct dm_slice word);
void dm_look_end(struct dm_look *look, struct dm_slice word);

/**
 * dm_look_is_plain() - true only if a name as printed, in any case, is none of those asked for, and
 * ends without a dot.
 * Cost: some ten instructions. Names of fewer than eight bytes are never plain.
 */
static inline bool dm_look_is_plain(const struct dm_look *look, struct dm_slice raw)
{
    const uint8_t *p = (const uint8_t *)raw.p;

    if (raw.n < DM_LOOK_BYTES || look->all || look->second[p[0]] >> (p[1] & 31) & 1) {
        return false;
    }
    uint64_t last = dm_load_le64(p + raw.n - DM_LOOK_BYTES);
    uint64_t folded = last | DM_HASH_FOLD;
    for (unsigned i = 0; i < look->ends; i++) {
        if (((folded ^ look->end[i]) & look->mask[i]) == 0) {
            return false;
        }
    }
    return last >> 56 != '.';
}

#endif
