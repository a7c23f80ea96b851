/* SPDX-License-Identifier: GPL-2.0-or-later */
/** One event out, as a message. */
#ifndef NG_EMIT_H
#define NG_EMIT_H

#include "options.h"

/** Tells whether an event has arrived. */
struct ng_flight;

/**
 * ng_emit_event() - make the message of an event and send it down the log path.
 * @options:    facility, severity, program, tags.
 * @outlet:     the pipe behind which it goes; initialised.
 * @ret_flight: if not NULL, on success what ng_emit_is_done() wants, to be released; or NULL
 *              without memory.
 * Returns:     false without memory: the event is lost.
 * Thread:      any, without a lock held: what is behind runs in it.
 */
bool ng_emit_event(const struct ng_options *options, LogPipe *outlet, const dnsmon_event_t *ev,
                   struct ng_flight **ret_flight);

/** ng_emit_is_done() - whether every destination has written the event, or has dropped it.
 * Thread: any. */
bool ng_emit_is_done(const struct ng_flight *flight);

/** ng_emit_release() - nobody asks any more.   Thread: any. */
void ng_emit_release(struct ng_flight *flight);

#endif
