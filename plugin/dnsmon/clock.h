/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The clocks of the program; the library reads none.
 */
#ifndef DM_PLUGIN_DNSMON_CLOCK_H
#define DM_PLUGIN_DNSMON_CLOCK_H

#include <stdint.h>
#include <time.h>

/** clock_us() - what a clock says, µs.   @id: CLOCK_REALTIME: since 1970 UTC. */
static inline int64_t clock_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/** now_ms() - a clock that is never set, ms: for intervals. */
static inline int64_t now_ms(void)
{
    return clock_us(CLOCK_MONOTONIC) / 1000;
}

#endif
