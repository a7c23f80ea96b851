/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Taken from the heap only for clients that a detector has begun to suspect, and counted against
 * the client table's cap; without room an event simply has no evidence.
 */
#include "detect/samples.h"

#include <glib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"

/* The slot's samples, made if need be.   Returns: NULL if there is no room. */
static struct dm_samples *make(struct dm_client_table *clients, struct dm_samples **slot)
{
    if (!*slot && dm_client_charge(clients, sizeof **slot) == 0) {
        *slot = g_try_new0(struct dm_samples, 1);
        if (!*slot) {
            dm_client_charge(clients, -(ptrdiff_t)sizeof **slot);
        }
    }
    return *slot;
}

void dm_samples_add(struct dm_client_table *clients, struct dm_samples **slot, int64_t time_us,
                    uint16_t type, struct dm_slice name)
{
    struct dm_samples *s = make(clients, slot);

    if (!s) {
        return;
    }
    if (s->n < DM_SAMPLES) {
        if (name.n >= DM_SAMPLE_LEN) {
            name = dm_slice_skip(name, name.n - (DM_SAMPLE_LEN - 1));
        }
        memcpy(s->item[s->n].name, name.p, name.n);
        s->item[s->n].time_us = time_us;
        s->item[s->n].type = type;
        s->n++;
    }
}

void dm_samples_pack(struct dm_buf *out, const struct dm_samples *s)
{
    uint8_t n = s ? (uint8_t)s->n : 0;

    DM_PACK(out, n);
    for (unsigned i = 0; i < n; i++) {
        uint8_t len = (uint8_t)strlen(s->item[i].name);
        DM_PACK(out, s->item[i].time_us);
        DM_PACK(out, s->item[i].type);
        DM_PACK(out, len);
        dm_pack(out, s->item[i].name, len);
    }
}

int dm_samples_unpack(struct dm_client_table *clients, struct dm_samples **slot,
                      struct dm_unpacker *in)
{
    uint8_t n, len;
    uint16_t type;

    DM_UNPACK(in, n);
    dm_unpack_require(in, n <= DM_SAMPLES, "there are too many samples");
    for (unsigned i = 0; i < n && !in->bad; i++) {
        int64_t time_us = dm_unpack_us(in);
        DM_UNPACK(in, type);
        DM_UNPACK(in, len);
        struct dm_slice name = dm_unpack_slice(in, len);
        if (!dm_unpack_require(in, len < DM_SAMPLE_LEN && !memchr(name.p, 0, name.n),
                               "a sample's name cannot be")) {
            break;
        }
        if (!make(clients, slot)) {
            return DNSMON_ENOMEM;
        }
        dm_samples_add(clients, slot, time_us, type, name);
    }
    return 0;
}

void dm_samples_free(struct dm_client_table *clients, struct dm_samples **slot)
{
    if (*slot) {
        dm_client_charge(clients, -(ptrdiff_t)sizeof **slot);
        g_free(*slot);
        *slot = NULL;
    }
}
