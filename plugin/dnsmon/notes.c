/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Notes from the monitor's counters.
 * LIMITS: -
 * Source: doc/dnsmon.1.
 */
#include "notes.h"

#include <string.h>

#include "output.h"

uint64_t notes_sum(dnsmon_monitor_t *mon, const char *head, const char *tail)
{
    uint64_t sum = 0, value;
    const char *name;

    for (unsigned i = 0; dnsmon_monitor_counter(mon, i, &name, &value) == 0; i++) {
        size_t n = strlen(name);
        if (strncmp(name, head, strlen(head)) == 0 && n >= strlen(tail) &&
            strcmp(name + n - strlen(tail), tail) == 0) {
            sum += value;
        }
    }
    return sum;
}

void notes_print(dnsmon_monitor_t *mon)
{
    uint64_t lines = notes_sum(mon, "lines.", "");
    uint64_t records = notes_sum(mon, "lines.", ".record");
    uint64_t observed = notes_sum(mon, "records.observed", "");
    uint64_t late = notes_sum(mon, "order.late", "");

    if (lines > 0 && records == 0) {
        output_error("note: none of %llu lines was understood: dnsmon parse says why",
                     (unsigned long long)lines);
    }
    if (records > 0 && observed == 0) {
        output_error("note: none of %llu records is a query, with a time, of a client inside: "
                     "[site] networks of the configuration says who is (dnsmon check prints it)",
                     (unsigned long long)records);
    }
    if (late * 100 > observed) {
        output_error("note: %llu lines are older than lines before them and count later than they "
                     "should: sort each file by its time first",
                     (unsigned long long)late);
    }
}
