/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Taken from the heap only for clients that a detector has begun to suspect, and counted against
 * the client table's cap; without room an event simply has no evidence.
 */
#include "detect/samples.h"

#include <glib.h>
#include <string.h>

void dm_samples_add(struct dm_client_table *clients, struct dm_samples **slot, int64_t time_us,
                    uint16_t type, struct dm_slice name)
{
    struct dm_samples *s = *slot;

    if (!s) {
        if (dm_client_charge(clients, sizeof *s) < 0) {
            return;
        }
        s = *slot = g_try_new0(struct dm_samples, 1);
        if (!s) {
            dm_client_charge(clients, -(ptrdiff_t)sizeof *s);
            return;
        }
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

void dm_samples_free(struct dm_client_table *clients, struct dm_samples **slot)
{
    if (*slot) {
        dm_client_charge(clients, -(ptrdiff_t)sizeof **slot);
        g_free(*slot);
        *slot = NULL;
    }
}
