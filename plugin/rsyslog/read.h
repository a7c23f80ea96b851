/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From rsyslog's message to a worker's feed. */
#ifndef OM_READ_H
#define OM_READ_H

#include "instance.h"

/**
 * om_read_message() - hand one message over, unless it is an event.
 * @msg:    rsyslog's; not changed.
 * Thread:  the worker's.   Cost: one uncontended lock of ours, one or two of the message's.
 */
void om_read_message(struct om_worker *worker, smsg_t *msg);

#endif
