/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Does the running rsyslogd fit the headers that this module was built with? */
#ifndef OM_SELFCHECK_H
#define OM_SELFCHECK_H

#include "rsyslog_api.h"

/**
 * om_selfcheck_run() - compare version and structure layout.
 * Returns: RS_RET_OK; RS_RET_ERR after one message that says what to do.
 * Thread:  the one that loads the module.
 */
rsRetVal om_selfcheck_run(void);

#endif
