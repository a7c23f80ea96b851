/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Time stamps of every form that the servers print.
 *
 * Method. Fixed columns: a stamp has its digits and separators at places that its first bytes tell.
 * Lines come by the thousand in one second, so the text of the last stamp (without its fraction) is
 * kept with its value and the usual line costs one memcmp.
 *
 * LIMITS: English month names in the usual capitals only. Years 1970..2199. A leap second (:60) is
 * the first second of the next minute. A log without years that has a gap of more than half a year
 * is read a year off from there on.
 * Source: RFC 3164 4.1.2, RFC 3339 5.6, BIND lib/isc/time.c.
 */
#include "parse/timestamp.h"

#define US 1000000LL
#define DAY_US (86400 * US)

/* A stamp further than this from the reference must be confirmed by the next one. Own choice. */
#define FAR_US (30 * DAY_US)
/* How near that next one must be. Own choice. */
#define CONFIRM_US DAY_US
/* A year's turn is a step back of more than this. */
#define HALF_YEAR_US (183 * DAY_US)
/* How late a December line may come after New Year. Own choice. */
#define LATE_US (7 * DAY_US)
/* Year of stamps without one when nobody has said which (dnsmon_monitor_set_year()). */
#define FIRST_YEAR 1970
#define LAST_YEAR 2199
/* "20261121T062548", bytes; no stamp is shorter. */
#define BASIC_LEN 15

/* What the text says; year 0: nothing. */
struct reading {
    int year, month, day, hour, minute, second;
};

/* Two digits, the first perhaps a blank.  Returns: the number, -1 if they are none. */
static int two(const char *p)
{
    int tens = p[0] == ' ' ? 0 : p[0] - '0';
    int ones = p[1] - '0';

    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

static int four(const char *p)
{
    int hi = p[0] == ' ' ? -1 : two(p);
    int lo = p[2] == ' ' ? -1 : two(p + 2);

    return hi < 0 || lo < 0 ? -1 : hi * 100 + lo;
}

/* The month, 1..12, 0 if it is none. */
static int month_of(const char *p)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int m = 0; m < 12; m++) {
        if (memcmp(p, names + 3 * m, 3) == 0) {
            return m + 1;
        }
    }
    return 0;
}

static bool read_clock(const char *p, struct reading *r)
{
    if (p[2] != ':' || p[5] != ':' || p[0] == ' ' || p[3] == ' ' || p[6] == ' ') {
        return false;
    }
    r->hour = two(p);
    r->minute = two(p + 3);
    r->second = two(p + 6);
    return r->hour >= 0 && r->hour < 24 && r->minute >= 0 && r->minute < 60 && r->second >= 0 &&
           r->second <= 60;
}

/* "Nov 21 06:25:48" and "Nov 21 2026 06:25:48".  Returns: bytes read, 0 if it is neither. */
static size_t read_bsd(struct dm_slice s, struct reading *r)
{
    if (s.n < 15 || s.p[3] != ' ' || s.p[6] != ' ') {
        return 0;
    }
    r->month = month_of(s.p);
    r->day = two(s.p + 4);
    r->year = 0;
    if (r->month == 0 || r->day < 1) {
        return 0;
    }
    if (read_clock(s.p + 7, r)) {
        return DM_STAMP_YEARLESS;
    }
    if (s.n < 20 || s.p[11] != ' ') {
        return 0;
    }
    r->year = four(s.p + 7);
    return r->year > 0 && read_clock(s.p + 12, r) ? 20 : 0;
}

/* "21-Nov-2026 06:25:48".  Returns: bytes read, 0 if it is not. */
static size_t read_bind(struct dm_slice s, struct reading *r)
{
    if (s.n < 20 || s.p[2] != '-' || s.p[6] != '-' || s.p[11] != ' ') {
        return 0;
    }
    r->day = two(s.p);
    r->month = month_of(s.p + 3);
    r->year = four(s.p + 7);
    return r->day > 0 && r->month && r->year > 0 && read_clock(s.p + 12, r) ? 20 : 0;
}

