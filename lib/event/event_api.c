/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The public accessors of an event, and its making and freeing.
 *
 * Method:  a form is encoded when it is first asked for and kept until the event is freed, so a
 *          host pays for the one that it uses, in its own thread and outside every lock.
 * LIMITS:  an event belongs to one thread: two that ask for the same form at once would both make
 *          it.
 * Source:  -
 */
#include "event/event.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct dnsmon_event *dm_event_new(void)
{
    struct dnsmon_event *ev = malloc(sizeof *ev);

    if (ev) {
        memset(ev, 0, offsetof(struct dnsmon_event, evidence));
        ev->threshold = -1;
        ev->llr = NAN;
    }
    return ev;
}

void dnsmon_event_free(dnsmon_event_t *ev)
{
    if (!ev) {
        return;
    }
    free(ev->reason);
    free(ev->rollup);
    free(ev->summary);
    free(ev->json);
    free(ev->text);
    free(ev->sd);
    free(ev->field.p);
    free(ev);
}

int64_t dnsmon_event_time_us(const dnsmon_event_t *ev)
{
    return ev->time_us;
}

int dnsmon_event_level(const dnsmon_event_t *ev)
{
    return ev->level;
}

const char *dnsmon_event_rule(const dnsmon_event_t *ev)
{
    return ev->rule_id ? ev->rule_id : "";
}

const char *dnsmon_event_json(const dnsmon_event_t *ev)
{
    struct dnsmon_event *own = (struct dnsmon_event *)ev; /* a cache: no value changes */

    if (!own->json) {
        own->json = dm_event_encode_json(ev);
    }
    return own->json;
}

const char *dnsmon_event_text(const dnsmon_event_t *ev)
{
    struct dnsmon_event *own = (struct dnsmon_event *)ev; /* a cache: no value changes */

    if (!own->text) {
        own->text = dm_event_encode_text(ev);
    }
    return own->text;
}

const char *dnsmon_event_sd(const dnsmon_event_t *ev)
{
    struct dnsmon_event *own = (struct dnsmon_event *)ev; /* a cache: no value changes */

    if (!own->sd) {
        own->sd = dm_event_encode_sd(ev);
    }
    return own->sd;
}
