/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Memory with two generations: new entries go into the first; when it is 15 days old (or full) it
 * becomes the second and the second is thrown away. So no entry has a time of its own, and one that
 * is not seen again is forgotten between 15 and 30 days later.
 *
 * Method: a generation that ends by age ends at its full 15 days, not at the line that noticed, so
 * quiet times do not stretch it.
 *
 * LIMITS: a jump of the clock by 30 days forward forgets everything; whoever feeds keeps impossible
 * times away. When a generation fills early the 15 days are not kept: see the counter.
 */
#include "util/recent.h"

#include <string.h>

#include "dnsmon/dnsmon.h"

void dm_recent_init(struct dm_recent *recent, uint32_t max)
{
    memset(recent, 0, sizeof *recent);
    dm_set_init(&recent->gen[0], max);
    dm_set_init(&recent->gen[1], max);
}

void dm_recent_clear(struct dm_recent *recent)
{
    uint32_t max = recent->gen[0].max;

    dm_set_clear(&recent->gen[0]);
    dm_set_clear(&recent->gen[1]);
    dm_recent_init(recent, max);
}

/* Generations that have ended since since_s: 0, 1, or 2 for all that are held. */
static int ended(const struct dm_recent *recent, int64_t now_s)
{
    if (!recent->begun || now_s < recent->since_s) {
        return 0;
    }
    uint64_t age_s = (uint64_t)now_s - (uint64_t)recent->since_s;
    return age_s < DM_RECENT_SPAN_S ? 0 : age_s < 2 * DM_RECENT_SPAN_S ? 1 : 2;
}

static void rotate(struct dm_recent *recent, int64_t since_s)
{
    dm_set_clear(&recent->gen[1]);
    recent->gen[1] = recent->gen[0];
    dm_set_init(&recent->gen[0], recent->gen[1].max);
    recent->since_s = since_s;
}

static void catch_up(struct dm_recent *recent, int64_t now_s)
{
    int n = ended(recent, now_s);

    if (n == 1) {
        rotate(recent, recent->since_s + DM_RECENT_SPAN_S);
    } else if (n == 2 || !recent->begun) {
        dm_set_clear(&recent->gen[0]);
        dm_set_clear(&recent->gen[1]);
        recent->since_s = now_s;
        recent->begun = true;
    }
}

int dm_recent_add(struct dm_recent *recent, uint64_t h, int64_t now_s)
{
    catch_up(recent, now_s);
    bool known = dm_set_has(&recent->gen[1], h);
    int rc = dm_set_add(&recent->gen[0], h);

    if (rc == DNSMON_ERANGE && recent->gen[0].max > 0) {
        rotate(recent, now_s);
        recent->early++;
        rc = dm_set_add(&recent->gen[0], h);
    }
    return rc == 1 && known ? 0 : rc;
}

bool dm_recent_has(const struct dm_recent *recent, uint64_t h, int64_t now_s)
{
    int n = ended(recent, now_s);

    return (n < 2 && dm_set_has(&recent->gen[0], h)) || (n < 1 && dm_set_has(&recent->gen[1], h));
}

size_t dm_recent_needs(const struct dm_recent *recent)
{
    return dm_set_needs(&recent->gen[0]);
}

size_t dm_recent_bytes(const struct dm_recent *recent)
{
    return dm_set_bytes(&recent->gen[0]) + dm_set_bytes(&recent->gen[1]);
}

void dm_recent_pack(struct dm_buf *out, const struct dm_recent *recent)
{
    DM_PACK(out, recent->begun);
    DM_PACK(out, recent->since_s);
    DM_PACK(out, recent->early);
    dm_pack_set(out, &recent->gen[0]);
    dm_pack_set(out, &recent->gen[1]);
}

int dm_recent_unpack(struct dm_unpacker *in, struct dm_recent *recent)
{
    recent->begun = dm_unpack_bool(in);
    recent->since_s = dm_unpack_seconds(in);
    DM_UNPACK(in, recent->early);
    int rc = dm_unpack_set(in, &recent->gen[0]);
    return rc < 0 ? rc : dm_unpack_set(in, &recent->gen[1]);
}