/* "2026-11-21T06:39:00", also with a blank.  Returns: bytes read, 0 if it is not. */
static size_t read_iso(struct dm_slice s, struct reading *r)
{
    if (s.n < 19 || s.p[4] != '-' || s.p[7] != '-' || (s.p[10] != 'T' && s.p[10] != ' ')) {
        return 0;
    }
    r->year = four(s.p);
    r->month = s.p[5] == ' ' ? -1 : two(s.p + 5);
    r->day = s.p[8] == ' ' ? -1 : two(s.p + 8);
    return r->year > 0 && r->month > 0 && r->month <= 12 && r->day > 0 && read_clock(s.p + 11, r)
               ? 19
               : 0;
}

/* "2026 Nov 21 06:25:48".  Returns: bytes read, 0 if it is not. */
static size_t read_year_first(struct dm_slice s, struct reading *r)
{
    if (s.n < 20 || s.p[8] != ' ' || s.p[11] != ' ') {
        return 0;
    }
    r->year = four(s.p);
    r->month = month_of(s.p + 5);
    r->day = two(s.p + 9);
    return r->year > 0 && r->month && r->day > 0 && read_clock(s.p + 12, r) ? 20 : 0;
}

/* ISO 8601's basic form, "20261121T062548".  Returns: bytes read, 0 if it is not. */
static size_t read_basic(struct dm_slice s, struct reading *r)
{
    char clock[8];

    for (size_t i = 0; i < BASIC_LEN; i++) {
        if (s.n < BASIC_LEN || (i != 8 && (s.p[i] < '0' || s.p[i] > '9'))) {
            return 0;
        }
    }
    r->year = four(s.p);
    r->month = two(s.p + 4);
    r->day = two(s.p + 6);
    memcpy(clock, (char[]){s.p[9], s.p[10], ':', s.p[11], s.p[12], ':', s.p[13], s.p[14]}, 8);
    return r->year > 0 && r->month > 0 && r->month <= 12 && r->day > 0 && read_clock(clock, r)
               ? BASIC_LEN
               : 0;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool day_exists(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return day <= days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t local_of(const struct reading *r, int year)
{
    return dm_days_from_civil(year, r->month, r->day) * 86400 + r->hour * 3600 + r->minute * 60 +
           r->second;
}

static int64_t away(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* The year of a stamp that has none, see dm_stamp_parse(). */
static int choose_year(struct dm_clock *clock, const struct reading *r)
{
    int year = clock->year ? clock->year : FIRST_YEAR;
    int month, day;

    if (clock->ref_us == 0) {
        clock->assumed = clock->year == 0;
        return year;
    }
    int64_t ref_s = clock->ref_us / US;
    int64_t local_s = ref_s + dm_zone_offset(clock->zone, &clock->cache, ref_s);
    dm_civil_from_days(local_s / 86400, &year, &month, &day);
    int64_t same = local_of(r, year);
    if (same < local_s - HALF_YEAR_US / US) {
        return year + 1;
    }
    int64_t before = local_of(r, year - 1);
    return before <= local_s && before >= local_s - LATE_US / US ? year - 1 : year;
}

/* @t_us moves the reference unless it is the first that far away. */
void dm_stamp_follow_far(struct dm_clock *clock, int64_t t_us)
{
    clock->last_us = t_us;
    if (clock->ref_us == 0 || away(t_us, clock->ref_us) <= FAR_US ||
        (clock->far_us != 0 && away(t_us, clock->far_us) <= CONFIRM_US)) {
        clock->ref_us = t_us;
        clock->far_us = 0;
    } else {
        clock->far_us = t_us;
    }
}

void dm_clock_see(struct dm_clock *clock, int64_t time_us)
{
    if (time_us > 0) {
        clock->assumed = false;
        dm_stamp_follow(clock, time_us);
    }
}

/* The date and time of day at the front of @s as local seconds.
 * Returns: bytes read, 0 if there is none; *ret_ok: whether that day exists. */
static size_t read_local(struct dm_clock *clock, struct dm_slice s, int64_t *ret_s, bool *ret_ok)
{
    struct reading r;
    size_t n = s.n < BASIC_LEN ? 0
               : s.p[0] >= 'A' ? read_bsd(s, &r)
               : s.p[2] == '-' ? read_bind(s, &r)
               : s.p[4] == ' ' ? read_year_first(s, &r)
               : s.p[8] == 'T' ? read_basic(s, &r)
                               : read_iso(s, &r);

    if (n == 0 || (r.year != 0 && (r.year < FIRST_YEAR || r.year > LAST_YEAR))) {
        return 0;
    }
    int year = r.year ? r.year : choose_year(clock, &r);
    if (r.year) {
        clock->assumed = false;
    } else if (clock->assumed && r.month == 2 && r.day == 29) {
        year += (4 - year % 4) % 4;
    }
    *ret_ok = day_exists(year, r.month, r.day);
    if (!*ret_ok) {
        return n;
    }
    *ret_s = local_of(&r, year);
    /* The rare basic form is not kept: it is as long as the one without a year. */
    clock->text_len = (uint8_t)(n == BASIC_LEN && r.year ? 0 : n);
    memcpy(clock->text, s.p, n);
    clock->text_local_s = *ret_s;
    clock->text_utc_us = 0;
    return n;
}

/* ".645" or ",645" at the front of @s as µs.  Returns: bytes read. */
static size_t read_fraction(struct dm_slice s, int64_t *ret_us)
{
    static const int32_t unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1}; /* µs, by digits */
    int32_t v = 0;
    size_t i = 1;

    *ret_us = 0;
    if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || s.p[1] < '0' || s.p[1] > '9') {
        return 0;
    }
    for (; i < s.n && i <= 9 && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
        v = i <= 6 ? v * 10 + (s.p[i] - '0') : v;
    }
    *ret_us = (int64_t)v * unit[i <= 6 ? i - 1 : 6];
    return i;
}

/* "Z", "+09:00" or "+0900" at the front of @s: seconds east.  Returns: bytes read, 0 if none. */
static size_t read_zone(struct dm_slice s, int64_t *ret_s)
{
    if (s.n >= 1 && s.p[0] == 'Z') {
        *ret_s = 0;
        return 1;
    }
    if (s.n < 5 || (s.p[0] != '+' && s.p[0] != '-') || s.p[1] == ' ') {
        return 0;
    }
    size_t colon = s.p[3] == ':';
    if (s.n < 5 + colon || s.p[3 + colon] == ' ') {
        return 0;
    }
    int hours = two(s.p + 1);
    int minutes = two(s.p + 3 + colon);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return 0;
    }
    *ret_s = (hours * 3600 + minutes * 60) * (s.p[0] == '-' ? -1 : 1);
    return 5 + colon;
}

