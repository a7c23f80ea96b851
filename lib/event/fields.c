/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows of dm_fields: path, type, unit, presence, meaning and the function that takes the value
 * out of an event.
 *
 * Method:  a getter says "not there" by returning false and every encoder leaves the field out;
 *          there is no empty text in an event, and null only among the figures of a mail server
 *          (fields_figures.c).
 * LIMITS:  numbers that are not finite are left out, since JSON has no word for them.
 * Source:  doc/EVENTS.md; names from the Elastic Common Schema 8.11.
 */
#include "config.h"

#include "event/fields.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "dns/rrtype.h"
#include "event/getters.h"

/** The ECS release whose names are used. */
#define ECS_VERSION "8.11"
/** Raised when a field changes its meaning or goes. */
#define SCHEMA_VERSION 1

/* Each getter has the shape of struct dm_field.get. */
#define GETTER(name)                                                                               \
    bool dm_get_##name(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret)
#define UNUSED_EV (void)ev
#define UNUSED_INDEX (void)index

static bool set_word(struct dm_value *ret, const char *word)
{
    ret->text = dm_slice_make(word ? word : "", word ? strlen(word) : 0);
    return ret->text.n > 0;
}

/** A text in an array of @size bytes, with or without its NUL. */
static bool set_array(struct dm_value *ret, const char *array, size_t size)
{
    ret->text = dm_slice_make(array, strnlen(array, size));
    return ret->text.n > 0;
}

static bool set_count(struct dm_value *ret, uint64_t count)
{
    ret->count = count;
    return true;
}

static bool set_number(struct dm_value *ret, double number)
{
    ret->number = number;
    return isfinite(number);
}

static bool set_time(struct dm_value *ret, int64_t time_us)
{
    ret->time_us = time_us;
    return true;
}

static bool set_addr(struct dm_value *ret, bool there, const struct dm_addr *addr)
{
    ret->addr = *addr;
    return there;
}

const char *dm_level_name(enum dnsmon_level level)
{
    static const char *const names[] = {"info", "notice", "alarm"};

    return names[CLAMP((int)level, DNSMON_INFO, DNSMON_ALARM)];
}

/* 100 - 10 / ratio for an alarm is the contract's example (21.4 over 14.9: 93.0); a notice and an
 * information have the same curve below 60 and below 10: own choice. */
double dm_event_risk(const struct dnsmon_event *ev)
{
    double top = ev->level >= DNSMON_ALARM ? 100 : ev->level == DNSMON_NOTICE ? 60 : 10;
    double ratio = ev->threshold > 0 ? ev->score / ev->threshold : 1;

    return round((top - 10 / (ratio >= 1 ? ratio : 1)) * 10) / 10;
}

/* ---- the event itself ------------------------------------------------------------------- */

GETTER(timestamp)
{
    UNUSED_INDEX;
    return set_time(ret, ev->time_us);
}

GETTER(ecs_version)
{
    UNUSED_EV;
    UNUSED_INDEX;
    return set_word(ret, ECS_VERSION);
}

GETTER(kind)
{
    UNUSED_INDEX;
    return set_word(ret, ev->level > DNSMON_INFO ? "alert" : "event");
}

GETTER(category)
{
    static const char *const categories[] = {"network", "intrusion_detection"};

    UNUSED_EV;
    return index < G_N_ELEMENTS(categories) && set_word(ret, categories[index]);
}

GETTER(type)
{
    UNUSED_EV;
    return index == 0 && set_word(ret, "info");
}

GETTER(module)
{
    UNUSED_EV;
    UNUSED_INDEX;
    return set_word(ret, "dnsmon");
}

GETTER(dataset)
{
    UNUSED_EV;
    UNUSED_INDEX;
    return set_word(ret, "dnsmon.event");
}

GETTER(state)
{
    static const char *const names[] = {"open", "update", "close"};

    UNUSED_INDEX;
    return set_word(ret, names[CLAMP((int)ev->state, DM_STATE_OPEN, DM_STATE_CLOSE)]);
}

GETTER(id)
{
    UNUSED_INDEX;
    return set_array(ret, ev->id, sizeof ev->id);
}

GETTER(start)
{
    UNUSED_INDEX;
    return set_time(ret, ev->start_us) && ev->start_us != 0;
}

