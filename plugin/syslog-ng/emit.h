/* SPDX-License-Identifier: GPL-2.0-or-later */
/** One event out, as a message. */
#ifndef NG_EMIT_H
#define NG_EMIT_H

#include "options.h"

/**
 * ng_emit_event() - make the message of an event and send it down the log path.
 * @options: facility, severity, program, tags.
 * @outlet:  the pipe behind which it goes; initialised.
 * Returns:  false without memory: the event is lost.
 * Thread:   any, without a lock held: what is behind runs in it.
 */
bool ng_emit_event(const struct ng_options *options, LogPipe *outlet, const dnsmon_event_t *ev);

#endif
