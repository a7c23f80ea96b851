/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Service names that packet loggers print instead of port numbers.
 */
#ifndef DM_PARSE_SERVICE_H
#define DM_PARSE_SERVICE_H

#include <stdint.h>

#include "util/slice.h"

/**
 * dm_service_port() - "25", "smtp", "port 1723": the TCP port.
 * Returns: the port; 0 if the name is not in the table.
 */
uint16_t dm_service_port(struct dm_slice name);

#endif
