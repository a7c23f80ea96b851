/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From the library's event to a message in the events ruleset. */
#ifndef OM_INJECT_H
#define OM_INJECT_H

#include "instance.h"

/**
 * om_inject_event() - make a message of an event and put it into the ruleset's queue.
 * @ev:     borrowed.
 * @ret_msg: if not NULL, on success a reference to the message, for om_inject_release().
 * Returns: RS_RET_OK; RS_RET_QUEUE_FULL if there was no room (it is never waited for); any other
 *          error if no message could be made.
 * Thread:  any, one at a time for an action.
 */
rsRetVal om_inject_event(struct om_instance *inst, const dnsmon_event_t *ev, smsg_t **ret_msg);

/** om_inject_is_done() - whether nobody but the caller refers to the message any more: its ruleset
 * has done with it.   @msg: or NULL, which is done. */
bool om_inject_is_done(const smsg_t *msg);

/** om_inject_release() - give a reference back.   @msg: or NULL. */
void om_inject_release(smsg_t *msg);

/** om_inject_module_init() / _exit() - rsyslog's objects that this file uses. */
rsRetVal om_inject_module_init(void);
void om_inject_module_exit(void);

#endif
