/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of the two short forms, text and structured data, in their order.
 *
 * Purpose: a reader of a log line wants who, how sure and how much first, not the JSON's order.
 * Method:  a name and a row of dm_fields for each, of which type and getter are here once more, so
 * that nobody looks for them at each event; tests/unit/test_event_json.c compares. LIMITS:  a list
 * ends after DM_SHORT_LIST_MAX elements; the JSON has them all. Source:  doc/EVENTS.md; RFC
 * 5424 6.3.2 (names).
 */
#include "event/fields.h"

#include <glib.h>

#include "event/getters.h"
#include "util/buf.h"
#include "util/text.h"

/* X(name, path, type and getter of its row, whether in the text form); L(...) if it is a list. */
#define ROW(name, path, type, get, list, in_text)                                                  \
    {name, path, DM_FIELD_##type, dm_get_##get, sizeof(name) - 1, list, in_text},
#define X(name, path, type, get, in_text) ROW(name, path, type, get, false, in_text)
#define L(name, path, type, get, in_text) ROW(name, path, type, get, true, in_text)
const struct dm_short_field dm_short_fields[] = {
    /* clang-format off */
    X("level", "dnsmon.level", WORD, level, false)
    X("class", "dnsmon.class", TEXT, class, false)
    X("client", "client.ip", ADDR, client, true)
    L("clients", "dnsmon.clients[].ip", ADDR, rollup_ip, true)
    X("host", "host.ip", ADDR, host, true)
    X("score", "dnsmon.score", NUMBER, score, true)
    X("threshold", "dnsmon.threshold", NUMBER, threshold, true)
    X("llr", "dnsmon.llr", NUMBER, llr, true)
    X("rule", "rule.id", WORD, rule_id, true)
    X("state", "dnsmon.state", WORD, state, true)
    X("time", "@timestamp", TIME, timestamp, true)
    X("mx", "dnsmon.count.mx", COUNT, count_mx, true)
    X("a", "dnsmon.count.a", COUNT, count_a, true)
    X("aaaa", "dnsmon.count.aaaa", COUNT, count_aaaa, true)
    X("ptr", "dnsmon.count.ptr", COUNT, count_ptr, true)
    X("other", "dnsmon.count.other", COUNT, count_other, true)
    X("registered_domains", "dnsmon.distinct.registered_domain", COUNT, distinct, true)
    X("window_start", "dnsmon.window.start", TIME, window_start, true)
    X("window_seconds", "dnsmon.window.seconds", COUNT, window_seconds, true)
    X("connections", "dnsmon.mail.connections", COUNT, mail_connections, true)
    X("messages", "dnsmon.mail.messages", COUNT, mail_messages, true)
    X("efficiency", "dnsmon.mail.efficiency", FIGURE, mail_efficiency, true)
    X("peers", "dnsmon.mail.peers", COUNT, mail_peers, true)
    X("user_unknown", "dnsmon.rejects.user_unknown", COUNT, rejects_user_unknown, true)
    X("relay_denied", "dnsmon.rejects.relay_denied", COUNT, rejects_relay_denied, true)
    X("recipient_rejected", "dnsmon.rejects.recipient_rejected", COUNT, rejects_recipient_rejected, true)
    X("other_rejects", "dnsmon.rejects.other", COUNT, rejects_other, true)
    X("m", "dnsmon.regression.m", FIGURE, regression_m, true)
    X("m_pop3", "dnsmon.regression.m_pop3", FIGURE, regression_m_pop3, false)
    X("intercept", "dnsmon.regression.intercept", FIGURE, regression_intercept, false)
    X("r2", "dnsmon.regression.r2", FIGURE, regression_r2, true)
    X("q", "dnsmon.regression.q", FIGURE, regression_q, false)
    X("n", "dnsmon.regression.n", FIGURE, regression_n, false)
    X("k", "dnsmon.regression.k", FIGURE, regression_k, false)
    X("bins", "dnsmon.regression.bins", COUNT, regression_bins, false)
    X("cache_efficiency", "dnsmon.cache.efficiency", FIGURE, cache_efficiency, true)
    X("unresolved_total", "dnsmon.unresolved.total", COUNT, unresolved_total, false)
    X("unresolved", "dnsmon.unresolved.unresolved", COUNT, unresolved_unresolved, true)
    X("unresolved_share", "dnsmon.unresolved.share", FIGURE, unresolved_share, true)
    X("unresolved_r2", "dnsmon.unresolved.r2", FIGURE, unresolved_r2, true)
    L("top_mx", "dnsmon.top.mx[].ip", ADDR, top_mx_ip, true)
    L("top_total", "dnsmon.top.total[].ip", ADDR, top_total_ip, true)
    X("prefix_client", "dnsmon.prefix.client", ADDR, prefix_client, true)
    X("suppressed", "dnsmon.suppressed", COUNT, suppressed, true)
    X("lossy", "dnsmon.lossy", BOOL, lossy, true)
    X("verified", "dnsmon.verified", BOOL, verified, true)
    X("observer", "observer.hostname", TEXT, observer, true)
    X("manager", "dnsmon.manager", TEXT, manager, true)
    X("notify", "dnsmon.notify", BOOL, notify, true)
    X("id", "event.id", WORD, id, true)
    X("start", "event.start", TIME, start, false)
    X("end", "event.end", TIME, end, false)
    X("severity", "event.severity", COUNT, severity, false)
    X("risk_score", "event.risk_score", NUMBER, risk, false)
    X("suggest", "dnsmon.suggest", TEXT, suggest, false)
    X("reason", "event."
                                                                                      "reason", TEXT, reason, false)
    /* clang-format on */
};
#undef L
#undef X
#undef ROW
const size_t dm_n_short_fields = G_N_ELEMENTS(dm_short_fields);

/* Elements behind the first; of those that are too many only how many. */
static void put_elements(struct dm_buf *buf, const struct dnsmon_event *ev,
                         const struct dm_short_field *field, const struct dm_escape *how)
{
    struct dm_value value;
    unsigned i = 1, more = 0;

    for (; i < DM_SHORT_LIST_MAX && field->get(ev, i, &value); i++) {
        dm_buf_char(buf, ',');
        dm_value_put(buf, field->type, &value, how);
    }
    while (i + more >= DM_SHORT_LIST_MAX && field->get(ev, i + more, &value)) {
        more++;
    }
    if (more) {
        dm_buf_text(buf, ",+");
        dm_buf_count(buf, more);
    }
}

bool dm_short_field_put(struct dm_buf *buf, const struct dnsmon_event *ev,
                        const struct dm_short_field *field, const char *equals,
                        const struct dm_escape *how)
{
    struct dm_value value;

    value.null = false;
    if (!field->get(ev, 0, &value) || value.null) {
        return false;
    }
    dm_buf_char(buf, ' ');
    dm_buf_add(buf, dm_slice_make(field->name, field->name_len));
    dm_buf_text(buf, equals);
    dm_value_put(buf, field->type, &value, how);
    if (field->list) {
        put_elements(buf, ev, field, how);
    }
    return true;
}