/* What follows the first @n bytes of a stamp, which are @local_s.
 * Returns: bytes of all of it; 0 if it does not go on like one. */
static size_t read_behind(struct dm_clock *clock, struct dm_slice s, size_t n, int64_t local_s,
                          int64_t *ret_us)
{
    int64_t fraction_us, east_s;
    bool iso = s.p[0] <= '9' && (s.p[4] == '-' || s.p[8] == 'T');

    n += read_fraction(dm_slice_skip(s, n), &fraction_us);
    size_t zone = iso ? read_zone(dm_slice_skip(s, n), &east_s) : 0;
    n += zone;
    if (n < s.n && s.p[n] != ' ' && s.p[n] != ':') {
        return 0;
    }
    int64_t utc_s = zone ? local_s - east_s : dm_zone_to_utc(clock->zone, &clock->cache, local_s);
    if (!zone) {
        clock->text_utc_us = utc_s * US;
    }
    *ret_us = utc_s * US + fraction_us;
    return n;
}

size_t dm_stamp_known(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us)
{
    size_t n = clock->text_len;

    return n == 0 || s.n < n || memcmp(s.p, clock->text, n) != 0
               ? 0
               : read_behind(clock, s, n, clock->text_local_s, ret_us);
}

size_t dm_stamp_parse(struct dm_clock *clock, struct dm_slice s, int64_t *ret_us)
{
    size_t n = clock->text_len;
    int64_t local_s = clock->text_local_s, t_us;
    bool ok = true;

    if (n == 0 || s.n < n || memcmp(s.p, clock->text, n) != 0) {
        n = read_local(clock, s, &local_s, &ok);
        if (n == 0) {
            return 0;
        }
    }
    n = read_behind(clock, s, n, local_s, &t_us);
    if (n && !ok) {
        *ret_us = clock->last_us;
    } else if (n) {
        *ret_us = t_us;
        dm_stamp_follow(clock, t_us);
    }
    return n;
}
