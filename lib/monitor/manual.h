/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pages of the manual that are generated from the tables that the code uses.
 */
#ifndef DM_MONITOR_MANUAL_H
#define DM_MONITOR_MANUAL_H

/** dm_manual_configuration() - doc/CONFIGURATION.md.   Returns: to be released with free(). */
char *dm_manual_configuration(void);

#endif
