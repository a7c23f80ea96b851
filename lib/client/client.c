/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a client's own queries say of its role. A guess never silences a detector: it lowers the
 * level (doc/SCIENCE.md 0.4).
 *
 * LIMITS: BIND before 9.3 prints no flags, so there only the types speak.
 */
#include "client/client.h"

bool dm_client_is_resolver(const struct dm_client *cli)
{
    if (cli->seen < DM_ROLE_MIN_QUERIES) {
        return cli->seen >= DM_ROLE_FEW_QUERIES && cli->rd_off == cli->seen;
    }
    return cli->rd_off > cli->seen / 2 || (uint32_t)cli->infra * 100 >= (uint32_t)cli->seen * 3;
}
