/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A progress bar on standard error, if that is a terminal; else none of these does anything.
 */
#ifndef DM_PLUGIN_DNSMON_PROGRESS_H
#define DM_PLUGIN_DNSMON_PROGRESS_H

#include <stdint.h>

/** progress_start() - @total: bytes there are to be read; 0: not known, as of a pipe. */
void progress_start(uint64_t total);

/** progress_show() - @done: bytes that have been read.   Cost: draws ten times a second at most. */
void progress_show(uint64_t done);

/** progress_hide() - wipe the bar, so that something else can be printed; it may come back.
 * Thread: any. */
void progress_hide(void);

#endif
