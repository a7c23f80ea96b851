/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Infoblox' variant of BIND's lines, of which BIND's parser asks where a line is no query of
 * BIND's.
 */
#ifndef DM_PARSE_INFOBLOX_H
#define DM_PARSE_INFOBLOX_H

#include "parse/record.h"

/**
 * dm_infoblox_read() - a response line of Infoblox NIOS.
 * @s:      what follows "client IP#PORT[ (QNAME)]", with or without ": "; rec's client is already
 * set. Returns: whether it is one; then kind is DM_REC_RESPONSE. Else only fields of the question
 * have changed.
 */
bool dm_infoblox_read(struct dm_slice s, struct dm_record *rec);

#endif
