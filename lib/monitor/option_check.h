/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether a value may stand behind a key, and if not, what would be right.
 */
#ifndef DM_MONITOR_OPTION_CHECK_H
#define DM_MONITOR_OPTION_CHECK_H

#include <stddef.h>

#include "util/option.h"
#include "util/slice.h"

/**
 * dm_option_check() - check a value against its row.
 * @value:   as written, without blanks around it, not empty.
 * @reason:  on failure what is wrong and what would be right; DM_REASON_LEN bytes.
 * Returns:  0; DNSMON_ECONFIG; DNSMON_ENOMEM, without a reason.
 */
int dm_option_check(const struct dm_option *row, struct dm_slice value, char *reason, size_t len);

/** dm_prefix_check() - the same for one prefix, such as a key of [managers]. */
int dm_prefix_check(struct dm_slice item, char *reason, size_t len);

/** dm_option_is_list() - whether a value of the type is a list separated by ';'. */
int dm_option_is_list(enum dm_option_type type);

/** dm_option_type_text() - what a value of the type is, such as "a duration". */
const char *dm_option_type_text(enum dm_option_type type);

/** dm_option_number() - the value of a numeric row; NAN for "auto".   @value: checked. */
double dm_option_number(const struct dm_option *row, const char *value);

#endif
