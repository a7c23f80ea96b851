/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One check for each type of value. Every refusal says what would be right, if possible with the
 * administrator's own text put right.
 *
 * LIMITS: whether a file can be read is found out when it is read (config_site.c).
 */
#include "monitor/option_check.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "dns/name.h"
#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "monitor/keyfile.h"
#include "monitor/options.h"
#include "stream/signature.h"
#include "util/addr.h"
#include "util/localtime.h"
#include "util/value.h"

/* Longer names of time zones are none, bytes. */
#define ZONE_NAME_LEN 256

struct type_text {
    const char *what;    /* "is not ..." */
    const char *example; /* "write for example ..." */
    bool list;
};

static const struct type_text type_texts[] = {
    [DM_OPT_NUMBER] = {"a number", "0.5", false},
    [DM_OPT_COUNT] = {"a whole number", "50", false},
    [DM_OPT_DURATION] = {"a duration", "90s, 15m, 24h or 14d", false},
    [DM_OPT_BYTES] = {"a size", "64k, 256M or 2G", false},
    [DM_OPT_RATE] = {"a rate", "5/s, 10/min, 60/h or 100/d", false},
    [DM_OPT_TEXT] = {"a text", "netadmin@example.edu", false},
    [DM_OPT_ZONE] = {"a time zone of this system", "Asia/Tokyo or UTC", false},
    [DM_OPT_DATES] = {"a date", "2026-11-23", true},
    [DM_OPT_FILE] = {"a path", "holidays.txt", false},
    [DM_OPT_PREFIXES] = {"an address or prefix", "192.0.2.0/24", true},
    [DM_OPT_ADDRESSES] = {"an address", "192.0.2.25", true},
    [DM_OPT_NAMES] = {"a domain name", "example.edu", true},
    [DM_OPT_RULES] = {"a rule id", "mass-mailer", true},
    [DM_OPT_PORTS] = {"a port", "445", true},
    [DM_OPT_STEPS] = {"a signature's steps", "MX domains=4 within=10m", false},
};

int dm_option_is_list(enum dm_option_type type)
{
    return type_texts[type].list;
}

const char *dm_option_type_text(enum dm_option_type type)
{
    return type_texts[type].what;
}

double dm_option_number(const struct dm_option *row, const char *value)
{
    double v = NAN;

    if (strcmp(value, "auto") != 0) {
        dm_value_read(row->type, dm_slice_make(value, strlen(value)), &v);
    }
    return v;
}

/* The refusal of most types, with the usual slips pointed out. */
static int refuse(enum dm_option_type type, struct dm_slice item, char *reason, size_t len)
{
    const struct type_text *t = &type_texts[type];
    char quoted[DM_QUOTE_LEN];
    const char *slip = "";

    if (dm_slice_find(item, '#') < item.n) {
        slip = "; a comment needs a blank in front of its #";
    } else if (t->list &&
               (dm_slice_find(item, ',') < item.n || dm_slice_find(item, ' ') < item.n)) {
        slip = "; the values of a list are separated by \";\"";
    }
    g_snprintf(reason, len, "%s is not %s; write for example %s%s", dm_quote(item, quoted), t->what,
               t->example, slip);
    return DNSMON_ECONFIG;
}

static int check_number(const struct dm_option *row, struct dm_slice value, char *reason,
                        size_t len)
{
    char quoted[DM_QUOTE_LEN], low[DM_VALUE_LEN], high[DM_VALUE_LEN];
    bool may_be_auto = strcmp(row->deflt, "auto") == 0;
    double v;

    if (may_be_auto && dm_slice_eq(value, DM_SLICE("auto"))) {
        return 0;
    }
    if (dm_value_read(row->type, value, &v) < 0) {
        return refuse(row->type, value, reason, len);
    }
    if (v >= row->min && v <= row->max) {
        return 0;
    }
    g_snprintf(reason, len, "%s is out of range; write %s to %s", dm_quote(value, quoted),
               dm_value_format(row->type, row->min, low),
               dm_value_format(row->type, row->max, high));
    return DNSMON_ECONFIG;
}

