/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A record as the JSON object that `dnsmon parse` prints (doc/FORMATS.md).
 */
#ifndef DM_PARSE_RECORD_JSON_H
#define DM_PARSE_RECORD_JSON_H

#include "parse/parser.h"

/**
 * dm_record_json() - what a line was understood as.
 * @rec:     as dm_parse_line() left it; its line still exists.
 * @verdict: what dm_parse_line() returned.
 * @why:     why it was not understood; NULL if it was.
 * Returns:  one line of JSON, valid UTF-8, without a newline; NULL without memory.
 * Owner:    caller, free().
 * Shape:    "kind" is null where there is no record anybody reads, and "why" says so. Bytes of no
 *           UTF-8, DEL and bytes of hidden characters (dm_text_escape()) are written as the four
 *           characters \xHH, and so is a backslash in front of "xHH", so that the bytes can be had
 *           back.
 */
char *dm_record_json(const struct dm_record *rec, enum dm_verdict verdict, const char *why);

#endif
