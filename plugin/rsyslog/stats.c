/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impstats: rsyslog wants the address of each counter and reads it when it likes, in a thread of
 * its own. The library's counters are behind a call, so the ticker copies them once a second;
 * what impstats shows is at most that old. The module's own counters come first:
 *   messages         messages that the action was given
 *   looped           of them, events that came back and were not read
 *   events.injected  events that the ruleset took
 *   events.dropped   events that were lost because its queue was full or memory short
 * All of them count up since the start; resetCounters="on" of impstats has no effect on them.
 */
#include "stats.h"

DEFobjStaticHelpers DEFobjCurrIf(statsobj)

    enum {
        OWN_MESSAGES,
        OWN_LOOPED,
        OWN_INJECTED,
        OWN_DROPPED,
        OWN_COUNT
    };
static const char *const own_names[OWN_COUNT] = {"messages", "looped", "events.injected",
                                                 "events.dropped"};

struct om_stats {
    statsobj_t *obj;  /* rsyslog's object */
    unsigned count;   /* of the library's counters */
    intctr_t value[]; /* OWN_COUNT of our own, then count of the library's */
};

static unsigned count_library(dnsmon_monitor_t *mon)
{
    const char *name;
    uint64_t value;
    unsigned n = 0;

    while (dnsmon_monitor_counter(mon, n, &name, &value) == DNSMON_OK)
        n++;
    return n;
}

static rsRetVal add_counters(struct om_stats *stats, dnsmon_monitor_t *mon)
{
    const char *name;
    uint64_t value;
    DEFiRet;

    for (unsigned i = 0; i < OWN_COUNT; i++)
        CHKiRet(statsobj.AddCounter(stats->obj, (const uchar *)own_names[i], ctrType_IntCtr,
                                    CTR_FLAG_NONE, &stats->value[i]));
    for (unsigned i = 0; i < stats->count; i++) {
        if (dnsmon_monitor_counter(mon, i, &name, &value) < 0)
            break;
        CHKiRet(statsobj.AddCounter(stats->obj, (const uchar *)name, ctrType_IntCtr, CTR_FLAG_NONE,
                                    &stats->value[OWN_COUNT + i]));
    }
finalize_it:
    RETiRet;
}

struct om_stats *om_stats_new(struct om_instance *inst, unsigned number)
{
    unsigned count = count_library(inst->mon);
    struct om_stats *stats = calloc(1, sizeof *stats + (OWN_COUNT + count) * sizeof(intctr_t));
    char name[32] = "omdnsmon";
    DEFiRet;

    if (!stats)
        return NULL;
    stats->count = count;
    if (number > 1)
        snprintf(name, sizeof name, "omdnsmon-%u", number);
    CHKiRet(statsobj.Construct(&stats->obj));
    CHKiRet(statsobj.SetName(stats->obj, (uchar *)name));
    CHKiRet(statsobj.SetOrigin(stats->obj, (uchar *)"omdnsmon"));
    CHKiRet(add_counters(stats, inst->mon));
    CHKiRet(statsobj.ConstructFinalize(stats->obj));
finalize_it:
    if (iRet != RS_RET_OK) {
        om_stats_free(stats);
        return NULL;
    }
    return stats;
}

/* impstats reads meanwhile, without a lock. An exchange, not a store: helgrind knows its guard. */
static void set_value(struct om_stats *stats, unsigned index, uint64_t value)
{
    __atomic_exchange_n(&stats->value[index], value, __ATOMIC_RELAXED);
}

static void update_own(struct om_instance *inst)
{
    uint64_t messages, looped;

    pthread_mutex_lock(&inst->lock);
    messages = inst->messages;
    looped = inst->looped;
    for (struct om_worker *w = inst->workers; w; w = w->next) {
        pthread_mutex_lock(&w->lock);
        messages += w->messages;
        looped += w->looped;
        pthread_mutex_unlock(&w->lock);
    }
    pthread_mutex_unlock(&inst->lock);
    set_value(inst->stats, OWN_MESSAGES, messages);
    set_value(inst->stats, OWN_LOOPED, looped);
    pthread_mutex_lock(&inst->emit);
    set_value(inst->stats, OWN_INJECTED, inst->injected);
    set_value(inst->stats, OWN_DROPPED, inst->dropped);
    pthread_mutex_unlock(&inst->emit);
}

void om_stats_update(struct om_instance *inst)
{
    const char *name;
    uint64_t value;

    if (!inst->stats)
        return;
    update_own(inst);
    for (unsigned i = 0; i < inst->stats->count; i++)
        if (dnsmon_monitor_counter(inst->mon, i, &name, &value) == DNSMON_OK)
            set_value(inst->stats, OWN_COUNT + i, value);
}

void om_stats_free(struct om_stats *stats)
{
    if (!stats)
        return;
    if (stats->obj)
        statsobj.Destruct(&stats->obj);
    free(stats);
}

rsRetVal om_stats_module_init(void)
{
    DEFiRet;

    CHKiRet(objGetObjInterface(&obj));
    CHKiRet(objUse(statsobj, CORE_COMPONENT));
finalize_it:
    RETiRet;
}

void om_stats_module_exit(void)
{
    objRelease(statsobj, CORE_COMPONENT);
}
