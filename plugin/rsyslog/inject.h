/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From the library's event to a message in the events ruleset. */
#ifndef OM_INJECT_H
#define OM_INJECT_H

#include "instance.h"

/**
 * om_inject_event() - make a message of an event and put it into the ruleset's queue.
 * @ev:     borrowed.
 * Returns: RS_RET_OK; RS_RET_QUEUE_FULL if there was no room (it is never waited for); any other
 *          error if no message could be made.
 * Thread:  any, one at a time for an action.
 */
rsRetVal om_inject_event(struct om_instance *inst, const dnsmon_event_t *ev);

/** om_inject_module_init() / _exit() - rsyslog's objects that this file uses. */
rsRetVal om_inject_module_init(void);
void om_inject_module_exit(void);

#endif
