/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One table of every configuration section and key, put together from the rows that the layers
 * bring.
 */
#ifndef DM_MONITOR_OPTIONS_H
#define DM_MONITOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/detector.h"
#include "util/option.h"

/** The sections in the order in which they are printed; [detector ID] of detector i is
 * DM_SEC_DETECTOR + i, those behind it follow. */
enum dm_section_id {
    DM_SEC_SITE,
    DM_SEC_ROLES,
    DM_SEC_HOSTS,
    DM_SEC_MANAGERS,
    DM_SEC_SIGNATURES,
    DM_SEC_DETECTORS,
    DM_SEC_DETECTOR,
    DM_SEC_LIMITS = DM_SEC_DETECTOR + DM_DET_COUNT,
    DM_SEC_EVENTS,
    DM_SEC_COUNT
};

/** Rows of [detectors], [limits], [events]. */
enum dm_detectors_key { DM_DETECTORS_ENABLE, DM_DETECTORS_DISABLE, DM_DETECTORS_BUDGET };
enum dm_limits_key { DM_LIMITS_MEMORY };
enum dm_events_key {
    DM_EVENTS_HOLD,
    DM_EVENTS_RATE,
    DM_EVENTS_STORM_CLIENTS,
    DM_EVENTS_STORM_WINDOW,
    DM_EVENTS_MANAGER_RATE,
    DM_EVENTS_MANAGER_DAY,
    DM_EVENTS_NOTIFIERS
};

/** Room for a section's name, bytes: "detector " and a rule id. */
#define DM_SECTION_NAME_LEN 96

/** Most rows of a section: a detector's (DM_DET_OPTIONS_MAX) and the longest fixed ones. */
#define DM_SECTION_ROWS_MAX 32

struct dm_section {
    char name[DM_SECTION_NAME_LEN];
    const char *doc;
    const struct dm_option *rows;
    size_t n_rows;
    bool
        free_keys; /**< the keys are the user's; the first row stands for those without their own */
};

/** dm_section_get() - a section.   @id: below DM_SEC_COUNT. */
struct dm_section dm_section_get(size_t id);

/** dm_section_find() - a section by its name.   Returns: its id; -1 if there is none. */
int dm_section_find(const char *name);

/** dm_section_row() - a row by its key (else the first if the keys are free).   Returns: its index;
 * -1 if there is none. */
int dm_section_row(const struct dm_section *sec, const char *key);

/** dm_rule_find() - a detector by its rule id.   Returns: its index; -1 if there is none. */
int dm_rule_find(const char *id, size_t len);

/**
 * dm_nearest() - of @n names the one that was probably meant by @word.
 * Returns: it; NULL if none is near (more than one slip in three characters).
 */
const char *dm_nearest(const char *word, const char *const *names, size_t n);

/** Sentences for what does not exist: "there is no such ...; did you mean ..." into @reason. */
void dm_reason_section(const char *name, char *reason, size_t len);
void dm_reason_key(const struct dm_section *sec, const char *key, char *reason, size_t len);
void dm_reason_rule(const char *id, char *reason, size_t len);

#endif
