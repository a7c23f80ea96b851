/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * feed-gap: a source of the log has fallen silent although its usual rate makes that impossible by
 * chance, or its clock has jumped.
 *
 * Method:  the work is done by feed health (lib/monitor/health.h); here are its keys and names.
 * Source:  doc/SCIENCE.md C21; Poisson: a source of rate λ is silent for T with e^-λT.
 *
 * LIMITS
 * Misses:  a silence of less than five minutes; that of a quiet source until it is twice as long as
 *          any before; a source that was never heard.
 * Innocent look-alikes: a maintenance window, a busy site's first power cut, a host that is
 * switched off for good (one event, then no more).
 */
#include "detect/feed_rules.h"

static const struct dm_option options[] = {
    [DM_FEED_GAP_LEAST] = {"least", DM_OPT_DURATION, "5m", 60, 86400, "s",
                           "Shortest silence that is told of.",
                           "own choice: longer than a restart or a log rotation takes"},
    [DM_FEED_GAP_NATS] = {"nats", DM_OPT_NUMBER, "13.8", 1, 1000, "nats",
                          "How improbable a silence must be: usual rate times its length.",
                          "doc/SCIENCE.md C21: e^-13.8 = 1e-6"},
    [DM_FEED_GAP_BUSY] =
        {"busy", DM_OPT_NUMBER, "0.95", 0.01, 1, "share of the seconds",
         "A source that has lines in so many of the seconds of this hour is busy: "
         "many machines that do not all stop at once. A quieter one must be silent "
         "for longer, see times and quiet.",
         "own choice: 3 lines a second, what about a hundred PCs ask by day "
         "(doc/SCIENCE.md D.1: 2,500 look-ups a day each)"},
    [DM_FEED_GAP_TIMES] = {"times", DM_OPT_NUMBER, "2", 1, 100, "-",
                           "A quiet source must be silent for so many times its longest silence.",
                           "own choice: twice a night, twice a weekend"},
    [DM_FEED_GAP_QUIET] = {"quiet", DM_OPT_DURATION, "72h", 300, 8640000, "s",
                           "Shortest silence of a quiet source that has been known for less than "
                           "eight days, and so may not have had a weekend.",
                           "own choice: Friday evening to Monday morning is 64 hours"},
};

static const char *const classes[] = {"feed-gap", NULL};

const struct dm_detector dm_detector_feed_gap = {
    .id = "feed-gap",
    .name = "Gap in the log",
    .summary = "A log host falls silent although its usual rate makes that impossible by chance, "
               "or its clock jumps (doc/SCIENCE.md C21).",
    .subject = DM_SUBJECT_HEALTH,
    .marks = DM_MARK_HEALTH,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .classes = classes,
};
