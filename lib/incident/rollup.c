/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One list for each rule.
 *
 * Two things put a finding on its rule's list instead of sending it: the rate of all events, and a
 * storm of one rule. A storm's list is due when the storm's window is over, another after an hour.
 *
 * LIMITS: the order of arrival decides who is told of by himself and who is on a list.
 */
#include "incident/rollup.h"

#include <glib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "incident/roster.h"

/* What one rule has sent lately. */
struct rule {
    struct dm_roster list;
    int64_t opened_us[DM_STORM_MAX]; /* ring: when the newest incidents were opened */
    uint32_t opened;                 /* how many in all */
    bool storm;                      /* its list was begun by one */
};

struct dm_rollup {
    struct dm_rates rates;
    double tokens;
    int64_t at_us;
    bool begun;
    struct rule rule[DM_DET_COUNT];
};

struct dm_rollup *dm_rollup_new(const struct dm_rates *rates)
{
    struct dm_rollup *r = g_try_new0(struct dm_rollup, 1);

    if (r) {
        dm_rollup_set_rates(r, rates);
    }
    return r;
}

void dm_rollup_free(struct dm_rollup *r)
{
    for (int i = 0; r && i < DM_DET_COUNT; i++) {
        dm_roster_clear(&r->rule[i].list);
    }
    g_free(r);
}

void dm_rollup_set_rates(struct dm_rollup *r, const struct dm_rates *rates)
{
    r->rates = *rates;
}

static bool take_token(struct dm_rollup *r, int64_t now_us)
{
    double most = MAX(1.0, r->rates.rate_per_h);

    if (!r->begun) {
        r->begun = true;
        r->tokens = most;
        r->at_us = now_us;
    }
    r->tokens += (double)MAX(0, now_us - r->at_us) / (double)DM_ROLLUP_US * r->rates.rate_per_h;
    r->tokens = MIN(r->tokens, most);
    r->at_us = MAX(r->at_us, now_us);
    if (r->tokens < 1.0) {
        return false;
    }
    r->tokens -= 1.0;
    return true;
}

/* Whether so many incidents of this rule were opened of late that this one is part of a storm. */
static bool is_storm(struct dm_rollup *r, struct rule *rule, int64_t now_us)
{
    uint32_t most = (uint32_t)CLAMP(r->rates.storm_clients, 1, DM_STORM_MAX);
    int64_t since_us = rule->opened_us[(rule->opened - most) % DM_STORM_MAX];
    bool storm =
        rule->opened >= most && (double)(now_us - since_us) < r->rates.storm_window_s * 1e6;

    rule->opened_us[rule->opened % DM_STORM_MAX] = now_us;
    rule->opened = rule->opened == UINT32_MAX ? DM_STORM_MAX : rule->opened + 1;
    return storm;
}

bool dm_rollup_may_send(struct dm_rollup *r, enum dm_detector_id det, enum dm_event_state state,
                        int64_t now_us)
{
    struct rule *rule = &r->rule[det];
    bool storm = state == DM_STATE_OPEN && is_storm(r, rule, now_us);

    rule->storm = rule->storm || storm;
    return !storm && take_token(r, now_us);
}

int dm_rollup_add(struct dm_rollup *r, const struct dm_incident *in, const struct dm_addr *who,
                  int64_t now_us)
{
    return dm_roster_add(&r->rule[in->det].list, in, who, now_us);
}

static char *reason_of(const struct dm_rollup *r, const struct rule *rule, enum dm_detector_id det)
{
    const char *noun = dm_roster_noun(&rule->list, det);
    struct dm_buf text = {0};

    if (rule->storm) {
        dm_buf_printf(&text,
                      "An outbreak: rule %s found %u more %s than the %.0f that it may name "
                      "one by one within %.0f minutes; this event names each of them once.",
                      dm_detectors[det]->id, rule->list.n, noun, r->rates.storm_clients,
                      r->rates.storm_window_s / 60);
    } else {
        dm_buf_printf(&text,
                      "%" G_GUINT64_FORMAT " more findings of rule %s about %u %s came faster "
                      "than [events] rate allows; this event names each of these %s once.",
                      rule->list.events, dm_detectors[det]->id, rule->list.n, noun, noun);
    }
    return dm_buf_take(&text);
}

struct dnsmon_event *dm_rollup_take(struct dm_rollup *r, int64_t now_us, bool all)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        struct rule *rule = &r->rule[i];
        double wait_us = rule->storm ? r->rates.storm_window_s * 1e6 : (double)DM_ROLLUP_US;
        bool due = all || rule->list.n == DM_ROSTER_MAX ||
                   (double)(now_us - rule->list.first_us) >= wait_us;
        if (rule->list.n && due) {
            struct dnsmon_event *ev =
                dm_roster_event(&rule->list, (enum dm_detector_id)i, "roll-up",
                                reason_of(r, rule, (enum dm_detector_id)i), now_us);
            rule->storm = false;
            return ev;
        }
    }
    return NULL;
}

/* ---- state file ---- */

/* Places of the ring that are in use: the first ones until it is full. */
static uint32_t ring_used(const struct rule *rule)
{
    return MIN(rule->opened, DM_STORM_MAX);
}

void dm_rollup_pack(struct dm_buf *out, const struct dm_rollup *r)
{
    DM_PACK(out, r->begun);
    DM_PACK(out, r->tokens);
    DM_PACK(out, r->at_us);
    for (int i = 0; i < DM_DET_COUNT; i++) {
        DM_PACK(out, r->rule[i].opened);
        dm_pack(out, r->rule[i].opened_us, ring_used(&r->rule[i]) * sizeof(int64_t));
        DM_PACK(out, r->rule[i].storm);
        dm_roster_pack(out, &r->rule[i].list);
    }
}

int dm_rollup_unpack(struct dm_unpacker *in, struct dm_rollup *r)
{
    int rc = 0;

    r->begun = dm_unpack_bool(in);
    r->tokens = dm_unpack_double(in);
    dm_unpack_require(in, r->tokens >= 0, "a number is out of range");
    r->at_us = dm_unpack_us(in);
    for (int i = 0; i < DM_DET_COUNT && rc == 0 && !in->bad; i++) {
        DM_UNPACK(in, r->rule[i].opened);
        for (uint32_t k = 0; k < ring_used(&r->rule[i]); k++) {
            r->rule[i].opened_us[k] = dm_unpack_us(in);
        }
        r->rule[i].storm = dm_unpack_bool(in);
        rc = dm_roster_unpack(in, &r->rule[i].list, (enum dm_detector_id)i);
    }
    return rc;
}
