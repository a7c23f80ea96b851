/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a client's own queries say of its role. A guess never silences a detector: it lowers the
 * level (doc/SCIENCE.md 0.4).
 *
 * LIMITS: BIND before 9.3 prints no flags, so there only the types speak.
 */
#include "client/client.h"

#include "dns/rrtype.h"

bool dm_client_is_resolver(const struct dm_client *cli)
{
    if (cli->seen < DM_ROLE_MIN_QUERIES) {
        return cli->seen >= DM_ROLE_FEW_QUERIES && cli->rd_off == cli->seen;
    }
    return cli->rd_off > cli->seen / 2 || (uint32_t)cli->infra * 100 >= (uint32_t)cli->seen * 3;
}

bool dm_client_may_be_resolver(const struct dm_client *cli)
{
    return dm_client_is_resolver(cli) ||
           (cli->infra > 0 && (uint32_t)cli->infra * 100 >= (uint32_t)cli->seen * 3);
}

static unsigned pattern_of(uint16_t bits)
{
    return (bits & DM_OBS_RD_OFF ? 1 : 0) | (bits & DM_OBS_EDNS ? 2 : 0) |
           (bits & DM_OBS_DO ? 4 : 0) | (bits & DM_OBS_COOKIE ? 8 : 0);
}

void dm_suspect_count(struct dm_suspect *sus, const struct dm_obs *obs)
{
    uint16_t *n = NULL;

    dm_guess_add(&sus->guess, obs);
    ++*dm_type_column(&sus->total, obs->type);
    if (obs->type == DM_TYPE_MX) {
        n = &sus->mx_flags[pattern_of(obs->bits)];
    } else if (obs->type == DM_TYPE_A || obs->type == DM_TYPE_AAAA) {
        n = &sus->addr_flags[pattern_of(obs->bits)];
    }
    if (n && *n < UINT16_MAX) {
        ++*n;
    }
}
