/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The counters by number. Names are what impstats shows: lower case, dots between the parts.
 */
#include "monitor/monitor.h"

/* Everything is copied under the lock once and then read by row. */
struct snapshot {
    struct dm_feed_counts feed;
    struct dm_seq_counts seq;
    struct dm_client_counts clients;
    struct dm_incident_counts incidents;
    uint64_t pending, client_count, client_bytes, open_incidents, waiting, dropped;
};

struct row {
    const char *name;
    size_t offset; /* of a uint64_t in struct snapshot */
};

#define ROW(name, field)                                                                           \
    {                                                                                              \
        name, offsetof(struct snapshot, field)                                                     \
    }

static const struct row rows[] = {
#define X(p)                                                                                       \
    ROW("lines." #p ".record", feed.parse.by[DM_PARSER_##p][DM_PARSE_RECORD]),                     \
        ROW("lines." #p ".malformed", feed.parse.by[DM_PARSER_##p][DM_PARSE_MALFORMED]),
#include "parse/parsers.def"
#undef X
    ROW("lines.unclaimed", feed.parse.unclaimed),
    ROW("records.observed", feed.observed),
    ROW("records.unread", feed.unread),
    ROW("order.pending", pending),
    ROW("order.late", seq.late),
    ROW("order.ahead", seq.ahead),
    ROW("order.forced", seq.forced),
    ROW("order.lost", seq.lost),
    ROW("order.duplicate", seq.duplicate),
    ROW("clients.now", client_count),
    ROW("clients.bytes", client_bytes),
    ROW("clients.created", clients.created),
    ROW("clients.evicted", clients.evicted),
    ROW("clients.evicted_suspects", clients.evicted_kept),
    ROW("clients.refused", clients.refused),
    ROW("clients.denied", clients.denied),
    ROW("incidents.open", open_incidents),
    ROW("incidents.opened", incidents.opened),
    ROW("incidents.closed", incidents.closed),
    ROW("events.rolled_up", incidents.rolled_up),
    ROW("events.lost", incidents.lost),
    ROW("events.waiting", waiting),
    ROW("events.untaken", dropped),
#define X(d) ROW("events." #d, incidents.events[DM_DET_##d]),
#include "detect/detectors.def"
#undef X
};

static void take_snapshot(struct dnsmon_monitor *mon, struct snapshot *s)
{
    g_mutex_lock(&mon->lock);
    const struct dm_incidents *inc = dm_engine_incidents(mon->engine);
    struct dm_client_table *clients = dm_engine_clients(mon->engine);
    s->feed = mon->counts;
    s->seq = *dm_sequencer_counts(mon->seq);
    s->clients = *dm_client_table_counts(clients);
    s->incidents = *dm_incidents_counts(inc);
    s->pending = dm_sequencer_pending(mon->seq);
    s->client_count = dm_client_table_len(clients);
    s->client_bytes = dm_client_table_bytes(clients);
    s->open_incidents = dm_incidents_open(inc);
    s->waiting = (uint64_t)g_atomic_int_get(&mon->waiting);
    s->dropped = mon->dropped;
    g_mutex_unlock(&mon->lock);
}

int dnsmon_monitor_counter(dnsmon_monitor_t *mon, unsigned index, const char **ret_name,
                           uint64_t *ret_value)
{
    struct snapshot s;

    if (index >= G_N_ELEMENTS(rows)) {
        return DNSMON_ERANGE;
    }
    take_snapshot(mon, &s);
    *ret_name = rows[index].name;
    memcpy(ret_value, (const char *)&s + rows[index].offset, sizeof *ret_value);
    return 0;
}
