/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Figures that are counts: nothing to decide.   Source: doc/SCIENCE.md A.9 (S2's table).
 */
#include "server/figures.h"

#include "server/server.h"

void dm_figures_rejects(const struct dm_mail_counts *c, struct dm_figures *ret)
{
    ret->groups |= DM_FIG_REJECTS;
    ret->user_unknown = c->rejects[DM_REJ_USER_UNKNOWN];
    ret->relay_denied = c->rejects[DM_REJ_RELAY_DENIED];
    ret->recipient_rejected = c->rejects[DM_REJ_RECIPIENT];
    ret->other = (double)dm_mail_rejects(c) - ret->user_unknown - ret->relay_denied -
                 ret->recipient_rejected;
}
