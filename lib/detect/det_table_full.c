/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * table-full: suspects had to be forgotten, or could not be followed, because [limits] memory is
 * used up. It concerns whoever runs dnsmon, not a client.
 *
 * Method:  the engine looks after each second at what the client table counted, and says so once a
 *          day (monitor/engine.c).
 * Source:  own choice; doc/SCIENCE.md E.4 (bounded memory).
 *
 * LIMITS
 * Forgetting clients that were never suspicious is no finding: the counter clients.evicted has
 * them.
 */
#include "detect/detector.h"

static const char *const classes[] = {"table-full", NULL};

const struct dm_detector dm_detector_table_full = {
    .id = "table-full",
    .name = "Client table full",
    .summary = "Suspicious clients were forgotten or could not be followed, because [limits] "
               "memory is used up; said once a day.",
    .subject = DM_SUBJECT_HEALTH,
    .classes = classes,
};
