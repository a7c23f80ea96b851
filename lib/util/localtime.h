/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Local time of the site: GLib's time zones behind a cache, since every line asks.
 */
#ifndef DM_UTIL_LOCALTIME_H
#define DM_UTIL_LOCALTIME_H

#include <stdbool.h>
#include <stdint.h>

/** A time zone; immutable, may be shared between threads. */
struct dm_zone;

/** The last answer, which is right for most of the lines that follow. Belongs to one thread. */
struct dm_zone_cache {
    int64_t from_s, until_s;             /**< UTC seconds in which offset_s holds */
    int64_t local_from_s, local_until_s; /**< the same in local seconds */
    int32_t offset_s;                    /**< local minus UTC */
};

/**
 * dm_zone_new() - a zone by its name, such as "Asia/Tokyo" or "UTC"; NULL or "": the system's.
 * Returns: NULL if the system knows no such zone.   Owner: caller, dm_zone_free().
 * Memory:  GLib's, which ends the process without: ask dm_zone_has_room() before.
 */
struct dm_zone *dm_zone_new(const char *name);
void dm_zone_free(struct dm_zone *zone); /**< @zone: or NULL */

/** dm_zone_has_room() - whether there is memory to read a zone. */
bool dm_zone_has_room(void);

/** dm_zone_offset() - local minus UTC at @utc_s, seconds. @cache may be zeroed, not NULL. */
int32_t dm_zone_offset(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t utc_s);

/** dm_zone_to_utc() - UTC seconds of a local wall clock reading (given as if it were UTC).
 * Ambiguous (DST ends): the first; skipped (DST begins): as if the old offset still held. */
int64_t dm_zone_to_utc(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t local_s);

/** dm_zone_day() - the local calendar day of @utc_s: days since 1970-01-01. */
int32_t dm_zone_day(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t utc_s);

/** dm_zone_day_start() - UTC seconds at which local day @day begins. */
int64_t dm_zone_day_start(const struct dm_zone *zone, struct dm_zone_cache *cache, int32_t day);

/** dm_days_from_civil() - days since 1970-01-01 of a date of the Gregorian calendar. */
int64_t dm_days_from_civil(int year, int month, int day);

/** dm_civil_from_days() - the date of a day since 1970-01-01. */
void dm_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day);

#endif
