/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a packet filter did with a packet.
 */
#ifndef DM_PARSE_PASSED_H
#define DM_PARSE_PASSED_H

#include <stdbool.h>

#include "util/slice.h"

/**
 * dm_passed_word() - the word that says what became of a packet.
 * @text:       an action ("pass"), or an operator's log prefix ("[UFW ALLOW] ").
 * @ret_passed: whether it was let through.
 * Returns:     the word, of @text; empty if none of them says anything: nothing is known then.
 */
struct dm_slice dm_passed_word(struct dm_slice text, bool *ret_passed);

#endif
