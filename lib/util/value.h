/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Numbers with units as people write them in a configuration: 0.1, 24h, 256M, 60/h.
 */
#ifndef DM_UTIL_VALUE_H
#define DM_UTIL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/option.h"
#include "util/slice.h"

/** Room for any text of dm_value_format(), bytes. */
#define DM_VALUE_LEN 40

/** dm_value_is_number() - whether a type is read by dm_value_read(). */
bool dm_value_is_number(enum dm_option_type type);

/**
 * dm_value_read() - read a whole slice as a value of a numeric type.
 * @type:    NUMBER "0.5", COUNT "50", DURATION "90", "90s", "15m", "24h", "14d", BYTES "1000",
 *           "64k", "256M", "2G", "1T" (powers of 1024), RATE "5/s", "10/min", "60/h", "100/d".
 * @s:       strict: a point is a point whatever the locale, no blanks, no "inf", no hexadecimal.
 * @ret:     in the type's base unit (seconds, bytes, events per hour).
 * Returns:  0; DNSMON_EINVAL.   Cost: no allocation.
 */
int dm_value_read(enum dm_option_type type, struct dm_slice s, double *ret);

/** dm_value_format() - the shortest text that dm_value_read() takes for @v.   Returns: @buf. */
const char *dm_value_format(enum dm_option_type type, double v, char buf[DM_VALUE_LEN]);

/**
 * dm_value_date() - read "YYYY-MM-DD", a day that exists, 1970-01-01..2199-12-31.
 * @ret:     days since 1970-01-01.
 * Returns:  0; DNSMON_EINVAL.
 */
int dm_value_date(struct dm_slice s, int32_t *ret);

/** dm_value_port() - read a TCP port, 1..65535.   Returns: 0; DNSMON_EINVAL. */
int dm_value_port(struct dm_slice s, uint16_t *ret);

/**
 * dm_list_next() - take the next item off the front of a list "a;b;c".
 * @rest:    the list; what is left of it afterwards.
 * @ret:     the item without the blanks around it; empty items are passed over.
 * Returns:  whether there was one.
 */
bool dm_list_next(struct dm_slice *rest, struct dm_slice *ret);

#endif
