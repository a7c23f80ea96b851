/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The keys of the two rules about the feed, by number: their rows are in det_feed_gap.c and
 * det_format_drift.c, and feed health (lib/monitor/health.h) does their work.
 */
#ifndef DM_DETECT_FEED_RULES_H
#define DM_DETECT_FEED_RULES_H

#include "detect/detector.h"

enum {
    DM_FEED_GAP_LEAST,
    DM_FEED_GAP_NATS,
    DM_FEED_GAP_BUSY,
    DM_FEED_GAP_TIMES,
    DM_FEED_GAP_QUIET
};

enum { DM_DRIFT_SHARE, DM_DRIFT_TIMES, DM_DRIFT_LINES, DM_DRIFT_REPLACED };

#endif
