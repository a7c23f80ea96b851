/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The first few names that made a client suspect: the evidence in an event.
 */
#ifndef DM_DETECT_SAMPLES_H
#define DM_DETECT_SAMPLES_H

#include <stdint.h>

#include "client/client_table.h"
#include "util/pack.h"
#include "util/slice.h"

/** Names kept (doc/SCIENCE.md E.6: 8) and bytes of each; a longer one is cut at its front, since
 * the registered domain is at the end. */
#define DM_SAMPLES 8
#define DM_SAMPLE_LEN 64

/** The first names of a finding, kept as evidence. */
struct dm_samples {
    uint32_t n;
    struct {
        int64_t time_us;
        uint16_t type;
        char name[DM_SAMPLE_LEN];
    } item[DM_SAMPLES];
};

/** dm_samples_add() - keep a name if there is room; @slot is made when first needed. */
void dm_samples_add(struct dm_client_table *clients, struct dm_samples **slot, int64_t time_us,
                    uint16_t type, struct dm_slice name);

/** dm_samples_pack() - to a state file; @s may be NULL.  dm_samples_unpack() - from one into an
 * empty slot.   Returns: 0, also if the content was refused; DNSMON_ENOMEM: no room for them. */
void dm_samples_pack(struct dm_buf *out, const struct dm_samples *s);
int dm_samples_unpack(struct dm_client_table *clients, struct dm_samples **slot,
                      struct dm_unpacker *in);

/** dm_samples_free() - give it back; *@slot becomes NULL. */
void dm_samples_free(struct dm_client_table *clients, struct dm_samples **slot);

#endif
