/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The canonical order of a second's marked observations, and what came twice: what makes findings
 * independent of how lines came (sequencer.h).
 *
 * LIMITS: two questions of one client, one port and one moment for one name are taken for one line
 * that came twice.
 */
#include <string.h>

#include "stream/sequencer_parts.h"
#include "util/sort.h"

/* By name, not by number: numbers depend on who was heard first. */
static int compare_hosts(const struct dm_intern *hosts, uint16_t a, uint16_t b)
{
    return a == b || !hosts ? 0 : strcmp(dm_intern_text(hosts, a), dm_intern_text(hosts, b));
}

/* The canonical order of marked observations; equal in all fields means interchangeable. */
static int compare(const void *pa, const void *pb, void *user)
{
    const struct dm_obs *a = pa, *b = pb;
    const struct dm_sequencer *seq = user;

    if (a->time_us != b->time_us) {
        return a->time_us < b->time_us ? -1 : 1;
    }
    int c = a->kind - b->kind;
    c = c ? c : memcmp(a->client.b, b->client.b, sizeof a->client.b);
    if (c == 0) {
        struct dm_slice na = dm_batch_name(seq->sorting, a), nb = dm_batch_name(seq->sorting, b);
        c = memcmp(na.p, nb.p, MIN(na.n, nb.n));
        c = c ? c : (na.n > nb.n) - (na.n < nb.n);
    }
    if (c == 0) {
        c = (a->type > b->type) - (a->type < b->type);
    }
    if (c == 0) {
        c = (a->bits > b->bits) - (a->bits < b->bits);
    }
    if (c == 0) {
        c = (a->reg > b->reg) - (a->reg < b->reg);
    }
    if (c == 0) {
        c = (a->port > b->port) - (a->port < b->port);
    }
    return c ? c : compare_hosts(seq->hosts, a->host, b->host);
}

/* Two neighbours of the order are one line that came twice. Not so without a port: a mail server's
 * processes log the same peer in the same moment, and half of its lines must not be thinned out. */
static bool is_double(struct dm_sequencer *seq, const struct dm_obs *a, const struct dm_obs *b)
{
    return a->port != 0 && a->time_us == b->time_us && a->time_us % 1000000 != 0 &&
           a->marks == b->marks && a->host == b->host && compare(a, b, seq) == 0;
}

static void drop_doubles(struct dm_sequencer *seq)
{
    struct dm_batch *sorted = &seq->sorted;
    size_t kept = 1;

    for (size_t i = 1; i < sorted->n; i++) {
        if (is_double(seq, &sorted->obs[kept - 1], &sorted->obs[i])) {
            seq->counts.duplicate++;
        } else {
            sorted->obs[kept++] = sorted->obs[i];
        }
    }
    sorted->n = kept;
}

void dm_sequencer_sort(struct dm_sequencer *seq, struct dm_second *sec)
{
    struct dm_batch *sorted = &seq->sorted;

    dm_batch_reset(sorted);
    for (size_t i = 0; i < sec->batch.n; i++) {
        const struct dm_obs *obs = &sec->batch.obs[i];
        if (obs->marks && dm_batch_add(sorted, obs, dm_slice_make("", 0)) < 0) {
            seq->counts.lost++;
        } else if (obs->marks) {
            sorted->obs[sorted->n - 1].text = obs->text;
            sorted->obs[sorted->n - 1].text_len = obs->text_len;
        }
    }
    if (sorted->n > 1) {
        seq->sorting = &sec->batch;
        dm_sort(sorted->obs, sorted->n, sizeof *sorted->obs, compare, seq);
        drop_doubles(seq);
    }
    sec->marked = sorted->obs;
    sec->n_marked = sorted->n;
}
