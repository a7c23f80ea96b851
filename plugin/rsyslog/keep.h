/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Events out and snapshots to the state file, in the order that loses neither. */
#ifndef OM_KEEP_H
#define OM_KEEP_H

#include "instance.h"

/** om_keep_load() - take up the state file, if the action has one; before anything else. */
void om_keep_load(struct om_instance *inst);

/** om_keep_tick() - what is due now: a snapshot, the @waiting events.   Thread: the ticker. */
void om_keep_tick(struct om_instance *inst, int waiting);

/** om_keep_request() - a snapshot at the next tick.   Thread: any. */
void om_keep_request(struct om_instance *inst);

/** om_keep_drain() - inject every waiting event at once, after a snapshot that has them.
 * Thread: any without a lock of ours. */
void om_keep_drain(struct om_instance *inst);

/** om_keep_close() - the last snapshot.   Thread: main; the ticker has ended. */
void om_keep_close(struct om_instance *inst);

#endif
