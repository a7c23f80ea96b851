/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Waiting events in a state file. They are there as what a host sends, encoded: an event refers to
 * nothing, and whoever reads the file again sends the same bytes. So an event that says that an
 * incident is open is on the disk together with the incident, before anybody hears of it.
 *
 * LIMITS: what an encoder would refuse (control characters, no UTF-8) is refused here too, but not
 * whether the object's fields fit the incident.
 */
#include "monitor/state.h"

#include <stdlib.h>

#include <glib.h>

#include "detect/detector.h"

/* Longest form that is believed of a file, bytes: a roll-up of 5,000 clients takes 1 MB. */
#define FORM_MAX (64u << 20)
/* Bytes of an event in a file, at the least. */
#define PACKED_EVENT 35

/* ---- writing ---- */

static void pack_form(struct dm_buf *out, const char *form)
{
    struct dm_slice s = dm_slice_make(form, form ? strlen(form) : 0);

    out->failed = out->failed || !form;
    dm_pack_count(out, s.n);
    dm_pack(out, s.p, s.n);
}

static void pack_event(struct dm_buf *out, const struct dnsmon_event *ev)
{
    uint8_t level = (uint8_t)ev->level, det = 0;

    while (det < DM_DET_COUNT - 1 && strcmp(dm_detectors[det]->id, dnsmon_event_rule(ev)) != 0) {
        det++;
    }
    DM_PACK(out, ev->time_us);
    DM_PACK(out, level);
    DM_PACK(out, det);
    pack_form(out, dnsmon_event_json(ev));
    pack_form(out, dnsmon_event_text(ev));
    pack_form(out, dnsmon_event_sd(ev));
}

uint16_t dm_state_pack_events(struct dnsmon_monitor *mon, struct dm_buf *out)
{
    uint16_t n = (uint16_t)MIN(g_atomic_int_get(&mon->waiting), DM_WAITING_MAX);
    const struct dnsmon_event *ev = mon->first;

    dm_pack_count(out, n);
    for (uint16_t i = 0; i < n && !out->failed; i++, ev = ev->next) {
        pack_event(out, ev);
    }
    return n;
}

/* ---- reading ---- */

static bool is_printable(struct dm_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) {
            return false;
        }
    }
    return g_utf8_validate_len(s.p, s.n, NULL);
}

/* Returns: the text, to be freed; NULL if it was refused (see @in) or memory is short. */
static char *unpack_form(struct dm_unpacker *in, char first, char last)
{
    struct dm_slice s = dm_unpack_slice(in, dm_unpack_count(in, 1));
    bool fits = s.n >= 2 && s.n <= FORM_MAX && is_printable(s) &&
                (!first || (s.p[0] == first && s.p[s.n - 1] == last));
    char *text = dm_unpack_require(in, fits, "an event cannot be") ? malloc(s.n + 1) : NULL;

    if (text) {
        memcpy(text, s.p, s.n);
        text[s.n] = '\0';
    }
    return text;
}

static void unpack_event(struct dm_unpacker *in, struct dnsmon_event *ev)
{
    uint8_t level, det;

    ev->time_us = dm_unpack_us(in);
    DM_UNPACK(in, level);
    DM_UNPACK(in, det);
    dm_unpack_require(in, level <= DNSMON_ALARM && det < DM_DET_COUNT, "an event cannot be");
    ev->level = level;
    ev->rule_id = dm_detectors[in->bad ? 0 : det]->id;
    ev->texts_only = true;
    ev->json = unpack_form(in, '{', '}');
    ev->text = unpack_form(in, 0, 0);
    ev->sd = unpack_form(in, '[', ']');
}

int dm_state_unpack_events(struct dm_unpacker *in, uint16_t told, struct dnsmon_event **ret_events)
{
    struct dnsmon_event **at = ret_events;
    uint64_t n = dm_unpack_count(in, PACKED_EVENT);

    *ret_events = NULL;
    dm_unpack_require(in, told <= n && n <= DM_WAITING_MAX, "the number of events cannot be");
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        struct dnsmon_event *ev = dm_event_new();
        if (!ev) {
            return DNSMON_ENOMEM;
        }
        unpack_event(in, ev);
        if (!in->bad && !(ev->json && ev->text && ev->sd)) {
            dnsmon_event_free(ev);
            return DNSMON_ENOMEM;
        }
        if (i < told || in->bad) {
            dnsmon_event_free(ev);
        } else {
            *at = ev;
            at = &ev->next;
        }
    }
    return 0;
}