GETTER(end)
{
    UNUSED_INDEX;
    return set_time(ret, ev->end_us) && ev->end_us != 0;
}

GETTER(severity)
{
    static const uint8_t severities[] = {1, 4, 7};

    UNUSED_INDEX;
    return set_count(ret, severities[CLAMP((int)ev->level, DNSMON_INFO, DNSMON_ALARM)]);
}

GETTER(risk)
{
    UNUSED_INDEX;
    return set_number(ret, dm_event_risk(ev));
}

GETTER(reason)
{
    UNUSED_INDEX;
    return set_word(ret, ev->reason);
}

GETTER(rule_id)
{
    UNUSED_INDEX;
    return set_word(ret, ev->rule_id);
}

GETTER(rule_name)
{
    UNUSED_INDEX;
    return set_word(ret, ev->rule_name);
}

/* ---- who -------------------------------------------------------------------------------- */

GETTER(client)
{
    UNUSED_INDEX;
    return set_addr(ret, ev->has_client, &ev->client);
}

/** One address, as client.ip: ECS takes an address where it has a list, and $!host!ip compares. */
GETTER(host)
{
    UNUSED_INDEX;
    return set_addr(ret, ev->has_host, &ev->host);
}

/** The client, the host if it is another, then the clients of a roll-up or those that a summary
 * names, which are distinct. */
GETTER(related)
{
    unsigned own = ev->has_client ? 1 : 0;
    bool host_too = ev->has_host && !(ev->has_client && dm_addr_eq(&ev->host, &ev->client));

    if (index < own) {
        return set_addr(ret, true, &ev->client);
    }
    if (host_too && index == own) {
        return set_addr(ret, true, &ev->host);
    }
    index -= own + host_too;
    if (index < ev->n_rollup) {
        return set_addr(ret, true, &ev->rollup[index].client);
    }
    index -= ev->n_rollup;
    return ev->summary && index < ev->summary->n_related &&
           set_addr(ret, true, &ev->summary->related[index]);
}

GETTER(observer)
{
    UNUSED_INDEX;
    return set_array(ret, ev->observer, sizeof ev->observer);
}

GETTER(version)
{
    UNUSED_EV;
    UNUSED_INDEX;
    return set_word(ret, PACKAGE_VERSION);
}

/* ---- dnsmon ----------------------------------------------------------------------------- */

GETTER(schema)
{
    UNUSED_EV;
    UNUSED_INDEX;
    return set_count(ret, SCHEMA_VERSION);
}

GETTER(level)
{
    UNUSED_INDEX;
    return set_word(ret, dm_level_name(ev->level));
}

GETTER(class)
{
    UNUSED_INDEX;
    return set_array(ret, ev->class_name, sizeof ev->class_name);
}

GETTER(score)
{
    UNUSED_INDEX;
    return set_number(ret, ev->score) && ev->threshold >= 0;
}

GETTER(threshold)
{
    UNUSED_INDEX;
    return set_number(ret, ev->threshold) && ev->threshold >= 0;
}

GETTER(llr)
{
    UNUSED_INDEX;
    return set_number(ret, ev->llr);
}

GETTER(count_a)
{
    UNUSED_INDEX;
    return set_count(ret, ev->count.a) && ev->has_count;
}

GETTER(count_aaaa)
{
    UNUSED_INDEX;
    return set_count(ret, ev->count.aaaa) && ev->has_count;
}

GETTER(count_mx)
{
    UNUSED_INDEX;
    return set_count(ret, ev->count.mx) && ev->has_count;
}

GETTER(count_ptr)
{
    UNUSED_INDEX;
    return set_count(ret, ev->count.ptr) && ev->has_count;
}

GETTER(count_other)
{
    UNUSED_INDEX;
    return set_count(ret, ev->count.other) && ev->has_count;
}

GETTER(distinct)
{
    UNUSED_INDEX;
    return set_count(ret, ev->distinct_registered) && ev->distinct_registered > 0;
}

GETTER(at_least)
{
    UNUSED_INDEX;
    ret->flag = true;
    return ev->distinct_max > 0 && ev->distinct_registered >= ev->distinct_max;
}

GETTER(window_start)
{
    UNUSED_INDEX;
    return set_time(ret, ev->window_start_us) && ev->window_s > 0;
}

GETTER(window_seconds)
{
    UNUSED_INDEX;
    return set_count(ret, ev->window_s) && ev->window_s > 0;
}

