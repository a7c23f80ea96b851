/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From the text of a signature to its steps.
 */
#ifndef DM_STREAM_SIGNATURE_PARSE_H
#define DM_STREAM_SIGNATURE_PARSE_H

#include "stream/signature.h"

/**
 * dm_signature_parse() - read a text.
 * @ret:     zeroed; its steps, to be cleared even after a failure.
 * @reason:  on failure what is wrong and what would be right.
 * Returns:  0; DNSMON_ECONFIG; DNSMON_ENOMEM.
 */
int dm_signature_parse(struct dm_slice text, struct dm_signature *ret, char *reason, size_t len);

/** dm_sig_step_clear() - free what a step holds. */
void dm_sig_step_clear(struct dm_sig_step *step);

/** dm_signature_says_something() - whether any of its steps is not what every client does. */
bool dm_signature_says_something(const struct dm_signature *sig);

#endif
