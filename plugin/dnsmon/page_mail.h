/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The figures of one mail server, by the key of its summaries.
 */
#ifndef DM_PLUGIN_DNSMON_PAGE_MAIL_H
#define DM_PLUGIN_DNSMON_PAGE_MAIL_H

#include "page.h"

/** mail_key() - of a server of the figures: its address, or its name. */
const char *mail_key(struct json_object *server);

/** mail_last_with() - the last day of a server whose summary has a number there; NULL: none. */
struct json_object *mail_last_with(const struct page *p, const char *key, const char *path);

/** mail_put_regression() - look-ups over connections (page_relations.c).
 * mail_put_unresolved() - unresolved names over all, and its day. */
void mail_put_regression(struct page *p, struct json_object *server);
void mail_put_unresolved(struct page *p, struct json_object *server);

/** mail_put_efficiency() - messages per connection, day by day (page_mail_days.c). */
void mail_put_efficiency(struct page *p, const char *key, const char *name);

/** mail_put_days() - a table.   Returns: how many days have an efficiency. */
unsigned mail_put_days(struct page *p, const char *key);

#endif
