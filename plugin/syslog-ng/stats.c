/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics: the library's counters are behind a call, so the timer copies them once a second;
 * what `syslog-ng-ctl stats` shows is at most that old. Each is a line of its own, with our own
 * first: dnsmon;p_dnsmon;;a;lines.bind.record;1234 messages        messages that the parser was
 * given looped          of them, events that came back and were not read events.emitted  events
 * that went down the log path From 4.1 on they are metrics too:
 * syslogng_dnsmon{parser="p_dnsmon",counter="..."}. They count from the start of the daemon, over
 * reloads. syslog-ng-ctl's reset lasts a second.
 */
#include "stats.h"

enum { OWN_MESSAGES, OWN_LOOPED, OWN_EMITTED, OWN_COUNT };
static const gchar *const own_names[OWN_COUNT] = {"messages", "looped", "events.emitted"};

struct ng_stats {
    const struct ng_state *state;
    guint count;               /* our own and the library's */
    StatsCounterItem *items[]; /* syslog-ng's */
};

static const gchar *get_name(const struct ng_stats *stats, guint index)
{
    const char *name = "";
    uint64_t value;

    if (index < OWN_COUNT)
        return own_names[index];
    dnsmon_monitor_counter(stats->state->mon, index - OWN_COUNT, &name, &value);
    return name;
}

/* Registers one, or takes it away. */
static void register_item(struct ng_stats *stats, guint index, bool on)
{
    guint component = stats_register_type("dnsmon");
    const gchar *name = get_name(stats, index);
    StatsClusterKey key;

#if NG_VERSION >= 4001
    StatsClusterLabel labels[] = {stats_cluster_label("parser", stats->state->key),
                                  stats_cluster_label("counter", name)};

    stats_cluster_single_key_set(&key, "dnsmon", labels, G_N_ELEMENTS(labels));
    stats_cluster_single_key_add_legacy_alias_with_name(&key, component, stats->state->key, "",
                                                        name);
#else
    stats_cluster_single_key_set_with_name(&key, component, stats->state->key, "", name);
#endif
    if (on)
        stats_register_counter(0, &key, SC_TYPE_SINGLE_VALUE, &stats->items[index]);
    else
        stats_unregister_counter(&key, SC_TYPE_SINGLE_VALUE, &stats->items[index]);
}

static void register_all(struct ng_stats *stats, bool on)
{
    stats_lock();
    for (guint i = 0; i < stats->count; i++)
        register_item(stats, i, on);
    stats_unlock();
}

static guint count_library(dnsmon_monitor_t *mon)
{
    const char *name;
    uint64_t value;
    guint n = 0;

    while (dnsmon_monitor_counter(mon, n, &name, &value) == DNSMON_OK)
        n++;
    return n;
}

struct ng_stats *ng_stats_new(struct ng_state *state)
{
    guint count = OWN_COUNT + count_library(state->mon);
    struct ng_stats *stats = g_malloc0(sizeof *stats + count * sizeof stats->items[0]);

    stats->state = state;
    stats->count = count;
    register_all(stats, true);
    return stats;
}

void ng_stats_free(struct ng_stats *stats)
{
    if (!stats)
        return;
    register_all(stats, false);
    g_free(stats);
}

static void add_slot(const struct ng_slot *slot, guint64 sums[OWN_COUNT])
{
    if (!slot)
        return;
    sums[OWN_MESSAGES] += __atomic_load_n(&slot->messages, __ATOMIC_RELAXED);
    sums[OWN_LOOPED] += __atomic_load_n(&slot->looped, __ATOMIC_RELAXED);
}

void ng_stats_update(struct ng_state *state)
{
    guint64 sums[OWN_COUNT] = {0};
    const char *name;
    uint64_t value;

    if (!state->stats)
        return;
    for (guint i = 0; i < NG_SLOTS; i++)
        add_slot(__atomic_load_n(&state->slot[i], __ATOMIC_ACQUIRE), sums);
    add_slot(&state->shared, sums);
    sums[OWN_EMITTED] = __atomic_load_n(&state->emitted, __ATOMIC_RELAXED);
    for (guint i = 0; i < OWN_COUNT; i++)
        stats_counter_set(state->stats->items[i], sums[i]);
    for (guint i = OWN_COUNT; i < state->stats->count; i++)
        if (dnsmon_monitor_counter(state->mon, i - OWN_COUNT, &name, &value) == DNSMON_OK)
            stats_counter_set(state->stats->items[i], value);
}
