/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names that a server prints in another form than BIND's: changed into that form, the one that
 * dm_name_normalise() reads (a backslash escapes: "\.", "\\", "\DDD"). Where nothing has to be
 * changed, rec->qname is the line's own text; else it is in rec->qname_text.
 */
#ifndef DM_PARSE_QNAME_H
#define DM_PARSE_QNAME_H

#include "parse/record.h"

/**
 * dm_qname_raw() - dnsmasq: no escapes, a backslash is itself.
 * Returns: false if it is too long for any name.
 */
bool dm_qname_raw(struct dm_record *rec, struct dm_slice s);

/**
 * dm_qname_quoted() - PowerDNS' structured lines: BIND's form between quotes, with a backslash in
 * front of each quote and backslash.
 * Returns: false if it is too long for any name, or ends in half an escape.
 */
bool dm_qname_quoted(struct dm_record *rec, struct dm_slice s);

/**
 * dm_qname_counted() - Windows: "(3)www(7)example(0)"; a label's length decides where it ends,
 * whatever is in it.
 * Returns: whether @s is that and nothing else.
 */
bool dm_qname_counted(struct dm_record *rec, struct dm_slice s);

#endif
