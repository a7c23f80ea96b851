/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A short list, searched from the front: it is asked only for names under the site's domains whose
 * label above them is a public suffix.
 *
 * LIMITS: a full list learns nothing more; [site] subdomains names what must not be missed. Nothing
 * is ever unlearned.
 */
#include "server/known.h"

#include <stddef.h>

static struct dm_known_one *find(struct dm_known *k, uint64_t zone)
{
    for (uint16_t i = 0; i < k->n; i++) {
        if (k->one[i].zone == zone) {
            return &k->one[i];
        }
    }
    return NULL;
}

static struct dm_known_one *find_or_make(struct dm_known *k, uint64_t zone)
{
    struct dm_known_one *one = find(k, zone);

    if (!one && k->n < DM_KNOWN_MAX) {
        one = &k->one[k->n++];
        *one = (struct dm_known_one){.zone = zone};
    }
    return one;
}

void dm_known_asked(struct dm_known *k, uint64_t zone, uint32_t client)
{
    struct dm_known_one *one = find_or_make(k, zone);

    if (!one || one->sure) {
        return;
    }
    for (int i = 0; i < one->clients; i++) {
        if (one->client[i] == client) {
            return;
        }
    }
    one->client[one->clients++] = client;
    one->sure = one->clients == DM_KNOWN_CLIENTS;
}

void dm_known_answered(struct dm_known *k, uint64_t zone)
{
    struct dm_known_one *one = find_or_make(k, zone);

    if (one) {
        one->sure = true;
    }
}

bool dm_known_has(const struct dm_known *k, uint64_t zone)
{
    const struct dm_known_one *one = find((struct dm_known *)k, zone);

    return one && one->sure;
}

void dm_known_pack(struct dm_buf *out, const struct dm_known *k)
{
    DM_PACK(out, k->n);
    for (uint16_t i = 0; i < k->n; i++) {
        const struct dm_known_one *one = &k->one[i];
        DM_PACK(out, one->zone);
        DM_PACK(out, one->client);
        DM_PACK(out, one->clients);
        DM_PACK(out, one->sure);
    }
}

void dm_known_unpack(struct dm_unpacker *in, struct dm_known *k)
{
    DM_UNPACK(in, k->n);
    if (!dm_unpack_require(in, k->n <= DM_KNOWN_MAX, "there are too many subdomains")) {
        k->n = 0;
    }
    for (uint16_t i = 0; i < k->n; i++) {
        struct dm_known_one *one = &k->one[i];
        DM_UNPACK(in, one->zone);
        DM_UNPACK(in, one->client);
        DM_UNPACK(in, one->clients);
        one->sure = dm_unpack_bool(in);
        if (!dm_unpack_require(in, one->clients <= DM_KNOWN_CLIENTS, "a subdomain cannot be")) {
            one->clients = 0;
        }
    }
}
