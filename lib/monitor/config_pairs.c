/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A table of pairs by section and key. The complaint is at the key that the file sets, at the later
 * one if it sets both.
 *
 * LIMITS: pairs that make a rule useless, not those that are only unwise.
 */
#include "monitor/config_pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "detect/detector.h"
#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "monitor/option_check.h"
#include "monitor/options.h"
#include "util/addr.h"
#include "util/copy.h"
#include "util/value.h"

/* `low` is not above `high`; with `strict` it is below. */
struct pair {
    enum dm_detector_id det;
    const char *low, *high;
    bool strict;
};

static const struct pair pairs[] = {
    {DM_DET_mass_mailer, "notice-domains", "alarm-domains", false},
    {DM_DET_mass_mailer, "slow-rate", "medium-rate", false},
    {DM_DET_mass_mailer, "medium-rate", "fast-rate", false},
    /* a CUSUM needs a rate to look for above the innocent one */
    {DM_DET_mass_mailer, "baseline-rate", "slow-rate", true},
    {DM_DET_mass_mailer, "app-server-rate", "fast-rate", true},
    {DM_DET_keyword_scan, "baseline-rate", "scan-rate", true},
    {DM_DET_smtp_dos, "attempts", "alarm-attempts", false},
    {DM_DET_campaign_sync, "end", "start", true},
    {DM_DET_mail_regression, "local-half-life", "half-life", true},
    {DM_DET_mail_efficiency, "holiday", "weekday", false},
};

static const struct dm_setting *find(const struct dm_settings *set, enum dm_detector_id det,
                                     const char *key)
{
    for (size_t i = 0; i < set->n; i++) {
        if (set->v[i].section == DM_SEC_DETECTOR + (size_t)det && strcmp(set->v[i].key, key) == 0) {
            return &set->v[i];
        }
    }
    return NULL;
}

static int complain_pair(const struct dm_settings *set, const struct pair *p,
                         const struct dm_setting *low, const struct dm_setting *high, char *why,
                         size_t why_len)
{
    const struct dm_setting *at = low->line > high->line ? low : high;
    const struct dm_setting *other = at == low ? high : low;
    char reason[DM_REASON_LEN], line[32];

    if (other->line) {
        g_snprintf(line, sizeof line, "in line %u", other->line);
    } else {
        g_strlcpy(line, "by default", sizeof line);
    }
    g_snprintf(
        reason, sizeof reason, "%s is %s %s, which is %s %s; write %s%s, or change %s", at->value,
        at == low ? (p->strict ? "not below" : "above") : (p->strict ? "not above" : "below"),
        other->key, other->value, line,
        p->strict ? (at == low ? "less than " : "more than ")
                  : (at == low ? "at most " : "at least "),
        other->value, other->key);
    return dm_setting_complain(set, at, reason, why, why_len);
}

static int check_pair(const struct dm_settings *set, const struct pair *p, char *why,
                      size_t why_len)
{
    const struct dm_setting *low = find(set, p->det, p->low), *high = find(set, p->det, p->high);
    double a = dm_option_number(low->opt, low->value), b = dm_option_number(high->opt, high->value);

    if (isnan(a) || isnan(b) || (p->strict ? a < b : a <= b)) {
        return 0;
    }
    return complain_pair(set, p, low, high, why, why_len);
}

/* An address of a [hosts] entry. */
struct place {
    struct dm_addr addr;
    const struct dm_setting *st;
    size_t order; /* in the file */
};

struct places {
    struct place *v;
    size_t n, room;
};

static int add_places(struct places *all, const struct dm_setting *st)
{
    struct dm_slice rest = dm_slice_make(st->value, strlen(st->value)), item;
    struct dm_addr addr;

    while (dm_list_next(&rest, &item)) {
        if (dm_addr_parse(item, &addr) < 0) {
            continue;
        }
        struct place *v = dm_array_room(all->v, all->n, &all->room, sizeof *v);
        if (!v) {
            return DNSMON_ENOMEM;
        }
        all->v = v;
        v[all->n] = (struct place){addr, st, all->n};
        all->n++;
    }
    return 0;
}

static int compare_places(const void *va, const void *vb)
{
    const struct place *a = va, *b = vb;
    int c = memcmp(a->addr.b, b->addr.b, sizeof a->addr.b);

    return c ? c : (a->order > b->order) - (a->order < b->order);
}

/* Of the addresses that are in an entry above theirs, the first.   Returns: NULL if there is none;
 * @ret_above: where it is, too. */
static const struct place *find_double(struct places *all, const struct dm_setting **ret_above)
{
    const struct place *first = all->v, *found = NULL;

    if (all->n > 0) {
        qsort(all->v, all->n, sizeof *all->v, compare_places);
    }
    for (size_t i = 0; i < all->n; i++) {
        const struct place *p = &all->v[i];
        if (!dm_addr_eq(&p->addr, &first->addr)) {
            first = p;
        } else if (p->st != first->st && (!found || p->order < found->order)) {
            found = p;
            *ret_above = first->st;
        }
    }
    return found;
}

static int check_hosts(const struct dm_settings *set, char *why, size_t why_len)
{
    char reason[DM_REASON_LEN], quoted[DM_QUOTE_LEN], text[DM_ADDR_STRLEN];
    const struct dm_setting *above;
    struct places all = {0};
    int rc = 0;

    for (size_t i = 0; i < set->n && rc == 0; i++) {
        if (set->v[i].section == DM_SEC_HOSTS) {
            rc = add_places(&all, &set->v[i]);
        }
    }
    const struct place *p = rc == 0 ? find_double(&all, &above) : NULL;
    if (p) {
        g_snprintf(reason, sizeof reason,
                   "%s is also in %s (line %u); an address belongs to one machine, keep it in one",
                   dm_addr_text(&p->addr, text),
                   dm_quote(dm_slice_make(above->key, strlen(above->key)), quoted), above->line);
        rc = dm_setting_complain(set, p->st, reason, why, why_len);
    }
    g_free(all.v);
    return rc;
}

int dm_config_pairs(const struct dm_settings *set, char *why, size_t why_len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        int rc = check_pair(set, &pairs[i], why, why_len);
        if (rc < 0) {
            return rc;
        }
    }
    return check_hosts(set, why, why_len);
}
