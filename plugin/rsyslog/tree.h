/* SPDX-License-Identifier: GPL-3.0-or-later */
/** An event as rsyslog's tree. */
#ifndef OM_TREE_H
#define OM_TREE_H

#include "rsyslog_api.h"

#include <dnsmon/dnsmon.h>

/**
 * om_tree_new() - the event's object, as parsing its JSON would give it.
 * Returns: the caller's; NULL: no memory.
 * Thread:  the event's.
 */
struct json_object *om_tree_new(const dnsmon_event_t *ev);

#endif
