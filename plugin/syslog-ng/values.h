/* SPDX-License-Identifier: GPL-2.0-or-later */
/** An event's fields as name-values of a message. */
#ifndef NG_VALUES_H
#define NG_VALUES_H

#include "syslogng_api.h"

/**
 * ng_values_from_json() - .dnsmon.json, and each field by its path.
 * @json: the event; its own part, "dnsmon", has no second .dnsmon in front. observer.hostname
 *        becomes HOST.
 */
void ng_values_from_json(LogMessage *msg, const gchar *json);

/** ng_values_from_sd() - .SDATA.dnsmon@32473.*.   @sd: one RFC 5424 element. */
void ng_values_from_sd(LogMessage *msg, const gchar *sd);

#endif
