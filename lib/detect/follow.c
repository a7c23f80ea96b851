/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A ring; a domain that is there already is only made younger.
 *
 * LIMITS: an exchanger under another registered domain than its mail domain is not recognised: the
 * answer is not in the log. More than DM_FOLLOW_MAX domains within the time push the oldest out.
 */
#include "detect/follow.h"

#include "detect/detector.h"

static uint32_t short_of(uint64_t reg)
{
    return (uint32_t)(reg >> 32) | 1;
}

/* FNV-1a, folded: a name that an attacker makes collide is excused, and that is all. */
static uint16_t hash_name(struct dm_slice name)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < name.n; i++) {
        h = (h ^ (uint8_t)name.p[i]) * 16777619u;
    }
    return (uint16_t)((h ^ h >> 16) | 1);
}

static struct dm_follow_one *find(struct dm_follow *f, uint64_t reg)
{
    for (int i = 0; i < DM_FOLLOW_MAX; i++) {
        if (f->one[i].domain == short_of(reg)) {
            return &f->one[i];
        }
    }
    return NULL;
}

void dm_follow_asked(struct dm_follow *f, uint64_t reg, int64_t now_s)
{
    struct dm_follow_one *one = find(f, reg);

    if (!one) {
        one = &f->one[f->next];
        *one = (struct dm_follow_one){.domain = short_of(reg)};
        f->next = (uint8_t)((f->next + 1) % DM_FOLLOW_MAX);
    }
    one->at_s = (uint32_t)now_s;
}

bool dm_follow_is(struct dm_follow *f, uint64_t reg, struct dm_slice name, int64_t now_s)
{
    struct dm_follow_one *one = find(f, reg);
    uint16_t h = hash_name(name);

    if (!one || now_s - (int64_t)one->at_s > DM_FOLLOW_S) {
        return false;
    }
    for (int i = 0; i < DM_FOLLOW_NAMES; i++) {
        if (one->name[i] == 0) {
            one->name[i] = h;
        }
        if (one->name[i] == h) {
            return true;
        }
    }
    return false;
}

void dm_follow_pack(struct dm_buf *out, const struct dm_follow *f)
{
    DM_PACK(out, f->one);
    DM_PACK(out, f->next);
}

void dm_follow_unpack(struct dm_unpacker *in, struct dm_follow *ret)
{
    DM_UNPACK(in, ret->one);
    DM_UNPACK(in, ret->next);
    if (!dm_unpack_require(in, ret->next < DM_FOLLOW_MAX, "a ring has no such place")) {
        ret->next = 0;
    }
}
