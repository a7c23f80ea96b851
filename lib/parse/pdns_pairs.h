/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * PowerDNS' structured lines: key="value" pairs.
 */
#ifndef DM_PARSE_PDNS_PAIRS_H
#define DM_PARSE_PDNS_PAIRS_H

#include "parse/parser.h"

/**
 * dm_pdns_pairs() - read a line that begins with msg=".
 * @rec:    cleared by dm_question_clear().
 * @own:    the line is PowerDNS' beyond doubt.
 * Returns: the verdict, as of struct dm_parser.
 */
enum dm_verdict dm_pdns_pairs(struct dm_slice s, bool own, struct dm_record *rec,
                              const char **ret_why);

/** dm_pdns_remote() - "IP[:PORT][ (proxied by IP[:PORT])]" or "IP[(INNER)][<-ECS]": the client is
 * whom a trusted proxy names as such (doc/FORMATS.md).   Returns: whether it is that. */
bool dm_pdns_remote(struct dm_slice s, struct dm_record *rec);

#endif
