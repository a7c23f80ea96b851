/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's lines that are neither queries nor responses.
 */
#ifndef DM_PARSE_BIND_OTHER_H
#define DM_PARSE_BIND_OTHER_H

#include "parse/record.h"

/**
 * dm_bind_other() - what stands behind the client and view, or behind the prefix if there is none:
 * denied, failed, rate-limited, rewritten, unresolved.
 * @rec:    kind (DM_REC_BIND_...), note and question are set on success; has_client and the server
 *          only where the text itself names them.
 * Returns: whether @s is one of them up to its end.
 */
bool dm_bind_other(struct dm_slice s, struct dm_record *rec);

#endif
