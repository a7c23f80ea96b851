/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Local time of the site. GLib knows the zones (it reads the system's tzdata); asking it takes a
 * search, so the stretch of time around the last answer in which the offset does not change is kept
 * in the caller's cache and the usual answer is one comparison and one addition.
 *
 * Method. GLib numbers the intervals of constant offset in rising order but does not tell where
 * they begin, so the bounds are bisected, within one UTC day around the question: a day without a
 * change costs two look-ups, a day with one about forty.
 *
 * LIMITS: of two changes within 48 hours, which no zone has had since 1970, dm_zone_to_utc() sees
 * one. GLib expands a zone's rule up to 2037; later years keep the last offset.
 * GLib ends the process when there is no memory for a zone.
 * Source: days <-> dates after H. Hinnant, "chrono-compatible low-level date algorithms" (2013).
 */
#include "util/localtime.h"

#include <stdbool.h>

#include <glib.h>

#define DAY_S 86400

/* What GLib takes for a zone, bytes, four times over (own estimate: tzdata's largest file has 4 KB,
 * and each change of the clock in it becomes 40 bytes). */
#define ROOM_BYTES 65536

struct dm_zone *dm_zone_new(const char *name)
{
    GTimeZone *tz;

    if (!name || name[0] == '\0') {
        tz = g_time_zone_new_local();
    } else {
#if GLIB_CHECK_VERSION(2, 68, 0)
        tz = g_time_zone_new_identifier(name);
#else
        tz = g_time_zone_new(name);
        if (tz && g_strcmp0(g_time_zone_get_identifier(tz), name) != 0) {
            g_time_zone_unref(tz);
            tz = NULL;
        }
#endif
    }
    return (struct dm_zone *)tz;
}

void dm_zone_free(struct dm_zone *zone)
{
    if (zone) {
        g_time_zone_unref((GTimeZone *)zone);
    }
}

bool dm_zone_has_room(void)
{
    void *room = g_try_malloc(ROOM_BYTES);

    g_free(room);
    return room != NULL;
}

/* GLib's zone under our name. */
static GTimeZone *tz_of(const struct dm_zone *zone)
{
    return (GTimeZone *)zone;
}

static int interval_at(const struct dm_zone *zone, int64_t utc_s)
{
    return g_time_zone_find_interval(tz_of(zone), G_TIME_TYPE_UNIVERSAL, utc_s);
}

static int32_t offset_at(const struct dm_zone *zone, int64_t utc_s)
{
    return g_time_zone_get_offset(tz_of(zone), interval_at(zone, utc_s));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The first second in [lo, hi] whose interval is @want or later; hi's is. */
static int64_t first_of(const struct dm_zone *zone, int want, int64_t lo, int64_t hi)
{
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (interval_at(zone, mid) >= want) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return lo;
}

/* Fill the cache with the part of @utc_s's UTC day that has its offset. */
static void load(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t utc_s)
{
    int64_t from = floor_div(utc_s, DAY_S) * DAY_S;
    int64_t until = from + DAY_S;
    int here = interval_at(zone, utc_s);

    if (interval_at(zone, from) != here) {
        from = first_of(zone, here, from, utc_s);
    }
    if (interval_at(zone, until - 1) != here) {
        until = first_of(zone, here + 1, utc_s, until);
    }
    cache->from_s = from;
    cache->until_s = until;
    cache->offset_s = g_time_zone_get_offset(tz_of(zone), here);
    /* A reading that the interval before also had belongs to that one. */
    int32_t before = offset_at(zone, from - 1);
    cache->local_from_s = from + (before > cache->offset_s ? before : cache->offset_s);
    cache->local_until_s = until + cache->offset_s;
}

int32_t dm_zone_offset(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t utc_s)
{
    if (utc_s < cache->from_s || utc_s >= cache->until_s) {
        load(zone, cache, utc_s);
    }
    return cache->offset_s;
}

/* The reading's time without the cache: before the change if it was read then, else after. */
static int64_t find_utc(const struct dm_zone *zone, int64_t local_s)
{
    int32_t before = offset_at(zone, local_s - DAY_S);
    int32_t after = offset_at(zone, local_s + DAY_S);

    if (offset_at(zone, local_s - before) != before && offset_at(zone, local_s - after) == after) {
        return local_s - after;
    }
    return local_s - before;
}

int64_t dm_zone_to_utc(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t local_s)
{
    if (local_s >= cache->local_from_s && local_s < cache->local_until_s) {
        return local_s - cache->offset_s;
    }
    int64_t utc_s = find_utc(zone, local_s);
    load(zone, cache, utc_s);
    return utc_s;
}

int32_t dm_zone_day(const struct dm_zone *zone, struct dm_zone_cache *cache, int64_t utc_s)
{
    return (int32_t)floor_div(utc_s + dm_zone_offset(zone, cache, utc_s), DAY_S);
}

int64_t dm_zone_day_start(const struct dm_zone *zone, struct dm_zone_cache *cache, int32_t day)
{
    return dm_zone_to_utc(zone, cache, (int64_t)day * DAY_S);
}

int64_t dm_days_from_civil(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void dm_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}
