/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a probe of a Windows service is, for the three rules that look at them (doc/SCIENCE.md
 * A.12): a TCP attempt from inside to one of tcp-probe's ports.
 */
#ifndef DM_DETECT_PROBE_H
#define DM_DETECT_PROBE_H

#include "detect/detector.h"

/**
 * What an unanswered attempt says for a scanner, nats: ln(0.8 / 0.2), the shares of failing
 * attempts of scanners and of others (doc/SCIENCE.md A.12, TRW). What the others' successes would
 * take away is not in the logs.
 */
#define DM_PROBE_NATS 1.386294

/** dm_probe_is() - whether an observation is a probe, by the keys of tcp-probe. */
static inline bool dm_probe_is(const struct dm_detect_ctx *ctx, const struct dm_obs *obs)
{
    const uint16_t *ports = ctx->pars[DM_DET_tcp_probe].ports;

    for (int i = 0; obs->kind == DM_OBS_TCP && i < DM_PORTS_MAX && ports[i]; i++) {
        if (ports[i] == obs->type) {
            return true;
        }
    }
    return false;
}

#endif
