/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The loop guard: lines that are events of ours.
 */
#ifndef DM_PLUGIN_DNSMON_ECHO_H
#define DM_PLUGIN_DNSMON_ECHO_H

#include <stdbool.h>

#include "block.h"

/** echo_is_event() - whether a raw log line is an event that came back. */
bool echo_is_event(const struct line *line);

#endif
