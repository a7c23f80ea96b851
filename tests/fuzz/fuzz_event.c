/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The encoders: an event in which every text, number and count is the input's.
 *
 * Method:  a text is a length byte (two for the reason) and that many bytes, as they come; NUL ends
 *          it, as in the event. Numbers are the input's bits, endless ones and NaN among them.
 * LIMITS:  constants (rule id and name) stay constants; numbers of rows stay in their bounds, which
 *          the detectors keep.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "event/event.h"

static void take_text(struct dm_slice *in, char *out, size_t size)
{
    size_t n = fuzz_number(in, 1);
    struct dm_slice s = dm_slice_head(*in, n);

    *in = dm_slice_skip(*in, s.n);
    s = dm_slice_head(s, size - 1);
    memset(out, 0, size);
    if (s.n) {
        memcpy(out, s.p, s.n);
    }
}

static double take_double(struct dm_slice *in)
{
    uint64_t bits = fuzz_number(in, 8);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static void take_addr(struct dm_slice *in, struct dm_addr *ret)
{
    char text[16];

    take_text(in, text, sizeof text);
    if (dm_addr_parse(dm_slice_make(text, strlen(text)), ret) < 0) {
        dm_addr_parse(DM_SLICE("2001:db8::1"), ret);
    }
}

static struct dm_type_counts take_counts(struct dm_slice *in)
{
    struct dm_type_counts c = {0};

    c.a = (uint32_t)fuzz_number(in, 4);
    c.mx = (uint32_t)fuzz_number(in, 2);
    c.ptr = (uint32_t)fuzz_number(in, 1);
    return c;
}

static void take_figures(struct dm_slice *in, struct dm_figures *f)
{
    f->groups = (unsigned)fuzz_number(in, 1) & (DM_FIG_MAIL | DM_FIG_REJECTS | DM_FIG_REGRESSION |
                                                DM_FIG_CACHE | DM_FIG_UNRESOLVED);
    f->connections = take_double(in);
    f->efficiency = take_double(in);
    f->m = take_double(in);
    f->r2 = take_double(in);
    f->cache_efficiency = take_double(in);
    f->unresolved_share = take_double(in);
}

static void take_prefixes(struct dm_slice *in, struct dm_event_prefixes *p)
{
    for (unsigned i = 0; i < DM_PREFIX_LENGTHS; i++) {
        p->n[i] = (unsigned)fuzz_number(in, 1) % (DM_PREFIX_ROWS + 1);
        for (unsigned k = 0; k < p->n[i]; k++) {
            uint64_t bytes = fuzz_number(in, DM_PREFIX_LENGTHS);
            memcpy(p->row[i][k].text, &bytes, DM_PREFIX_LENGTHS);
            p->row[i][k].count = (uint32_t)bytes;
        }
    }
}

static void take_summary(struct dm_slice *in, struct dnsmon_event *ev)
{
    struct dm_event_summary *sum;

    if (!(fuzz_number(in, 1) & 1)) {
        return;
    }
    ev->summary = sum = calloc(1, sizeof *sum);
    if (!sum) {
        abort();
    }
    sum->n_mx = (unsigned)fuzz_number(in, 1) % (DM_TOP_MAX + 1);
    sum->n_related = (unsigned)fuzz_number(in, 1) % G_N_ELEMENTS(sum->related);
    for (unsigned i = 0; i < sum->n_mx; i++) {
        take_addr(in, &sum->mx[i].addr);
        sum->mx[i].count = fuzz_number(in, 8);
    }
    for (unsigned i = 0; i < sum->n_related; i++) {
        take_addr(in, &sum->related[i]);
    }
    take_prefixes(in, &sum->prefix);
    take_prefixes(in, &sum->site_prefix);
}

static void take_rollup(struct dm_slice *in, struct dnsmon_event *ev)
{
    ev->n_rollup = (unsigned)fuzz_number(in, 1) % 40;
    if (ev->n_rollup == 0) {
        return;
    }
    ev->rollup = calloc(ev->n_rollup, sizeof *ev->rollup);
    if (!ev->rollup) {
        abort();
    }
    for (unsigned i = 0; i < ev->n_rollup; i++) {
        take_addr(in, &ev->rollup[i].client);
        ev->rollup[i].level = (int)fuzz_number(in, 1) % 3;
        ev->rollup[i].score = take_double(in);
        ev->rollup[i].count = take_counts(in);
    }
}

static void take_evidence(struct dm_slice *in, struct dnsmon_event *ev)
{
    ev->n_evidence = (unsigned)fuzz_number(in, 1) % (DM_EVIDENCE_MAX + 1);
    for (unsigned i = 0; i < ev->n_evidence; i++) {
        ev->evidence[i].time_us = (int64_t)fuzz_number(in, 8);
        ev->evidence[i].type = (uint16_t)fuzz_number(in, 2);
        take_text(in, ev->evidence[i].name, sizeof ev->evidence[i].name);
    }
}

static void take_texts(struct dm_slice *in, struct dnsmon_event *ev)
{
    size_t n = fuzz_number(in, 2);
    struct dm_slice reason = dm_slice_head(*in, n);

    *in = dm_slice_skip(*in, reason.n);
    ev->reason = calloc(1, reason.n + 1);
    if (!ev->reason) {
        abort();
    }
    memcpy(ev->reason, reason.p, reason.n);
    take_text(in, ev->class_name, sizeof ev->class_name);
    take_text(in, ev->observer, sizeof ev->observer);
    take_text(in, ev->manager, sizeof ev->manager);
    take_text(in, ev->suggest, sizeof ev->suggest);
}

static void take_head(struct dm_slice *in, struct dnsmon_event *ev)
{
    unsigned flags = (unsigned)fuzz_number(in, 2);

    ev->state = (enum dm_event_state)(flags % 3);
    ev->level = (enum dnsmon_level)(flags / 3 % 3);
    ev->has_client = flags & 0x100;
    ev->has_host = flags & 0x200;
    ev->notify = flags & 0x400;
    ev->has_count = flags & 0x800;
    ev->lossy = flags & 0x1000;
    strcpy(ev->id, "00112233445566778899aabbccddeeff");
    ev->rule_id = "mass-mailer";
    ev->rule_name = "Mass-mailing client";
    ev->time_us = (int64_t)fuzz_number(in, 8);
    ev->start_us = (int64_t)fuzz_number(in, 8);
    ev->end_us = (int64_t)fuzz_number(in, 8);
    ev->window_start_us = ev->start_us;
    ev->window_s = (uint32_t)fuzz_number(in, 4);
    ev->suppressed = fuzz_number(in, 8);
    ev->distinct_registered = (uint32_t)fuzz_number(in, 4);
    ev->distinct_max = (uint32_t)fuzz_number(in, 4);
    ev->score = take_double(in);
    ev->threshold = take_double(in);
    ev->llr = take_double(in);
    ev->count = take_counts(in);
    take_addr(in, &ev->client);
    take_addr(in, &ev->host);
}

void fuzz_event(struct dm_slice input)
{
    struct dnsmon_event *ev = dm_event_new();

    if (!ev) {
        abort();
    }
    take_texts(&input, ev);
    take_head(&input, ev);
    take_evidence(&input, ev);
    take_rollup(&input, ev);
    take_figures(&input, &ev->figures);
    take_summary(&input, ev);
    fuzz_check_json(dnsmon_event_json(ev));
    fuzz_check_script(dnsmon_event_json(ev));
    fuzz_check_text(dnsmon_event_text(ev));
    fuzz_check_sd(dnsmon_event_sd(ev));
    dnsmon_event_free(ev);
}
