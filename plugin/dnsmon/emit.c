/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The one place where events of a monitor become lines on standard output.
 * LIMITS: one thread, the main one.
 * Source: -
 */
#include "emit.h"

#include "output.h"
#include "summary.h"

int emit_events(dnsmon_monitor_t *mon, bool text)
{
    dnsmon_event_t *ev;
    int result = 0;

    while (result == 0 && (ev = dnsmon_monitor_next_event(mon)) != NULL) {
        summary_event(ev);
        result = output_line(text ? dnsmon_event_text(ev) : dnsmon_event_json(ev));
        dnsmon_event_free(ev);
    }
    return result;
}
