/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * daily-summary: what the papers tabulate of a day, as one event for the site and one for each mail
 * server that did anything. It finds nothing: level info, outside the rate of events.
 *
 * Method:  this file only says what has to be read; the counting is the engine's own
 *          (monitor/engine_summary.c), how names begin is client/names.h, and a mail server's
 *          figures are those of the rules that run.
 * Source:  S0 2.2 (leaders of a day), S1 Figure 2; doc/SCIENCE.md A.1, A.5 to A.11, A.15.
 *
 * LIMITS
 * Counts are exact as long as the client table, the memory of names and the feed lose nothing;
 * `dnsmon.lossy` says when they did. Names are told apart up to client/names.h's limits.
 */
#include "detect/detector.h"

static const char *const classes[] = {"summary", NULL};

const struct dm_detector dm_detector_daily_summary = {
    .id = "daily-summary",
    .name = "Daily summary",
    .summary = "At the end of each local day: the leaders, how names began, and each mail server's "
               "figures, as the papers tabulate them (S0 2.2, S1 Figure 2).",
    .subject = DM_SUBJECT_HEALTH,
    .marks = DM_MARK_KEYWORD | DM_MARK_SITE_NAME | DM_MARK_MAIL | DM_WANT_PREFIX,
    .classes = classes,
};
