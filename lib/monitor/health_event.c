/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Events of feed health: rule, log host, span, a sentence, and lines as evidence. They have no
 * client and no host address; observer.hostname is the log host.
 *
 * LIMITS: a line that is shown may hold any byte but NUL (shown as a blank): the encoders escape.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "event/event.h"
#include "incident/compose.h"
#include "monitor/health_parts.h"

static enum dm_detector_id rule_of(enum dm_trouble what)
{
    return what == DM_TROUBLE_DRIFT || what == DM_TROUBLE_WORDS ? DM_DET_format_drift
                                                                : DM_DET_feed_gap;
}

static struct dm_open *place(struct dm_health *h, uint16_t host, enum dm_trouble what)
{
    return host == DM_GAPS_ALL ? &h->all : &h->source[host]->open[what];
}

/* "2 h 5 min", "45 s". */
static void add_length(struct dm_buf *s, int64_t seconds)
{
    if (seconds < 120) {
        dm_buf_printf(s, "%" PRId64 " s", seconds);
    } else if (seconds < 7200) {
        dm_buf_printf(s, "%" PRId64 " min", seconds / 60);
    } else if (seconds < 172800) {
        dm_buf_printf(s, "%" PRId64 " h %" PRId64 " min", seconds / 3600, seconds % 3600 / 60);
    } else {
        dm_buf_printf(s, "%" PRId64 " days", seconds / 86400);
    }
}

static void say_gap(struct dm_buf *s, const struct dm_open *how, const char *name, bool all,
                    int64_t len_s)
{
    static const char *const what[] = {
        "query log",
        "query log",
        "mail log",
        "query and mail log",
        "firewall log",
        "query and firewall log",
        "mail and firewall log",
        "log",
    };

    if (all) {
        dm_buf_text(s, "No log host at all has been heard for ");
    } else {
        dm_buf_printf(s, "The %s of %s has been silent for ", what[how->which & 7], name);
    }
    add_length(s, len_s);
    dm_buf_text(s, ", which its usual rate makes impossible by chance. What happened meanwhile "
                   "is not known: look at the server, its logging and the transport.");
}

static void say_drift(struct dm_buf *s, const struct dm_open *how, const char *name)
{
    dm_buf_printf(s,
                  "%.0f %% of the lines of %s that parser %s takes for its own cannot be "
                  "read: the format has changed, or lines are cut. Findings rest on the "
                  "other lines only.",
                  how->share * 100, name, dm_parsers[how->which]->name);
}

static void say(struct dm_buf *s, const struct dm_open *how, enum dm_trouble what, const char *name,
                bool all, int64_t len_s)
{
    switch (what) {
    case DM_TROUBLE_GAP:
        say_gap(s, how, name, all, len_s);
        break;
    case DM_TROUBLE_CLOCK:
        dm_buf_printf(s, "Lines of %s come with times up to ", name);
        add_length(s, (int64_t)how->share);
        dm_buf_text(s, " older than lines before them: its clock has been set back, another's "
                       "is ahead, or lines were held up on their way.");
        break;
    case DM_TROUBLE_DRIFT:
        say_drift(s, how, name);
        break;
    default:
        dm_buf_printf(s, "No line of %s has been understood as a query for ", name);
        add_length(s, len_s);
        dm_buf_text(s, ", while other lines go on at the queries' rate: their wording has "
                       "changed, or a query log now goes elsewhere.");
    }
}

static void add_lines(struct dnsmon_event *ev, const struct dm_lines *lines, int64_t from_us)
{
    uint32_t n = MIN(lines->n, DM_HEALTH_SAMPLES);

    for (uint32_t i = lines->n - n; i != lines->n; i++) {
        unsigned at = i % DM_HEALTH_SAMPLES;
        if (lines->item[at].time_us < from_us) {
            continue;
        }
        struct dm_evidence *e = &ev->evidence[ev->n_evidence++];
        unsigned len = lines->item[at].len;
        e->time_us = lines->item[at].time_us;
        e->type = 0;
        for (unsigned k = 0; k < len; k++) {
            char c = lines->item[at].text[k];
            e->name[k] = c ? c : ' ';
        }
        e->name[len] = '\0';
    }
}

