/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The contract of a detector: one file det_<name>.c, one row in detectors.def, one test, one page.
 */
#ifndef DM_DETECT_DETECTOR_H
#define DM_DETECT_DETECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "util/option.h"

enum dm_detector_id {
#define X(name) DM_DET_##name,
#include "detect/detectors.def"
#undef X
    DM_DET_COUNT
};

struct dm_client;
struct dm_obs;
struct dm_detect_ctx;
struct dm_finding;

struct dm_detector {
    const char *id;   /**< rule.id, such as "mass-mailer" */
    const char *name; /**< rule.name, such as "Mass-mailing client" */
    const char *summary; /**< one sentence for the manual: what it finds, from which paper */
    uint32_t marks;   /**< enum dm_obs_mark: which observations it is called for */
    const struct dm_option *options; /**< rows of [detector <id>], ended by a NULL key */
    size_t n_options;
    /** Called for each observation with one of its marks, in time order. May raise a finding. */
    void (*update)(struct dm_detect_ctx *ctx, struct dm_client *cli, const struct dm_obs *obs);
};

extern const struct dm_detector *const dm_detectors[DM_DET_COUNT];

#endif
