/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of the two short forms, text and structured data, in their order.
 *
 * Purpose: a reader of a log line wants who, how sure and how much first, not the JSON's order.
 * Method:  a name and a row of dm_fields for each.
 * LIMITS:  a list ends after DM_SHORT_LIST_MAX elements; the JSON has them all.
 * Source:  doc/EVENTS.md; RFC 5424 6.3.2 (names).
 */
#include "event/fields.h"

#include <glib.h>

#include "util/buf.h"
#include "util/text.h"

const struct dm_short_field dm_short_fields[] = {
    {"level", "dnsmon.level", false},
    {"class", "dnsmon.class", false},
    {"client", "client.ip", true},
    {"clients", "dnsmon.clients[].ip", true},
    {"host", "host.ip", true},
    {"score", "dnsmon.score", true},
    {"threshold", "dnsmon.threshold", true},
    {"llr", "dnsmon.llr", true},
    {"rule", "rule.id", true},
    {"state", "dnsmon.state", true},
    {"time", "@timestamp", true},
    {"mx", "dnsmon.count.mx", true},
    {"a", "dnsmon.count.a", true},
    {"aaaa", "dnsmon.count.aaaa", true},
    {"ptr", "dnsmon.count.ptr", true},
    {"other", "dnsmon.count.other", true},
    {"registered_domains", "dnsmon.distinct.registered_domain", true},
    {"window_start", "dnsmon.window.start", true},
    {"window_seconds", "dnsmon.window.seconds", true},
    {"connections", "dnsmon.mail.connections", true},
    {"messages", "dnsmon.mail.messages", true},
    {"efficiency", "dnsmon.mail.efficiency", true},
    {"peers", "dnsmon.mail.peers", true},
    {"user_unknown", "dnsmon.rejects.user_unknown", true},
    {"relay_denied", "dnsmon.rejects.relay_denied", true},
    {"recipient_rejected", "dnsmon.rejects.recipient_rejected", true},
    {"other_rejects", "dnsmon.rejects.other", true},
    {"m", "dnsmon.regression.m", true},
    {"m_pop3", "dnsmon.regression.m_pop3", false},
    {"intercept", "dnsmon.regression.intercept", false},
    {"r2", "dnsmon.regression.r2", true},
    {"q", "dnsmon.regression.q", false},
    {"n", "dnsmon.regression.n", false},
    {"k", "dnsmon.regression.k", false},
    {"bins", "dnsmon.regression.bins", false},
    {"cache_efficiency", "dnsmon.cache.efficiency", true},
    {"unresolved_total", "dnsmon.unresolved.total", false},
    {"unresolved", "dnsmon.unresolved.unresolved", true},
    {"unresolved_share", "dnsmon.unresolved.share", true},
    {"unresolved_r2", "dnsmon.unresolved.r2", true},
    {"top_mx", "dnsmon.top.mx[].ip", true},
    {"top_total", "dnsmon.top.total[].ip", true},
    {"prefix_client", "dnsmon.prefix.client", true},
    {"suppressed", "dnsmon.suppressed", true},
    {"lossy", "dnsmon.lossy", true},
    {"verified", "dnsmon.verified", true},
    {"observer", "observer.hostname", true},
    {"manager", "dnsmon.manager", true},
    {"notify", "dnsmon.notify", true},
    {"id", "event.id", true},
    {"start", "event.start", false},
    {"end", "event.end", false},
    {"severity", "event.severity", false},
    {"risk_score", "event.risk_score", false},
    {"suggest", "dnsmon.suggest", false},
    {"reason", "event.reason", false},
};
const size_t dm_n_short_fields = G_N_ELEMENTS(dm_short_fields);

bool dm_short_field_put(struct dm_buf *buf, const struct dnsmon_event *ev,
                        const struct dm_short_field *field, const struct dm_escape *how)
{
    const struct dm_field *row = dm_field_find(field->path);
    bool is_list = strstr(field->path, "[]") != NULL;
    struct dm_value value = {0};
    unsigned i = 0, more = 0;

    if (!row->get(ev, 0, &value) || value.null) {
        return false;
    }
    do {
        if (i) {
            dm_buf_char(buf, ',');
        }
        dm_value_put(buf, row->type, &value, how);
        i++;
    } while (is_list && i < DM_SHORT_LIST_MAX && row->get(ev, i, &value));
    while (is_list && i >= DM_SHORT_LIST_MAX && row->get(ev, i + more, &value)) {
        more++;
    }
    if (more) {
        dm_buf_text(buf, ",+");
        dm_buf_count(buf, more);
    }
    return true;
}