int dm_prefix_check(struct dm_slice item, char *reason, size_t len)
{
    char quoted[DM_QUOTE_LEN], text[DM_ADDR_STRLEN];
    struct dm_prefix p;
    size_t slash = dm_slice_find(item, '/');
    double bits;

    if (dm_prefix_parse(item, &p) == 0) {
        return 0;
    }
    struct dm_slice tail = dm_slice_skip(item, slash + 1);
    if (slash == item.n || dm_addr_parse(dm_slice_head(item, slash), &p.addr) < 0 ||
        dm_value_read(DM_OPT_COUNT, tail, &bits) < 0) {
        return refuse(DM_OPT_PREFIXES, item, reason, len);
    }
    bool dotted = dm_slice_find(item, ':') == item.n;
    if (bits < 0 || bits > (dotted ? 32 : 128)) {
        return refuse(DM_OPT_PREFIXES, item, reason, len);
    }
    for (unsigned i = (unsigned)bits + (dotted ? 96 : 0); i < 128; i++) {
        p.addr.b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
    }
    g_snprintf(reason, len, "%s has bits set behind its length; write %s/%d",
               dm_quote(item, quoted), dm_addr_text(&p.addr, text), (int)bits);
    return DNSMON_ECONFIG;
}

static bool is_name(struct dm_slice item)
{
    struct dm_name name;

    dm_name_normalise(item, &name);
    return name.len > 0 && (name.bits & (DM_NAME_INVALID | DM_NAME_IPLIT)) == 0 &&
           dm_slice_find(item, ' ') == item.n && dm_slice_find(item, ',') == item.n &&
           dm_slice_find(item, '#') == item.n;
}

static int check_rule(struct dm_slice item, char *reason, size_t len)
{
    char id[DM_QUOTE_LEN]; /* what is longer is near to no rule, and quoted up to there */

    if (dm_slice_eq(item, DM_SLICE("all")) || dm_rule_find(item.p, item.n) >= 0) {
        return 0;
    }
    if (dm_slice_find(item, ' ') < item.n || dm_slice_find(item, ',') < item.n) {
        return refuse(DM_OPT_RULES, item, reason, len);
    }
    g_snprintf(id, sizeof id, "%.*s", (int)MIN(item.n, sizeof id), item.p);
    dm_reason_rule(id, reason, len);
    return DNSMON_ECONFIG;
}

static int check_item(enum dm_option_type type, struct dm_slice item, char *reason, size_t len)
{
    struct dm_addr addr;
    uint16_t port;
    int32_t day;
    bool good;

    switch (type) {
    case DM_OPT_PREFIXES:
        return dm_prefix_check(item, reason, len);
    case DM_OPT_RULES:
        return check_rule(item, reason, len);
    case DM_OPT_ADDRESSES:
        good = dm_addr_parse(item, &addr) == 0;
        break;
    case DM_OPT_PORTS:
        good = dm_value_port(item, &port) == 0;
        break;
    case DM_OPT_DATES:
        good = dm_value_date(item, &day) == 0;
        break;
    default:
        good = is_name(item);
        break;
    }
    return good ? 0 : refuse(type, item, reason, len);
}

static int check_zone(struct dm_slice value, char *reason, size_t len)
{
    char name[ZONE_NAME_LEN];

    if (!dm_zone_has_room()) {
        return DNSMON_ENOMEM;
    }
    g_snprintf(name, sizeof name, "%.*s", (int)MIN(value.n, sizeof name), value.p);
    struct dm_zone *zone = value.n < sizeof name ? dm_zone_new(name) : NULL;
    if (zone == NULL) {
        return refuse(DM_OPT_ZONE, value, reason, len);
    }
    dm_zone_free(zone);
    return 0;
}

static int check_text(struct dm_slice value, char *reason, size_t len)
{
    g_autofree char *text = NULL;
    char quoted[DM_QUOTE_LEN];
    int rc = dm_keyfile_unescape(value, &text);

    if (rc == DNSMON_EINVAL) {
        g_snprintf(reason, len, "%s has a backslash that means nothing; write \\\\ for a backslash",
                   dm_quote(value, quoted));
        return DNSMON_ECONFIG;
    }
    return rc;
}

int dm_option_check(const struct dm_option *row, struct dm_slice value, char *reason, size_t len)
{
    struct dm_slice item;
    int rc = 0;

    if (dm_value_is_number(row->type)) {
        return check_number(row, value, reason, len);
    }
    if (row->type == DM_OPT_ZONE) {
        return check_zone(value, reason, len);
    }
    if (row->type == DM_OPT_STEPS) {
        return dm_signature_check(value, reason, len);
    }
    if (!dm_option_is_list(row->type)) {
        return check_text(value, reason, len);
    }
    for (unsigned n = 1; rc == 0 && dm_list_next(&value, &item); n++) {
        rc = check_item(row->type, item, reason, len);
        if (rc == 0 && row->type == DM_OPT_PORTS && n > DM_PORTS_MAX) {
            g_snprintf(reason, len, "has more than %d ports; leave some out", DM_PORTS_MAX);
            rc = DNSMON_ECONFIG;
        }
    }
    return rc;
}