static const char *name_of(const struct dm_health *h, uint16_t host)
{
    return host == DM_GAPS_ALL ? "" : dm_intern_text(h->hosts, host);
}

static void add_evidence(struct dm_health *h, struct dnsmon_event *ev, uint16_t host,
                         enum dm_trouble what, const struct dm_open *how)
{
    if (what == DM_TROUBLE_DRIFT) {
        ev->score = how->share * 100;
        ev->threshold = how->limit * 100;
        add_lines(ev, &h->source[host]->bad_lines, how->start_s * 1000000);
    } else if (what == DM_TROUBLE_WORDS) {
        add_lines(ev, &h->source[host]->other_lines, how->start_s * 1000000);
    }
}

static struct dnsmon_event *compose(struct dm_health *h, uint16_t host, enum dm_trouble what,
                                    enum dm_event_state state, int64_t now_s)
{
    const struct dm_detector *det = dm_detectors[rule_of(what)];
    const struct dm_open *how = place(h, host, what);
    struct dnsmon_event *ev = dm_event_new();
    const char *name = name_of(h, host);

    if (!ev) {
        return NULL;
    }
    char key[384];
    struct dm_buf s = {0};
    g_snprintf(key, sizeof key, "%s|%d|%s|%" PRId64, det->id, host == DM_GAPS_ALL ? -1 : (int)what,
               name, how->start_s);
    dm_compose_hash(key, ev->id);
    ev->time_us = ev->end_us = now_s * 1000000;
    ev->start_us = ev->window_start_us = how->start_s * 1000000;
    ev->window_s = (uint32_t)CLAMP(now_s - how->start_s, 1, UINT32_MAX);
    ev->state = state;
    ev->level = DNSMON_NOTICE;
    ev->rule_id = det->id;
    ev->rule_name = det->name;
    g_strlcpy(ev->class_name, det->classes[0], sizeof ev->class_name);
    g_strlcpy(ev->observer, name, sizeof ev->observer);
    add_evidence(h, ev, host, what, how);
    dm_buf_text(&s, state == DM_STATE_CLOSE ? "Over: " : "");
    say(&s, how, what, *name ? name : "the log", host == DM_GAPS_ALL, now_s - how->start_s);
    ev->reason = dm_buf_take(&s);
    return ev;
}

static void tell(struct dm_health *h, uint16_t host, enum dm_trouble what,
                 enum dm_event_state state, int64_t now_s)
{
    struct dnsmon_event *ev = compose(h, host, what, state, now_s);

    if (ev) {
        h->emit(h->user, (int)rule_of(what), ev);
    }
}

static enum dm_gap_cause cause_of(enum dm_trouble what)
{
    return rule_of(what) == DM_DET_feed_gap ? DM_GAP_SILENT : DM_GAP_DRIFT;
}

void dm_health_open(struct dm_health *h, uint16_t host, enum dm_trouble what,
                    const struct dm_open *how, int64_t now_s)
{
    struct dm_open *open = place(h, host, what);

    if (h->n_open >= DM_HEALTH_OPEN_MAX) {
        return;
    }
    h->n_open++;
    *open = *how;
    open->start_s = MAX(open->start_s, 1); /* 0: not open */
    if (what != DM_TROUBLE_CLOCK) {        /* late lines have their own spans */
        dm_gaps_begin(&h->gaps, host, cause_of(what), open->start_s);
    }
    tell(h, host, what, DM_STATE_OPEN, now_s);
}

void dm_health_close(struct dm_health *h, uint16_t host, enum dm_trouble what, int64_t now_s)
{
    tell(h, host, what, DM_STATE_CLOSE, now_s);
    if (what != DM_TROUBLE_CLOCK) {
        dm_gaps_end(&h->gaps, host, cause_of(what), now_s);
    }
    *place(h, host, what) = (struct dm_open){0};
    h->n_open--;
}
