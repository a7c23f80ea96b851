/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * format-drift: a program's lines are no longer what its parser knows.
 *
 * Method:  the work is done by feed health (lib/monitor/health.h); here are its keys and names.
 * Source:  doc/SCIENCE.md C21; issue: peers break at each BIND release, silently.
 *
 * LIMITS
 * Misses:  fewer than 20 such lines in some ten minutes; a change after which lines still parse,
 * but mean something else; lines of unknown programs as long as the known ones go on. Innocent
 * look-alikes: lines cut by a transport (samples end in the middle); a second name server of
 * another release behind the same log host, which is what it is for.
 */
#include "detect/feed_rules.h"

static const struct dm_option options[] = {
    [DM_DRIFT_SHARE] = {"share", DM_OPT_NUMBER, "0.1", 0.0001, 1, "share of the lines",
                        "Malformed lines of one parser among the useful lines of its log host.",
                        "own choice: one line in ten lost changes findings"},
    [DM_DRIFT_TIMES] = {"times", DM_OPT_NUMBER, "5", 1, 1000, "-",
                        "And the share must be so many times the usual one.",
                        "own choice: a server that always has some is no news"},
    [DM_DRIFT_LINES] = {"lines", DM_OPT_COUNT, "20", 1, 1e6, "lines",
                        "Fewest malformed lines, those of ten minutes ago counting a quarter.",
                        "own choice: a handful of broken lines is an accident"},
    [DM_DRIFT_REPLACED] = {"replaced", DM_OPT_NUMBER, "0.5", 0.01, 1, "share of the seconds",
                           "If no query is understood any more: in so much of the usual number of "
                           "seconds there are other lines, which then have taken their place.",
                           "own choice: lame-server and transfer lines are far fewer than queries"},
};

static const char *const classes[] = {"format-drift", NULL};

const struct dm_detector dm_detector_format_drift = {
    .id = "format-drift",
    .name = "Log format has changed",
    .summary = "The share of a program's lines that its parser cannot read has risen "
               "(doc/SCIENCE.md C21).",
    .subject = DM_SUBJECT_HEALTH,
    .marks = DM_MARK_HEALTH,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .classes = classes,
};
