/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The template that prints an event as one line of JSON.
 */
#ifndef OM_JSON_TEMPLATE_H
#define OM_JSON_TEMPLATE_H

#include "rsyslog_api.h"

/* The name that site configurations use: action(... template="dnsmon-json"). */
#define OM_JSON_TEMPLATE "dnsmon-json"

/* Define it in a configuration that is being read, unless the site has one of that name already. */
rsRetVal om_json_template_add(rsconf_t *conf);

#endif
