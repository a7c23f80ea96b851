/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Queue layouts that can lose events when rsyslogd ends. */
#ifndef OM_LAYOUT_H
#define OM_LAYOUT_H

#include "instance.h"

/**
 * om_layout_check() - warn, in at most one line, about where this action's events can get lost.
 * @conf:   the configuration being checked; inst->ruleset has been found.
 * Returns: nothing; a layout is never an error.   Thread: main, at configuration time.
 */
void om_layout_check(rsconf_t *conf, struct om_instance *inst);

#endif