GETTER(manager)
{
    UNUSED_INDEX;
    return set_array(ret, ev->manager, sizeof ev->manager);
}

GETTER(notify)
{
    UNUSED_INDEX;
    ret->flag = ev->notify;
    return ev->notify;
}

GETTER(suggest)
{
    UNUSED_INDEX;
    return set_array(ret, ev->suggest, sizeof ev->suggest);
}

GETTER(suppressed)
{
    UNUSED_INDEX;
    return set_count(ret, ev->suppressed);
}

GETTER(lossy)
{
    UNUSED_INDEX;
    ret->flag = ev->lossy;
    return true;
}

GETTER(verified)
{
    UNUSED_INDEX;
    ret->flag = ev->verified;
    return ev->has_verified;
}

GETTER(evidence_time)
{
    return index < MIN(ev->n_evidence, DM_EVIDENCE_MAX) &&
           set_time(ret, ev->evidence[index].time_us);
}

GETTER(evidence_name)
{
    if (index >= MIN(ev->n_evidence, DM_EVIDENCE_MAX)) {
        return false;
    }
    if (!set_array(ret, ev->evidence[index].name, sizeof ev->evidence[index].name)) {
        set_word(ret, "."); /* the root */
    }
    return true;
}

GETTER(evidence_type)
{
    const char *name;
    size_t n;

    if (index >= MIN(ev->n_evidence, DM_EVIDENCE_MAX) || ev->evidence[index].type == 0) {
        return false;
    }
    name = dm_rrtype_name(ev->evidence[index].type, ret->word);
    n = strlen(name);
    ret->text = dm_slice_make(name, n);
    return n > 0;
}

GETTER(rollup_ip)
{
    return index < ev->n_rollup && set_addr(ret, true, &ev->rollup[index].client);
}

GETTER(rollup_level)
{
    return index < ev->n_rollup && set_word(ret, dm_level_name(ev->rollup[index].level));
}

GETTER(rollup_score)
{
    return index < ev->n_rollup && set_number(ret, ev->rollup[index].score);
}

GETTER(rollup_verified)
{
    ret->flag = index < ev->n_rollup && ev->rollup[index].verified;
    return index < ev->n_rollup;
}

GETTER(rollup_a)
{
    return index < ev->n_rollup && set_count(ret, ev->rollup[index].count.a);
}

GETTER(rollup_aaaa)
{
    return index < ev->n_rollup && set_count(ret, ev->rollup[index].count.aaaa);
}

GETTER(rollup_mx)
{
    return index < ev->n_rollup && set_count(ret, ev->rollup[index].count.mx);
}

GETTER(rollup_ptr)
{
    return index < ev->n_rollup && set_count(ret, ev->rollup[index].count.ptr);
}

GETTER(rollup_other)
{
    return index < ev->n_rollup && set_count(ret, ev->rollup[index].count.other);
}

/* ---- the table -------------------------------------------------------------------------- */

#define ROW(place, key, type, unit, get, when, meaning, list)                                      \
    {place key, DM_FIELD_##type,   unit,           when, meaning, dm_get_##get,                    \
     list,      sizeof(place) - 1, sizeof(key) - 1},
#define X(...) ROW(__VA_ARGS__, false)
#define L(...) ROW(__VA_ARGS__, true)
const struct dm_field dm_fields[] = {
#include "event/fields.def"
};
#undef L
#undef X
#undef ROW
const size_t dm_n_fields = G_N_ELEMENTS(dm_fields);

const struct dm_field *dm_field_find(const char *path)
{
    for (size_t i = 0; i < dm_n_fields; i++) {
        if (strcmp(dm_fields[i].path, path) == 0) {
            return &dm_fields[i];
        }
    }
    return NULL;
}

const char *dm_field_type_name(enum dm_field_type type)
{
    static const char *const names[DM_FIELD_TYPE_COUNT] = {
        [DM_FIELD_TEXT] = "text",     [DM_FIELD_WORD] = "word",     [DM_FIELD_TIME] = "time",
        [DM_FIELD_COUNT] = "integer", [DM_FIELD_NUMBER] = "number", [DM_FIELD_BOOL] = "boolean",
        [DM_FIELD_ADDR] = "ip",       [DM_FIELD_FIGURE] = "figure",
    };

    return names[type];
}
