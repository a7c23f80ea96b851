/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Both tests let pass more than was asked for (bytes folded to five bits, upper and lower case
 * alike), never less: whoever passes is looked at in full.
 *
 * LIMITS: of several words with one beginning each second byte passes for all of them.
 */
#include "stream/look.h"

static void allow(struct dm_look *look, char first, uint32_t seconds)
{
    uint8_t c = (uint8_t)first;

    look->second[c] |= seconds;
    if (c >= 'a' && c <= 'z') {
        look->second[c - 'a' + 'A'] |= seconds;
    }
}

void dm_look_begin(struct dm_look *look, struct dm_slice word)
{
    if (word.n == 0) {
        look->all = true;
    } else {
        allow(look, word.p[0], word.n > 1 ? (uint32_t)1 << (word.p[1] & 31) : UINT32_MAX);
    }
}

void dm_look_end(struct dm_look *look, struct dm_slice word)
{
    uint64_t end = 0, mask = 0;

    if (word.n == 0 || look->ends == DM_LOOK_ENDS) {
        look->all = true;
        return;
    }
    word = dm_slice_skip(word, word.n > DM_LOOK_BYTES ? word.n - DM_LOOK_BYTES : 0);
    for (size_t i = 0; i < word.n; i++) {
        unsigned at = (unsigned)(8 * (DM_LOOK_BYTES - word.n + i));
        end |= (uint64_t)((uint8_t)word.p[i] | 0x20) << at;
        mask |= (uint64_t)0xff << at;
    }
    look->end[look->ends] = end;
    look->mask[look->ends++] = mask;
}
